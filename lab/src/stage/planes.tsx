/**
 * The input with the frame of the window, and the output with the mark of its current place. The
 * frame is the grid of the samples in the window: screen readers read it, and keys move it.
 */

import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import { colours } from './colours.ts'
import { drawInput, drawOutput, PlaneImage, prepare } from './draw-planes.ts'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { numberText } from './number.ts'
import { isZooming, plateGeometry } from './plate-geometry.ts'
import { nudge, pause } from './player.ts'
import {
  activeSample,
  activeTap,
  added,
  isZoomed,
  moveTo,
  passedOutputs,
  place,
  position,
  productOf,
  region,
  stageModel,
} from './stage.ts'
import type { Place } from './stage-model.ts'

const largestDigits = 22
const largestPresentedDigits = 48
/** Steps of the arrow keys with Shift. */
const farSteps = 5
const hintGap = 12

/** Whether the user has moved the window. The hint is shown until then. */
export const hasMoved = { value: false }

export function InputPlane(): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const plate = useRef<HTMLDivElement>(null)
  const isHinting = useSignal(!hasMoved.value)
  const image = useComputed(
    () => new PlaneImage(stageModel.value.input, stageModel.value.inputScale),
  )
  useSignalEffect(() => {
    const { input, isPresenting } = layout.value
    const context = prepare(canvas.current!, input.width, input.height)
    drawInput(
      {
        context,
        model: stageModel.value,
        geometry: plateGeometry.value,
        colours: colours.value,
        digits: isPresenting ? largestPresentedDigits : largestDigits,
      },
      image.value,
    )
  })
  const touched = (): void => {
    hasMoved.value = true
    isHinting.value = false
    pause()
  }
  const target = (event: PointerEvent): Place => {
    const { inputCell, inputLeft, view } = plateGeometry.value
    const { stride, window } = stageModel.value
    const box = plate.current!.getBoundingClientRect()
    const at = (client: number, start: number, first: number, extent: number, by: number): number =>
      Math.round(((client - start) / inputCell + first - extent / 2) / by)
    return inRegion({
      x: at(event.clientX, box.left + inputLeft, view.input.x, window.x, stride.x),
      y: at(event.clientY, box.top, view.input.y, window.y, stride.y),
    })
  }
  return (
    <figure class="input-figure">
      <div
        ref={plate}
        class="plate input-plate"
        onPointerDown={(event) => {
          if (event.button !== 0) return
          touched()
          plate.current!.setPointerCapture(event.pointerId)
          plate.current!.dataset.dragging = ''
          moveTo(target(event), true)
          plate.current!.querySelector<HTMLElement>('.frame')?.focus({ preventScroll: true })
          event.preventDefault()
        }}
        onPointerMove={(event) => {
          if ('dragging' in plate.current!.dataset) moveTo(target(event))
        }}
        onLostPointerCapture={() => {
          delete plate.current!.dataset.dragging
        }}
      >
        <canvas ref={canvas} aria-hidden="true" />
        <Frame onKey={touched} />
        <SampleMark />
        {isHinting.value && <Hint />}
      </div>
      <InputCaption />
    </figure>
  )
}

/** While numbers are shown, the window stays among them. */
function inRegion(at: Place): Place {
  if (!isZoomed.value) return at
  const { x, y, width, height } = region.value.output
  return {
    x: Math.max(x, Math.min(x + width - 1, at.x)),
    y: Math.max(y, Math.min(y + height - 1, at.y)),
  }
}

/** The box of the window in the plate, in CSS pixels. */
const frameBox = (): { left: number; top: number; width: number; height: number } => {
  const { inputCell: cell, inputLeft, view } = plateGeometry.value
  const { stride, window } = stageModel.value
  const { x, y } = place.value
  return {
    left: inputLeft + (x * stride.x - view.input.x) * cell,
    top: (y * stride.y - view.input.y) * cell,
    width: window.x * cell,
    height: window.y * cell,
  }
}

const boxStyle = (left: number, top: number, width: number, height: number): string =>
  `left:${left}px;top:${top}px;width:${width}px;height:${height}px`

