/**
 * Defines the five kinds of steps over loop nests, as plain data.
 *
 * A loop nest is a list of loops, outermost first. This is only the order of the strides: a backend
 * may execute the loops in any order. Every operand has one stride, in elements, per loop. So no
 * code depends on a layout:
 *
 *   address(i₀, i₁, …) = offset + Σ iₗ · strides[l]
 *
 * In a stage the loops of the grid come first: the strides of an operand are [...grid, ...step
 * loops].
 */

import type { EpilogueActivation } from '../ndarray/activation.ts'
import type { Formula } from './formula.ts'

/** One loop: a name for printing, and the number of iterations. */
export interface Loop {
  readonly name: string
  readonly extent: number
  /**
   * The loop is a share of a loop with this many iterations (shares.ts). Its code, its price and
   * the order of its sums are those of the whole loop. Only for loops over results.
   */
  readonly whole?: number
}

/** One operand of a step: an element of a buffer for every index of the loops. */
export interface Operand {
  readonly buffer: string
  readonly offset: number
  readonly strides: readonly number[]
}

/** A coordinate that must stay in [0, extent): offset + Σ iₗ · strides[l]. */
export interface BoundsCheck {
  readonly extent: number
  readonly offset: number
  readonly strides: readonly number[]
}

/**
 * Copies one element per index and converts it to the dtype of the target buffer: half to even,
 * saturating, and NaN to 0 for integers. Outside a bound it writes `outside` instead, or nothing
 * for `'skip'`. The two operands of a Move never overlap.
 */
export interface Move {
  readonly kind: 'move'
  readonly loops: readonly Loop[]
  readonly to: Operand
  /** An operand, or one number for every element. */
  readonly from: Operand | number
  readonly bounds: readonly BoundsCheck[]
  readonly outside: number | 'skip'
}

/**
 * What happens to a finished sum before it is stored, in this order: rounding to a multiple of
 * `unit`, + bias, + offset, activation.
 */
export interface Epilogue {
  /** A power of two; its reciprocal must be a number of the compute type, too. */
  readonly unit?: number
  /** Strides over [...grid, ...result]. */
  readonly bias?: Operand
  readonly offset?: number
  readonly activation?: EpilogueActivation
}

/**
 * The order in which a contraction adds its terms. Rounding depends on it, so a part of a problem
 * has the bits of the whole only if both add in the same order.
 */
export interface SumOrder {
  /** The indices of the sum loops, outermost first. */
  readonly loops: readonly number[]
  /** One of the loops runs in parts of `size` iterations. The loop over the parts is outermost. */
  readonly part?: SumPart
}

/** A loop of the sum, by its index, and the iterations of one part of it. */
export interface SumPart {
  readonly loop: number
  readonly size: number
}

/**
 * Sums of integers, in the integer type `type`. They are exact in every order:
 *
 *   to[r] = converted( epilogue( scale · Σ_s a[r, s] · b[r, s] ) )
 *
 * `a` and `b` have integer types of 8 or 16 bits, or of 32 bits for sums in `int32`. `to` has any
 * type, and is converted as by a Move, once. The algorithm knows that every whole sum is a number
 * of `type`, and that the compute type holds it exactly. Parts of a sum may be larger: what
 * overflows comes back (two's complement).
 */
export interface IntegerSums {
  readonly type: 'int16' | 'uint16' | 'int32'
  /** A number of the compute type. */
  readonly scale: number
}

/**
 * Computes for every index r of `result`, summed over every index s of `sum`:
 *
 *   to[r] = epilogue( start + Σ_s a[r, s] · b[r, s] )
 *
 * All buffers have the compute type of the program, unless the sums are of integers. `start` is 0,
 * or the old value of `to`.
 */
export interface Contraction {
  readonly kind: 'contract'
  readonly result: readonly Loop[]
  readonly sum: readonly Loop[]
  /** Strides over [...grid, ...result]. */
  readonly to: Operand
  /** Strides over [...grid, ...result, ...sum]. */
  readonly a: Operand
  readonly b: Operand
  readonly start: 'zero' | 'accumulate'
  /** Undefined: sums in the compute type. Sums of integers start at zero. */
  readonly integer?: IntegerSums
  readonly epilogue?: Epilogue
  /**
   * A hint: compute one result at a time (`'scalar'`, the textbook loops), or with the tile that
   * the backend finds fastest (`'best'`).
   */
  readonly tile?: 'scalar' | 'best'
  /**
   * Contractions of one program with the same name and the same extents of the sum add their terms
   * in the same order. Undefined: the order of this one does not matter to any other.
   */
  readonly sumName?: string
  /** The order of the terms. Undefined: the backend chooses the fastest. */
  readonly order?: SumOrder
}

/**
 * For every index of the loops, replaces `points` complex numbers by their discrete Fourier
 * transform, without a factor:
 *
 *   X[f] = Σ_j x[j] · e^(∓2πi·f·j / points)        − forward, + inverse
 *
 * Real and imaginary parts are separate operands. Each backend stores the points of a spectrum in
 * an order of its own. It is the same for all steps with equal `points` and equal strides between
 * points. So spectra may be multiplied and added point by point and transformed back, but nothing
 * else.
 */
export interface Fft {
  readonly kind: 'fft'
  readonly loops: readonly Loop[]
  readonly points: number
  /**
   * Strides over [...grid, ...loops, points]. No two indices touch the same element. All buffers
   * have the program's compute type.
   */
  readonly re: Operand
  readonly im: Operand
  readonly direction: 'forward' | 'inverse'
}

/**
 * The largest of several elements. Computes for every index r of `result`, over every index s of
 * `window`:
 *
 *   to[r] = max_s from[r, s]
 *
 * NaN if one of them is NaN. Of zeros with different signs, either may be the result. The two
 * operands never overlap.
 */
export interface Maximum {
  readonly kind: 'maximum'
  readonly result: readonly Loop[]
  /** No loop is empty: nothing has no maximum. */
  readonly window: readonly Loop[]
  /** Strides over [...grid, ...result]. */
  readonly to: Operand
  /** Strides over [...grid, ...result, ...window]. Both buffers have the program's compute type. */
  readonly from: Operand
}

/**
 * A function of single elements. Computes for every index r of `loops`, in the compute type:
 *
 *   to[r] = formula(from₀[r], from₁[r], …)
 *
 * `to` overlaps no source.
 */
export interface Elementwise {
  readonly kind: 'elementwise'
  readonly loops: readonly Loop[]
  /** Strides over [...grid, ...loops], like those of all sources. */
  readonly to: Operand
  readonly from: readonly Operand[]
  readonly formula: Formula
}

export type Step = Move | Contraction | Fft | Maximum | Elementwise

/** The loops over what a step writes: without these loops it writes one element, or transform. */
export const targetLoops = (step: Step): readonly Loop[] =>
  step.kind === 'contract' || step.kind === 'maximum' ? step.result : step.loops
