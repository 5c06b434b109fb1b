/**
 * Which algorithm runs, on which backend? Each algorithm returns a program, or the reason why it
 * cannot run. Each program gets a predicted cost. The planner takes the cheapest program that meets
 * the options. If the caller names an algorithm, only that one is tried.
 *
 * Pure: a problem and a list of backends give a decision. Nothing is compiled, kept or computed.
 */

import type { Algorithm } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import { unsupportedComponents } from '../algorithms/polyphase.ts'
import { UnavailableError } from '../errors.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { epsilon } from '../ndarray/dtype.ts'
import { finish, type Work } from '../ndarray/work.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { type Attempt, attempt, attemptWork, overLimit, refuse } from './attempt.ts'
import { algorithmNamed, type Form, type NoForm } from './boxes.ts'
import { type Runnable, workspaceBytes } from './cut.ts'
import type { Candidate, Decision, Measured, ThreadChoice } from './decision.ts'
import { dependsOnValues, exactErrorBound } from './exactness.ts'
import { neededFallback } from './fallback.ts'
import { forThreads } from './larger-boxes.ts'
import { withOrdersOf } from './lower.ts'
import { noCandidateError } from './no-candidate.ts'
import { reasonOf } from './reason.ts'
import { threadsFor } from './threads.ts'

/** The name of an algorithm and one sentence about it. */
export interface AlgorithmSummary {
  /** The value for the option `algorithm`. */
  readonly name: string
  /** What it does, in one sentence. */
  readonly summary: string
}

/**
 * Returns the name and a summary of every algorithm, in the order of the planner. Use it for menus,
 * and to compare all of them on a problem. Never throws. Costs nothing but the list.
 *
 * @example
 * algorithms().map(({ name }) => name)
 * // ['separable', 'winograd', 'fft', 'strided', 'im2col', 'toeplitz', 'naive']
 */
export function algorithms(): AlgorithmSummary[] {
  return allAlgorithms.map(({ name, summary }) => ({ name, summary }))
}

/**
 * Returns the fastest algorithm and backend that meet the options. `backends` come in the order of
 * preference: a later one is used only if nothing runs on the earlier ones.
 *
 * `measured`: what a measurement found for this problem; its algorithm is taken if it can run.
 *
 * Throws `OptionError` or `UnavailableError` if there is none.
 */
export const decide = (
  problem: Problem,
  backends: readonly BackendDescription[],
  measured?: Measured,
): Decision => finish(decideWork(problem, backends, measured))

/** The work of `decide`. */
export function* decideWork(
  problem: Problem,
  backends: readonly BackendDescription[],
  measured?: Measured,
): Work<Decision> {
  const tooManyComponents = unsupportedComponents(problem.geometry)
  if (tooManyComponents !== undefined) {
    throw new UnavailableError(
      'PROGRAM_TOO_LARGE',
      `${problem.geometry.key}: ${tooManyComponents}. Use a smaller dilation, or fewer taps.`,
    )
  }
  const allowed = allowedBackends(problem, backends)
  const attempts: Attempt[] = []
  const direct = yield* decideAmong(problem, allowed, attempts, measured)
  if (direct !== undefined) return direct
  if (problem.options.memoryLimit === Infinity) throw noCandidateError(problem, attempts, attempts)
  // If nothing fits the memory limit, try again in place. This is slower, but needs no scratch.
  const descriptors = { ...problem.descriptors, inPlace: true }
  const inPlaceAttempts: Attempt[] = []
  const inPlace = { ...problem, descriptors }
  const decision = yield* decideAmong(inPlace, allowed, inPlaceAttempts, measured)
  if (decision !== undefined) return decision
  throw noCandidateError(problem, inPlaceAttempts, [...attempts, ...inPlaceAttempts])
}

/** Returns the best candidate of the first backend that has one, and adds all to `attempts`. */
function* decideAmong(
  problem: Problem,
  backends: readonly BackendDescription[],
  attempts: Attempt[],
  measured: Measured | undefined,
): Work<Decision | undefined> {
  const { geometry: g, options } = problem
  for (const backend of backends) {
    const compared: Attempt[] = []
    for (const a of requestedAlgorithms(problem, measured))
      compared.push(yield* attemptWork(a, backend, problem))
    const fastest = compared.filter(({ algorithm }) => algorithm.name === measured?.algorithm)
    const known = yield* bestFitting(fastest, problem)
    let best = known ?? (yield* bestFitting(compared, problem))
    // If none of the considered algorithms can run, one of the others may.
    if (best === undefined && options.algorithm === 'auto') {
      const others = allAlgorithms.filter((a) => a.consideredByAuto?.(g) === false)
      for (const a of others) compared.push(yield* attemptWork(a, backend, problem))
      best = yield* bestFitting(compared, problem)
    }
    attempts.push(...compared)
    yield
    if (best !== undefined)
      return yield* decisionOf(best, compared, attempts, problem, known && measured)
  }
  return undefined
}

