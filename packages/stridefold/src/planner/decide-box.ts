/**
 * How is one box computed whose arrays are all that there is? As a problem of its own, with the
 * form of the whole: its algorithm, its tiles and the orders of its sums. So it has the bits of the
 * whole. Like any problem it may be cut into smaller boxes, shared by threads, or left to workers.
 */

import type { Cuts } from '../algorithms/algorithm.ts'
import { plainCuts } from '../algorithms/cuts.ts'
import { strided } from '../algorithms/strided.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { Work } from '../ndarray/work.ts'
import { textOf } from '../problem/key.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import { sizesFor } from './box-sizes.ts'
import { algorithmNamed } from './boxes.ts'
import { cutOf, workspaceBytes } from './cut.ts'
import type { Decision } from './decision.ts'
import { neededFallback } from './fallback.ts'
import { cutProgram, forThreads, serialTime } from './larger-boxes.ts'
import { unsuitable } from './refusals.ts'
import { threadsFor } from './threads.ts'

/** What is chosen for the whole problem, and holds for every box of it. */
export type WholeChoice = Pick<Decision, 'algorithm' | 'backend' | 'form' | 'reason'>

/** Where boxes may begin, and what they read. Without a form: anywhere, and with other bits. */
export const cutsOf = ({ form }: Pick<WholeChoice, 'form'>, g: ConvGeometry): Cuts =>
  form.cutKeepsBits ? form : plainCuts(g)

/** Whether the algorithm of a choice that was read may be cut where its form says. */
export function isCutAsSaid(
  { algorithm: name, form }: WholeChoice,
  { geometry, descriptors }: Pick<Problem, 'geometry' | 'descriptors'>,
): boolean {
  const algorithm = algorithmNamed(name)
  const { tiles } = form.cutKeepsBits ? form : { tiles: algorithm.tiles?.(geometry) ?? {} }
  const cuts = algorithm.cuts(geometry, descriptors, tiles)
  const own: object = typeof cuts === 'string' ? { why: cuts } : cuts
  const said = form as object as Readonly<Record<string, unknown>>
  return (
    form.cutKeepsBits === (typeof cuts !== 'string') &&
    Object.entries(own).every(([key, value]) => textOf(value) === textOf(said[key]))
  )
}

/**
 * What computes a box in place of this choice, if its results may be wrong: the direct sum, with
 * every product. Enough of it to know what boxes read; `fallbackWork` decides the rest.
 */
export function fallbackChoice(
  { backend, reason }: WholeChoice,
  { geometry, descriptors: { values: _, ...layouts } }: Problem,
): WholeChoice {
  const cuts = strided.cuts(geometry, { ...layouts, everyProduct: true }, {})
  const form =
    typeof cuts === 'string'
      ? ({ cutKeepsBits: false, why: cuts, errorBound: NaN } as const)
      : ({ cutKeepsBits: true, tiles: {}, orders: {}, ...cuts } as const)
  return { algorithm: strided.name, backend, form, reason }
}

/**
 * The work of the decision for a box, or of the reason why the backend cannot run its program.
 * `problem`: that of the box.
 */
export function* decideBoxWork(
  { algorithm: wholeName, backend: backendName, form, reason }: WholeChoice,
  problem: Problem,
  backend: BackendDescription,
): Work<Decision | string> {
  const wholes = algorithmNamed(wholeName)
  // Boxes without the bits of the whole may have a geometry that its algorithm does not support.
  const algorithm =
    form.cutKeepsBits || unsuitable(wholes, problem) === undefined ? wholes : strided
  const { name } = algorithm
  const { descriptors } = problem
  const ways = form.cutKeepsBits ? form : { tiles: algorithm.tiles?.(problem.geometry) ?? {} }
  const [sizes] = sizesFor(problem, backend.machine)
  const cut =
    form.cutKeepsBits && !backend.places.includes('heap')
      ? cutOf(problem, algorithm, form.tiles, sizes!)
      : undefined
  yield
  const lowered = { algorithm: name, descriptors }
  const program = yield* cutProgram(lowered, ways, cut, problem, backend)
  yield
  const unsupported = backend.unsupportedWork
    ? yield* backend.unsupportedWork(program)
    : backend.unsupportedReason(program)
  if (unsupported !== undefined) return unsupported
  const serial = yield* serialTime({ program, cut, descriptors }, problem, backend)
  const threads = threadsFor(program, serial, problem, backend, (count) =>
    workspaceBytes({ program, cut, threads: { count } }, problem, backend),
  )
  const decision: Decision = {
    ...{ algorithm: name, backend: backendName, descriptors, form, program, cut, threads, reason },
    ...{ measured: undefined, compared: [] },
    dependsOnKernelValues: false,
    containsKernelValues: algorithm.readsValues === true,
    fallback: neededFallback(algorithm, program, problem),
  }
  yield
  return yield* forThreads(decision, serial, problem, backend)
}
