/**
 * The result of a job, in its files: what is there already, and opening it for writing. The hash of
 * the job stands in its attributes, and beside a file that has none (notes.ts).
 */

import type { NdArray } from 'stridefold'
import { createVolume, existingVolume } from '../arrays/create-volume.ts'
import { removeRest } from '../arrays/npy/unfinished.ts'
import type { Range, StoredArray, WritableArray } from '../arrays/stored-array.ts'
import { fs } from '../arrays/stores/host.ts'
import { VolumeError } from '../errors.ts'
import { resultAxes } from '../filter/axes.ts'
import { isBoxWritten } from '../filter/run-boxes.ts'
import { type Job, pathOf } from './job.ts'
import { readDone } from './notes.ts'

/** What stands at the place of a result. */
export interface FoundResult {
  /** Of the job that wrote it. Undefined: none of ours. */
  readonly hash: string | undefined
  readonly form: unknown
  /** Whether it is a file that got its name, so that nothing is left to do. */
  readonly isWhole: boolean
}

/** The attribute of a result. */
const attribute = 'stridefold'

interface JobAttribute {
  readonly job?: string
  readonly form?: unknown
}

/** What is at this place. Undefined: nothing. */
export async function foundResult(address: string): Promise<FoundResult | undefined> {
  const existing = await existingVolume(address)
  if (existing === undefined) return undefined
  if (existing.complete !== true) return { ...ofAttributes(existing.attributes), isWhole: false }
  const file = await fs().stat(pathOf(address)!)
  const done = await readDone(address)
  // A file that somebody has changed since is not ours any more.
  const isOurs = done !== undefined && done.bytes === file.size && done.modified === file.mtimeMs
  return {
    hash: isOurs ? done.hash : undefined,
    form: isOurs ? done.form : undefined,
    isWhole: isOurs,
  }
}

function ofAttributes(attributes: Readonly<Record<string, unknown>>): {
  readonly hash: string | undefined
  readonly form: unknown
} {
  const { job, form } = (attributes[attribute] ?? {}) as JobAttribute
  return { hash: typeof job === 'string' ? job : undefined, form }
}

/** A result that is open for writing; undefined if it is a file that is whole. */
export async function openResult(
  job: Job,
  source: StoredArray,
  { force = false }: { readonly force?: boolean } = {},
): Promise<WritableArray | undefined> {
  const { result, operation, hash, form } = job
  const { address, shape, dtype, chunks, shards, codec, format, isImage } = result
  const found = await foundResult(address)
  const isOther = found !== undefined && found.hash !== hash
  if (isOther && !force) throw otherResult(address, found)
  if (found?.isWhole && !isOther) {
    await removeRest(pathOf(address)!)
    return undefined
  }
  const omeVersion = source.storage.ome ?? (format === 'zarr3' ? '0.5' : '0.4')
  const attributes = { ...source.attributes, [attribute]: { job: hash, form } }
  try {
    const target = await createVolume(
      address,
      { shape, dtype, chunks, axes: resultAxes(job.source.axes, operation), attributes },
      {
        format: format as 'zarr2' | 'zarr3' | 'npy',
        ...(shards && { shards }),
        ...(codec && { codec }),
        like: {
          address: job.source.address,
          storage: { ...source.storage, ome: isImage ? omeVersion : undefined },
        },
        existing: isOther ? 'replace' : 'continue',
      },
    )
    return format === 'npy' ? onlyMissing(target) : target
  } catch (error) {
    // Another process may have given the file its name meanwhile.
    const now = isOther ? undefined : await foundResult(address).catch(() => undefined)
    if (now?.isWhole && now.hash === hash) return undefined
    throw error
  }
}

/**
 * Leaves boxes as they are that another process has written meanwhile. All are there when a file
 * gets its name. So its time of change, by which its job is known, stays the same from then on.
 */
function onlyMissing(target: WritableArray): WritableArray {
  return {
    ...target,
    write: async (start: readonly number[], samples: NdArray): Promise<void> => {
      const box = start.map((at, axis): Range => [at, at + samples.shape[axis]!])
      if (!(await isBoxWritten(target, box))) await target.write(start, samples)
    },
  }
}

function otherResult(address: string, { hash }: FoundResult): VolumeError {
  const what =
    hash === undefined
      ? 'exists already'
      : 'is the result of another job: its source, kernel, options or chunks differ'
  return new VolumeError(
    'request',
    `${address} ${what}. Name another place, or replace it with force.`,
  )
}
