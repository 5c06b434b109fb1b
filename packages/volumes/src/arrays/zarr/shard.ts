/**
 * A shard: several chunks in one file, and behind them an index of where each lies. Version 3 of
 * Zarr calls the codec sharding_indexed.
 *
 *   chunk bytes …  chunk bytes …  | offset length | offset length | …  | crc32c of the index
 *                                   unsigned 64 bits, low byte first, chunks in row-major order
 *
 * Offset and length are 2⁶⁴ − 1 for a chunk that is not there.
 */

import { withChecksum } from './checksum-codec.ts'

/** The bytes of a shard from those of its chunks; undefined for a chunk outside the array. */
export function shardOf(chunks: readonly (Uint8Array | undefined)[]): Uint8Array<ArrayBuffer> {
  const index = new DataView(new ArrayBuffer(16 * chunks.length))
  let end = 0
  chunks.forEach((chunk, i) => {
    index.setBigUint64(16 * i, chunk ? BigInt(end) : missing, true)
    index.setBigUint64(16 * i + 8, chunk ? BigInt(chunk.length) : missing, true)
    end += chunk?.length ?? 0
  })
  const tail = withChecksum(new Uint8Array(index.buffer))
  const shard = new Uint8Array(end + tail.length)
  let at = 0
  for (const chunk of chunks) {
    if (!chunk) continue
    shard.set(chunk, at)
    at += chunk.length
  }
  shard.set(tail, at)
  return shard
}

const missing = 2n ** 64n - 1n
