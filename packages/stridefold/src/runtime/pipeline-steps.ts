/** The steps of a pipeline, as the caller gives them. */

import type { LayerCall } from '../geometry/layer-calls.ts'
import type {
  LayerOptions,
  PaddingSamples,
  PerAxis,
  TransposedOptions,
} from '../geometry/options.ts'
import type { PaddingName } from '../geometry/padding.ts'
import type { AveragePoolCall, MaxPoolCall } from '../geometry/pool-calls.ts'
import type { Activation } from '../ndarray/activation.ts'
import type { ArrayInput } from '../ndarray/interop.ts'

/** A result within a pipeline: the index of an earlier step, or the input of the pipeline. */
export type StepSource = number | 'input'

/** What every step has. */
interface Step {
  /**
   * The array that the step reads: the result of an earlier step by its index, or `'input'`.
   * Default: the result of the step before; of the first step, the input. Use it for branches.
   */
  readonly from?: StepSource
}

/** Options that belong to the whole pipeline, or to a single call. */
type NotOfStep =
  | 'out'
  | 'signal'
  | 'dtype'
  | 'layout'
  | 'backend'
  | 'tune'
  | 'deterministic'
  | 'threads'
  | 'memoryLimit'
  | 'verify'

/** A network layer. The weight and the bias are copied when the pipeline is made. */
export interface LayerStep<Call extends LayerCall = LayerCall> extends Step {
  /** The layer: `'conv2d'`, `'convTranspose1d'` and so on. */
  readonly call: Call
  /** The weight, in the order of `options.weightLayout`. */
  readonly weight: ArrayInput
  /** The options of the call, without those that `PipelineOptions` has. Default: none. */
  readonly options?: Omit<
    Call extends `convTranspose${string}` ? TransposedOptions : LayerOptions,
    NotOfStep
  >
}

interface PoolStep extends Step {
  /** Samples of a window, ≥ 1. One value, or one per spatial axis. */
  readonly size: PerAxis<number>
  /** Samples from one window to the next, ≥ 1. One value, or one per axis. Default: `size`. */
  readonly stride?: PerAxis<number>
  /**
   * Samples to add before and after each axis, or a name, as in a layer. Default 0. Every window
   * must hold a sample of the input (`OPTION_INVALID`).
   */
  readonly padding?: PaddingName | 'same-upper' | PaddingSamples
}

/** The largest sample of each window, for every channel. Padding is never the largest. */
export interface MaxPoolStep extends PoolStep {
  /** `'maxPool1d'`, `'maxPool2d'` or `'maxPool3d'`. NaN in a window gives NaN, as in PyTorch. */
  readonly call: MaxPoolCall
}

/** The mean of each window, for every channel. */
export interface AveragePoolStep extends PoolStep {
  /** `'averagePool1d'`, `'averagePool2d'` or `'averagePool3d'`. */
  readonly call: AveragePoolCall
  /**
   * Whether padding counts as samples that are 0. Default true, as PyTorch's `count_include_pad`.
   * Use false for a mean of the samples inside the input only, as TensorFlow and ONNX compute it.
   */
  readonly includePadding?: boolean
}

/** The sum of two arrays of one shape. */
export interface AddStep extends Step {
  /** The sum. */
  readonly call: 'add'
  /** The other array: the result of an earlier step by its index, or `'input'`. */
  readonly with: StepSource
}

/**
 * A function of every element. Behind a layer, a pooling or an `add` whose result nothing else
 * reads, it takes no pass of its own where that step can apply it.
 */
export interface ActivationStep extends Step {
  /** The function of every element. */
  readonly call: 'activation'
  /** As in a layer: `'relu'`, `'relu6'`, `'sigmoid'`, `'tanh'`, or a record. */
  readonly activation: Activation
}

/** A step of a pipeline. It reads one array, or two, and has one result. */
export type PipelineStep =
  | { readonly [Call in LayerCall]: LayerStep<Call> }[LayerCall]
  | MaxPoolStep
  | AveragePoolStep
  | AddStep
  | ActivationStep
