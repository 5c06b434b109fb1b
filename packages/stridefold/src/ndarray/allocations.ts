/**
 * Which typed arrays lie in a backend's memory, and how long does that memory stay allocated?
 *
 * Every allocation has a buffer object of its own, although all of them view the same memory. A
 * typed array cut from `data` keeps that buffer object, so the buffer identifies the allocation:
 *
 *   buffer object A ──┐
 *   buffer object B ──┴──► one WebAssembly memory   | … | A | free | B | … |
 *
 * The memory is freed by `release()`, or when the buffer object is collected, which is after the
 * last typed array over it. A typed array over a released allocation is rejected, even if another
 * array uses the same addresses by then.
 */

import { OptionError } from '../errors.ts'
import type { TypedArray } from './dtype.ts'

/** Bytes of a backend: at least as many as were requested, aligned to 8, with any contents. */
export interface MemoryBlock {
  /** A buffer object that no other block uses. */
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
  /** Whether the backend still runs programs in this memory. */
  isOpen(): boolean
  release(): void
}

/** Memory of a GPU, which JavaScript cannot read. The typed array of an array there is empty. */
export interface DeviceBlock {
  /** The number of elements. */
  readonly length: number
  /** The object of the engine that holds the elements: equal for arrays that may overlap. */
  readonly buffer: object
  release(): void
}

/** The memory that a new array owns. */
export interface Allocation {
  /** False if the backend left the array on the heap. */
  readonly isInBackend: boolean
  /** The memory of an array on the GPU; undefined for all others. */
  readonly device: DeviceBlock | undefined
  /** Whether a backend uses the array where it lies. False on the heap, and after `close()`. */
  readonly isUsedInPlace: () => boolean
  /** The first byte, and the first after the last. */
  readonly start: number
  readonly end: number
  readonly free: () => void
  released: boolean
}

/** By buffer object, and by typed arrays that were looked up before, which is faster. */
const byBuffer = new WeakMap<ArrayBufferLike, Allocation>()
const byArray = new WeakMap<TypedArray, Allocation>()

/** Frees the memory of collected buffer objects. The held values may not refer to the buffers. */
const finalizer = new FinalizationRegistry<() => void>((free) => free())

/** Registers the memory of a new array. `block`: where it lies; undefined on the heap. */
export function allocation(data: TypedArray, block: MemoryBlock | undefined): Allocation {
  const free = block === undefined ? () => undefined : block.release.bind(undefined)
  const start = data.byteOffset
  const created: Allocation = {
    ...{ isInBackend: block !== undefined, device: undefined },
    isUsedInPlace: block === undefined ? () => false : () => block.isOpen(),
    start,
    end: start + data.byteLength,
    free,
    released: false,
  }
  byArray.set(data, created)
  if (block !== undefined) {
    byBuffer.set(data.buffer, created)
    finalizer.register(data.buffer, free, created)
  }
  return created
}

/** Registers the memory of a new array on the GPU. `data`: the empty typed array of its views. */
export function allocationOnDevice(data: TypedArray, block: DeviceBlock): void {
  const free = block.release.bind(undefined)
  const created: Allocation = {
    ...{ isInBackend: false, isUsedInPlace: () => false, device: block },
    ...{ start: 0, end: 0, free, released: false },
  }
  byArray.set(data, created)
  finalizer.register(data, free, created)
}

/** The memory of an array on the GPU; undefined for all others. */
export const deviceBlockOf = ({ data }: { readonly data: TypedArray }): DeviceBlock | undefined =>
  data.length === 0 ? byArray.get(data)?.device : undefined

/** The number of elements in the memory of a typed array, on the heap or on the GPU. */
export const lengthOf = (data: TypedArray): number =>
  data.length > 0 ? data.length : (byArray.get(data)?.device?.length ?? 0)

/**
 * Returns the array. Throws `OptionError` (`ON_GPU`) if it lies on the GPU: its typed array is
 * empty, so whoever reads elements would get nothing.
 */
export function readable<A extends { readonly data: TypedArray }>(x: A, what = 'the array'): A {
  if (deviceBlockOf(x) === undefined) return x
  throw new OptionError(
    'ON_GPU',
    `${what} lies on the GPU, and its elements are needed on the heap here. Bring it back first: ` +
      'await read(x).',
  )
}

/** Does nothing the second time. */
function release(allocation: Allocation): void {
  if (allocation.released) return
  allocation.released = true
  finalizer.unregister(allocation)
  allocation.free()
}

/** Frees the allocation that a typed array lies in; does nothing on the heap. */
export function releaseOwner(data: TypedArray): void {
  const owner = byArray.get(data) ?? ownerOfBuffer(data)
  if (owner !== undefined) release(owner)
}

/** The allocation of a typed array that was looked up before, or that belongs to an array. */
export const recordedOwner = (data: TypedArray): Allocation | undefined => byArray.get(data)

/**
 * The allocation that a typed array lies in, or undefined on the heap. Throws `OptionError`
 * (`RELEASED`) if the allocation was released, or does not contain the whole typed array.
 */
export function ownerOf(data: TypedArray, name: string): Allocation | undefined {
  const owner = byArray.get(data) ?? ownerOfBuffer(data)
  if (owner === undefined) return undefined
  if (owner.released) throw rejected(name, 'was released')
  if (owner.isInBackend && (data.byteOffset < owner.start || lastByte(data) > owner.end))
    throw rejected(name, "reaches beyond the array in the backend's memory that it was cut from")
  byArray.set(data, owner)
  return owner
}

/**
 * No block lies at the start of a memory. Asking a small typed array of the heap for its buffer
 * would create one, so the offset is looked at first.
 */
function ownerOfBuffer(data: TypedArray): Allocation | undefined {
  return data.byteOffset === 0 || data.length === 0 ? undefined : byBuffer.get(data.buffer)
}

/** Returns the typed array. Throws `OptionError` (`RELEASED`) if its buffer was transferred. */
export function checkAttached<T extends TypedArray>(data: T, name: string): T {
  if (data.length === 0 && isDetached(data)) throw rejected(name, 'lost its buffer to a transfer')
  return data
}

/** A buffer that was transferred can no longer be viewed. (`ArrayBuffer.detached` is from 2024.) */
function isDetached(data: TypedArray): boolean {
  try {
    new Uint8Array(data.buffer)
    return false
  } catch {
    return true
  }
}

const lastByte = (data: TypedArray): number => data.byteOffset + data.byteLength

const rejected = (name: string, why: string): OptionError =>
  new OptionError('RELEASED', `${name} ${why}. Make a new array, or release it after its last use.`)
