/**
 * Which algorithms may compute an integer result? If the sums of the definition are exact in the
 * compute type, the result must be exact too. They are exact if the samples have an integer type,
 * the weights are multiples of 2⁻ᵐ, and
 *
 *   range of the type · Σ|k| · 2ᵐ < 2²⁴ (float32) or 2⁵³ (float64)
 *
 * Where a border is added back, a result adds up several such sums, and their number counts too.
 *
 * Algorithms with plain sums of products (`isExact`) meet this. Other algorithms round intermediate
 * values; their error is within their bound. If the sums are integers (m = 0) and the bound is
 * below a quarter, rounding to integers returns the exact sum. Otherwise these algorithms are not
 * used. If the definition itself rounds its sums, any algorithm may be used, within its bound.
 */

import type { Algorithm } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import { largestOf, wholeNumbers } from '../algorithms/lattice.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { mostAdded } from '../geometry/transposed.ts'
import { activations } from '../ndarray/activation.ts'
import { dtypes, epsilon } from '../ndarray/dtype.ts'
import { isIntegerResult, type Problem, type Question } from '../problem/problem.ts'

/**
 * Whether the decision may depend on the values of the kernel. This is the case for an integer
 * result if an algorithm that rounds intermediate values may be used.
 */
export function mayDependOnValues(question: Question): boolean {
  const { geometry: g, options } = question
  const rounding = allAlgorithms.filter((a) => a.isExact === undefined)
  return (
    isIntegerResult(question) &&
    rounding.some((a) =>
      options.algorithm === 'auto'
        ? a.consideredByAuto?.(g) !== false
        : a.name === options.algorithm,
    )
  )
}

/**
 * Whether the values of the kernel decide if this algorithm may compute the integer result. Another
 * kernel may then need another algorithm.
 */
export function dependsOnValues(algorithm: Algorithm, problem: Problem): boolean {
  const { geometry: g, descriptors } = problem
  return (
    isIntegerResult(problem) &&
    dtypes[descriptors.input.dtype].integer &&
    algorithm.isExact?.(g, descriptors) !== true
  )
}

/** The reason why this algorithm may not compute the integer result; undefined if it may. */
export function inexactReason(algorithm: Algorithm, problem: Problem): string | undefined {
  const { geometry: g, descriptors } = problem
  const { activation } = descriptors
  if (
    !dependsOnValues(algorithm, problem) ||
    (activation !== undefined && activations[activation.kind].ofInteger === 'rounded')
  )
    return undefined
  const lattice = descriptors.values?.lattice
  if (lattice === undefined)
    return (
      'it rounds intermediate values, the result is integer, and the values of the kernel are ' +
      'not available'
    )
  const { exponent, absoluteSum, componentSum } = lattice
  const added = mostAdded(descriptors.padAdjoints)
  if (
    exponent === undefined ||
    !(
      largestOf(descriptors.input.dtype) * componentSum * added * 2 ** exponent <
      wholeNumbers[g.dtype]
    )
  )
    return undefined
  const inExactCase = (reason: string): string =>
    `the integer result must be exact here, and ${reason}`
  if (exponent > 0)
    return inExactCase(`its sums would first have to be rounded to multiples of 1/${2 ** exponent}`)
  if (!areIntegers(g, descriptors))
    return inExactCase('its bias, border constant or activation may add fractions')
  const maxMagnitude = Math.max(largestOf(descriptors.input.dtype), ...constantsOf(g).map(Math.abs))
  const bound =
    epsilon[g.dtype] *
    ((algorithm.errorBoundFactor(g, descriptors) + added - 1) * maxMagnitude * absoluteSum * added +
      2 * Math.abs(descriptors.offset))
  return bound < 1 / 4 ? undefined : inExactCase(`its error may be ${bound.toPrecision(2)}`)
}

const constantsOf = (g: ConvGeometry): number[] =>
  g.boundary.flatMap((border) => (typeof border === 'object' ? [border.constant] : []))

/**
 * Whether the sums are integers before they are rounded to the result. The values of a bias are not
 * available when a plan is made.
 */
function areIntegers(
  g: ConvGeometry,
  { bias, offset, activation, output }: OperandDescriptors,
): boolean {
  const mayAddFractions =
    activation !== undefined && activations[activation.kind].ofInteger !== 'integer'
  if (bias || !dtypes[output.dtype].integer || mayAddFractions) return false
  return [offset, ...constantsOf(g)].every(Number.isInteger)
}
