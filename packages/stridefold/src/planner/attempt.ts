/**
 * What happens if one algorithm computes a problem on one backend? The answer is a program with its
 * predicted cost, or the reason why there is none.
 */

import type { Algorithm, TileForms } from '../algorithms/algorithm.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { finish, type Work } from '../ndarray/work.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import type { SumOrders } from '../program/sum-order.ts'
import { sizesFor } from './box-sizes.ts'
import { boxProgram } from './boxes.ts'
import { type Cut, copiedBytes, cutOf, piecesOfBox } from './cut.ts'
import type { Priced, Refusal } from './decision.ts'
import { withRounding } from './exactness.ts'
import { neededFallback } from './fallback.ts'
import { type Lowered, lowerWork } from './lower.ts'
import { type Cost, costWork, type SerialTime } from './price.ts'
import { unsuitable } from './refusals.ts'

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
  readonly tiles?: TileForms
  /** The orders of the sums of the whole problem. */
  readonly orders?: () => Work<SumOrders>
  /** The program of the whole, or of one box. That of a box has not got its orders yet. */
  readonly program?: Program
  readonly cut?: Cut | undefined
  /** From which the number of threads follows. */
  readonly serial?: SerialTime
}

/**
 * Tries an algorithm on a backend: returns it with its predicted cost, or with the reason against
 * it.
 */
export const attempt = (
  algorithm: Algorithm,
  backend: BackendDescription,
  given: Problem,
): Attempt => finish(attemptWork(algorithm, backend, given))

/** The work of `attempt`. */
export function* attemptWork(
  algorithm: Algorithm,
  backend: BackendDescription,
  given: Problem,
): Work<Attempt> {
  const missing = backend.missing()
  if (missing !== undefined)
    return refuse(algorithm, backend, given, { kind: 'environment', why: missing.why })
  if (given.options.deterministic && !backend.reproducible)
    return refuse(algorithm, backend, given, {
      kind: 'option',
      why: `deterministic is true, and the results of '${backend.name}' depend on the machine`,
    })
  const unsuited = unsuitable(algorithm, given)
  if (unsuited !== undefined) return refuse(algorithm, backend, given, unsuited)
  yield
  const problem = withRounding(algorithm, given)
  const tiles = algorithm.tiles?.(problem.geometry) ?? {}
  yield
  if (backend.places.includes('heap')) return yield* attemptWith(algorithm, backend, problem, tiles)
  let least: Attempt | undefined
  for (const sizes of sizesFor(problem, backend.machine)) {
    const cut = cutOf(problem, algorithm, tiles, sizes)
    // Smaller boxes help only where there are boxes.
    if (least !== undefined && cut === undefined) continue
    yield
    const tried = yield* attemptWith(algorithm, backend, problem, tiles, cut)
    if (tried.refusal?.kind !== 'memory') return tried
    if (least === undefined || tried.refusal.neededBytes! < least.refusal!.neededBytes!)
      least = tried
  }
  return least!
}

/** Tries an algorithm on the whole problem, or on boxes of it. */
function* attemptWith(
  algorithm: Algorithm,
  backend: BackendDescription,
  problem: Problem,
  tiles: TileForms,
  cut?: Cut,
): Work<Attempt> {
  const { geometry: g, descriptors, options, spans } = problem
  const lowerWhole = (): Work<Lowered> =>
    lowerWork(algorithm, g, descriptors, tiles, backend, options)
  const whole = cut === undefined ? yield* lowerWhole() : undefined
  const program =
    whole?.program ?? (yield* boxProgram(algorithm, { tiles }, cut!.box, backend.machine))
  function* orders(): Work<SumOrders> {
    return yield* (whole ?? (yield* lowerWhole())).orders()
  }
  yield
  const unsupported =
    backend.unsupportedWork === undefined
      ? backend.unsupportedReason(program)
      : yield* backend.unsupportedWork(program)
  if (unsupported !== undefined)
    return refuse(algorithm, backend, problem, { kind: 'environment', why: unsupported })
  const isSearched = neededFallback(algorithm, program, problem)?.when.includes('input') === true
  if (isSearched && spans.input.onGpu === true && options.algorithm === 'auto')
    return refuse(algorithm, backend, problem, {
      kind: 'option',
      why: 'it must search the input for values that are not finite, which takes longer on the GPU',
    })
  yield
  yield* backend.secondsAhead?.(program, options) ?? []
  const copies = backend.places.includes('heap') ? 0 : copiedBytes(spans, descriptors, g)
  const rates = backend.rates(options)
  const cost = yield* costWork(
    program,
    rates,
    backend.machine,
    cut?.boxes ?? 1,
    copies,
    backend.seconds(program, options, rates),
    cut === undefined ? 0 : cut.boxes * piecesOfBox(cut, g),
  )
  yield
  const bytes = cost.ownedBytes + (cut?.bytes ?? copies)
  if (bytes > options.memoryLimit)
    return refuse(algorithm, backend, problem, overLimit(bytes, problem))
  const candidate = priced(algorithm, backend, cost, bytes)
  const inPlace = descriptors.inPlace === true
  const serial = { stages: cost.stages, copiedBytes: copies, runs: cut?.boxes ?? 1 }
  return {
    ...{ algorithm, backend, inPlace, descriptors, candidate, tiles, orders },
    ...{ program, cut, serial },
  }
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
