/**
 * The entry point for AudioWorklets: a processor that convolves sound. The file has no imports, so
 * a page adds it by its address.
 *
 *   await context.audioWorklet.addModule(address)
 *   const node = new AudioWorkletNode(context, processorName, {
 *     outputChannelCount: [2],
 *     processorOptions: { kernel: { data, shape: [2, taps] } },
 *   })
 *
 * A new kernel goes to `node.port`. It is prepared in pieces, so that no call takes long.
 */

import type { ArrayInput } from './ndarray/interop.ts'
import { createStream, type StreamOptions } from './streams/create-stream.ts'
import type { ConvolutionStream } from './streams/stream.ts'

/** The name of the processor, for `new AudioWorkletNode`. */
export const processorName = 'stridefold-convolver'

/** `processorOptions` of the node. */
export interface ConvolverOptions extends StreamOptions {
  /** The kernel, as in `createStream`. */
  readonly kernel: ArrayInput
}

/** What a page posts to the port of the node. */
export type ConvolverMessage =
  /** A new kernel, which takes over within a crossfade: default 1024 samples. */
  | { readonly kernel: ArrayInput; readonly crossfade?: number }
  /** Forgets all samples. */
  | { readonly reset: true }
  /** Ends the processor and frees its memory. */
  | { readonly dispose: true }

/** What the processor posts if a message is not valid: the error of the stream. */
export interface ConvolverError {
  readonly code: string
  readonly message: string
}

interface WorkletScope {
  readonly AudioWorkletProcessor: new () => { readonly port: MessagePort }
  registerProcessor(name: string, processor: new (options: never) => object): void
}

/** Registers the processor. In a page there is nothing to register it with. */
function register({ AudioWorkletProcessor, registerProcessor }: WorkletScope): void {
  class Convolver extends AudioWorkletProcessor {
    #stream: ConvolutionStream | undefined
    readonly #samples: Float32Array[] = []
    /** The samples of an input that is not connected. */
    #silence = new Float32Array(0)

    constructor({ processorOptions }: { readonly processorOptions: ConvolverOptions }) {
      super()
      const { kernel, ...options } = processorOptions
      this.#stream = createStream(kernel, options)
      this.port.onmessage = ({ data }: MessageEvent<ConvolverMessage>) => this.#receive(data)
    }

    #receive(message: ConvolverMessage): void {
      try {
        if ('dispose' in message) {
          this.#stream?.dispose()
          this.#stream = undefined
        } else if ('reset' in message) this.#stream?.reset()
        else {
          const { kernel, ...options } = message
          this.#stream?.setKernel(kernel, { ...options, gradual: true })
        }
      } catch (error) {
        const { code, message: text } = error as ConvolverError
        this.port.postMessage({ code, message: text } satisfies ConvolverError)
      }
    }

    process([input]: readonly Float32Array[][], [output]: readonly Float32Array[][]): boolean {
      const stream = this.#stream
      if (stream === undefined || output === undefined) return false
      const length = output[0]?.length ?? 0
      if (this.#silence.length !== length) this.#silence = new Float32Array(length)
      const { inputs } = stream
      for (let c = 0; c < inputs; c++) this.#samples[c] = input?.[c] ?? this.#silence
      const results = stream.process(this.#samples)
      for (let c = 0; c < output.length && c < results.length; c++) output[c]!.set(results[c]!)
      return true
    }
  }
  registerProcessor(processorName, Convolver)
}

const scope = globalThis as unknown as Partial<WorkletScope>
if (scope.registerProcessor !== undefined) register(scope as WorkletScope)
