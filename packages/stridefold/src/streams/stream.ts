/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A stream: a convolution whose samples come and go in blocks of any length.
 *
 *   samples ─► history ─► engine of the kernel ──────────────► results
 *                    └──► engine of a new kernel ─ crossfade ─┘
 */

import { stagingMemory } from '../backends/wasm/memories.ts'
import { OptionError } from '../errors.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import { type DuplexClass, duplexOf, transformStreamOf } from './adapters.ts'
import { Engine } from './engine.ts'
import { Heap } from './heap.ts'
import { History } from './history.ts'
import { readKernel, type StreamKernel } from './kernel.ts'
import { Mixer } from './mixer.ts'
import { channelsError, checkSamples, isFloats, Results } from './samples.ts'
import { Exchange, readSetKernel } from './set-kernel.ts'
import type { SetKernelOptions } from './set-kernel-options.ts'
import { isSteady, UnsteadySamples } from './unsteady.ts'

/** Checked settings of a stream. */
export interface StreamSettings {
  readonly kernel: StreamKernel
  readonly latency: number
  readonly blockSize: number
}

/** Samples by which a gradual exchange of kernels may be behind. */
const slack = 65536

/**
 * A convolution of a signal that comes in blocks. Made by `createStream`.
 */
export class ConvolutionStream {
  readonly #settings: StreamSettings
  readonly #heap: Heap
  readonly #history: History
  readonly #unsteady: UnsteadySamples
  readonly #results: Results
  #mixer: Mixer | undefined
  #exchange: Exchange | undefined
  /** The number of samples of the signal so far. */
  #time = 0
  /** Whether the latest samples came in one array. The array is kept in a list. */
  #isSingle: boolean
  readonly #single: Float32Array[] = []

