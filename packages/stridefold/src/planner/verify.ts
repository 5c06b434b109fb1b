/**
 * `verify: true`: the result beside the definition, element by element, within the error that the algorithm states.
 */

import { InternalError } from '../errors.ts'
import { dtypes, epsilon, toDType } from '../ndarray/dtype.ts'
import { allocated } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { referenceConv } from '../reference.ts'
import { activated } from './activation.ts'
import type { Choice } from './choose.ts'
import { folded } from './fold.ts'
import { factsOf, layoutOf, type Problem } from './problem.ts'

interface Verified {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly bias: NdArray | undefined
  readonly result: NdArray
}

/** Throws `InternalError` (`VERIFY_FAILED`) with the worst element where the result leaves the stated bound. */
export function verified(problem: Problem, { input, kernel, bias, result }: Verified, { algorithm, backend }: Choice): void {
  const { geometry: g, offset, activation } = problem
  const folds = problem.folds !== undefined
  const sums = referenceConv(g, input, kernel, folds ? 0 : (bias ?? 0))
  const unfolded = allocated([g.batch, g.filters, ...g.axes.map((axis) => axis.output)], 'float64')
  unfolded.data.set(folds ? sums : sums.map((sum) => activated(sum + offset, activation)))
  const y = problem.arrange(result)
  const truth = folds ? allocated(y.shape, 'float64') : unfolded
  if (folds) folded(unfolded, truth, problem, bias)
  const facts = factsOf(problem, input, kernel, layoutOf(y), bias !== undefined)
  const growth = algorithm.errorGrowth(g, facts)
  const bound = growth * epsilon[g.dtype] * largest(input) * absoluteSum(kernel) * (problem.folds === undefined ? 1 : 2 ** g.axes.length)
  const slack = dtypes[result.dtype].integer ? 1 : result.dtype === 'float32' ? epsilon.float32 : 0
  let [worst, at, came, wanted] = [0, -1, 0, 0]
  const index = y.shape.map(() => 0)
  for (let i = 0; i < truth.data.length; i++) {
    const got = y.data[index.reduce((sum, v, axis) => sum + v * y.strides[axis]!, y.offset)]!
    const want = toDType(truth.data[i]!, result.dtype)
    const difference = Object.is(got, want) || (Number.isNaN(got) && Number.isNaN(want)) ? 0 : Math.abs(got - want)
    const allowed = bound + (dtypes[result.dtype].integer ? slack : slack * Math.abs(want))
    const excess = Number.isNaN(difference) ? Infinity : difference - allowed
    if (excess > worst) [worst, at, came, wanted] = [excess, i, got, want]
    for (let axis = y.shape.length - 1; axis >= 0 && ++index[axis]! === y.shape[axis]; axis--) index[axis] = 0
  }
  if (at < 0) return
  throw new InternalError(
    'VERIFY_FAILED',
    `${algorithm.name} on ${backend.name} gives ${came} for element ${at} of ${g.key} where the definition gives ${wanted}; the stated bound is ${bound}. Please report this case.`,
  )
}

function largest(x: NdArray): number {
  let most = 0
  for (const v of x.data) if (Number.isFinite(v)) most = Math.max(most, Math.abs(v))
  return most
}

function absoluteSum(x: NdArray): number {
  let sum = 0
  for (const v of x.data) if (Number.isFinite(v)) sum += Math.abs(v)
  return sum
}
