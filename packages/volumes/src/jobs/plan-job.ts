/** Plans a job, and creates the metadata of its result. */

import type { ArrayInput } from 'stridefold'
import type { StoredArray } from '../arrays/stored-array.ts'
import { memoryOfLevels } from '../filter/pyramid.ts'
import type { Job } from './job.ts'
import { type JobOptions, openSource, prepareJob } from './prepare.ts'
import { openResult } from './result.ts'

export interface PlanJobOptions extends JobOptions {
  /** Replace a result of another job. Default false. */
  readonly force?: boolean
}

/**
 * Plans how `kernel` filters `source` into `target`, and creates the empty result. No sample is
 * read. `runJob` computes it, in one process or in many.
 */
export async function planJob(
  source: string | StoredArray,
  kernel: string | ArrayInput,
  target: string,
  options: PlanJobOptions = {},
): Promise<Job> {
  const opened = await openSource(source, options.open)
  try {
    const { job, plan } = await prepareJob(opened, kernel, target, options)
    plan.dispose()
    await (await openResult(job, opened.source, options))?.close(false)
    return await planLevels(job, opened.source, options)
  } finally {
    if (opened.source !== source) await opened.source.close()
  }
}

/** The job with the memory of its smaller resolutions, if it has some. Creates the empty result. */
export async function planLevels(
  job: Job,
  source: StoredArray,
  options: Pick<PlanJobOptions, 'force'>,
): Promise<Job> {
  if (job.levels === undefined || job.levels.length === 0) return job
  const result = await openResult(job, source, options)
  await result?.close(false)
  return { ...job, memory: { ...job.memory, levels: await memoryOfLevels(job) } }
}
