/**
 * The curves of one row: which row of the input and of the output is drawn, where its samples
 * stand, and how numbers become heights. A result stands under the middle of its window.
 */

import type { Place, StageModel } from '../stage-model.ts'

/** The row of weights that counts as the middle of the kernel. */
export const middleRow = ({ kernel }: StageModel): number => Math.floor((kernel.height - 1) / 2)

/** The row of the padded input under a row of weights, at a place. */
export const inputRow = (model: StageModel, place: Place, row: number): number =>
  place.y * model.stride.y + row * model.dilation.y

/** The column of the padded input under the middle of the window at an output column. */
export const middleColumn = ({ stride, window }: StageModel, x: number): number =>
  x * stride.x + (window.x - 1) / 2

/** The output column whose window has its middle nearest to a column of the padded input. */
export function outputNear(model: StageModel, column: number): number {
  const x = Math.round((column - (model.window.x - 1) / 2) / model.stride.x)
  return Math.max(0, Math.min(model.output.width - 1, x))
}

/** The lowest and the highest number of an axis. */
export interface Range {
  readonly low: number
  readonly high: number
}

/** Heights of numbers, from `bottom` to `top` in CSS pixels. */
export interface Heights extends Range {
  readonly top: number
  readonly bottom: number
}

export const heightOf = (value: number, { low, high, top, bottom }: Heights): number =>
  bottom - ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * (bottom - top)

/** All finite numbers and 0. The ends have two digits, so that they are exact as texts. */
export function rangeOf(values: ArrayLike<number>): Range {
  let [low, high] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low === high
    ? { low: 0, high: 1 }
    : { low: low < 0 ? -roundedUp(-low) : 0, high: roundedUp(high) }
}

/** The next number with at most two digits: 751 → 760. Numbers to 100 become integers at most. */
function roundedUp(value: number): number {
  if (value <= 0) return 0
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1)
  return Number((Math.ceil(Number((value / unit).toPrecision(12))) * unit).toPrecision(12))
}

/** The range of all products that these weights and samples can have. */
export function productRange(weights: ArrayLike<number>, samples: Range): Range {
  const { low, high } = rangeOf(weights)
  const corners = [low, high].flatMap((w) => [w * samples.low, w * samples.high])
  return rangeOf(corners)
}

export interface Ranges {
  readonly input: Range
  readonly weights: Range
  readonly products: Range
  readonly output: Range
}

/** Ranges of the whole planes, so that the axes stay while the window moves. */
export function rangesOf(model: StageModel): Ranges {
  const input = model.isPicture ? { low: 0, high: 255 } : rangeOf(model.padded.data)
  return {
    input,
    weights: rangeOf(model.kernel.data),
    products: productRange(model.kernel.data, input),
    output: rangeOf(model.output.data),
  }
}

/** Columns of the padded input that are drawn. */
export interface Span {
  readonly first: number
  readonly count: number
}

/**
 * A curve through numbers. `x` is the place of the number i. Numbers that are not finite or not
 * shown leave a gap. More numbers than pixels become the lowest and the highest of each pixel.
 */
export function curve(
  span: Span,
  valueAt: (i: number) => number | undefined,
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  const parts: string[] = []
  const pixels = Math.abs(x(span.first + span.count - 1) - x(span.first))
  const step = Math.max(1, Math.floor(span.count / Math.max(1, 2 * pixels)))
  let isDrawn = false
  for (let start = span.first; start < span.first + span.count; start += step) {
    const at: number[] = []
    let [lowest, highest] = [-1, -1]
    for (let i = start; i < Math.min(start + step, span.first + span.count); i++) {
      const value = valueAt(i)
      if (value === undefined || !Number.isFinite(value)) continue
      if (lowest < 0 || value < valueAt(lowest)!) lowest = i
      if (highest < 0 || value > valueAt(highest)!) highest = i
    }
    if (lowest >= 0) at.push(...new Set([Math.min(lowest, highest), Math.max(lowest, highest)]))
    if (at.length === 0) isDrawn = false
    for (const i of at) {
      parts.push(`${isDrawn ? 'L' : 'M'}${round(x(i))} ${round(y(valueAt(i)!))}`)
      isDrawn = true
    }
  }
  return parts.join('')
}

export const round = (value: number): number => Math.round(value * 100) / 100

/** The four panels, one below the other, in CSS pixels. */
export interface Panels {
  readonly input: Heights
  readonly weights: Heights
  readonly products: Heights
  readonly output: Heights
  readonly height: number
}

const panelGap = 8
/** Above the input: the marks of the taps. */
export const marksHeight = 7
const shares = { input: 0.33, weights: 0.17, products: 0.22, output: 0.28 } as const

export function panelsFor(ranges: Ranges, height: number): Panels {
  const room = height - marksHeight - 3 * panelGap - 2
  let top = marksHeight + 1
  const panel = (name: keyof Ranges): Heights => {
    const heights = { ...ranges[name], top, bottom: Math.round(top + shares[name] * room) }
    top = heights.bottom + panelGap
    return heights
  }
  return {
    input: panel('input'),
    weights: panel('weights'),
    products: panel('products'),
    output: panel('output'),
    height,
  }
}

/** The distance of the numbers of an axis, so that they have room: 1, 2, 5, 10 … */
export function tickStep(pitch: number, width: number): number {
  for (let unit = 1; ; unit *= 10)
    for (const factor of [1, 2, 5]) if (factor * unit * pitch >= width) return factor * unit
}
