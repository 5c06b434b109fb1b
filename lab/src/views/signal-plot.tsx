/**
 * Signal, turned weighting, products and result over one axis of places. Pointing or the arrow keys move the place; the curves are drawn
 * with the problem, what belongs to the place over them.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { Tap } from 'stridefold/sync'
import { cellText } from '../grid/grid.tsx'
import { listed, placeOf, product } from '../model/numbers.ts'
import { INPUT_RANGE, KERNEL_RANGE } from '../model/scene.ts'
import { light, scene } from '../model/shared.ts'
import { goToOutput, outputPlace } from '../model/steps.ts'
import { change, part, preview } from '../state/store.ts'
import { words } from '../words/words.ts'
import { pointerJob } from './signal-makers.tsx'

const [input, kernel] = [part('input'), part('kernel')]

/** As wide as the page was when it was opened: on a phone the curves stay as high. */
const WIDTH = Math.max(360, Math.min(900, document.documentElement.clientWidth - 80))
const SIGNAL = 150
const PRODUCT = 90
const OUTPUT = 120
const GAP = 14
const MOST_CHANNELS = 3
const MOST_DOTS = 220

/** Values from `low` to `high` as heights inside a panel. */
interface Scale {
  readonly low: number
  readonly high: number
  readonly top: number
  readonly height: number
}

const yOf = ({ low, high, top, height }: Scale, value: number): number => top + height - ((value - low) / (high - low || 1)) * height

function scaleOf(values: Iterable<number>, top: number, height: number): Scale {
  let [low, high] = [0, 0]
  for (const value of values) {
    if (value < low) low = value
    else if (value > high && Number.isFinite(value)) high = value
  }
  return { low, high, top, height }
}

interface Plot {
  /** Batch item, filter and place of the output that is shown. */
  readonly item: number
  readonly filter: number
  readonly channels: readonly number[]
  /** Places of the padded input: how many, and how many lie before the first sample. */
  readonly extent: number
  readonly before: number
  readonly stride: number
  readonly x: (place: number) => number
  readonly signals: readonly { readonly values: Float64Array; readonly scale: Scale; readonly products: Scale }[]
  readonly weightScale: Scale
  readonly output: { readonly values: Float64Array; readonly scale: Scale }
  readonly height: number
}

/** The row of the output that the place is in: batch item and filter. */
const shownRow: ReadonlySignal<number> = computed(() => Math.floor(outputPlace() / scene.value.shapes.output.at(-1)!))

const plot: ReadonlySignal<Plot> = computed(() => {
  const { geometry: g, shapes, padded, kernel, output } = scene.value
  const [item, filter] = [Math.floor(shownRow.value / g.filters), shownRow.value % g.filters]
  const each = shapes.kernel[1]!
  const first = Math.floor(filter / (g.filters / g.groups)) * each
  const channels = Array.from({ length: Math.min(MOST_CHANNELS, each) }, (_, i) => first + i)
  const extent = padded.array.shape[2]!
  const weights = Float64Array.from(kernel.data.subarray(filter * each * shapes.kernel[2]!, (filter + 1) * each * shapes.kernel[2]!))
  const strongest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  const rows = channels.map((channel) => {
    const start = (item * g.channels + channel) * extent
    return Float64Array.from(padded.array.data.subarray(start, start + extent))
  })
  const all = rows.flatMap((row) => [...row])
  const loudest = all.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0)
  const isSigned = weights.some((weight) => weight < 0) || all.some((value) => value < 0)
  const step = SIGNAL + PRODUCT + 2 * GAP
  const signals = rows.map((values, i) => ({
    values,
    scale: scaleOf(all, i * step, SIGNAL),
    products: scaleOf([isSigned ? -loudest * strongest : 0, loudest * strongest], i * step + SIGNAL + GAP, PRODUCT),
  }))
  const length = shapes.output[2]!
  const values = Float64Array.from(output.data.subarray(shownRow.value * length, (shownRow.value + 1) * length))
  const top = signals.length * step
  return {
    item,
    filter,
    channels,
    extent,
    before: padded.before[0]!,
    stride: g.axes[0]!.stride,
    x: (place) => ((place + padded.before[0]! + 0.5) * WIDTH) / extent,
    signals,
    weightScale: scaleOf([...weights], 0, SIGNAL),
    output: { values, scale: scaleOf(values, top, OUTPUT) },
    height: top + OUTPUT,
  }
})

