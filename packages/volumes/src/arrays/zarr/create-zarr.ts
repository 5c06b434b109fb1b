/** Creates a Zarr for a result, or goes on with one that was begun. */

import { VolumeError } from '../../errors.ts'
import { bytesOf } from '../element-types.ts'
import { namelessAxis } from '../linear/open-linear.ts'
import type { CreateOptions, NewArray } from '../new-array.ts'
import type { WritableArray } from '../stored-array.ts'
import { makeFolders, openFolder } from '../stores/folder.ts'
import { fs, path as paths } from '../stores/host.ts'
import { pathOf } from '../stores/paths.ts'
import { isS3, type S3Options } from '../stores/s3-address.ts'
import type { WritableStore } from '../stores/store.ts'
import { exists, existsError, notAZarr, placeFolder } from '../targets.ts'
import { codecNames, writableCodecs } from './codecs.ts'
import { readNode } from './nodes.ts'
import { arrayFile, arrayPath, encodeJson, metadataFiles, type NewZarr } from './write-metadata.ts'
import { zarrWriter } from './zarr-writer.ts'

export async function createZarr(
  address: string,
  array: NewArray,
  format: 'zarr2' | 'zarr3',
  options: CreateOptions,
): Promise<WritableArray> {
  const { existing = 'refuse' } = options
  const made = newZarr(address, array, format, options)
  const target = isS3(address) ? await bucketTarget(address, options.s3) : folderTarget(address)
  const { store } = target
  try {
    if (await target.isTaken()) {
      if (existing === 'refuse') throw existsError(address)
      if (!(await readNode(store, ''))) throw notAZarr(address)
      if (existing === 'continue') return await resumed(store, made)
    }
    const files = new Map([...metadataFiles(made)].map(([key, json]) => [key, encodeJson(json)]))
    if (await target.place(files, existing === 'replace')) return zarrWriter(store, made)
    // Another process was faster.
    if (existing === 'continue') return await resumed(store, made)
    throw existsError(address)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Where a Zarr is created. */
interface Target {
  readonly store: WritableStore
  /** Whether there is anything. */
  isTaken(): Promise<boolean>
  /** Creates the metadata files. False if another process was faster. */
  place(files: ReadonlyMap<string, Uint8Array>, replace: boolean): Promise<boolean>
}

function folderTarget(address: string): Target {
  const path = pathOf(address)
  return {
    store: openFolder(path, address),
    isTaken: () => exists(path),
    place: (files, replace) => {
      const fill = async (folder: string): Promise<void> => {
        for (const [key, bytes] of files) {
          const file = paths().join(folder, key)
          await makeFolders(paths().dirname(file))
          await fs().writeFile(file, bytes, { flush: true })
        }
      }
      return placeFolder(path, address, fill, replace)
    },
  }
}

async function bucketTarget(address: string, options: S3Options | undefined): Promise<Target> {
  const { isTaken, openBucketTarget, placeInBucket } = await import('../bucket-target.ts')
  const store = await openBucketTarget(address, options)
  return {
    store,
    isTaken: () => isTaken(store),
    place: (files, replace) => placeInBucket(store, files, replace),
  }
}

function newZarr(
  address: string,
  { shape, dtype, chunks = defaultChunks(shape, bytesOf(dtype)), axes, attributes = {} }: NewArray,
  format: 'zarr2' | 'zarr3',
  { shards, codec, like }: CreateOptions,
): NewZarr {
  const fail = (reason: string): VolumeError => new VolumeError('request', `${address}: ${reason}`)
  const version = format === 'zarr2' ? 2 : 3
  if (shards && version === 2)
    throw fail('shards need version 3 of Zarr. Ask for it, or leave the shards out.')
  if (shards && (shards.length !== shape.length || shards.some((e, a) => !(e % chunks[a]! === 0))))
    throw fail(
      `shards of [${shards.join(', ')}] are not multiples of chunks of [${chunks.join(', ')}].`,
    )
  const chosen = codec ?? like?.storage.codec ?? { name: 'zstd' }
  checkCodec(chosen, fail)
  // Only an image has a place for scales. A result that is like an array has those of its source.
  const isImage = like ? like.storage.ome !== undefined : isMeasured(axes)
  return {
    version,
    shape,
    dtype,
    chunks,
    shards,
    codec: chosen,
    ome: isImage ? (version === 3 ? '0.5' : '0.4') : undefined,
    axes: axes ?? shape.map((_, axis) => namelessAxis(axis)),
    attributes,
  }
}

const isMeasured = (axes: NewArray['axes'] = []): boolean =>
  axes.some(({ scale, unit, translation }) => (scale ?? unit ?? translation) !== undefined)

function checkCodec(
  { name, level }: NewZarr['codec'],
  fail: (reason: string) => VolumeError,
): void {
  if (!codecNames.includes(name))
    throw fail(`the codec '${name}' is not known. Use one of ${codecNames.join(', ')}.`)
  if (name === 'none' || level === undefined) return
  const [least, most] = writableCodecs[name].levels
  if (!(Number.isInteger(level) && least <= level && level <= most))
    throw fail(`level ${level} of ${name} is not possible. Use ${least} to ${most}.`)
}

/** About 1 MiB, with the same extent along every axis that is long enough. */
function defaultChunks(shape: readonly number[], itemBytes: number): number[] {
  const chunks = [...shape]
  let most = Math.max(...shape)
  while (chunks.reduce((bytes, extent) => bytes * extent, itemBytes) > 2 ** 20 && most > 1) {
    most = Math.max(1, Math.ceil(most / 2))
    shape.forEach((extent, axis) => {
      chunks[axis] = Math.min(extent, most)
    })
  }
  return chunks
}

/** Goes on with a Zarr, if it is one that this call would have created. */
async function resumed(store: WritableStore, wanted: NewZarr): Promise<WritableArray> {
  const top = await readNode(store, '')
  const node = await readNode(store, arrayPath(wanted))
  const mine = arrayFile(wanted)
  const { attributes: _, ...theirs } = node?.metadata ?? {}
  if (!top || canonical(mine) !== canonical(theirs))
    throw new VolumeError(
      'request',
      `${store.address} exists, but is another array than this run would write: shape, type, ` +
        'chunks and codec must be the same. Replace it, or name another place.',
    )
  return zarrWriter(store, { ...wanted, attributes: top.attributes })
}

/** JSON with sorted keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
