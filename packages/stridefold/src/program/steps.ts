/**
 * What can be done to memory, as plain data: three kinds of step over loop nests.
 *
 * A loop nest is a list of loops, outermost first; order says nothing about execution except that a
 * backend may choose any. Every operand carries one stride (in elements) per loop, so a layout is
 * never a case distinction:
 *
 *   address(i₀, i₁, …) = offset + Σ iₗ · strides[l]
 *
 * Inside a stage the stage's grid loops come first: an operand's strides are [...grid, ...step
 * loops].
 */

/** One loop: a name for people, and how often it runs. */
export interface Loop {
  readonly name: string
  readonly extent: number
}

/** A walk through a buffer: an element for every index of the loops. */
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
 * Copies one element per index, converting its type to that of the target buffer (half to even,
 * saturating, NaN to 0 for integers). Where a bound is left, `outside` is written instead, or
 * nothing for `'skip'`. The two operands never overlap within one Move.
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
 * What happens to a finished sum before it is stored, in this order: + bias, + offset, activation.
 */
export interface Epilogue {
  /** Strides over [...grid, ...result]. */
  readonly bias?: Operand
  readonly offset?: number
  readonly activation?: EpilogueActivation
}

export type EpilogueActivation =
  | { readonly kind: 'clamp'; readonly min: number; readonly max: number }
  | { readonly kind: 'leaky'; readonly slope: number }
  | { readonly kind: 'sigmoid' }
  | { readonly kind: 'tanh' }

/**
 * to[r] = tail( start + Σ_s a[r, s] · b[r, s] ) for every index r of `result`, summed over every
 * index s of `sum`. All buffers have the program's compute type. `start` is 0, or what `to` holds.
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
  readonly epilogue?: Epilogue
  /**
   * A wish: compute one result at a time (`'scalar'`, the textbook loops) or as the backend finds
   * best.
   */
  readonly tile?: 'scalar' | 'best'
}

/**
 * Replaces, for every index of the loops, `points` complex numbers by their discrete Fourier
 * transform, without a factor:
 *
 *   X[f] = Σ_j x[j] · e^(∓2πi·f·j / points)        − forward, + inverse
 *
 * Real and imaginary parts lie apart, each walked by an operand of its own. Points of a spectrum
 * lie in an order of the backend's own, the same for all steps with as many points and the same
 * strides from point to point: spectra may be multiplied and added point by point and go back
 * through an inverse step, no more.
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

export type Step = Move | Contraction | Fft
