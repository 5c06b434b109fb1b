/**
 * Runs a problem in boxes: copies the window of each box into backend memory, runs, and copies its
 * results out. planner/cut.ts decides on the boxes.
 *
 * Arrays in backend memory are read and written in place; only windows at a border are copied.
 */

import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { allocateArray, isInBackendMemory } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { stridesOf } from '../planner/box-layout.ts'
import { areBesideCallersArrays, boxSpans, type Cut, copyElements } from '../planner/cut.ts'
import type { Decision } from '../planner/decision.ts'
import type { Problem } from '../problem/problem.ts'
import type {
  Backend,
  Bindings,
  Executable,
  ExternalLayouts,
  Scratch,
  StageListener,
} from '../program/backend.ts'
import type { Buffer } from '../program/program.ts'
import { type CopyOrder, copyResults, copyWindow, type Place } from './box-arrays.ts'
import {
  copyOrdersOf,
  offsetInWord,
  offsetOf,
  type Part,
  partsOf,
  partsOfBox,
} from './box-parts.ts'
import { resultPieces, windowPieces } from './box-pieces.ts'
import { after, type Eventual, inOrder } from './eventual.ts'
import { Pace } from './pace.ts'
import { throwIfAborted } from './turns.ts'

export class BoxExecutable implements Executable {
  readonly #executable: Executable
  readonly #orderOf: Backend['boxOrder']
  readonly #windowOrder: CopyOrder
  readonly #resultOrder: CopyOrder
  /** The parts along batch, channels or filters, and each spatial axis. */
  readonly #parts: readonly (readonly Part[])[]
  readonly #inputStrides: readonly number[]
  readonly #outputStrides: readonly number[]
  readonly #copiesIn: Scratch | undefined
  readonly #copiesOut: Scratch | undefined
  /** Shape and strides of the window and of the results of a box. */
  readonly #views: Readonly<Record<'input' | 'output', Pick<NdArray, 'shape' | 'strides'>>>
  /** Of calls that leave their work to workers: copies are cut into slices. */
  readonly #pace: Pace | undefined
  #guardTripped = false

  constructor(
    problem: Problem,
    { cut, threads }: Pick<Decision, 'threads'> & { readonly cut: Cut },
    backend: Backend,
    isRemote: boolean,
    compileBox: (spans: ExternalLayouts) => Executable,
  ) {
    const { descriptors, spans } = problem
    const { box } = cut
    const shapes = canonicalShapes(box.geometry)
    this.#parts = partsOf(problem, cut)
    this.#inputStrides = stridesOf(descriptors.input)
    this.#outputStrides = stridesOf(descriptors.output)
    const orders = copyOrdersOf(problem, cut)
    this.#windowOrder = orders.windows
    this.#resultOrder = orders.results
    const viewOf = (role: 'input' | 'output'): Pick<NdArray, 'shape' | 'strides'> => ({
      shape: shapes[role],
      strides: stridesOf(box.descriptors[role]),
    })
    this.#views = { input: viewOf('input'), output: viewOf('output') }
    this.#orderOf = backend.boxOrder
    this.#pace = isRemote ? new Pace() : undefined
    this.#executable = compileBox(boxSpans(spans, cut))
    // Threads share the memory of the arrays that callers own.
    const isBeside = areBesideCallersArrays(spans) || isRemote || threads.count > 1
    const scratch = (role: 'input' | 'output'): Scratch =>
      backend.scratch(copyElements(box, role), box.descriptors[role].dtype, isBeside)
    this.#copiesIn = cut.copiesIn ? scratch('input') : undefined
    this.#copiesOut = cut.copiesOut ? scratch('output') : undefined
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#executable.replaceConstants(buffers)
  }

