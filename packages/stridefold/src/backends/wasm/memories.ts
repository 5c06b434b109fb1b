/**
 * Which of the two memories, and blocks in them that come back by themselves.
 *
 * Arrays that callers hold lie in one, shared; copies of all others in the other, which is not
 * (docs/decisions/0011).
 */

import { UnavailableError } from '../../errors.ts'
import { type DType, dtypes } from '../../ndarray/dtype.ts'
import { type NdArray, view } from '../../ndarray/ndarray.ts'
import type { Scratch } from '../../program/backend.ts'
import { mayShareMemory } from './features.ts'
import { WasmMemory } from './memory.ts'

let arrays: WasmMemory | undefined
let copies: WasmMemory | undefined

/**
 * The memory of arrays that callers hold: one for all backends of this realm, so that arrays in it
 * can go to any of them.
 */
export function userMemory(): WasmMemory {
  arrays ??= new WasmMemory(mayShareMemory())
  return arrays
}

/**
 * The memory for arrays that callers get, where one can be had that never detaches them: a shared
 * one. Where a page may not share memory, as it is not isolated from others, they stay on the heap,
 * so that `new ImageData` and `postMessage` take them, and runs copy them. Without WebAssembly the
 * heap is where the backend computes.
 */
export function callersMemory(): WasmMemory | undefined {
  return typeof WebAssembly === 'object' && mayShareMemory() && userMemory().shared
    ? userMemory()
    : undefined
}

/** The memory of everything else; where the engine gives no second one, the same. */
export function stagingMemory(): WasmMemory {
  try {
    copies ??= new WasmMemory(false)
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error
    copies = userMemory()
  }
  return copies
}

/** Blocks of owners that were dropped without giving them back. */
const finalizer = new FinalizationRegistry<Allocation>((allocation) => allocation.release())

/** A block of a memory, given back by hand or when its owner is collected. */
export class Allocation {
  readonly memory: WasmMemory
  readonly start: number
  readonly bytes: number
  #returned = false

  constructor(owner: object, memory: WasmMemory, bytes: number) {
    this.memory = memory
    this.start = memory.allocate(bytes)
    this.bytes = bytes
    finalizer.register(owner, this, this)
  }

  release(): void {
    if (this.#returned) return
    this.#returned = true
    finalizer.unregister(this)
    this.memory.free(this.start, this.bytes)
  }
}

/** An array in the memory of copies. */
export class StagingArray implements Scratch {
  readonly bytes: number
  readonly #length: number
  readonly #dtype: DType
  readonly #allocation: Allocation
  #array: NdArray | undefined
  #buffer: ArrayBufferLike | undefined

  constructor(length: number, dtype: DType) {
    this.bytes = length * dtypes[dtype].bytes
    this.#length = length
    this.#dtype = dtype
    this.#allocation = new Allocation(this, stagingMemory(), this.bytes)
  }

  /** Views of a memory that is not shared end when it grows. */
  get array(): NdArray {
    const { memory, start } = this.#allocation
    const { buffer } = memory.views
    if (this.#array === undefined || this.#buffer !== buffer) {
      const release = (): void => this.release()
      this.#array = view(dtypes[this.#dtype].create(buffer, start, this.#length), [this.#length], {
        release,
      })
      this.#buffer = buffer
    }
    return this.#array
  }

  release(): void {
    this.#allocation.release()
  }
}
