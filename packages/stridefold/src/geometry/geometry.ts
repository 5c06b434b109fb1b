/**
 * A convolution as numbers: all that algorithms ever see of a problem.
 *
 *   y[n, f, q] = Σ_c Σ_t  x[n, c, (q·stride + t·dilation − before) / inputDilation] · k[f, c, t]
 *
 * per axis, with f in group g = ⌊f / (filters/groups)⌋ and c running over that group's channels/groups channels. Where the quotient is not
 * whole the product is zero; where it lies outside [0, input) the border decides. A flipped kernel (true convolution) reads k at
 * kernel − 1 − t instead of t: padding is in input coordinates either way.
 */

import type { ComputeDType } from '../ndarray/dtype.ts'
import type { Boundary } from './boundary.ts'

/** One spatial axis. 1 is dense for stride, dilation and inputDilation. */
export interface AxisGeometry {
  readonly input: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly inputDilation: number
  /** Padding before the first and after the last sample, counted in (dilated) input samples; negative crops. */
  readonly before: number
  readonly after: number
  readonly output: number
}

export interface ConvGeometry {
  readonly batch: number
  readonly groups: number
  /** All input channels, over all groups. */
  readonly channels: number
  /** All output channels, over all groups. */
  readonly filters: number
  readonly axes: readonly AxisGeometry[]
  /** One border per axis. */
  readonly boundary: readonly Boundary[]
  /** True: convolution (kernel turned round). False: correlation. */
  readonly flip: boolean
  /** The type in which sums are formed. */
  readonly dtype: ComputeDType
  /** The same string for the same problem: the case notation (see notation.ts). */
  readonly key: string
}
