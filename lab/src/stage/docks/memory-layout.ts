/**
 * Where do the samples of a window lie in memory? The rows of the input follow one another, so a
 * window is a few short runs, and from run to run it is the same jump.
 *
 *   element = base + stride.y·W·y + stride.x·x + dilation.y·W·i + dilation.x·j
 *
 * for output (y, x) and weight (i, j) of an input with W columns. Padding has no address. Here is
 * also which part of the line is drawn.
 */

import type { Region } from '../region.ts'
import { isPaddingAt, type Place, type StageModel } from '../stage-model.ts'

/** Processors load memory in lines of this many bytes. */
export const lineBytes = 64

/** The element of a place of the padded input; undefined for padding. */
export const elementAt = (model: StageModel, x: number, y: number): number | undefined =>
  isPaddingAt(model, x, y)
    ? undefined
    : (y - model.before.y) * model.input.width + x - model.before.x

/** The number of axes, one or two, decides how many extents and strides a view has. */
const isSignal = ({ geometry }: StageModel): boolean => geometry.axes.length === 1

/** The strides of all windows: outputs first, then weights. In elements. */
export function windowStrides(model: StageModel): readonly number[] {
  const { stride, dilation, input } = model
  return isSignal(model)
    ? [stride.x, dilation.x]
    : [stride.y * input.width, stride.x, dilation.y * input.width, dilation.x]
}

/** The element of the first weight at the output (0, 0). It is negative for padding before it. */
export const baseElement = ({ before, input }: StageModel): number =>
  -(before.y * input.width + before.x)

/** The windows that have no padding, as a view of the input's memory. */
export interface WindowView {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

export function windowView(model: StageModel): WindowView {
  const { before, input, kernel, stride, window, output } = model
  // The first output whose window has no padding before it, and the number of such windows.
  const inside = (axis: 'x' | 'y', size: 'width' | 'height'): readonly [number, number] => {
    const first = Math.ceil(before[axis] / stride[axis])
    const start = first * stride[axis] - before[axis]
    const count = Math.floor((input[size] - window[axis] - start) / stride[axis]) + 1
    return [start, Math.max(0, Math.min(count, output[size] - first))]
  }
  const [[left, columns], [top, rows]] = [inside('x', 'width'), inside('y', 'height')]
  return {
    shape: isSignal(model) ? [columns, kernel.width] : [rows, columns, kernel.height, kernel.width],
    strides: windowStrides(model),
    offset: columns * rows > 0 ? top * input.width + left : 0,
  }
}

/** The part of the line that is drawn: runs of equally many places of the padded input. */
export interface Tape {
  readonly runs: number
  /** Places in a run. */
  readonly places: number
  /** Rows of the input from one run to the next. */
  readonly step: number
  /** CSS pixels: a place, and the gap between two runs, where the line is cut. */
  readonly pitch: number
  readonly gap: number
  readonly hasDigits: boolean
  /** Whether the whole input is drawn, and not only the rows of the window. */
  readonly isWhole: boolean
}

const maxPitch = 44
const minGap = 28
/** A cut without digits beside it. */
const minNarrowGap = 16

/**
 * Prefers digits to more places. `regionWidth`: the most places of a run. `digitWidth`: the pitch
 * that the longest number needs, or undefined if numbers are too long for cells.
 */
export function tapeFor(
  model: StageModel,
  regionWidth: number,
  width: number,
  digitWidth: number | undefined,
): Tape {
  const { input, kernel, dilation, window, padded } = model
  const needed = digitWidth ?? 12
  const isPadded = padded.width > input.width || padded.height > input.height
  if (!isPadded && input.width * input.height * needed <= width)
    return {
      runs: input.height,
      places: input.width,
      step: 1,
      pitch: Math.min(maxPitch, Math.floor(width / (input.width * input.height))),
      gap: 0,
      hasDigits: digitWidth !== undefined,
      isWhole: true,
    }
  const runs = kernel.height
  const pitchOf = (places: number, gap: number): number =>
    Math.min(maxPitch, Math.floor((width - (runs - 1) * gap) / (runs * places)))
  const isCut = (places: number): boolean => places < dilation.y * input.width
  const shape = (places: number, gap: number, pitch: number): Tape => ({
    runs,
    places,
    step: dilation.y,
    pitch,
    // The line fills the width, unless its places are as wide as they can be.
    gap:
      !isCut(places) || runs < 2
        ? 0
        : Math.min(3 * gap, (width - runs * places * pitch) / (runs - 1)),
    hasDigits: digitWidth !== undefined && pitch >= digitWidth,
    isWhole: false,
  })
  const most = Math.max(window.x, regionWidth)
  if (digitWidth !== undefined)
    for (let places = most; places >= window.x; places--) {
      const gap = isCut(places) ? minGap : 0
      if (pitchOf(places, gap) >= digitWidth) return shape(places, gap, pitchOf(places, gap))
    }
  for (let places = most; places > window.x; places--)
    if (pitchOf(places, minNarrowGap) >= 8)
      return shape(places, minNarrowGap, pitchOf(places, minNarrowGap))
  return shape(window.x, minNarrowGap, Math.max(1, pitchOf(window.x, minNarrowGap)))
}

/** The first place of the first run. The runs move only as far as the region and the window. */
export function tapeStart(model: StageModel, region: Region, place: Place, tape: Tape): Place {
  if (tape.isWhole) return { x: 0, y: 0 }
  const left = place.x * model.stride.x
  const last = region.input.x + region.input.width - tape.places
  const spare = Math.floor((tape.places - model.window.x) / 2)
  return {
    x: Math.max(Math.min(region.input.x, left), Math.min(last, left - spare)),
    y: place.y * model.stride.y,
  }
}

/** The output whose window has a place of the padded input nearest to its middle. */
export function outputOver(model: StageModel, x: number, y: number): Place {
  const { stride, window, output } = model
  const nearest = (at: number, axis: 'x' | 'y', count: number): number =>
    Math.max(0, Math.min(count - 1, Math.round((at - (window[axis] - 1) / 2) / stride[axis])))
  return { x: nearest(x, 'x', output.width), y: nearest(y, 'y', output.height) }
}

/** The cache lines that hold the elements. */
export const cacheLines = (elements: readonly number[], bytes: number): readonly number[] =>
  [...new Set(elements.map((element) => Math.floor((element * bytes) / lineBytes)))].sort(
    (a, b) => a - b,
  )