  prepare(kernel: NdArray, onStage?: StageListener, signal?: AbortSignal): Eventual<void> {
    return this.#executable.prepare(kernel, onStage, signal)
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
    this.#guardTripped = false
    this.#pace?.begin()
    const inBackend = {
      input: isInBackendMemory(bindings.input),
      output: isInBackendMemory(bindings.output),
    }
    const boxes = this.#parts.reduce((n, parts) => n * parts.length, 1)
    const order = this.#orderOf?.(boxes)
    return after(prepared ? undefined : this.prepare(bindings.kernel, onStage, signal), () =>
      inOrder(boxes, (i) => {
        throwIfAborted(signal)
        return this.#runBox(
          bindings,
          partsOfBox(this.#parts, order?.[i] ?? i),
          inBackend,
          onStage,
          signal,
        )
      }),
    )
  }

  #runBox(
    bindings: Bindings,
    parts: readonly Part[],
    inBackend: { readonly input: boolean; readonly output: boolean },
    onStage: StageListener | undefined,
    signal: AbortSignal | undefined,
  ): Eventual<void> {
    const { input, output } = bindings
    const first = offsetOf(input, this.#inputStrides, (a) => parts[a]!.firstSample)
    const at = offsetOf(output, this.#outputStrides, (a) => parts[a]!.firstResult)
    const readsInPlace = inBackend.input && parts.every(({ isInside }) => isInside)
    const copied = readsInPlace ? undefined : this.#copyIn(input, first, parts, signal)
    const window = (): NdArray => {
      if (readsInPlace) return { ...input, offset: first }
      onStage?.('copy box in', false)
      return { ...this.#copiesIn!.array, offset: this.#windowOffset(input, first) }
    }
    const writesInPlace = inBackend.output && !parts.some(({ leaves }) => leaves)
    // The copy begins at the same offset in a word as its place in the result.
    const offset = writesInPlace ? at : offsetInWord(output, at)
    const results = (): NdArray => ({
      ...(writesInPlace ? output : this.#copiesOut!.array),
      ...{ offset, ...this.#views.output },
    })
    // A backend with its own memory copies the elements of these views.
    const runIt = (): Eventual<void> =>
      this.#executable.run(
        { ...bindings, input: { ...window(), ...this.#views.input }, output: results() },
        ...([true, onStage, signal] as const),
      )
    return after(after(copied, runIt), () => {
      this.#pace?.begin()
      this.#guardTripped ||= this.#executable.guardTripped()
      if (writesInPlace) return
      throwIfAborted(signal)
      const counts = parts.map((part) => part.results)
      const from = (): Place => ({ data: results().data, at: offset })
      const copied = this.#copyOut(from, counts, { data: output.data, at }, signal)
      return after(copied, () => onStage?.('copy box out', false))
    })
  }

  #windowOffset(input: NdArray, first: number): number {
    return this.#copiesIn!.array.dtype === input.dtype ? offsetInWord(input, first) : 0
  }

  /** Copies a window. `first`: where its first sample lies in the input, or would lie. */
  #copyIn(
    input: NdArray,
    first: number,
    parts: readonly Part[],
    signal: AbortSignal | undefined,
  ): Eventual<void> {
    const order = this.#windowOrder
    const runs = parts.map((part) => part.runs)
    const from = { data: input.data, at: input.offset }
    const at = this.#windowOffset(input, first)
    // Memory that other calls make grow may have another array object in the next turn.
    const to = (): Place => ({ data: this.#copiesIn!.array.data, at })
    const pace = this.#pace
    if (pace === undefined) return copyWindow(order, runs, from, to())
    const pieces = [...windowPieces(order, runs, input.data.BYTES_PER_ELEMENT)]
    return inOrder(pieces.length, (i) => after(pace.rest(signal), () => pieces[i]!(from, to())))
  }

  /** Copies results: as many along each axis. */
  #copyOut(
    from: () => Place,
    counts: readonly number[],
    to: Place,
    signal: AbortSignal | undefined,
  ): Eventual<void> {
    const order = this.#resultOrder
    const pace = this.#pace
    if (pace === undefined) return copyResults(order, counts, from(), to)
    const pieces = [...resultPieces(order, counts, to.data.BYTES_PER_ELEMENT)]
    return inOrder(pieces.length, (i) => after(pace.rest(signal), () => pieces[i]!(from(), to)))
  }

  dispose(): void {
    this.#executable.dispose()
    this.#copiesIn?.release()
    this.#copiesOut?.release()
  }
}
