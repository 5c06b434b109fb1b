/**
 * What may be asked for: the options of signals, layers and transposed layers, and those of how a
 * call runs.
 *
 * Types and their meaning only; `option-rules.ts` holds what a value may be. An option left out, or
 * undefined, has its default.
 */

import type { DType } from '../ndarray/dtype.ts'
import type { Boundary } from './boundary.ts'
import type { Library } from './boundary-names.ts'
import type { Mode, PaddingName, Sides } from './padding.ts'

/** One value for every axis, or a list with one per axis. */
export type PerAxis<T> = T | readonly T[]

/**
 * A border in our words, or in a library's after its name: `'scipy:reflect'`,
 * `'opencv:REFLECT_101'`, `'torch:circular'`.
 */
export type BoundaryOption = Boundary | `${Library}:${string}`

/**
 * Samples before and after: a number for both sides of every axis, or per axis a number or
 * `[before, after]`. Negative crops.
 */
export type PaddingSamples = number | readonly (number | Sides)[]

/** How a call runs and what it returns; the same for every call. */
export interface RunOptions {
  /**
   * `'auto'` (default), or a name from `algorithms()`; one that cannot do the problem throws with
   * its reason.
   */
  readonly algorithm?: string
  /**
   * `'fast'` (default): error ≤ errorGrowth·ε·max|x|·Σ|k|. `'strict'`: no more than the direct
   * sum's, for each polyphase component. Where input and `dtype` are integer types, the weights
   * multiples of 2⁻ᵐ and the type's range times Σ|k| below 2²⁴ · 2⁻ᵐ (2⁵³ · 2⁻ᵐ in float64),
   * results are exact with either.
   */
  readonly accuracy?: 'fast' | 'strict'
  /**
   * The same bits on every machine and in every engine with the same backend, at some cost of
   * speed; which bits a NaN has is left to the engine. `js` and `wasm` agree within the bound.
   * Default false.
   */
  readonly deterministic?: boolean
  /** Where it runs. Default `'auto'`. */
  readonly backend?: 'auto' | 'wasm' | 'js'
  /**
   * At most so many threads, ≥ 1. Every call runs on one, whatever is allowed: the calling thread.
   */
  readonly threads?: number
  /** Bytes of workspace that may never be passed; 0 computes in place. Default: no limit. */
  readonly memoryLimit?: number
  /**
   * Type of the result; integer types round half to even and saturate. Where sums themselves are
   * rounded (see `accuracy`), a result may be the next integer if its true value lies within the
   * error of a half. Default: the type in which the sums are formed.
   */
  readonly dtype?: DType
  /**
   * Array to write the result into, not a list: its shape must be the result's, and it may not
   * overlap an operand.
   */
  readonly out?: object
  /**
   * Ends a call of 'stridefold' before it begins to compute. A call of 'stridefold/sync' throws
   * where it was aborted before.
   */
  readonly signal?: AbortSignal
  /**
   * Compares the result with the definition and throws at the worst element. Slow. Default false.
   */
  readonly verify?: boolean
}

/** Options of `convolve` and `correlate`: signals, images, volumes. */
export interface ConvolveOptions extends RunOptions {
  /** Where the kernel may travel, for all axes or per axis. Default `'same'`. */
  readonly mode?: PerAxis<Mode>
  /**
   * Instead of `mode`: samples before and after, in input coordinates whether the kernel is flipped
   * or not.
   */
  readonly padding?: PaddingSamples
  /**
   * What lies outside the array. Where the borders of two axes meet, a constant decides over a
   * border that repeats samples, and of two constants that of the earlier axis; `'zero'` is the
   * constant 0. Default `'zero'`.
   */
  readonly boundary?: PerAxis<BoundaryOption>
  /** Step of the kernel from one output to the next, ≥ 1. Default 1. */
  readonly stride?: PerAxis<number>
  /** Distance between the samples under neighbouring kernel weights, ≥ 1. Default 1: dense. */
  readonly dilation?: PerAxis<number>
  /**
   * An axis whose slices are filtered one by one with the same kernel; −1 is the last. The kernel
   * has one axis less then.
   */
  readonly channelAxis?: number
  /** A number added to every result. Default 0. */
  readonly bias?: number
}

type Spatial = 'W' | 'HW' | 'DHW'

/**
 * Order of a weight's axes: O output and I input channels, D, H, W the spatial ones, as many as the
 * layer has.
 */
export type WeightLayout =
  | `OI${Spatial}`
  | `IO${Spatial}`
  | `O${Spatial}I`
  | `I${Spatial}O`
  | `${Spatial}IO`
  | `${Spatial}OI`

/** What is done to every result of a layer, after its bias is added. */
export type Activation =
  | 'relu'
  | 'relu6'
  | 'sigmoid'
  | 'tanh'
  | { readonly name: 'leaky-relu'; readonly slope: number }
  | { readonly name: 'clamp'; readonly min: number; readonly max: number }

/** Options of `conv1d`, `conv2d`, `conv3d`: layers of networks (correlation). */
export interface LayerOptions extends RunOptions {
  /** One number per output channel, any array of that length. Default: none. */
  readonly bias?: object
  /** Step of the window, ≥ 1. Default 1. */
  readonly stride?: PerAxis<number>
  /**
   * Samples on either side, or a name: `'same'` gives ⌈n/stride⌉ outputs with the odd sample after,
   * `'same-lower'` before. Default 0.
   */
  readonly padding?: PaddingName | PaddingSamples
  /** Distance between the samples under neighbouring weights, ≥ 1. Default 1: dense. */
  readonly dilation?: PerAxis<number>
  /**
   * Number of parts into which both channel axes are cut; part i of the output sees part i of the
   * input. Default 1.
   */
  readonly groups?: number
  /**
   * What lies outside the array; where the borders of two axes meet, as in `ConvolveOptions`.
   * Default `'zero'`.
   */
  readonly boundary?: PerAxis<BoundaryOption>
  /** N×C×spatial (default) or N×spatial×C, for input and result. */
  readonly layout?: 'channels-first' | 'channels-last'
  /** Order of the weight's axes. Default `'OIHW'` and its kin; transposed layers `'IOHW'`. */
  readonly weightLayout?: WeightLayout
  /** Default: none. */
  readonly activation?: Activation
}

/**
 * Options of `convTranspose1d`, `2d`, `3d`: those of the forward layer whose adjoint is wanted, and
 * which of its possible inputs.
 */
export interface TransposedOptions extends LayerOptions {
  /**
   * Samples by which the result is longer than the shortest possible, less than the larger of
   * stride and dilation (with `'same'`: than the stride). Default 0; with `'same'` stride − 1, so
   * that n samples become n·stride.
   */
  readonly outputPadding?: PerAxis<number>
  /** Instead of `outputPadding`: the wanted spatial extents, or the whole shape of the result. */
  readonly outputShape?: readonly number[]
}

/** Options of some call, checked; which of them it takes was seen to by the check. */
export type CallOptions = RunOptions & {
  readonly bias?: number | object
  readonly activation?: Activation
}
