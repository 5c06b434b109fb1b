/**
 * Should threads compute a problem whole that one thread computes in boxes? A box of an image takes
 * too little time to be shared, or to be left to a worker. The whole has the bits of its boxes, but
 * its arrays are copied whole into backend memory.
 */

import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import { algorithmNamed } from './boxes.ts'
import { copiedBytes, workspaceBytes } from './cut.ts'
import type { Decision } from './decision.ts'
import { lower } from './lower.ts'
import { costOf, type SerialTime } from './price.ts'
import { threadsFor } from './threads.ts'

/** Arrays with more bytes than this are never copied whole. */
const mostBytes = 2 ** 28

/** Boxes with more products than this are left to workers one by one. */
const largeBox = 2 ** 25

/** The whole must be predicted to take less than this part of the time of its boxes. */
const minGain = 0.8

/**
 * The decision for the whole if threads share it in less time than its boxes take one after the
 * other, or the decision as it is. `serial`: the time of the boxes.
 */
export function sharedDecision(
  decision: Decision,
  serial: SerialTime,
  problem: Problem,
  backend: BackendDescription,
): Decision {
  if (decision.cut === undefined || decision.threads.count > 1) return decision
  const { options } = problem
  const { threads } = options
  const rates = backend.rates(options)
  const allowed = Math.min(backend.threadLimit().count, threads === 'auto' ? Infinity : threads)
  const work = serial.stages.reduce((sum, time) => sum + time, 0)
  const copies = (rate: number): number => serial.copiedBytes / (rate * 1e6)
  const boxes = work + copies(rates.copy)
  if (work / allowed + copies(rates.sharedCopy) > boxes * minGain) return decision
  const whole = wholeDecision(decision, problem, backend)
  return whole !== undefined && whole.threads.count > 1 ? whole : decision
}

/** The decision for asynchronous calls, which leave it to workers. */
export function remoteDecision(
  decision: Decision,
  problem: Problem,
  backend: BackendDescription,
): Decision {
  const { cut } = decision
  if (cut === undefined || productsOf(cut.box.geometry) > largeBox) return decision
  return wholeDecision(decision, problem, backend) ?? decision
}

/** The same for the whole. Undefined if it takes too much memory, or has other bits. */
function wholeDecision(
  decision: Decision,
  problem: Problem,
  backend: BackendDescription,
): Decision | undefined {
  const { form, descriptors } = decision
  const { geometry: g, options, spans } = problem
  const copies = copiedBytes(spans, descriptors, g)
  if (!form.cutKeepsBits || options.memoryLimit !== Infinity || copies > mostBytes) return undefined
  const algorithm = algorithmNamed(decision.algorithm)
  const { program } = lower(algorithm, g, descriptors, form.tiles, backend, options)
  const cycles = backend.cycles(program, options)
  const { stages } = costOf(program, backend.rates(options), backend.machine, 1, copies, cycles)
  const serial = { stages, copiedBytes: copies, runs: 1 }
  const threads = threadsFor(program, serial, problem, backend, (count) =>
    workspaceBytes({ program, cut: undefined, threads: { count } }, problem, backend),
  )
  return { ...decision, program, cut: undefined, threads }
}

const productsOf = ({ axes, batch, filters, channels, groups }: Problem['geometry']): number =>
  axes.reduce((n, { output, kernel }) => n * output * kernel, (batch * filters * channels) / groups)
