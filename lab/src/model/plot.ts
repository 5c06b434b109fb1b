/**
 * The layout of the signal plot. Three kinds of panels share one axis of places: signal with
 * weighting, products, result. Of a long signal only the part around the pinned place is drawn, so
 * that the window stays visible.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { part } from '../state/store.ts'
import { highlightOf } from './highlight.ts'
import { placeOf } from './numbers.ts'
import { highlight, viewModel } from './shared.ts'

/** Margins in pixels: the values of the panels on the left, those of the weights on the right. */
export const leftMargin = 54
export const rightMargin = 54
/** Width of the curves, in pixels of the page. The view measures its element. */
export const width: Signal<number> = signal(900)

export const pointerJobs = ['points', 'signal', 'weighting'] as const
/** What the pointer does on the plot: select a place, or draw. */
export const pointerJob: Signal<(typeof pointerJobs)[number]> = signal('points')

const signalHeight = 150
const productsHeight = 80
const resultHeight = 120
/** Space above a panel for its name, and below signal and result for the ticks, in pixels. */
const nameHeight = 34
const ticksHeight = 22
const maxChannels = 3

export interface Range {
  readonly low: number
  readonly high: number
}

/** Maps values from `low` to `high` to heights in a panel. */
export interface Scale extends Range {
  readonly top: number
  readonly height: number
}

export const yOf = ({ low, high, top, height }: Scale, value: number): number =>
  top + height - ((value - low) / (high - low || 1)) * height
export const valueAt = ({ low, high, top, height }: Scale, y: number): number =>
  low + ((top + height - y) / height) * (high - low)