export function SignalPlot(): JSX.Element {
  const w = words()
  const frame = useRef<SVGSVGElement>(null)
  const now = plot.value
  const last = now.output.values.length - 1
  const pointed = (event: PointerEvent | MouseEvent): { readonly place: number; readonly y: number } => {
    const box = frame.current!.getBoundingClientRect()
    const place = ((event.clientX - box.left) / box.width) * now.extent - now.before - 0.5
    return { place, y: ((event.clientY - box.top) / box.height) * now.height }
  }
  const outputAt = (place: number): readonly number[] => [now.item, now.filter, Math.max(0, Math.min(last, Math.round(place / now.stride)))]
  const draw = (event: PointerEvent): void => {
    const { place, y } = pointed(event)
    const { shapes, padded } = scene.value
    const row = now.signals.findIndex(({ scale }) => y >= scale.top && y <= scale.top + scale.height)
    if (pointerJob.value === 'weighting') return drawWeight(now, row, place, y)
    const sample = Math.round(place / padded.steps[0]!)
    if (row < 0 || sample < 0 || sample >= shapes.input[2]!) return
    const { low, high, top, height } = now.signals[row]!.scale
    const values = [...listed(input.value, product(shapes.input), INPUT_RANGE)]
    values[placeOf([now.item, now.channels[row]!, sample], shapes.input)] =
      Math.round((high - ((y - top) / height) * (high - low)) * 100) / 100
    change({ input: { values } })
  }
  const onPointer = (event: PointerEvent): void => {
    if (pointerJob.value !== 'points' && event.buttons === 1) draw(event)
    else if (event.pointerType !== 'touch') preview.value = { output: outputAt(pointed(event).place) }
  }
  return (
    <>
      <svg
        ref={frame}
        class={`signal-plot${pointerJob.value === 'points' ? '' : ' drawing'}`}
        viewBox={`-4 -6 ${WIDTH + 8} ${now.height + 12}`}
        aria-hidden="true"
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onPointerLeave={() => {
          preview.value = undefined
        }}
        onClick={(event) => {
          if (pointerJob.value === 'points') goToOutput(placeOf(outputAt(pointed(event).place), scene.value.shapes.output))
        }}
      >
        <Curves />
        <AtPlace />
      </svg>
      <PlaceSlider last={last} />
      <p class="note">{w.plotLegend}</p>
    </>
  )
}

/** Gives the weight under the pointer the height of the pointer; the focused place says which weight stands where. */
function drawWeight({ signals, channels, weightScale }: Plot, row: number, place: number, y: number): void {
  const { geometry: g, shapes, padded } = scene.value
  const each = g.channels / g.groups
  const tap = light.value.taps.find(
    ({ position, kernel: at, output }) =>
      Math.round(position[0]! * padded.steps[0]!) === Math.round(place) &&
      Math.floor(output[1]! / (g.filters / g.groups)) * each + at[1]! === channels[row],
  )
  if (!tap || row < 0) return
  const { low, high } = weightScale
  const { top, height } = overSignal(signals[row]!.scale, weightScale)
  const values = [...listed(kernel.value, product(shapes.kernel), KERNEL_RANGE)]
  values[placeOf(tap.kernel, shapes.kernel)] = Number((high - ((y - top) / height) * (high - low)).toPrecision(3))
  change({ kernel: { values } })
}

/** Weights are drawn over the signal, a little lower than it. */
const overSignal = (signal: Scale, weights: Scale): Scale => ({ ...weights, top: signal.top, height: signal.height * 0.9 })

