/**
 * What happens if one algorithm computes a problem on one backend? The answer is a program with its
 * predicted cost, or the reason why there is none.
 */

import type { Algorithm } from '../algorithms/algorithm.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import type { Priced, Refusal } from './decision.ts'
import { withRounding } from './exactness.ts'
import { lower } from './lower.ts'
import { type Cost, costOf } from './price.ts'
import { unsuitable } from './refusals.ts'
import { copiedBytes, type Strips, stripsOf } from './strips.ts'

/** An algorithm on a backend: its program, or the reason why there is none. */
export interface Attempt {
  readonly algorithm: Algorithm
  readonly backend: BackendDescription
  /** Whether the program may use no memory of its own. */
  readonly inPlace: boolean
  /** Those of the problem, with a unit if the algorithm needs one. */
  readonly descriptors: OperandDescriptors
  readonly candidate: Priced
  readonly refusal?: Refusal
  readonly program?: Program
  readonly strips?: Strips | undefined
}

/**
 * Tries an algorithm on a backend: returns it with its predicted cost, or with the reason against
 * it.
 */
export function attempt(
  algorithm: Algorithm,
  backend: BackendDescription,
  given: Problem,
): Attempt {
  const missing = backend.missing()
  if (missing !== undefined)
    return refuse(algorithm, backend, given, { kind: 'environment', why: missing.why })
  const unsuited = unsuitable(algorithm, given)
  if (unsuited !== undefined) return refuse(algorithm, backend, given, unsuited)
  const problem = withRounding(algorithm, given)
  const { geometry: g, descriptors, options, spans } = problem
  const { memoryLimit } = options
  const whole = lower(algorithm, g, descriptors, backend, options)
  const unsupported = backend.unsupportedReason(whole)
  if (unsupported !== undefined)
    return refuse(algorithm, backend, problem, { kind: 'environment', why: unsupported })
  const copiesHeap = !backend.places.includes('heap')
  const strips = copiesHeap ? stripsOf(problem, algorithm, backend) : undefined
  const copies = copiesHeap ? copiedBytes(spans, descriptors, g) : 0
  const program = strips?.program ?? whole
  const cost = costOf(
    program,
    backend.rates(options),
    backend.machine,
    strips?.count ?? 1,
    copies,
    backend.cycles(program, options),
  )
  const bytes = cost.ownedBytes + (strips?.bytes ?? copies)
  if (bytes > memoryLimit) return refuse(algorithm, backend, problem, overLimit(bytes, problem))
  const candidate = priced(algorithm, backend, cost, bytes)
  const inPlace = descriptors.inPlace === true
  return { algorithm, backend, inPlace, descriptors, candidate, program, strips }
}

export const overLimit = (neededBytes: number, { options }: Problem): Refusal => ({
  kind: 'memory',
  why: `it needs ${neededBytes} bytes of workspace, but memoryLimit is ${options.memoryLimit}`,
  neededBytes,
})

export function refuse(
  algorithm: Algorithm,
  backend: BackendDescription,
  { descriptors }: Problem,
  refusal: Refusal,
): Attempt {
  return {
    ...{ algorithm, backend, refusal, descriptors, inPlace: descriptors.inPlace === true },
    candidate: {
      ...{ algorithm: algorithm.name, backend: backend.name, considered: true },
      ...{ refused: refusal.why, refusal: refusal.kind },
      ...{ milliseconds: NaN, flops: NaN, bytes: NaN, workspaceBytes: NaN },
    },
  }
}

function priced(
  algorithm: Algorithm,
  backend: BackendDescription,
  { milliseconds, flops, bytes }: Cost,
  workspaceBytes: number,
): Priced {
  return {
    ...{ algorithm: algorithm.name, backend: backend.name, considered: true },
    ...{ refused: undefined, refusal: undefined, milliseconds, flops, bytes, workspaceBytes },
  }
}
