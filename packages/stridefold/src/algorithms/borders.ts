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
 * outermost outputs are copied (gather.ts).
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { denseStridesLike, elementCount } from '../ndarray/layout.ts'
import { type BufferView, type Index, plus, startingAt, times } from '../program/elements.ts'
import { nominalMachine } from '../program/machine.ts'
import type { Loop, Move } from '../program/steps.ts'
import type { Written } from '../program/write-steps.ts'
import { type AxisCopy, axisCopy } from './axis-copy.ts'
import { axisLoops, axisName, type ProgramBuilder } from './builder.ts'
import type { ComponentContext } from './context.ts'
import { gatherMoves } from './gather.ts'
import { maxCoordinate, readsOf, spanOf } from './pieces.ts'
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
  readonly gather: readonly Written<Move>[]
  /** The samples of the region. Tap 0 of the first output of the box reads sample [0, 0, …]. */
  readonly source: BufferView
  readonly axes: readonly RegionAxis[]
}

/** Adds the stage that fills the copy that a region reads, if it reads one. */
export function addCopy(
  builder: ProgramBuilder,
  { name, gather }: Region,
  stage = `gather ${name}`,
  alongside = false,
): void {
  if (gather.length > 0) builder.stage(stage, [], gather, { alongside })
}

/** One loop per axis, over the outputs of a region. */
export const outputLoops = ({ box }: Region): Loop[] =>
  axisLoops(
    'y',
    box.map(([start, end]) => end - start),
  )

/** Output q of a region, as an output of its component. */
export const outputsOf = ({ box }: Region, q: readonly Index[]): Index[] =>
  box.map(([start], a) => plus(start, q[a]!))

/** The samples of a region that tap t of output q reads. */
export const windows = ({ axes }: Region, q: readonly Index[], t: readonly Index[]): Index[] =>
  axes.map(({ stride, dilation }, a) => plus(times(stride, q[a]!), times(dilation, t[a]!)))

/**
 * The largest input that is copied whole with its border. The strides of a copy decide the order of
 * some sums, so it is the same on every machine.
 */
const maxWholeCopyBytes = nominalMachine.l2Bytes / 2

/**
 * The same for samples that are summed as integers. Their sums take so little time that a copy
 * counts; so do the programs of the sides of the border, for small inputs.
 */
const maxWholeCopyOfIntegers = 2 ** 15

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
export function regions(context: ComponentContext, options: RegionOptions = {}): Region[] {
  const { component, builder } = context
  const { g, descriptors } = builder
  const { channelsLast = false, whole = false } = options
  const all: Box = component.map((axis) => [0, axis.outputs])
  const inside: Box = component.map(interior)
  const hasReadType = descriptors.input.dtype === builder.sampleType
  const isInside = inside.every(([start, end], a) => start === 0 && end === all[a]![1])
  if (isInside && hasReadType && !channelsLast) return [inPlaceRegion('all', all, context)]
  const copies = axisCopies(g, component, all, options)
  const elements = copies.reduce((n, { length }) => n * length, g.batch * g.channels)
  const isSmall =
    builder.whole === undefined
      ? elements * dtypes[g.dtype].bytes <= maxWholeCopyBytes
      : elements <= maxWholeCopyOfIntegers
  if (isSmall || !hasReadType || whole || channelsLast)
    return [copyRegion('padded', all, copies, builder, channelsLast)]
  const slabs = slabBoxes(component, inside).map(({ a, box }) => {
    const name = `border ${axisName('y', a, component.length)}`
    return copyRegion(name, box, axisCopies(g, component, box, options), builder, channelsLast)
  })
  return isEmpty(inside) ? slabs : [inPlaceRegion('interior', inside, context), ...slabs]
}

const isEmpty = (box: Box): boolean => box.some(([start, end]) => end <= start)

/** The boxes of outputs around the interior, each with the axis at whose border it lies. */
function slabBoxes(component: PolyphaseComponent, inside: Box): { a: number; box: Box }[] {
  return component.flatMap((axis, a) => {
    const [start, end] = inside[a]!
    const sides = [
      [0, start],
      [end, axis.outputs],
    ] as const
    const boxes = sides.map(
      (side): Box =>
        component.map((other, b) => (b < a ? inside[b]! : b === a ? side : [0, other.outputs])),
    )
    return boxes.filter((box) => !isEmpty(box)).map((box) => ({ a, box }))
  })
}

/** How the samples under these outputs are copied, along each axis. */
export const axisCopies = (
  g: ConvGeometry,
  component: PolyphaseComponent,
  box: Box,
  { dense }: Pick<RegionOptions, 'dense'>,
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
function inPlaceRegion(name: string, box: Box, { builder, component }: ComponentContext): Region {
  const first = component.map((axis, a) =>
    axis.taps === 0 ? 0 : box[a]![0] * axis.stride - axis.before,
  )
  const axes = component.map((axis, a): RegionAxis => {
    const reads = readsOf(axis, box[a]!)
    return { length: spanOf(reads), stride: reads.stride, dilation: reads.dilation }
  })
  return { name, box, gather: [], source: startingAt(builder.input, 0, 0, ...first), axes }
}

/** Returns a region that reads a padded copy, and adds the buffer of the copy. */
function copyRegion(
  name: string,
  box: Box,
  copies: readonly AxisCopy[],
  builder: ProgramBuilder,
  channelsLast: boolean,
): Region {
  const { g, input } = builder
  const shape = [g.batch, g.channels, ...copies.map(({ length }) => length)]
  // Narrow slabs have their longest axis innermost, so that vectors run along the border.
  const like = channelsLast
    ? [Infinity, 0, ...copies.map((_, a) => copies.length - a)]
    : slabOrder(shape, input.strides)
  const length = elementCount(shape)
  const source: BufferView = {
    buffer: builder.buffer('padded', 'scratch', Math.max(length, 1), builder.sampleType),
    offset: 0,
    strides: denseStridesLike(shape, like),
  }
  const gather = length === 0 ? [] : gatherMoves(builder, source, copies)
  return { name, box, gather, source, axes: copies }
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
