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
  intersection,
  newArray,
  product,
  shapeOf,
} from '../boxes.ts'
import { bytesOf, bytesOfSamples } from '../element-types.ts'
import { inFlight } from '../in-flight.ts'
import { encoderOf } from './codecs.ts'
import { shardOf } from './shard.ts'
import type { NewZarr } from './write-metadata.ts'

export interface FileEncoder {
  /** The file at a position of the grid, from samples that fill the box `whole` of the array. */
  encode(samples: NdArray, whole: Box, file: readonly number[]): Promise<Uint8Array>
  close(): Promise<void>
}

/** Chunks of a shard that are compressed at the same time. */
const chunksAtOnce = 4

export function fileEncoder({ shape, dtype, chunks, shards, codec }: NewZarr): FileEncoder {
  // A wrong codec is told by the first write.
  let encoder: ReturnType<typeof encoderOf> | undefined
  const encodeChunk = async (
    samples: NdArray,
    whole: Box,
    start: readonly number[],
  ): Promise<Uint8Array> => {
    encoder ??= encoderOf(codec, bytesOf(dtype))
    return (await encoder).encode(bytesOfSamples(chunkOf(samples, whole, start, chunks), dtype))
  }
  return {
    encode: async (samples, whole, file) => {
      const grid = shards ?? chunks
      const start = file.map((at, axis) => at * grid[axis]!)
      if (!shards) return encodeChunk(samples, whole, start)
      const box = start.map((first, axis): [number, number] => [first, first + grid[axis]!])
      const starts = [...chunksIn(box, chunks)].map((chunk) =>
        chunk.map((position, axis) => position * chunks[axis]!),
      )
      const parts = new Array<Uint8Array | undefined>(starts.length).fill(undefined)
      await inFlight(starts.entries(), chunksAtOnce, async ([i, at]) => {
        const outside = at.some((first, axis) => first >= shape[axis]!)
        if (!outside) parts[i] = await encodeChunk(samples, whole, at)
      })
      return shardOf(parts)
    },
    close: async () => (await encoder)?.close(),
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
  if (dense) return ndarray(samples.data.subarray(offset, offset + product(chunks)), [...chunks])
  const full = newArray(chunks, samples.dtype)
  copyElements(
    { data: full.data, offset: 0, strides },
    { data: samples.data, offset, strides: samples.strides },
    inside,
  )
  return full
}
