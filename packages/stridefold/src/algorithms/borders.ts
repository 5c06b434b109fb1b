/**
 * Where a convolution reads: in the input itself as far as windows stay inside it, in small padded
 * copies at its borders.
 *
 *   ┌───────────────┐   slab of axis 0: everything else in full        Arrays up to 1 MiB are simply copied whole with their border;
 *   ├──┬─────────┬──┤                                                  larger ones keep their interior where it is, and only what the
 *   │  │ in place│  │   slabs of axis 1                                outermost outputs read is gathered.
 *   ├──┴─────────┴──┤
 *   └───────────────┘
 *
 * A copy is made of plain Moves. One constant around the input needs a single one with bounds.
 * Other borders are made axis by axis: first what lies inside along all axes, then each border from
 * what is there (axis-copy.ts); constants come last and the earliest axis at the very end, because
 * a constant decides over a border that repeats samples, and of two constants that of the earlier
 * axis.
 */

import { fillValue, isConstant } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { dtypes } from '../ndarray/dtype.ts'
import type { BoundsCheck, Loop, Move } from '../program/steps.ts'
import type { OperandDescriptors } from './algorithm.ts'
import {
  type AxisCopy,
  axisCopy,
  type Filling,
  farthest,
  type Piece,
  readsOf,
  spanOf,
} from './axis-copy.ts'
import { axisName, denseLike, loop, move, type BufferView, type ProgramBuilder } from './builder.ts'
import { type PolyphaseComponent, type ComponentAxis, polyphaseComponents } from './polyphase.ts'

/** A box of a phase's outputs: [start, end) along each axis. */
export type Box = readonly (readonly [start: number, end: number])[]

/**
 * How outputs and taps go over the samples of a region along one axis: output q reads sample
 * q·stride + u·dilation of `length`.
 */
export type RegionAxis = Pick<AxisCopy, 'length' | 'stride' | 'dilation'>

export interface Region {
  readonly name: string
  readonly box: Box
  /** Moves that fill the copy the region reads; none where it reads in place. */
  readonly gather: readonly Move[]
  /** Its sample [0, 0, …]: what tap 0 of the box's first output reads. */
  readonly source: BufferView
  readonly axes: readonly RegionAxis[]
}

/** Along each axis, by how many elements of a region's source outputs are apart, and taps. */
export function regionSteps({ source, axes }: Region): {
  readonly outputs: number[]
  readonly taps: number[]
} {
  return {
    outputs: axes.map(({ stride }, a) => stride * source.axes[a]!),
    taps: axes.map(({ dilation }, a) => dilation * source.axes[a]!),
  }
}

const wholeCopyBytes = 2 ** 20

/** Whether the input is small enough to be copied whole with its border. */
export function isCopiedWhole(g: ConvGeometry): boolean {
  const elements = g.axes.reduce(
    (n, axis) => n * (axis.before + axis.input + axis.after),
    g.batch * g.channels,
  )
  return elements * dtypes[g.dtype].bytes <= wholeCopyBytes
}

/** Options of `regions`. */
export interface RegionOptions {
  /** Lay copies out with channels innermost, whatever the input has. */
  readonly channelsLast?: boolean
  /** One copy for all outputs, however large: for algorithms that rearrange everything anyway. */
  readonly whole?: boolean
  /**
   * Axes of which every sample between the first and the last that is read is needed. Default none.
   */
  readonly dense?: (axis: number) => boolean
}

/**
 * Whether windows reach so far beyond the input that coordinates of their samples are not counted
 * in 32 bits.
 */
const isFar = (g: ConvGeometry): boolean =>
  g.axes.some(
    ({ before, after, input }) => Math.max(Math.abs(before), Math.abs(after)) + input >= farthest,
  )

/**
 * Why tiles that count coordinates in the input cannot be laid over it, in words; undefined where
 * they can.
 */
export const refuseFar = (g: ConvGeometry): string | undefined =>
  isFar(g) ? `its windows reach ${farthest} samples or more beyond the input` : undefined

/** Why copies of what windows read cannot be made, in words; undefined where they can. */
export function refuseCopies(g: ConvGeometry): string | undefined {
  if (!isFar(g)) return undefined
  const tooFar = polyphaseComponents(g).some((phase) =>
    phase.some(
      (axis, a) =>
        axisCopy(readsOf(axis, [0, axis.outputs]), g.boundary[a]!, false).isTooFar === true,
    ),
  )
  return tooFar
    ? `its windows reach more than ${farthest} samples beyond the input, many times over`
    : undefined
}

