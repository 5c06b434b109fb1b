/**
 * The options of a gradient are those of its layer. They are checked as the layer checks them, then
 * divided: some define the layer, others how the gradient runs.
 */

import { OptionError } from '../errors.ts'
import { validateLayerOptions, validateTransposedOptions } from '../geometry/check-options.ts'
import type { CheckedLayerOptions } from '../geometry/checked-options.ts'
import type { LayerOptions, RunOptions, TransposedOptions } from '../geometry/options.ts'
import { runReader } from '../geometry/read-options.ts'
import type { DType } from '../ndarray/dtype.ts'
import { throwIfAborted } from '../runtime/turns.ts'

/** The options of a gradient of a forward layer. `bias` has no effect; `activation` throws. */
export type ForwardGradientOptions<D extends DType = DType, Out extends object = object> = Omit<
  LayerOptions<D, Out>,
  'activation'
>

/** The options of a gradient of a transposed layer. `bias` has no effect; `activation` throws. */
export type TransposedGradientOptions<D extends DType = DType, Out extends object = object> = Omit<
  TransposedOptions<D, Out>,
  'activation'
>

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
export function gradientOptions(call: GradientCall, options: unknown): CheckedLayerOptions {
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

/** The checked options that define the layer, those of a run and the bias left out. */
export type DefiningOptions = Omit<CheckedLayerOptions, keyof RunOptions | 'bias'>

/** The checked options that define the layer. */
export function layerOnly(options: CheckedLayerOptions): DefiningOptions {
  return withNames(options, (name) => !runReader.known.has(name) && name !== 'bias')
}

/** The checked options that define how a call runs. */
export function runOnly(options: CheckedLayerOptions): RunOptions {
  return withNames(options, (name) => runReader.known.has(name))
}

const withNames = <Options extends object>(
  options: Options,
  accepts: (name: string) => boolean,
): Options =>
  Object.fromEntries(Object.entries(options).filter(([name]) => accepts(name))) as Options
