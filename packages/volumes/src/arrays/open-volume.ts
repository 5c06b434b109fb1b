/**
 * Opens an array in files by its address. What it is, is seen in what is there: a folder is a Zarr,
 * and a file is what its first bytes say.
 */

import { VolumeError } from '../errors.ts'
import type { StoredArray } from './stored-array.ts'

export interface OpenOptions {
  /** The resolution of an OME-Zarr image: 0 is the finest. Default 0. */
  readonly level?: number
  readonly signal?: AbortSignal
}

export async function openVolume(address: string, options: OpenOptions = {}): Promise<StoredArray> {
  const [{ pathOf }, { stat }] = await Promise.all([
    import('./stores/paths.ts'),
    import('node:fs/promises'),
  ])
  const path = pathOf(address)
  const { readError } = await import('./stores/system-errors.ts')
  const status = await stat(path).catch((error) => {
    throw readError(address, error)
  })
  if (status.isDirectory()) {
    const [{ openFolder }, { openZarr }] = await Promise.all([
      import('./stores/folder.ts'),
      import('./zarr/open-zarr.ts'),
    ])
    const array = await openZarr(openFolder(path, address), options)
    if (array) return array
    throw new VolumeError(
      'data',
      `${address} is a folder, but not a Zarr: it has neither zarr.json nor .zarray nor .zgroup.`,
    )
  }
  const [{ openFile }, { openNpy, isNpy }] = await Promise.all([
    import('./stores/file.ts'),
    import('./npy/open-npy.ts'),
  ])
  const file = await openFile(path, address)
  const head = await file.read(0, Math.min(16, file.length))
  if (isNpy(head)) return openNpy(file)
  await file.close()
  throw new VolumeError(
    'data',
    `${address} is not an array that can be read: it is no .npy file and no folder of a Zarr.`,
  )
}
