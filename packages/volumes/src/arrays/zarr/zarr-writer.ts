/**
 * Writes the chunks of a Zarr. A file of the grid, which is a chunk or a shard of several, is
 * encoded as a whole and then set in the store.
 */

import { chunksIn, product } from '../boxes.ts'
import { bytesOf } from '../element-types.ts'
import type { ArrayInfo, WritableArray } from '../stored-array.ts'
import type { WritableStore } from '../stores/store.ts'
import { checkWrite } from '../write-checks.ts'
import { chunkKey } from './decoder.ts'
import { fileEncoder } from './encode-file.ts'
import { type Json, joinKey, readNode } from './nodes.ts'
import { arrayPath, encodeJson, type NewZarr } from './write-metadata.ts'

export function zarrWriter(store: WritableStore, array: NewZarr): WritableArray {
  const { shape, dtype, chunks, shards, codec, axes, attributes } = array
  const grid = shards ?? chunks
  const path = arrayPath(array)
  const itemBytes = bytesOf(dtype)
  const encoder = fileEncoder(array)
  const info: ArrayInfo = { shape, dtype, chunks: grid, axes, attributes }
  const keyEncoding =
    array.version === 3
      ? ({ name: 'default', separator: '/' } as const)
      : ({ name: 'v2', separator: '/' } as const)
  const keyOf = (chunk: readonly number[]): string =>
    joinKey(path, chunkKey(chunk, { keyEncoding }))
  /** The least that a whole file can have. */
  const leastBytes = codec.name === 'none' && !shards ? product(chunks) * itemBytes : 1

  let current: Json = attributes
  return {
    ...info,
    get attributes() {
      return current
    },
    address: store.address,
    bytesOfWrite: product(grid) * itemBytes * 2 + product(chunks) * itemBytes * 2,
    write: async (start, samples) => {
      const whole = checkWrite(info, start, samples, store.address)
      for (const file of chunksIn(whole, grid))
        await store.set(keyOf(file), await encoder.encode(samples, whole, file))
    },
    isWritten: async (chunk) => ((await store.length(keyOf(chunk))) ?? 0) >= leastBytes,
    setAttributes: async (changes) => {
      current = { ...current, ...changes }
      const node = await readNode(store, '')
      const kept = { ...node?.attributes, ...changes }
      if (array.version === 2) await store.set('.zattrs', encodeJson(kept))
      else await store.set('zarr.json', encodeJson({ ...node?.metadata, attributes: kept }))
    },
    close: async (complete) => {
      await encoder.close()
      if (complete) await store.clean()
      await store.close()
    },
  }
}
