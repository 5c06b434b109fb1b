/**
 * Should a large problem be computed in boxes (boxes.ts)? Then an array on the JavaScript heap is
 * never copied whole into backend memory.
 *
 *   input   │▒▒▒▒▒▒▒▒▒▒│            For each box: copy its window into backend memory, run, copy
 *           │  window  │──► box      its results out. All boxes share one program and one packing
 *           │▒▒▒▒▒▒▒▒▒▒│    out      of the weights. A box fits in a cache.
 *
 * The last box overlaps the one before it, or it ends behind the last result. The batch is cut
 * first, then the spatial axes, the outermost in memory first. Filters are not cut: each part of
 * them would read the whole input again. runtime/box-executable.ts runs the boxes.
 */

import type { Algorithm, Cuts, TileForms } from '../algorithms/algorithm.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { wordBytes } from '../ndarray/memory.ts'
import type { OperandSpans, Problem } from '../problem/problem.ts'
import type {
  BackendDescription,
  CompileOptions,
  ExternalLayout,
  ExternalLayouts,
} from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { fromInside, isSameLayout, spanOf, stridesOf } from './box-layout.ts'
import { type BoxSize, type BoxSizes, bytesPerElement, sizeOfBoxes } from './box-sizes.ts'
import { type BoxPlan, planBox } from './boxes.ts'

/** How a problem is cut into boxes of one size. Plain data. */
export interface Cut {
  /** Batch items and outputs of a box. */
  readonly batch: number
  readonly outputs: readonly number[]
  /** Where the boxes begin, along the batch and along each spatial axis. */
  readonly starts: readonly (readonly number[])[]
  /** The number of boxes. */
  readonly boxes: number
  /** The first box. The others are computed alike. */
  readonly box: BoxPlan
  /** Whether boxes copy their windows and their results. False if they are used in place. */
  readonly copiesIn: boolean
  readonly copiesOut: boolean
  /** The bytes of these copies, and of those of kernel and bias. */
  readonly bytes: number
}

/** The cut of a problem into boxes of about this size. Undefined if it stays whole. */
export function cutOf(
  problem: Problem,
  algorithm: Algorithm,
  tiles: TileForms,
  sizes: BoxSizes,
): Cut | undefined {
  const { geometry: g, descriptors, spans } = problem
  if (descriptors.inPlace === true || descriptors.padAdjoints !== undefined) return undefined
  // Nobody copies parts of an array that lies on the GPU.
  if (spans.input.onGpu === true || spans.output.onGpu === true) return undefined
  const { input, output } = canonicalShapes(g)
  if (!isInPieces(descriptors.input, input, true) || !isInPieces(descriptors.output, output, false))
    return undefined
  const isUnconverted =
    algorithm.sumsIntegers?.(g, descriptors) === true ||
    (descriptors.input.dtype === g.dtype && descriptors.output.dtype === g.dtype)
  if (isUnconverted && spans.input.inBackendMemory && spans.output.inBackendMemory) return undefined
  if (bytesOf(descriptors.input, input) + bytesOf(descriptors.output, output) < sizes.smallest)
    return undefined
  const cuts = algorithm.cuts(g, descriptors, tiles)
  if (typeof cuts === 'string') return undefined
  return cutInto(problem, cuts, sizeOfBoxes(g, descriptors, algorithm, cuts, tiles, sizes))
}

/** More boxes than this hold arrays that no memory holds. */
const maxBoxes = 2 ** 22

/** The cut of a problem into boxes of this size. Undefined if that is one box, or not possible. */
export function cutInto(
  problem: Problem,
  cuts: Cuts,
  { batch, outputs }: BoxSize,
): Cut | undefined {
  const { geometry: g, descriptors, spans } = problem
  const { quantum } = cuts
  const [samples, results] = [canonicalShapes(g).input, canonicalShapes(g).output]
  if (samples.includes(0) || results.includes(0)) return undefined
  const counts = [g.batch / batch, ...g.axes.map(({ output }, a) => output / outputs[a]!)].map(
    Math.ceil,
  )
  if (counts.reduce((n, count) => n * count, 1) > maxBoxes) return undefined
  const starts = [
    startsOf(g.batch, batch, quantum.batch),
    ...g.axes.map(({ output }, a) => startsOf(output, outputs[a]!, quantum.outputs[a]!)),
  ]
  const boxes = starts.reduce((n, list) => n * list.length, 1)
  if (boxes < 2) return undefined
  const first = (end: number): readonly [number, number] => [0, end]
  const box = planBox(problem, cuts, {
    batch: first(batch),
    filters: first(g.filters),
    outputs: outputs.map(first),
  })
  const shapes = canonicalShapes(box.geometry)
  const ends = [g.batch, ...g.axes.map(({ output }) => output)]
  const leaves = starts.some((list, i) => list.at(-1)! + [batch, ...outputs][i]! > ends[i]!)
  const readsBorder = g.axes.some(({ input, stride, inputDilation }, a) => {
    const { first, count } = box.windows[a]!
    const last = (starts[a + 1]!.at(-1)! * stride) / inputDilation
    return first < 0 || first + last + count > input
  })
  const isInPlace = (role: 'input' | 'output'): boolean =>
    spans[role].inBackendMemory &&
    isSameLayout(descriptors[role], box.descriptors[role], shapes[role])
  // Arrays in backend memory are there already. Boxes that must copy them gain nothing.
  if (spans.input.inBackendMemory && !isInPlace('input')) return undefined
  if (spans.output.inBackendMemory && !isInPlace('output')) return undefined
  const copiesIn = !spans.input.inBackendMemory || leaves || readsBorder
  const copiesOut = !spans.output.inBackendMemory || leaves
  const bytes =
    bytesOfCopies({ box, copiesIn, copiesOut }) +
    bytesToCopy(spans.kernel, g.dtype) +
    bytesToCopy(spans.bias, g.dtype)
  return { batch, outputs, starts, boxes, box, copiesIn, copiesOut, bytes }
}

