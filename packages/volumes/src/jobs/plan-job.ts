/** Plans a job, and creates the metadata of its result. */

import type { ArrayInput } from 'stridefold'
import type { StoredArray } from '../arrays/stored-array.ts'
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
  const opened = await openSource(source)
  try {
    const { job, plan } = await prepareJob(opened, kernel, target, options)
    plan.dispose()
    const result = await openResult(job, opened.source, options)
    await result?.close(false)
    return job
  } finally {
    if (opened.source !== source) await opened.source.close()
  }
}
