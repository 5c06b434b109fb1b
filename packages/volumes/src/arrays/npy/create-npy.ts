/** Creates a .npy file that is written by chunks, or goes on with one that was begun. */

import { VolumeError } from '../../errors.ts'
import { writtenType } from '../element-types.ts'
import { slabs } from '../linear/layout.ts'
import type { CreateOptions, NewArray } from '../new-array.ts'
import type { WritableArray } from '../stored-array.ts'
import { pathOf } from '../stores/paths.ts'
import { exists, existsError, placeFolder } from '../targets.ts'
import { createUnfinished, npyWriter } from './npy-writer.ts'
import { readUnfinished, removeRest, type UnfinishedInfo, unfinishedFolder } from './unfinished.ts'

export async function createNpy(
  address: string,
  { shape, dtype, chunks, attributes = {} }: NewArray,
  { existing = 'refuse' }: CreateOptions,
): Promise<WritableArray> {
  const path = pathOf(address)
  const layout = {
    shape,
    elementType: writtenType(dtype),
    byteOffset: 0,
    littleEndian: true,
    fortranOrder: false,
  }
  const info: UnfinishedInfo = {
    shape,
    dtype: writtenType(dtype) as UnfinishedInfo['dtype'],
    chunks: chunks ?? slabs(layout),
    attributes,
  }
  const begun = await readUnfinished(path, address)
  if (existing === 'continue' && begun) return resumed(path, address, begun, info)
  if (existing !== 'replace' && (begun || (await exists(path)))) throw existsError(address)
  await removeRest(path)
  const placed = await placeFolder(
    unfinishedFolder(path),
    address,
    (folder) => createUnfinished(folder, info),
    existing === 'replace',
  )
  if (placed) return npyWriter(path, address, info)
  // Another process was faster.
  const other = await readUnfinished(path, address)
  if (existing === 'continue' && other) return resumed(path, address, other, info)
  throw existsError(address)
}

function resumed(
  path: string,
  address: string,
  begun: UnfinishedInfo,
  wanted: UnfinishedInfo,
): Promise<WritableArray> {
  const same = (['shape', 'dtype', 'chunks'] as const).every(
    (name) => JSON.stringify(begun[name]) === JSON.stringify(wanted[name]),
  )
  if (same) return npyWriter(path, address, begun)
  throw new VolumeError(
    'request',
    `${address} was begun as an array of [${begun.shape.join(', ')}] ${begun.dtype} in chunks of ` +
      `[${begun.chunks.join(', ')}]. It cannot go on as [${wanted.shape.join(', ')}] ` +
      `${wanted.dtype} in chunks of [${wanted.chunks.join(', ')}]. Replace it, or name another ` +
      'place.',
  )
}