/** The range of the finite values and 0. */
export function rangeOf(values: Iterable<number>): Range {
  let [low, high] = [0, 0]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

/** The range with space above and below, to draw larger and smaller values. */
function widen({ low, high }: Range): Range {
  const margin = (high - low) / 3 || 1
  return { low: low - margin, high: high + margin }
}

/**
 * The ranges at the start of a stroke. They stay fixed during the stroke, so the plot does not move
 * under the pointer.
 */
export const strokeRanges: Signal<{ readonly signal: Range; readonly weights: Range } | undefined> =
  signal(undefined)

export interface Panel {
  /** The input's channel, and its padded values from the first drawn place on. */
  readonly channel: number
  readonly values: Float64Array
  readonly scale: Scale
  /** The scale of the weights, which are drawn over the signal. */
  readonly weights: Scale
  readonly products: Scale
}

export interface Plot {
  readonly item: number
  readonly filter: number
  readonly panels: readonly Panel[]
  /** The number of channels of the sum that are not drawn. */
  readonly hidden: number
  /** The first drawn place, counted from the first sample, and the number of drawn places. */
  readonly first: number
  readonly count: number
  readonly stride: number
  readonly result: { readonly values: Float64Array; readonly scale: Scale }
  readonly height: number
  readonly x: (place: number) => number
  readonly placeAt: (x: number) => number
}

const focus = part('focus')
const pinned = computed(() => highlightOf(viewModel.value, focus.value, undefined))

/** Batch item and filter of the highlight, as one row number. */
export const shownRow: ReadonlySignal<number> = computed(() => {
  const [n = 0, f = 0] = (highlight.value.taps[0] ?? pinned.value.taps[0])?.output ?? []
  return n * viewModel.value.geometry.filters + f
})

/** All places: the first, counted from the first sample, and their number. */
export const allPlaces: ReadonlySignal<{ readonly first: number; readonly count: number }> =
  computed(() => {
    const { geometry: g, padded, shapes } = viewModel.value
    const first = -padded.before[0]!
    // If the padding before the first sample exceeds the window, results are stored after the last
    // sample.
    const last = Math.max(
      padded.array.shape[2]! + first - 1,
      (shapes.output[2]! - 1) * g.axes[0]!.stride,
    )
    return { first, count: last - first + 1 }
  })

/** The drawn part. It follows the pinned place in steps, never the pointer. */
const drawnPart = computed(() => {
  const { stride, dilation, kernel } = viewModel.value.geometry.axes[0]!
  const maxPlaces = Math.max(60, Math.round(width.value / 3), 4 * dilation * kernel)
  if (allPlaces.value.count <= maxPlaces) return allPlaces.value
  const place = (pinned.value.taps[0]?.output[2] ?? 0) * stride
  const step = maxPlaces >> 3
  const first = Math.round((place - maxPlaces / 2) / step) * step
  const last = allPlaces.value.first + allPlaces.value.count - maxPlaces
  return { first: Math.max(allPlaces.value.first, Math.min(last, first)), count: maxPlaces }
})

export const plot: ReadonlySignal<Plot> = computed(() => {
  const { geometry: g, shapes, padded, kernel, output } = viewModel.value
  const [item, filter] = [Math.floor(shownRow.value / g.filters), shownRow.value % g.filters]
  const channelsPerGroup = shapes.kernel[1]!
  const extent = padded.array.shape[2]!
  const { first, count } = drawnPart.value
  const from = first - allPlaces.value.first
  const rows = Array.from({ length: Math.min(maxChannels, channelsPerGroup) }, (_, i) => {
    const channel = Math.floor(filter / (g.filters / g.groups)) * channelsPerGroup + i
    const start = (item * g.channels + channel) * extent
    return {
      channel,
      values: new Float64Array(
        padded.array.data.subarray(start + from, start + Math.min(extent, from + count)),
      ),
    }
  })
  const size = channelsPerGroup * shapes.kernel[2]!
  const isPen = pointerJob.value !== 'points'
  const signalRange = rangeOf(rows.flatMap(({ values }) => [...values]))
  const weightRange = rangeOf(kernel.data.subarray(filter * size, (filter + 1) * size))
  const range = strokeRanges.value?.signal ?? (isPen ? widen(signalRange) : signalRange)
  const weights = strokeRanges.value?.weights ?? (isPen ? widen(weightRange) : weightRange)
  const largestProduct =
    Math.max(-signalRange.low, signalRange.high) * Math.max(-weightRange.low, weightRange.high)
  const isSigned = signalRange.low < 0 || weightRange.low < 0
  const step = nameHeight + signalHeight + ticksHeight + nameHeight + productsHeight
  const panels = rows.map((row, i): Panel => {
    const top = i * step + nameHeight
    return {
      ...row,
      scale: { ...range, top, height: signalHeight },
      weights: { ...weights, top, height: signalHeight },
      products: {
        low: isSigned ? -largestProduct : 0,
        high: largestProduct,
        top: top + signalHeight + ticksHeight + nameHeight,
        height: productsHeight,
      },
    }
  })
  const length = shapes.output[2]!
  const values = new Float64Array(
    output.data.subarray(shownRow.value * length, (shownRow.value + 1) * length),
  )
  const { stride } = g.axes[0]!
  const seen = values.subarray(
    Math.max(0, Math.floor(first / stride)),
    Math.max(0, Math.ceil((first + count) / stride)),
  )
  return {
    item,
    filter,
    panels,
    hidden: channelsPerGroup - rows.length,
    first,
    count,
    stride,
    result: {
      values,
      scale: { ...rangeOf(seen), top: panels.length * step + nameHeight, height: resultHeight },
    },
    height: panels.length * step + nameHeight + resultHeight + ticksHeight,
    x: (place) => ((place - first + 0.5) * width.value) / count,
    placeAt: (x) => (x * count) / width.value + first - 0.5,
  }
})

/** The output of the shown row that is stored nearest to a place. */
export function outputAt(place: number): readonly number[] {
  const { item, filter, stride, result } = plot.value
  return [item, filter, Math.max(0, Math.min(result.values.length - 1, Math.round(place / stride)))]
}

/** The highlighted output, if it is a single output of the shown row. */
export const singleOutput: ReadonlySignal<readonly number[] | undefined> = computed(() => {
  const [first] = highlight.value.taps
  return first &&
    highlight.value.outputs() === 1 &&
    placeOf(first.output.slice(0, 2), [1, viewModel.value.geometry.filters]) === shownRow.value
    ? first.output
    : undefined
})
