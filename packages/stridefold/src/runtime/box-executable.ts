/**
 * Runs a problem in boxes: copies the window of each box into backend memory, runs, and copies its
 * results out. planner/cut.ts decides on the boxes.
 *
 * Arrays in backend memory are read and written in place; only windows at a border are copied.
 */

import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { allocateArray, isInBackendMemory, wordBytes } from '../ndarray/memory.ts'
import { modulo } from '../ndarray/modulo.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { stridesOf } from '../planner/box-layout.ts'
import {
  areBesideCallersArrays,
  boxSpans,
  type Cut,
  compileOptions,
  copyElements,
} from '../planner/cut.ts'
import type { Decision } from '../planner/decision.ts'
import type { Problem } from '../problem/problem.ts'
import type { Backend, Bindings, Executable, Scratch, StageListener } from '../program/backend.ts'
import type { Buffer } from '../program/program.ts'
import {
  type CopyOrder,
  copyOrderOf,
  copyResults,
  copyWindow,
  type Place,
  type Run,
  runsInside,
  runsOf,
} from './box-arrays.ts'
import { resultSlices, windowSlices } from './box-slices.ts'
import { after, type Eventual, inOrder } from './eventual.ts'
import { Pace } from './pace.ts'
import { throwIfAborted } from './turns.ts'

/** Where one box begins along one axis, and what it reads and writes there. */
interface Part {
  /** The samples of its window. */
  readonly runs: readonly Run[]
  readonly firstSample: number
  /** Whether the window lies in the input, as one run. */
  readonly isInside: boolean
  readonly firstResult: number
  readonly results: number
  /** Whether it ends behind the last result. */
  readonly leaves: boolean
}

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
    { program, cut, threads }: Pick<Decision, 'program' | 'threads'> & { readonly cut: Cut },
    backend: Backend,
    isRemote = false,
  ) {
    const { descriptors, spans } = problem
    const { box } = cut
    const shapes = canonicalShapes(box.geometry)
    const whole = canonicalShapes(problem.geometry)
    this.#parts = partsOf(problem, cut)
    this.#inputStrides = stridesOf(descriptors.input)
    this.#outputStrides = stridesOf(descriptors.output)
    this.#windowOrder = copyOrderOf(
      descriptors.input,
      box.descriptors.input,
      shapes.input,
      [cut.starts[0]!.length === 1, true, ...box.windows.map(({ isWhole }) => isWhole)],
      true,
    )
    this.#resultOrder = copyOrderOf(
      descriptors.output,
      box.descriptors.output,
      shapes.output,
      shapes.output.map((extent, a) => extent === whole.output[a]!),
      false,
    )
    const viewOf = (role: 'input' | 'output'): Pick<NdArray, 'shape' | 'strides'> => ({
      shape: shapes[role],
      strides: stridesOf(box.descriptors[role]),
    })
    this.#views = { input: viewOf('input'), output: viewOf('output') }
    this.#orderOf = backend.boxOrder
    this.#pace = isRemote ? new Pace() : undefined
    const options = compileOptions({ threads }, problem)
    this.#executable = isRemote
      ? backend.compileRemote(program, boxSpans(spans, cut), options)
      : backend.compile(program, boxSpans(spans, cut), options)
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
        return this.#runBox(bindings, this.#partsOfBox(order?.[i] ?? i), inBackend, onStage, signal)
      }),
    )
  }

  /** Box number i: the last axis is the fastest. */
  #partsOfBox(i: number): Part[] {
    const parts: Part[] = []
    let remaining = i
    for (let axis = this.#parts.length - 1; axis >= 0; axis--) {
      const { length } = this.#parts[axis]!
      parts[axis] = this.#parts[axis]![remaining % length]!
      remaining = Math.floor(remaining / length)
    }
    return parts
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
    const slices = windowSlices(order, runs, input.data.BYTES_PER_ELEMENT)
    return inOrder(slices.length, (i) =>
      after(pace.rest(signal), () => copyWindow(order, slices[i]!, from, to())),
    )
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
    const slices = resultSlices(order, counts, to.data.BYTES_PER_ELEMENT)
    return inOrder(slices.length, (i) =>
      after(pace.rest(signal), () => {
        const [slice, place] = [slices[i]!, from()]
        copyResults(
          ...([order, slice.counts] as const),
          { data: place.data, at: place.at + slice.from },
          { data: to.data, at: to.at + slice.to },
        )
      }),
    )
  }

  dispose(): void {
    this.#executable.dispose()
    this.#copiesIn?.release()
    this.#copiesOut?.release()
  }
}

/** What the boxes read and write along each axis. */
function partsOf({ geometry: g }: Problem, { starts, batch, outputs, box }: Cut): Part[][] {
  const items = starts[0]!.map((start) => partInside(start, batch, g.batch))
  const channels = [{ ...partInside(0, g.channels, g.channels), results: g.filters }]
  const axes = g.axes.map((axis, a) =>
    starts[a + 1]!.map((start): Part => {
      const window = box.windows[a]!
      const by = (start * axis.stride) / axis.inputDilation
      const runs = runsOf(window, by, axis.input)
      return {
        ...partInside(start, outputs[a]!, axis.output),
        runs,
        firstSample: window.first + by,
        isInside: runs.length === 1 && runs[0]!.source === window.first + by,
      }
    }),
  )
  return [items, channels, ...axes]
}

function partInside(start: number, size: number, extent: number): Part {
  const results = Math.min(size, extent - start)
  const leaves = results < size
  return {
    runs: runsInside([start, start + size], extent),
    ...{ firstSample: start, isInside: !leaves, firstResult: start, results, leaves },
  }
}

const offsetOf = (
  { offset }: NdArray,
  strides: readonly number[],
  indexAlong: (axis: number) => number,
): number => strides.reduce((at, stride, a) => at + stride * indexAlong(a), offset)

/**
 * Returns the offset of element `at` from the start of its word, in elements. `at` may be negative,
 * before the start of the array.
 */
function offsetInWord({ data }: NdArray, at: number): number {
  const bytes = data.BYTES_PER_ELEMENT
  return modulo(data.byteOffset / bytes + at, wordBytes / bytes)
}
