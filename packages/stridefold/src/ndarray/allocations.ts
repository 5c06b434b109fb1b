/**
 * To whom does a piece of a backend's memory belong, and for how long?
 *
 * Typed arrays over such memory share one large buffer, so nothing about a subarray says which
 * array it was cut from. Here every array's place is written down, and a typed array is found by
 * address:
 *
 *   buffer   | … | allocation A | free | allocation B | …        a typed array inside A belongs to A
 *
 * An allocation ends by `release()`, or when nothing refers to it any more: no typed array over it
 * that was seen here, and no NdArray (whose `release` refers to it).
 */

import { OptionError } from '../errors.ts'
import type { TypedArray } from './dtype.ts'

/** Bytes of a backend: at least as many as were asked for, aligned to 8, with any contents. */
export interface MemoryBlock {
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
  release(): void
}

/** What an array of a backend's memory owns. */
export interface Allocation {
  /** Where it lies; undefined where the backend left it on the heap. */
  readonly place: Place | undefined
  released: boolean
}

interface Place {
  readonly start: number
  readonly end: number
  readonly neighbours: Place[]
  readonly block: MemoryBlock
  owner: WeakRef<Allocation> | undefined
}

/** Allocations by the typed arrays that were seen to belong to them. */
const owners = new WeakMap<TypedArray, Allocation>()

/**
 * Live places by address, for every buffer that arrays lie in: buffers of one memory share a list.
 */
const placesOf = new WeakMap<ArrayBufferLike, Place[]>()

const collected = new FinalizationRegistry<Place>(end)

/**
 * The owner of a new array's memory, at the head of `data`. `memory` tells memories apart: a memory
 * that grows shows itself as another buffer, with the same addresses.
 */
export function allocation(
  data: TypedArray,
  block: MemoryBlock | undefined,
  memory: object,
): Allocation {
  const made: Allocation = {
    place: block === undefined ? undefined : placed(data, block, memory),
    released: false,
  }
  if (made.place !== undefined) {
    made.place.owner = new WeakRef(made)
    collected.register(made, made.place, made)
  }
  owners.set(data, made)
  return made
}

const placesIn = new WeakMap<object, Place[]>()

function placed(data: TypedArray, block: MemoryBlock, memory: object): Place {
  const neighbours = placesIn.get(memory) ?? []
  placesIn.set(memory, neighbours)
  placesOf.set(block.buffer, neighbours)
  const start = block.byteOffset
  const place: Place = { start, end: start + data.byteLength, neighbours, block, owner: undefined }
  neighbours.splice(firstFrom(neighbours, start), 0, place)
  return place
}

/** Gives an array's memory back; does nothing the second time. */
export function release(allocation: Allocation): void {
  if (allocation.released) return
  allocation.released = true
  if (allocation.place === undefined) return
  collected.unregister(allocation)
  end(allocation.place)
}

function end(place: Place): void {
  place.neighbours.splice(place.neighbours.indexOf(place), 1)
  place.block.release()
}

/** The owner of a typed array that was seen before, or is an array's own. */
export const knownOwner = (data: TypedArray): Allocation | undefined => owners.get(data)

/**
 * The owner of any typed array's memory; undefined for memory of the heap. Throws `OptionError`
 * (`RELEASED`) where the memory was given back, or belongs to several arrays.
 */
export function ownerOf(data: TypedArray, name: string): Allocation | undefined {
  const known = owners.get(data)
  if (known !== undefined) {
    if (!known.released) return known
    throw released(name, 'was given back by release()')
  }
  // No array of a memory lies at its very start, and asking a small array for its buffer makes one.
  if (data.byteOffset === 0 || data.length === 0) return undefined
  const places = placesOf.get(data.buffer)
  if (places === undefined) return undefined
  const end = data.byteOffset + data.byteLength
  const place = places[firstFrom(places, data.byteOffset + 1) - 1]
  const owner = place !== undefined && end <= place.end ? place.owner?.deref() : undefined
  if (owner === undefined)
    throw released(
      name,
      "lies in the backend's memory where no array is: it was given back or dropped",
    )
  owners.set(data, owner)
  return owner
}

const released = (name: string, why: string): OptionError =>
  new OptionError('RELEASED', `${name} ${why}. Make a new array, or release it after its last use.`)

/** The first place that starts at `address` or behind it. */
function firstFrom(places: readonly Place[], address: number): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (places[middle]!.start < address) low = middle + 1
    else high = middle
  }
  return low
}
