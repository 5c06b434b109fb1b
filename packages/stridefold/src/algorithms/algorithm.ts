/**
 * Defines the interface of an algorithm: a function that turns a geometry and the descriptors of
 * its operands into a program.
 *
 * An algorithm never sees an array, only shapes, strides and dtypes. So one program can run on any
 * arrays with the same descriptors.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { DType } from '../ndarray/dtype.ts'
import type { Program } from '../program/program.ts'
import type { EpilogueActivation } from '../program/steps.ts'
import type { PolyphaseComponent } from './polyphase.ts'

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

/** A sum of separable terms: kernel ≈ Σ_r ⊗_axis factors[r][axis]. */
export interface LowRankFactors {
  readonly terms: readonly (readonly (readonly number[])[])[]
  /**
   * The largest absolute difference between the kernel and the sum of its terms, divided by Σ|k|.
   */
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
  readonly values?: KernelProperties
  /**
   * True if the program may not use memory of its own. Algorithms that need some do not support
   * this.
   */
  readonly inPlace?: boolean
  /** True if the program may not skip products with the zeros of a border. */
  readonly everyProduct?: boolean
}

export interface Algorithm {
  readonly name: string
  /** One sentence that describes the algorithm to a user. */
  readonly summary: string
  /** True if programs contain values of the kernel. Another kernel then needs another program. */
  readonly dependsOnKernelValues?: boolean
  /**
   * True if a large problem may be computed in strips. False if a result of the algorithm spans the
   * whole input, such as a matrix that it builds.
   */
  readonly supportsStrips?: boolean
  /**
   * The number of outputs along the first axis that a strip should be a multiple of. 1 if every
   * number is equally fast.
   */
  stripMultiple?(g: ConvGeometry): number
  /**
   * False if another algorithm is never slower. The planner then skips this one with `auto`, unless
   * no other algorithm supports the problem.
   */
  consideredByAuto?(g: ConvGeometry): boolean
  /**
   * True if a NaN or an infinity in the input may reach results whose definition does not read it.
   * Also if a huge value may overflow in between. The planner computes such inputs with the direct
   * sum.
   */
  spreadsNonFinite?(descriptors: OperandDescriptors): boolean
  /**
   * True if sums of integers with weights that are binary fractions are exact wherever the direct
   * sum is exact. Undefined for algorithms that round in between.
   */
  isExact?(g: ConvGeometry, descriptors: OperandDescriptors): boolean
  /**
   * True if the algorithm skips products with the zeros of a border. Only a finite kernel allows
   * that, because 0 · ∞ is NaN. For other kernels the planner sets `descriptors.everyProduct`.
   */
  skipsZeroProducts?(g: ConvGeometry, descriptors: OperandDescriptors): boolean
  /**
   * True if the algorithm may never replace the direct sum, whatever its error bound. It is not
   * used with accuracy 'strict'.
   */
  readonly excludedFromStrict?: boolean
  /** The reason why the algorithm does not support this problem. Undefined if it does. */
  unsupportedReason(g: ConvGeometry, descriptors: OperandDescriptors): string | undefined
  /**
   * A bound on the error of the outputs of these polyphase components. Its unit:
   *
   *   epsilon · max|x| · Σ|k|
   *
   * An output of a dilated input sums only the taps of its own component, so only those taps count.
   * `of` defaults to all components: then the bound is the largest of theirs.
   */
  errorBoundFactor(
    g: ConvGeometry,
    descriptors: OperandDescriptors,
    of?: readonly PolyphaseComponent[],
  ): number
  program(g: ConvGeometry, descriptors: OperandDescriptors): Program
}
