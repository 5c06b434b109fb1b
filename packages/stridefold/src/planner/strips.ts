/**
 * Large pictures, signals and volumes strip by strip: a foreign array streams through the backend's
 * memory and is never copied whole.
 *
 *   input rows   │▒▒▒▒▒▒▒▒▒▒│            A strip of outputs is a problem of its own, `valid` along the first axis: the rows it reads are put
 *                │ strip in │──► strip   together first, border rows included, so every strip runs the same program and everything it
 *                │▒▒▒▒▒▒▒▒▒▒│    out     touches stays in the second-level cache. The last strip overlaps the one before it.
 *
 * Arrays in backend memory are read and written in place; only strips at a border are put together.
 */

import type { Algorithm, OperandDescriptors } from '../algorithms/algorithm.ts'
import { type Boundary, fillValue, isConstant, sourceIndex } from '../geometry/boundary.ts'
import { type ConvGeometry, makeGeometry } from '../geometry/geometry.ts'
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

/** Bytes of input, in the compute type, that a strip aims at. */
const targetStripBytes = 2 ** 18

/** Below this many bytes of input and output together one copy is as good. */
const minStripBytes = 2 ** 20

/** How a problem is cut: outputs and input rows of a strip, the elements of one row. */
export interface StripShape {
  readonly outputs: number
  readonly reads: number
  /**
   * Batch items done one after the other; those inside a row (interleaved channels) belong to the
   * row.
   */
  readonly items: number
}

/**
 * The arrays of a problem whose rows along the first axis each lie in one piece, one after the
 * other.
 */
function stripShape(
  g: ConvGeometry,
  facts: OperandDescriptors,
  unit: number,
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
    const [first, ...rest] = layout.axes
    const span = rest.reduce((sum, stride, a) => sum + stride * (extents[a + 1]! - 1), 0)
    if (
      first === undefined ||
      first <= 0 ||
      rest.some((stride) => stride < 0) ||
      layout.outer < 0 ||
      span >= first
    )
      return undefined
    if (g.batch === 1 || span + (g.batch - 1) * layout.outer < first) return 'inside'
    return layout.outer >= first * extents[0]! ? 'outside' : undefined
  }
  const input = inRow(
    facts.input,
    g.axes.map((a) => a.input),
  )
  const output = inRow(
    facts.output,
    g.axes.map((a) => a.output),
  )
  if (input === undefined || input !== output) return undefined
  const items = input === 'outside' ? g.batch : 1
  const rowElements = g.axes.slice(1).reduce((n, a) => n * a.input, g.batch / items)
  const { bytes } = dtypes[g.dtype]
  const total =
    rowElements * axis.input * items * dtypes[facts.input.dtype].bytes +
    g.axes.reduce((n, a) => n * a.output, g.batch) * dtypes[facts.output.dtype].bytes
  const overhang = (axis.kernel - 1) * axis.dilation
  const wished = Math.floor(
    Math.min(targetStripBytes, memoryLimit / 6) / (rowElements * bytes * axis.stride),
  )
  const outputs =
    unit === 1
      ? Math.max(Math.ceil((2 * overhang + 1) / axis.stride), wished, 1)
      : unit * Math.max(Math.round(wished / unit), 1)
  if (total < minStripBytes || outputs * 2 > axis.output) return undefined
  return { outputs, reads: (outputs - 1) * axis.stride + overhang + 1, items }
}

/** Bytes that shared memory is copied by, where both sides are aligned to them alike. */
const word = 8

/** Layouts of the arrays of one run. */
export type Externals = ExternalLayouts & {
  readonly input: ExternalLayout
  readonly kernel: ExternalLayout
  readonly output: ExternalLayout
}

/** How a problem is done strip by strip. */
export interface Strips {
  readonly cut: StripShape
  /** Number of strips. */
  readonly count: number
  /** One strip as a problem, and its program. */
  readonly geometry: ConvGeometry
  readonly program: Program
  /** Elements from the first to the last of one row of the input; of one row of the output. */
  readonly inputSpan: number
  readonly outputRow: number
  /** Bytes of the strips' own memory, copies of kernel and bias included. */
  readonly bytes: number
}

/**
 * How this algorithm does the problem strip by strip, or undefined where whole arrays serve as
 * well.
 */
