/**
 * How many threads share a run? As many as pay, at most as many as the caller and the engine allow.
 * The number never changes the choice of the algorithm, nor the bits of the result.
 *
 * Sharing costs the time to wake threads, and slower copies of the arrays of callers: threads need
 * shared memory (docs/decisions/0011). A stage with fewer grid items than threads keeps some idle.
 */

import { iterations } from '../ndarray/loops.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription, Rates } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import type { ThreadChoice } from './decision.ts'
import type { SerialTime } from './price.ts'
import { formatTime } from './reason.ts'

/** Less work than this for each thread does not pay, in milliseconds. */
const minShare = 0.05

/** The same for each of many boxes: between them the threads wait for copies. */
const minShareOfBox = 0.25

/** Sharing must save at least this part of the time: predictions are not exact. */
const minSaving = 0.1

/** From this much work on asynchronous calls leave it to workers, in milliseconds. */
export const minRemote = 1

/**
 * The same, with its copies, where boxes go to workers by transfer, or have turns of their own. The
 * thread of a page must not compute for more than 8 ms at once, and predictions may be too low by
 * half.
 */
const minTransfer = 4

/** `workspaceBytes`: of a run with this many threads. */
export function threadsFor(
  program: Program,
  serial: SerialTime,
  problem: Problem,
  backend: BackendDescription,
  workspaceBytes: (threads: number) => number,
): ThreadChoice {
  const work = serial.stages.reduce((sum, time) => sum + time, 0)
  const workOfRun = work / serial.runs
  const least = serial.runs > 1 ? minShareOfBox : minShare
  const place = serial.runs > 1 ? ' in each box' : ''
  const tooLittle = `${formatTime(workOfRun)} of work${place} are too little`
  // Small calls do not even ask the engine.
  if (work < Math.min(2 * least, minRemote))
    return { count: 1, why: `${tooLittle} to share`, remote: 'none', workers: 0 }
  const limit = backend.threadLimit()
  const { threads: option, memoryLimit } = problem.options
  const copies = serial.copiedBytes / (backend.rates(problem.options).copy * 1e6)
  const isLarge = limit.remote === 'shared' ? work >= minRemote : work + copies >= minTransfer
  const remote = isLarge ? limit.remote : 'none'
  const most = remote === 'none' ? 0 : limit.workers
  const workers = option === 'auto' ? most : Math.min(most, option)
  const wanted = option === 'auto' ? limit.count : option
  const allowed = Math.min(limit.count, wanted)
  const one = (why: string): ThreadChoice => ({ count: 1, why, remote, workers })
  if (limit.count === 1) return one(limit.why)
  if (wanted === 1) return one('option threads is 1')
  const useful = Math.min(allowed, Math.floor(workOfRun / least))
  if (useful < 2) return one(`${tooLittle} to share`)
  const whyNot = whyOne(program, serial, backend.rates(problem.options), useful)
  if (whyNot !== undefined) return one(whyNot)
  for (let count = useful; count > 1; count--) {
    if (memoryLimit !== Infinity && workspaceBytes(count) > memoryLimit) continue
    const why =
      count < useful
        ? 'more do not fit memoryLimit'
        : count < allowed
          ? `${tooLittle} for more`
          : wanted < limit.count
            ? `option threads is ${wanted}`
            : limit.why
    return { count, why, remote, workers }
  }
  return one('more do not fit memoryLimit')
}

/** Why this many threads would not be faster than one; undefined if they would. */
function whyOne(
  program: Program,
  { stages, copiedBytes, runs }: SerialTime,
  rates: Rates,
  threads: number,
): string | undefined {
  const copies = (rate: number): number => copiedBytes / (rate * 1e6)
  const computing = (count: number): number =>
    stages.reduce((sum, time, s) => sum + time / speedup(program, s, count), 0)
  const saves = (more: number, alone: number): boolean =>
    more + runs * rates.wake * 1e-3 <= alone * (1 - minSaving)
  const [more, alone] = [computing(threads), computing(1)]
  if (!saves(more, alone)) return 'its stages have too few independent parts'
  return saves(more + copies(rates.sharedCopy), alone + copies(rates.copy))
    ? undefined
    : 'copies into memory that threads share would cost what they save'
}

/**
 * How many times faster several threads run a stage: whole grid items are shared, also those of the
 * stages alongside it.
 */
function speedup({ stages }: Program, s: number, threads: number): number {
  let [first, end] = [s, s + 1]
  while (first > 0 && stages[first]!.alongside === true) first--
  while (stages[end]?.alongside === true) end++
  const items = stages.slice(first, end).reduce((sum, { grid }) => sum + iterations(grid), 0)
  return items === 0 ? 1 : items / Math.ceil(items / threads)
}
