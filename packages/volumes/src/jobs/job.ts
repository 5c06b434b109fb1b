/**
 * A job: everything that a machine needs to compute any box of a result. Plain data, and small: it
 * has the extents of a box, never a list of boxes.
 *
 *   job.json ──► task 3 of 64 ──► boxes 30 … 39 ──► their chunks
 *
 * Its hash covers all that decides a bit of the result. It stands in the result's attributes, too.
 * So two jobs never write into one result.
 */

import type { DType } from 'stridefold'
import type { OpenOptions } from '../arrays/open-volume.ts'
import type { Axis, Codec, Format } from '../arrays/stored-array.ts'
import { fs, path as paths, randomName, url } from '../arrays/stores/host.ts'
import { type Grid, gridOf } from '../cut/grid.ts'
import type { MemoryBound } from '../cut/memory-bound.ts'
import { VolumeError } from '../errors.ts'
import type { Operation } from '../filter/operation.ts'

/** An array of a job. The address may be relative to the folder of the job file. */
export interface JobArray {
  readonly address: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly chunks: readonly number[]
}

/** How a source is opened, besides its address. Plain data. */
export type OpenAs = Pick<OpenOptions, 'raw' | 'level'>

export interface JobResult extends JobArray {
  readonly format: Format
  readonly shards?: readonly number[]
  readonly codec?: Codec
  /** Whether it is an image of OME-Zarr, which has a place for smaller resolutions. */
  readonly isImage?: boolean
}

export interface Job {
  readonly kind: 'stridefold job'
  readonly version: 1
  /** SHA-256 of all that decides a bit of the result. */
  readonly hash: string
  readonly source: JobArray & { readonly axes: readonly Axis[]; readonly open?: OpenAs }
  readonly result: JobResult
  /**
   * Of each smaller resolution: by how much it is smaller than the one before, along every axis.
   * They are computed when all boxes are done.
   */
  readonly levels?: readonly (readonly number[])[]
  readonly operation: Operation
  /** What decides the bits besides the operation: `form` of the plan. */
  readonly form: unknown
  readonly plan: {
    readonly algorithm: string
    readonly backend: string
    /** Whether results do not depend on the size of a box; else why. */
    readonly cutKeepsBits: boolean
    readonly why?: string
    readonly errorBound?: number
  }
  /** The extents of a box, and the number of boxes. */
  readonly box: readonly number[]
  readonly boxes: number
  readonly memory: {
    readonly limit: number
    readonly bound: MemoryBound
    /** The bound of the smaller resolutions, in bytes. */
    readonly levels?: number
  }
  /** Samples that are read, and those that are decoded for them, per sample of the source. */
  readonly halo: { readonly read: number; readonly decoded: number }
}

export type UnhashedJob = Omit<Job, 'hash'>

