/**
 * The transform of a few complex vectors in registers, fully unrolled: radix 2, 4, and every odd
 * number.
 *
 *   odd r:   A_m = x₀ + Σ_k cos(2πmk/r)·(x_k + x_{r−k})
 *            B_m = Σ_k sin(2πmk/r)·(x_k − x_{r−k})
 *            X_m, X_{r−m} = A_m ∓ i·B_m
 */

import { turn } from '../../../ndarray/elementary.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { VectorElement } from './vector-ops.ts'

/** A complex vector: the locals of its real and imaginary part. */
export interface Complex {
  readonly re: number
  readonly im: number
}

/** Arithmetic on vectors in locals. Every result is a new local. */
export class Vectors {
  readonly f: FunctionBody
  readonly element: VectorElement
  readonly #fused: boolean

  constructor(f: FunctionBody, element: VectorElement, fused: boolean) {
    this.f = f
    this.element = element
    this.#fused = fused
  }

  add(a: number, b: number): number {
    return this.storeResult(() => this.f.get(a).get(b).vec(this.element.add))
  }

  sub(a: number, b: number): number {
    return this.storeResult(() => this.f.get(a).get(b).vec(this.element.sub))
  }

  mul(a: number, b: number): number {
    return this.storeResult(() => this.f.get(a).get(b).vec(this.element.mul))
  }

  /** c + a·b */
  plusProduct(c: number, a: number, b: number): number {
    const { f, element } = this
    if (this.#fused) return this.storeResult(() => f.get(a).get(b).get(c).vec(element.madd))
    return this.storeResult(() => f.get(c).get(a).get(b).vec(element.mul).vec(element.add))
  }

  /** c − a·b */
  minusProduct(c: number, a: number, b: number): number {
    const { f, element } = this
    if (this.#fused) return this.storeResult(() => f.get(a).get(b).get(c).vec(element.nmadd))
    return this.storeResult(() => f.get(c).get(a).get(b).vec(element.mul).vec(element.sub))
  }

  /** Stores the vector that `write` leaves on the stack in a new local. */
  storeResult(write: () => void): number {
    const local = this.f.local('v128')
    write()
    this.f.set(local)
    return local
  }

  /** The local of a constant. */
  constant(value: number): number {
    return this.f.constant(value, this.element.value)
  }
}

/** The transform of x, whose length is the radix. */
export function butterfly(v: Vectors, x: readonly Complex[], inverse: boolean): Complex[] {
  if (x.length === 2) return butterfly2(v, x[0]!, x[1]!)
  if (x.length === 4) return butterfly4(v, x, inverse)
  return oddButterfly(v, x, inverse)
}

const sum = (v: Vectors, a: Complex, b: Complex): Complex => ({
  re: v.add(a.re, b.re),
  im: v.add(a.im, b.im),
})
const difference = (v: Vectors, a: Complex, b: Complex): Complex => ({
  re: v.sub(a.re, b.re),
  im: v.sub(a.im, b.im),
})

/** a − i·b and a + i·b, in this order for a forward transform, swapped for the inverse. */
function combineQuarterTurn(
  v: Vectors,
  a: Complex,
  b: Complex,
  inverse: boolean,
): [Complex, Complex] {
  const minus = { re: v.add(a.re, b.im), im: v.sub(a.im, b.re) }
  const plus = { re: v.sub(a.re, b.im), im: v.add(a.im, b.re) }
  return inverse ? [plus, minus] : [minus, plus]
}

const butterfly2 = (v: Vectors, a: Complex, b: Complex): Complex[] => [
  sum(v, a, b),
  difference(v, a, b),
]

function butterfly4(v: Vectors, x: readonly Complex[], inverse: boolean): Complex[] {
  const [even, evenDifference] = butterfly2(v, x[0]!, x[2]!)
  const [odd, oddDifference] = butterfly2(v, x[1]!, x[3]!)
  const [first, third] = combineQuarterTurn(v, evenDifference!, oddDifference!, inverse)
  return [sum(v, even!, odd!), first, difference(v, even!, odd!), third]
}

function oddButterfly(v: Vectors, x: readonly Complex[], inverse: boolean): Complex[] {
  const radix = x.length
  const half = (radix - 1) / 2
  const sums = Array.from({ length: half }, (_, k) => sum(v, x[k + 1]!, x[radix - 1 - k]!))
  const differences = Array.from({ length: half }, (_, k) =>
    difference(v, x[k + 1]!, x[radix - 1 - k]!),
  )
  const out = new Array<Complex>(radix)
  out[0] = sums.reduce((all, s) => sum(v, all, s), x[0]!)
  for (let m = 1; m <= half; m++) {
    const cosines = sums.map((_, k) => signedWeight((m * (k + 1)) % radix, radix, cosine, 1))
    const sines = differences.map((_, k) => signedWeight((m * (k + 1)) % radix, radix, sine, -1))
    const a = {
      re: weightedSum(
        v,
        x[0]!.re,
        sums.map((s) => s.re),
        cosines,
      ),
      im: weightedSum(
        v,
        x[0]!.im,
        sums.map((s) => s.im),
        cosines,
      ),
    }
    const b = {
      re: weightedSum(
        v,
        undefined,
        differences.map((s) => s.re),
        sines,
      ),
      im: weightedSum(
        v,
        undefined,
        differences.map((s) => s.im),
        sines,
      ),
    }
    const [low, high] = combineQuarterTurn(v, a, b, inverse)
    out[m] = low
    out[radix - m] = high
  }
  return out
}

/** A constant factor. Its product is added, or subtracted if `negative`. */
interface Weight {
  readonly value: number
  readonly negative: boolean
}

function signedWeight(
  k: number,
  radix: number,
  of: (k: number, radix: number) => number,
  mirrored: 1 | -1,
): Weight {
  const small = Math.min(k, radix - k)
  return { value: of(small, radix), negative: small !== k && mirrored < 0 }
}

/** start + Σ weight·value. The sum alone if `start` is undefined. */
function weightedSum(
  v: Vectors,
  start: number | undefined,
  values: readonly number[],
  weights: readonly Weight[],
): number {
  let total = start
  values.forEach((value, k) => {
    const { value: factor, negative } = weights[k]!
    const constant = v.constant(factor)
    // Without a start the first weight is sin(2πm/r) with m ≤ (r − 1)/2, which is never negative.
    if (total === undefined) total = v.mul(value, constant)
    else
      total = negative
        ? v.minusProduct(total, value, constant)
        : v.plusProduct(total, value, constant)
  })
  return total!
}

const cosine = (k: number, radix: number): number => turn(k, radix).cosine
const sine = (k: number, radix: number): number => turn(k, radix).sine

/** x · factor, or x · its complex conjugate. */
export function multiplyByTwiddle(
  v: Vectors,
  x: Complex,
  factor: Complex,
  conjugate: boolean,
): Complex {
  const re = v.mul(x.re, factor.re)
  const im = v.mul(x.im, factor.re)
  return conjugate
    ? { re: v.plusProduct(re, x.im, factor.im), im: v.minusProduct(im, x.re, factor.im) }
    : { re: v.minusProduct(re, x.im, factor.im), im: v.plusProduct(im, x.re, factor.im) }
}
