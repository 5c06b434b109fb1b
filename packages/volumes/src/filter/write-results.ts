/** Writes the results of a box, chunk by chunk. */

import { type DType, ndarray, type TypedArray } from 'stridefold'
import { product } from '../arrays/boxes.ts'
import { inFlight } from '../arrays/in-flight.ts'
import type { Range, WritableArray } from '../arrays/stored-array.ts'
import { encoderCount } from '../arrays/zarr/encoder-workers.ts'
import { chunksOfBox, extentsOf, positionsIn } from '../cut/grid.ts'
import { elementsOf } from './elements.ts'
import { copyOut } from './parts.ts'

/** Chunks that are encoded and written at the same time: of large ones, such as shards, two. */
const chunksAtOnce = (chunks: readonly number[], dtype: DType): number =>
  product(chunks) * elementsOf(dtype).bytes > largeBytes ? 2 : Math.max(2, encoderCount())

const largeBytes = 2 ** 23

/** The most bytes of chunks that are being written: a copy of each, and what a write holds. */
export const writingBytes = (chunks: readonly number[], dtype: DType, ofWrite: number): number =>
  chunksAtOnce(chunks, dtype) * (product(chunks) * elementsOf(dtype).bytes + ofWrite)

/** Writes all chunks of a box. Returns the number of bytes before they were encoded. */
export async function writeResults(
  target: WritableArray,
  box: readonly Range[],
  results: TypedArray,
  signal?: AbortSignal,
): Promise<number> {
  const { chunks, dtype } = target
  const shape = extentsOf(box)
  const elements = elementsOf(dtype)
  const free: TypedArray[] = []
  const writeChunk = async (chunk: readonly number[]): Promise<void> => {
    const start = chunk.map((at, a) => at * chunks[a]!)
    const extents = start.map((at, a) => Math.min(at + chunks[a]!, box[a]![1]) - at)
    const inBox = start.map((at, a) => at - box[a]![0])
    const whole = free.pop() ?? elements.create(product(chunks))
    const part = whole.subarray(0, product(extents))
    copyOut(results, shape, inBox, part, extents)
    await target.write(start, ndarray(part, extents))
    free.push(whole)
  }
  await inFlight(
    positionsIn(chunksOfBox(box, chunks)),
    chunksAtOnce(chunks, dtype),
    writeChunk,
    signal,
  )
  return product(shape) * elements.bytes
}
