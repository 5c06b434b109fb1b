/**
 * Runs a problem on workers that share no memory: boxes of it, or all of it at once, go there and
 * back by transfer. planner/transfer.ts decides on the boxes. The caller only copies, in pieces
 * between which its event loop goes on.
 */

import { dtypes, type TypedArray } from '../ndarray/dtype.ts'
import { elementCount, memoryBounds } from '../ndarray/layout.ts'
import { allocateArray, wordBytes } from '../ndarray/memory.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { sliceBytes } from '../ndarray/work.ts'
import { stridesOf } from '../planner/box-layout.ts'
import { type Cut, compileOptions } from '../planner/cut.ts'
import type { Decision } from '../planner/decision.ts'
import { transferBytes, transferSpans } from '../planner/transfer.ts'
import type { Problem } from '../problem/problem.ts'
import type {
  Backend,
  Bindings,
  Boxes,
  BoxProgram,
  Executable,
  StageListener,
} from '../program/backend.ts'
import type { Buffer } from '../program/program.ts'
import type { Place } from './box-arrays.ts'
import { copyOrdersOf, offsetInWord, offsetOf, partsOf, partsOfBox } from './box-parts.ts'
import { copyPieces, resultPieces, windowPieces } from './box-pieces.ts'
import { copyWork } from './copy-work.ts'

export class TransferExecutable implements Executable {
  readonly #program: BoxProgram
  readonly #buffers: ReadonlySet<string>
  readonly #boxesOf: (bindings: Bindings) => Boxes
  #guardTripped = false

  constructor(
    problem: Problem,
    { program, cut, threads, descriptors }: Decision,
    backend: Backend,
  ) {
    this.#buffers = new Set(program.buffers.map(({ name }) => name))
    const spans = transferSpans(problem, cut)
    const options = compileOptions({ threads }, problem)
    this.#program = backend.compileBoxes(program, spans, options, threads.workers)
    const bytes = transferBytes(spans, cut?.box.descriptors ?? descriptors)
    this.#boxesOf = cut === undefined ? wholeProblem(bytes) : boxesOf(problem, cut, bytes)
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    // Others belong to another program of the same decision.
    this.#program.replaceConstants(buffers.filter(({ name }) => this.#buffers.has(name)))
  }

  /** The weights go to each worker with its first box. */
  prepare(): void {
    this.#program.forgetKernel()
  }

  guardTripped(): boolean {
    return this.#guardTripped
  }

  async run(
    bindings: Bindings,
    prepared: boolean,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Promise<void> {
    if (!prepared) this.prepare()
    this.#guardTripped = await this.#program.run(this.#boxesOf(bindings), bindings, signal)
    onStage?.('boxes on workers', false)
  }

  async runFresh(
    bindings: Bindings,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Promise<TypedArray> {
    const { shape, dtype } = bindings.output
    const { data } = allocateArray(shape, dtype)
    await this.run({ ...bindings, output: { ...bindings.output, data } }, true, onStage, signal)
    return data
  }

  dispose(): void {
    this.#program.dispose()
  }
}

type Bytes = ReturnType<typeof transferBytes>

/** The boxes of a cut. */
function boxesOf(problem: Problem, cut: Cut, bytes: Bytes): (bindings: Bindings) => Boxes {
  const { descriptors } = problem
  const boxDescriptors = cut.box.descriptors
  const parts = partsOf(problem, cut)
  const orders = copyOrdersOf(problem, cut)
  const [inputStrides, outputStrides] = [descriptors.input, descriptors.output].map(stridesOf)
  const count = parts.reduce((n, along) => n * along.length, 1)
  return ({ input, output }) => {
    const firstSample = (i: number): number => {
      const box = partsOfBox(parts, i)
      return offsetOf(input, inputStrides!, (a) => box[a]!.firstSample)
    }
    const firstResult = (i: number): number => {
      const box = partsOfBox(parts, i)
      return offsetOf(output, outputStrides!, (a) => box[a]!.firstResult)
    }
    const isSameType = boxDescriptors.input.dtype === input.dtype
    /** The places of the first sample and the first result, at the same offset in a word. */
    const inputOffset = (i: number): number =>
      isSameType ? offsetInWord(input, firstSample(i)) : 0
    const outputOffset = (i: number): number => offsetInWord(output, firstResult(i))
    const bytesOf = (role: 'input' | 'output'): number => dtypes[boxDescriptors[role].dtype].bytes
    const placeIn = (buffer: ArrayBuffer, role: 'input' | 'output', at: number): Place => ({
      data: dtypes[boxDescriptors[role].dtype].create(buffer, 0, buffer.byteLength / bytesOf(role)),
      at,
    })
    return {
      ...{ count, inputBytes: bytes.input, outputBytes: bytes.output },
      offsets: (i) => ({
        input: inputOffset(i) * bytesOf('input'),
        output: outputOffset(i) * bytesOf('output'),
      }),
      copyIn: (i, to) =>
        copyPieces(
          windowPieces(
            orders.windows,
            partsOfBox(parts, i).map(({ runs }) => runs),
            bytesOf('input'),
          ),
          { data: input.data, at: input.offset },
          placeIn(to, 'input', inputOffset(i)),
        ),
      copyOut: (i, from) =>
        copyPieces(
          resultPieces(
            orders.results,
            partsOfBox(parts, i).map(({ results }) => results),
            bytesOf('output'),
          ),
          placeIn(from, 'output', outputOffset(i)),
          { data: output.data, at: firstResult(i) },
        ),
    }
  }
}

/** One box that is the whole problem: the memory that its arrays span. */
const wholeProblem =
  (bytes: Bytes) =>
  ({ input, output }: Bindings): Boxes => {
    const [from, to] = [spanOf(input), spanOf(output)]
    const offsets = { input: from.byteOffset % wordBytes, output: to.byteOffset % wordBytes }
    return {
      ...{ count: 1, inputBytes: bytes.input, outputBytes: bytes.output },
      offsets: () => offsets,
      *copyIn(_, buffer) {
        yield* copyInPieces(from, sameArray(from, buffer, offsets.input))
      },
      *copyOut(_, buffer) {
        const results = sameArray(to, buffer, offsets.output)
        // The gaps between the elements of a result keep their values.
        if (to.length === elementCount(output.shape)) yield* copyInPieces(results, to)
        else yield* copyWork(resultsLike(output, results), output)
      },
    }
  }

/** The part of an array's data that its elements span. */
function spanOf({ data, shape, strides, offset }: NdArray): TypedArray {
  if (shape.includes(0)) return data.subarray(0, 0)
  const [first, last] = memoryBounds(shape, strides, offset)
  return data.subarray(first, last + 1)
}

/** As many elements of the same type, in a buffer. */
const sameArray = (array: TypedArray, buffer: ArrayBuffer, at: number): TypedArray =>
  new (array.constructor as Float32ArrayConstructor)(buffer, at, array.length)

function* copyInPieces(from: TypedArray, to: TypedArray): Iterable<void> {
  const count = sliceBytes / from.BYTES_PER_ELEMENT
  for (let at = 0; at < from.length; at += count) {
    to.set(from.subarray(at, at + count) as never, at)
    yield
  }
}

/** The elements of an array whose span is a copy of that of `output`. */
function resultsLike({ shape, strides }: NdArray, data: TypedArray): NdArray {
  const [lowest] = memoryBounds(shape, strides, 0)
  return view(data, shape, { strides, offset: -lowest })
}
