/** Plans a job, and creates the metadata of its result. */

import type { ArrayInput } from 'stridefold'
import { openVolume } from '../arrays/open-volume.ts'
import type { StoredArray } from '../arrays/stored-array.ts'
import type { Job } from './job.ts'
import { type JobOptions, prepareJob } from './prepare.ts'
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
  const opened = typeof source === 'string' ? await openVolume(source) : source
  try {
    const { job, plan } = await prepareJob(opened, kernel, target, options)
    plan.dispose()
    const result = await openResult(job, opened, options)
    await result?.close(false)
    return job
  } finally {
    if (opened !== source) await opened.close()
  }
}
