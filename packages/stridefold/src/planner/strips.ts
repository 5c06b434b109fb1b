/**
 * Should a large image, signal or volume be computed in strips of rows? Then an array on the
 * JavaScript heap is never copied whole into backend memory.
 *
 *   input rows   │▒▒▒▒▒▒▒▒▒▒│            For each strip: copy its input rows and border rows into
 *                │ strip in │──► strip   backend memory, run, copy the output rows out. The first
 *                │▒▒▒▒▒▒▒▒▒▒│    out     axis of a strip has padding `valid`.
 *
 * All strips share one program. A strip fits in the L2 cache. The last strip overlaps the previous
 * one. runtime/strip-executable.ts runs them.
 */

import type { Algorithm } from '../algorithms/algorithm.ts'
import { type Boundary, fillValue, isConstant } from '../geometry/boundary.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import { type ConvGeometry, makeGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import { kernelOverlap } from '../geometry/padding.ts'
import { type DType, dtypes, keepsValue } from '../ndarray/dtype.ts'
import { wordBytes } from '../ndarray/memory.ts'
import type { OperandSpans, Problem } from '../problem/problem.ts'
import type { BackendDescription, ExternalLayout, ExternalLayouts } from '../program/backend.ts'
import { nominalMachine } from '../program/machine.ts'
import type { Program } from '../program/program.ts'
import { lower } from './lower.ts'

/**
 * The target size of the input of a strip, in bytes of the compute type. The tiles of a transform
 * depend on the size of a strip, so strips are the same on every machine.
 */
const targetStripBytes = nominalMachine.l2Bytes / 8

/** Below this many bytes of input and output together, strips are not faster than one copy. */
const minStripBytes = nominalMachine.l2Bytes / 2

/** The size of a strip along the first axis. */
export interface StripShape {
  /** Output rows of a strip. */
  readonly outputs: number
  /** Input rows that a strip reads. */
  readonly reads: number
  /**
   * Batch items that run one after the other. Items inside a row (interleaved channels) belong to
   * the row and do not count.
   */
  readonly items: number
}

/**
 * Returns the strip size of a problem, or undefined if strips are not possible or not faster. In
 * both arrays each row along the first axis must be one piece of memory, and the rows must follow
 * each other.
 */
function stripShape(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  multipleOf: () => number,
  memoryLimit: number,
): StripShape | undefined {
  const [axis] = g.axes
  if (
    axis === undefined ||
    g.channels !== 1 ||
    g.filters !== 1 ||
    axis.inputDilation !== 1 ||
    axis.output < 2 ||
    axis.input === 0
  )
    return undefined
  const { input, output } = canonicalShapes(g)
  const batch = batchPlace(descriptors.input, input)
  if (batch === undefined || batch !== batchPlace(descriptors.output, output)) return undefined
  const items = batch === 'outside' ? g.batch : 1
  const rowElements = g.axes.slice(1).reduce((n, a) => n * a.input, g.batch / items)
  const { bytes } = dtypes[g.dtype]
  const total =
    rowElements * axis.input * items * dtypes[descriptors.input.dtype].bytes +
    g.axes.reduce((n, a) => n * a.output, g.batch) * dtypes[descriptors.output.dtype].bytes
  const overlap = kernelOverlap(axis)
  const targetOutputs = Math.floor(
    Math.min(targetStripBytes, memoryLimit / 6) / (rowElements * bytes * axis.stride),
  )
  if (total < minStripBytes) return undefined
  const multiple = multipleOf()
  const outputs =
    multiple === 1
      ? Math.max(Math.ceil((2 * overlap + 1) / axis.stride), targetOutputs, 1)
      : multiple * Math.max(Math.round(targetOutputs / multiple), 1)
  if (outputs * 2 > axis.output) return undefined
  return { outputs, reads: (outputs - 1) * axis.stride + overlap + 1, items }
}

/**
 * Whether the batch items of an array lie inside its rows or outside. Undefined if the rows do not
 * follow each other, each as one piece of memory.
 */
function batchPlace(
  { axes: [row, ...inRow], outer }: OperandLayout,
  [batch, , rows, ...extents]: readonly number[],
): 'inside' | 'outside' | undefined {
  const span = inRow.reduce((sum, stride, a) => sum + stride * (extents[a]! - 1), 0)
  if (row === undefined || span >= row || [row, outer, ...inRow].some((stride) => stride < 0))
    return undefined
  if (batch === 1 || span + (batch! - 1) * outer < row) return 'inside'
  return outer >= row * rows! ? 'outside' : undefined
}

/** The strips of a problem. */
export interface Strips {
  readonly shape: StripShape
  /** Number of strips. */
  readonly count: number
  /** The geometry of one strip. */
  readonly geometry: ConvGeometry
  readonly program: Program
  /** Elements from the first to the last one of an input row. */
  readonly inputSpan: number
  /** Elements of an output row. */
  readonly outputRow: number
  /** The workspace of the strips in bytes, copies of kernel and bias included. */
  readonly bytes: number
}

