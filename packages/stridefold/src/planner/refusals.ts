/** Which algorithms may compute a problem, on any backend? */

import type { Algorithm } from '../algorithms/algorithm.ts'
import { type PolyphaseComponent, polyphaseComponents } from '../algorithms/polyphase.ts'
import { strided } from '../algorithms/strided.ts'
import type { Problem } from '../problem/problem.ts'
import type { Refusal } from './decision.ts'
import { inexactReason } from './exactness.ts'

/** The reason why an algorithm cannot compute this problem; undefined if it can. */
export function unsuitable(algorithm: Algorithm, problem: Problem): Refusal | undefined {
  const { geometry: g, descriptors } = problem
  const unsupported = algorithm.unsupportedReason(g, descriptors)
  if (unsupported !== undefined)
    return { kind: descriptors.inPlace === true ? 'memory' : 'shape', why: unsupported }
  const excluded = inexactReason(algorithm, problem) ?? lessExactReason(algorithm, problem)
  return excluded === undefined ? undefined : { kind: 'option', why: excluded }
}

/** The reason why an algorithm may not replace the direct sum with accuracy 'strict'. */
function lessExactReason(
  algorithm: Algorithm,
  { geometry: g, descriptors, options }: Problem,
): string | undefined {
  if (options.accuracy !== 'strict') return undefined
  // The terms are fractions that cancel to the weights of the kernel. Sums of small integers would
  // no longer be exact.
  const cancels =
    algorithm.readsValues === true && algorithm.spreadsNonFinite?.(descriptors) === true
  const isLarger = (component: PolyphaseComponent): boolean =>
    algorithm.errorBoundFactor(g, descriptors, [component]) >
    strided.errorBoundFactor(g, descriptors, [component])
  if (algorithm.excludedFromStrict !== true && !cancels && !polyphaseComponents(g).some(isLarger))
    return undefined
  return 'its error may be larger than that of the direct sum, and accuracy is strict'
}
