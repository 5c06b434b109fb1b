/**
 * Computes a large image, signal or volume in strips of rows, so that an array on the JavaScript
 * heap is never copied whole.
 *
 *   input rows   │▒▒▒▒▒▒▒▒▒▒│            For each strip: copy its input rows and border rows into
 *                │ strip in │──► strip   backend memory, run, copy the output rows out. The first
 *                │▒▒▒▒▒▒▒▒▒▒│    out     axis of a strip has padding `valid`.
 *
 * All strips share one program. A strip fits in the L2 cache. The last strip overlaps the previous
 * one. Arrays in backend memory are read and written in place; only strips at a border are copied.
 */

import type { Algorithm } from '../algorithms/algorithm.ts'
import { type Boundary, fillValue, isConstant, sourceIndex } from '../geometry/boundary.ts'
import { type ConvGeometry, makeGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { allocateArray, isInBackendMemory } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type {
  Backend,
  Bindings,
  Executable,
  ExternalLayout,
  ExternalLayouts,
  Scratch,
  StageListener,
} from '../program/backend.ts'
import type { Buffer, Program } from '../program/program.ts'

/** The target size of the input of a strip, in bytes of the compute type. */
const targetStripBytes = 2 ** 18

/** Below this many bytes of input and output together, strips are not faster than one copy. */
const minStripBytes = 2 ** 20

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
  multiple: number,
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
  const inRow = (
    layout: OperandDescriptors['input'],
    extents: readonly number[],
  ): 'inside' | 'outside' | undefined => {
    const [first, ...inRowStrides] = layout.axes
    const span = inRowStrides.reduce((sum, stride, a) => sum + stride * (extents[a + 1]! - 1), 0)
    if (
      first === undefined ||
      first <= 0 ||
      inRowStrides.some((stride) => stride < 0) ||
      layout.outer < 0 ||
      span >= first
    )
      return undefined
    if (g.batch === 1 || span + (g.batch - 1) * layout.outer < first) return 'inside'
    return layout.outer >= first * extents[0]! ? 'outside' : undefined
  }
  const input = inRow(
    descriptors.input,
    g.axes.map((a) => a.input),
  )
  const output = inRow(
    descriptors.output,
    g.axes.map((a) => a.output),
  )
  if (input === undefined || input !== output) return undefined
  const items = input === 'outside' ? g.batch : 1
  const rowElements = g.axes.slice(1).reduce((n, a) => n * a.input, g.batch / items)
  const { bytes } = dtypes[g.dtype]
  const total =
    rowElements * axis.input * items * dtypes[descriptors.input.dtype].bytes +
    g.axes.reduce((n, a) => n * a.output, g.batch) * dtypes[descriptors.output.dtype].bytes
  const windowReach = (axis.kernel - 1) * axis.dilation
  const targetOutputs = Math.floor(
    Math.min(targetStripBytes, memoryLimit / 6) / (rowElements * bytes * axis.stride),
  )
  const outputs =
    multiple === 1
      ? Math.max(Math.ceil((2 * windowReach + 1) / axis.stride), targetOutputs, 1)
      : multiple * Math.max(Math.round(targetOutputs / multiple), 1)
  if (total < minStripBytes || outputs * 2 > axis.output) return undefined
  return { outputs, reads: (outputs - 1) * axis.stride + windowReach + 1, items }
}

/** Bytes per word of a copy, if both sides have the same offset in their words. */
const wordBytes = 8

