/**
 * One box of a whole problem: its checked ranges, the samples that it reads, the problem that it is
 * by itself, and the copy of its window.
 */

import { OptionError } from '../errors.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import { formatValue } from '../geometry/format-value.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { isStorageOnly } from '../ndarray/dtype.ts'
import { elementCount, isContiguous } from '../ndarray/layout.ts'
import { isInBackendMemory } from '../ndarray/memory.ts'
import { type NdArray, placeholder } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import { type Box, type BoxPlan, planBox, type Range } from '../planner/boxes.ts'
import { cutsOf, type WholeChoice } from '../planner/decide-box.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import { layoutOf } from '../problem/operands.ts'
import { copyOrderOf, type Run } from '../runtime/box-arrays.ts'
import { copyPieces, windowPieces } from '../runtime/box-pieces.ts'
import { forwards, isWholeRun, rangesOf, runsInSamples, runsOfWindow } from './reads.ts'
import type { Whole } from './whole.ts'

/** A choice, with the descriptors of the whole problem. */
export interface Way {
  readonly choice: WholeChoice
  readonly descriptors: OperandDescriptors
}

/** A box that one way computes. */
export interface Part {
  readonly plan: BoxPlan
  /** The runs of its window along the axes of the caller, in samples of the whole input. */
  readonly runs: readonly (readonly Run[])[]
  /** The shape of its window, and its type. The caller's order of axes. */
  readonly windowShape: readonly number[]
  readonly outputShape: readonly number[]
}

/** The outputs at whose multiples boxes begin, along the axes of the caller. */
export function quantumOf(whole: Whole, choice: WholeChoice): number[] {
  const { geometry: g, outputShape } = whole
  const { quantum } = cutsOf(choice, g)
  const [batch, , ...axes] = whole.question.orders.input
  return outputShape.map((_, axis) =>
    axis === batch ? quantum.batch : (quantum.outputs[axes.indexOf(axis)] ?? Infinity),
  )
}

/** The ranges of a box. Throws `OptionError` (`BOX_INVALID`) if it is none of this problem. */
export function checkedBox(
  box: unknown,
  shape: readonly number[],
  quantum: readonly number[],
): readonly Range[] {
  const invalid = (came: string, needed: string): OptionError =>
    new OptionError('BOX_INVALID', `the box ${formatValue(box)} ${came}: ${needed}.`)
  if (!Array.isArray(box) || box.length !== shape.length)
    throw invalid('has no range for each axis', `${shape.length} ranges [start, end] are needed`)
  return (box as readonly unknown[]).map((range, axis): Range => {
    const [start, end] = (Array.isArray(range) ? range : []) as readonly number[]
    const [extent, multiple] = [shape[axis]!, quantum[axis]!]
    const isRange =
      (range as { readonly length?: unknown } | null)?.length === 2 &&
      Number.isSafeInteger(start) &&
      Number.isSafeInteger(end)
    if (!isRange || !(start! >= 0 && start! < end! && end! <= extent)) {
      throw invalid(
        `has ${formatValue(range)} along axis ${axis}`,
        `[start, end] with 0 ≤ start < end ≤ ${extent} is needed`,
      )
    }
    if (multiple === Infinity ? start !== 0 : start! % multiple !== 0) {
      throw invalid(
        `begins at ${start} along axis ${axis}`,
        multiple === Infinity ? 'the axis is not cut' : `a multiple of ${multiple} is needed`,
      )
    }
    if (end !== extent && (multiple === Infinity || end! % multiple !== 0)) {
      throw invalid(
        `ends at ${end} along axis ${axis}`,
        multiple === Infinity
          ? `the axis is not cut, so it must be ${extent}`
          : `a multiple of ${multiple}, or the end at ${extent}, is needed`,
      )
    }
    return [start!, end!]
  })
}

/** How one way computes a box. */
export function partOf(whole: Whole, { choice, descriptors }: Way, ranges: readonly Range[]): Part {
  const { geometry: g, inputShape, question } = whole
  const [batchAxis, channelAxis, ...axes] = question.orders.input
  const along = (axis: number | undefined): Range => (axis === undefined ? [0, 1] : ranges[axis]!)
  const box: Box = {
    batch: along(batchAxis),
    filters: along(channelAxis),
    outputs: axes.map(along),
  }
  const plan = planBox({ geometry: g, descriptors }, cutsOf(choice, g), box)
  const shape = canonicalShapes(plan.geometry).input
  const canonical = [
    [forwards(box.batch[0], box.batch[1] - box.batch[0])],
    [forwards(plan.channels[0], plan.channels[1] - plan.channels[0])],
    ...plan.windows.map((window, a) => runsOfWindow(window, g.axes[a]!.input)),
  ]
  const inOrder = <T>(values: readonly T[]): T[] =>
    inputShape.map((_, axis) => values[question.orders.input.indexOf(axis)]!)
  return {
    plan,
    runs: inOrder(canonical),
    windowShape: inOrder(shape),
    outputShape: ranges.map(([start, end]) => end - start),
  }
}

/** The samples that all these parts of one box read, along each axis. */
export const readsOf = (parts: readonly Part[]): readonly (readonly Range[])[] =>
  parts[0]!.runs.map((_, axis) => rangesOf(parts.flatMap(({ runs }) => runs[axis]!)))

/** An array for the window of a part, without data. */
export function windowOf({ plan, windowShape }: Part): NdArray {
  const { dtype } = plan.descriptors.input
  return placeholder(windowShape, isStorageOnly(dtype) ? plan.geometry.dtype : dtype)
}

/** The runs of the window in the samples of the box, one list for each axis. */
const runsOfPart = ({ runs }: Part, reads: readonly (readonly Range[])[]): Run[][] =>
  runs.map((along, axis) => runsInSamples(along, reads[axis]!))

/** Whether the samples are the window as they are. */
export function isWindow(
  part: Part,
  reads: readonly (readonly Range[])[],
  samples: NdArray,
): boolean {
  return (
    samples.dtype === windowOf(part).dtype &&
    !isInBackendMemory(samples) &&
    isContiguous(samples.shape, samples.strides) &&
    runsOfPart(part, reads).every((runs, axis) => isWholeRun(runs, samples.shape[axis]!))
  )
}

/** Fills the window of a part. It yields after each piece. */
export function* fillWindow(
  part: Part,
  reads: readonly (readonly Range[])[],
  samples: NdArray,
  window: NdArray,
): Work<void> {
  if (elementCount(window.shape) === 0) return
  const runs = runsOfPart(part, reads)
  const order = copyOrderOf(
    canonical(samples),
    canonical(window),
    [1, 1, ...window.shape],
    [true, true, ...runs.map((along, axis) => isWholeRun(along, samples.shape[axis]!))],
    true,
  )
  const all = [[forwards(0, 1)], [forwards(0, 1)], ...runs]
  const pieces = windowPieces(order, all, window.data.BYTES_PER_ELEMENT)
  yield* copyPieces(
    pieces,
    { data: samples.data, at: samples.offset },
    { data: window.data, at: window.offset },
  ) as Work<void>
}

/** The layout of an array, as the only item and channel. */
const canonical = (x: NdArray): ReturnType<typeof layoutOf> =>
  layoutOf({ ...x, strides: [0, 0, ...x.strides] })

/** How the arrays of a part lie for its program. */
export function layoutsOf(
  part: Part,
  { question }: Whole,
): { readonly input: NdArray; readonly output: NdArray } {
  return {
    input: inputInOrder(windowOf(part), question.orders),
    output: inputInOrder(placeholder(part.outputShape, question.resultDType), question.orders),
  }
}
