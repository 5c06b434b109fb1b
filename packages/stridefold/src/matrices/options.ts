/**
 * A matrix belongs to a call. It has the options of that call, except those that define how the
 * call computes.
 */

import { optionsObject, type RejectedOptions } from '../geometry/check-options.ts'
import type { PaddingSamples, SignalOptions, TransposedOptions } from '../geometry/options.ts'
import type { PaddingName } from '../geometry/padding.ts'
import { runReader } from '../geometry/read-options.ts'
import type { Call } from '../geometry/shapes.ts'
import type { DType } from '../ndarray/dtype.ts'

/** Options of `im2col` and `col2im`: the call, and its options with their usual defaults. */
export interface WindowMatrixOptions<D extends DType = DType>
  extends Pick<SignalOptions, 'mode' | 'boundary' | 'stride' | 'dilation' | 'channelAxis'>,
    Pick<
      TransposedOptions,
      'groups' | 'layout' | 'weightLayout' | 'outputPadding' | 'outputShape'
    > {
  /**
   * The call that the matrix computes: `'correlate'`, `'convolve'`, or a layer such as `'conv2d'`.
   * Default `'correlate'`, or a layer if `im2col` gets spatial extents alone.
   */
  readonly call?: Call
  /**
   * Samples to add before and after each axis, or a name; see `ConvolveOptions` and `LayerOptions`.
   * Default: as in the call.
   */
  readonly padding?: PaddingName | 'same-upper' | PaddingSamples
  /** The element type of the matrix. Default: the type in which the call would compute. */
  readonly dtype?: D
}

/** Options of `toeplitz`: those of `im2col`, and the bias of the call. */
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
