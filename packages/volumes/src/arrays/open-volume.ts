/**
 * Opens an array in files by its address. What it is, is seen in what is there: a folder is a Zarr,
 * and a file is what its first bytes say.
 */

import { VolumeError } from '../errors.ts'
import { isNpy, isTiff } from './first-bytes.ts'
import type { RawOptions } from './linear/open-raw.ts'
import type { StoredArray } from './stored-array.ts'
import type { HttpOptions } from './stores/request.ts'
import { isS3, type S3Options } from './stores/s3-address.ts'
import type { ByteSource, Store } from './stores/store.ts'

export interface OpenOptions {
  /** The resolution of an OME-Zarr image: 0 is the finest. Default 0. */
  readonly level?: number
  /** For files without a header: what is in them. */
  readonly raw?: RawOptions
  /** For addresses that begin with http: or https:. */
  readonly http?: HttpOptions
  /** For addresses that begin with s3:. Default: from the environment. */
  readonly s3?: S3Options
  readonly signal?: AbortSignal
}

/**
 * Opens an array in files, and reads no sample yet. What it is, is seen in what is there: a folder
 * is a Zarr, a file is what its first bytes say.
 *
 * - `address`: a path, a `file:` URL, or an address that begins with `http:`, `https:` or `s3:`.
 * - `options.level`: the resolution of an OME-Zarr image. Default 0, the finest.
 * - `options.raw`: shape and type of a file without a header.
 * - `options.http`: headers, retries and timeouts of web servers.
 * - `options.s3`: server, region and credentials of a bucket, if not those of the environment.
 * - `options.signal`: aborts the opening. Each read has a signal of its own.
 *
 * Rejects with a `VolumeError`: fault `data` for what cannot be read or is damaged, `store` for
 * what cannot be reached, `request` for options that do not fit. Close the array at the end.
 */
export async function openVolume(address: string, options: OpenOptions = {}): Promise<StoredArray> {
  const array = await openArray(address, options)
  const { level = 0 } = options
  if (level === 0 || array.storage.ome !== undefined) return array
  await array.close()
  throw new VolumeError(
    'request',
    `level is ${level}, but ${address} is one array, not an image of OME-Zarr with several ` +
      'resolutions. Leave it out.',
  )
}

async function openArray(address: string, options: OpenOptions): Promise<StoredArray> {
  const placeOf = isS3(address) ? bucketPlace : /^https?:/i.test(address) ? webPlace : localPlace
  const place = await placeOf(address, options)
  if ('file' in place) return openFile(place.file, options)
  const { openZarr } = await import('./zarr/open-zarr.ts')
  try {
    const array = await openZarr(place.store, options)
    if (array) return array
  } catch (error) {
    await place.store.close()
    throw error
  }
  await place.store.close()
  const file = await place.otherwise?.()
  if (file) return openFile(file, options)
  throw new VolumeError(
    'data',
    `${place.store.address} is a folder, but not a Zarr: it has neither zarr.json nor .zarray ` +
      'nor .zgroup.',
  )
}

type Place =
  | { readonly file: ByteSource }
  /** `otherwise`: what it may be, if it is no Zarr. */
  | { readonly store: Store; readonly otherwise?: () => Promise<ByteSource> }

async function localPlace(address: string): Promise<Place> {
  const [{ pathOf }, { fs }, { readError }] = await Promise.all([
    import('./stores/paths.ts'),
    import('./stores/host.ts'),
    import('./stores/system-errors.ts'),
  ])
  const path = pathOf(address)
  const status = await fs()
    .stat(path)
    .catch((error) => {
      throw readError(address, error)
    })
  if (status.isDirectory())
    return { store: (await import('./stores/folder.ts')).openFolder(path, address) }
  return { file: await (await import('./stores/file.ts')).openFile(path, address) }
}

/** A server does not tell folders from files, so the name does; else a Zarr is looked for first. */
async function webPlace(address: string, { http, raw, signal }: OpenOptions): Promise<Place> {
  const { openWeb, openWebFile } = await import('./stores/web.ts')
  const open = (): Promise<ByteSource> => openWebFile(address, http, signal)
  if (raw || isFileName(new URL(address).pathname)) return { file: await open() }
  return { store: openWeb(address, http), otherwise: open }
}

/** As with servers: a bucket has no folders. */
async function bucketPlace(address: string, { s3, raw, signal }: OpenOptions): Promise<Place> {
  const { openS3, openS3File } = await import('./stores/s3.ts')
  const open = (): Promise<ByteSource> => openS3File(address, s3, signal)
  if (raw || isFileName(address)) return { file: await open() }
  return { store: await openS3(address, s3), otherwise: open }
}

const isFileName = (path: string): boolean => /\.(npy|tiff?|btf|tf8)$/i.test(path)

async function openFile(file: ByteSource, options: OpenOptions): Promise<StoredArray> {
  try {
    return await arrayIn(file, options)
  } catch (error) {
    await file.close()
    throw error
  }
}

async function arrayIn(file: ByteSource, { raw, signal }: OpenOptions): Promise<StoredArray> {
  if (raw) return (await import('./linear/open-raw.ts')).openRaw(file, raw)
  const head = await file.read(0, Math.min(16, file.length), signal)
  if (isNpy(head)) return (await import('./npy/open-npy.ts')).openNpy(file, signal)
  if (isTiff(head)) return (await import('./tiff/open-tiff.ts')).openTiff(file, signal)
  throw new VolumeError(
    'data',
    `${file.address} is not an array that can be read. Zarr folders, .npy and TIFF files can, ` +
      'and files without a header if their shape and type are given.',
  )
}
