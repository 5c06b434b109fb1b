/**
 * Which array owns a region of a backend's memory, and for how long?
 *
 * All typed arrays over such memory share one large buffer. A subarray therefore does not show from
 * which array it was cut. This file records the region of each array, and finds the owner of a
 * typed array by its address:
 *
 *   buffer   | … | allocation A | free | allocation B | …    a typed array inside A belongs to A
 *
 * An allocation ends with `release()`, or when nothing refers to it any more. Two kinds of objects
 * refer to it: the typed arrays that this file has recorded, and each NdArray, through its
 * `release`.
 */

import { OptionError } from '../errors.ts'
import type { TypedArray } from './dtype.ts'

/**
 * A block of a backend's memory: at least as many bytes as requested, aligned to 8 bytes. Its
 * contents are undefined.
 */
export interface MemoryBlock {
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
  release(): void
}

/** The memory of an array that was created with `memory: 'backend'`. */
export interface Allocation {
  /** Its region; undefined if the backend left the array on the heap. */
  readonly region: Region | undefined
  released: boolean
}

/** The addresses of an allocation, in bytes: from `start` up to, not including, `end`. */
interface Region {
  readonly start: number
  readonly end: number
  /** All regions of the same memory, sorted by address. */
  readonly regions: Region[]
  readonly block: MemoryBlock
  owner: WeakRef<Allocation> | undefined
}

/** The owner of each typed array that has been recorded. */
const owners = new WeakMap<TypedArray, Allocation>()

/** The regions in each buffer, sorted by address. All buffers of one memory share a list. */
const regionsInBuffer = new WeakMap<ArrayBufferLike, Region[]>()

const finalizer = new FinalizationRegistry<Region>(freeRegion)

/**
 * Records the memory of a new array and returns its owner. `data` is the typed array over `block`.
 * `memory` identifies the memory: one that grows gets another buffer with the same addresses.
 */
export function allocation(
  data: TypedArray,
  block: MemoryBlock | undefined,
  memory: object,
): Allocation {
  const owner: Allocation = {
    region: block === undefined ? undefined : addRegion(data, block, memory),
    released: false,
  }
  if (owner.region !== undefined) {
    owner.region.owner = new WeakRef(owner)
    finalizer.register(owner, owner.region, owner)
  }
  owners.set(data, owner)
  return owner
}

const regionsInMemory = new WeakMap<object, Region[]>()

function addRegion(data: TypedArray, block: MemoryBlock, memory: object): Region {
  const regions = regionsInMemory.get(memory) ?? []
  regionsInMemory.set(memory, regions)
  regionsInBuffer.set(block.buffer, regions)
  const start = block.byteOffset
  const region: Region = { start, end: start + data.byteLength, regions, block, owner: undefined }
  regions.splice(firstFrom(regions, start), 0, region)
  return region
}

/** Frees the memory of an array. A second call does nothing. */
export function release(allocation: Allocation): void {
  if (allocation.released) return
  allocation.released = true
  if (allocation.region === undefined) return
  finalizer.unregister(allocation)
  freeRegion(allocation.region)
}

function freeRegion(region: Region): void {
  region.regions.splice(region.regions.indexOf(region), 1)
  region.block.release()
}

/** The owner of a typed array that has been recorded. Cheaper than `ownerOf`. */
export const recordedOwner = (data: TypedArray): Allocation | undefined => owners.get(data)

/**
 * The owner of the memory of any typed array; undefined for heap memory. Records the typed array.
 * Throws `OptionError` (`RELEASED`) if the memory was released, or belongs to more than one array.
 */
export function ownerOf(data: TypedArray, name: string): Allocation | undefined {
  const recorded = owners.get(data)
  if (recorded !== undefined) {
    if (!recorded.released) return recorded
    throw releasedError(name, 'was released')
  }
  // No array of a backend starts at offset 0 of its memory. This early return also avoids reading
  // `buffer` of a small array on the heap, which would create one.
  if (data.byteOffset === 0 || data.length === 0) return undefined
  const regions = regionsInBuffer.get(data.buffer)
  if (regions === undefined) return undefined
  const end = data.byteOffset + data.byteLength
  const region = regions[firstFrom(regions, data.byteOffset + 1) - 1]
  const owner = region !== undefined && end <= region.end ? region.owner?.deref() : undefined
  if (owner === undefined)
    throw releasedError(
      name,
      "lies in a part of the backend's memory that has no array: it was released or " +
        'garbage-collected',
    )
  owners.set(data, owner)
  return owner
}

const releasedError = (name: string, reason: string): OptionError =>
  new OptionError(
    'RELEASED',
    `${name} ${reason}. Make a new array, or release it after its last use.`,
  )

/** The index of the first region that starts at or after `address` (binary search). */
function firstFrom(regions: readonly Region[], address: number): number {
  let [low, high] = [0, regions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (regions[middle]!.start < address) low = middle + 1
    else high = middle
  }
  return low
}