  constructor(settings: StreamSettings) {
    const { kernel, latency, blockSize } = settings
    this.#settings = settings
    this.#heap = new Heap(stagingMemory())
    const engine = new Engine(this.#heap, kernel, latency, blockSize)
    for (const _ of engine.prepare());
    this.#mixer = new Mixer(engine)
    this.#history = new History(this.inputs, engine.reach + slack)
    this.#unsteady = new UnsteadySamples(this.inputs)
    this.#results = new Results(this.outputs, blockSize)
    this.#isSingle = this.inputs === 1 && this.outputs === 1
    // Not in a static block: bundlers would keep the class in pages that never use it.
    if (typeof Symbol.dispose === 'symbol')
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() })
  }

  /** The number of input channels. */
  get inputs(): number {
    const { groups, inputs } = this.#settings.kernel
    return groups * inputs
  }

  /** The number of output channels. */
  get outputs(): number {
    const { groups, outputs } = this.#settings.kernel
    return groups * outputs
  }

  /** The zeros before the first result, in samples. */
  get latency(): number {
    return this.#settings.latency
  }

  /** The number of taps of the kernel that was set last. */
  get taps(): number {
    return (this.#exchange?.engine ?? this.#open().newest).kernel.taps
  }

  /**
   * Takes the next samples, and returns as many results. How a signal is cut into calls changes no
   * bit of them.
   *
   * - `samples`: a Float32Array for one channel, or a list with one for each input channel. Any
   *   length, also 0; a call of another length than before makes its arrays.
   *
   * Returns one array for one array, and a list with one for each output channel for a list. They
   * belong to the stream: the next call overwrites them. Calls allocate nothing more.
   *
   * A NaN or an infinity in a sample reaches the results that the definition gives it to, and no
   * others. There is place for 32 such samples within a kernel; after that, all results under their
   * taps are NaN. The same holds for samples above 2¹⁰⁰.
   *
   * Throws `OptionError` for something else than Float32Arrays (`SAMPLES_INVALID`), for another
   * number of channels (`CHANNELS_MISMATCH`), for channels of different lengths
   * (`SHAPE_MISMATCH`), and after `dispose()` (`STREAM_DISPOSED`).
   *
   * @example
   * const stream = createStream([1, 10, 100])
   * stream.process(new Float32Array([1, 2])).slice() // [1, 12]
   * stream.process(new Float32Array([3])) // [123]
   */
  process(samples: Float32Array): Float32Array
  process(samples: readonly Float32Array[]): readonly Float32Array[]
  process(samples: Float32Array | readonly Float32Array[]): Float32Array | readonly Float32Array[] {
    const mixer = this.#open()
    this.#isSingle = isFloats(samples)
    if (!isFloats(samples)) {
      checkSamples(samples, this.inputs)
      return this.#run(mixer, samples, samples[0]!.length)
    }
    if (this.inputs > 1) throw channelsError('one array', this.inputs)
    if (this.outputs > 1) {
      throw new OptionError(
        'CHANNELS_MISMATCH',
        `process: one array came, but the stream has ${this.outputs} output channels. Give a ` +
          'list with the array, and a list comes back.',
      )
    }
    this.#single[0] = samples
    return this.#run(mixer, this.#single, samples.length)[0]!
  }

  /**
   * Ends the signal: returns the last latency + taps − 1 results, for which no samples come, and
   * begins anew as `reset()` does. In the form of the latest `process`: an array, or a list.
   *
   * Throws `OptionError` after `dispose()` (`STREAM_DISPOSED`).
   *
   * @example
   * const stream = createStream([1, 10, 100])
   * stream.process(new Float32Array([1, 2])).slice() // [1, 12]
   * stream.flush() // [120, 200]
   */
  flush(): Float32Array | readonly Float32Array[] {
    const mixer = this.#open()
    const taps = mixer.engines.reduce((most, { kernel }) => Math.max(most, kernel.taps), this.taps)
    const results = this.#run(mixer, undefined, this.latency + taps - 1)
    this.reset()
    return this.#isSingle ? results[0]! : results
  }

  /**
   * Exchanges the kernel. The results of the new one take over within a crossfade, so there is no
   * click. They are those of the new kernel for the whole signal, also for samples before.
   *
   * - `kernel`: of any length, and for the same channels. Shapes as in `createStream`. A kernel
   *   longer than those before finds only the samples that the stream still has: as many as they
   *   had taps.
   * - `options`: crossfade (default 1024 samples) and gradual (false); `SetKernelOptions` describes
   *   them.
   *
   * Throws `OptionError` for a kernel of other channels (`CHANNELS_MISMATCH`), for a shape that is
   * no kernel (`SHAPE_MISMATCH`), for a tap that is not finite (`KERNEL_NOT_FINITE`), for options
   * that are not valid, and after `dispose()` (`STREAM_DISPOSED`). Throws `UnavailableError`
   * (`OUT_OF_MEMORY`) if there is no memory for both kernels. Takes about 0.1 ms for each 1000
   * taps, and `process` takes twice its time until the crossfade ends.
   *
   * @example
   * const stream = createStream([1, 0])
   * stream.process(new Float32Array([1, 2])).slice() // [1, 2]
   * stream.setKernel([0, 10], { crossfade: 0 })
   * stream.process(new Float32Array([3, 4])) // [20, 30]
   */
  setKernel(kernel: ArrayInput, options?: SetKernelOptions): void {
    const mixer = this.#open()
    const { crossfade, gradual } = readSetKernel(options)
    const next = this.#readKernel(kernel)
    this.#exchange?.engine.release()
    this.#exchange = undefined
    const { latency, blockSize } = this.#settings
    const engine = new Engine(this.#heap, next, latency, blockSize)
    this.#history.extend(engine.reach + slack, this.#time)
    this.#exchange = new Exchange(engine, crossfade, this.#history, () => this.#time)
    if (!gradual) this.#finishExchange(mixer)
  }

  /**
   * Forgets all samples: the next one is the first of a new signal. A crossfade ends at once. Costs
   * little.
   *
   * Throws `OptionError` after `dispose()` (`STREAM_DISPOSED`).
   *
   * @example
   * const stream = createStream([1, 10])
   * stream.process(new Float32Array([1])).slice() // [1]
   * stream.reset()
   * stream.process(new Float32Array([2])) // [2]
   */
  reset(): void {
    const mixer = this.#open()
    this.#finishExchange(mixer)
    mixer.end()
    mixer.newest.reset()
    this.#history.clear()
    this.#unsteady.clear()
    this.#time = 0
  }

  /**
   * Returns a TransformStream of the web: chunks are what `process` takes, and new arrays come out.
   * Its end is a `flush()`. One signal at a time: do not call `process` meanwhile.
   *
   * Throws `OptionError` after `dispose()` (`STREAM_DISPOSED`). Chunks that `process` rejects make
   * it fail with the same errors.
   *
   * @example
   * const { readable, writable } = createStream([1, 10]).toTransformStream()
   * const [writer, reader] = [writable.getWriter(), readable.getReader()]
   * void writer.write(new Float32Array([1, 2]))
   * const { value } = await reader.read()
   * value // [1, 12]
   */
  toTransformStream(): TransformStream<
    Float32Array | readonly Float32Array[],
    Float32Array | readonly Float32Array[]
  > {
    this.#open()
    return transformStreamOf(this)
  }

  /**
   * Returns a Duplex of Node: bytes in and out, as in a file or a pipe. Samples are float32,
   * little-endian, interleaved: one of each channel, then the next of each. Its end is a `flush()`.
   *
   * - `Duplex`: the class of `node:stream`, which this library does not import.
   *
   * It holds one block of samples at a time. The stream fails with `OptionError`
   * (`SAMPLES_INVALID`) if the bytes end within a sample. Throws `OptionError` after `dispose()`
   * (`STREAM_DISPOSED`).
   *
   * @example
   * const duplex = createStream([1, 10]).toDuplex(Duplex)
   * duplex.end(new Uint8Array(new Float32Array([1, 2]).buffer))
   * const chunks = await duplex.toArray()
   * chunks.map((bytes) => bytes.length) // [8, 4]
   */
  toDuplex<Duplex>(Duplex: DuplexClass<Duplex>): Duplex {
    this.#open()
    return duplexOf(this, Duplex)
  }

  /**
   * Frees the memory of the stream. Later calls throw `OptionError` (`STREAM_DISPOSED`). Results
   * stay valid. Never throws.
   *
   * @example
   * const stream = createStream([1])
   * stream.dispose()
   * stream.inputs // 1
   */
  dispose(): void {
    this.#exchange?.engine.release()
    this.#mixer?.release()
    this.#heap.release()
    this.#exchange = undefined
    this.#mixer = undefined
  }

  /**
   * The same as `dispose()`, for `using`. Missing in engines without `Symbol.dispose`. Never
   * throws.
   *
   * @example
   * const stream = createStream([1])
   * stream[Symbol.dispose]?.()
   * stream.inputs // 1
   */
  declare readonly [Symbol.dispose]: () => void

  /** The results of n samples. `samples` undefined: of zeros. */
  #run(
    mixer: Mixer,
    samples: readonly Float32Array[] | undefined,
    n: number,
  ): readonly Float32Array[] {
    const results = this.#results.ofLength(n)
    for (let at = 0; at < n; ) {
      const count = Math.min(n - at, mixer.room)
      this.#write(samples, at, count)
      mixer.run(this.#history, this.#unsteady, results, at, count)
      this.#time += count
      at += count
      this.#unsteady.forget(this.#time - mixer.reach)
      if (this.#exchange?.advance(count) === true) this.#endExchange(mixer, this.#exchange)
    }
    return results
  }

  /** Takes the samples [at, at + n) into the history. */
  #write(samples: readonly Float32Array[] | undefined, at: number, n: number): void {
    for (let c = 0; c < this.inputs; c++) {
      const channel = samples?.[c]
      for (let k = 0; k < n; k++) {
        const value = channel === undefined ? 0 : channel[at + k]!
        const steady = isSteady(value)
        if (!steady) this.#unsteady.add(this.#time + k, c, value)
        this.#history.write(c, this.#time + k, steady ? value : 0)
      }
    }
  }

  #finishExchange(mixer: Mixer): void {
    if (this.#exchange === undefined) return
    this.#exchange.finish()
    this.#endExchange(mixer, this.#exchange)
  }

  #endExchange(mixer: Mixer, { engine, crossfade }: Exchange): void {
    mixer.add(engine, crossfade)
    this.#exchange = undefined
  }

  #readKernel(kernel: ArrayInput): StreamKernel {
    const next = readKernel('setKernel', kernel, this.inputs)
    const outputs = next.groups * next.outputs
    if (outputs === this.outputs) return next
    throw new OptionError(
      'CHANNELS_MISMATCH',
      `setKernel: the kernel makes ${outputs} outputs, but the stream has ${this.outputs}. Make ` +
        'a new stream for another number of channels.',
    )
  }

  #open(): Mixer {
    if (this.#mixer !== undefined) return this.#mixer
    throw new OptionError(
      'STREAM_DISPOSED',
      'this stream was disposed of and cannot run. Make a new one with createStream().',
    )
  }
}
