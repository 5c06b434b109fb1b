/**
 * Does the decision depend on the values of the kernel? Reading them costs a pass over the kernel.
 */

import { allAlgorithms } from '../algorithms/index.ts'
import { mayHaveWholeSums } from '../algorithms/integers.ts'
import { isIntegerResult, type Question } from '../problem/problem.ts'
import { mayDependOnValues } from './exactness.ts'

/**
 * The smallest number of taps for which `auto` analyzes the values. With fewer taps one pass with
 * the whole kernel is never slower than separable passes.
 */
const minTaps = 20

/** Whether the values of the kernel may change the decision. */
export function needsKernelValues(question: Question): boolean {
  const { geometry: g, options, readsKernel } = question
  if (!readsKernel) return false
  const requested = allAlgorithms.find((a) => a.name === options.algorithm)
  const isLarge = g.axes.reduce((n, axis) => n * axis.kernel, 1) >= minTaps
  const isRead = requested === undefined ? isLarge : requested.readsValues === true
  return isRead || mayDependOnValues(question) || mayBeWhole(question)
}

/** Whether sums may be formed as integers, if the weights allow it (algorithms/integers.ts). */
const mayBeWhole = (question: Question): boolean =>
  isIntegerResult(question) && mayHaveWholeSums(question.geometry)
