/**
 * Cuts a problem into boxes of outputs. A box is computed alone, from its own samples, and its
 * results have the bits that the whole problem has.
 *
 *   whole input, border included          box        Cut where `Cuts` allows it. The window of a
 *   ┌─────────────────────────┐     ┌──────────┐     box holds every sample that its outputs and
 *   │      ┌──────────┐       │     │  window  │     its tiles read. Along an axis that is cut,
 *   │      │  window  │       │ ──► │          │     borders are samples like others. An axis that
 *   │      └──────────┘       │     └──────────┘     stays whole may keep its border.
 *   └─────────────────────────┘
 *
 * What decides the bits is chosen once, from the whole problem: its form. The program of a box is
 * made with it. Large arrays on the JavaScript heap (cut.ts), arrays that are larger than memory,
 * and workers without shared memory need boxes.
 */

import { type Algorithm, type Cuts, programWork, type TileForms } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import { type Boundary, fillValue, isConstant } from '../geometry/boundary.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import { type AxisGeometry, type ConvGeometry, makeGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { dilatedExtent, kernelOverlap } from '../geometry/padding.ts'
import { keepsValue } from '../ndarray/dtype.ts'
import type { Work } from '../ndarray/work.ts'
import type { Problem } from '../problem/problem.ts'
import type { Machine } from '../program/machine.ts'
import type { Program } from '../program/program.ts'
import { type SumOrders, withOrders } from '../program/sum-order.ts'
import { boxLayout } from './box-layout.ts'

/** Everything that decides the bits of the results, and where boxes may begin. Plain data. */
export interface Form extends Cuts {
  readonly cutKeepsBits: true
  readonly tiles: TileForms
  readonly orders: SumOrders
}

/** Boxes of a problem would have other bits than the whole. */
export interface NoForm {
  readonly cutKeepsBits: false
  /** The reason, for people. */
  readonly why: string
  /** The bound of both, see `Candidate.errorBound`. */
  readonly errorBound: number
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
  /** True if it is the whole axis, whose border the program of the box computes. */
  readonly isWhole: boolean
}

/** How one box is computed. Plain data. */
export interface BoxPlan {
  readonly geometry: ConvGeometry
  readonly descriptors: OperandDescriptors
  /** The channels that the filters of the box read. */
  readonly channels: Range
  readonly windows: readonly Window[]
}

/** Plans a box. Its ranges begin at multiples of `quantum`, and so they end. */
export function planBox(
  { geometry: g, descriptors }: Pick<Problem, 'geometry' | 'descriptors'>,
  cuts: Cuts,
  { batch, filters, outputs }: Box,
): BoxPlan {
  const perGroup = g.filters / g.groups
  const groups = Math.ceil((filters[1] - filters[0]) / perGroup)
  const channelsPerGroup = g.channels / g.groups
  const firstGroup = Math.floor(filters[0] / perGroup)
  const channels: Range = [firstGroup * channelsPerGroup, (firstGroup + groups) * channelsPerGroup]
  const whole = wholeAxes(g, cuts, batch, outputs)
  const windows = g.axes.map((axis, a) =>
    whole[a]! ? wholeWindow(axis) : windowOf(axis, outputs[a]!, cuts, a),
  )
  const geometry = makeGeometry({
    batch: batch[1] - batch[0],
    groups,
    channels: channels[1] - channels[0],
    filters: filters[1] - filters[0],
    axes: g.axes.map((axis, a) => (whole[a]! ? axis : boxAxis(axis, outputs[a]!, windows[a]!))),
    boundary: g.boundary.map((border, a) => (whole[a]! ? border : 'zero')),
    flip: g.flip,
    dtype: g.dtype,
  })
  // Windows hold the constants of borders: ½ is not a byte.
  const holdsBorders = windows.every(
    ({ boundary }) =>
      !isConstant(boundary) || keepsValue(fillValue(boundary), descriptors.input.dtype, g.dtype),
  )
  const [arrays, boxes] = [canonicalShapes(g), canonicalShapes(geometry)]
  const input = { ...descriptors.input, dtype: holdsBorders ? descriptors.input.dtype : g.dtype }
  return {
    geometry,
    descriptors: {
      ...descriptors,
      input: boxLayout(input, arrays.input, boxes.input, true),
      output: boxLayout(descriptors.output, arrays.output, boxes.output, false),
    },
    channels,
    windows,
  }
}

/**
 * The program of a box. The machine that computes it need not be that of the form. Without orders,
 * its sums may be added in another order than those of the whole.
 */
export function* boxProgram(
  algorithm: Algorithm,
  { tiles, orders = {} }: Pick<Form, 'tiles'> & Partial<Form>,
  { geometry, descriptors }: Pick<BoxPlan, 'geometry' | 'descriptors'>,
  machine?: Machine,
): Work<Program> {
  return withOrders(
    yield* programWork(algorithm, geometry, descriptors, { tiles, machine }),
    orders,
  )
}

/** The algorithm with this name. */
export const algorithmNamed = (name: string): Algorithm =>
  allAlgorithms.find((algorithm) => algorithm.name === name)!

/**
 * Along which axes does a box treat the border as the whole does? Not where it is cut. And not
 * where a constant differs from that of an earlier axis that is cut: outside of both axes the
 * earlier one counts, but in a window its border looks like samples. The batch is the first axis: a
 * box with more items than are left has zeros there.
 */
function wholeAxes(
  { axes, batch: items }: ConvGeometry,
  { keepsBorders, boundary, quantum }: Cuts,
  batch: Range,
  outputs: readonly Range[],
): boolean[] {
  const mayLeave = batch[1] - batch[0] < items && items % quantum.batch > 0
  const constants = mayLeave ? [0] : []
  return axes.map((axis, a) => {
    const border = boundary[a]!
    const constant = isConstant(border) ? fillValue(border) : undefined
    const isCut = outputs[a]![0] > 0 || outputs[a]![1] < axis.output
    const isWhole =
      keepsBorders &&
      !isCut &&
      (constant === undefined || constants.every((other) => Object.is(other, constant)))
    if (!isWhole && constant !== undefined) constants.push(constant)
    return isWhole
  })
}

const wholeWindow = ({ input }: AxisGeometry): Window => ({
  ...{ first: 0, count: input, end: Infinity, isWhole: true },
  // It is not read outside.
  boundary: 'zero',
})

/** The samples that these outputs and their tiles read along an axis. */
function windowOf(axis: AxisGeometry, [start, end]: Range, cuts: Cuts, a: number): Window {
  const { stride, inputDilation, before, output } = axis
  const firstPosition = start * stride - before
  const lastOf = (outputs: number): number =>
    Math.floor(((outputs - 1) * stride - before + kernelOverlap(axis)) / inputDilation)
  const first = Math.ceil(firstPosition / inputDilation)
  const multiple = cuts.quantum.outputs[a]!
  const tiledEnd = Number.isFinite(multiple) ? Math.ceil(end / multiple) * multiple : end
  return {
    first,
    count: Math.max(0, lastOf(tiledEnd) + cuts.reach[a]! - first + 1),
    boundary: cuts.boundary[a]!,
    end: cuts.endsWithWindows ? lastOf(output) + 1 : Infinity,
    isWhole: false,
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
