/**
 * Runs a part of a job. Boxes whose chunks are all there are skipped, so a task that was killed is
 * simply started again, and several copies of one task write the same bytes.
 */

import type { StoredArray, WritableArray } from '../arrays/stored-array.ts'
import { boxAt, boxesOfTask, type TaskPart } from '../cut/grid.ts'
import type { VolumeError } from '../errors.ts'
import { type FilterPlan, planFilter } from '../filter/plan-filter.ts'
import type { Progress } from '../filter/progress.ts'
import { readingOf } from '../filter/read-samples.ts'
import { isBoxWritten, runBoxes } from '../filter/run-boxes.ts'
import { checkedTask } from './engines.ts'
import { gridOfJob, type Job } from './job.ts'
import {
  clearNotes,
  type FailedBox,
  forgetFailure,
  noteDone,
  noteFailure,
  readFailures,
  runNoter,
} from './notes.ts'
import { openResult } from './result.ts'

export interface RunJobOptions extends Partial<TaskPart> {
  /** The largest number of threads. Default: as many as pay. */
  readonly threads?: number | 'auto'
  /** Go on after a box that cannot be read, and note it. Default false: end with its error. */
  readonly keepGoing?: boolean
  /** Replace a result of another job. Default false. */
  readonly force?: boolean
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

/** What a run has done. Plain data. */
export interface JobRan extends TaskPart {
  /** Boxes of this task: computed now, there already, and failed. */
  readonly computed: number
  readonly skipped: number
  readonly failed: readonly FailedBox[]
  /** Whether the whole result is there, with the boxes of all tasks. */
  readonly isWhole: boolean
  readonly progress: Progress
}

/** Runs a part of a job on an open source, with its plan if there is one: only the boxes. */
export async function runWith(
  job: Job,
  source: StoredArray,
  planned: FilterPlan | undefined,
  options: RunJobOptions,
): Promise<JobRan> {
  const { task, of } = checkedTask({ task: options.task ?? 0, of: options.of ?? 1 })
  const target = await openResult(job, source, options)
  const grid = gridOfJob(job)
  const boxes = boxesOfTask(grid.count, { task, of })
  if (target === undefined) return wholeBefore(boxes[1] - boxes[0], { task, of })
  let isWhole = false
  try {
    const plan = planned ?? (await planOf(job, source, options))
    const failed: FailedBox[] = []
    const { address } = job.result
    const failedBefore = new Set((await readFailures(address)).map(({ index }) => index))
    const note = runNoter(address, { task, of })
    let done = 0
    const keepGoing = async (index: number, error: VolumeError): Promise<void> => {
      const entry = { index, box: boxAt(grid, index), message: error.message }
      failed.push(entry)
      await noteFailure(address, entry)
    }
    try {
      const ran = await runBoxes({
        ...{ plan, target, grid, boxes, reading: readingOf(source) },
        ...(options.keepGoing && { onFailure: keepGoing }),
        onDone: async (index) => {
          if (failedBefore.has(index)) await forgetFailure(address, index)
          await note(++done)
        },
        ...(options.onProgress && { onProgress: options.onProgress }),
        ...(options.signal && { signal: options.signal }),
      })
      isWhole = failed.length === 0 && (await isResultWhole(target, job, boxes[1]))
      const { computed, skipped, progress } = ran
      return { ...{ task, of, computed, skipped, failed, isWhole, progress } }
    } finally {
      if (planned === undefined) plan.dispose()
    }
  } finally {
    const { address, format } = job.result
    const note = async (): Promise<void> => {
      if (isWhole && format === 'npy') await noteDone(address, job.hash, job.form)
    }
    await note()
    await target.close(isWhole)
    if (isWhole) await clearNotes(address)
    // A second copy of this task may have written the same elements meanwhile.
    await note()
  }
}

async function planOf(
  job: Job,
  source: StoredArray,
  { threads }: RunJobOptions,
): Promise<FilterPlan> {
  return planFilter(job.operation, source, {
    form: job.form,
    ...(threads !== undefined && { threads }),
  })
}

/** Whether all boxes are there. Begins with those that are likely to be computed last. */
async function isResultWhole(target: WritableArray, job: Job, first: number): Promise<boolean> {
  const grid = gridOfJob(job)
  for (let i = 0; i < grid.count; i++)
    if (!(await isBoxWritten(target, boxAt(grid, (first + i) % grid.count)))) return false
  return true
}

/** The file has its name already: nothing is left to do. */
function wholeBefore(total: number, part: TaskPart): JobRan {
  const boxes = { total, done: total, skipped: total, failed: 0 }
  const seconds = { reading: 0, computing: 0, writing: 0, elapsed: 0, left: 0 }
  const progress = { level: 0, boxes, bytes: { read: 0, written: 0 }, seconds }
  return { ...part, computed: 0, skipped: total, failed: [], isWhole: true, progress }
}
