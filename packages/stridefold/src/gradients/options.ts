/**
 * The options of a gradient are those of its layer. They are checked as the layer checks them, then
 * divided: some define the layer, others how the gradient runs.
 */

import { OptionError } from '../errors.ts'
import { validateLayerOptions, validateTransposedOptions } from '../geometry/check-options.ts'
import type { LayerOptions, RunOptions, TransposedOptions } from '../geometry/options.ts'
import { asNdArray } from '../ndarray/interop.ts'
import { throwIfAborted } from '../runtime/turns.ts'

/** The options of a gradient of a forward layer. `bias` has no effect; `activation` throws. */
export type ForwardGradientOptions = Omit<LayerOptions, 'activation'>

/** The options of a gradient of a transposed layer. `bias` has no effect; `activation` throws. */
export type TransposedGradientOptions = Omit<TransposedOptions, 'activation'>

export type GradientCall =
  | 'convInputGradient'
  | 'convWeightGradient'
  | 'convBiasGradient'
  | 'convTransposeInputGradient'
  | 'convTransposeWeightGradient'

/**
 * The checked options of a gradient: those of its layer without `activation`. The derivative with
 * respect to the bias takes the options of both kinds of layers. Throws if the signal is aborted.
 */
export function gradientOptions(call: GradientCall, options: unknown): TransposedOptions {
  const isForward = call === 'convInputGradient' || call === 'convWeightGradient'
  const validate = isForward ? validateLayerOptions : validateTransposedOptions
  const validOptions = validate(call, options)
  throwIfAborted(validOptions.signal)
  if (validOptions.activation === undefined) return validOptions
  throw new OptionError(
    'OPTION_INVALID',
    `${call}: option 'activation' is given, but a gradient is that of the layer without its ` +
      `activation. Multiply gradOutput by the activation's derivative first, and leave the ` +
      'option out.',
  )
}

/** The options that define the layer. */
export function layerOnly(options: TransposedOptions): TransposedOptions {
  const {
    stride,
    padding,
    dilation,
    groups,
    boundary,
    layout,
    weightLayout,
    outputPadding,
    outputShape,
  } = options
  return withoutUndefined({
    stride,
    padding,
    dilation,
    groups,
    boundary,
    layout,
    weightLayout,
    outputPadding,
    outputShape,
  })
}

/** The options that define how the gradient runs. */
export function runOnly(options: LayerOptions): RunOptions {
  const {
    algorithm,
    accuracy,
    deterministic,
    backend,
    threads,
    memoryLimit,
    dtype,
    signal,
    verify,
  } = options
  const out = options.out === undefined ? undefined : asNdArray(options.out, 'out')
  return withoutUndefined({
    algorithm,
    accuracy,
    deterministic,
    backend,
    threads,
    memoryLimit,
    dtype,
    out,
    signal,
    verify,
  })
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

/** A copy without the options that are undefined. */
export function withoutUndefined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}
