/**
 * The place of a result in a bucket. There are no folders to rename, so the order of objects
 * decides: the metadata of the root are created last and removed first, and without them nothing
 * is a Zarr.
 *
 *   create    0/zarr.json ──► zarr.json, if nobody else made it
 *   replace   .stridefold/replacing ──► without zarr.json ──► without all others ──► create
 *
 * A run that was killed while it replaced has left the mark: the next one goes on removing, so that
 * no old chunk is ever taken for one of the new result.
 */

import { VolumeError } from '../errors.ts'
import { type BucketStore, openS3 } from './stores/s3.ts'
import { type S3Options, s3Place } from './stores/s3-address.ts'
import { readNode } from './zarr/nodes.ts'

const mark = '.stridefold/replacing'
const rootFiles = ['zarr.json', '.zarray', '.zgroup']

/** Those that a creator that was killed may have left. */
const isMetadata = (key: string): boolean =>
  /^(\d+\/)?(zarr\.json|\.zarray|\.zgroup|\.zattrs)$/.test(key)

/** Opens the place of a result. Throws for what no result can be. */
export async function openBucketTarget(address: string, options?: S3Options): Promise<BucketStore> {
  refuseFile(address)
  if (s3Place(address).key === '')
    throw new VolumeError(
      'request',
      `${address} is a whole bucket. Name a place in it: ${address.replace(/\/*$/, '')}/out.zarr.`,
    )
  return openS3(address, options)
}

/** Throws for files that are written by parts. */
export function refuseFile(address: string, isFile: boolean = /\.npy$/i.test(address)): void {
  if (!isFile) return
  throw new VolumeError(
    'request',
    `${address}: a .npy file is written part by part, and an object of S3 only as a whole. Name ` +
      'a Zarr (.zarr), or a file of this machine.',
  )
}

/** Whether there is anything but the rest of a run that was killed. */
export async function isTaken(store: BucketStore): Promise<boolean> {
  if (await readNode(store, '')) return true
  const keys = await store.firstKeys(20)
  if (keys.every(isMetadata)) return false
  return (await store.length(mark)) === undefined
}

/** Creates the metadata files. False if another process was faster. */
export async function placeInBucket(
  store: BucketStore,
  files: ReadonlyMap<string, Uint8Array>,
  replace: boolean,
): Promise<boolean> {
  if (replace || (await store.length(mark)) !== undefined) await removeAsWhole(store)
  const [root] = [...files].filter(([key]) => rootFiles.includes(key))
  for (const [key, bytes] of files) if (key !== root![0]) await store.set(key, bytes)
  return store.create(...root!)
}

async function removeAsWhole(store: BucketStore): Promise<void> {
  await store.set(mark, new Uint8Array(0))
  await store.remove(rootFiles)
  await store.removeAllBut(mark)
  await store.remove([mark])
}
