/** May a result be written there? Not over its own source, nor over what is no result. */

import { VolumeError } from '../errors.ts'
import type { ExistingVolume } from './new-array.ts'
import { readUnfinished } from './npy/unfinished.ts'
import { makeFolders, openFolder } from './stores/folder.ts'
import { fs, path as paths, randomName } from './stores/host.ts'
import { isInside, pathOf, realPath } from './stores/paths.ts'
import { isInsideS3, isS3 } from './stores/s3-address.ts'
import { codeOf, writeError } from './stores/system-errors.ts'
import { readNode } from './zarr/nodes.ts'

/** Throws if the result would lie in the place of its source, or of a folder around it. */
export async function refuseSource(address: string, source: string): Promise<void> {
  if (isS3(address)) {
    if (isS3(source) && isInsideS3(source, address))
      throw overSource(address, source, isInsideS3(address, source))
    return
  }
  if (/^(https?|s3):/i.test(source)) return
  const [target, from] = await Promise.all([realPath(pathOf(address)), realPath(pathOf(source))])
  if (isInside(from, target)) throw overSource(address, source, target === from)
}

const overSource = (address: string, source: string, isSource: boolean): VolumeError =>
  new VolumeError(
    'request',
    `${address} is ${isSource ? 'the source itself' : `a folder around ${source}`}. A ` +
      'result cannot be written over its source. Name another place.',
  )

export const existsError = (address: string): VolumeError =>
  new VolumeError(
    'request',
    `${address} exists already. Name another place, go on with it, or replace it.`,
  )

/** What lies at the address of a result. Throws for what is no result. */
export async function readExisting(address: string): Promise<ExistingVolume | undefined> {
  if (isS3(address)) return existingInBucket(address)
  const path = pathOf(address)
  const begun = await readUnfinished(path, address)
  if (begun) return { complete: false, attributes: begun.attributes }
  if (!(await exists(path))) return undefined
  if (!(await fs().stat(path)).isDirectory()) return { complete: true, attributes: {} }
  const node = await readNode(openFolder(path, address), '')
  if (node) return { complete: undefined, attributes: node.attributes }
  throw notAZarr(address)
}

async function existingInBucket(address: string): Promise<ExistingVolume | undefined> {
  const { isTaken, openBucketTarget } = await import('./bucket-target.ts')
  const store = await openBucketTarget(address)
  try {
    const node = await readNode(store, '')
    if (node) return { complete: undefined, attributes: node.attributes }
    if (await isTaken(store)) throw notAZarr(address)
    return undefined
  } finally {
    await store.close()
  }
}

export const notAZarr = (address: string): VolumeError =>
  new VolumeError(
    'request',
    `${address} exists and is not a Zarr, so it is left as it is. Name another place.`,
  )

/** Whether there is anything at a path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await fs().lstat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw writeError(path, error)
  }
}

const temporaryPrefix = (path: string): string => `.${paths().basename(path)}.stridefold-`

const temporaryBeside = (path: string): string =>
  paths().join(paths().dirname(path), temporaryPrefix(path) + randomName())

/** Removes what creators left that were killed. Those that are at work have lost the race. */
async function removeTemporaries(path: string): Promise<void> {
  const folder = paths().dirname(path)
  const prefix = temporaryPrefix(path)
  const names = await fs()
    .readdir(folder)
    .catch(() => [])
  for (const name of names.filter((each) => each.startsWith(prefix)))
    await fs()
      .rm(paths().join(folder, name), { recursive: true, force: true })
      .catch(() => {})
}

/**
 * Makes a folder under another name, fills it, and gives it its name in one step. Returns false if
 * there is one already, unless that is to be replaced: it is then removed as a whole before.
 */
export async function placeFolder(
  path: string,
  address: string,
  fill: (folder: string) => Promise<void>,
  replace: boolean,
): Promise<boolean> {
  const temporary = temporaryBeside(path)
  try {
    const parent = paths().dirname(path)
    if (!(await exists(parent))) await makeFolders(parent)
    await fs().mkdir(temporary)
    await fill(temporary)
    if (replace) await removeAsWhole(path)
    await fs().rename(temporary, path)
    await removeTemporaries(path)
    return true
  } catch (error) {
    await fs()
      .rm(temporary, { recursive: true, force: true })
      .catch(() => {})
    // Another creator has taken the name, and may have removed this folder.
    if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return false
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error)) && (await exists(path))) return false
    throw writeError(address, error)
  }
}

/** The old name is gone before the first file in it is. */
async function removeAsWhole(path: string): Promise<void> {
  const away = temporaryBeside(path)
  try {
    await fs().rename(path, away)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  await fs().rm(away, { recursive: true, force: true })
}
