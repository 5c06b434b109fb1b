/** The error if nothing can run: what came, what was needed, and what to do. */

import { OptionError, UnavailableError } from '../errors.ts'
import type { Problem } from '../problem/problem.ts'
import type { Attempt } from './attempt.ts'
import { decisiveAttempt } from './reason.ts'

/** `last` are the attempts of the last try, `all` those of every try. */
export function noCandidateError(
  problem: Problem,
  last: readonly Attempt[],
  all: readonly Attempt[],
): OptionError | UnavailableError {
  const { geometry: g, options } = problem
  const [smallest] = all
    .filter(({ refusal }) => refusal?.neededBytes !== undefined)
    .toSorted((a, b) => a.refusal!.neededBytes! - b.refusal!.neededBytes!)
  if (smallest !== undefined) return memoryError(problem, smallest, last)
  const why = decisiveAttempt(last)?.refusal?.why
  const isOnGpu = problem.spans.input.onGpu === true || problem.spans.output.onGpu === true
  if (isOnGpu && options.algorithm === 'auto')
    return new OptionError(
      'ON_GPU',
      `no algorithm can compute ${g.key} on the GPU: ${why}. Bring the arrays back: ` +
        "await read(x), and leave memory: 'gpu' out.",
    )
  if (options.algorithm === 'auto') {
    return new OptionError(
      'GEOMETRY_TOO_LARGE',
      `no algorithm can compute ${g.key}: ${why}. Use smaller numbers, or backend: 'auto'.`,
    )
  }
  return new OptionError(
    'ALGORITHM_REFUSED',
    `${options.algorithm} cannot compute ${g.key}: ${last[0]!.refusal!.why}. Use another ` +
      `algorithm, or 'auto'.`,
  )
}

/** `smallest` is the attempt that needs the least memory. */
function memoryError(
  problem: Problem,
  smallest: Attempt,
  last: readonly Attempt[],
): UnavailableError {
  const { geometry: g, options } = problem
  const { neededBytes } = smallest.refusal!
  const { algorithm, backend, inPlace } = smallest
  const inPlaceRefusal = last.find(
    (o) => o.algorithm === algorithm && o.backend === backend,
  )?.refusal
  const inPlaceNote =
    inPlaceRefusal === undefined || inPlaceRefusal.neededBytes !== undefined
      ? ''
      : ` (it cannot run in place: ${inPlaceRefusal.why})`
  // A backend that reads arrays where they lie needs less.
  const mayNeedLess = options.backend !== 'auto' && !backend.places.includes('heap')
  return new UnavailableError(
    'MEMORY_LIMIT',
    `no algorithm can compute ${g.key} within memoryLimit ${options.memoryLimit}: ` +
      `${algorithm.name} on ${backend.name}${inPlace ? ' in place' : ''} needs least, about ` +
      `${neededBytes} bytes${inPlaceNote}. Raise memoryLimit beyond that` +
      `${mayNeedLess ? ", or use backend: 'auto'" : ''}.`,
  )
}
