/**
 * `job plan | run | status | submit`: a volume filtered by many processes. The work is that of
 * @stridefold/volumes; here are only its files and its words.
 */

import {
  addressInJob,
  type EngineName,
  type Job,
  type JobStatus,
  jobStatus,
  planJob,
  readJob,
  runJob,
  submitText,
  type TaskPart,
  taskFromEnvironment,
  writeJob,
} from '@stridefold/volumes'
import { exitCodes, Failure, usageError } from '../failure.ts'
import { absolutePath, type Io, print, printJson, tell } from '../io.ts'
import { countOf, digits } from '../units.ts'
import { throwFailures, withVolumeProgress } from '../volumes/filter-volume.ts'
import { withVolumeErrors } from '../volumes/volume-failure.ts'
import {
  checkVolumeFlags,
  type VolumeFilterFlags,
  volumeAddress,
  volumeKernelOf,
  volumeOptions,
} from '../volumes/volume-request.ts'
import { endText, planLines } from '../volumes/volume-text.ts'

export type PlanFlags = VolumeFilterFlags & {
  readonly job: string
  readonly deterministic?: boolean
}

export async function planVolumeJob(input: string, flags: PlanFlags, io: Io): Promise<void> {
  const { out, job: file, force = false, json = false, deterministic = false } = flags
  checkVolumeFlags(flags)
  const kernel = await volumeKernelOf(flags, io)
  const job = await withVolumeErrors(async () => {
    const planned = await planJob(volumeAddress(input, io), kernel, volumeAddress(out, io), {
      ...volumeOptions(flags),
      ...{ force, deterministic },
    })
    // What was given relative stays so: the file and the data can be moved together.
    await writeJob(absolutePath(file, io), {
      ...planned,
      source: { ...planned.source, address: addressInJob(input, io.cwd, file) },
      result: { ...planned.result, address: addressInJob(out, io.cwd, file) },
    })
    return planned
  })
  if (json) return printJson(io, 'job plan', { job: file, ...summaryOf(job) })
  await print(io.stdout, planLines(job).join('\n'))
  await tell(io, `Written to ${file}. Next: stridefold job run ${file}, or job submit ${file}.`)
}

/** The job without what only programs need. */
function summaryOf(job: Job): object {
  const { operation, form: _form, ...rest } = job
  const { kernel, ...options } = operation
  return { ...rest, operation: { ...options, kernel: { text: kernel.text, shape: kernel.shape } } }
}

export interface RunFlags {
  readonly task?: number
  readonly of?: number
  readonly indexFromEnv?: boolean
  readonly threads?: number
  readonly keepGoing?: boolean
  readonly json?: boolean
}

export async function runVolumeJob(file: string, flags: RunFlags, io: Io): Promise<void> {
  const { threads, keepGoing = false, json = false } = flags
  await withVolumeErrors(async () => {
    const part = taskOf(flags, io)
    const job = await readJob(absolutePath(file, io))
    const { address } = job.result
    const name = part.of === 1 ? address : `${address}, task ${part.task} of ${part.of}`
    const ran = await withVolumeProgress(name, io, (onProgress) =>
      runJob(job, {
        ...{ ...part, keepGoing, onProgress },
        ...(threads !== undefined && { threads }),
      }),
    )
    await tell(io, endText(name, ran))
    if (json)
      await printJson(io, 'job run', {
        ...{ job: file, task: ran.task, of: ran.of, computed: ran.computed, skipped: ran.skipped },
        ...{ failed: ran.failed, isWhole: ran.isWhole },
        ...{ seconds: ran.progress.seconds, bytes: ran.progress.bytes },
      })
    throwFailures(address, ran.failed, io)
  })
}

function taskOf({ task, of, indexFromEnv }: RunFlags, io: Io): TaskPart {
  if (indexFromEnv) {
    if (task !== undefined)
      throw usageError('--task and --index-from-env both number the task. Give one of them.')
    return taskFromEnvironment(io.env, of)
  }
  if (task === undefined && of === undefined) return { task: 0, of: 1 }
  if (task === undefined || of === undefined)
    throw usageError(
      `--${task === undefined ? 'of' : 'task'} is given alone. Give --task I --of N, with I from ` +
        '0 to N − 1.',
    )
  return { task, of }
}

export interface StatusFlags {
  readonly json?: boolean
}

export async function printStatus(file: string, { json }: StatusFlags, io: Io): Promise<void> {
  const { job, status } = await withVolumeErrors(async () => {
    const job = await readJob(absolutePath(file, io))
    return { job, status: await jobStatus(job) }
  })
  if (json) await printJson(io, 'job status', { job: file, result: job.result.address, ...status })
  else await print(io.stdout, statusLines(status).join('\n'))
  const { failed, missing } = status.boxes
  if (status.isWhole) return
  if (failed.length === 0 && missing === 0)
    throw new Failure(
      exitCodes.failure,
      `${job.result.address} has all boxes, but not all smaller resolutions. Run stridefold job ` +
        'run with the same job file.',
    )
  throw new Failure(
    failed.length > 0 ? exitCodes.input : exitCodes.failure,
    `${job.result.address} is not whole: ` +
      (failed.length > 0
        ? `${countOf(failed.length, 'box', 'boxes')} failed. Repair the source, and run it again.`
        : `${countOf(missing, 'box', 'boxes')} ${missing === 1 ? 'is' : 'are'} missing. Run ` +
          'stridefold job run with the same job file.'),
  )
}

function statusLines({ boxes, levels, running, boxesPerSecond, secondsLeft }: JobStatus): string[] {
  const { total, done, missing, failed } = boxes
  const lines = [
    `done     ${done} of ${countOf(total, 'box', 'boxes')}`,
    `missing  ${missing}`,
    `failed   ${failed.length}`,
  ]
  if (levels.total > 0)
    lines.push(
      `pyramid  ${countOf(levels.total, 'smaller resolution')}: ${levels.isWhole ? 'done' : 'not yet'}`,
    )
  for (const { box, message } of failed)
    lines.push(`         box ${box.map((range) => range.join(':')).join(', ')}: ${message}`)
  if (boxesPerSecond !== undefined)
    lines.push(
      `running  ${countOf(running, 'process', 'processes')}, ${digits(boxesPerSecond)} boxes/s, ` +
        `about ${digits(secondsLeft!)} s left`,
    )
  return lines
}

export interface SubmitFlags {
  readonly to: EngineName
  readonly tasks?: number
  readonly cores: number
  readonly image?: string
  readonly claim?: string
  readonly mount?: string
  readonly json?: boolean
}

/** Larger arrays of tasks are refused by many clusters. */
const usualTasks = 64

export async function printSubmit(file: string, flags: SubmitFlags, io: Io): Promise<void> {
  const { to, cores, image, claim, mount, json = false } = flags
  const path = absolutePath(file, io)
  const job = await withVolumeErrors(() => readJob(path))
  const tasks = flags.tasks ?? Math.min(usualTasks, job.boxes)
  if (tasks < 1 || cores < 1) throw usageError('--tasks and --cores must be at least 1.')
  const text = submitText(to, job, {
    ...{ tasks, cores, job: path },
    ...(image !== undefined && { image }),
    ...(claim !== undefined && { claim }),
    ...(mount !== undefined && { mount }),
  })
  if (to === 'kubernetes' && (image === undefined || claim === undefined))
    await tell(io, 'Replace IMAGE and CLAIM in it, or give --image and --claim.')
  return json ? printJson(io, 'job submit', { engine: to, text }) : print(io.stdout, text)
}
