/**
 * Where does a convolution read? Windows inside the input read the input itself. Windows that leave
 * it read small padded copies.
 *
 *   ┌───────────────┐   slab of axis 0: the full extent of all other axes
 *   ├──┬─────────┬──┤
 *   │  │ in place│  │   slabs of axis 1: only beside the interior
 *   ├──┴─────────┴──┤
 *   └───────────────┘
 *
 * Inputs up to 1 MiB are copied whole with their border. For larger ones only the samples under the
 * outermost outputs are copied.
 *
 * A copy consists of plain Moves. If one constant surrounds the input, a single Move with bounds
 * does it. Other borders are filled axis by axis: first the samples inside along all axes, then
 * each border from samples that are already in the copy (axis-copy.ts). Constants come last, and
 * the earliest axis at the very end: a constant overrides a border that repeats samples, and of two
 * constants that of the earlier axis wins.
 */

import { fillValue, isConstant } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { denseStridesLike } from '../ndarray/layout.ts'
import type { BoundsCheck, Loop, Move } from '../program/steps.ts'
import {
  type AxisCopy,
  axisCopy,
  type Filling,
  maxCoordinate,
  type Piece,
  readsOf,
  spanOf,
} from './axis-copy.ts'
import { axisName, type BufferView, loop, move, type ProgramBuilder } from './builder.ts'
import { type ComponentAxis, type PolyphaseComponent, polyphaseComponents } from './polyphase.ts'

/** A box of the outputs of a polyphase component: [start, end) along each axis. */
export type Box = readonly (readonly [start: number, end: number])[]

/**
 * How outputs and taps read the samples of a region along one axis. Of `length` samples, output q
 * reads number q·stride + u·dilation.
 */
export type RegionAxis = Pick<AxisCopy, 'length' | 'stride' | 'dilation'>

export interface Region {
  readonly name: string
  readonly box: Box
  /** The Moves that fill the copy that the region reads. Empty if it reads the input in place. */
  readonly gather: readonly Move[]
  /** The samples of the region. Tap 0 of the first output of the box reads sample [0, 0, …]. */
  readonly source: BufferView
  readonly axes: readonly RegionAxis[]
}

/**
 * Strides along each axis of the source of a region, in elements: from output to output, and from
 * tap to tap.
 */
export function regionSteps({ source, axes }: Region): {
  readonly outputs: number[]
  readonly taps: number[]
} {
  return {
    outputs: axes.map(({ stride }, a) => stride * source.axes[a]!),
    taps: axes.map(({ dilation }, a) => dilation * source.axes[a]!),
  }
}

const maxWholeCopyBytes = 2 ** 20

/** True if the input is so small that it is copied whole with its border. */
export function isCopiedWhole(g: ConvGeometry): boolean {
  const elements = g.axes.reduce(
    (n, axis) => n * (axis.before + axis.input + axis.after),
    g.batch * g.channels,
  )
  return elements * dtypes[g.dtype].bytes <= maxWholeCopyBytes
}

/** Options of `regions`. */
export interface RegionOptions {
  /** If true, copies have channels innermost, whatever the layout of the input. */
  readonly channelsLast?: boolean
  /**
   * If true, one copy serves all outputs, however large. For algorithms that rearrange all samples
   * anyway.
   */
  readonly whole?: boolean
  /**
   * True for axes along which the copy must hold every sample from the first to the last one read.
   * Default: for none.
   */
  readonly dense?: (axis: number) => boolean
}

/**
 * True if windows reach so far beyond the input that 32 bits cannot hold the coordinates of their
 * samples.
 */
const isFar = (g: ConvGeometry): boolean =>
  g.axes.some(
    ({ before, after, input }) =>
      Math.max(Math.abs(before), Math.abs(after)) + input >= maxCoordinate,
  )

/**
 * The reason why tiles whose bounds are coordinates of the input are not supported. Undefined if
 * they are.
 */
export const unsupportedDistance = (g: ConvGeometry): string | undefined =>
  isFar(g) ? `its windows reach ${maxCoordinate} samples or more beyond the input` : undefined

/** The reason why the samples under the windows cannot be copied. Undefined if they can. */
export function unsupportedCopies(g: ConvGeometry): string | undefined {
  if (!isFar(g)) return undefined
  const tooFar = polyphaseComponents(g).some((component) =>
    component.some(
      (axis, a) =>
        axisCopy(readsOf(axis, [0, axis.outputs]), g.boundary[a]!, false).isTooFar === true,
    ),
  )
  return tooFar
    ? `its windows reach more than ${maxCoordinate} samples beyond the input, many times over`
    : undefined
}

/**
 * Returns the regions of a polyphase component. Each copy holds every batch item and every channel.
 */
export function regions(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  component: PolyphaseComponent,
  builder: ProgramBuilder,
  options: RegionOptions = {},
): Region[] {
  const all: Box = component.map((axis) => [0, axis.outputs])
  const inside: Box = component.map(interior)
  const hasComputeType = descriptors.input.dtype === g.dtype
  const isInside =
    hasComputeType &&
    options.channelsLast !== true &&
    inside.every(([start, end], a) => start === 0 && end === component[a]!.outputs)
  if (isInside) return [inPlaceRegion('all', all, component, builder)]
  const copies = axisCopies(g, component, all, options)
  const elements = copies.reduce((n, { length }) => n * length, g.batch * g.channels)
  const isSmall = elements * dtypes[g.dtype].bytes <= maxWholeCopyBytes
  if (isSmall || !hasComputeType || options.whole === true || options.channelsLast === true) {
    return [copyRegion('padded', all, copies, g, descriptors, builder, options)]
  }
  const slabs: Region[] = []
  component.forEach((axis, a) => {
    const [start, end] = inside[a]!
    for (const [from, to] of [
      [0, start],
      [end, axis.outputs],
    ] as const) {
      if (from === to) continue
      const box: Box = component.map((other, b) =>
        b < a ? inside[b]! : b === a ? [from, to] : [0, other.outputs],
      )
      if (box.some(([s, e]) => e <= s)) continue
      slabs.push(
        copyRegion(
          `border ${axisName('y', a, component.length)}`,
          box,
          axisCopies(g, component, box, options),
          g,
          descriptors,
          builder,
          options,
        ),
      )
    }
  })
  if (inside.every(([s, e]) => e > s))
    slabs.unshift(inPlaceRegion('interior', inside, component, builder))
  return slabs
}

