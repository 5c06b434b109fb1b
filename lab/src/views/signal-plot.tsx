/**
 * Signal, turned weighting, products and result over one axis of places. Pointing or the arrow keys move the place; the curves are drawn
 * with the problem, what belongs to the place over them.
 */

import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { cellText } from '../grid/grid.tsx'
import { placeOf } from '../model/numbers.ts'
import { penDown, penMove, penUp } from '../model/pen.ts'
import { LEFT, outputAt, plot, pointerJob, RIGHT, type Scale, shownRow, width, yOf } from '../model/plot.ts'
import { light, scene } from '../model/shared.ts'
import { goToOutput, outputPlace } from '../model/steps.ts'
import { preview } from '../state/store.ts'
import { words } from '../words/words.ts'
import { SignalOverview } from './signal-overview.tsx'
import { AtPlace } from './signal-place.tsx'

const MOST_DOTS = 300

export function SignalPlot(): JSX.Element {
  const w = words()
  const frame = useRef<SVGSVGElement>(null)
  useLayoutEffect(() => {
    const svg = frame.current
    if (!svg) return
    const measure = new ResizeObserver(([entry]) => {
      width.value = Math.max(200, Math.round((entry?.contentRect.width ?? 900) - LEFT - RIGHT))
    })
    measure.observe(svg)
    return () => measure.disconnect()
  }, [])
  const { height, hidden } = plot.value
  const isPen = pointerJob.value !== 'points'
  const pointed = (event: PointerEvent | MouseEvent): { readonly x: number; readonly y: number } => {
    const { left, top, width: shown } = frame.current!.getBoundingClientRect()
    const scale = (width.value + LEFT + RIGHT) / shown
    return { x: (event.clientX - left) * scale - LEFT, y: (event.clientY - top) * scale }
  }
  const placeUnder = (event: PointerEvent | MouseEvent): readonly number[] => outputAt(plot.value.placeAt(pointed(event).x))
  return (
    <>
      <SignalOverview />
      <svg
        ref={frame}
        class={`signal-plot${isPen ? ' drawing' : ''}`}
        viewBox={`${-LEFT} 0 ${width.value + LEFT + RIGHT} ${height}`}
        aria-hidden="true"
        onPointerDown={(event) => {
          if (!isPen || event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          penDown(pointed(event))
        }}
        onPointerMove={(event) => {
          if (isPen) penMove(pointed(event))
          else if (event.pointerType !== 'touch') preview.value = { output: placeUnder(event) }
        }}
        onPointerUp={penUp}
        onPointerCancel={penUp}
        onPointerLeave={() => {
          preview.value = undefined
        }}
        onClick={(event) => {
          if (!isPen) goToOutput(placeOf(placeUnder(event), scene.value.shapes.output))
        }}
      >
        <Curves />
        <AtPlace />
      </svg>
      <PlaceSlider />
      <p class="note">
        {w.plotLegend}
        {hidden > 0 && ` ${w.hiddenChannels(hidden)}`}
      </p>
    </>
  )
}

/** The place, for keyboard and screen reader: a slider over the output. */
function PlaceSlider(): JSX.Element {
  const w = words()
  const length = plot.value.result.values.length
  const place = outputPlace() % length
  const { taps } = light.value
  return (
    <label class="row">
      {w.plotPlace}
      <input
        type="range"
        class="scrub"
        min={0}
        max={length - 1}
        value={place}
        data-place
        aria-valuetext={w.plotAt(place, taps.length, cellText(taps.at(-1)?.sum))}
        onInput={(event) => goToOutput(shownRow.value * length + event.currentTarget.valueAsNumber)}
      />
      <span class="count">{w.placeOf(place + 1, length)}</span>
    </label>
  )
}

/** What changes with the problem only. */
function Curves(): JSX.Element {
  const w = words()
  const { panels, result, x, first, count, stride } = plot.value
  const [step] = scene.value.padded.steps as [number]
  const samples = scene.value.shapes.input[2]!
  const isBorder = (place: number): boolean => place < 0 || place > (samples - 1) * step
  const from = Math.max(0, Math.ceil(first / stride))
  const results = result.values.subarray(from, Math.max(from, Math.floor((first + count - 1) / stride) + 1))
  return (
    <>
      {panels.map(({ values, scale, weights, products, channel }) => (
        <g key={channel}>
          <Frame scale={scale} name={panels.length > 1 ? `${w.signalName}, ${w.channel(channel)}` : w.signalName} of="input" />
          <Ticks
            scale={scale}
            from={Math.max(0, first / step)}
            to={Math.min(samples - 1, (first + count - 1) / step)}
            x={(i) => x(i * step)}
          />
          <path class="signal" d={pathOf(values, (i) => x(first + i), scale)} />
          {values.length <= MOST_DOTS &&
            [...values].map((value, i) => (
              <circle
                key={i}
                class={isBorder(first + i) ? 'dot border' : 'dot'}
                data-at-place={first + i}
                cx={x(first + i)}
                cy={yOf(scale, Number.isFinite(value) ? value : 0)}
                r={2.5}
              />
            ))}
          <WeightScale scale={weights} />
          <Frame scale={products} name={w.productsName} of="product" />
        </g>
      ))}
      <Frame scale={result.scale} name={w.resultName} of="output" />
      <Ticks scale={result.scale} from={from} to={from + results.length - 1} x={(t) => x(t * stride)} />
      <path class="result" d={pathOf(results, (i) => x((from + i) * stride), result.scale)} />
    </>
  )
}

interface FrameProps {
  readonly scale: Scale
  readonly name: string
  readonly of: 'input' | 'product' | 'output'
}

/** The name of a panel, the line of 0, and what its top and bottom stand for. */
function Frame({ scale, name, of }: FrameProps): JSX.Element {
  const { top, height } = scale
  return (
    <>
      <text class={`panel-name of-${of}`} x={0} y={top - 7}>
        {name}
      </text>
      <line class="axis" x1={0} x2={width.value} y1={yOf(scale, 0)} y2={yOf(scale, 0)} />
      <Values scale={scale} class="value" x={-6} />
      <line class="axis" x1={0} x2={0} y1={top} y2={top + height} />
    </>
  )
}

/** The scale of the weights, on the right. */
function WeightScale({ scale }: { readonly scale: Scale }): JSX.Element {
  const right = width.value
  return (
    <>
      <text class="panel-name of-weights" x={right} y={scale.top - 7}>
        {words().weighting}
      </text>
      <Values scale={scale} class="value of-weights" x={right + 6} />
      <line class="axis" x1={right} x2={right} y1={scale.top} y2={scale.top + scale.height} />
    </>
  )
}

/** The ends of a scale and its 0, those that have room. */
function Values({ scale, class: name, x }: { readonly scale: Scale; readonly class: string; readonly x: number }): JSX.Element {
  const { low, high } = scale
  const isApart = (value: number): boolean => value !== 0 && Math.abs(yOf(scale, value) - yOf(scale, 0)) > 14
  return (
    <>
      {[low, 0, high]
        .filter((value) => value === 0 || isApart(value))
        .map((value) => (
          <text key={value} class={name} x={x} y={yOf(scale, value) + (value > 0 ? 8 : value < 0 ? 0 : 4)}>
            {cellText(value)}
          </text>
        ))}
    </>
  )
}

interface TicksProps {
  readonly scale: Scale
  readonly from: number
  readonly to: number
  readonly x: (i: number) => number
}

/** Whole numbers along a panel, as many as have room. */
function Ticks({ scale, from, to, x }: TicksProps): JSX.Element {
  const { top, height } = scale
  const wide = (x(to) - x(from)) / Math.max(1, to - from)
  const step =
    [1, 2, 5]
      .flatMap((n) => [1, 10, 100, 1e3, 1e4, 1e5].map((ten) => n * ten))
      .sort((a, b) => a - b)
      .find((each) => each * wide >= 44) ?? 1e6
  const begin = Math.ceil(from / step) * step
  return (
    <>
      {Array.from({ length: Math.max(0, Math.floor((to - begin) / step) + 1) }, (_, i) => begin + i * step).map((i) => (
        <g key={i}>
          <line class="axis" x1={x(i)} x2={x(i)} y1={top + height} y2={top + height + 4} />
          <text x={x(i)} y={top + height + 15}>
            {i}
          </text>
        </g>
      ))}
    </>
  )
}

/** The curve, with a gap where a value is no number that could be drawn. */
function pathOf(values: Float64Array, x: (i: number) => number, scale: Scale): string {
  let isDown = false
  return Array.from(values, (value, i) => {
    const command = Number.isFinite(value) ? `${isDown ? 'L' : 'M'}${x(i).toFixed(1)} ${yOf(scale, value).toFixed(1)}` : ''
    isDown = command !== ''
    return command
  }).join('')
}
