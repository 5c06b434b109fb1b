/**
 * One axis of a copy that windows read instead of the input: how long it is, and from where its
 * samples come.
 *
 *   dense     │ c b │ a b c d │ c b │        every sample from the first to the last that a window reads
 *   lattice   │  b  │  a   c  │  c  │        every g-th of them, where stride and dilation are multiples of g
 *   pairs     │ tap 0 of every output │ tap 1 of every output │ …        where that is shorter: few taps or outputs, far apart
 *
 * Whatever padding, stride and dilation are, an axis is a handful of pieces. What lies inside is
 * read from the input. A border that repeats samples is made from what is in the copy already: the
 * piece beside it turned round, whole periods as one loop that counts them, the rest of a period.
 * So the pieces of several axes add up and do not multiply.
 */

import { type Boundary, fillValue, isConstant } from '../geometry/boundary.ts'
import type { ComponentAxis } from './polyphase.ts'

/** A loop over samples of the copy: by how much it moves there, and where they are read. */
export interface PieceLoop {
  readonly extent: number
  readonly to: number
  readonly from: number
}

/** Samples of the copy from `at` on, read from `source` on: of the input, or of the copy itself. */
export interface Piece {
  readonly loops: readonly PieceLoop[]
  readonly at: number
  readonly source: number
  /** Only samples whose coordinate, `offset` and a step for each loop, lies in [0, extent). */
  readonly bound?: PieceBound
}

export interface PieceBound {
  readonly extent: number
  readonly offset: number
  readonly steps: readonly number[]
}

/** A piece of the copy made from the copy, or filled with one number. */
export interface Filling extends Piece {
  readonly fill?: number
}

export interface AxisCopy {
  /** Samples of the copy. */
  readonly length: number
  /** Tap u of output q is sample q·stride + u·dilation of the copy. */
  readonly stride: number
  readonly dilation: number
  /** What is read from the input. */
  readonly pieces: readonly Piece[]
  /** What is made after that, in this order. */
  readonly fillings: readonly Filling[]
  /** Whether windows reach so far that this would be too many pieces: they are not all here. */
  readonly isTooFar?: boolean
  /**
   * All of it in one piece of the input, with a bound where windows leave it: what one constant
   * around the input allows.
   */
  readonly bounded: Piece
}

/** What windows read along one axis: tap u of output q at first + q·stride + u·dilation. */
export interface Reads {
  readonly input: number
  readonly outputs: number
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  readonly first: number
}

/** What the outputs [start, end) of an axis read. A step that is never taken is 0. */
export function readsOf(axis: ComponentAxis, [start, end]: readonly [number, number]): Reads {
  const { input, taps } = axis
  const outputs = taps === 0 ? 0 : end - start
  return {
    ...{ input, outputs, taps: outputs === 0 ? 0 : taps, first: start * axis.stride - axis.before },
    ...{ stride: outputs > 1 ? axis.stride : 0, dilation: taps > 1 ? axis.dilation : 0 },
  }
}

/** Samples from the first to the last that windows read. */
export const spanOf = ({ outputs, taps, stride, dilation }: Reads): number =>
  outputs === 0 ? 0 : (outputs - 1) * stride + (taps - 1) * dilation + 1

/** The copy of an axis; `dense` where every sample between the first and the last is needed. */
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
    // Steps of whole periods lead nowhere.
    const shorter = {
      ...reads,
      stride: stride % period,
      dilation: dilation % period,
      first: modulo(first, period),
    }
    return axisCopy(spanOf(shorter) < span ? shorter : reads, boundary, true)
  }
  const apart = dense ? 1 : Math.max(1, gcd(stride, dilation))
  const length = (span - 1) / apart + 1
  const isPaired = !dense && outputs * taps < length
  const loops = isPaired
    ? [
        { extent: taps, to: outputs, from: dilation },
        { extent: outputs, to: 1, from: stride },
      ]
    : [{ extent: length, to: 1, from: apart }]
  const whole: Piece = { loops, at: 0, source: first }
  const bounded = leaves
    ? { ...whole, bound: { extent: input, offset: first, steps: loops.map(({ from }) => from) } }
    : whole
  const parts = !leaves
    ? { pieces: [whole], fillings: [] }
    : isPaired
      ? pairs(reads, boundary)
      : filled(first, apart, length, input, boundary)
  const steps = isPaired
    ? { length: outputs * taps, stride: outputs > 1 ? 1 : 0, dilation: taps > 1 ? outputs : 0 }
    : { length, stride: stride / apart, dilation: dilation / apart }
  return { ...steps, ...parts, bounded }
}

