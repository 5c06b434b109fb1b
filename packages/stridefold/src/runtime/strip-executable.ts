/**
 * Runs a problem in strips of rows: copies the input rows of each strip into backend memory, runs,
 * and copies the output rows out. planner/strips.ts decides on the strips.
 *
 * Arrays in backend memory are read and written in place; only strips at a border are copied.
 */

import { borderSegments } from '../geometry/border-segments.ts'
import { fillValue } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { allocateArray, isInBackendMemory, wordBytes } from '../ndarray/memory.ts'
import { modulo } from '../ndarray/modulo.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import {
  areBesideCallersArrays,
  type StripShape,
  type Strips,
  stripElements,
  stripLayouts,
} from '../planner/strips.ts'
import type { Problem } from '../problem/problem.ts'
import type { Backend, Bindings, Executable, Scratch, StageListener } from '../program/backend.ts'
import type { Buffer } from '../program/program.ts'
import { after, type Eventual, inOrder } from './eventual.ts'
import { throwIfAborted } from './turns.ts'

/**
 * Returns the offset of element `at` from the start of its word, in elements. `at` may be negative,
 * before the start of the array.
 */
function offsetInWord({ data }: NdArray, at: number): number {
  const bytes = data.BYTES_PER_ELEMENT
  return modulo(data.byteOffset / bytes + at, wordBytes / bytes)
}

export class StripExecutable implements Executable {
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

  constructor(problem: Problem, strips: Strips, backend: Backend) {
    const { geometry, descriptors, spans, options } = problem
    const { shape, inputSpan, outputRow, program } = strips
    this.#g = geometry
    this.#descriptors = descriptors
    this.#shape = shape
    this.#inputSpan = inputSpan
    this.#outputRow = outputRow
    this.#executable = backend.compile(program, stripLayouts(spans), options)
    const elements = stripElements(strips, descriptors)
    const isBeside = areBesideCallersArrays(spans)
    this.#stripIn = backend.scratch(elements.input, descriptors.input.dtype, isBeside)
    this.#stripOut = backend.scratch(elements.output, descriptors.output.dtype, isBeside)
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#executable.replaceConstants(buffers)
  }

  prepare(kernel: NdArray, onStage?: StageListener): Eventual<void> {
    return this.#executable.prepare(kernel, onStage)
  }

  guardTripped(): boolean {
    return this.#guardTripped
  }

  runFresh(
    bindings: Bindings,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Eventual<TypedArray> {
    const { shape, dtype } = bindings.output
    const result = allocateArray(shape, dtype)
    const output = { ...bindings.output, data: result.data }
    return after(this.run({ ...bindings, output }, true, onStage, signal), () => result.data)
  }

  run(
    bindings: Bindings,
    prepared: boolean,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Eventual<void> {
    const { outputs, items } = this.#shape
    this.#guardTripped = false
    const last = this.#g.axes[0]!.output - outputs
    // The last strip ends with the last row, so it may overlap the strip before it.
    const strips = Math.ceil(last / outputs) + 1
    return after(prepared ? undefined : this.prepare(bindings.kernel, onStage), () =>
      inOrder(items * strips, (i) => {
        throwIfAborted(signal)
        const item = Math.floor(i / strips)
        const input = {
          ...bindings.input,
          offset: bindings.input.offset + item * this.#descriptors.input.outer,
        }
        const output = {
          ...bindings.output,
          offset: bindings.output.offset + item * this.#descriptors.output.outer,
        }
        const start = Math.min((i % strips) * outputs, last)
        return this.#runStrip({ ...bindings, input, output }, start, onStage, signal)
      }),
    )
  }

  #runStrip(
    bindings: Bindings,
    start: number,
    onStage: StageListener | undefined,
    signal: AbortSignal | undefined,
  ): Eventual<void> {
    const { input, output } = bindings
    const [axis] = this.#g.axes
    const first = start * axis!.stride - axis!.before
    const inside = first >= 0 && first + this.#shape.reads <= axis!.input
    const inPlace = inside && isInBackendMemory(input)
    const rows = inPlace
      ? { ...input, offset: input.offset + first * this.#descriptors.input.axes[0]! }
      : this.#gatherRows(input, first)
    if (!inPlace) onStage?.('gather rows', false)
    const at = output.offset + start * this.#outputRow
    if (isInBackendMemory(output)) {
      const target = { ...output, offset: at }
      return this.#execute({ ...bindings, input: rows, output: target }, onStage, signal)
    }
    const alignmentOffset = offsetInWord(output, at)
    const { array } = this.#stripOut
    const strip = { ...array, offset: alignmentOffset }
    return after(
      this.#execute({ ...bindings, input: rows, output: strip }, onStage, signal),
      () => {
        throwIfAborted(signal)
        output.data.set(
          array.data.subarray(
            alignmentOffset,
            alignmentOffset + this.#shape.outputs * this.#outputRow,
          ) as never,
          at,
        )
        onStage?.('copy rows out', false)
      },
    )
  }

  #execute(
    bindings: Bindings,
    onStage: StageListener | undefined,
    signal: AbortSignal | undefined,
  ): Eventual<void> {
    return after(this.#executable.run(bindings, true, onStage, signal), () => {
      this.#guardTripped ||= this.#executable.guardTripped()
    })
  }

  /** Copies the rows from `first` on into the strip. Rows outside follow the border rule. */
  #gatherRows(input: NdArray, first: number): NdArray {
    const boundary = this.#g.boundary[0]!
    const rows = { extent: this.#g.axes[0]!.input, boundary }
    const { array } = this.#stripIn
    const { data } = array
    const rowStride = this.#descriptors.input.axes[0]!
    // The strip gets the same word offset as the input: see `wordBytes`.
    const alignmentOffset = offsetInWord(input, input.offset + first * rowStride)
    const copyRows = (row: number, source: number, count: number): void => {
      const from = input.offset + source * rowStride
      data.set(
        input.data.subarray(from, from + (count - 1) * rowStride + this.#inputSpan) as never,
        alignmentOffset + row * rowStride,
      )
    }
    const fillRow = (row: number): void => {
      const start = alignmentOffset + row * rowStride
      data.fill(fillValue(boundary), start, start + this.#inputSpan)
    }
    const coordinates = { first, count: this.#shape.reads }
    for (const { start, count, source, step } of borderSegments(rows, coordinates)) {
      if (step === 1) copyRows(start, source, count)
      else
        for (let i = 0; i < count; i++) {
          if (source < 0) fillRow(start + i)
          else copyRows(start + i, source + i * step, 1)
        }
    }
    return { ...array, offset: alignmentOffset }
  }

  dispose(): void {
    this.#executable.dispose()
    this.#stripIn.release()
    this.#stripOut.release()
  }
}