/**
 * Where boxes of `size` begin. The last one overlaps the one before it if it may begin there.
 * Otherwise it ends behind the last result.
 */
function startsOf(extent: number, size: number, quantum: number): number[] {
  if (size >= extent) return [0]
  const starts = Array.from({ length: Math.ceil(extent / size) }, (_, i) => i * size)
  const last = extent - size
  return last % quantum === 0 ? starts.with(-1, last) : starts
}

/**
 * Whether an array consists of pieces that one copy each moves: no axis runs backwards, and none
 * lies within the elements of another.
 */
function isInPieces(layout: OperandLayout, shape: readonly number[], gaps: boolean): boolean {
  const strides = stridesOf(layout)
  let span = 1
  for (const a of fromInside(strides)) {
    const [stride, extent] = [strides[a]!, shape[a]!]
    if (extent <= 1) continue
    if (stride < span || (span === 1 && !gaps && stride !== 1)) return false
    span += stride * (extent - 1)
  }
  return true
}

const bytesOf = (layout: OperandLayout, shape: readonly number[]): number =>
  shape.reduce((n, extent) => n * extent, bytesPerElement(layout))

/** The elements of the copy of a window or of results, with space for its alignment. */
export function copyElements({ geometry, descriptors }: BoxPlan, role: 'input' | 'output'): number {
  const layout = descriptors[role]
  return spanOf(layout, canonicalShapes(geometry)[role]) + wordBytes / bytesPerElement(layout)
}

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
  span === undefined || span.inBackendMemory || span.onGpu === true
    ? 0
    : span.span * dtypes[dtype].bytes

/** The pieces in which the window of a box and its results are copied (runtime/box-arrays.ts). */
export function piecesOfBox(
  { batch, outputs, box, copiesIn, copiesOut }: Cut,
  g: ConvGeometry,
): number {
  const shapes = canonicalShapes(box.geometry)
  const pieces = (role: 'input' | 'output', isWhole: (axis: number) => boolean): number => {
    const order = fromInside(stridesOf(box.descriptors[role]))
    const first = order.findIndex((a) => !isWhole(a))
    // The first axis that is not whole continues the memory inside.
    return first < 0 ? 1 : order.slice(first + 1).reduce((n, a) => n * shapes[role][a]!, 1)
  }
  const holdsAll = (a: number): boolean => a === 1 || (a === 0 && batch === g.batch)
  return (
    (copiesIn ? pieces('input', (a) => holdsAll(a) || box.windows[a - 2]?.isWhole === true) : 0) +
    (copiesOut
      ? pieces('output', (a) => holdsAll(a) || outputs[a - 2] === g.axes[a - 2]?.output)
      : 0)
  )
}

/** How the arrays of one box lie, for the backend. */
export function boxSpans(
  { kernel, bias, ...whole }: OperandSpans,
  { box }: Pick<Cut, 'box'>,
): ExternalLayouts {
  const shapes = canonicalShapes(box.geometry)
  const scratch = !areBesideCallersArrays({ ...whole, kernel })
  const spans = (role: 'input' | 'output'): ExternalLayout => ({
    ...{ span: spanOf(box.descriptors[role], shapes[role]), lowest: 0, inBackendMemory: true },
    scratch,
  })
  return { input: spans('input'), output: spans('output'), kernel, ...(bias && { bias }) }
}

/** Whether an array of the caller lies in the memory of the backend, beside the boxes. */
export const areBesideCallersArrays = ({ input, kernel, output }: OperandSpans): boolean =>
  input.inBackendMemory || output.inBackendMemory || kernel.inBackendMemory

/** The part of a decision that takes memory. */
export interface Runnable {
  readonly program: Program
  readonly cut: Cut | undefined
  readonly threads: { readonly count: number }
}

/** How the program of a decision is compiled. */
export const compileOptions = (
  { threads }: Pick<Runnable, 'threads'>,
  { options: { deterministic } }: Problem,
): CompileOptions => ({ deterministic, threadCount: threads.count })

/** The exact bytes of a run besides the caller's arrays. */
export function workspaceBytes(
  { program, cut, threads }: Runnable,
  problem: Problem,
  backend: BackendDescription,
): number {
  const { spans } = problem
  const options = compileOptions({ threads }, problem)
  if (cut === undefined) return backend.workspaceBytes(program, spans, options)
  return backend.workspaceBytes(program, boxSpans(spans, cut), options) + bytesOfCopies(cut)
}

/** The bytes of the copies of one window and of its results. */
function bytesOfCopies({
  box,
  copiesIn,
  copiesOut,
}: Pick<Cut, 'box' | 'copiesIn' | 'copiesOut'>): number {
  const bytes = (role: 'input' | 'output'): number =>
    copyElements(box, role) * bytesPerElement(box.descriptors[role])
  return (copiesIn ? bytes('input') : 0) + (copiesOut ? bytes('output') : 0)
}
