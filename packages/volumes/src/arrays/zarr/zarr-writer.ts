/**
 * Writes the chunks of a Zarr. A file of the grid is a chunk, or a shard of several; it is encoded
 * as a whole and then set in the store. Chunks at the end of the array are filled up with zeros.
 */

import type { NdArray } from 'stridefold'
import {
  type Box,
  chunksIn,
  copyElements,
  denseStrides,
  elementCount,
  intersection,
  newArray,
  shapeOf,
} from '../boxes.ts'
import { bytesOf, bytesOfSamples } from '../element-types.ts'
import type { ArrayInfo, WritableArray } from '../stored-array.ts'
import type { WritableStore } from '../stores/store.ts'
import { checkWrite } from '../write-checks.ts'
import { encoderOf } from './codecs.ts'
import { chunkKey } from './decoder.ts'
import { type Json, joinKey, readNode } from './nodes.ts'
import { shardOf } from './shard.ts'
import { arrayPath, encodeJson, type NewZarr } from './write-metadata.ts'

export function zarrWriter(store: WritableStore, array: NewZarr): WritableArray {
  const { shape, dtype, chunks, shards, codec, axes, attributes } = array
  const grid = shards ?? chunks
  const path = arrayPath(array)
  const itemBytes = bytesOf(dtype)
  const encoder = encoderOf(codec, itemBytes)
  const info: ArrayInfo = { shape, dtype, chunks: grid, axes, attributes }
  const keyEncoding =
    array.version === 3
      ? ({ name: 'default', separator: '/' } as const)
      : ({ name: 'v2', separator: '/' } as const)
  const keyOf = (chunk: readonly number[]): string =>
    joinKey(path, chunkKey(chunk, { keyEncoding }))
  /** The least that a whole file can have. */
  const leastBytes = codec.name === 'none' && !shards ? elementCount(chunks) * itemBytes : 1

  /** The bytes of one chunk that begins at `start`. */
  const encodeChunk = async (
    samples: NdArray,
    whole: Box,
    start: readonly number[],
  ): Promise<Uint8Array> => {
    const chunkBox = start.map((first, axis): [number, number] => [first, first + chunks[axis]!])
    const inside = intersection(chunkBox, whole)
    const full = newArray(chunks, samples.dtype)
    const first = inside.reduce(
      (sum, [at], axis) => sum + (at - whole[axis]![0]) * samples.strides[axis]!,
      samples.offset,
    )
    copyElements(
      { data: full.data, offset: 0, strides: denseStrides(chunks) },
      { data: samples.data, offset: first, strides: samples.strides },
      shapeOf(inside),
    )
    return (await encoder)(bytesOfSamples(full, dtype))
  }

  const encodeFile = async (samples: NdArray, whole: Box, file: readonly number[]) => {
    const start = file.map((at, axis) => at * grid[axis]!)
    if (!shards) return encodeChunk(samples, whole, start)
    const parts: (Uint8Array | undefined)[] = []
    const box = start.map((first, axis): [number, number] => [first, first + grid[axis]!])
    for (const chunk of chunksIn(box, chunks)) {
      const at = chunk.map((position, axis) => position * chunks[axis]!)
      const outside = at.some((first, axis) => first >= shape[axis]!)
      parts.push(outside ? undefined : await encodeChunk(samples, whole, at))
    }
    return shardOf(parts)
  }

  let current: Json = attributes
  return {
    ...info,
    get attributes() {
      return current
    },
    address: store.address,
    bytesOfWrite: elementCount(grid) * itemBytes * 2 + elementCount(chunks) * itemBytes * 2,
    write: async (start, samples) => {
      const whole = checkWrite(info, start, samples, store.address)
      for (const file of chunksIn(whole, grid))
        await store.set(keyOf(file), await encodeFile(samples, whole, file))
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
      if (complete) await store.clean()
      await store.close()
    },
  }
}
