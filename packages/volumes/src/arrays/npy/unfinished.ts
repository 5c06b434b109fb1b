/**
 * A .npy file that is not whole yet lies in a folder beside its place, with a journal of the chunks
 * that are done. It gets its name when all of them are.
 *
 *   out.npy.unfinished/array.npy     the header, and the elements at their places
 *   out.npy.unfinished/info.json     shape, dtype, chunks; attributes
 *   out.npy.unfinished/done          one byte per chunk: 1 when its elements are in array.npy
 *
 * Two writers may set the same byte at the same time, so the journal needs no lock.
 */

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
  const { info } = partsOf(unfinishedFolder(path))
  try {
    return JSON.parse(await fs().readFile(info, 'utf8')) as UnfinishedInfo
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