/** The regions of a phase. Copies hold every batch item and channel. */
export function regions(
  g: ConvGeometry,
  facts: OperandDescriptors,
  phase: PolyphaseComponent,
  builder: ProgramBuilder,
  options: RegionOptions = {},
): Region[] {
  const all: Box = phase.map((axis) => [0, axis.outputs])
  const inside: Box = phase.map(interior)
  const hasComputeType = facts.input.dtype === g.dtype
  const isInside =
    hasComputeType &&
    options.channelsLast !== true &&
    inside.every(([start, end], a) => start === 0 && end === phase[a]!.outputs)
  if (isInside) return [inPlace('all', all, phase, builder)]
  const copies = copiesOf(g, phase, all, options)
  const elements = copies.reduce((n, { length }) => n * length, g.batch * g.channels)
  const isSmall = elements * dtypes[g.dtype].bytes <= wholeCopyBytes
  if (isSmall || !hasComputeType || options.whole === true || options.channelsLast === true) {
    return [copied('padded', all, copies, g, facts, builder, options)]
  }
  const found: Region[] = []
  phase.forEach((axis, a) => {
    const [start, end] = inside[a]!
    for (const [from, to] of [
      [0, start],
      [end, axis.outputs],
    ] as const) {
      if (from === to) continue
      const box: Box = phase.map((other, b) =>
        b < a ? inside[b]! : b === a ? [from, to] : [0, other.outputs],
      )
      if (box.some(([s, e]) => e <= s)) continue
      found.push(
        copied(
          `border ${axisName('y', a, phase.length)}`,
          box,
          copiesOf(g, phase, box, options),
          g,
          facts,
          builder,
          options,
        ),
      )
    }
  })
  if (inside.every(([s, e]) => e > s)) found.unshift(inPlace('interior', inside, phase, builder))
  return found
}

const copiesOf = (
  g: ConvGeometry,
  phase: PolyphaseComponent,
  box: Box,
  { dense }: RegionOptions,
): AxisCopy[] =>
  phase.map((axis, a) => axisCopy(readsOf(axis, box[a]!), g.boundary[a]!, dense?.(a) === true))

/** Outputs whose windows lie wholly inside the input. */
export function interior(axis: ComponentAxis): readonly [start: number, end: number] {
  const { input, taps, stride, dilation, before, outputs } = axis
  if (taps === 0) return [0, outputs]
  const start = Math.min(Math.max(Math.ceil(before / stride), 0), outputs)
  const end = Math.floor((input - 1 + before - (taps - 1) * dilation) / stride) + 1
  return [start, Math.min(Math.max(end, start), outputs)]
}

/** A region that reads the input where it lies. */
function inPlace(
  name: string,
  box: Box,
  phase: PolyphaseComponent,
  { input }: ProgramBuilder,
): Region {
  const offset = phase.reduce(
    (sum, axis, a) =>
      sum + (axis.taps === 0 ? 0 : (box[a]![0] * axis.stride - axis.before) * input.axes[a]!),
    input.offset,
  )
  const axes = phase.map((axis, a): RegionAxis => {
    const reads = readsOf(axis, box[a]!)
    return { length: spanOf(reads), stride: reads.stride, dilation: reads.dilation }
  })
  return { name, box, gather: [], source: { ...input, offset }, axes }
}

/** A region that reads a padded copy. */
function copied(
  name: string,
  box: Box,
  copies: readonly AxisCopy[],
  g: ConvGeometry,
  facts: OperandDescriptors,
  builder: ProgramBuilder,
  options: RegionOptions,
): Region {
  const shape = [g.batch, g.channels, ...copies.map(({ length }) => length)]
  const { input } = facts
  // Narrow slabs lie with their longest axis innermost, so that vectors run along the border.
  const like =
    options.channelsLast === true
      ? [Infinity, 0, ...copies.map((_, a) => copies.length - a)]
      : slabOrder(shape, [input.outer, input.channel, ...input.axes])
  const strides = denseLike(shape, like)
  const length = shape.reduce((n, e) => n * e, 1)
  const source: BufferView = {
    buffer: builder.buffer('padded', 'scratch', Math.max(length, 1)),
    offset: 0,
    outer: strides[0]!,
    channel: strides[1]!,
    axes: strides.slice(2),
  }
  return {
    name,
    box,
    gather: length === 0 ? [] : gather(g, builder.input, source, copies),
    source,
    axes: copies,
  }
}

/**
 * The input's own order, but with the innermost spatial axis changed for the longest where it holds
 * less than a vector or two.
 */
function slabOrder(shape: readonly number[], strides: readonly number[]): number[] {
  const order = [...strides]
  const spatial = shape.map((_, axis) => axis).slice(2)
  const innermost = spatial.reduce((a, b) =>
    Math.abs(strides[b]!) < Math.abs(strides[a]!) ? b : a,
  )
  const longest = spatial.reduce((a, b) => (shape[b]! > shape[a]! ? b : a))
  if (shape[innermost]! < 32 && shape[longest]! > 4 * shape[innermost]!) {
    order[innermost] = strides[longest]!
    order[longest] = strides[innermost]!
  }
  return order
}

