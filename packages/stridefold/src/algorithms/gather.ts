/**
 * Fills the padded copy of a region.
 *
 * A copy consists of plain Moves. If one constant surrounds the input, a single Move with bounds
 * does it. Other borders are filled axis by axis: first the samples inside along all axes, then
 * each border from samples that are already in the copy (axis-copy.ts). Constants come last, and
 * the earliest axis at the very end: a constant overrides a border that repeats samples, and of two
 * constants that of the earlier axis wins.
 */

import { fillValue, isConstant } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { cartesianProduct } from '../ndarray/cartesian-product.ts'
import { at, type BufferView, type Index, loop, plus, times } from '../program/elements.ts'
import type { Loop, Move } from '../program/steps.ts'
import { type Bound, move, type Written } from '../program/write-steps.ts'
import type { AxisCopy } from './axis-copy.ts'
import { axisName, type ProgramBuilder } from './builder.ts'
import { maxCoordinate, type Piece } from './pieces.ts'

/**
 * Which channels are copied, and where to: the indices of the copy between batch and axes, for the
 * channel `from` of the input.
 */
export interface CopiedChannels {
  readonly loops: readonly Loop[]
  readonly from: Index
  readonly to: readonly Index[]
}

/** Every channel, as in the input. */
function everyChannel({ g }: ProgramBuilder): CopiedChannels {
  const c = loop('c', g.channels)
  return { loops: [c], from: c, to: [c] }
}

/** Returns the Moves that copy the samples under the windows, border included. */
export function gatherMoves(
  builder: ProgramBuilder,
  to: BufferView,
  copies: readonly AxisCopy[],
  channels: CopiedChannels = everyChannel(builder),
): Written<Move>[] {
  const pieceMove = pieceMover(builder, to, channels)
  const { g, input } = builder
  const fills = copies.flatMap(({ bounded }, a) =>
    bounded.bound === undefined ? [] : [constantOf(g, a)],
  )
  if (fills.every((fill) => fill !== undefined && Object.is(fill, fills[0])) && isNear(g, copies)) {
    const pieces = copies.map(({ bounded }) => bounded)
    return [pieceMove(input, pieces, fills[0] ?? 'skip')]
  }
  const inside = cartesianProduct(copies.map(({ pieces }) => pieces)).map((pieces) =>
    pieceMove(input, pieces),
  )
  // An axis that is filled is copied together with the border of the next axis. Of an axis that is
  // not filled yet, only the samples inside are copied.
  const filled = copies.map(insideOf)
  const borders = fillingOrder(g, to).flatMap((a) => {
    const { fillings, length } = copies[a]!
    const moves = fillings.flatMap((filling) => {
      const pieces = filled.map((whole, b) => (b === a ? filling : whole))
      return hasSamples(pieces) ? [pieceMove(filling.fill ?? to, pieces)] : []
    })
    filled[a] = { loops: [{ extent: length, to: 1, from: 1 }], at: 0, source: 0 }
    return moves
  })
  return [...inside, ...borders]
}

const hasSamples = (pieces: readonly Piece[]): boolean =>
  pieces.every(({ loops }) => loops.every(({ extent }) => extent > 0))

/** The number outside the input along an axis. Undefined if the border is not one constant. */
function constantOf({ axes, boundary }: ConvGeometry, a: number): number | undefined {
  const border = boundary[a]!
  return isConstant(border) || axes[a]!.input === 0 ? fillValue(border) : undefined
}

/**
 * The order in which axes are filled: first borders that repeat samples, from the innermost axis to
 * the outermost; then constants, from the last axis to the first.
 */
function fillingOrder(g: ConvGeometry, to: BufferView): number[] {
  const strides = to.strides.slice(-g.axes.length)
  const axes = [...strides.keys()]
  const repeating = axes
    .filter((a) => constantOf(g, a) === undefined)
    .toSorted((a, b) => strides[a]! - strides[b]!)
  return [...repeating, ...axes.filter((a) => constantOf(g, a) !== undefined).toReversed()]
}

/** The piece of the copy from the first to the last sample that is read from the input. */
function insideOf({ pieces }: AxisCopy): Piece {
  const at = Math.min(...pieces.map((piece) => piece.at))
  const end = Math.max(
    ...pieces.map((piece) =>
      piece.loops.reduce((last, { extent, to }) => last + (extent - 1) * to, piece.at + 1),
    ),
  )
  return {
    loops: [{ extent: pieces.length === 0 ? 0 : end - at, to: 1, from: 1 }],
    at: pieces.length === 0 ? 0 : at,
    source: at,
  }
}

/**
 * True if 32 bits hold all coordinates that bounds compare, even if a backend flattens several axes
 * into one loop.
 */
function isNear(g: ConvGeometry, copies: readonly AxisCopy[]): boolean {
  const elements = copies.reduce((n, { length }) => n * length, g.channels * g.batch)
  return copies.every(({ bounded: { bound, loops }, length }) => {
    if (bound === undefined) return true
    const last = loops.reduce(
      (at, { extent }, l) => at + (extent - 1) * bound.steps[l]!,
      bound.offset,
    )
    const magnitude =
      Math.max(Math.abs(bound.offset), last, bound.extent) + Math.max(...bound.steps)
    return magnitude * (elements / length) < maxCoordinate
  })
}

type PieceMover = (
  from: BufferView | number,
  pieces: readonly Piece[],
  outside?: number | 'skip',
) => Written<Move>

/** Returns a function that makes one Move, which copies one piece along each axis. */
const pieceMover =
  ({ n }: ProgramBuilder, to: BufferView, channels: CopiedChannels): PieceMover =>
  (from, pieces, outside = 'skip') => {
    const loops = pieces.map((piece, a) => pieceLoops(piece, axisName('y', a, pieces.length)))
    const indices = pieces.map((piece, a) => pieceIndices(piece, loops[a]!))
    const sources = indices.map((index) => index.from)
    const source =
      typeof from === 'number'
        ? from
        : at(from, n, ...(from === to ? channels.to : [channels.from]), ...sources)
    return move(
      { over: [n, ...channels.loops, ...loops.flat()] },
      {
        to: at(to, n, ...channels.to, ...indices.map((index) => index.to)),
        from: source,
        bounds: indices.flatMap(({ bound }) => bound ?? []),
        outside,
      },
    )
  }

const pieceLoops = ({ loops }: Piece, name: string): Loop[] =>
  loops.map(({ extent }, l) => loop(l === loops.length - 1 ? name : `${name} part`, extent))

/** Where a piece lies along its axis: in the copy, in its source, and within its bound. */
function pieceIndices(
  { loops: steps, at: first, source, bound }: Piece,
  loops: readonly Loop[],
): { readonly to: Index; readonly from: Index; readonly bound: Bound | undefined } {
  const index = (start: number, factors: readonly number[]): Index =>
    plus(start, ...factors.map((factor, l) => times(factor, loops[l]!)))
  return {
    to: index(
      first,
      steps.map((step) => step.to),
    ),
    from: index(
      source,
      steps.map((step) => step.from),
    ),
    bound: bound && { index: index(bound.offset, bound.steps), extent: bound.extent },
  }
}