/** The place, for keyboard and screen reader: a slider over the output. */
function PlaceSlider({ last }: { readonly last: number }): JSX.Element {
  const w = words()
  const length = last + 1
  const place = outputPlace() % length
  const { taps } = light.value
  return (
    <label class="row">
      {w.plotPlace}
      <input
        type="range"
        class="scrub"
        min={0}
        max={last}
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
  const { signals, output, x, extent, before, stride } = plot.value
  const { steps } = scene.value.padded
  const samples = scene.value.shapes.input[2]!
  const isBorder = (i: number): boolean => i - before < 0 || i - before > (samples - 1) * steps[0]!
  return (
    <>
      {signals.map(({ values, scale, products }) => (
        <g key={scale.top}>
          <line class="axis" x1={0} x2={WIDTH} y1={yOf(scale, 0)} y2={yOf(scale, 0)} />
          <path class="signal" d={pathOf(values, (i) => x(i - before), scale)} />
          {extent <= MOST_DOTS &&
            [...values].map((value, i) => (
              <circle key={i} class={isBorder(i) ? 'dot border' : 'dot'} cx={x(i - before)} cy={yOf(scale, value)} r={2.5} />
            ))}
          <line class="axis" x1={0} x2={WIDTH} y1={yOf(products, 0)} y2={yOf(products, 0)} />
        </g>
      ))}
      <line class="axis" x1={0} x2={WIDTH} y1={yOf(output.scale, 0)} y2={yOf(output.scale, 0)} />
      <path class="result" d={pathOf(output.values, (i) => x(i * stride), output.scale)} />
    </>
  )
}

/** The turned weighting over the signal, the products under it, and their sum. */
function AtPlace(): JSX.Element | null {
  const { signals, channels, output, weightScale, x, extent, stride, item, filter } = plot.value
  const { padded } = scene.value
  const taps = light.value.taps
  const [first] = taps
  if (!first || first.output[0] !== item || first.output[1] !== filter) return null
  const one = taps.every((tap) => placeOf(tap.output, scene.value.shapes.output) === placeOf(first.output, scene.value.shapes.output))
    ? taps
    : []
  const wide = Math.max(1, (WIDTH / extent) * 0.8)
  const each = scene.value.geometry.channels / scene.value.geometry.groups
  const place = ({ position }: Tap): number => x(Math.round(position[0]! * padded.steps[0]!))
  const bar = (tap: Tap, scale: Scale, value: number, name: string): JSX.Element => (
    <rect
      key={`${name} ${tap.tap}`}
      class={name}
      data-tap={tap.tap}
      x={place(tap) - wide / 2}
      width={wide}
      y={Math.min(yOf(scale, 0), yOf(scale, value))}
      height={Math.max(0.5, Math.abs(yOf(scale, value) - yOf(scale, 0)))}
    />
  )
  const at = first.output[2]!
  const sum = output.values[at]!
  return (
    <g data-at={one.length > 0 ? at : undefined}>
      {signals.map(({ scale, products }, row) => {
        const own = one.filter(
          (tap) =>
            Math.floor(filter / (scene.value.geometry.filters / scene.value.geometry.groups)) * each + tap.kernel[1]! === channels[row],
        )
        const over = overSignal(scale, weightScale)
        return (
          <g key={scale.top}>
            {own.map((tap) => bar(tap, over, tap.weight ?? 0, 'weight-bar'))}
            {own.map((tap) => bar(tap, products, tap.product ?? 0, 'product-bar'))}
          </g>
        )
      })}
      {one.length > 0 && (
        <>
          <line class="now" x1={x(at * stride)} x2={x(at * stride)} y1={0} y2={yOf(output.scale, sum)} />
          <circle class="now-dot" cx={x(at * stride)} cy={yOf(output.scale, sum)} r={5} />
        </>
      )}
    </g>
  )
}

function pathOf(values: Float64Array, x: (i: number) => number, scale: Scale): string {
  return Array.from(
    values,
    (value, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${yOf(scale, Number.isFinite(value) ? value : 0).toFixed(1)}`,
  ).join('')
}
