/**
 * Which options does a call take, and what does each one mean?
 *
 * This file contains only types and their documentation. `option-rules.ts` checks the values. An
 * option that is left out, or undefined, has its default.
 */

import type { Activation } from '../ndarray/activation.ts'
import type { DType } from '../ndarray/dtype.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import type { MemoryKind } from '../ndarray/memory.ts'
import type { Boundary } from './boundary.ts'
import type { Library } from './boundary-names.ts'
import type { Mode, PaddingName, Sides } from './padding.ts'

/** One value for every axis, or a list with one per axis. */
export type PerAxis<T> = T | readonly T[]

/**
 * A border: one of stridefold's names, which are NumPy's, or the name in another library with that
 * library before it: `'scipy:reflect'`, `'opencv:REFLECT_101'`, `'torch:circular'`.
 */
export type BoundaryOption = Boundary | `${Library}:${string}`

/**
 * Padding in samples. One number pads both sides of every axis. A list has one entry per axis: a
 * number for both sides, or `[before, after]`. Negative numbers crop. With one axis, `[1, 2]` means
 * 1 before and 2 after.
 */
export type PaddingSamples = number | readonly (number | Sides)[]

/**
 * Options that every call takes: how it computes, and what it returns. `D` and `Out` are the types
 * of `dtype` and `out`, from which the type of the result follows.
 */
