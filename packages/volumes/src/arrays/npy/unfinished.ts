/**
 * A .npy file that is not whole yet lies in a folder beside its place, with a journal of the chunks
 * that are done. It gets its name when all of them are.
 *
 *   out.npy.unfinished/array.npy     the header, and the elements at their places
 *   out.npy.unfinished/info.json     shape, dtype, chunks; attributes
 *   out.npy.unfinished/done          one byte per chunk: 1 when its elements are in array.npy
 *
 * Two writers may set the same byte at the same time, so the journal needs no lock. Without
 * array.npy the folder is the rest of a file that got its name: the process ended before it removed
 * the folder.
 */

import type { Stats } from 'node:fs'
import type { DType } from 'stridefold'
import { VolumeError } from '../../errors.ts'
import { fs, path as paths } from '../stores/host.ts'
import { codeOf, readError } from '../stores/system-errors.ts'

export interface UnfinishedInfo {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly chunks: readonly number[]
  readonly attributes: Readonly<Record<string, unknown>>
}

export const unfinishedFolder = (path: string): string => `${path}.unfinished`

/** The files in such a folder. */
export const partsOf = (folder: string): Record<'array' | 'info' | 'done', string> => ({
  array: paths().join(folder, 'array.npy'),
  info: paths().join(folder, 'info.json'),
  done: paths().join(folder, 'done'),
})

/** What an unfinished file will be; undefined if there is none. */
export async function readUnfinished(
  path: string,
  address: string,
): Promise<UnfinishedInfo | undefined> {
  const { array, info } = partsOf(unfinishedFolder(path))
  try {
    const begun = JSON.parse(await fs().readFile(info, 'utf8')) as UnfinishedInfo
    await fs().access(array)
    return begun
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (error instanceof SyntaxError)
      throw new VolumeError(
        'data',
        `${unfinishedFolder(address)} is damaged: info.json is not JSON. Remove this folder.`,
        { cause: error },
      )
    throw readError(unfinishedFolder(address), error)
  }
}

/** Size and times of the elements' file, with its name or before it gets that. */
export async function statElements(path: string): Promise<Stats> {
  const { array } = partsOf(unfinishedFolder(path))
  try {
    return await fs().stat(array)
  } catch (error) {
    // It has its name already, or has got it just now: from another process.
    if (codeOf(error) === 'ENOENT') return fs().stat(path)
    throw error
  }
}

/** Removes what is left of the folder of a file that got its name. */
export async function removeRest(path: string): Promise<void> {
  const folder = unfinishedFolder(path)
  const isUnfinished = await fs()
    .access(partsOf(folder).array)
    .then(
      () => true,
      () => false,
    )
  if (!isUnfinished) await fs().rm(folder, { recursive: true, force: true })
}
