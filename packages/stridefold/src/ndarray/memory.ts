/**
 * Where do new arrays live: on the JavaScript heap, or in the memory of a backend, where it can use them without a copy?
 *
 * This room knows no backend. Whoever opens the library hands in one provider of blocks; a block is given back by `release()`, or when
 * the typed array over it is collected. The buffer of a block may change its identity when a backend's memory grows, so that an array
 * belongs to the backend is remembered here, not read off its buffer.
 */

import { ensure, OptionError, UnavailableError } from '../errors.ts'
import { type DType, dtypes, type TypedArray } from './dtype.ts'
import { elementCount } from './layout.ts'
import { type NdArray, view } from './ndarray.ts'

export type MemoryKind = 'heap' | 'backend'

/** Bytes of a backend: at least as many as were asked for, aligned to 8, with any contents. */
export interface MemoryBlock {
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
  release(): void
}

/** A provider of blocks. `allocate` throws `UnavailableError` where there is no more. */
export interface BackendMemory {
  allocate(bytes: number): MemoryBlock
}

interface Loan {
  readonly block: MemoryBlock
  returned: boolean
}

let provider: BackendMemory | undefined
const loans = new WeakMap<TypedArray, Loan>()
const forgotten = new FinalizationRegistry<Loan>(giveBack)

/** Says who serves `memory: 'backend'` from now on; `undefined` takes it back. Arrays that exist are not touched. */
export function setBackendMemory(memory: BackendMemory | undefined): void {
  provider = memory
}

/** A dense array of zeros. Throws `UnavailableError` where the memory does not suffice or no backend offers any. */
export function allocated(shape: readonly number[], dtype: DType, memory: MemoryKind = 'heap'): NdArray {
  if (memory === 'backend') return borrowed(shape, dtype)
  if (memory !== 'heap') throw new OptionError('MEMORY_UNKNOWN', `memory ${JSON.stringify(memory)} is not known. Use 'heap' or 'backend'.`)
  try {
    return view(dtypes[dtype].create(elementCount(shape)), shape)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UnavailableError('OUT_OF_MEMORY', `an array of shape [${shape}] and dtype ${dtype} is larger than this engine can hold.`, {
      cause,
    })
  }
}

function borrowed(shape: readonly number[], dtype: DType): NdArray {
  if (provider === undefined) {
    throw new UnavailableError('NO_BACKEND_MEMORY', "no backend offers memory here, so memory: 'backend' cannot be served. Leave it out.")
  }
  const length = elementCount(shape)
  const block = provider.allocate(length * dtypes[dtype].bytes)
  ensure(block.byteOffset % 8 === 0, 'BLOCK_UNALIGNED', `a block at byte ${block.byteOffset} is not aligned to 8`)
  const data = dtypes[dtype].create(block.buffer, block.byteOffset, length).fill(0)
  const loan: Loan = { block, returned: false }
  loans.set(data, loan)
  forgotten.register(data, loan)
  return view(data, shape, { release: () => giveBack(loan) })
}

function giveBack(loan: Loan): void {
  if (loan.returned) return
  loan.returned = true
  loan.block.release()
}

/** Whether an array lies in the backend's memory: element i of `data` is at address `data.byteOffset + i · bytes`. */
export function isInBackendMemory(x: NdArray): boolean {
  return loans.get(x.data)?.returned === false
}

/** Whether an array's memory was given back, so that others may be writing there. */
export function isReleased(x: NdArray): boolean {
  return loans.get(x.data)?.returned === true
}