function Frame({ onKey }: { readonly onKey: () => void }): JSX.Element {
  const border = 2
  const style = useComputed(() => {
    const { left, top, width, height } = frameBox()
    return boxStyle(left - border, top - border, width + 2 * border, height + 2 * border)
  })
  const label = useComputed(() => {
    const text = texts()
    const { stride, before } = stageModel.value
    const { x, y } = place.value
    const at = text.windowAt(y * stride.y - before.y + 1, x * stride.x - before.x + 1)
    return `${text.input}. ${at}. ${text.windowKeys}`
  })
  const { kernel } = stageModel.value
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps = event.shiftKey ? farSteps : 1
    const { output } = stageModel.value
    const moves: Readonly<Record<string, Place>> = {
      ArrowLeft: nudge(-steps, 0),
      ArrowRight: nudge(steps, 0),
      ArrowUp: nudge(0, -steps),
      ArrowDown: nudge(0, steps),
      Home: { x: 0, y: event.ctrlKey ? 0 : place.value.y },
      End: { x: output.width - 1, y: event.ctrlKey ? output.height - 1 : place.value.y },
    }
    const to = moves[event.key]
    if (!to || event.altKey || event.metaKey) return
    onKey()
    moveTo(to)
    event.preventDefault()
  }
  return (
    <div
      id="frame"
      class="frame"
      role="grid"
      tabIndex={0}
      aria-label={label}
      style={style}
      onKeyDown={onKeyDown}
    >
      {Array.from({ length: kernel.height }, (_, row) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the frame has the focus.
        <div key={row} role="row" class="contents">
          {Array.from({ length: kernel.width }, (_, column) => (
            <FrameCell key={column} tap={row * kernel.width + column} />
          ))}
        </div>
      ))}
    </div>
  )
}

function FrameCell({ tap }: { readonly tap: number }): JSX.Element {
  const style = useComputed(() => {
    const { inputCell: cell } = plateGeometry.value
    const { kernel, dilation } = stageModel.value
    return boxStyle(
      (tap % kernel.width) * dilation.x * cell - 1,
      Math.floor(tap / kernel.width) * dilation.y * cell - 1,
      cell + 2,
      cell + 2,
    )
  })
  const label = useComputed(() => {
    const { x, y, isPadding, value } = productOf(tap)
    const { before } = stageModel.value
    const at = texts().sampleAt(y - before.y + 1, x - before.x + 1, isPadding)
    return `${at}: ${numberText(value)}`
  })
  const kind = useComputed(() => {
    const { dilation } = stageModel.value
    const isApart = dilation.x > 1 || dilation.y > 1
    return `frame-cell${activeTap.value === tap ? ' active' : ''}${isApart ? ' apart' : ''}`
  })
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the frame has the focus.
    <div role="gridcell" aria-selected="true" aria-label={label} class={kind} style={style} />
  )
}

/** The sample that is pointed at in a docked view. It may lie outside the window. */
function SampleMark(): JSX.Element {
  const style = useComputed(() => {
    const { inputCell: cell, inputLeft, view } = plateGeometry.value
    const sample = activeSample.value
    if (!sample) return 'display:none'
    const [x, y] = [sample.x - view.input.x, sample.y - view.input.y]
    return boxStyle(inputLeft + x * cell - 1, y * cell - 1, cell + 2, cell + 2)
  })
  return <div class="sample-mark" style={style} />
}

function Hint(): JSX.Element {
  const hint = useRef<HTMLDivElement>(null)
  useSignalEffect(() => {
    const { left, top, width } = frameBox()
    const { input } = layout.value
    const { offsetWidth } = hint.current!
    const before = left - offsetWidth - hintGap
    const style = hint.current!.style
    const after = Math.min(left + width + hintGap, input.width - offsetWidth - 4)
    style.left = `${before >= 4 ? before : after}px`
    style.top = `${Math.max(4, Math.min(top - 4, input.height - 34))}px`
    hint.current!.hidden = isZoomed.value
  })
  return (
    <div ref={hint} class="hint" aria-hidden="true">
      {texts().dragMe}
    </div>
  )
}

function InputCaption(): JSX.Element {
  const text = texts()
  const { input, padded, isPicture } = stageModel.value
  const { input: part } = region.value
  const size =
    isZoomed.value && (part.width < padded.width || part.height < padded.height)
      ? text.partSize(part.width, part.height, padded.width, padded.height)
      : isPicture
        ? text.pictureSize(input.width, input.height)
        : text.planeSize(input.width, input.height)
  return (
    <Caption
      of="input"
      name={text.input}
      drawn={() => plateGeometry.value.view.input.height * plateGeometry.value.inputCell}
      box={() => layout.value.input.height}
    >
      <span>{size}</span>
    </Caption>
  )
}

interface CaptionProps {
  readonly of: 'input' | 'output'
  readonly name: string
  /** The height of the drawing, and of its box. The caption follows the drawing. */
  readonly drawn: () => number
  readonly box: () => number
  readonly children: JSX.Element | null
}

function Caption({ of, name, drawn, box, children }: CaptionProps): JSX.Element {
  const style = useComputed(() => {
    const { isPhone } = layout.value
    const up = isZooming.value || isPhone ? 0 : Math.min(0, drawn() - box())
    return `transform:translateY(${up}px)`
  })
  return (
    <figcaption class={`of-${of}`} style={style}>
      <b>{name}</b>
      {children}
    </figcaption>
  )
}

