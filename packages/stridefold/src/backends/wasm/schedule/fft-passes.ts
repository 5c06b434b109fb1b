/**
 * Splits a transform into in-place passes over its points, and computes the twiddle factors of each
 * pass.
 *
 *   n = r₁·r₂·…·r_k    pass i splits blocks of nᵢ = rᵢ·sᵢ points into rᵢ blocks of sᵢ points:
 *                      y[m·s + j] = e^(−2πi·j·m/n) · Σ_l e^(−2πi·l·m/r) · x[l·s + j]
 *
 * The spectrum stays in the order that the passes produce. The inverse runs the passes backwards,
 * and each pass undoes its forward pass. Source: W. M. Gentleman, G. Sande, 1966.
 */

import { turn } from '../../../ndarray/elementary.ts'

/** One pass over all blocks of radix·span points. */
export interface Pass {
  readonly radix: number
  readonly span: number
  /** The index of its first factor in the table, in elements. */
  readonly factors: number
}

/** The largest radix that has code. */
const maxRadix = 31

/**
 * The radices of n points, odd ones first and 4 last. Undefined if a prime factor exceeds the
 * largest radix.
 */
export function radicesOf(points: number): number[] | undefined {
  const radices: number[] = []
  let remaining = points
  for (; remaining % 4 === 0; remaining /= 4) radices.push(4)
  if (remaining % 2 === 0) {
    radices.unshift(2)
    remaining /= 2
  }
  for (let p = 3; remaining > 1; p += 2) {
    if (p > maxRadix) return undefined
    for (; remaining % p === 0; remaining /= p) radices.unshift(p)
  }
  return radices
}

/**
 * The passes of n points. `width` is the number of neighbouring points that are computed together;
 * their factors are next to each other.
 */
export function passesOf(points: number, width: number): Pass[] {
  let [block, factors] = [points, 0]
  return radicesOf(points)!.map((radix) => {
    const span = block / radix
    const pass = { radix, span, factors }
    factors += factorCount(pass, width)
    block = span
    return pass
  })
}

/** The last pass has no factors. With width 1, point 0 of a block has no factors either. */
const factorCount = ({ radix, span }: Pass, width: number): number =>
  span === 1 ? 0 : (width === 1 ? span - 1 : span) * (radix - 1) * 2

/** Which factors a table holds. `width` points that are computed together are neighbours in it. */
export interface TwiddleTable {
  readonly points: number
  readonly width: number
}

/** The number of elements of a table. */
export const tableLength = ({ points, width }: TwiddleTable): number =>
  passesOf(points, width).reduce((count, pass) => count + factorCount(pass, width), 0)

/**
 * The factors of all passes. For each group of points j, for each m > 0: first the real parts, then
 * the imaginary parts.
 */
export function twiddleFactors({ points, width }: TwiddleTable): number[] {
  const table: number[] = []
  for (const { radix, span } of passesOf(points, width)) {
    if (span === 1) continue
    for (let j = width === 1 ? 1 : 0; j < span; j += width) {
      for (let m = 1; m < radix; m++) {
        const twiddles = Array.from({ length: width }, (_, i) => turn(-(j + i) * m, radix * span))
        table.push(...twiddles.map(({ cosine }) => cosine), ...twiddles.map(({ sine }) => sine))
      }
    }
  }
  return table
}