export function stripsOf(
  g: ConvGeometry,
  facts: OperandDescriptors,
  arrays: Externals,
  algorithm: Algorithm,
  memoryLimit: number,
): Strips | undefined {
  if (algorithm.supportsStrips !== true || facts.inPlace === true || hasRowsOfAnotherConstant(g))
    return undefined
  const sameType = facts.input.dtype === g.dtype && facts.output.dtype === g.dtype
  if (sameType && arrays.input.inBackendMemory && arrays.output.inBackendMemory) return undefined
  const cut = stripShape(g, facts, algorithm.stripMultiple?.(g) ?? 1, memoryLimit)
  if (cut === undefined) return undefined
  const { axes, ...rest } = g
  const strip = makeGeometry({
    ...rest,
    batch: g.batch / cut.items,
    axes: [{ ...axes[0]!, input: cut.reads, before: 0, after: 0 }, ...axes.slice(1)],
    boundary: ['zero', ...g.boundary.slice(1)],
  })
  const rowSpan = (layout: OperandDescriptors['input'], extents: readonly number[]): number =>
    layout.axes.slice(1).reduce((sum, stride, a) => sum + stride * (extents[a + 1]! - 1), 1) +
    (cut.items === 1 ? (g.batch - 1) * layout.outer : 0)
  const outputRow = strip.axes.slice(1).reduce((n, a) => n * a.output, strip.batch)
  // A strip of the output is written in one piece: it must have no gaps.
  if (
    rowSpan(
      facts.output,
      strip.axes.map((a) => a.output),
    ) !== outputRow ||
    facts.output.axes[0] !== outputRow
  )
    return undefined
  const inputSpan = rowSpan(
    facts.input,
    strip.axes.map((a) => a.input),
  )
  const stripElements = (cut.reads - 1) * facts.input.axes[0]! + inputSpan
  const copiedBytes = [arrays.kernel, arrays.bias].reduce(
    (sum, e) => sum + (e?.inBackendMemory === false ? e.span * dtypes[g.dtype].bytes : 0),
    0,
  )
  const bytes =
    stripElements * dtypes[facts.input.dtype].bytes +
    cut.outputs * outputRow * dtypes[facts.output.dtype].bytes +
    2 * word +
    copiedBytes
  const count = cut.items * Math.ceil(g.axes[0]!.output / cut.outputs)
  return {
    cut,
    count,
    geometry: strip,
    program: algorithm.program(strip, facts),
    inputSpan,
    outputRow,
    bytes,
  }
}

/**
 * Whether rows outside hold one constant and the ends of rows another: a strip knows of a row no
 * longer that it lay outside.
 */
function hasRowsOfAnotherConstant({ boundary: [rows, ...others] }: ConvGeometry): boolean {
  const isOther = (border: Boundary): boolean =>
    isConstant(border) && !Object.is(fillValue(border), fillValue(rows!))
  return rows !== undefined && isConstant(rows) && others.some(isOther)
}

/** An executable for `stripsOf`. */
export function stripExecutable(
  g: ConvGeometry,
  facts: OperandDescriptors,
  arrays: Externals,
  strips: Strips,
  backend: Backend,
): Executable {
  const inUserMemory =
    arrays.input.inBackendMemory || arrays.output.inBackendMemory || arrays.kernel.inBackendMemory
  const scratch = inUserMemory ? userScratch : (backend.scratch ?? userScratch)
  const own: ExternalLayout = {
    span: 0,
    lowest: 0,
    inBackendMemory: true,
    scratch: scratch !== userScratch,
  }
  const { kernel, bias } = arrays
  const executable = backend.compile(strips.program, {
    input: own,
    output: own,
    kernel,
    ...(bias && { bias }),
  })
  return new StripExecutable(g, facts, strips, executable, scratch)
}

/** Strips beside arrays that callers hold lie in the same memory as those. */
function userScratch(length: number, dtype: DType): Scratch {
  const array = allocateArray([length], dtype, 'backend')
  return { array, bytes: array.data.byteLength, release: () => array.release() }
}

/**
 * Elements by which element `at` of an array's memory, which may lie before its start, lies behind
 * the start of its word.
 */
function offsetInWord({ data }: NdArray, at: number): number {
  const words = word / data.BYTES_PER_ELEMENT
  return (((data.byteOffset / data.BYTES_PER_ELEMENT + at) % words) + words) % words
}

