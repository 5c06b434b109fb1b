/**
 * Creates the files of a result, or goes on with a result that an earlier run left unfinished. The
 * files are made under another name and get theirs in one step, so that of two creators one wins,
 * and an old result is replaced as a whole.
 */

import { VolumeError } from '../errors.ts'
import { product } from './boxes.ts'
import type { CreateOptions, ExistingVolume, NewArray } from './new-array.ts'
import type { Storage, WritableArray } from './stored-array.ts'
import { isS3 } from './stores/s3-address.ts'

/**
 * Creates a result, or goes on with one, and writes no sample yet. It is created under another name
 * and gets its own in one step.
 *
 * - `address`: a path, a `file:` URL, or `s3://bucket/path`. A name that ends in `.npy` is one
 *   file, which a bucket does not take; another is a folder.
 * - `array`: shape, dtype, chunks, axes and attributes.
 * - `options.format`, `codec`, `shards`: how it lies there; see `CreateOptions`.
 * - `options.like`: the source. The result takes over its format, codec and OME-Zarr version, and
 *   is refused if it would lie in the place of the source.
 * - `options.s3`: server, region and credentials of a bucket, if not those of the environment.
 * - `options.existing`: what to do if there is one: `'refuse'` (default), `'continue'`,
 *   `'replace'`.
 *
 * Rejects with a `VolumeError`: fault `request` for what cannot be written so, or exists; `store`
 * for a full disk or a missing permission. Close the result at the end: `close(true)` if every
 * chunk was written.
 */
export async function createVolume(
  address: string,
  array: NewArray,
  options: CreateOptions = {},
): Promise<WritableArray> {
  checkNewArray(address, array)
  const { refuseSource } = await import('./targets.ts')
  if (options.like) await refuseSource(address, options.like.address)
  const format = options.format ?? formatOf(address, options.like?.storage)
  if (format === 'npy') {
    if (isS3(address)) (await import('./bucket-target.ts')).refuseFile(address, true)
    const { createNpy } = await import('./npy/create-npy.ts')
    return createNpy(address, array, options)
  }
  const { createZarr } = await import('./zarr/create-zarr.ts')
  return createZarr(address, array, format, options)
}

/** What lies at the address of a result, whole or not; undefined if there is nothing. */
export async function existingVolume(address: string): Promise<ExistingVolume | undefined> {
  const { readExisting } = await import('./targets.ts')
  return readExisting(address)
}

/** The format of a result, by its name. Throws for names of files that are not written. */
export function formatOf(
  address: string,
  storage: Pick<Storage, 'format'> | undefined,
): 'zarr2' | 'zarr3' | 'npy' {
  if (/\.npy$/i.test(address)) return 'npy'
  const other = otherFiles.exec(address)
  if (other)
    throw new VolumeError(
      'request',
      `${address}: files of type ${other[0]} are not written. Name a Zarr (.zarr) or a .npy file.`,
    )
  return storage?.format === 'zarr3' ? 'zarr3' : 'zarr2'
}

const otherFiles = new RegExp(
  `\\.(${[
    ...['tiff?', 'btf', 'tf8', 'raw', 'bin', 'dat', 'npz', 'h5', 'hdf5', 'nii', 'mrc', 'gz', 'zip'],
    ...['png', 'jpe?g', 'webp', 'gif', 'avif', 'p[bgpna]m', 'wav', 'csv'],
  ].join('|')})$`,
  'i',
)

function checkNewArray(address: string, { shape, chunks, axes }: NewArray): void {
  const valid =
    shape.every((extent) => Number.isSafeInteger(extent) && extent > 0) &&
    Number.isSafeInteger(product(shape))
  if (!valid)
    throw new VolumeError(
      'request',
      `${address}: a result of shape [${shape.join(', ')}] cannot be written. Each extent must ` +
        'be a whole number of 1 or more.',
    )
  if (chunks !== undefined)
    if (
      chunks.length !== shape.length ||
      !chunks.every((extent) => Number.isSafeInteger(extent) && extent > 0)
    )
      throw new VolumeError(
        'request',
        `${address}: chunks of [${chunks.join(', ')}] do not fit an array of ` +
          `[${shape.join(', ')}]. One whole number of 1 or more per axis is needed.`,
      )
  if (axes !== undefined && axes.length !== shape.length)
    throw new VolumeError(
      'request',
      `${address}: ${axes.length} axes were named for an array of ${shape.length}.`,
    )
}