const requestedAlgorithms = (
  { geometry, options }: Problem,
  measured: Measured | undefined,
): readonly Algorithm[] =>
  options.algorithm === 'auto'
    ? allAlgorithms.filter(
        (a) => a.consideredByAuto?.(geometry) !== false || a.name === measured?.algorithm,
      )
    : allAlgorithms.filter((a) => a.name === options.algorithm)

/** Predictions within this factor count as equal. Of equal ones the least memory wins. */
const tieFactor = 1.05

/**
 * Returns the fastest attempt whose program fits the memory limit. A program may need more bytes
 * than predicted, because each backend packs weights in its own way. Such attempts are refused.
 */
function* bestFitting(attempts: Attempt[], problem: Problem): Work<Attempt | undefined> {
  const { memoryLimit } = problem.options
  for (;;) {
    const possible = attempts.filter(({ refusal }) => refusal === undefined)
    if (possible.length === 0) return undefined
    const fastest = Math.min(...possible.map((o) => o.candidate.milliseconds))
    const best = possible
      .filter((o) => o.candidate.milliseconds <= fastest * tieFactor)
      .reduce((a, b) => (b.candidate.workspaceBytes < a.candidate.workspaceBytes ? b : a))
    // Without a limit the exact number is not needed.
    if (memoryLimit === Infinity) return best
    const program = orderedProgram(best, { orders: yield* best.orders!() }, problem)
    const bytes = workspaceBytes(onThreads(best, program), problem, best.backend)
    if (bytes <= memoryLimit) return { ...best, program }
    const refused = refuse(best.algorithm, best.backend, problem, overLimit(bytes, problem))
    attempts[attempts.indexOf(best)] = refused
  }
}

/** The program of an attempt. That of a box adds in the orders of the whole. */
const orderedProgram = (
  { program, cut, backend }: Attempt,
  { orders }: Pick<Form, 'orders'>,
  { options }: Problem,
): Program => (cut === undefined ? program! : withOrdersOf(program!, orders, backend, options))

/** A program of an attempt as this many threads run it. */
const onThreads = ({ cut }: Attempt, program: Program, count = 1): Runnable => ({
  ...{ program, cut, threads: { count } },
})

function* decisionOf(
  best: Attempt,
  compared: readonly Attempt[],
  attempts: readonly Attempt[],
  problem: Problem,
  measured: Measured | undefined,
): Work<Decision> {
  const { algorithm, backend, descriptors, cut } = best
  const form = yield* formOf(best, problem)
  yield
  const program = form.cutKeepsBits ? orderedProgram(best, form, problem) : best.program!
  yield
  const decision: Decision = {
    ...{ algorithm: algorithm.name, backend: backend.name, descriptors },
    ...{ form, program, cut, threads: threadsOf(best, program, problem) },
    reason: reasonOf(best, attempts, problem.options.algorithm, measured),
    measured,
    compared: compared.map(({ candidate }) => candidate),
    dependsOnKernelValues: algorithm.readsValues === true || dependsOnValues(algorithm, problem),
    containsKernelValues: algorithm.readsValues === true,
    fallback: neededFallback(algorithm, program, problem),
  }
  yield
  return yield* forThreads(decision, best.serial!, problem, backend)
}

function threadsOf(best: Attempt, program: Program, problem: Problem): ThreadChoice {
  const { backend, serial } = best
  return threadsFor(program, serial!, problem, backend, (count) =>
    workspaceBytes(onThreads(best, program, count), problem, backend),
  )
}