/** The memory layouts of the arrays of one run. */
export type Externals = ExternalLayouts & {
  readonly input: ExternalLayout
  readonly kernel: ExternalLayout
  readonly output: ExternalLayout
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
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  arrays: Externals,
  algorithm: Algorithm,
  memoryLimit: number,
): Strips | undefined {
  if (algorithm.supportsStrips !== true || descriptors.inPlace === true || hasOtherRowConstant(g))
    return undefined
  const sameType = descriptors.input.dtype === g.dtype && descriptors.output.dtype === g.dtype
  if (sameType && arrays.input.inBackendMemory && arrays.output.inBackendMemory) return undefined
  const shape = stripShape(g, descriptors, algorithm.stripMultiple?.(g) ?? 1, memoryLimit)
  if (shape === undefined) return undefined
  const { axes, ...others } = g
  const strip = makeGeometry({
    ...others,
    batch: g.batch / shape.items,
    axes: [{ ...axes[0]!, input: shape.reads, before: 0, after: 0 }, ...axes.slice(1)],
    boundary: ['zero', ...g.boundary.slice(1)],
  })
  const rowSpan = (layout: OperandDescriptors['input'], extents: readonly number[]): number =>
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
  const stripElements = (shape.reads - 1) * descriptors.input.axes[0]! + inputSpan
  const copiedBytes = [arrays.kernel, arrays.bias].reduce(
    (sum, e) => sum + (e?.inBackendMemory === false ? e.span * dtypes[g.dtype].bytes : 0),
    0,
  )
  const bytes =
    stripElements * dtypes[descriptors.input.dtype].bytes +
    shape.outputs * outputRow * dtypes[descriptors.output.dtype].bytes +
    2 * wordBytes +
    copiedBytes
  const count = shape.items * Math.ceil(g.axes[0]!.output / shape.outputs)
  return {
    shape,
    count,
    geometry: strip,
    program: algorithm.program(strip, descriptors),
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

/** Returns an executable that runs a problem in strips. */
export function stripExecutable(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  arrays: Externals,
  strips: Strips,
  backend: Backend,
): Executable {
  const inUserMemory =
    arrays.input.inBackendMemory || arrays.output.inBackendMemory || arrays.kernel.inBackendMemory
  const scratch = inUserMemory ? userScratch : (backend.scratch ?? userScratch)
  const stripLayout: ExternalLayout = {
    span: 0,
    lowest: 0,
    inBackendMemory: true,
    scratch: scratch !== userScratch,
  }
  const { kernel, bias } = arrays
  const executable = backend.compile(strips.program, {
    input: stripLayout,
    output: stripLayout,
    kernel,
    ...(bias && { bias }),
  })
  return new StripExecutable(g, descriptors, strips, executable, scratch)
}

/** Allocates strips in the memory of the caller's arrays. Used if one of those arrays is there. */
function userScratch(length: number, dtype: DType): Scratch {
  const array = allocateArray([length], dtype, 'backend')
  return { array, bytes: array.data.byteLength, release: () => array.release() }
}

/**
 * Returns the offset of element `at` from the start of its word, in elements. `at` may be negative,
 * before the start of the array.
 */
function offsetInWord({ data }: NdArray, at: number): number {
  const perWord = wordBytes / data.BYTES_PER_ELEMENT
  return (((data.byteOffset / data.BYTES_PER_ELEMENT + at) % perWord) + perWord) % perWord
}

class StripExecutable implements Executable {
  readonly #g: ConvGeometry
  readonly #descriptors: OperandDescriptors
  readonly #shape: StripShape
  readonly #executable: Executable
  /** Elements from the first to the last one of an input row. */
  readonly #inputSpan: number
  readonly #outputRow: number
  readonly #stripIn: Scratch
  readonly #stripOut: Scratch
  #guardTripped = false

  constructor(
    g: ConvGeometry,
    descriptors: OperandDescriptors,
    { shape, inputSpan, outputRow }: Strips,
    executable: Executable,
    scratch: NonNullable<Backend['scratch']>,
  ) {
    this.#g = g
    this.#descriptors = descriptors
    this.#shape = shape
    this.#executable = executable
    this.#inputSpan = inputSpan
    this.#outputRow = outputRow
    const alignmentSlack = (dtype: DType): number => wordBytes / dtypes[dtype].bytes
    const stripElements = (shape.reads - 1) * descriptors.input.axes[0]! + inputSpan
    this.#stripIn = scratch(
      stripElements + alignmentSlack(descriptors.input.dtype),
      descriptors.input.dtype,
    )
    this.#stripOut = scratch(
      shape.outputs * outputRow + alignmentSlack(descriptors.output.dtype),
      descriptors.output.dtype,
    )
  }

  get workspaceBytes(): number {
    return this.#executable.workspaceBytes + this.#stripIn.bytes + this.#stripOut.bytes
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#executable.replaceConstants(buffers)
  }

  prepare(kernel: NdArray, onStage?: StageListener): void {
    this.#executable.prepare(kernel, onStage)
  }

  guardTripped(): boolean {
    return this.#guardTripped
  }

  module(): Uint8Array {
    return this.#executable.module!()
  }

  run(bindings: Bindings, prepared: boolean, onStage?: StageListener): void {
    if (!prepared) this.#executable.prepare(bindings.kernel, onStage)
    const { outputs, items } = this.#shape
    this.#guardTripped = false
    const last = this.#g.axes[0]!.output - outputs
    for (let item = 0; item < items; item++) {
      const input = {
        ...bindings.input,
        offset: bindings.input.offset + item * this.#descriptors.input.outer,
      }
      const output = {
        ...bindings.output,
        offset: bindings.output.offset + item * this.#descriptors.output.outer,
      }
      for (let start = 0; start <= last; start += outputs)
        this.#runStrip({ ...bindings, input, output }, start, onStage)
      if ((last % outputs) + outputs !== outputs)
        this.#runStrip({ ...bindings, input, output }, last, onStage)
    }
  }

  #runStrip(bindings: Bindings, start: number, onStage: StageListener | undefined): void {
    const { input, output } = bindings
    const [axis] = this.#g.axes
    const first = start * axis!.stride - axis!.before
    const inside = first >= 0 && first + this.#shape.reads <= axis!.input
    const inPlace = inside && isInBackendMemory(input)
    const rows = inPlace
      ? { ...input, offset: input.offset + first * this.#descriptors.input.axes[0]! }
      : this.#gatherRows(input, first)
    if (!inPlace) onStage?.('gather rows')
    const at = output.offset + start * this.#outputRow
    if (isInBackendMemory(output)) {
      this.#execute({ ...bindings, input: rows, output: { ...output, offset: at } }, onStage)
      return
    }
    const alignmentOffset = offsetInWord(output, at)
    const { array } = this.#stripOut
    this.#execute(
      { ...bindings, input: rows, output: { ...array, offset: alignmentOffset } },
      onStage,
    )
    output.data.set(
      array.data.subarray(
        alignmentOffset,
        alignmentOffset + this.#shape.outputs * this.#outputRow,
      ) as never,
      at,
    )
    onStage?.('copy rows out')
  }

  #execute(bindings: Bindings, onStage: StageListener | undefined): void {
    this.#executable.run(bindings, true, onStage)
    this.#guardTripped ||= this.#executable.guardTripped?.() === true
  }

  /** Copies the rows from `first` on into the strip. Rows outside follow the border rule. */
  #gatherRows(input: NdArray, first: number): NdArray {
    const [axis] = this.#g.axes
    const { reads } = this.#shape
    const { array } = this.#stripIn
    const { data } = array
    const rowStride = this.#descriptors.input.axes[0]!
    const begin = Math.min(Math.max(-first, 0), reads)
    const end = Math.min(Math.max(axis!.input - first, begin), reads)
    // The strip gets the same word offset as the input. Copies between different offsets are many
    // times slower.
    const alignmentOffset = offsetInWord(input, input.offset + first * rowStride)
    const copyRows = (row: number, source: number, count: number): void => {
      const from = input.offset + source * rowStride
      data.set(
        input.data.subarray(from, from + (count - 1) * rowStride + this.#inputSpan) as never,
        alignmentOffset + row * rowStride,
      )
    }
    if (end > begin) copyRows(begin, first + begin, end - begin)
    for (let row = 0; row < reads; row++) {
      if (row >= begin && row < end) continue
      const boundary = this.#g.boundary[0]!
      const source = sourceIndex(first + row, axis!.input, boundary)
      if (source >= 0) copyRows(row, source, 1)
      else
        data.fill(
          fillValue(boundary),
          alignmentOffset + row * rowStride,
          alignmentOffset + row * rowStride + this.#inputSpan,
        )
    }
    return { ...array, offset: alignmentOffset }
  }

  dispose(): void {
    this.#executable.dispose()
    this.#stripIn.release()
    this.#stripOut.release()
  }
}
