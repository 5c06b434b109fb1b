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

import { firstAt } from '../geometry/border-segments.ts'
import { type Boundary, fillValue, isConstant } from '../geometry/boundary.ts'
import { gcd } from '../ndarray/gcd.ts'
import { modulo } from '../ndarray/modulo.ts'
import type { ComponentAxis } from './polyphase.ts'

/** A loop over samples of the copy: its stride in the copy, and its stride in the source. */
export interface PieceLoop {
  readonly extent: number
  readonly to: number
  readonly from: number
}

/**
 * Samples of the copy from `at` on. They are read from `source` on, in the input or in the copy.
 */
export interface Piece {
  readonly loops: readonly PieceLoop[]
  readonly at: number
  readonly source: number
  /**
   * Only samples with a coordinate in [0, extent) are copied. The coordinate is `offset` plus one
   * step per loop.
   */
  readonly bound?: PieceBound
}

export interface PieceBound {
  readonly extent: number
  readonly offset: number
  readonly steps: readonly number[]
}

/** A piece that is made from the copy itself, or filled with one number. */
export interface Filling extends Piece {
  readonly fill?: number
}

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

/** What windows read along one axis: tap u of output q reads first + q·stride + u·dilation. */
export interface Reads {
  readonly input: number
  readonly outputs: number
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  readonly first: number
}

/**
 * What the outputs [start, end) of an axis read. A step that no pair of outputs or taps takes is 0.
 */
export function readsOf(axis: ComponentAxis, [start, end]: readonly [number, number]): Reads {
  const { input, taps } = axis
  const outputs = taps === 0 ? 0 : end - start
  return {
    ...{ input, outputs, taps: outputs === 0 ? 0 : taps, first: start * axis.stride - axis.before },
    ...{ stride: outputs > 1 ? axis.stride : 0, dilation: taps > 1 ? axis.dilation : 0 },
  }
}

/** The number of samples from the first to the last one that windows read. */
export const spanOf = ({ outputs, taps, stride, dilation }: Reads): number =>
  outputs === 0 ? 0 : (outputs - 1) * stride + (taps - 1) * dilation + 1

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

/** The number of samples after which a border repeats. Undefined if it never does. */
function periodOf(input: number, boundary: Boundary): number | undefined {
  if (input === 0 || isConstant(boundary) || boundary === 'edge') return undefined
  if (boundary === 'wrap') return input
  return boundary === 'symmetric' ? 2 * input : Math.max(1, 2 * (input - 1))
}

interface AxisPieces {
  readonly isTooFar?: boolean
  readonly pieces: readonly Piece[]
  readonly fillings: readonly Filling[]
}

