/**
 * How many threads share a run? As many as pay, at most as many as the caller and the engine allow.
 * The number never changes the choice of the algorithm, nor the bits of the result.
 *
 * Sharing costs the time to wake threads, and slower copies of the arrays of callers: threads need
 * shared memory (docs/decisions/0011). A stage with fewer grid items than threads keeps some idle.
 */

import { iterations } from '../ndarray/loops.ts'
import type { Problem } from '../problem/problem.ts'
import type { BackendDescription } from '../program/backend.ts'
import type { Program } from '../program/program.ts'
import type { ThreadChoice } from './decision.ts'
import type { SerialTime } from './price.ts'
import { formatTime } from './reason.ts'

/** Less work than this for each thread does not pay, in milliseconds. */
const minShare = 0.05

/** Sharing must save at least this part of the time: predictions are not exact. */
const minSaving = 0.1

/** `workspaceBytes`: of a run with this many threads. */
export function threadsFor(
  program: Program,
  serial: SerialTime,
  { options }: Problem,
  backend: BackendDescription,
  workspaceBytes: (threads: number) => number,
): ThreadChoice {
  const limit = backend.threadLimit()
  if (limit.count === 1) return { count: 1, why: limit.why }
  const wanted = options.threads === 'auto' ? limit.count : options.threads
  if (wanted === 1) return { count: 1, why: 'option threads is 1' }
  const allowed = Math.min(limit.count, wanted)
  const rates = backend.rates(options)
  const copies = (rate: number): number => serial.copiedBytes / (rate * 1e6)
  const computing = (threads: number): number =>
    serial.stages.reduce((sum, time, s) => sum + time / speedup(program, s, threads), 0) +
    (threads === 1 ? 0 : rates.wake * 1e-3)
  const work = serial.stages.reduce((sum, time) => sum + time, 0)
  const useful = Math.min(allowed, Math.floor(work / minShare))
  if (useful < 2) return { count: 1, why: `${formatTime(work)} of work are too little to share` }
  const saves = (more: number, alone: number): boolean => more <= alone * (1 - minSaving)
  const [more, alone] = [computing(useful), computing(1)]
  if (!saves(more, alone)) return { count: 1, why: 'its stages have too few independent parts' }
  if (!saves(more + copies(rates.sharedCopy), alone + copies(rates.copy)))
    return { count: 1, why: 'copies into memory that threads share would cost what they save' }
  for (let count = useful; count > 1; count--) {
    if (options.memoryLimit === Infinity || workspaceBytes(count) <= options.memoryLimit)
      return { count, why: count < useful ? 'more do not fit memoryLimit' : whyNotMore(count) }
  }
  return { count: 1, why: 'more do not fit memoryLimit' }

  function whyNotMore(count: number): string {
    if (count < allowed) return `${formatTime(work)} of work are too little for more`
    return wanted < limit.count ? `option threads is ${wanted}` : limit.why
  }
}

/** How many times faster several threads run a stage: whole grid items are shared. */
function speedup({ stages }: Program, s: number, threads: number): number {
  const items = iterations(stages[s]!.grid)
  return items === 0 ? 1 : items / Math.ceil(items / threads)
}
