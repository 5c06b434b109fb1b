/**
 * Runs a job, or a part of it. The task that finds all boxes done computes the smaller resolutions,
 * if the job has some: no task has to wait for another one.
 *
 *   task 0   boxes 0 … 3
 *   task 1   boxes 4 … 7   all are done ──► resolution 1 ──► resolution 2 ──► list of them
 *
 * Two tasks that end together write the same bytes.
 */

import { openVolume } from '../arrays/open-volume.ts'
import type { StoredArray } from '../arrays/stored-array.ts'
import { VolumeError } from '../errors.ts'
import type { FilterPlan } from '../filter/plan-filter.ts'
import { addPyramid } from '../filter/pyramid.ts'
import { shapeText } from '../text.ts'
import type { Job } from './job.ts'
import { type JobRan, type RunJobOptions, runWith } from './run-part.ts'

/** Runs task `task` of `of`, by default all boxes. The addresses of the job are absolute. */
export async function runJob(job: Job, options: RunJobOptions = {}): Promise<JobRan> {
  const source = await openVolume(job.source.address, job.source.open)
  try {
    checkUnchanged(job, source)
    return await runWithLevels(job, source, undefined, options)
  } finally {
    await source.close()
  }
}

/** Throws unless the source is the one for which the job was planned. */
function checkUnchanged({ source: planned }: Job, source: StoredArray): void {
  const changes = (
    [
      ['shape', shapeText(planned.shape), shapeText(source.shape)],
      ['type', planned.dtype, source.dtype],
      ['chunks', shapeText(planned.chunks), shapeText(source.chunks)],
    ] as const
  ).filter(([, before, now]) => before !== now)
  if (changes.length === 0) return
  const list = changes.map(([what, before, now]) => `its ${what} was ${before} and is ${now}`)
  throw new VolumeError(
    'data',
    `${source.address} has changed since the job was planned: ${list.join(', ')}. Plan it again.`,
  )
}

/** Runs a job on an open source, with its plan if there is one. */
export async function runWithLevels(
  job: Job,
  source: StoredArray,
  planned: FilterPlan | undefined,
  options: RunJobOptions,
): Promise<JobRan> {
  const { onProgress, signal, threads } = options
  const ran = await runWith(job, source, planned, options)
  if (ran.isWhole && job.levels !== undefined)
    await addPyramid(job.result.address, {
      factors: job.levels,
      memoryLimit: Math.max(job.memory.bound.total, job.memory.levels ?? 0),
      ...(threads !== undefined && { threads }),
      ...(onProgress && { onProgress: (level, progress) => onProgress({ ...progress, level }) }),
      ...(signal && { signal }),
    })
  return ran
}
