/**
 * The bytes of a file of the grid: a chunk, or a shard of several. Chunks at the end of the array
 * are filled up with zeros, and those of a shard that lie wholly outside are left out.
 */

import { type NdArray, ndarray } from 'stridefold'
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
import { encoderOf } from './codecs.ts'
import { shardOf } from './shard.ts'
import type { NewZarr } from './write-metadata.ts'

/** The file at a position of the grid, from samples that fill the box `whole` of the array. */
export type EncodeFile = (
  samples: NdArray,
  whole: Box,
  file: readonly number[],
) => Promise<Uint8Array>

export function fileEncoder({ shape, dtype, chunks, shards, codec }: NewZarr): EncodeFile {
  const encoder = encoderOf(codec, bytesOf(dtype))
  // A wrong codec is told by the first write.
  encoder.catch(() => {})
  const encodeChunk = async (samples: NdArray, whole: Box, start: readonly number[]) =>
    (await encoder)(bytesOfSamples(chunkOf(samples, whole, start, chunks), dtype))
  return async (samples, whole, file) => {
    const grid = shards ?? chunks
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
}

/** The samples of one chunk, dense: where they lie so already, without a copy. */
function chunkOf(
  samples: NdArray,
  whole: Box,
  start: readonly number[],
  chunks: readonly number[],
): NdArray {
  const chunkBox = start.map((first, axis): [number, number] => [first, first + chunks[axis]!])
  const inside = shapeOf(intersection(chunkBox, whole))
  const strides = denseStrides(chunks)
  const offset = start.reduce(
    (sum, first, axis) => sum + (first - whole[axis]![0]) * samples.strides[axis]!,
    samples.offset,
  )
  const dense = chunks.every(
    (extent, axis) =>
      inside[axis] === extent && (extent === 1 || samples.strides[axis] === strides[axis]),
  )
  if (dense)
    return ndarray(samples.data.subarray(offset, offset + elementCount(chunks)), [...chunks])
  const full = newArray(chunks, samples.dtype)
  copyElements(
    { data: full.data, offset: 0, strides },
    { data: samples.data, offset, strides: samples.strides },
    inside,
  )
  return full
}
