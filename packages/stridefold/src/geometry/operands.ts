/**
 * What does an algorithm know about the arrays of a problem? Their dtypes and strides, what follows
 * the sums, and properties of the kernel's values. Plain data; no array.
 */

import type { EpilogueActivation } from '../ndarray/activation.ts'
import type { DType } from '../ndarray/dtype.ts'
import type { AxisPadAdjoint } from './transposed.ts'

/**
 * The dtype and the strides, in elements, of an operand seen as [batch, channel, ...axes]. For the
 * kernel: [filter, channel of its group, ...axes].
 */
export interface OperandLayout {
  readonly dtype: DType
  readonly outer: number
  readonly channel: number
  readonly axes: readonly number[]
}

/** A sum of products of 1-D factors: kernel ≈ Σ_r ⊗_axis terms[r][axis]. */
export interface LowRankFactors {
  /**
   * Largest term first. Empty if the kernel is not such a sum: rank above 2 and no single product,
   * or not finite.
   */
  readonly terms: readonly (readonly (readonly number[])[])[]
  /** Largest |k − Σ terms| / Σ|k|. Infinity without terms. */
  readonly residual: number
}

/**
 * Properties of the binary fractions that the weights of a kernel are. They decide whether sums of
 * integers are exact.
 */
export interface LatticeProperties {
  /** The smallest m for which all weights are multiples of 2⁻ᵐ. Undefined if there is none. */
  readonly exponent: number | undefined
  /** The largest Σ|k| of any filter. */
  readonly absoluteSum: number
  /**
   * The largest Σ|k| that a single output sums: of one polyphase component of one filter. Equal to
   * `absoluteSum` without input dilation.
   */
  readonly componentSum: number
  /** The largest sum of the positive weights of any filter, and of the magnitudes of the others. */
  readonly positiveSum: number
  readonly negativeSum: number
  /** The largest |k|. */
  readonly largest: number
  /** The weight that all taps of all filters have. Undefined if they differ. */
  readonly equal: number | undefined
}

/** Properties of the values of a kernel. The module kernels/ computes them. */
export interface KernelProperties {
  readonly separable?: LowRankFactors
  readonly lattice?: LatticeProperties
}

/**
 * Describes the operands of a program: what an algorithm needs besides the geometry. Plain data.
 */
export interface OperandDescriptors {
  readonly input: OperandLayout
  /** The dtype is always the compute type. */
  readonly kernel: OperandLayout
  readonly output: OperandLayout
  /** True if a `bias` buffer is added: one number per filter, contiguous, in the compute type. */
  readonly bias: boolean
  /** A number added to every result. */
  readonly offset: number
  readonly activation?: EpilogueActivation
  /**
   * A power of two. Every sum is first rounded to a multiple of it. The planner sets it where the
   * exact sums are such multiples and the algorithm rounds intermediate values.
   */
  readonly unit?: number
  /**
   * If there are some, the sums of the geometry are those of a padded result. The output is
   * shorter: the border of each axis is added to the samples that it repeats. Unit, bias, offset
   * and activation come after that.
   */
  readonly padAdjoints?: readonly AxisPadAdjoint[]
  readonly values?: KernelProperties
  /**
   * True if the program may not use memory of its own. Algorithms that need some do not support
   * this.
   */
  readonly inPlace?: boolean
  /** True if the program may not skip products with the zeros of a border. */
  readonly everyProduct?: boolean
}