export interface RunOptions<D extends DType = DType, Out extends object = object> {
  /**
   * The algorithm. Default `'auto'`: the planner predicts the time of each algorithm and takes the
   * fastest. Name one to compare algorithms, or to keep the choice fixed; `algorithms()` lists the
   * names. Throws `OptionError` with the reason if the named algorithm cannot compute the problem
   * (`ALGORITHM_REFUSED`), or if there is none of this name (`ALGORITHM_UNKNOWN`).
   */
  readonly algorithm?: string
  /**
   * Which algorithms may run, by the size of their rounding errors. Default `'fast'`.
   * - `'fast'`: all of them. The error of a result is at most c·ε·max|x|·Σ|k|. Here max|x| is the
   *   largest sample, and Σ|k| sums the magnitudes of one filter's weights. ε is 2⁻²³ for sums in
   *   float32 and 2⁻⁵² in float64. c depends on the algorithm: for the direct sum it is channels
   *   per group × taps + 2, for `fft` and `winograd` it is larger. Example: the direct sum of a
   *   3×3 filter in float32 is within 1.4·10⁻⁶·max|x|·Σ|k|. Small results beside large samples
   *   can therefore have a large relative error.
   * - `'strict'`: only algorithms whose bound is at most that of the direct sum, in every polyphase
   *   component; never `fft`. Use it if a larger error is not acceptable. Can be several times
   *   slower for large kernels.
   *
   * An integer `dtype` needs no `'strict'`. Results are exact with both values if the input and
   * `dtype` are integer types, all weights are multiples of some 2⁻ᵐ, and the sums fit: the largest
   * value of the input's type times Σ|k| must stay below 2²⁴·2⁻ᵐ (2⁵³·2⁻ᵐ in float64).
   */
  readonly accuracy?: 'fast' | 'strict'
  /**
   * How `'auto'` finds the fastest algorithm. Default `'predict'`.
   * - `'predict'`: by the planner's cost model alone.
   * - `'measure'`: the first call of a problem also runs every algorithm that is predicted to take
   *   at most three times as long as the fastest, on arrays of its shapes, and keeps the fastest.
   *   Later calls of the problem with `'measure'` take it at once. Use it for a call that runs
   *   often: the first one takes up to half a second longer, or some runs of each algorithm.
   *   `saveTuning()` and `loadTuning(json)` carry the choices to another process. A plan measures
   *   when it is made. With a named algorithm there is nothing to measure.
   *
   * Throws `OptionError` together with `deterministic` (`OPTION_CONFLICT`): a measurement may lead
   * to another choice on every machine.
   */
  readonly tune?: 'predict' | 'measure'
  /**
   * If true, results have the same bits on every machine and in every engine, as long as the
   * backend is the same. `js` and `wasm` agree within the error bound only. The bits of a NaN may
   * differ. Default false: results have the same bits on one machine in one engine; elsewhere they
   * may differ within the error bound. Use it for reproducible experiments and for hashes.
   * Throws together with `tune: 'measure'`, and while a calibration is loaded (`OPTION_CONFLICT`).
   * Turns fused multiply-add off: the peak is 44 instead of 65 GFLOP/s (one core of an Intel Xeon
   * with AVX-512, 2026-11-20).
   */
  readonly deterministic?: boolean
  /**
   * What executes the call: generated WebAssembly SIMD (`'wasm'`), plain JavaScript (`'js'`), or
   * shaders on the GPU (`'webgpu'`; only in calls of 'stridefold'; docs/webgpu.md). Default
   * `'auto'`: the GPU for arrays that lie there, else `wasm`, and `js` only if `wasm` cannot
   * compute the problem. Name one to compare them. Throws `UnavailableError` if this engine cannot
   * run the named one (`NO_WASM`, `NO_WASM_SIMD`, `WASM_FORBIDDEN`, `NO_GPU`).
   */
  readonly backend?: 'auto' | 'wasm' | 'js' | 'webgpu'
  /**
   * Largest number of threads, ≥ 1, the calling one included. Default `'auto'`: as many as pay, at
   * most as many as `configure` allows. Their number never changes a result. Set it to leave cores
   * to others. A call uses fewer if its work is small, and one until the workers have started
   * (docs/threads.md). Threads run in the `wasm` backend only.
   */
  readonly threads?: 'auto' | number
  /**
   * Largest workspace of a run, in bytes: copies of arrays, packed weights and scratch memory, but
   * not the arrays of the call. Default: no limit. Set it where memory is scarce. The planner takes
   * the fastest algorithm that fits. With 0 the call computes in place. Arrays on the JavaScript
   * heap then need the `js` backend: 0.8 instead of at least 40 GFLOP/s in the planner's table.
   * Throws `UnavailableError` (`MEMORY_LIMIT`) if nothing fits.
   */
  readonly memoryLimit?: number
  /**
   * Element type of the result. Default: the type in which the sums are formed, float32 or float64.
   * Integer types round half to even and saturate: in `'uint8'`, 2.5 becomes 2 and 300 becomes 255.
   * Use one to get bytes from bytes. If the sums themselves are rounded (see `accuracy`), a sum
   * close to n + ½ may round to the wrong integer. `'float16'` halves the memory of a result: the
   * sums are those of float32, rounded once, half to even (docs/exactness.md). It throws
   * `OptionError` (`OPTION_CONFLICT`) with a `memoryLimit`, which its copies would pass, and
   * `UnavailableError` (`NO_FLOAT16`) in an engine without Float16Array.
   */
  readonly dtype?: D
  /**
   * The array that receives the result; the call returns it. Default: a new array. Use it to avoid
   * an allocation per call. It needs the shape and the type of the result (`SHAPE_MISMATCH`,
   * `DTYPE_MISMATCH`). It must be writable (not a list of numbers; `OUT_READ_ONLY`), and may not
   * overlap the input, the kernel or the bias (`OUT_OVERLAPS`). A typed array has no shape: it
   * needs as many elements as the result, and receives them in row-major order.
   */
  readonly out?: Out
  /**
   * Where a new result lies: on the JavaScript heap (`'heap'`), in the memory of the backend
   * (`'backend'`), or on the GPU (`'gpu'`, only in calls of 'stridefold'). Later calls read it
   * there without a copy. Default: `'gpu'` if the input lies there, else `'heap'`. Use another one
   * between calls, and `read` to get the last result. Free it with `release()`, or it is freed some
   * time after its last use. Throws `UnavailableError` if there is not enough memory
   * (`OUT_OF_MEMORY`). Throws if `out` is given too.
   */
  readonly memory?: MemoryKind
  /**
   * Aborts the call. Default: none, the call cannot be aborted. Use it to drop work that nobody
   * waits for any more. A call of 'stridefold' rejects with the reason of the signal: at once if
   * it waits, or within 100 ms if workers compute it (docs/threads.md). While the calling thread
   * computes, the signal has no effect; afterwards `out` is unspecified. A call of
   * 'stridefold/sync' throws if the signal is aborted already.
   */
  readonly signal?: AbortSignal
  /**
   * If true, compares every element of the result with the definition, computed in float64, and
   * throws `InternalError` (`VERIFY_FAILED`) for the worst element that exceeds the error bound.
   * Default false. Use it in tests: it computes about 70 million products per second (Node 20).
   */
  readonly verify?: boolean
}

