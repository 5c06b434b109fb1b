/** How far is a job? Read from the files: which chunks are there, and the notes beside them. */

import { inFlight } from '../arrays/in-flight.ts'
import { openVolume } from '../arrays/open-volume.ts'
import { boxAt } from '../cut/grid.ts'
import { hasLevels } from '../filter/pyramid.ts'
import { isBoxWritten } from '../filter/run-boxes.ts'
import { gridOfJob, type Job } from './job.ts'
import { type FailedBox, readFailures, readRuns } from './notes.ts'
import { foundResult, openResult } from './result.ts'

export interface JobStatus {
  readonly boxes: {
    readonly total: number
    readonly done: number
    /** Neither done nor failed. */
    readonly missing: number
    readonly failed: readonly FailedBox[]
  }
  /** Smaller resolutions: how many there shall be, and whether all of them are there. */
  readonly levels: { readonly total: number; readonly isWhole: boolean }
  /** Whether all boxes are done, and all smaller resolutions. */
  readonly isWhole: boolean
  /** Processes that have noted something in the last half minute. */
  readonly running: number
  /** Of these together; undefined if there are none. */
  readonly boxesPerSecond: number | undefined
  readonly secondsLeft: number | undefined
}

/** A process that notes nothing for so long has ended. */
const quietMilliseconds = 30_000

/** Boxes whose chunks are looked for at the same time. */
const boxesAtOnce = 16

export async function jobStatus(job: Job): Promise<JobStatus> {
  const { address } = job.result
  const grid = gridOfJob(job)
  const done = await doneBoxes(job)
  const failed = (await readFailures(address)).filter(({ index }) => !done.has(index))
  const now = Date.now()
  const runs = (await readRuns(address)).filter(({ updated }) => now - updated < quietMilliseconds)
  const count = done.size
  const rate = runs.reduce((sum, { boxes, seconds }) => sum + boxes / Math.max(0.001, seconds), 0)
  const isDone = count === grid.count
  const { levels = [] } = job
  const hasAll = levels.length === 0 || (isDone && (await hasLevels(address, levels)))
  const isWhole = isDone && hasAll
  const hasRate = rate > 0 && !isDone
  return {
    boxes: { total: grid.count, done: count, missing: grid.count - count - failed.length, failed },
    levels: { total: levels.length, isWhole: hasAll },
    isWhole,
    running: isWhole ? 0 : runs.length,
    boxesPerSecond: hasRate ? rate : undefined,
    secondsLeft: isWhole ? 0 : hasRate ? (grid.count - count) / rate : undefined,
  }
}

/** The numbers of the boxes that are written. */
async function doneBoxes(job: Job): Promise<ReadonlySet<number>> {
  const { count } = gridOfJob(job)
  const found = await foundResult(job.result.address)
  if (found === undefined) return new Set()
  const source = await openVolume(job.source.address, job.source.open)
  const target = await openResult(job, source)
  try {
    if (target === undefined) return new Set(Array.from({ length: count }, (_, i) => i))
    const grid = gridOfJob(job)
    const done = new Set<number>()
    const numbers = Array.from({ length: count }, (_, i) => i)
    await inFlight(numbers, boxesAtOnce, async (i) => {
      if (await isBoxWritten(target, boxAt(grid, i))) done.add(i)
    })
    return done
  } finally {
    await target?.close(false)
    await source.close()
  }
}
