/**
 * Which samples of an array are missing? Most blocks of an array have none, so whole blocks are
 * tested first, with loops that engines compile best.
 */

import { dtypes, type TypedArray } from '../ndarray/dtype.ts'
import { elementCount, isContiguous } from '../ndarray/layout.ts'
import { axisLoops, isEmpty, mergeLoops, Odometer } from '../ndarray/loops.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import { copyWork } from '../runtime/copy-work.ts'

/** The row-major positions of the missing samples. Undefined: more than the limit. */
export type Holes = readonly number[] | undefined

/**
 * Searches an array for missing samples: those where `mask` is 0, or without a mask those that are
 * NaN. Gives up after `limit` of them.
 */
export function* holesWork(x: NdArray, mask: NdArray | undefined, limit: number): Work<Holes> {
  const tested = mask ?? x
  const positions: number[] = []
  if (mask === undefined && dtypes[x.dtype].integer) return positions
  const loops = mergeLoops(axisLoops(tested.shape, tested.strides))
  if (isEmpty(tested.shape.map((extent) => ({ extent })))) return positions
  const { extent, strides } = loops.pop() ?? { extent: 1, strides: [0] }
  const row: Row = {
    data: tested.data,
    stride: strides[0]!,
    find: mask === undefined ? findNaN(tested.data, strides[0]!) : findZero(strides[0]!),
  }
  const rows = new Odometer(loops, [tested.offset])
  let [position, visited] = [0, 0]
  do {
    for (let start = 0; start < extent; start += elementsPerSlice) {
      const end = Math.min(extent, start + elementsPerSlice)
      row.find(row, rows.at[0]!, start, end, position, positions)
      if (positions.length > limit) return undefined
      visited += end - start
      if (visited >= elementsPerSlice) {
        visited = 0
        yield
      }
    }
    position += extent
  } while (rows.next())
  return positions
}

const elementsPerSlice = 2 ** 17

/** A row of samples: the element of number i is first + i·stride. */
interface Row {
  readonly data: TypedArray
  readonly stride: number
  /** Adds base + i to `positions` for all missing samples of the numbers start … end − 1. */
  readonly find: (
    row: Row,
    first: number,
    start: number,
    end: number,
    base: number,
    positions: number[],
  ) => void
}

/** Added to the bits of a float32 without its sign, it sets the sign bit exactly if that is NaN. */
export const nanCarry: number = 2 ** 31 - 0x7f800001

/** Blocks that are tested as a whole, and their parts that are then tested. */
const blockElements = [4096, 256]

function findNaN(data: TypedArray, stride: number): Row['find'] {
  const each: Row['find'] = (row, first, start, end, base, positions) => {
    for (let i = start; i < end; i++)
      if (Number.isNaN(row.data[first + i * row.stride]!)) positions.push(base + i)
  }
  if (stride !== 1 || !(data instanceof Float32Array)) return each
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length)
  const inBlocksOf =
    (size: number, find: Row['find']): Row['find'] =>
    (row, first, start, end, base, positions) => {
      for (let block = start; block < end; block += size) {
        const blockEnd = Math.min(end, block + size)
        if (hasNaN(bits, first + block, first + blockEnd))
          find(row, first, block, blockEnd, base, positions)
      }
    }
  return blockElements.reduceRight((find, size) => inBlocksOf(size, find), each)
}

/** Whether a float32 is NaN, by its bits: the loop has no branch and only int32 numbers. */
function hasNaN(bits: Int32Array, start: number, end: number): boolean {
  let i = start
  let found = 0
  for (; i + 4 <= end; i += 4) {
    found |= ((bits[i]! & 0x7fffffff) + nanCarry) | ((bits[i + 1]! & 0x7fffffff) + nanCarry)
    found |= ((bits[i + 2]! & 0x7fffffff) + nanCarry) | ((bits[i + 3]! & 0x7fffffff) + nanCarry)
  }
  for (; i < end; i++) found |= (bits[i]! & 0x7fffffff) + nanCarry
  return found < 0
}

function findZero(stride: number): Row['find'] {
  if (stride !== 1)
    return (row, first, start, end, base, positions) => {
      for (let i = start; i < end; i++)
        if (row.data[first + i * row.stride] === 0) positions.push(base + i)
    }
  return ({ data }, first, start, end, base, positions) => {
    const part = data.subarray(first + start, first + end)
    for (let i = part.indexOf(0); i >= 0; i = part.indexOf(0, i + 1))
      positions.push(base + start + i)
  }
}

/**
 * Copies an array into a dense one, and searches the copy for NaN, a slice at a time: it is still
 * in the cache then.
 */
export function* copyAndSearchWork(x: NdArray, copy: NdArray, limit: number): Work<Holes> {
  if (!isContiguous(x.shape, x.strides)) {
    yield* copyWork(x, copy)
    return yield* holesWork(copy, undefined, limit)
  }
  const count = elementCount(x.shape)
  const row: Row = { data: copy.data, stride: 1, find: findNaN(copy.data, 1) }
  const positions: number[] = []
  for (let start = 0; start < count; start += cachedElements) {
    const end = Math.min(count, start + cachedElements)
    copy.data.set(x.data.subarray(x.offset + start, x.offset + end), start)
    row.find(row, 0, start, end, 0, positions)
    if (positions.length > limit) return undefined
    yield
  }
  return positions
}

const cachedElements = 2 ** 15

/** Writes 0 at these row-major positions of a dense array. */
export function fillHoles({ data }: NdArray, positions: readonly number[]): void {
  for (let i = 0; i < positions.length; i++) data[positions[i]!] = 0
}

/**
 * Writes 0 into `filled`, a dense copy of the input, where a sample is missing, and 1 or 0 into
 * `presence`, which is dense too. `mask` is dense, or undefined: NaN is missing.
 */
export function* presenceWork(
  filled: NdArray,
  mask: NdArray | undefined,
  presence: NdArray,
): Work<void> {
  const count = elementCount(filled.shape)
  const split = mask === undefined ? splitNaN : splitMasked(mask)
  for (let start = 0; start < count; start += elementsPerSlice) {
    if (start > 0) yield
    split(filled.data, presence.data, start, Math.min(count, start + elementsPerSlice))
  }
}

type Split = (filled: TypedArray, presence: TypedArray, start: number, end: number) => void

const splitNaN: Split = (filled, presence, start, end) => {
  presence.fill(1, start, end)
  for (let i = start; i < end; i++) {
    const value = filled[i]!
    if (Number.isNaN(value)) filled[i] = presence[i] = 0
  }
}

const splitMasked =
  ({ data: mask }: NdArray): Split =>
  (filled, presence, start, end) => {
    for (let i = start; i < end; i++) {
      const isPresent = mask[i] !== 0
      presence[i] = isPresent ? 1 : 0
      if (!isPresent) filled[i] = 0
    }
  }