class StripExecutable implements Executable {
  readonly #g: ConvGeometry
  readonly #facts: OperandDescriptors
  readonly #cut: StripShape
  readonly #inner: Executable
  /** Elements from the first to the last of one row. */
  readonly #inputSpan: number
  readonly #outputRow: number
  readonly #stripIn: Scratch
  readonly #stripOut: Scratch
  #spoilt = false

  constructor(
    g: ConvGeometry,
    facts: OperandDescriptors,
    { cut, inputSpan, outputRow }: Strips,
    inner: Executable,
    scratch: NonNullable<Backend['scratch']>,
  ) {
    this.#g = g
    this.#facts = facts
    this.#cut = cut
    this.#inner = inner
    this.#inputSpan = inputSpan
    this.#outputRow = outputRow
    const alignmentSlack = (dtype: DType): number => word / dtypes[dtype].bytes
    const stripElements = (cut.reads - 1) * facts.input.axes[0]! + inputSpan
    this.#stripIn = scratch(stripElements + alignmentSlack(facts.input.dtype), facts.input.dtype)
    this.#stripOut = scratch(
      cut.outputs * outputRow + alignmentSlack(facts.output.dtype),
      facts.output.dtype,
    )
  }

  get workspaceBytes(): number {
    return this.#inner.workspaceBytes + this.#stripIn.bytes + this.#stripOut.bytes
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#inner.replaceConstants(buffers)
  }

  prepare(kernel: NdArray, onStage?: StageListener): void {
    this.#inner.prepare(kernel, onStage)
  }

  guardTripped(): boolean {
    return this.#spoilt
  }

  module(): Uint8Array {
    return this.#inner.module!()
  }

  run(bindings: Bindings, prepared: boolean, onStage?: StageListener): void {
    if (!prepared) this.#inner.prepare(bindings.kernel, onStage)
    const { outputs, items } = this.#cut
    this.#spoilt = false
    const last = this.#g.axes[0]!.output - outputs
    for (let item = 0; item < items; item++) {
      const input = {
        ...bindings.input,
        offset: bindings.input.offset + item * this.#facts.input.outer,
      }
      const output = {
        ...bindings.output,
        offset: bindings.output.offset + item * this.#facts.output.outer,
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
    const inside = first >= 0 && first + this.#cut.reads <= axis!.input
    const inPlace = inside && isInBackendMemory(input)
    const rows = inPlace
      ? { ...input, offset: input.offset + first * this.#facts.input.axes[0]! }
      : this.#gathered(input, first)
    if (!inPlace) onStage?.('gather rows')
    const at = output.offset + start * this.#outputRow
    if (isInBackendMemory(output)) {
      this.#runInner({ ...bindings, input: rows, output: { ...output, offset: at } }, onStage)
      return
    }
    const alignmentOffset = offsetInWord(output, at)
    const { array } = this.#stripOut
    this.#runInner(
      { ...bindings, input: rows, output: { ...array, offset: alignmentOffset } },
      onStage,
    )
    output.data.set(
      array.data.subarray(
        alignmentOffset,
        alignmentOffset + this.#cut.outputs * this.#outputRow,
      ) as never,
      at,
    )
    onStage?.('copy rows out')
  }

  #runInner(bindings: Bindings, onStage: StageListener | undefined): void {
    this.#inner.run(bindings, true, onStage)
    this.#spoilt ||= this.#inner.guardTripped?.() === true
  }

  /** The rows from `first` on, outside of the input by the border's rule, in the strip's memory. */
  #gathered(input: NdArray, first: number): NdArray {
    const [axis] = this.#g.axes
    const { reads } = this.#cut
    const { array } = this.#stripIn
    const { data } = array
    const step = this.#facts.input.axes[0]!
    const begin = Math.min(Math.max(-first, 0), reads)
    const end = Math.min(Math.max(axis!.input - first, begin), reads)
    // Elements lie in their words as they do in the input: copies between memories of another
    // alignment are many times slower.
    const alignmentOffset = offsetInWord(input, input.offset + first * step)
    const copyRows = (row: number, source: number, count: number): void => {
      const from = input.offset + source * step
      data.set(
        input.data.subarray(from, from + (count - 1) * step + this.#inputSpan) as never,
        alignmentOffset + row * step,
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
          alignmentOffset + row * step,
          alignmentOffset + row * step + this.#inputSpan,
        )
    }
    return { ...array, offset: alignmentOffset }
  }

  dispose(): void {
    this.#inner.dispose()
    this.#stripIn.release()
    this.#stripOut.release()
  }
}
