/**
 * Where is a new array allocated: on the JavaScript heap, or in the memory of a backend, which uses
 * it there without a copy?
 *
 * This module imports no backend. The entry point of the library registers one provider of memory.
 * allocations.ts records the owner of each block.
 */

import { ensure, OptionError, UnavailableError } from '../errors.ts'
import {
  allocation,
  allocationOnDevice,
  type DeviceBlock,
  deviceBlockOf,
  type MemoryBlock,
  recordedOwner,
} from './allocations.ts'
import { describeValue } from './describe-value.ts'
import { type DType, dtypes, type TypedArray } from './dtype.ts'
import { elementCount, memoryBounds } from './layout.ts'
import { type NdArray, view } from './ndarray.ts'

export type { MemoryBlock } from './allocations.ts'

/** Where an array lies: on the JavaScript heap, in the memory of a backend, or on the GPU. */
export type MemoryKind = 'heap' | 'backend' | 'gpu'

/**
 * Engines copy words of this many bytes, if both sides start at the same offset within a word.
 * Other copies are many times slower.
 */
export const wordBytes = 8

/** A provider of blocks of memory. */
export interface BackendMemory {
  /**
   * A new block; undefined if this environment keeps the arrays of callers on the heap. Throws
   * `UnavailableError` if there is not enough memory.
   */
  allocate(bytes: number): MemoryBlock | undefined
}

let provider: BackendMemory | undefined

/**
 * Registers the provider for `memory: 'backend'`; `undefined` removes it. Existing arrays do not
 * change.
 */
export function setBackendMemory(memory: BackendMemory | undefined): void {
  provider = memory
}

/**
 * Returns a dense array of zeros. Throws `UnavailableError` if there is not enough memory
 * (`OUT_OF_MEMORY`), or no backend that provides memory (`NO_BACKEND_MEMORY`).
 */
export function allocateArray<D extends DType>(
  shape: readonly number[],
  dtype: D,
  memory: MemoryKind = 'heap',
): NdArray<D> {
  // `create` of a dtype makes its typed array, which the type of the table does not say.
  if (memory === 'backend') {
    const array = allocateInBackend(shape, dtype)
    array.data.fill(0)
    return array as NdArray<D>
  }
  if (memory === 'gpu') return allocateOnGpu(shape, dtype) as NdArray<D>
  if (memory !== 'heap')
    throw new OptionError(
      'MEMORY_UNKNOWN',
      `memory is ${describeValue(memory)}. Use 'heap', 'backend' or 'gpu'.`,
    )
  return view(allocateOnHeap(shape, dtype), shape) as NdArray as NdArray<D>
}

function allocateOnHeap(shape: readonly number[], dtype: DType): TypedArray {
  try {
    return dtypes[dtype].create(elementCount(shape))
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `an array of shape [${shape}] and dtype ${dtype} is larger than this engine can hold.`,
      { cause },
    )
  }
}

/** A provider of memory on the GPU. */
export interface GpuMemory {
  /** New memory, all zero. Throws `UnavailableError` if no GPU is open, or it has too little. */
  allocate(length: number, dtype: DType): DeviceBlock
  /** Writes the first elements of a block. */
  write(block: DeviceBlock, data: TypedArray): void
  /** Whether it lies on the GPU that is open now. */
  isOpen(block: DeviceBlock): boolean
  /** The elements of a block, on the heap. */
  read(block: DeviceBlock, dtype: DType): Promise<TypedArray>
  /** The memory of a buffer that the caller owns. Throws `OptionError` if it cannot be used. */
  wrap(buffer: object, dtype: DType, name: string): DeviceBlock
}

let gpuProvider: GpuMemory | undefined

/** Registers the provider for `memory: 'gpu'`. */
export function setGpuMemory(memory: GpuMemory): void {
  gpuProvider = memory
}

function openGpuMemory(): GpuMemory {
  if (gpuProvider !== undefined) return gpuProvider
  throw new UnavailableError(
    'NO_GPU',
    "no array can lie on the GPU: its code is part of 'stridefold', and only 'stridefold/sync' " +
      'was imported.',
  )
}