/** Options of plans and geometries of `convolve` and `correlate`: no sample may be missing. */
export interface SignalOptions<D extends DType = DType, Out extends object = object>
  extends RunOptions<D, Out> {
  /**
   * How far the kernel moves past the ends of the input. One value, or one per axis. Default
   * `'same'`. Below, n is the input extent and e = dilation·(k − 1) + 1 the effective kernel
   * extent. The numbers in brackets are the outputs of 10 samples and 4 taps.
   * - `'same'` or `'same-upper'`: n outputs, kernel centred (10). For even e the extra sample comes
   *   after (PyTorch).
   * - `'same-lower'`: the same, but the extra sample comes before (NumPy, SciPy signal, OpenCV).
   * - `'valid'`: n − e + 1 outputs, the kernel inside the input (7). Throws `WINDOW_TOO_LARGE` if
   *   e > n.
   * - `'full'`: n + e − 1 outputs, wherever kernel and input overlap (13).
   *
   * A stride s keeps every s-th of these outputs. Throws if `padding` is given too.
   *
   * An even kernel has no centre. Libraries put one sample more before or after the output, and
   * `convolve` and `correlate` of one library may differ. For 4 taps:
   *
   * | library | before, after | same numbers here |
   * |---|---|---|
   * | NumPy `convolve`, `correlate` | 2, 1 | `convolve`, `correlate` with `'same-lower'` |
   * | SciPy `signal.convolve`, `fftconvolve`, `convolve2d` | 2, 1 | `convolve`, `'same-lower'` |
   * | SciPy `signal.correlate` | 2, 1 | `correlate`, `'same-lower'` |
   * | SciPy `signal.correlate2d` | 1, 2 | `correlate`, `'same'` |
   * | SciPy `ndimage.correlate` | 2, 1 | `correlate`, `'same-lower'` |
   * | SciPy `ndimage.convolve` | 1, 2 | `convolve`, `'same'` |
   * | OpenCV `filter2D` | 2, 1 | `correlate`, `'same-lower'` |
   * | MATLAB `conv`, `conv2` | 1, 2 | `convolve`, `'same'` |
   * | MATLAB `imfilter` | 1, 2 | `correlate`, `'same'` |
   * | PyTorch, TensorFlow, ONNX SAME_UPPER | 1, 2 | `correlate` or a layer, `'same'` |
   *
   * `ndimage`, `filter2D` and `imfilter` also have their own default border: see `boundary`.
   */
  readonly mode?: PerAxis<Mode | 'same-upper'>
  /**
   * Samples to add before and after each axis of the input. Negative numbers crop. Default: what
   * `mode` needs. Use it for a padding that has no name. The sides do not swap when the kernel is
   * flipped. Throws if `mode` is given too.
   */
  readonly padding?: PaddingSamples
  /**
   * The values outside the input. One border, or one per axis. Default `'zero'`.
   * - `'zero'`: 0. `{ constant: v }`: the number v.
   * - `'edge'`: the last sample again: aa·abcd·dd.
   * - `'reflect'`: the input mirrored at the last sample: cb·abcd·cb.
   * - `'symmetric'`: the input mirrored behind the last sample: ba·abcd·dc.
   * - `'wrap'`: the input again: cd·abcd·ab.
   *
   * Use `'reflect'` or `'edge'` for images: `'zero'` darkens the outputs near the border. In a
   * corner, outside two axes, a constant wins over the other borders. Of two constants, that of the
   * earlier axis wins. `'zero'` counts as the constant 0.
   */
  readonly boundary?: PerAxis<BoundaryOption>
  /**
   * Step of the kernel from one output to the next, in samples, ≥ 1. One value, or one per axis.
   * Default 1. A stride s returns every s-th output of stride 1. Use it to shrink the result
   * without computing what is dropped.
   */
  readonly stride?: PerAxis<number>
  /**
   * Distance between the samples under two neighbouring weights, in samples, ≥ 1. One value, or one
   * per axis. Default 1: neighbours. A larger dilation widens the window without more weights (the
   * “à trous” algorithm).
   */
  readonly dilation?: PerAxis<number>
  /**
   * The axis of the input that contains the channels, such as −1 for an image of H×W×C; negative
   * numbers count from the end. Each channel is filtered separately. The rank of the kernel decides
   * with which weights. Default: none, every axis of the input is filtered.
   * - One axis less than the input: all channels share the kernel.
   * - The rank of the input: one kernel per channel, along the same axis of the kernel. Example: a
   *   kernel of kH×kW×3 with `channelAxis: -1` filters red, green and blue differently. Throws
   *   `CHANNELS_MISMATCH` if input and kernel differ in extent along that axis.
   *
   * Lists with one value per axis leave the channel axis out.
   */
  readonly channelAxis?: number
  /**
   * A number to add to every result, before it is rounded to `dtype`. Default 0. Example: 128 makes
   * the negative values of an edge filter visible in bytes.
   */
  readonly bias?: number
}

