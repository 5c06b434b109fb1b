/**
 * Chunks without compression: a read takes the rows that its box needs, where the store can open
 * them as files. The halo of a box is a small part of the chunks around it.
 */

import type { Box } from '../boxes.ts'
import { byteLength, type LinearLayout } from '../linear/layout.ts'
import { readBox } from '../linear/read-box.ts'
import type { Place } from '../stored-array.ts'
import type { Store } from '../stores/store.ts'
import type { ZarrMetadata } from './array-metadata.ts'
import { chunkKey } from './decoder.ts'
import { joinKey } from './nodes.ts'

/**
 * Reads a part of a chunk; the part is a box of the array. Returns whether it could: the decoder
 * knows what a chunk holds that is missing, and what is wrong with one of another length.
 */
export type PlainChunkReader = (
  chunk: readonly number[],
  part: Box,
  to: Place,
  signal?: AbortSignal,
) => Promise<boolean>

export function plainChunkReader(
  store: Store,
  path: string,
  metadata: ZarrMetadata,
): PlainChunkReader | undefined {
  const { chunks, codecs, elementType } = metadata
  const [codec, ...others] = codecs
  if (!store.open || codec?.name !== 'bytes' || others.length > 0) return undefined
  const layout: LinearLayout = {
    shape: chunks,
    elementType,
    byteOffset: 0,
    littleEndian: codec.configuration.endian !== 'big',
    fortranOrder: false,
  }
  return async (chunk, part, to, signal) => {
    const file = await store.open!(joinKey(path, chunkKey(chunk, metadata)), signal)
    if (file === undefined) return false
    try {
      if (file.length !== byteLength(layout)) return false
      const inside = part.map(([start, end], axis): [number, number] => {
        const first = chunk[axis]! * chunks[axis]!
        return [start - first, end - first]
      })
      await readBox(file, layout, inside, to, signal)
      return true
    } finally {
      await file.close()
    }
  }
}
