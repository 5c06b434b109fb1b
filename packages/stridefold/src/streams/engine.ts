/**
 * A kernel at work: its head, its levels, and its place in the signal. Reads samples from the
 * history, so it may be behind the stream while it is prepared, and catches up.
 */

import { Head } from './head.ts'
import type { Heap } from './heap.ts'
import type { History } from './history.ts'
import { type StreamKernel, tapsStart } from './kernel.ts'
import { type StreamLayout, streamLayout } from './layout.ts'
import { Level } from './level.ts'
import type { UnsteadySamples } from './unsteady.ts'

export class Engine {
  readonly kernel: StreamKernel
  readonly layout: StreamLayout
  readonly latency: number
  readonly #heap: Heap
  readonly #head: Head | undefined
  readonly #levels: readonly Level[]
  /** The time of the stream at which this engine began. */
  #start = 0
  /** Samples since then. */
  #position = 0

  constructor(heap: Heap, kernel: StreamKernel, latency: number, blockSize: number) {
    const { taps, inputs, outputs } = kernel
    this.#heap = heap
    this.kernel = kernel
    this.latency = latency
    this.layout = streamLayout({ taps, latency, blockSize, inputs, outputs })
    const { head, block, levels } = this.layout
    this.#head = head > 0 ? new Head(heap, kernel, block, head) : undefined
    this.#levels = levels.map((level) => new Level(heap, kernel, level))
  }

  /** Everything that does not depend on samples. Yields after each piece of work. */
  *prepare(): Generator<void, void> {
    if (this.#head !== undefined) yield* this.#head.prepare(this.latency)
    for (const level of this.#levels) yield* level.prepare(this.latency)
  }

  /** The samples before a time that its outputs from then on depend on. */
  get reach(): number {
    return this.latency + this.kernel.taps + this.largestBlock
  }

  get largestBlock(): number {
    return this.#levels.at(-1)?.layout.size ?? this.layout.block
  }

  /** The time of the stream up to which it has taken samples. */
  get time(): number {
    return this.#start + this.#position
  }

  /** Begins so early that outputs from `time` on are complete. */
  startBefore(time: number): void {
    const size = this.largestBlock
    this.#start = Math.max(0, Math.floor((time - this.latency - this.kernel.taps) / size) * size)
    this.#position = 0
  }

  /** The most samples that the next `advance` may take. */
  get room(): number {
    const { block } = this.layout
    return block - (this.#position % block)
  }

  /**
   * Takes the next n samples. `until`: results before this time of the stream are not needed; 0
   * where all are.
   */
  advance(history: History, n: number, until: number): void {
    const { block } = this.layout
    const [position, time] = [this.#position, this.time]
    const needed = until - this.#start
    const isSkipped = position + n <= needed
    this.#head?.write(history, time, position % block, n)
    for (let l = 0; l < this.#levels.length; l++) {
      const level = this.#levels[l]!
      const at = position % level.layout.size
      level.write(history, time, at, n)
      // The results of the block before are due before those of this block.
      level.advance(at + n)
    }
    if (!isSkipped) this.#head?.run(position % block, n)
    this.#position = position + n
    if (this.#position % block > 0) return
    this.#head?.complete()
    for (let l = 0; l < this.#levels.length; l++) {
      const level = this.#levels[l]!
      if (this.#position % level.layout.size === 0) level.complete(needed)
    }
  }

  /** Writes the results of the latest n samples to `out[at …]`. */
  read(out: Float32Array, at: number, n: number, output: number, unsteady: UnsteadySamples): void {
    const { floats } = this.#heap
    const first = this.#position - n
    const inBlock = first % this.layout.block
    const head = this.#head === undefined ? -1 : this.#head.results(output) + inBlock
    for (let k = 0; k < n; k++) out[at + k] = head < 0 ? 0 : floats[head + k]!
    for (let l = 0; l < this.#levels.length; l++)
      this.#addLevel(this.#levels[l]!, out, at, n, output)
    if (unsteady.isEmpty) return
    const { inputs, outputs, taps, values } = this.kernel
    const group = Math.floor(output / outputs)
    for (let i = 0; i < inputs; i++) {
      const start = tapsStart(this.kernel, group, output % outputs, i)
      const channel = group * inputs + i
      unsteady.addTo(out, at, this.time - n, n, channel, values, start, taps, this.latency)
    }
  }

  #addLevel(level: Level, out: Float32Array, at: number, n: number, output: number): void {
    const { floats } = this.#heap
    const { size, from } = level.layout
    for (let k = 0; k < n; ) {
      const time = this.#position - n + k
      const inBlock = time < from ? time - from : (time - from) % size
      const end = Math.min(n, k + (time < from ? -inBlock : size - inBlock))
      const results = level.results(output, time)
      if (results < 0) k = end
      else for (let j = results + inBlock; k < end; k++, j++) out[at + k]! += floats[j]!
    }
  }

  /** Forgets all samples, and begins at time 0. */
  reset(): void {
    this.#head?.reset()
    for (const level of this.#levels) level.reset()
    this.#start = 0
    this.#position = 0
  }

  release(): void {
    this.#head?.release()
    for (const level of this.#levels) level.release()
  }
}