/** Options of calls in which samples may be missing. */
export interface MissingOptions {
  /**
   * Which samples of the input are missing. Default: none.
   * - `'nan'`: those that are NaN. An infinite sample is a value.
   * - An array: those where it is 0. It has the shape of the input; a typed array needs only as
   *   many elements. The values of missing samples are not read.
   *
   * A missing sample counts as the mean of the present samples under the kernel, each weighted with
   * |k|: y = Σ_present k·x + (Σ_missing k) · (Σ_present |k|·x / Σ_present |k|). The bias comes
   * after. For positive weights this is Σ_present k·x · Σk / Σ_present k (Knutsson and Westin 1993;
   * astropy's `nan_treatment='interpolate'`). A constant gives what it gives without holes. The
   * result is NaN where no weight meets a present sample. Borders repeat missing samples as such.
   *
   * Throws with an integer `dtype` (`OPTION_CONFLICT`), which has no NaN. If few samples are
   * missing, it costs a search and about half as much as the call besides; if many are, up to three
   * further convolutions, one for positive weights, and two passes (docs/missing.md).
   */
  readonly missing?: 'nan' | ArrayInput
  /**
   * The smallest part of the weights that must meet present samples, from 0 to 1: the result is NaN
   * where Σ_present |k| < minimumPresent · Σ|k|. Default 0. Use 0.5 to leave results out that would
   * be made of few samples.
   */
  readonly minimumPresent?: number
}

