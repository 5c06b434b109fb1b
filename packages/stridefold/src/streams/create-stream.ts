/** Makes streams. Calls do not need this file, so a page that only calls does not load it. */

import { wasmFeatures } from '../backends/wasm/features.ts'
import { UnavailableError } from '../errors.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import { validateOptions } from '../ndarray/options.ts'
import { checkedCount, readKernel } from './kernel.ts'
import { ConvolutionStream } from './stream.ts'

/** Options of `createStream`. */
export interface StreamOptions {
  /**
   * The number of channels, for a kernel of shape [taps], which filters each of them. Default 1.
   * Kernels of other shapes say it; then it must be equal.
   */
  readonly channels?: number
  /**
   * The samples of a usual call of `process`. Calls may have any length; their work is most even
   * for multiples of the largest power of two up to this number, from 32 to 256. Default 128, as in
   * an AudioWorklet.
   */
  readonly blockSize?: number
  /**
   * Samples by which all results come later: the stream begins with so many zeros. Default 0. From
   * `blockSize` on it saves the direct sum over the newest samples, and allows larger transforms.
   */
  readonly latency?: number
}

/**
 * Returns a stream: it convolves a signal that comes in blocks of any length, such as sound. The
 * results are `latency` zeros, then `convolve(signal, kernel, { mode: 'full' })` of the whole
 * signal, in float32, within the error bound of algorithm `fft`. How the signal is cut changes no
 * bit.
 *
 * - `kernel`: an array of shape [taps], the same for each channel; [channels, taps]; or [outputs,
 *   inputs, taps], where each output is the sum over all inputs (true stereo is 2 × 2). It is
 *   copied and converted to float32.
 * - `options`: channels (default 1), blockSize (128), latency (0); `StreamOptions` describes each
 *   of them.
 *
 * `process(samples)` returns as many results, `flush()` the last ones, `setKernel(kernel)`
 * exchanges the kernel without a click. Works at once in both entry points, on the calling thread.
 *
 * A long kernel is cut into partitions that are convolved by FFT, small ones for the newest samples
 * and large ones for older samples. The work of large ones is spread over many calls, so that all
 * take about the same time. A reverberation of 10 s in stereo at 48 kHz takes 2 % of a core (AMD
 * EPYC, Node 20), and 40 bytes for each tap and channel.
 *
 * Throws `OptionError` for a shape that is no kernel (`SHAPE_MISMATCH`), for a tap that is not
 * finite or exceeds 2¹⁰⁰ (`KERNEL_NOT_FINITE`), for other channels than those of the kernel
 * (`CHANNELS_MISMATCH`), and for options that are not valid. Throws `UnavailableError` without
 * WebAssembly SIMD (`NO_WASM`, `WASM_FORBIDDEN`, `NO_WASM_SIMD`), or without enough memory
 * (`OUT_OF_MEMORY`). Call `dispose()` when it is no longer needed; `close()` does not end streams.
 *
 * Source: W. G. Gardner, Efficient convolution without input-output delay, 1995.
 *
 * @example
 * const stream = createStream([[1, 0.5], [1, -1]])
 * const [left, right] = stream.process([new Float32Array([2, 4]), new Float32Array([2, 4])])
 * left // [2, 5]
 * right // [2, 2]
 */
export function createStream(kernel: ArrayInput, options?: StreamOptions): ConvolutionStream {
  const given = validateOptions('createStream', options, ['channels', 'blockSize', 'latency'])
  const { channels, blockSize = 128, latency = 0 } = given
  const count = (name: string, value: unknown, least: number): number =>
    checkedCount('createStream', name, value, least)
  const settings = {
    kernel: readKernel(
      'createStream',
      kernel,
      channels === undefined ? undefined : count('channels', channels, 1),
    ),
    blockSize: count('blockSize', blockSize, 1),
    latency: count('latency', latency, 0),
  }
  const { missing } = wasmFeatures()
  if (missing !== undefined) {
    throw new UnavailableError(
      missing.code,
      `createStream needs WebAssembly SIMD, but ${missing.why}. Call convolve() with the whole ` +
        'signal instead.',
    )
  }
  return new ConvolutionStream(settings)
}
