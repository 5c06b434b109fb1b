/** Filters an array that lies in files into another one, box by box. */

import type { ArrayInput } from 'stridefold'
import type { StoredArray } from '../arrays/stored-array.ts'
import type { Job } from '../jobs/job.ts'
import { planLevels } from '../jobs/plan-job.ts'
import { type JobOptions, openSource, prepareJob } from '../jobs/prepare.ts'
import { runWithLevels } from '../jobs/run-job.ts'
import type { JobRan } from '../jobs/run-part.ts'
import type { Progress } from './progress.ts'

export interface FilterVolumeOptions extends JobOptions {
  /** Go on after a box that cannot be read, and list it. Default false: reject with its error. */
  readonly keepGoing?: boolean
  /** Replace a result of another operation. Default false: reject. */
  readonly force?: boolean
  /** Called when the plan is made, before any sample is read. */
  readonly onPlan?: (job: Job) => void
  /** Called after each box. */
  readonly onProgress?: (progress: Progress) => void
  /** Aborts the run. Finished boxes stay, and the same call goes on with the others. */
  readonly signal?: AbortSignal
}

export interface FilteredVolume extends Omit<JobRan, 'task' | 'of'> {
  /** What was done, as a job file would have it. */
  readonly job: Job
}

/**
 * Filters `source` with `kernel` and writes the result to `target`. Returns a promise of what was
 * done. Memory stays below `memoryLimit`: the array is cut into boxes of whole chunks of the
 * result. While one is computed, the next is read and the one before is written. Results have the
 * bits of the whole array in memory, where `job.plan.cutKeepsBits` is true.
 *
 * A run that ended early goes on where it was, if it is called in the same way. Chunks appear whole
 * or not at all.
 *
 * - `source`: an address (`in.zarr`, `in.npy`), or an array of `openVolume`.
 * - `kernel`: an array, or a text such as `'gaussian:sigma=2um'`; fewer axes than those of space:
 *   slice by slice.
 * - `target`: the address of a Zarr or of a .npy file.
 * - `options`: mode, boundary (default 'zero'), stride, dilation, missing, dtype (float32), chunks,
 *   codec, memoryLimit (1 GiB), threads and more; see `FilterVolumeOptions`.
 *
 * Rejects with `VolumeError`, whose `fault` is 'request', 'data' or 'store', and with `OptionError`
 * for options that the library refuses.
 */
export async function filterVolume(
  source: string | StoredArray,
  kernel: string | ArrayInput,
  target: string,
  options: FilterVolumeOptions = {},
): Promise<FilteredVolume> {
  const opened = await openSource(source, options.open)
  try {
    const { job: prepared, plan } = await prepareJob(opened, kernel, target, options)
    try {
      const job = await planLevels(prepared, opened.source, options)
      options.onPlan?.(job)
      const {
        task: _,
        of: __,
        ...ran
      } = await runWithLevels(job, opened.source, plan, {
        keepGoing: options.keepGoing ?? false,
        force: options.force ?? false,
        ...(options.threads !== undefined && { threads: options.threads }),
        ...(options.onProgress && { onProgress: options.onProgress }),
        ...(options.signal && { signal: options.signal }),
      })
      return { ...ran, job }
    } finally {
      plan.dispose()
    }
  } finally {
    if (opened.source !== source) await opened.source.close()
  }
}
