/**
 * A transform as passes over its points in place, and the factors that each pass multiplies by.
 *
 *   n = r₁·r₂·…·r_k    pass i takes blocks of nᵢ = rᵢ·sᵢ points apart into rᵢ blocks of sᵢ:
 *                      y[m·s + j] = e^(−2πi·j·m/n) · Σ_l e^(−2πi·l·m/r) · x[l·s + j]
 *
 * Nothing is ever put back in order: the inverse runs the passes backwards, each undoing what the
 * forward one did. Source: W. M. Gentleman, G. Sande, 1966.
 */

import { turn } from '../../../ndarray/elementary.ts'

/** One pass: every block of radix·span points. */
export interface Pass {
  readonly radix: number
  readonly span: number
  /** Where its factors begin in the table, in elements. */
  readonly factors: number
}

/** Largest radix that there is code for. */
export const largestRadix = 31

/**
 * The radices of n points, odd ones first and 4 last; undefined where a prime factor is larger than
 * there is code for.
 */
export function radicesOf(points: number): number[] | undefined {
  const radices: number[] = []
  let rest = points
  for (; rest % 4 === 0; rest /= 4) radices.push(4)
  if (rest % 2 === 0) {
    radices.unshift(2)
    rest /= 2
  }
  for (let p = 3; rest > 1; p += 2) {
    if (p > largestRadix) return undefined
    for (; rest % p === 0; rest /= p) radices.unshift(p)
  }
  return radices
}

/**
 * The passes of n points; `width`: neighbouring points that are done together and have their
 * factors side by side.
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

/** The last pass has none, and with one point at a time neither has point 0 of a block. */
const factorCount = ({ radix, span }: Pass, width: number): number =>
  span === 1 ? 0 : (width === 1 ? span - 1 : span) * (radix - 1) * 2

/**
 * The factors of all passes: for each group of points j, for each m > 0, first the real, then the
 * imaginary parts.
 */
export function twiddleFactors(points: number, width: number): number[] {
  const table: number[] = []
  for (const { radix, span } of passesOf(points, width)) {
    if (span === 1) continue
    for (let j = width === 1 ? 1 : 0; j < span; j += width) {
      for (let m = 1; m < radix; m++) {
        const turns = Array.from({ length: width }, (_, i) => turn(-(j + i) * m, radix * span))
        table.push(...turns.map(({ cosine }) => cosine), ...turns.map(({ sine }) => sine))
      }
    }
  }
  return table
}
