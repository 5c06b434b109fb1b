/**
 * Cuts a problem into boxes of outputs. A box is computed alone, from its own samples, and its
 * results have the bits that the whole problem has.
 *
 *   whole input, border included          box        Cut where `Cuts` allows it. The window of a
 *   ┌─────────────────────────┐     ┌──────────┐     box holds every sample that its outputs and
 *   │      ┌──────────┐       │     │  window  │     its tiles read, borders included. So a box
 *   │      │  window  │       │ ──► │          │     has no border of its own.
 *   │      └──────────┘       │     └──────────┘
 *   └─────────────────────────┘
 *
 * What decides the bits is chosen once, from the whole problem: its form. The program of a box is
 * made with it. Arrays that are larger than memory, strips of rows, and workers without shared
 * memory need boxes.
 */

import type { Cuts, TileForms } from '../algorithms/algorithm.ts'
import { type Boundary, fillValue, isConstant } from '../geometry/boundary.ts'
import { type AxisGeometry, type ConvGeometry, makeGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import { dilatedExtent, kernelOverlap } from '../geometry/padding.ts'
import { keepsValue } from '../ndarray/dtype.ts'
import { denseStridesLike } from '../ndarray/layout.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import type { Machine } from '../program/machine.ts'
import type { Program } from '../program/program.ts'
import { type SumOrders, withOrders } from '../program/sum-order.ts'
import { algorithmOf } from './decide.ts'
import type { Decision } from './decision.ts'

/** Everything that decides the bits of the results, and where boxes may begin. Plain data. */
export interface Form {
  readonly tiles: TileForms
  readonly orders: SumOrders
  readonly cuts: Cuts
}

/** [start, end) along each axis. */
export type Range = readonly [start: number, end: number]

/** A box of results: batch items, filters, and outputs along each spatial axis. */
export interface Box {
  readonly batch: Range
  readonly filters: Range
  readonly outputs: readonly Range[]
}

/** The samples of a box along one axis, in samples of the input; the first one may be negative. */
export interface Window {
  readonly first: number
  readonly count: number
  /** What lies outside the input. */
  readonly boundary: Boundary
  /** Samples from here on are zero. */
  readonly end: number
}

/** How one box is computed. */
export interface BoxPlan {
  readonly geometry: ConvGeometry
  readonly descriptors: OperandDescriptors
  readonly program: Program
  /** The channels that the filters of the box read. */
  readonly channels: Range
  readonly windows: readonly Window[]
}

/**
 * The form of a problem with this decision; a text if its parts would have other bits than the
 * whole, with the reason.
 */
export function formOf(
  { geometry: g, options }: Problem,
  decision: Decision,
  backend: BackendDescription,
): Form | string {
  const { descriptors } = decision
  if (descriptors.padAdjoints !== undefined)
    return 'its border is added back after all sums, and boxes would meet there'
  const algorithm = algorithmOf(decision)
  const tiles = algorithm.tiles?.(g) ?? {}
  const cuts = algorithm.cuts(g, descriptors, tiles)
  if (typeof cuts === 'string') return cuts
  const orders = backend.sumOrders(algorithm.program(g, descriptors, { tiles }), options)
  return { tiles, orders, cuts }
}

/**
 * Plans a box. Its ranges begin at multiples of what `cuts` says, and so they end. The machine that
 * computes it need not be that of the form.
 */
export function planBox(
  { geometry: g }: Problem,
  decision: Decision,
  { tiles, orders, cuts }: Form,
  { batch, filters, outputs }: Box,
  machine?: Machine,
): BoxPlan {
  const { descriptors } = decision
  const algorithm = algorithmOf(decision)
  const perGroup = g.filters / g.groups
  const groups = Math.ceil((filters[1] - filters[0]) / perGroup)
  const channelsPerGroup = g.channels / g.groups
  const firstGroup = Math.floor(filters[0] / perGroup)
  const channels: Range = [firstGroup * channelsPerGroup, (firstGroup + groups) * channelsPerGroup]
  const windows = g.axes.map((axis, a) => windowOf(axis, outputs[a]!, cuts, a))
  const geometry = makeGeometry({
    batch: batch[1] - batch[0],
    groups,
    channels: channels[1] - channels[0],
    filters: filters[1] - filters[0],
    axes: g.axes.map((axis, a) => boxAxis(axis, outputs[a]!, windows[a]!)),
    flip: g.flip,
    dtype: g.dtype,
  })
  // Windows hold the constants of borders: ½ is not a byte.
  const holdsBorders = windows.every(
    ({ boundary }) =>
      !isConstant(boundary) || keepsValue(fillValue(boundary), descriptors.input.dtype, g.dtype),
  )
  const inBox = {
    ...descriptors,
    input: {
      ...denseLayout(
        [geometry.batch, geometry.channels, ...windows.map(({ count }) => count)],
        descriptors.input,
      ),
      dtype: holdsBorders ? descriptors.input.dtype : g.dtype,
    },
    output: denseLayout(
      [geometry.batch, geometry.filters, ...geometry.axes.map(({ output }) => output)],
      descriptors.output,
    ),
  }
  const program = withOrders(algorithm.program(geometry, inBox, { tiles, machine }), orders)
  return { geometry, descriptors: inBox, program, channels, windows }
}

/** The samples that these outputs and their tiles read along an axis. */
function windowOf(axis: AxisGeometry, [start, end]: Range, cuts: Cuts, a: number): Window {
  const { stride, inputDilation, before, output } = axis
  const firstPosition = start * stride - before
  const lastOf = (outputs: number): number =>
    Math.floor(((outputs - 1) * stride - before + kernelOverlap(axis)) / inputDilation)
  const first = Math.ceil(firstPosition / inputDilation)
  const multiple = cuts.outputs[a]!
  const tiledEnd = Number.isFinite(multiple) ? Math.ceil(end / multiple) * multiple : end
  return {
    first,
    count: Math.max(0, lastOf(tiledEnd) + cuts.reach[a]! - first + 1),
    boundary: cuts.boundary[a]!,
    end: cuts.endsWithWindows ? lastOf(output) + 1 : Infinity,
  }
}

/** The axis of a box: its first output reads the same tap at the same distance from a sample. */
function boxAxis(axis: AxisGeometry, [start, end]: Range, { first, count }: Window): AxisGeometry {
  const { kernel, stride, dilation, inputDilation } = axis
  const before = first * inputDilation - (start * stride - axis.before)
  const reads = (end - start - 1) * stride + kernelOverlap(axis) + 1
  const after = reads - dilatedExtent(count, inputDilation) - before
  return {
    input: count,
    kernel,
    stride,
    dilation,
    inputDilation,
    before,
    after,
    output: end - start,
  }
}

/** The layout of a dense array whose axes lie in memory in the order of another array's. */
function denseLayout(shape: readonly number[], like: OperandLayout): OperandLayout {
  const [outer, channel, ...axes] = denseStridesLike(shape, [
    like.outer,
    like.channel,
    ...like.axes,
  ])
  return { dtype: like.dtype, outer: outer!, channel: channel!, axes }
}