export function OutputPlane(): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const image = useComputed(
    () => new PlaneImage(stageModel.value.output, stageModel.value.outputScale),
  )
  useSignalEffect(() => {
    const { output, isPresenting } = layout.value
    const passed = passedOutputs()
    const isAdding = added.value !== undefined
    const current = position.value
    const context = prepare(canvas.current!, output.width, output.height)
    drawOutput(
      {
        context,
        model: stageModel.value,
        geometry: plateGeometry.value,
        colours: colours.value,
        digits: isPresenting ? largestPresentedDigits : largestDigits,
      },
      image.value,
      (number) => passed[number] === 1 && !(isAdding && number === current),
    )
  })
  const isEmpty = useComputed(() => !passedOutputs().includes(1))
  const markStyle = useComputed(() => {
    const { outputCell: cell, outputLeft, outputTop, view } = plateGeometry.value
    const { x, y } = place.value
    // Around a small pixel the mark leaves room, so that the pixel is seen.
    const room = cell < 14 ? 4 : 1
    return boxStyle(
      outputLeft + (x - view.output.x) * cell - room,
      outputTop + (y - view.output.y) * cell - room,
      cell + 2 * room,
      cell + 2 * room,
    )
  })
  const text = texts()
  return (
    <figure class="output-figure">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the frame. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the frame. */}
      <div
        class="plate output-plate"
        onClick={(event) => {
          const { outputCell, outputLeft, outputTop, view } = plateGeometry.value
          const box = canvas.current!.getBoundingClientRect()
          const x = Math.floor((event.clientX - box.left - outputLeft) / outputCell + view.output.x)
          const y = Math.floor((event.clientY - box.top - outputTop) / outputCell + view.output.y)
          const { output } = view
          if (x < output.x || y < output.y) return
          if (x >= output.x + output.width || y >= output.y + output.height) return
          pause()
          moveTo({ x, y }, true)
        }}
      >
        <canvas ref={canvas} aria-hidden="true" />
        <div class="mark" style={markStyle} />
        {isEmpty.value && <p class="empty">{text.nothingYet}</p>}
        <Minimap />
      </div>
      <OutputCaption />
    </figure>
  )
}

function OutputCaption(): JSX.Element {
  const text = texts()
  const { output, outputScale, isSmall } = stageModel.value
  return (
    <Caption
      of="output"
      name={text.output}
      drawn={() => {
        const { view, outputCell, outputTop } = plateGeometry.value
        return view.output.height * outputCell + 2 * outputTop
      }}
      box={() => layout.value.output.height}
    >
      {isSmall ? (
        <span>{text.planeSize(output.width, output.height)}</span>
      ) : (
        <span class="legend">
          {numberText(outputScale.low)} <i />
          {outputScale.isSigned ? '+' : ''}
          {numberText(outputScale.high)}
          {outputScale.isSigned && <span class="middle">{text.midGrey}</span>}
        </span>
      )}
    </Caption>
  )
}

/** Where in the whole picture the numbers are. */
function Minimap(): JSX.Element | null {
  const canvas = useRef<HTMLCanvasElement>(null)
  const isShown = useComputed(
    () => isZoomed.value && !isZooming.value && !stageModel.value.isSmall && !layout.value.isPhone,
  )
  const scale = useComputed(() => {
    const { padded } = stageModel.value
    const { output: box } = layout.value
    const room = box.height - region.value.output.height * plateGeometry.value.outputCell - 40
    return Math.max(0.1, Math.min(3, room / padded.height, 200 / padded.width))
  })
  const image = useMemo(
    () => new PlaneImage(stageModel.value.input, stageModel.value.inputScale),
    [stageModel.value],
  )
  useSignalEffect(() => {
    if (!isShown.value || !canvas.current) return
    const { padded, before, input } = stageModel.value
    const cell = scale.value
    const context = prepare(canvas.current, padded.width * cell, padded.height * cell)
    const { width, height } = input
    image.draw(context, { x: 0, y: 0, width, height }, before.x * cell, before.y * cell, cell)
    const part = region.value.input
    for (const [colour, line] of [
      [colours.value.halo, 3.5],
      [colours.value.in, 1.8],
    ] as const) {
      context.strokeStyle = colour
      context.lineWidth = line
      context.strokeRect(part.x * cell, part.y * cell, part.width * cell, part.height * cell)
    }
  })
  if (!isShown.value) return null
  const { padded } = stageModel.value
  return (
    <canvas
      ref={canvas}
      class="minimap"
      aria-hidden="true"
      style={{ width: padded.width * scale.value, height: padded.height * scale.value }}
    />
  )
}