/** Options of `convolve` and `correlate`: filters for signals, images and volumes. */
export interface ConvolveOptions<D extends DType = DType, Out extends object = object>
  extends Omit<SignalOptions<D, Out>, 'boundary'>,
    MissingOptions {
  /**
   * The values outside the input. One border, or one per axis. Default `'zero'`.
   * - `'zero'`: 0. `{ constant: v }`: the number v.
   * - `'edge'`: the last sample again: aa·abcd·dd.
   * - `'reflect'`: the input mirrored at the last sample: cb·abcd·cb.
   * - `'symmetric'`: the input mirrored behind the last sample: ba·abcd·dc.
   * - `'wrap'`: the input again: cd·abcd·ab.
   * - `'missing'`: none; the samples outside are missing, see `missing`. Borders are then neither
   *   dark nor invented.
   *
   * Use `'reflect'` or `'edge'` for images: `'zero'` darkens the outputs near the border. In a
   * corner, outside two axes, a constant wins over the other borders. Of two constants, that of the
   * earlier axis wins. `'zero'` and `'missing'` count as constants.
   */
  readonly boundary?: PerAxis<BoundaryOption | 'missing'>
}

type Spatial = 'W' | 'HW' | 'DHW'

/**
 * Order of the axes of the input and the result: N is the batch, C the channels, and D, H, W the
 * spatial axes, as many as the layer has.
 */
export type Layout = 'channels-first' | 'channels-last' | `NC${Spatial}` | `N${Spatial}C`

/**
 * Order of the axes of a weight: O are the output channels, I the input channels, and D, H, W the
 * spatial axes, as many as the layer has. M is the channel multiplier of a depthwise layer.
 */
export type WeightLayout =
  | `OI${Spatial}`
  | `IO${Spatial}`
  | `O${Spatial}I`
  | `I${Spatial}O`
  | `${Spatial}IO`
  | `${Spatial}OI`
  | `${Spatial}IM`

/**
 * Options of `conv1d`, `conv2d` and `conv3d`: network layers. They correlate: the weight is not
 * flipped.
 */
export interface LayerOptions<D extends DType = DType, Out extends object = object>
  extends RunOptions<D, Out> {
  /**
   * One number per output channel, in any array of that length, added to every result of the
   * channel. Default: none. Throws `OptionError` (`BIAS_MISMATCH`) for another length.
   */
  readonly bias?: object
  /**
   * Step of the window from one output to the next, in samples, ≥ 1. One value, or one per axis.
   * Default 1. A stride of 2 halves the extents.
   */
  readonly stride?: PerAxis<number>
  /**
   * Samples to add before and after each spatial axis, or a name. Negative numbers crop. Default 0.
   * Use `'same'` to keep the extents, and `'causal'` for samples that follow each other in time.
   * Below, n is the input extent and e = dilation·(k − 1) + 1 the effective kernel extent.
   * - `'same'` or `'same-upper'`: ⌈n/stride⌉ outputs. An odd total puts the extra sample after
   *   (TensorFlow, ONNX's SAME_UPPER).
   * - `'same-lower'`: the same, but the extra sample comes before.
   * - `'valid'`: no padding, the same as 0.
   * - `'full'`: e − 1 samples on both sides.
   * - `'causal'`: e − 1 samples before and none after; an output reads no later sample.
   */
  readonly padding?: PaddingName | 'same-upper' | PaddingSamples
  /**
   * Distance between the samples under two neighbouring weights, in samples, ≥ 1. One value, or one
   * per axis. Default 1: neighbours. A larger dilation widens the window without more weights.
   */
  readonly dilation?: PerAxis<number>
  /**
   * Number of equal parts of the channels that are computed separately: part i of the output
   * channels reads only part i of the input channels. Default 1: each output channel reads all of
   * them. A depthwise layer has as many groups as input channels; this is the default with
   * weightLayout `'HWIM'`. Throws `OptionError` (`GROUPS_MISMATCH`) if it does not divide both
   * numbers of channels, and for another number with `'HWIM'`.
   */
  readonly groups?: number
  /**
   * The values outside the input. One border, or one per spatial axis. Default `'zero'`.
   * - `'zero'`: 0. `{ constant: v }`: the number v.
   * - `'edge'`: the last sample again: aa·abcd·dd.
   * - `'reflect'`: the input mirrored at the last sample: cb·abcd·cb.
   * - `'symmetric'`: the input mirrored behind the last sample: ba·abcd·dc.
   * - `'wrap'`: the input again: cd·abcd·ab.
   *
   * It matters only with padding. Use `'wrap'` for periodic data such as panoramas (PyTorch's
   * `padding_mode='circular'`).
   */
  readonly boundary?: PerAxis<BoundaryOption>
  /**
   * Order of the axes of the input and the result. `'channels-first'` is batch, channels, spatial
   * axes (N×C×H×W, PyTorch). `'channels-last'` is batch, spatial axes, channels (N×H×W×C,
   * TensorFlow) and requires `weightLayout`. Default `'channels-first'`. The names of the axes are
   * accepted too: `'NCW'`, `'NCHW'`, `'NCDHW'`, `'NWC'`, `'NHWC'`, `'NDHWC'`, with as many spatial
   * axes as the layer has.
   */
  readonly layout?: Layout
  /**
   * Order of the axes of the weight. With the channels first the default is PyTorch's: output
   * channels, input channels of a group, spatial axes, such as `'OIHW'`; for transposed layers
   * input channels, output channels of a group, spatial axes, such as `'IOHW'`. With the channels
   * last there is no default: a layer that reads a weight throws `WEIGHT_LAYOUT_MISSING`. The axes
   * of the weight are read in any order, without a copy.
   * - `'HWIO'` (`'WIO'`, `'DHWIO'`): TensorFlow, Keras, Flax. Transposed layers of TensorFlow and
   *   Keras have `'HWOI'`.
   * - `'HWIM'` (`'WIM'`, `'DHWIM'`): depthwise weights of TensorFlow and Keras. I are all input
   *   channels, M is the channel multiplier. There are I groups and I·M output channels, and output
   *   channel i·M + m reads input channel i only. In a transposed layer I are its own input
   *   channels as well: it is `'HWIO'` with I groups.
   */
  readonly weightLayout?: WeightLayout
  /**
   * A function applied to every result, after the bias is added: `'relu'`, `'relu6'`, `'sigmoid'`,
   * `'tanh'`, `{ name: 'leaky-relu', slope }` or `{ name: 'clamp', min, max }`. Default: none.
   * Costs less than a second pass over the result.
   */
  readonly activation?: Activation
}

