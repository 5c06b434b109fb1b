/**
 * What do many coordinates along an axis read? A few segments, each with a constant step.
 *
 *   reflect   c b │ a b c d │ c b │ a b …     coordinates −2, −1, 0 … of an axis of 4 samples
 *   step      −1     +1        −1    +1
 *
 * Every segment lies on one side of the input, or inside it. A border that repeats samples has a
 * segment for each further copy of the input, forwards or backwards. `edge` has one segment per
 * side with step 0, and so have `zero` and constants, which read no sample.
 */

import { modulo } from '../ndarray/modulo.ts'
import { type Boundary, continuationOf, periodOf, sourceIndex } from './boundary.ts'

/** An axis of `extent` samples with a border. */
export interface BorderedAxis {
  readonly extent: number
  readonly boundary: Boundary
}

/** Equally spaced coordinates: number i is first + i·step. */
export interface Coordinates {
  readonly first: number
  readonly count: number
  /** ≥ 0. Default 1. */
  readonly step?: number
}

/** Coordinates number start … start + count − 1. Number start + i reads sample source + i·step. */
export interface BorderSegment {
  readonly start: number
  readonly count: number
  /** −1 if the segment reads the constant of the border (`fillValue`). */
  readonly source: number
  /** The step of the coordinates, forwards or backwards; 0 if all of them read the same. */
  readonly step: number
}

/**
 * Yields the segments in order. Their number grows with the distance from the input if the border
 * repeats samples, so stop early where that can be far.
 */
export function* borderSegments(
  { extent, boundary }: BorderedAxis,
  { first, count, step = 1 }: Coordinates,
): Generator<BorderSegment, undefined> {
  for (let start = 0; start < count; ) {
    const at = first + start * step
    const source = sourceIndex(at, extent, boundary)
    const { direction, remaining } = stretchAt(at, source, extent, boundary)
    const length = step === 0 ? count : Math.min(Math.ceil(remaining / step), count - start)
    // Adding 0 turns −0 into 0.
    yield { start, count: length, source, step: length === 1 ? 0 : direction * step + 0 }
    start += length
  }
}

/** A segment that comes again after each period: at start, start + period, start + 2·period, … */
export interface RepeatedSegment extends BorderSegment {
  readonly period: number
  /** How often it comes; ≥ 1. */
  readonly repeats: number
}

/**
 * The segments of the coordinates first … first + count − 1. A border that repeats samples has the
 * same segments in each period, so there are at most eight of them, however far the coordinates
 * reach.
 */
export function repeatedSegments(
  axis: BorderedAxis,
  first: number,
  count: number,
): RepeatedSegment[] {
  if (count === 0) return []
  const period = periodOf(axis.extent, axis.boundary) ?? count
  const [whole, rest] = [Math.floor(count / period), count % period]
  // The first `rest` coordinates of a period come once more than the others.
  const parts = [
    { from: 0, length: rest, repeats: whole + 1 },
    { from: rest, length: Math.min(period, count) - rest, repeats: whole },
  ]
  return parts.flatMap(({ from, length, repeats }) =>
    [...borderSegments(axis, { first: first + from, count: length })].map((segment) => ({
      ...{ ...segment, start: from + segment.start, period, repeats },
    })),
  )
}

/** Coordinates in a row that read samples in one direction. */
interface Stretch {
  readonly direction: 1 | 0 | -1
  /** How many of them are left, from the given one on. */
  readonly remaining: number
}

function stretchAt(at: number, source: number, extent: number, boundary: Boundary): Stretch {
  if (at >= 0 && at < extent) return { direction: 1, remaining: extent - at }
  const sameForSide: Stretch = { direction: 0, remaining: at < 0 ? -at : Number.POSITIVE_INFINITY }
  if (extent < 2) return sameForSide
  const continuation = continuationOf(boundary)
  switch (continuation.kind) {
    case 'constant':
    case 'nearest':
      return sameForSide
    case 'copies':
      return { direction: 1, remaining: extent - source }
    case 'mirrored':
      // If copies share a sample, those that run backwards have neither end.
      return modulo(at, 2 * (extent - continuation.shared)) >= extent
        ? { direction: -1, remaining: source + 1 - continuation.shared }
        : { direction: 1, remaining: extent - source }
  }
}

/** The coordinates, by their numbers in ascending order, that read a sample ≥ 0. */
export function readersOf(sample: number, axis: BorderedAxis, coordinates: Coordinates): number[] {
  const readers: number[] = []
  for (const { start, count, source, step } of borderSegments(axis, coordinates)) {
    if (step === 0) {
      if (source === sample) for (let i = 0; i < count; i++) readers.push(start + i)
      continue
    }
    const i = (sample - source) / step
    if (Number.isInteger(i) && i >= 0 && i < count) readers.push(start + i)
  }
  return readers
}

/** The first i < max for which start + i·step ≥ min. `max` if there is none. */
export function firstAt(step: number, start: number, min: number, max: number): number {
  if (start >= min) return 0
  return step === 0 ? max : Math.min(max, Math.ceil((min - start) / step))
}
