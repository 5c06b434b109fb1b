/**
 * Where do the arrays of a pipeline lie in one block of memory? Arrays that exist at the same time
 * do not overlap; all others may.
 *
 *   bytes │ ┌─a─┐ ┌──c──┐        The largest array is placed first, then the next, each at the
 *         │ └───┘ └─────┘ ┌─d─┐  lowest place where nothing lies while it lives.
 *         │   ┌────b────┐ └───┘
 *         └───────────────────── time
 *
 * Source: Y. Pisarchyk, J. Lee: "Efficient memory management for deep neural net inference", 2020
 * ("greedy by size").
 */

/** From the step that writes an array first to the one that reads it last, both included. */
export interface LivingArray {
  readonly bytes: number
  readonly first: number
  readonly last: number
}

export interface Placement {
  /** The byte at which each array starts, a multiple of a cache line. */
  readonly offsets: readonly number[]
  readonly bytes: number
}

const cacheLineBytes = 64

export function placeArrays(arrays: readonly LivingArray[]): Placement {
  const offsets = new Array<number>(arrays.length).fill(0)
  const placed: number[] = []
  const sizeOf = (array: number): number =>
    Math.ceil(arrays[array]!.bytes / cacheLineBytes) * cacheLineBytes
  const bySize = [...arrays.keys()].toSorted((a, b) => sizeOf(b) - sizeOf(a))
  let bytes = 0
  for (const array of bySize) {
    const { first, last } = arrays[array]!
    const others = placed
      .filter((other) => arrays[other]!.first <= last && first <= arrays[other]!.last)
      .toSorted((a, b) => offsets[a]! - offsets[b]!)
    let start = 0
    for (const other of others) {
      if (start + sizeOf(array) <= offsets[other]!) break
      start = Math.max(start, offsets[other]! + sizeOf(other))
    }
    offsets[array] = start
    placed.push(array)
    bytes = Math.max(bytes, start + sizeOf(array))
  }
  return { offsets, bytes }
}

/** Arrays in buffers of their own size: those of a buffer never live at the same time. */
export interface BufferPlacement {
  /** The buffer of each array. */
  readonly buffers: readonly number[]
  readonly offsets: readonly number[]
  /** The bytes of each buffer: those of its largest array. */
  readonly bytes: readonly number[]
}

/** Every array begins at the start of a buffer. The largest is placed first, in the first free. */
export function placeInBuffers(arrays: readonly LivingArray[]): BufferPlacement {
  const buffers = new Array<number>(arrays.length).fill(0)
  const residents: LivingArray[][] = []
  const bySize = [...arrays.keys()].toSorted((a, b) => arrays[b]!.bytes - arrays[a]!.bytes)
  for (const index of bySize) {
    const array = arrays[index]!
    const free = residents.findIndex((others) =>
      others.every(({ first, last }) => first > array.last || last < array.first),
    )
    const buffer = free < 0 ? residents.push([]) - 1 : free
    residents[buffer]!.push(array)
    buffers[index] = buffer
  }
  const bytes = residents.map((others) => Math.max(...others.map((other) => other.bytes)))
  return { buffers, offsets: arrays.map(() => 0), bytes }
}
