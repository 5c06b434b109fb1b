/**
 * VALID, SAME and FULL on the same data, each a button that sets the padding. The window stands at
 * the same samples in each picture.
 */

import { computed, useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { type ConvGeometry, parseCase } from 'stridefold/sync'
import { withMode } from '../../model/mode-geometry.ts'
import { fitsStage } from '../../state/fits-stage.ts'
import { state } from '../../state/store.ts'
import { problemWith } from '../../state/valid.ts'
import { axisOf, changeSizes, type Direction, outputNear, spanOf } from '../change-sizes.ts'
import { colours } from '../colours.ts'
import { place, stageModel } from '../stage.ts'
import { type StageModel, stageModelOf } from '../stage-model.ts'
import { drawModePlanes, drawModeWindow, type ModePlanes, pictureFrame } from './mode-picture.ts'
import { narrowMode } from './sizes-layout.ts'
import { sizesText } from './sizes-text.ts'

const names = ['valid', 'same-signal', 'full'] as const
type Name = (typeof names)[number]

interface Mode {
  readonly name: Name
  readonly geometry: ConvGeometry
  /** Undefined if the mode has no output. */
  readonly model: ModePlanes | undefined
}

/** With more products, the modes are drawn without numbers. */
const maxProducts = 1 << 18

const modes = computed((): readonly Mode[] => {
  const now = stageModel.value
  const { problem, input, kernel, divisor, bias } = state.peek()
  const g = parseCase(problem)
  const isLarge = now.output.width * now.output.height * now.taps > maxProducts
  return names.map((name) => {
    const geometry = withMode(g, name)
    const mode = { problem: geometry.key, input, kernel, divisor, bias }
    const isShown = problemWith(mode.problem) === undefined && fitsStage(mode)
    const isCurrent = hasSamePadding(geometry, g)
    if (!isShown) return { name, geometry, model: undefined }
    const model = isLarge ? planesOf(now, geometry) : isCurrent ? now : stageModelOf(mode)
    return { name, geometry, model }
  })
})

/** The planes of the same problem with another padding. */
function planesOf({ input, stride, window }: StageModel, geometry: ConvGeometry): ModePlanes {
  const [x, y] = [axisOf(geometry, 'x')!, axisOf(geometry, 'y')]
  return {
    geometry,
    input,
    stride,
    window,
    before: { x: x.before, y: y?.before ?? 0 },
    padded: {
      width: x.before + x.input + x.after,
      height: y ? y.before + y.input + y.after : 1,
    },
    output: { width: x.output, height: y?.output ?? 1 },
  }
}

const hasSamePadding = (a: ConvGeometry, b: ConvGeometry): boolean =>
  a.axes.every(({ before, after }, i) => before === b.axes[i]!.before && after === b.axes[i]!.after)

/** The padding as in case notation: 1, 0:1, or 1×2 for width and height. */
function paddingText(g: ConvGeometry): string {
  const texts = (['x', 'y'] as const).flatMap((direction) => {
    const axis = axisOf(g, direction)
    return axis ? [axis.before === axis.after ? axis.before : `${axis.before}:${axis.after}`] : []
  })
  return [...new Set(texts)].join('×')
}

const sizeText = (g: ConvGeometry): string =>
  (['x', 'y'] as const).flatMap((direction) => axisOf(g, direction)?.output ?? []).join('×')

export function Modes({
  width,
  height,
}: {
  readonly width: number
  /** Of the pictures; 0: none. */
  readonly height: number
}): JSX.Element {
  const w = sizesText()
  return (
    <div class="mode-row" role="group" aria-label={w.modes}>
      {modes.value.map((mode) => (
        <ModeButton key={mode.name} mode={mode} width={width} height={height} />
      ))}
    </div>
  )
}

function ModeButton({
  mode: { name, geometry, model },
  width,
  height,
}: {
  readonly mode: Mode
  readonly width: number
  readonly height: number
}): JSX.Element {
  const w = sizesText()
  const isOn = hasSamePadding(geometry, stageModel.value.geometry)
  const padding = paddingText(geometry)
  return (
    <button
      type="button"
      class={width < narrowMode.width ? 'mode-choice narrow' : 'mode-choice'}
      data-mode={name}
      aria-pressed={isOn}
      disabled={!model}
      style={{ width: `${width}px` }}
      onClick={() =>
        changeSizes((_, direction) => {
          const { before, after } = axisOf(geometry, direction)!
          return { before, after }
        })
      }
    >
      <span class="mode-name">
        <b>{name === 'same-signal' ? 'SAME' : name.toUpperCase()}</b>
        <small>{padding.length > 4 && width < 160 ? padding : w.paddingIs(padding)}</small>
      </span>
      <span class="mode-size">{model ? sizeText(geometry) : w.noOutput}</span>
      {height > 0 && <ModePicture name={name} width={width - 18} height={height} />}
    </button>
  )
}

/** Two canvases: the planes, which are drawn again for another problem only, and the window. */
function ModePicture({
  name,
  width,
  height,
}: {
  readonly name: Name
  readonly width: number
  readonly height: number
}): JSX.Element {
  const [planes, window] = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null)]
  const [w, h] = [Math.floor(width), Math.floor(height)]
  const size = useSignal({ width: w, height: h })
  if (size.peek().width !== w || size.peek().height !== h) size.value = { width: w, height: h }
  const picture = useComputed(() => {
    const { width, height } = size.value
    const models = modes.value.flatMap(({ model }) => model ?? [])
    const model = modes.value.find((mode) => mode.name === name)?.model
    return (
      model && {
        model,
        frame: pictureFrame(models, width, height),
        colours: colours.value,
        width,
        height,
      }
    )
  })
  useSignalEffect(() => {
    const now = picture.value
    if (now && planes.current)
      drawModePlanes(
        { ...now, context: cleared(planes.current, now) },
        stageModel.peek().outputScale,
      )
  })
  useSignalEffect(() => {
    const now = picture.value
    const at = place.value
    if (now && window.current)
      drawModeWindow(
        { ...now, context: cleared(window.current, now) },
        sameWindow(now.model.geometry, at),
      )
  })
  const style = { width: `${w}px`, height: `${h}px` }
  return (
    <span class="mode-picture" style={style}>
      <canvas ref={planes} style={style} />
      <canvas ref={window} style={style} />
    </span>
  )
}

/** The canvas at this size and the density of the screen, without a drawing. */
function cleared(
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
): CanvasRenderingContext2D {
  const [w, h] = [width, height].map((side) => Math.round(side * devicePixelRatio)) as [
    number,
    number,
  ]
  if (canvas.width !== w) canvas.width = w
  if (canvas.height !== h) canvas.height = h
  const context = canvas.getContext('2d')!
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}

/** The output whose window is nearest to the current one. */
function sameWindow(
  g: ConvGeometry,
  at: { readonly x: number; readonly y: number },
): {
  readonly x: number
  readonly y: number
} {
  const { geometry } = stageModel.value
  const near = (direction: Direction): number => {
    const [from, to] = [axisOf(geometry, direction), axisOf(g, direction)]
    if (!from) return 0
    const first = at[direction] * from.stride - from.before
    return outputNear(to, first + (spanOf(from) - 1) / 2)
  }
  return { x: near('x'), y: near('y') }
}