/** After how many samples a border repeats itself; undefined where it does not. */
function periodOf(input: number, boundary: Boundary): number | undefined {
  if (input === 0 || isConstant(boundary) || boundary === 'edge') return undefined
  if (boundary === 'wrap') return input
  return boundary === 'symmetric' ? 2 * input : Math.max(1, 2 * (input - 1))
}

interface Filled {
  readonly isTooFar?: boolean
  readonly pieces: readonly Piece[]
  readonly fillings: readonly Filling[]
}

/** `extent` samples in a row from `at` on; none where there are none. */
function run(at: number, extent: number, source: number, from: number): Piece[] {
  return extent > 0 ? [{ loops: [{ extent, to: 1, from }], at, source }] : []
}

/**
 * `length` coordinates from `first` on, `apart` from each other; those of a border that repeats
 * samples next to each other.
 */
function filled(
  first: number,
  apart: number,
  length: number,
  input: number,
  boundary: Boundary,
): Filled {
  if (input > 0 && boundary === 'wrap') return wrapped(modulo(first, input), length, input)
  if (input > 0 && (boundary === 'symmetric' || boundary === 'reflect'))
    return turned(first, length, input, boundary === 'reflect' ? 1 : 0)
  // Samples before the input, and before its end.
  const before = between(Math.ceil(-first / apart), 0, length)
  const inside = between(Math.ceil((input - first) / apart), before, length)
  const pieces = run(before, inside - before, first + before * apart, apart)
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
  // The samples at both ends are in the copy only where every sample is.
  if (apart > 1) {
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

/** Sample `start` of the input first, then round and round. */
function wrapped(start: number, length: number, input: number): Filled {
  const at = modulo(-start, input)
  if (at + input > length) {
    const rest = Math.min(at, length)
    return {
      pieces: [
        ...run(0, rest, start, 1),
        ...run(rest, length - rest, modulo(start + rest, input), 1),
      ],
      fillings: [],
    }
  }
  return {
    pieces: run(at, input, 0, 1),
    fillings: [...run(0, at, input, 1), ...repeated(at, input, length)],
  }
}

/** What follows on a whole period at `at`: as many more as there are, then the rest of one. */
function repeated(at: number, period: number, length: number): Filling[] {
  const count = Math.floor((length - at) / period) - 1
  const rest = at + (count + 1) * period
  const whole: Filling = {
    loops: [
      { extent: count, to: period, from: 0 },
      { extent: period, to: 1, from: 1 },
    ],
    ...{ at: at + period, source: at },
  }
  return [...(count > 0 ? [whole] : []), ...run(rest, length - rest, at, 1)]
}

/**
 * To and fro over the input. Where it turns, `shared` samples (1 for reflect, 0 for symmetric)
 * belong to both directions.
 */
function turned(first: number, length: number, input: number, shared: 0 | 1): Filled {
  if (input === 1) return { pieces: run(0, length, 0, 0), fillings: [] }
  const way = input - shared
  const start = modulo(first, 2 * way)
  // Way k begins at k·way and goes up where k is even.
  const piece = (k: number, at: number, extent: number): Piece[] => {
    const along = start + at - k * way
    return k % 2 === 0 ? run(at, extent, along, 1) : run(at, extent, input - 1 - along, -1)
  }
  const whole = Math.ceil(start / way)
  const at = whole * way - start
  if (at + input <= length) {
    const end = Math.min(length, at + 2 * way)
    const back = run(at + input, end - at - input, at + input - 1 - shared, -1)
    const rest = end < length ? repeated(at, 2 * way, length) : []
    return {
      pieces: piece(whole, at, input),
      fillings: [...run(0, at, 2 * at - 1 + shared, -1), ...back, ...rest],
    }
  }
  const k = Math.floor(start / way)
  const end = Math.min(length, k * way + input - start)
  const rest = length - end
  if (rest <= end - shared)
    return { pieces: piece(k, 0, end), fillings: run(end, rest, end - 1 - shared, -1) }
  return {
    pieces: piece(k + 1, end - shared, rest + shared),
    fillings: run(0, end - shared, 2 * end - 1 - shared, -1),
  }
}

/** Coordinates of this size and more are not counted in 32 bits. */
export const farthest: number = 2 ** 30

/** Lines of pairs that are looked at one by one where windows reach farther than that. */
const mostLines = 64

/** Every tap of every output by itself, around a constant or an edge. */
function pairs(
  { input, outputs, taps, stride, dilation, first }: Reads,
  boundary: Boundary,
): Filled {
  const at = (q: number, u: number): number => first + q * stride + u * dilation
  const constant = input === 0 || isConstant(boundary)
  const [pieces, fillings]: [Piece[], Filling[]] = [[], []]
  let isTooFar = false
  type Side = 'before' | 'inside' | 'after'
  /** A box of pairs that lie on one side of the input, or those of them that do. */
  const add = (
    side: Side,
    q: readonly [number, number],
    u: readonly [number, number],
    some: boolean,
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
    if (some && bounds[side].extent <= 0) return
    const piece: Piece = {
      loops: [
        { extent: extents[0]!, to: outputs, from: from[0]! },
        { extent: extents[1]!, to: 1, from: from[1]! },
      ],
      ...{
        at: u[0] * outputs + q[0],
        source: side === 'inside' ? corner : side === 'before' ? 0 : input - 1,
      },
      ...(some ? { bound: bounds[side] } : {}),
    }
    if (side === 'inside' || !constant) pieces.push(piece)
    else fillings.push({ ...piece, fill: fillValue(boundary) })
  }
  // Outputs whose windows lie wholly before the input, and behind it; of the others the same for
  // taps.
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
      if (Math.max(-corner, last) + Math.max(stride, dilation) < farthest)
        for (const side of ['before', 'inside', 'after'] as const)
          add(side, [early, late], [low, high], true)
      else addLines([early, late], [low, high])
    }
  }
  return { pieces, fillings, isTooFar }

  function addLines(q: readonly [number, number], u: readonly [number, number]): void {
    const byOutputs = q[1] - q[0] <= u[1] - u[0]
    const [lines, along] = byOutputs ? [q, u] : [u, q]
    isTooFar = lines[1] - lines[0] > mostLines
    if (isTooFar) return
    for (let line = lines[0]; line < lines[1]; line++) {
      const start = byOutputs ? at(line, along[0]) : at(along[0], line)
      const step = byOutputs ? dilation : stride
      const count = along[1] - along[0]
      const enters = along[0] + firstAt(step, start, 0, count)
      const leaves = along[0] + firstAt(step, start, input, count)
      const one = [line, line + 1] as const
      const put = (side: Side, part: readonly [number, number]): void =>
        byOutputs ? add(side, one, part, false) : add(side, part, one, false)
      put('before', [along[0], enters])
      put('inside', [enters, leaves])
      put('after', [leaves, along[1]])
    }
  }
}

/** The first i < most for which start + i·step reaches `least`; `most` where none does. */
export function firstAt(step: number, start: number, least: number, most: number): number {
  if (start >= least) return 0
  return step === 0 ? most : Math.min(most, Math.ceil((least - start) / step))
}

const between = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most)
const modulo = (a: number, b: number): number => ((a % b) + b) % b
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