/** Returns one piece of `extent` samples in a row from `at` on; none if `extent` is 0. */
function run(at: number, extent: number, source: number, from: number): Piece[] {
  return extent > 0 ? [{ loops: [{ extent, to: 1, from }], at, source }] : []
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
  if (input > 0 && boundary === 'wrap') return wrapPieces(modulo(first, input), length, input)
  if (input > 0 && (boundary === 'symmetric' || boundary === 'reflect'))
    return mirrorPieces(first, length, input, boundary === 'reflect' ? 1 : 0)
  // The number of samples before the input, and before its end.
  const before = clamp(Math.ceil(-first / spacing), 0, length)
  const inside = clamp(Math.ceil((input - first) / spacing), before, length)
  const pieces = run(before, inside - before, first + before * spacing, spacing)
  if (input === 0 || isConstant(boundary)) {
    const fill = fillValue(boundary)
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

/** Coordinates of this magnitude or more do not fit in 32 bits. */
export const maxCoordinate: number = 2 ** 30

/**
 * At most this many lines of pairs are cut one by one, if windows reach farther than
 * `maxCoordinate`.
 */
const maxLines = 64

/**
 * Returns the pieces of a copy with one sample for each tap of each output. For constant and edge
 * borders.
 */
function pairPieces(
  { input, outputs, taps, stride, dilation, first }: Reads,
  boundary: Boundary,
): AxisPieces {
  const at = (q: number, u: number): number => first + q * stride + u * dilation
  const constant = input === 0 || isConstant(boundary)
  const [pieces, fillings]: [Piece[], Filling[]] = [[], []]
  let isTooFar = false
  type Side = 'before' | 'inside' | 'after'
  /**
   * Adds a box of pairs on one side of the input. `bounded`: only some of its pairs are there.
   */
  const add = (
    side: Side,
    q: readonly [number, number],
    u: readonly [number, number],
    bounded: boolean,
  ): void => {
    const extents = [u[1] - u[0], q[1] - q[0]]
    if (extents.some((extent) => extent <= 0)) return
    const steps = [dilation, stride]
    const from = side === 'inside' ? steps : [0, 0]
    const corner = at(q[0], u[0])
    const last = at(q[1] - 1, u[1] - 1)
    const bounds: Record<Side, PieceBound> = {
      before: { extent: -corner, offset: -1 - corner, steps: steps.map((step) => -step) },
      inside: { extent: input, offset: corner, steps },
      after: { extent: last - input + 1, offset: corner - input, steps },
    }
    if (bounded && bounds[side].extent <= 0) return
    const piece: Piece = {
      loops: [
        { extent: extents[0]!, to: outputs, from: from[0]! },
        { extent: extents[1]!, to: 1, from: from[1]! },
      ],
      ...{
        at: u[0] * outputs + q[0],
        source: side === 'inside' ? corner : side === 'before' ? 0 : input - 1,
      },
      ...(bounded ? { bound: bounds[side] } : {}),
    }
    if (side === 'inside' || !constant) pieces.push(piece)
    else fillings.push({ ...piece, fill: fillValue(boundary) })
  }
  // First the outputs whose windows lie completely before or behind the input. Then, for the other
  // outputs, the taps that do.
  const early = firstAt(stride, at(0, taps - 1), 0, outputs)
  const late = firstAt(stride, at(0, 0), input, outputs)
  add('before', [0, early], [0, taps], false)
  add('after', [late, outputs], [0, taps], false)
  if (early < late) {
    const [low, high] = [
      firstAt(dilation, at(late - 1, 0), 0, taps),
      firstAt(dilation, at(early, 0), input, taps),
    ]
    add('before', [early, late], [0, low], false)
    add('after', [early, late], [high, taps], false)
    if (low < high) {
      const [corner, last] = [at(early, low), at(late - 1, high - 1)]
      if (Math.max(-corner, last) + Math.max(stride, dilation) < maxCoordinate)
        for (const side of ['before', 'inside', 'after'] as const)
          add(side, [early, late], [low, high], true)
      else addLines([early, late], [low, high])
    }
  }
  return { pieces, fillings, isTooFar }

  function addLines(q: readonly [number, number], u: readonly [number, number]): void {
    const byOutputs = q[1] - q[0] <= u[1] - u[0]
    const [lines, along] = byOutputs ? [q, u] : [u, q]
    isTooFar = lines[1] - lines[0] > maxLines
    if (isTooFar) return
    for (let line = lines[0]; line < lines[1]; line++) {
      const start = byOutputs ? at(line, along[0]) : at(along[0], line)
      const step = byOutputs ? dilation : stride
      const count = along[1] - along[0]
      const enters = along[0] + firstAt(step, start, 0, count)
      const leaves = along[0] + firstAt(step, start, input, count)
      const lineRange = [line, line + 1] as const
      const addSegment = (side: Side, segment: readonly [number, number]): void =>
        byOutputs ? add(side, lineRange, segment, false) : add(side, segment, lineRange, false)
      addSegment('before', [along[0], enters])
      addSegment('inside', [enters, leaves])
      addSegment('after', [leaves, along[1]])
    }
  }
}

const clamp = (value: number, min: number, max: number): number =>
  Math.min(Math.max(value, min), max)
