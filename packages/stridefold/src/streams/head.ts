/** The direct sum over the newest samples of all groups (head-program.ts). */

import type { PlacedStage } from '../backends/wasm/placed-program.ts'
import { headBuffers, headProgram, windowLength } from './head-program.ts'
import { FloatBlock, type Heap, padded } from './heap.ts'
import type { History } from './history.ts'
import { type StreamKernel, tapsStart } from './kernel.ts'

export class Head {
  readonly #heap: Heap
  readonly #block: number
  readonly #taps: number
  readonly #floats: FloatBlock
  readonly #stages: readonly PlacedStage[]
  readonly #slots: { readonly recent: number; readonly window: number }
  /** The newest block of samples of input c, after the block before it. */
  readonly #recent: number
  /** The results of the newest block, for each output. */
  readonly #results: number
  readonly #kernels: number
  readonly #kernel: StreamKernel

  /** Sums over lags below `taps`, in blocks of `block` samples. */
  constructor(heap: Heap, kernel: StreamKernel, block: number, taps: number) {
    const { groups, inputs, outputs, shared } = kernel
    this.#heap = heap
    this.#kernel = kernel
    this.#block = block
    this.#taps = taps
    const kernelFloats = padded(outputs * inputs * taps)
    const sets = shared ? 1 : groups
    this.#floats = new FloatBlock(
      heap,
      groups * (inputs * 2 + outputs) * block + sets * kernelFloats,
    )
    this.#recent = this.#floats.part(groups * inputs * 2 * block)
    this.#results = this.#floats.part(groups * outputs * block)
    this.#kernels = this.#floats.part(sets * kernelFloats)
    const form = { inputs, outputs, taps, inputStride: 2 * block, outputStride: block }
    const program = heap.program('head', form, headProgram, headBuffers)
    this.#stages = Array.from({ length: groups }, (_, g) =>
      program.stage('sum', {
        recent: 0,
        kernel: 4 * (this.#kernels + (shared ? 0 : g) * kernelFloats),
        window: 0,
      }),
    )
    const [first] = this.#stages
    this.#slots = { recent: first!.slotOf('recent'), window: first!.slotOf('window') }
  }

  /** Writes the taps. `latency` is the lag of the first one. */
  *prepare(latency: number): Generator<void, void> {
    yield* this.#floats.clear()
    const { groups, inputs, outputs, shared, values, taps } = this.#kernel
    const floats = this.#heap.floats
    const [sets, kernelFloats] = [shared ? 1 : groups, padded(outputs * inputs * this.#taps)]
    for (let g = 0; g < sets; g++)
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < inputs; i++) {
          const to = this.#kernels + g * kernelFloats + (o * inputs + i) * this.#taps
          const from = tapsStart(this.#kernel, g, o, i)
          const count = Math.min(taps, this.#taps - latency)
          for (let t = 0; t < count; t++) floats[to + latency + t] = values[from + t]!
        }
  }

  /** Takes the samples of n times from `time` on. They are at `at` in their block. */
  write(history: History, time: number, at: number, n: number): void {
    const floats = this.#heap.floats
    for (let c = 0; c < history.channels; c++)
      history.copy(c, time, n, floats, this.#recent + (2 * c + 1) * this.#block + at)
  }

  /** Computes the results [at, at + n) of the newest block. */
  run(at: number, n: number): void {
    const { inputs, outputs } = this.#kernel
    const [block, taps] = [this.#block, this.#taps]
    for (let w = at - (at % windowLength); w < at + n; w += windowLength) {
      for (let g = 0; g < this.#stages.length; g++) {
        const stage = this.#stages[g]!
        const recent = this.#recent + (2 * g * inputs + 1) * block + w - (taps - 1)
        stage.move(this.#slots.recent, 4 * recent)
        stage.move(this.#slots.window, 4 * (this.#results + g * outputs * block + w))
        stage.run(0, 1)
      }
    }
  }

  /** Where the results of an output begin, as an index into the floats of the heap. */
  results(output: number): number {
    return this.#results + output * this.#block
  }

  /** The newest block is complete: the next one begins. */
  complete(): void {
    const floats = this.#heap.floats
    const inputs = this.#kernel.inputs * this.#kernel.groups
    for (let c = 0; c < inputs; c++) {
      const start = this.#recent + 2 * c * this.#block
      floats.copyWithin(start, start + this.#block, start + 2 * this.#block)
    }
  }

  /** Forgets all samples. */
  reset(): void {
    const { groups, inputs } = this.#kernel
    this.#heap.floats.fill(0, this.#recent, this.#recent + groups * inputs * 2 * this.#block)
  }

  release(): void {
    this.#floats.release()
  }
}