/** The hash of a job with absolute addresses. */
export async function hashOf(job: UnhashedJob): Promise<string> {
  const { source, result, operation, form, plan, box } = job
  const { shape, dtype, chunks, format, shards, codec, isImage } = result
  const deciding = {
    version: job.version,
    source: {
      // Both may be moved together, or be mounted elsewhere.
      name: nameBeside(source.address, result.address),
      ...{ shape: source.shape, dtype: source.dtype, chunks: source.chunks },
      axes: source.axes.map(({ name, type }) => ({ name, type })),
      open: source.open,
    },
    result: { shape, dtype, chunks, format, shards, codec, isImage },
    operation: { ...operation, kernel: { ...operation.kernel, text: '' } },
    form,
    ...(!plan.cutKeepsBits && { box }),
  }
  const text = new TextEncoder().encode(canonicalText(deciding))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** JSON with sorted keys. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

export const isRemote = (address: string): boolean => /^[a-z][a-z\d+.-]+:\/\//i.test(address)

/** The path of an address on this machine; undefined for one in a network. */
export function pathOf(address: string): string | undefined {
  if (address.startsWith('file://')) return url().fileURLToPath(address)
  return isRemote(address) ? undefined : address
}

function nameBeside(source: string, result: string): string {
  const [from, to] = [pathOf(source), pathOf(result)]
  if (from === undefined || to === undefined) return source
  const { dirname, relative, resolve } = paths()
  return relative(dirname(resolve(to)), resolve(from)).replaceAll('\\', '/')
}

/** The boxes of a job, by arithmetic. */
export const gridOfJob = ({ result, box }: Pick<Job, 'result' | 'box'>): Grid =>
  gridOf(result.shape, box)

/** Writes a job file. Addresses that were given relative stay so, from the folder of the file. */
export async function writeJob(path: string, job: Job): Promise<void> {
  const { basename, dirname, resolve } = paths()
  const folder = dirname(resolve(path))
  const text = `${JSON.stringify(job, null, 2)}\n`
  const temporary = resolve(folder, `.${basename(path)}.${randomName()}.tmp`)
  try {
    await fs().writeFile(temporary, text)
    await fs().rename(temporary, path)
  } catch (error) {
    throw new VolumeError(
      'store',
      `${path} cannot be written: ${error instanceof Error ? error.message : error}.`,
      { cause: error },
    )
  }
}

/** An address as a job file in this folder has it: relative, unless it was given absolute. */
export function addressInJob(given: string, workingFolder: string, jobPath: string): string {
  const { dirname, isAbsolute, relative, resolve } = paths()
  const path = pathOf(given)
  if (path === undefined || isAbsolute(path)) return given
  const name = relative(dirname(resolve(workingFolder, jobPath)), resolve(workingFolder, path))
  return (name === '' ? '.' : name).replaceAll('\\', '/')
}

/** The absolute address of a relative one in a folder. */
export const addressFrom = (folder: string, address: string): string =>
  pathOf(address) === undefined ? address : paths().resolve(folder, pathOf(address)!)

/** Reads a job file. The addresses of the job are absolute then. Throws `VolumeError`. */
export async function readJob(path: string): Promise<Job> {
  let text: string
  try {
    text = await fs().readFile(path, 'utf8')
  } catch (error) {
    throw new VolumeError(
      'data',
      `${path} cannot be read: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : String(error)}. Write it with job plan.`,
      { cause: error },
    )
  }
  const job = checkedJob(text, path)
  const folder = paths().dirname(paths().resolve(path))
  const absolute = {
    ...job,
    source: { ...job.source, address: addressFrom(folder, job.source.address) },
    result: { ...job.result, address: addressFrom(folder, job.result.address) },
  }
  if ((await hashOf(absolute)) !== job.hash)
    throw new VolumeError(
      'data',
      `${path} was changed after it was planned, or its folder was moved without the data: its ` +
        'hash does not fit. Plan the job again.',
    )
  return absolute
}

function checkedJob(text: string, path: string): Job {
  let job: Partial<Job> | undefined
  try {
    job = JSON.parse(text) as Partial<Job>
  } catch {
    // The message below says what is needed.
  }
  if (typeof job !== 'object' || job === null || job.kind !== 'stridefold job')
    throw new VolumeError('data', `${path} is not a job file. Write one with job plan.`)
  if (job.version !== 1)
    throw new VolumeError(
      'data',
      `${path} is a job of version ${job.version}, but this program runs version 1. Plan it again.`,
    )
  const { box, result } = job
  const isBox =
    Array.isArray(box) &&
    Array.isArray(result?.shape) &&
    box.length === result.shape.length &&
    box.every(
      (extent, a) =>
        Number.isSafeInteger(extent) &&
        extent >= 1 &&
        (extent % result.chunks[a]! === 0 || extent >= result.shape[a]!),
    )
  if (!isBox)
    throw new VolumeError(
      'data',
      `${path}: its box ${JSON.stringify(box)} is not made of whole chunks. Plan the job again.`,
    )
  const { levels = [] } = job
  const isFactor = (factor: unknown): boolean =>
    Array.isArray(factor) &&
    factor.length === result!.shape.length &&
    factor.every((n) => Number.isSafeInteger(n) && n >= 1)
  if (!Array.isArray(levels) || !levels.every(isFactor))
    throw new VolumeError(
      'data',
      `${path}: its levels ${JSON.stringify(levels)} are not whole numbers. Plan the job again.`,
    )
  return job as Job
}