/**
 * Options of `convTranspose1d`, `convTranspose2d` and `convTranspose3d`.
 *
 * A transposed layer is the adjoint of a forward layer: it maps an array of the forward layer's
 * output shape to its input shape. `stride`, `padding`, `dilation`, `groups` and `boundary` are
 * those of the forward layer, as in PyTorch. A stride of 2 therefore doubles the extents. Several
 * input shapes can have the same output shape: `outputPadding` or `outputShape` selects one.
 */
export interface TransposedOptions<D extends DType = DType, Out extends object = object>
  extends LayerOptions<D, Out> {
  /**
   * Samples to add at the end of the result, per axis. Default 0; stride − 1 with padding `'same'`,
   * so that n samples become n·stride. As `output_padding` in PyTorch and ONNX.
   *
   * Needed because a layer maps several input extents to the same n. The smallest of them, with
   * outputPadding 0, is (n − 1)·stride + dilation·(k − 1) + 1 − before − after; with padding
   * `'same'` it is (n − 1)·stride + 1. Must be less than max(stride, dilation), with `'same'` less
   * than stride; else throws `OUTPUT_PADDING_TOO_LARGE`. Throws if `outputShape` is given too.
   */
  readonly outputPadding?: PerAxis<number>
  /**
   * The extents of the result: those of the spatial axes, or the whole shape. Default: what
   * `outputPadding` gives. Use it to get back the shape that a forward layer read. Throws
   * `OUTPUT_SHAPE_IMPOSSIBLE` if the forward layer does not map it to the shape of the input.
   * Throws if `outputPadding` is given too.
   */
  readonly outputShape?: readonly number[]
}
