/**
 * The two memories, and blocks in them that are freed automatically.
 *
 * Arrays that callers hold are in shared memory. Copies of all other arrays are in unshared memory
 * (docs/decisions/0011).
 */

import { OptionError, UnavailableError } from '../../errors.ts'
import { type DType, dtypes } from '../../ndarray/dtype.ts'
import { type NdArray, view } from '../../ndarray/ndarray.ts'
import type { Scratch } from '../../program/backend.ts'
import { mayShareMemory } from './may-share-memory.ts'
import { WasmMemory } from './memory.ts'

let userWasmMemory: WasmMemory | undefined
let stagingWasmMemory: WasmMemory | undefined

/** The most bytes that all memories may grow to together. */
let maxBytes = Infinity

/** The bytes of the memories of workers. */
let bytesElsewhere = (): number => 0

/** Counts memories that are not here, too. */
export function countAlso(bytes: () => number): void {
  bytesElsewhere = bytes
}

/** Bytes of address space that all memories hold. */
const heldBytes = (): number =>
  [...new Set([userWasmMemory, stagingWasmMemory])].reduce(
    (sum, memory) => sum + (memory?.views.buffer.byteLength ?? 0),
    bytesElsewhere(),
  )

/** The bytes by which the memories may still grow. */
export const budget = (): number => maxBytes - heldBytes()

/**
 * The memory of arrays that callers hold. All backends of this realm share it, so that each of them
 * can use these arrays.
 */
export function userMemory(): WasmMemory {
  userWasmMemory ??= new WasmMemory(mayShareMemory(), budget)
  return userWasmMemory
}

/**
 * The memory for arrays that callers receive. It must be shared memory, which never detaches an
 * array. Undefined without WebAssembly, and on pages that may not share memory because they are not
 * isolated. There the arrays stay on the heap, so that `new ImageData` and `postMessage` accept
 * them, and runs copy them.
 */
export function callersMemory(): WasmMemory | undefined {
  return typeof WebAssembly === 'object' && mayShareMemory() && userMemory().shared
    ? userMemory()
    : undefined
}

/**
 * The memory of everything else. If the engine provides no second memory, it is the same as
 * `userMemory()`.
 */
export function stagingMemory(): WasmMemory {
  try {
    stagingWasmMemory ??= new WasmMemory(false, budget)
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error
    stagingWasmMemory = userMemory()
  }
  return stagingWasmMemory
}

/**
 * Lets go of both memories. Arrays of callers keep theirs alive, and stay readable. The next use
 * opens new memories.
 */
export function closeMemories(): void {
  userWasmMemory = undefined
  stagingWasmMemory = undefined
}

/** Whether programs run in this memory. Not after it was closed. */
export const isOpen = (memory: WasmMemory): boolean =>
  memory === userWasmMemory || memory === stagingWasmMemory

/** Sets the most bytes that all memories may grow to. Throws `OptionError` if they hold more. */
export function limitMemories(bytes: number): void {
  const held = heldBytes()
  if (held > bytes) {
    throw new OptionError(
      'MEMORY_IN_USE',
      `configure: option 'memoryBytes' is ${bytes}, but the memories of stridefold hold ${held} ` +
        'bytes already, and memories never shrink. Call close() first.',
    )
  }
  maxBytes = bytes
}

/** Frees the blocks of owners that were collected without `release()`. */
const finalizer = new FinalizationRegistry<OwnedBlock>((block) => block.release())

/** A block of a memory. It is freed by `release()`, or when its owner is garbage collected. */
export class OwnedBlock {
  readonly memory: WasmMemory
  readonly start: number
  readonly bytes: number
  #isFreed = false

  constructor(owner: object, memory: WasmMemory, bytes: number) {
    this.memory = memory
    this.start = memory.allocate(bytes)
    this.bytes = bytes
    finalizer.register(owner, this, this)
  }

  release(): void {
    if (this.#isFreed) return
    this.#isFreed = true
    finalizer.unregister(this)
    this.memory.free(this.start, this.bytes)
  }
}

/** An array in the staging memory. */
export class StagingArray implements Scratch {
  readonly bytes: number
  readonly isSeparate = true
  readonly #length: number
  readonly #dtype: DType
  readonly #block: OwnedBlock
  #array: NdArray | undefined
  #buffer: ArrayBufferLike | undefined

  constructor(length: number, dtype: DType) {
    this.bytes = length * dtypes[dtype].bytes
    this.#length = length
    this.#dtype = dtype
    this.#block = new OwnedBlock(this, stagingMemory(), this.bytes)
  }

  /** When an unshared memory grows, its views detach. The array is then created again. */
  get array(): NdArray {
    const { memory, start } = this.#block
    const { buffer } = memory.views
    if (this.#array === undefined || this.#buffer !== buffer) {
      this.#array = view(dtypes[this.#dtype].create(buffer, start, this.#length), [this.#length])
      this.#buffer = buffer
    }
    return this.#array
  }

  release(): void {
    this.#block.release()
  }
}
