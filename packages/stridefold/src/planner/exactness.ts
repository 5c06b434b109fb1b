/**
 * Which algorithms may compute an integer result? Where the sums of the definition are exact in the
 * compute type (geometry/exact-sums.ts), the result must be exact too.
 *
 * Where a border is added back, a result adds up several such sums, and their number counts too.
 *
 * Algorithms with plain sums of products (`isExact`) meet this. Other algorithms round intermediate
 * values; their error is within their bound. The exact sums are multiples of 2⁻ᵐ. If the bound is
 * below a quarter of 2⁻ᵐ, rounding to these multiples returns the exact sum. Otherwise these
 * algorithms are not used. If the definition itself rounds its sums, any algorithm may be used,
 * within its bound.
 */

import type { Algorithm } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import { type Addends, hasExactResults, hasExactSums, sampleGrid } from '../geometry/exact-sums.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { mostAdded } from '../geometry/transposed.ts'
import { activations } from '../ndarray/activation.ts'
import { type ComputeDType, dtypes, epsilon } from '../ndarray/dtype.ts'
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
  const rounding = roundingOf(algorithm, problem)
  return typeof rounding === 'string' ? rounding : undefined
}

/**
 * The problem as this algorithm computes it: its sums are rounded to the grid of the exact sums if
 * that is needed. The algorithm may compute the problem.
 */
export function withRounding(algorithm: Algorithm, problem: Problem): Problem {
  const { unit: _, ...descriptors } = problem.descriptors
  const rounding = roundingOf(algorithm, problem)
  return typeof rounding !== 'number' || isRoundedAtTheEnd(rounding, descriptors)
    ? { ...problem, descriptors }
    : { ...problem, descriptors: { ...descriptors, unit: rounding } }
}

/** Whether the conversion to the type of the result rounds to these multiples, and only it. */
const isRoundedAtTheEnd = (
  unit: number,
  { bias, offset, activation, output }: OperandDescriptors,
): boolean =>
  unit === 1 && !bias && offset === 0 && activation === undefined && dtypes[output.dtype].integer

/** The smallest unit whose reciprocal is a number of the compute type, too. */
const smallestUnit: Readonly<Record<ComputeDType, number>> = {
  float32: 2 ** -126,
  float64: 2 ** -1022,
}

/**
 * The power of two to whose multiples the sums of this algorithm must be rounded; a text if this is
 * not possible, undefined if nothing must be rounded.
 */
function roundingOf(algorithm: Algorithm, problem: Problem): number | string | undefined {
  const { geometry: g, descriptors, activation } = problem
  if (
    !dependsOnValues(algorithm, problem) ||
    (activation !== undefined && activations[activation.kind].isTranscendental)
  )
    return undefined
  const lattice = descriptors.values?.lattice
  if (lattice === undefined)
    return (
      'it rounds intermediate values, the result is integer, and the values of the kernel are ' +
      'not available'
    )
  const input = descriptors.input.dtype
  const added = mostAdded(descriptors.padAdjoints)
  if (!hasExactSums(g, input, lattice, added)) return undefined
  const inExactCase = (reason: string): string =>
    `the integer result must be exact here, and ${reason}`
  const samples = sampleGrid(g, input)
  if (samples === undefined) return inExactCase('the constant of its border is not a finite number')
  const exponent = lattice.exponent! + samples.exponent
  const unit = 2 ** -exponent
  if (unit < smallestUnit[g.dtype])
    return inExactCase(`multiples of 2^−${exponent} are too small to round to`)
  const bound =
    epsilon[g.dtype] *
    (algorithm.errorBoundFactor(g, descriptors) + added - 1) *
    samples.largest *
    lattice.absoluteSum *
    added
  return bound < unit / 4
    ? unit
    : inExactCase(
        `its error may be ${bound.toPrecision(2)}, but must be below a quarter of ` +
          `${exponent === 0 ? '1' : `1/${2 ** exponent}`} to be rounded away`,
      )
}

/**
 * A bound on the error of every algorithm where the sums are exact, as a multiple of max|x|·Σ|k|.
 * It is 0 if what follows the sums is exact, too. The values of a bias are not available when a
 * plan is made, and adding it may round. Undefined if the sums are not exact, or if the values of
 * the kernel are not available.
 */
export function exactErrorBound(problem: Problem): number | undefined {
  const { geometry: g, descriptors, offset, activation, resultDType } = problem
  const lattice = descriptors.values?.lattice
  if (lattice === undefined || !dtypes[resultDType].integer) return undefined
  const input = descriptors.input.dtype
  const added = mostAdded(descriptors.padAdjoints)
  const isExact = (addends: Addends): boolean => hasExactResults(g, input, lattice, addends, added)
  if (!isExact({ bias: undefined, offset: 0, activation: undefined })) return undefined
  if (activation !== undefined && activations[activation.kind].isTranscendental) return undefined
  const bias = descriptors.bias ? [NaN] : undefined
  return isExact({ bias, offset, activation }) ? 0 : epsilon[g.dtype]
}
