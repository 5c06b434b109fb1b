/**
 * Keeps decoded chunks, as many as fit into a number of bytes: the halos of neighbouring boxes read
 * the same chunks. Those that were used last stay. Chunks that are being read are not shared,
 * because one reader may abort what another waits for.
 */

import type { Strided } from '../boxes.ts'

export type ChunkReader = (chunk: readonly number[], signal?: AbortSignal) => Promise<Strided>

export function cached(read: ChunkReader, limitBytes: number): ChunkReader {
  if (limitBytes <= 0) return read
  const kept = new Map<string, Strided>()
  let bytes = 0
  const forget = (key: string): void => {
    bytes -= kept.get(key)?.data.byteLength ?? 0
    kept.delete(key)
  }
  return async (chunk, signal) => {
    const key = chunk.join()
    const samples = kept.get(key) ?? (await read(chunk, signal))
    forget(key)
    kept.set(key, samples)
    bytes += samples.data.byteLength
    for (const oldest of kept.keys()) {
      if (bytes <= limitBytes) break
      forget(oldest)
    }
    return samples
  }
}