const axisCopies = (
  g: ConvGeometry,
  component: PolyphaseComponent,
  box: Box,
  { dense }: RegionOptions,
): AxisCopy[] =>
  component.map((axis, a) => axisCopy(readsOf(axis, box[a]!), g.boundary[a]!, dense?.(a) === true))

/** The range of outputs whose windows lie completely inside the input. */
export function interior(axis: ComponentAxis): readonly [start: number, end: number] {
  const { input, taps, stride, dilation, before, outputs } = axis
  if (taps === 0) return [0, outputs]
  const start = Math.min(Math.max(Math.ceil(before / stride), 0), outputs)
  const end = Math.floor((input - 1 + before - (taps - 1) * dilation) / stride) + 1
  return [start, Math.min(Math.max(end, start), outputs)]
}

/** Returns a region that reads the input itself. */
function inPlaceRegion(
  name: string,
  box: Box,
  component: PolyphaseComponent,
  { input }: ProgramBuilder,
): Region {
  const offset = component.reduce(
    (sum, axis, a) =>
      sum + (axis.taps === 0 ? 0 : (box[a]![0] * axis.stride - axis.before) * input.axes[a]!),
    input.offset,
  )
  const axes = component.map((axis, a): RegionAxis => {
    const reads = readsOf(axis, box[a]!)
    return { length: spanOf(reads), stride: reads.stride, dilation: reads.dilation }
  })
  return { name, box, gather: [], source: { ...input, offset }, axes }
}

/** Returns a region that reads a padded copy, and adds the buffer of the copy. */
function copyRegion(
  name: string,
  box: Box,
  copies: readonly AxisCopy[],
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  builder: ProgramBuilder,
  options: RegionOptions,
): Region {
  const shape = [g.batch, g.channels, ...copies.map(({ length }) => length)]
  const { input } = descriptors
  // Narrow slabs have their longest axis innermost, so that vectors run along the border.
  const like =
    options.channelsLast === true
      ? [Infinity, 0, ...copies.map((_, a) => copies.length - a)]
      : slabOrder(shape, [input.outer, input.channel, ...input.axes])
  const strides = denseStridesLike(shape, like)
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
 * Strides in the order of the input. If the innermost spatial axis holds less than a vector or two,
 * it changes places with the longest one.
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

/** Returns the Moves that copy the samples under the windows, border included. */
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
    return [pieceMove(g, to, { view: input, pieces }, fills[0] ?? 'skip')]
  }
  const inside = cartesianProduct(copies.map(({ pieces }) => pieces)).map((pieces) =>
    pieceMove(g, to, { view: input, pieces }, 'skip'),
  )
  // An axis that is filled is copied together with the border of the next axis. Of an axis that is
  // not filled yet, only the samples inside are copied.
  const filled = copies.map(insideOf)
  const borders = fillingOrder(g, to).flatMap((a) => {
    const { fillings, length } = copies[a]!
    const moves = fillings.map((filling) => {
      const pieces = filled.map((whole, b) => (b === a ? filling : whole))
      return pieceMove(
        g,
        to,
        filling.fill === undefined ? { view: to, pieces } : { fill: filling.fill, pieces },
        'skip',
      )
    })
    filled[a] = { loops: [{ extent: length, to: 1, from: 1 }], at: 0, source: 0 }
    return moves
  })
  return [...inside, ...borders.filter(({ loops }) => loops.every(({ extent }) => extent > 0))]
}

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
  const axes = [...to.axes.keys()]
  const repeating = axes
    .filter((a) => constantOf(g, a) === undefined)
    .toSorted((a, b) => to.axes[a]! - to.axes[b]!)
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

interface PieceSource {
  /** The view that the pieces read. Undefined if they are filled with a number. */
  readonly view?: BufferView
  readonly fill?: number
  readonly pieces: readonly (Piece | Filling)[]
}

/** Returns one Move that copies one piece along each axis. */
function pieceMove(
  g: ConvGeometry,
  to: BufferView,
  { view, fill, pieces }: PieceSource,
  outside: number | 'skip',
): Move {
  const rank = pieces.length
  const loopsOf = (piece: Piece, a: number): Loop[] =>
    piece.loops.map(({ extent }, l) =>
      loop(
        l === piece.loops.length - 1 ? axisName('y', a, rank) : `${axisName('y', a, rank)} part`,
        extent,
      ),
    )
  const loops = [loop('n', g.batch), loop('c', g.channels), ...pieces.flatMap(loopsOf)]
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
    view === undefined
      ? fill!
      : {
          buffer: view.buffer,
          offset: pieces.reduce((sum, piece, a) => sum + piece.source * view.axes[a]!, view.offset),
          strides: [
            view.outer,
            view.channel,
            ...pieces.flatMap((piece, a) => piece.loops.map((l) => l.from * view.axes[a]!)),
          ],
        }
  return { ...move(loops, target, from), bounds, outside }
}

export function cartesianProduct<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (products, list) => products.flatMap((items) => list.map((item) => [...items, item])),
    [[]],
  )
}
