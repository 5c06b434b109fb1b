/**
 * What an algorithm is: a function from a geometry (and plain facts beside it) to a program. It
 * never sees an array.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { DType } from '../ndarray/dtype.ts'
import type { Program } from '../program/program.ts'
import type { EpilogueActivation } from '../program/steps.ts'
import type { PolyphaseComponent } from './polyphase.ts'

/**
 * Strides, in elements, of an operand seen as [batch or filter, channel, ...axes]. For the kernel:
 * [filter, channel of its group, ...axes].
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
  /** Largest absolute difference between the kernel and the sum of its terms, divided by Σ|k|. */
  readonly residual: number
}

/** The grid on which a kernel's weights lie. */
export interface LatticeFacts {
  /** The smallest m for which all weights are multiples of 2⁻ᵐ; undefined where there is none. */
  readonly exponent: number | undefined
  /** Σ|k| of the filter with the largest. */
  readonly absoluteSum: number
  /**
   * The largest Σ|k| that a single output sums: of one polyphase component of one filter. Equal to
   * `absoluteSum` without input dilation.
   */
  readonly componentSum: number
}

/** Facts about the values of a kernel, from the room kernels/. */
export interface KernelProperties {
  readonly separable?: LowRankFactors
  readonly lattice?: LatticeFacts
}

/** What a program needs to know besides the geometry. Plain data. */
export interface OperandDescriptors {
  readonly input: OperandLayout
  /** dtype is always the compute type. */
  readonly kernel: OperandLayout
  readonly output: OperandLayout
  /** Whether a `bias` buffer (one number per filter, dense, compute type) is added. */
  readonly bias: boolean
  /** A number added to every result. */
  readonly offset: number
  readonly activation?: EpilogueActivation
  readonly values?: KernelProperties
  /** True where no memory of the program's own may be used. Algorithms that need some refuse. */
  readonly inPlace?: boolean
  /** True where products with the zeros of a border may not be left out. */
  readonly everyProduct?: boolean
}

export interface Algorithm {
  readonly name: string
  /** One sentence for people. */
  readonly summary: string
  /**
   * True where programs hold values of the kernel, so that another kernel needs another program.
   */
  readonly dependsOnKernelValues?: boolean
  /**
   * True where a large problem may be cut into strips: nothing it shows or keeps spans the whole.
   */
  readonly supportsStrips?: boolean
  /**
   * Outputs along the first axis that a strip should be a multiple of; 1 where any number is as
   * good.
   */
  stripMultiple?(g: ConvGeometry): number
  /**
   * False where another algorithm is never slower: the planner's choice does not look at it, unless
   * nothing else will do.
   */
  consideredByAuto?(g: ConvGeometry): boolean
  /**
   * Whether a NaN or an infinity in the input may reach results whose definition does not read it,
   * or huge values overflow on the way: such inputs are computed directly instead.
   */
  spreadsNonFinite?(facts: OperandDescriptors): boolean
  /**
   * Whether sums of integers with weights on a grid come out exactly wherever the direct sum has
   * them exactly. Left out by algorithms that round on their way.
   */
  isExact?(g: ConvGeometry, facts: OperandDescriptors): boolean
  /**
   * Whether products with the zeros of a border are left out, which only a finite kernel allows: 0
   * · ∞ is NaN. Other kernels are computed with `facts.everyProduct`.
   */
  skipsZeroProducts?(g: ConvGeometry, facts: OperandDescriptors): boolean
  /**
   * True where it may never stand for the direct sum, whatever its bound: it is not used where
   * accuracy is 'strict'.
   */
  readonly excludedFromStrict?: boolean
  /** Why this problem cannot be done this way, in words; undefined where it can. */
  unsupportedReason(g: ConvGeometry, facts: OperandDescriptors): string | undefined
  /**
   * Bound on the error of the outputs in these phases, in units of epsilon · max|x| · Σ|k|. An
   * output of a dilated input sums only the taps of its own polyphase component, and only those
   * count. Default: the largest of all phases.
   */
  errorBoundFactor(
    g: ConvGeometry,
    facts: OperandDescriptors,
    of?: readonly PolyphaseComponent[],
  ): number
  program(g: ConvGeometry, facts: OperandDescriptors): Program
}
