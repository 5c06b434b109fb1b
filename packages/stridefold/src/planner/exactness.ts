/**
 * Which algorithms may give an integer result? Where the definition's sums are exact in the compute
 * type, results have to be exact as well:
 *
 *   samples of an integer type, weights multiples of 2⁻ᵐ, and   range of the type · Σ|k| · 2ᵐ < 2²⁴ (float32) or 2⁵³ (float64)
 *
 * Sums of products as they are (`isExact`) give that. An algorithm that rounds on its way is within
 * its bound of the exact sum: where sums are whole (m = 0) and the bound is below a quarter,
 * rounding to integers finds it; elsewhere it is not taken. Where the definition's own sums are
 * rounded, any algorithm may come within its bound.
 */

import type { Algorithm, OperandDescriptors } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import { largestOf, wholeNumbers } from '../algorithms/lattice.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { RunOptions } from '../geometry/options.ts'
import { dtypes, epsilon } from '../ndarray/dtype.ts'

export const isIntegerResult = ({ dtype }: RunOptions): boolean =>
  dtype !== undefined && dtypes[dtype].integer

/**
 * Whether a choice for an integer result may depend on the kernel's values: where an algorithm that
 * rounds might be taken.
 */
export function asksForValues(g: ConvGeometry, options: RunOptions): boolean {
  const { algorithm = 'auto' } = options
  const rounds = allAlgorithms.filter((a) => a.isExact === undefined)
  return (
    isIntegerResult(options) &&
    rounds.some((a) =>
      algorithm === 'auto' ? a.consideredByAuto?.(g) !== false : a.name === algorithm,
    )
  )
}

/**
 * Whether an algorithm is taken for an integer result because of the kernel's values: another
 * kernel may ask for another one.
 */
export function dependsOnValues(
  algorithm: Algorithm,
  g: ConvGeometry,
  facts: OperandDescriptors,
  options: RunOptions,
): boolean {
  return (
    isIntegerResult(options) &&
    dtypes[facts.input.dtype].integer &&
    algorithm.isExact?.(g, facts) !== true
  )
}

/** Why this algorithm may not give the integer result that is asked for; undefined where it may. */
export function refusedAsInexact(
  algorithm: Algorithm,
  g: ConvGeometry,
  facts: OperandDescriptors,
  options: RunOptions,
): string | undefined {
  const { activation } = facts
  if (
    !dependsOnValues(algorithm, g, facts, options) ||
    activation?.kind === 'sigmoid' ||
    activation?.kind === 'tanh'
  )
    return undefined
  const lattice = facts.values?.lattice
  if (lattice === undefined)
    return (
      "it rounds on its way, the result is of integers, and the kernel's values are not known " +
      'here'
    )
  const { exponent, absoluteSum, componentSum } = lattice
  if (
    exponent === undefined ||
    !(largestOf(facts.input.dtype) * componentSum * 2 ** exponent < wholeNumbers[g.dtype])
  )
    return undefined
  const why = (reason: string): string => `the integer result has to be exact here, and ${reason}`
  if (exponent > 0)
    return why(`its sums would have to be rounded to multiples of 1/${2 ** exponent} first`)
  if (!areWhole(g, facts))
    return why('what is added to its sums, or done to them, is not whole numbers')
  const most = Math.max(largestOf(facts.input.dtype), ...constantsOf(g).map(Math.abs))
  const bound =
    epsilon[g.dtype] *
    (algorithm.errorBoundFactor(g, facts) * most * absoluteSum + 2 * Math.abs(facts.offset))
  return bound < 1 / 4 ? undefined : why(`it may be off by ${bound.toPrecision(2)}`)
}

const constantsOf = (g: ConvGeometry): number[] =>
  g.boundary.flatMap((border) => (typeof border === 'object' ? [border.constant] : []))

/**
 * Whether sums are whole numbers until they are rounded. A bias is not known when a plan is made;
 * results that are folded are rounded later.
 */
function areWhole(
  g: ConvGeometry,
  { bias, offset, activation, output }: OperandDescriptors,
): boolean {
  if (bias || !dtypes[output.dtype].integer || activation?.kind === 'leaky') return false
  return [offset, ...constantsOf(g)].every(Number.isInteger)
}