/** A dense array of zeros on the GPU. */
const allocateOnGpu = (shape: readonly number[], dtype: DType): NdArray =>
  view(dataOnGpu(openGpuMemory().allocate(elementCount(shape), dtype), dtype), shape)

/** A copy of a dense array, on the GPU. The elements are on their way when it returns. */
export function uploaded<D extends DType>(x: NdArray<D>): NdArray<D> {
  const copied = allocateOnGpu(x.shape, x.dtype)
  openGpuMemory().write(deviceBlockOf(copied)!, x.data)
  // The copy has the type of its original.
  return copied as NdArray as NdArray<D>
}

/** Writes the first elements of a dense array on the GPU. They are on their way when it returns. */
export const writeDevice = (x: NdArray, data: TypedArray): void =>
  openGpuMemory().write(deviceBlockOf(x)!, data)

/** Whether an array lies on the GPU that is open now. False after it was lost or closed. */
export function isOnOpenGpu(x: NdArray): boolean {
  const block = deviceBlockOf(x)
  return block !== undefined && openGpuMemory().isOpen(block)
}

/** The memory of an array on the GPU as another array, which does not own it. */
export function lent(x: NdArray): NdArray {
  const { shape, strides, offset, dtype } = x
  const block = { ...deviceBlockOf(x)!, release: () => undefined }
  return view(dataOnGpu(block, dtype), shape, { strides, offset })
}

/** The elements of memory of the GPU, on the heap. */
export const readDevice = (block: DeviceBlock, dtype: DType): Promise<TypedArray> =>
  openGpuMemory().read(block, dtype)

/** The typed array of arrays over a buffer that the caller owns. */
export const dataOfBuffer = (buffer: object, dtype: DType, name: string): TypedArray =>
  dataOnGpu(openGpuMemory().wrap(buffer, dtype, name), dtype)

/** The typed array of arrays over memory of the GPU. It is empty: JavaScript reads no elements. */
function dataOnGpu(block: DeviceBlock, dtype: DType): TypedArray {
  const data = dtypes[dtype].create(0)
  allocationOnDevice(data, block)
  return data
}

/** A dense array in the memory of a backend, with any contents. Throws as `allocateArray` does. */
export function allocateInBackend(shape: readonly number[], dtype: DType): NdArray {
  if (provider === undefined) {
    throw new UnavailableError(
      'NO_BACKEND_MEMORY',
      "memory: 'backend' is not possible: no backend provides memory here. Leave the option out.",
    )
  }
  const length = elementCount(shape)
  const block = provider.allocate(length * dtypes[dtype].bytes)
  if (block !== undefined)
    ensure(
      block.byteOffset % 8 === 0,
      'BLOCK_UNALIGNED',
      `a block at byte ${block.byteOffset} is not aligned to 8`,
    )
  const data =
    block === undefined
      ? allocateOnHeap(shape, dtype)
      : dtypes[dtype].create(block.buffer, block.byteOffset, length)
  allocation(data, block)
  return view(data, shape)
}

/**
 * Whether an array lies in the memory in which the backend runs programs. There, element i of
 * `data` has the address `data.byteOffset + i · bytes`.
 */
export function isInBackendMemory(x: NdArray): boolean {
  const owner = recordedOwner(x.data)
  return owner !== undefined && !owner.released && owner.isUsedInPlace()
}

/** Whether an array lies on the GPU, where no JavaScript reads it. */
export const isOnGpu = (x: { readonly data: TypedArray }): boolean => deviceBlockOf(x) !== undefined

/** The memory that an array spans, relative to its first element, in elements. */
export interface MemorySpan {
  /** From the lowest to the highest element; 0 for an array without elements. */
  readonly span: number
  /** The lowest element, ≤ 0. */
  readonly lowest: number
  readonly inBackendMemory: boolean
  /** True if it lies on the GPU. */
  readonly onGpu?: boolean
}

export function memorySpanOf(x: NdArray): MemorySpan {
  if (x.shape.includes(0)) return { span: 0, lowest: 0, inBackendMemory: false }
  const [first, last] = memoryBounds(x.shape, x.strides, 0)
  const span = { span: last - first + 1, lowest: first, inBackendMemory: isInBackendMemory(x) }
  return isOnGpu(x) ? { ...span, onGpu: true } : span
}
