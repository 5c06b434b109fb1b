/**
 * A file as geotiff reads it: slices. The tables of a TIFF are many small ones that lie together,
 * so blocks are kept, at most 4 MiB of them. Large slices pass by.
 */

import type { ByteSource } from '../stores/store.ts'

const blockBytes = 64 * 2 ** 10
const keptBlocks = 64

interface Slice {
  readonly offset: number
  readonly length: number
}

export interface TiffSource {
  fetch(slices: readonly Slice[], signal?: AbortSignal): Promise<ArrayBuffer[]>
}

export function tiffSource(file: ByteSource): TiffSource {
  const blocks = new Map<number, Promise<Uint8Array>>()
  const blockAt = (index: number): Promise<Uint8Array> => {
    const offset = index * blockBytes
    // Not with a signal: others may wait for the same block.
    const block = blocks.get(index) ?? file.read(offset, Math.min(blockBytes, file.length - offset))
    block.catch(() => blocks.delete(index))
    blocks.delete(index)
    blocks.set(index, block)
    if (blocks.size > keptBlocks) blocks.delete(blocks.keys().next().value!)
    return block
  }
  const fetchSlice = async (slice: Slice, signal?: AbortSignal): Promise<ArrayBuffer> => {
    const end = Math.min(slice.offset + slice.length, file.length)
    if (slice.length >= blockBytes || slice.offset >= end)
      return (await file.read(slice.offset, slice.length, signal)).buffer
    const bytes = new Uint8Array(end - slice.offset)
    for (let at = slice.offset; at < end; ) {
      const index = Math.floor(at / blockBytes)
      const block = await blockAt(index)
      const part = block.subarray(at - index * blockBytes, end - index * blockBytes)
      bytes.set(part, at - slice.offset)
      at += part.length
    }
    return bytes.buffer
  }
  return { fetch: (slices, signal) => Promise.all(slices.map((each) => fetchSlice(each, signal))) }
}