/** Returns the strips of a problem; undefined if strips are not possible or not faster. */
export function stripsOf(
  { geometry: g, descriptors, spans, options }: Problem,
  algorithm: Algorithm,
  backend: BackendDescription,
): Strips | undefined {
  if (
    algorithm.supportsStrips !== true ||
    descriptors.inPlace === true ||
    // The results near a border add up rows that lie far apart.
    descriptors.padAdjoints !== undefined ||
    hasOtherRowConstant(g)
  )
    return undefined
  if (!holdsRowConstant(g, descriptors.input.dtype)) return undefined
  const sameType = descriptors.input.dtype === g.dtype && descriptors.output.dtype === g.dtype
  if (sameType && spans.input.inBackendMemory && spans.output.inBackendMemory) return undefined
  const shape = stripShape(
    g,
    descriptors,
    () => algorithm.stripMultiple?.(g) ?? 1,
    options.memoryLimit,
  )
  if (shape === undefined) return undefined
  const { axes, ...others } = g
  const strip = makeGeometry({
    ...others,
    batch: g.batch / shape.items,
    axes: [{ ...axes[0]!, input: shape.reads, before: 0, after: 0 }, ...axes.slice(1)],
    boundary: ['zero', ...g.boundary.slice(1)],
  })
  const rowSpan = (layout: OperandLayout, extents: readonly number[]): number =>
    layout.axes.slice(1).reduce((sum, stride, a) => sum + stride * (extents[a + 1]! - 1), 1) +
    (shape.items === 1 ? (g.batch - 1) * layout.outer : 0)
  const outputRow = strip.axes.slice(1).reduce((n, a) => n * a.output, strip.batch)
  // The output rows of a strip are copied in one piece, so they must have no gaps.
  if (
    rowSpan(
      descriptors.output,
      strip.axes.map((a) => a.output),
    ) !== outputRow ||
    descriptors.output.axes[0] !== outputRow
  )
    return undefined
  const inputSpan = rowSpan(
    descriptors.input,
    strip.axes.map((a) => a.input),
  )
  const bytes =
    stripBytes({ shape, inputSpan, outputRow }, descriptors) +
    bytesToCopy(spans.kernel, g.dtype) +
    bytesToCopy(spans.bias, g.dtype)
  const count = shape.items * Math.ceil(g.axes[0]!.output / shape.outputs)
  return {
    shape,
    count,
    geometry: strip,
    program: lower(algorithm, strip, descriptors, backend, options),
    inputSpan,
    outputRow,
    bytes,
  }
}

/**
 * Whether the constant outside of the first axis differs from that of another axis. Where both axes
 * are outside, the constant of the first axis counts. A strip cannot apply this rule, because its
 * border rows look like rows of the input.
 */
function hasOtherRowConstant({ boundary: [rows, ...others] }: ConvGeometry): boolean {
  const isOther = (border: Boundary): boolean =>
    isConstant(border) && !Object.is(fillValue(border), fillValue(rows!))
  return rows !== undefined && isConstant(rows) && others.some(isOther)
}

/**
 * Whether rows of this dtype can hold the constant outside of the first axis: ½ is not a byte. The
 * border rows of a strip have the dtype of the input.
 */
const holdsRowConstant = ({ boundary: [rows], dtype }: ConvGeometry, inputType: DType): boolean =>
  rows === undefined || !isConstant(rows) || keepsValue(fillValue(rows), inputType, dtype)

/** The bytes of the caller's arrays that must be copied into or out of backend memory. */
export function copiedBytes(
  { input, kernel, bias, output }: OperandSpans,
  descriptors: OperandDescriptors,
  { dtype }: ConvGeometry,
): number {
  return (
    bytesToCopy(input, descriptors.input.dtype) +
    bytesToCopy(kernel, descriptors.kernel.dtype) +
    bytesToCopy(bias, dtype) +
    bytesToCopy(output, descriptors.output.dtype)
  )
}

const bytesToCopy = (span: OperandSpans['bias'], dtype: DType): number =>
  span === undefined || span.inBackendMemory ? 0 : span.span * dtypes[dtype].bytes

/** How the arrays of one strip lie, for the backend. */
export function stripLayouts({ kernel, bias, ...whole }: OperandSpans): ExternalLayouts {
  const strip: ExternalLayout = {
    ...{ span: 0, lowest: 0, inBackendMemory: true },
    scratch: !areBesideCallersArrays({ ...whole, kernel }),
  }
  return { input: strip, output: strip, kernel, ...(bias && { bias }) }
}

/** Whether an array of the caller lies in the memory of the backend, beside the strips. */
export const areBesideCallersArrays = ({ input, kernel, output }: OperandSpans): boolean =>
  input.inBackendMemory || output.inBackendMemory || kernel.inBackendMemory

type StripSize = Pick<Strips, 'shape' | 'inputSpan' | 'outputRow'>

/** The elements of the input and of the output of one strip, with space for their alignment. */
export function stripElements(
  { shape, inputSpan, outputRow }: StripSize,
  { input, output }: OperandDescriptors,
): { readonly input: number; readonly output: number } {
  return {
    input: (shape.reads - 1) * input.axes[0]! + inputSpan + wordBytes / dtypes[input.dtype].bytes,
    output: shape.outputs * outputRow + wordBytes / dtypes[output.dtype].bytes,
  }
}

/** The same in bytes. */
function stripBytes(strip: StripSize, descriptors: OperandDescriptors): number {
  const elements = stripElements(strip, descriptors)
  return (
    elements.input * dtypes[descriptors.input.dtype].bytes +
    elements.output * dtypes[descriptors.output.dtype].bytes
  )
}

/** The exact bytes of a run besides the caller's arrays. */
export function workspaceBytes(
  { program, strips }: { readonly program: Program; readonly strips: Strips | undefined },
  { descriptors, spans, options }: Problem,
  backend: BackendDescription,
): number {
  if (strips === undefined) return backend.workspaceBytes(program, spans, options)
  return (
    backend.workspaceBytes(program, stripLayouts(spans), options) + stripBytes(strips, descriptors)
  )
}
