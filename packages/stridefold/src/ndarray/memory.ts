/**
 * Where do new arrays live: on the JavaScript heap, or in the memory of a backend, where it can use
 * them without a copy?
 *
 * This room knows no backend. Whoever opens the library hands in one provider of blocks. Who owns
 * which block, and until when, is written down in allocations.ts.
 */

import { ensure, OptionError, UnavailableError } from '../errors.ts'
import { allocation, knownOwner, type MemoryBlock, release } from './allocations.ts'
import { describeValue } from './describe-value.ts'
import { type DType, dtypes, type TypedArray } from './dtype.ts'
import { elementCount } from './layout.ts'
import { type NdArray, view } from './ndarray.ts'

export type { MemoryBlock } from './allocations.ts'

export type MemoryKind = 'heap' | 'backend'

/** A provider of blocks. */
export interface BackendMemory {
  /**
   * Undefined where callers' arrays stay on the heap. Throws `UnavailableError` where there is no
   * more.
   */
  allocate(bytes: number): MemoryBlock | undefined
}

let provider: BackendMemory | undefined

/**
 * Says who serves `memory: 'backend'` from now on; `undefined` takes it back. Arrays that exist are
 * not touched.
 */
export function setBackendMemory(memory: BackendMemory | undefined): void {
  provider = memory
}

/**
 * A dense array of zeros. Throws `UnavailableError` where the memory does not suffice or no backend
 * offers any.
 */
export function allocateArray(
  shape: readonly number[],
  dtype: DType,
  memory: MemoryKind = 'heap',
): NdArray {
  if (memory === 'backend') return fromBackend(shape, dtype)
  if (memory !== 'heap')
    throw new OptionError(
      'MEMORY_UNKNOWN',
      `memory is ${describeValue(memory)}. Use 'heap' or 'backend'.`,
    )
  return view(onHeap(shape, dtype), shape)
}

function onHeap(shape: readonly number[], dtype: DType): TypedArray {
  try {
    return dtypes[dtype].create(elementCount(shape))
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `an array of shape [${shape}] and dtype ${dtype} is larger than this engine can hold.`,
      {
        cause,
      },
    )
  }
}

function fromBackend(shape: readonly number[], dtype: DType): NdArray {
  if (provider === undefined) {
    throw new UnavailableError(
      'NO_BACKEND_MEMORY',
      "no backend offers memory here, so memory: 'backend' cannot be served. Leave it out.",
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
      ? onHeap(shape, dtype)
      : dtypes[dtype].create(block.buffer, block.byteOffset, length).fill(0)
  const owner = allocation(data, block)
  return view(data, shape, { release: () => release(owner) })
}

/**
 * Whether an array lies in the backend's memory: element i of `data` is at address `data.byteOffset
 * + i · bytes`.
 */
export function isInBackendMemory(x: NdArray): boolean {
  const owner = knownOwner(x.data)
  return owner?.isInBackend === true && !owner.released
}