/** What decides the bits of the results, and whether boxes of the problem have them, too. */
function* formOf(
  { algorithm, backend, descriptors, tiles = {}, orders }: Attempt,
  { geometry, options, ...problem }: Problem,
): Work<Form | NoForm> {
  const cuts = !backend.reproducible
    ? 'the GPU may add in another order'
    : descriptors.padAdjoints === undefined
      ? algorithm.cuts(geometry, descriptors, tiles)
      : 'its border is added back after all sums, and boxes would meet there'
  if (typeof cuts === 'string')
    return {
      ...{ cutKeepsBits: false, why: cuts },
      errorBound: errorBoundOf(algorithm, { ...problem, geometry, options, descriptors }),
    }
  return { cutKeepsBits: true, tiles, orders: yield* orders!(), ...cuts }
}

/**
 * The decision that computes the results which the program of another decision cannot. Equal
 * arguments give equal decisions. Throws as `decide` does, if the fallback needs more memory than
 * `memoryLimit` allows.
 */
export const fallbackOf = (
  decision: Pick<Decision, 'fallback'>,
  problem: Problem,
  backends: readonly BackendDescription[],
): Decision => finish(fallbackWork(decision, problem, backends))

/** The work of `fallbackOf`. */
export function fallbackWork(
  { fallback }: Pick<Decision, 'fallback'>,
  problem: Problem,
  backends: readonly BackendDescription[],
): Work<Decision> {
  const { algorithm } = fallback!
  const { values: _, ...descriptors } = problem.descriptors
  return decideWork(
    {
      ...problem,
      options: { ...problem.options, algorithm },
      descriptors: { ...descriptors, everyProduct: true },
    },
    backends,
  )
}

/**
 * Returns every algorithm on the backend of a decision. Those that the planner did not compare are
 * predicted now.
 */
export function candidatesOf(
  decision: Decision,
  problem: Problem,
  backends: readonly BackendDescription[],
): Candidate[] {
  const backend = backends.find(({ name }) => name === decision.backend)!
  const decided = { ...problem, descriptors: decision.descriptors }
  return allAlgorithms.map((algorithm) => {
    const priced = decision.compared.find(
      (candidate) => candidate.algorithm === algorithm.name,
    ) ?? {
      ...attempt(algorithm, backend, decided).candidate,
      considered: false,
    }
    const isPossible = priced.refused === undefined
    return { ...priced, errorBound: isPossible ? errorBoundOf(algorithm, decided) : NaN }
  })
}

/** See `Candidate.errorBound`. */
function errorBoundOf(algorithm: Algorithm, problem: Problem): number {
  const { geometry: g, descriptors } = problem
  return exactErrorBound(problem) ?? epsilon[g.dtype] * algorithm.errorBoundFactor(g, descriptors)
}

/** The error bound of the results of a decision. */
export const errorBound = (
  decision: Pick<Decision, 'algorithm' | 'descriptors'>,
  problem: Problem,
): number => errorBoundOf(algorithmOf(decision), { ...problem, descriptors: decision.descriptors })

/** The algorithm of a decision. */
export const algorithmOf = ({ algorithm }: Pick<Decision, 'algorithm'>): Algorithm =>
  algorithmNamed(algorithm)

/**
 * Returns the buffers of the program of a decision, with constants for a kernel with these
 * properties. Only for a decision whose program contains values of the kernel.
 */
export const buffersFor = (
  decision: Decision,
  problem: Problem,
  descriptors: OperandDescriptors,
  { machine }: BackendDescription,
): Program['buffers'] =>
  algorithmOf(decision).program(
    decision.cut?.box.geometry ?? problem.geometry,
    { ...descriptors, ...boxArrays(decision) },
    { machine, tiles: decision.form.cutKeepsBits ? decision.form.tiles : undefined },
  ).buffers

/** How the arrays of a box lie; nothing for the whole problem. */
const boxArrays = ({ cut }: Decision): Partial<OperandDescriptors> =>
  cut === undefined ? {} : { input: cut.box.descriptors.input, output: cut.box.descriptors.output }

/**
 * Returns the backends that the options allow. Throws `UnavailableError` if the caller named one
 * that this engine cannot run.
 */
function allowedBackends(
  { options }: Problem,
  backends: readonly BackendDescription[],
): readonly BackendDescription[] {
  if (options.backend === 'auto') return backends
  const named = backends.filter(({ name }) => name === options.backend)
  const missing = named[0]?.missing()
  if (missing === undefined) return named
  const others = backends.filter((b) => !named.includes(b)).map(({ name }) => `'${name}'`)
  throw new UnavailableError(
    missing.code,
    `backend '${options.backend}' was requested, but ${missing.why}. ` +
      `Use backend: ${[...others, "'auto'"].join(' or ')}.`,
  )
}
