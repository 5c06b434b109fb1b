/**
 * How long is one axis of a padded copy, and where do its samples come from?
 *
 *   dense     │ c b │ a b c d │ c b │    every sample from the first to the last that is read
 *   lattice   │  b  │  a   c  │  c  │    every g-th; stride and dilation are multiples of g
 *   pairs     │ tap 0 of every output │ tap 1 of every output │ …    few, far apart: shorter
 *
 * Whatever padding, stride and dilation are, an axis consists of a few pieces. Samples inside come
 * from the input. A border that repeats samples is made from samples that are already in the copy:
 * the piece beside it reversed; one loop over all whole periods; the rest of a period. So the
 * numbers of pieces along several axes add up and do not multiply.
 */

import {
  type Boundary,
  type Continuation,
  continuationOf,
  fillValue,
  periodOf,
} from '../geometry/boundary.ts'
import { gcd } from '../ndarray/gcd.ts'
import { modulo } from '../ndarray/modulo.ts'
import { pairPieces } from './pair-pieces.ts'
import { type AxisPieces, type Filling, type Piece, type Reads, run, spanOf } from './pieces.ts'

export interface AxisCopy {
  /** The number of samples of the copy. */
  readonly length: number
  /** Tap u of output q is sample q·stride + u·dilation of the copy. */
  readonly stride: number
  readonly dilation: number
  /** The pieces that are read from the input. */
  readonly pieces: readonly Piece[]
  /** The pieces that are made after that, in this order. */
  readonly fillings: readonly Filling[]
  /**
   * True if windows reach so far that there would be too many pieces. The lists are then
   * incomplete.
   */
  readonly isTooFar?: boolean
  /**
   * The whole axis as one piece of the input, with a bound if windows leave the input. Enough if
   * one constant surrounds the input.
   */
  readonly bounded: Piece
}

/**
 * Returns the copy of an axis. `dense`: it must hold every sample between the first and the last.
 */
export function axisCopy(reads: Reads, boundary: Boundary, dense: boolean): AxisCopy {
  const { input, outputs, taps, stride, dilation, first } = reads
  const span = spanOf(reads)
  if (span === 0)
    return {
      length: 0,
      stride: 0,
      dilation: 0,
      pieces: [],
      fillings: [],
      bounded: { loops: [], at: 0, source: 0 },
    }
  const leaves = first < 0 || first + span > input
  const period = leaves ? periodOf(input, boundary) : undefined
  if (period !== undefined && !dense) {
    // A step of whole periods leads to the same sample, so only the remainders count.
    const shorter = {
      ...reads,
      stride: stride % period,
      dilation: dilation % period,
      first: modulo(first, period),
    }
    return axisCopy(spanOf(shorter) < span ? shorter : reads, boundary, true)
  }
  const spacing = dense ? 1 : Math.max(1, gcd(stride, dilation))
  const length = (span - 1) / spacing + 1
  const isPaired = !dense && outputs * taps < length
  const loops = isPaired
    ? [
        { extent: taps, to: outputs, from: dilation },
        { extent: outputs, to: 1, from: stride },
      ]
    : [{ extent: length, to: 1, from: spacing }]
  const whole: Piece = { loops, at: 0, source: first }
  const bounded = leaves
    ? { ...whole, bound: { extent: input, offset: first, steps: loops.map(({ from }) => from) } }
    : whole
  const parts = !leaves
    ? { pieces: [whole], fillings: [] }
    : isPaired
      ? pairPieces(reads, boundary)
      : axisPieces(first, spacing, length, input, boundary)
  const steps = isPaired
    ? { length: outputs * taps, stride: outputs > 1 ? 1 : 0, dilation: taps > 1 ? outputs : 0 }
    : { length, stride: stride / spacing, dilation: dilation / spacing }
  return { ...steps, ...parts, bounded }
}

/**
 * Returns the pieces for `length` coordinates from `first` on, every `spacing`-th sample. If the
 * border repeats samples periodically, `spacing` is 1.
 */
function axisPieces(
  first: number,
  spacing: number,
  length: number,
  input: number,
  boundary: Boundary,
): AxisPieces {
  const continuation: Continuation =
    input === 0 ? { kind: 'constant', value: fillValue(boundary) } : continuationOf(boundary)
  switch (continuation.kind) {
    case 'copies':
      return wrapPieces(modulo(first, input), length, input)
    case 'mirrored':
      return mirrorPieces(first, length, input, continuation.shared)
    case 'constant':
      return sidePieces(first, spacing, length, input, continuation.value)
    case 'nearest':
      return sidePieces(first, spacing, length, input, undefined)
  }
}