/** Moves that make a copy of what windows read, border included. */
function gather(
  g: ConvGeometry,
  input: BufferView,
  to: BufferView,
  copies: readonly AxisCopy[],
): Move[] {
  const fills = copies.flatMap(({ bounded }, a) =>
    bounded.bound === undefined ? [] : [constantOf(g, a)],
  )
  if (fills.every((fill) => fill !== undefined && Object.is(fill, fills[0])) && isNear(g, copies)) {
    const pieces = copies.map(({ bounded }) => bounded)
    return [pieceMove(g, to, { place: input, pieces }, fills[0] ?? 'skip')]
  }
  const inside = cartesianProduct(copies.map(({ pieces }) => pieces)).map((pieces) =>
    pieceMove(g, to, { place: input, pieces }, 'skip'),
  )
  // What is filled already along an axis is copied with the border of the next; along the others,
  // what will stay.
  const filled = copies.map(insideOf)
  const borders = fillingOrder(g, to).flatMap((a) => {
    const { fillings, length } = copies[a]!
    const moves = fillings.map((filling) => {
      const pieces = filled.map((whole, b) => (b === a ? filling : whole))
      return pieceMove(
        g,
        to,
        filling.fill === undefined ? { place: to, pieces } : { fill: filling.fill, pieces },
        'skip',
      )
    })
    filled[a] = { loops: [{ extent: length, to: 1, from: 1 }], at: 0, source: 0 }
    return moves
  })
  return [...inside, ...borders.filter(({ loops }) => loops.every(({ extent }) => extent > 0))]
}

/** The number that stands outside along an axis, where it is one. */
function constantOf({ axes, boundary }: ConvGeometry, a: number): number | undefined {
  const border = boundary[a]!
  return isConstant(border) || axes[a]!.input === 0 ? fillValue(border) : undefined
}

/** Borders that repeat samples, the innermost axis first; then constants, the last axis first. */
function fillingOrder(g: ConvGeometry, to: BufferView): number[] {
  const axes = [...to.axes.keys()]
  const repeating = axes
    .filter((a) => constantOf(g, a) === undefined)
    .toSorted((a, b) => to.axes[a]! - to.axes[b]!)
  return [...repeating, ...axes.filter((a) => constantOf(g, a) !== undefined).toReversed()]
}

/**
 * The samples of a copy from the first to the last that is read from the input, as they lie in the
 * copy.
 */
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

/** Whether bounds can be counted in 32 bits, also where a backend takes several axes for one. */
function isNear(g: ConvGeometry, copies: readonly AxisCopy[]): boolean {
  const elements = copies.reduce((n, { length }) => n * length, g.channels * g.batch)
  return copies.every(({ bounded: { bound, loops }, length }) => {
    if (bound === undefined) return true
    const last = loops.reduce(
      (at, { extent }, l) => at + (extent - 1) * bound.steps[l]!,
      bound.offset,
    )
    const reach = Math.max(Math.abs(bound.offset), last, bound.extent) + Math.max(...bound.steps)
    return reach * (elements / length) < farthest
  })
}

interface From {
  /** What the pieces are read from; none for a number. */
  readonly place?: BufferView
  readonly fill?: number
  readonly pieces: readonly (Piece | Filling)[]
}

/** One Move of a piece along each axis. */
function pieceMove(
  g: ConvGeometry,
  to: BufferView,
  { place, fill, pieces }: From,
  outside: number | 'skip',
): Move {
  const rank = pieces.length
  const named = (piece: Piece, a: number): Loop[] =>
    piece.loops.map(({ extent }, l) =>
      loop(
        l === piece.loops.length - 1 ? axisName('y', a, rank) : `${axisName('y', a, rank)} part`,
        extent,
      ),
    )
  const loops = [loop('n', g.batch), loop('c', g.channels), ...pieces.flatMap(named)]
  const bounds = pieces.flatMap(({ bound }, a): BoundsCheck[] => {
    if (bound === undefined) return []
    const steps = pieces.flatMap((piece, b) => (a === b ? bound.steps : piece.loops.map(() => 0)))
    return [{ extent: bound.extent, offset: bound.offset, strides: [0, 0, ...steps] }]
  })
  const target: Move['to'] = {
    buffer: to.buffer,
    offset: pieces.reduce((sum, piece, a) => sum + piece.at * to.axes[a]!, to.offset),
    strides: [
      to.outer,
      to.channel,
      ...pieces.flatMap((piece, a) => piece.loops.map((l) => l.to * to.axes[a]!)),
    ],
  }
  const from: Move['from'] =
    place === undefined
      ? fill!
      : {
          buffer: place.buffer,
          offset: pieces.reduce(
            (sum, piece, a) => sum + piece.source * place.axes[a]!,
            place.offset,
          ),
          strides: [
            place.outer,
            place.channel,
            ...pieces.flatMap((piece, a) => piece.loops.map((l) => l.from * place.axes[a]!)),
          ],
        }
  return { ...move(loops, target, from), bounds, outside }
}

export function cartesianProduct<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (sofar, list) => sofar.flatMap((chosen) => list.map((item) => [...chosen, item])),
    [[]],
  )
}
