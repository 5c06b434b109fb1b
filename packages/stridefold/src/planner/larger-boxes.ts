/**
 * Are the boxes of a problem too small for threads? A box of an image with a small kernel takes
 * less time than it takes to share it, or to send a message to a worker and back. Then threads get
 * larger boxes. They have the same bits, because the form stays, but take more memory.
 */

import type { Work } from '../ndarray/work.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import { sizesFor } from './box-sizes.ts'
import { algorithmNamed, boxProgram, type Form } from './boxes.ts'
import { type Cut, copiedBytes, cutOf, workspaceBytes } from './cut.ts'
import type { Decision } from './decision.ts'
import { withOrdersOf } from './lower.ts'
import { costWork, type SerialTime } from './price.ts'
import { threadsFor } from './threads.ts'

/**
 * Less work than this does not get larger boxes, in milliseconds: the code of a whole image, with
 * its borders, takes longer to write than threads save in ten calls.
 */
const minWork = 2

/** The work of a box that threads share, for each of them, in milliseconds. */
const shareOfBox = 0.4

/** The work of a box that an asynchronous call leaves to workers, in milliseconds. */
const remoteBox = 3

/** How often boxes are made larger until they are large enough. */
const maxTries = 5

/** Larger boxes must be predicted to take less than this part of the time of the small ones. */
const minGain = 0.8

/**
 * The decision with boxes that threads can share, if that is faster. `serial`: the time of the
 * boxes of the given decision.
 */
export function* forThreads(
  decision: Decision,
  serial: SerialTime,
  problem: Problem,
  backend: BackendDescription,
): Work<Decision> {
  if (decision.cut === undefined || decision.threads.count > 1) return decision
  const { options } = problem
  const { threads } = options
  const rates = backend.rates(options)
  const allowed = Math.min(backend.threadLimit().count, threads === 'auto' ? Infinity : threads)
  const copies = (rate: number): number => serial.copiedBytes / (rate * 1e6)
  const work = serial.stages.reduce((sum, time) => sum + time, 0)
  if (work < minWork) return decision
  const gain = (work / allowed + copies(rates.sharedCopy)) / (work + copies(rates.copy))
  if (gain > minGain) return decision
  const larger = yield* withFewerBoxes(decision, work / (shareOfBox * allowed), problem, backend)
  return larger.threads.count > 1 ? larger : decision
}

/** The decision for asynchronous calls that leave it to workers in shared memory. */
export function* forWorkers(
  decision: Decision,
  problem: Problem,
  backend: BackendDescription,
): Work<Decision> {
  if (decision.cut === undefined) return decision
  const { stages } = yield* serialTime(decision, problem, backend)
  const work = stages.reduce((sum, time) => sum + time, 0)
  return yield* withFewerBoxes(decision, work / remoteBox, problem, backend)
}

/** The decision with at most this many boxes, or somewhat more. */
function* withFewerBoxes(
  decision: Decision,
  most: number,
  { descriptors: _, ...others }: Problem,
  backend: BackendDescription,
): Work<Decision> {
  const { form, descriptors } = decision
  const { options } = others
  const boxes = decision.cut!.boxes
  if (boxes <= most || !form.cutKeepsBits || options.memoryLimit !== Infinity) return decision
  const problem = { ...others, descriptors }
  const algorithm = algorithmNamed(decision.algorithm)
  const { machine } = backend
  const sizes = sizesFor(problem, machine)[0]!
  const cutWith = (factor: number): Cut | undefined => {
    const target = sizes.target * factor
    const larger = { ...sizes, target, most: Math.max(sizes.most, target) }
    return cutOf(problem, algorithm, form.tiles, larger)
  }
  // Sizes are multiples of tiles, and at least those that the overlap of windows needs.
  let factor = boxes / most
  let cut = cutWith(factor)
  for (let tries = 0; tries < maxTries && cut !== undefined && cut.boxes > most; tries++) {
    factor *= 1.5
    cut = cutWith(factor)
  }
  yield
  const program = yield* cutProgram(decision, form, cut, problem, backend)
  const recut: Decision = { ...decision, program, cut }
  yield
  const serial = yield* serialTime(recut, problem, backend)
  const threads = threadsFor(program, serial, problem, backend, (count) =>
    workspaceBytes({ program, cut, threads: { count } }, problem, backend),
  )
  return { ...recut, threads }
}

/** The program of a box of this cut, or of the whole problem. It has the given form. */
export function* cutProgram(
  { algorithm: name, descriptors }: Pick<Decision, 'algorithm' | 'descriptors'>,
  { tiles, orders = {} }: Pick<Form, 'tiles'> & Partial<Form>,
  cut: Cut | undefined,
  { geometry, options }: Pick<Problem, 'geometry' | 'options'>,
  backend: BackendDescription,
): Work<Program> {
  const part = cut?.box ?? { geometry, descriptors }
  const program = yield* boxProgram(algorithmNamed(name), { tiles }, part, backend.machine)
  yield
  return withOrdersOf(program, orders, backend, options)
}

export function* serialTime(
  { program, cut, descriptors }: Pick<Decision, 'program' | 'cut' | 'descriptors'>,
  { spans, geometry, options }: Problem,
  backend: BackendDescription,
): Work<SerialTime> {
  const bytes = copiedBytes(spans, descriptors, geometry)
  const runs = cut?.boxes ?? 1
  const rates = backend.rates(options)
  yield* backend.secondsAhead?.(program, options) ?? []
  const seconds = backend.seconds(program, options, rates)
  const { stages } = yield* costWork(program, rates, backend.machine, runs, bytes, seconds)
  return { stages, copiedBytes: bytes, runs }
}