/**
 * Returns the pieces of a border with one value per side: `fill`, or the sample at that end if it
 * is undefined.
 */
function sidePieces(
  first: number,
  spacing: number,
  length: number,
  input: number,
  fill: number | undefined,
): AxisPieces {
  // The number of samples before the input, and before its end.
  const before = clamp(Math.ceil(-first / spacing), 0, length)
  const inside = clamp(Math.ceil((input - first) / spacing), before, length)
  const pieces = run(before, inside - before, first + before * spacing, spacing)
  if (fill !== undefined) {
    const fillings = [...run(0, before, 0, 0), ...run(inside, length - inside, 0, 0)].map(
      (piece): Filling => ({ ...piece, fill }),
    )
    return { pieces, fillings }
  }
  if (pieces.length === 0)
    return {
      pieces: [...run(0, before, 0, 0), ...run(inside, length - inside, input - 1, 0)],
      fillings: [],
    }
  // The copy is sure to hold the first and the last sample of the input only if it holds every
  // sample.
  if (spacing > 1) {
    return {
      pieces: [...run(0, before, 0, 0), ...pieces, ...run(inside, length - inside, input - 1, 0)],
      fillings: [],
    }
  }
  return {
    pieces,
    fillings: [...run(0, before, before, 0), ...run(inside, length - inside, inside - 1, 0)],
  }
}

/** Returns the pieces of a `wrap` border: sample `start` of the input first, then on and on. */
function wrapPieces(start: number, length: number, input: number): AxisPieces {
  const at = modulo(-start, input)
  if (at + input > length) {
    const firstLength = Math.min(at, length)
    return {
      pieces: [
        ...run(0, firstLength, start, 1),
        ...run(firstLength, length - firstLength, modulo(start + firstLength, input), 1),
      ],
      fillings: [],
    }
  }
  return {
    pieces: run(at, input, 0, 1),
    fillings: [...run(0, at, input, 1), ...repeatPeriods(at, input, length)],
  }
}

/** Returns what follows a whole period at `at`: all further whole periods, then the rest of one. */
function repeatPeriods(at: number, period: number, length: number): Filling[] {
  const count = Math.floor((length - at) / period) - 1
  const restStart = at + (count + 1) * period
  const whole: Filling = {
    loops: [
      { extent: count, to: period, from: 0 },
      { extent: period, to: 1, from: 1 },
    ],
    ...{ at: at + period, source: at },
  }
  return [...(count > 0 ? [whole] : []), ...run(restStart, length - restStart, at, 1)]
}

/**
 * Returns the pieces of a `reflect` or `symmetric` border, which runs over the input forwards and
 * backwards. At each reversal both directions share `shared` samples: 1 for reflect, 0 for
 * symmetric.
 */
function mirrorPieces(first: number, length: number, input: number, shared: 0 | 1): AxisPieces {
  if (input === 1) return { pieces: run(0, length, 0, 0), fillings: [] }
  const passLength = input - shared
  const start = modulo(first, 2 * passLength)
  // Pass k over the input begins at k·passLength. It runs forwards if k is even.
  const piece = (k: number, at: number, extent: number): Piece[] => {
    const along = start + at - k * passLength
    return k % 2 === 0 ? run(at, extent, along, 1) : run(at, extent, input - 1 - along, -1)
  }
  const whole = Math.ceil(start / passLength)
  const at = whole * passLength - start
  if (at + input <= length) {
    const end = Math.min(length, at + 2 * passLength)
    const back = run(at + input, end - at - input, at + input - 1 - shared, -1)
    const repeats = end < length ? repeatPeriods(at, 2 * passLength, length) : []
    return {
      pieces: piece(whole, at, input),
      fillings: [...run(0, at, 2 * at - 1 + shared, -1), ...back, ...repeats],
    }
  }
  const k = Math.floor(start / passLength)
  const end = Math.min(length, k * passLength + input - start)
  const remaining = length - end
  if (remaining <= end - shared)
    return { pieces: piece(k, 0, end), fillings: run(end, remaining, end - 1 - shared, -1) }
  return {
    pieces: piece(k + 1, end - shared, remaining + shared),
    fillings: run(0, end - shared, 2 * end - 1 - shared, -1),
  }
}

const clamp = (value: number, min: number, max: number): number =>
  Math.min(Math.max(value, min), max)
