/**
 * Where do a box and the chunks of an array meet? Arithmetic of half-open ranges, and the copy from
 * one strided array to another that every format needs.
 *
 *   chunks   |---0---|---1---|---2---|       a box meets chunks 0 to 2
 *   box            [start      end)          and takes a part of each
 */

import { type DType, type NdArray, type TypedArray, zeros } from 'stridefold'
import { VolumeError } from '../errors.ts'
import type { Range, StoredArray } from './stored-array.ts'

export type Box = readonly Range[]

export const shapeOf = (box: Box): number[] => box.map(([start, end]) => end - start)

/** The number of elements of a shape, or of boxes of a grid. */
export const product = (extents: readonly number[]): number => extents.reduce((n, m) => n * m, 1)

/** Strides of a dense array in row-major order, in elements. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]!
  }
  return strides
}

/** Strides of a dense array whose first axis is contiguous. */
export const fortranStrides = (shape: readonly number[]): number[] =>
  denseStrides(shape.toReversed()).reverse()

/** Throws unless the box lies inside the array. */
export function checkBox(box: Box, shape: readonly number[], address: string): void {
  const inside =
    box.length === shape.length &&
    box.every(
      ([start, end], axis) =>
        Number.isSafeInteger(start) &&
        Number.isSafeInteger(end) &&
        0 <= start &&
        start <= end &&
        end <= shape[axis]!,
    )
  if (inside) return
  const text = box.map(([start, end]) => `${start}:${end}`).join(', ')
  throw new VolumeError(
    'request',
    `${address}: the box [${text}] is not inside the array of shape [${shape.join(', ')}]. Each ` +
      'axis needs a range 0 ≤ start ≤ end ≤ extent.',
  )
}

/** What two boxes share; some range is empty or reversed if they share nothing. */
export const intersection = (a: Box, b: Box): Range[] =>
  a.map(([start, end], axis) => [Math.max(start, b[axis]![0]), Math.min(end, b[axis]![1])])

export const isEmpty = (box: Box): boolean => box.some(([start, end]) => end <= start)

/** The samples of a chunk, cut off at the end of the array. */
export const boxOfChunk = (
  chunk: readonly number[],
  chunks: readonly number[],
  shape: readonly number[],
): Range[] =>
  chunk.map((at, axis) => [at * chunks[axis]!, Math.min((at + 1) * chunks[axis]!, shape[axis]!)])

/** The positions of all chunks that a box meets, the last axis first. */
export function* chunksIn(box: Box, chunks: readonly number[]): Generator<number[]> {
  if (isEmpty(box)) return
  const first = box.map(([start], axis) => Math.floor(start / chunks[axis]!))
  const last = box.map(([, end], axis) => Math.floor((end - 1) / chunks[axis]!))
  const at = [...first]
  for (;;) {
    yield [...at]
    let axis = at.length - 1
    while (axis >= 0 && at[axis] === last[axis]) at[axis] = first[axis--]!
    if (axis < 0) return
    at[axis]!++
  }
}

/** A position inside elements that lie with constant steps. */
export interface Strided {
  readonly data: TypedArray | Uint32Array
  readonly offset: number
  readonly strides: readonly number[]
}

/** Copies elements of this shape. Numbers are converted as typed arrays convert them. */
export function copyElements(to: Strided, from: Strided, shape: readonly number[]): void {
  if (shape.includes(0)) return
  // The longest run: axes that continue each other in both arrays are one loop.
  const loops: { extent: number; to: number; from: number }[] = []
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis]!
    if (extent === 1) continue
    const loop = { extent, to: to.strides[axis]!, from: from.strides[axis]! }
    const inner = loops.at(-1)
    if (inner && loop.to === inner.to * inner.extent && loop.from === inner.from * inner.extent)
      inner.extent *= extent
    else loops.push(loop)
  }
  copyLoops(to, from, loops, loops.length - 1, to.offset, from.offset)
}

function copyLoops(
  to: Strided,
  from: Strided,
  loops: readonly { extent: number; to: number; from: number }[],
  level: number,
  toAt: number,
  fromAt: number,
): void {
  const loop = loops[level] ?? { extent: 1, to: 1, from: 1 }
  if (level > 0)
    for (let i = 0; i < loop.extent; i++)
      copyLoops(to, from, loops, level - 1, toAt + i * loop.to, fromAt + i * loop.from)
  else if (loop.to === 1 && loop.from === 1)
    to.data.set(from.data.subarray(fromAt, fromAt + loop.extent), toAt)
  else
    for (let i = 0; i < loop.extent; i++)
      to.data[toAt + i * loop.to] = from.data[fromAt + i * loop.from]!
}

/** A new dense array of zeros. */
export const newArray = (shape: readonly number[], dtype: DType): NdArray =>
  zeros([...shape], dtype) as NdArray

/** A new dense array with the samples of a box. */
export async function readNew(
  { dtype, readInto }: Pick<StoredArray, 'dtype' | 'readInto'>,
  box: Box,
  signal?: AbortSignal,
): Promise<NdArray> {
  const result = newArray(shapeOf(box), dtype)
  await readInto(box, result, signal)
  return result
}
