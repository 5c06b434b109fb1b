/**
 * A matrix belongs to a call. It has the options of that call, except those that define how the
 * call computes.
 */

import { optionsObject, type RejectedOptions } from '../geometry/check-options.ts'
import type { ConvolveOptions, PaddingSamples, TransposedOptions } from '../geometry/options.ts'
import type { PaddingName } from '../geometry/padding.ts'
import { runReader } from '../geometry/read-options.ts'
import type { Call } from '../geometry/shapes.ts'
import type { DType } from '../ndarray/dtype.ts'

/** The call whose matrix is returned, and the options of this call with their usual defaults. */
export interface WindowMatrixOptions<D extends DType = DType>
  extends Pick<ConvolveOptions, 'mode' | 'boundary' | 'stride' | 'dilation' | 'channelAxis'>,
    Pick<
      TransposedOptions,
      'groups' | 'layout' | 'weightLayout' | 'outputPadding' | 'outputShape'
    > {
  /** The call: `'correlate'` (default), `'convolve'`, or a layer such as `'conv2d'`. */
  readonly call?: Call
  /** Samples to add before and after each axis, or a name. Default: as in the call. */
  readonly padding?: PaddingName | 'same-upper' | PaddingSamples
  /** The dtype of the result. Default: the type in which the call would compute. */
  readonly dtype?: D
}

/** The options of `im2col`, and the bias of the call. */
export interface ToeplitzOptions<D extends DType = DType> extends WindowMatrixOptions<D> {
  /** A number; for layers one number per filter. It becomes part of `offset`. Default: none. */
  readonly bias?: number | object
}

/** The end of the message for an option that a matrix does not have. */
export const noConvolution = ': it returns a matrix and computes no convolution. Leave it out.'

/** Options that a matrix does not have: they define how a call computes, or change its result. */
export const computeOnlyOptions: RejectedOptions = Object.fromEntries(
  [...runReader.names.filter((name) => name !== 'dtype'), 'activation'].map((name) => [
    name,
    noConvolution,
  ]),
)

/** The option `call`, unchecked; undefined if it is left out. */
export function callOption(name: string, options: WindowMatrixOptions): Call | undefined {
  const { call } = optionsObject(name, options)
  return call as Call | undefined
}
