/**
 * A WebAssembly memory with an allocator that never moves live data.
 *
 * There are two memories. Arrays of callers are in shared memory, because growing a shared memory
 * keeps earlier views valid: such an array never detaches. Copies of other arrays are in unshared
 * memory. Engines copy to and from shared memory word by word, which takes twice as long
 * (docs/decisions/0011).
 *
 * Blocks are multiples of 64 bytes (a cache line). Free blocks are in a list sorted by address, and
 * neighbours are merged when a block is freed.
 *
 *   | reserve | block | free | block | block | free … | reserve |
 *
 * Vector loads may read a little past either end of the blocks. The reserves make this safe.
 */

import { UnavailableError } from '../../errors.ts'

const pageBytes = 65536
const cacheLineBytes = 64
const reserveBytes = 1024
/** 4 GiB. */
export const maxPages = 65536

interface Block {
  start: number
  end: number
}

/** Who shares an arena. Runs of one user follow each other. */
export type ArenaUser = 'caller' | 'workers'

export class WasmMemory {
  readonly memory: WebAssembly.Memory
  readonly shared: boolean
  readonly maximum: number
  readonly #budget: () => number
  #free: Block[]
  #views: MemoryViews
  #used = 0
  readonly #arenas = { caller: { start: 0, bytes: 0 }, workers: { start: 0, bytes: 0 } }

  /**
   * `share`: whether shared memory is preferred. `budget`: the bytes by which it may grow. Throws
   * `UnavailableError` (`NO_WASM_MEMORY`) if the engine provides no memory at all.
   */
  constructor(share: boolean, budget: () => number = () => Infinity) {
    this.#budget = budget
    const [memory, shared, maximum] = createMemory(share ? [true, false] : [false])
    this.memory = memory
    this.shared = shared
    this.maximum = maximum
    this.#free = [{ start: reserveBytes, end: memory.buffer.byteLength - reserveBytes }]
    this.#views = createViews(memory.buffer)
  }

  /** Typed arrays over the whole memory. Valid until the next `allocate`. */
  get views(): MemoryViews {
    return this.#views
  }

  /** Bytes in allocated blocks. */
  get used(): number {
    return this.#used
  }

  /**
   * Allocates a block of at least `bytes` bytes, aligned to a cache line, and returns its address.
   * The contents are arbitrary.
   */
  allocate(bytes: number): number {
    const size = roundUpToCacheLine(bytes)
    let index = this.#free.findIndex((block) => block.end - block.start >= size)
    if (index < 0) {
      this.#grow(size)
      index = this.#free.length - 1
    }
    const block = this.#free[index]!
    const start = block.start
    block.start += size
    if (block.start === block.end) this.#free.splice(index, 1)
    this.#used += size
    return start
  }

  /** Frees a block. `bytes` must be the number with which it was allocated. */
  free(start: number, bytes: number): void {
    const end = start + roundUpToCacheLine(bytes)
    this.#used -= end - start
    const next = this.#free.findIndex((block) => block.start > start)
    const at = next < 0 ? this.#free.length : next
    const before = this.#free[at - 1]
    const after = this.#free[at]
    if (before !== undefined && before.end === start) {
      before.end = end
      if (after !== undefined && after.start === end) {
        before.end = after.end
        this.#free.splice(at, 1)
      }
    } else if (after !== undefined && after.start === end) after.start = start
    else this.#free.splice(at, 0, { start, end })
  }

  /**
   * Returns the address of a block of at least `bytes` bytes that all programs of this user share.
   * Its contents stay until the next of them writes to it.
   */
  arena(bytes: number, user: ArenaUser = 'caller'): number {
    const arena = this.#arenas[user]
    if (bytes > arena.bytes) {
      if (arena.bytes > 0) this.free(arena.start, arena.bytes)
      arena.bytes = 0
      arena.start = this.allocate(bytes)
      arena.bytes = bytes
    }
    return arena.start
  }

  #grow(size: number): void {
    const last = this.#free.at(-1)
    const top = this.memory.buffer.byteLength - reserveBytes
    const available = last !== undefined && last.end === top ? last.end - last.start : 0
    const pages = Math.ceil((size - available) / pageBytes)
    if (pages * pageBytes > this.#budget()) {
      throw new UnavailableError(
        'OUT_OF_MEMORY',
        `${size} bytes of WebAssembly memory were needed, but configure({ memoryBytes }) allows ` +
          `only ${this.#budget()} more. Use smaller arrays, or raise memoryBytes.`,
      )
    }
    try {
      this.memory.grow(pages)
    } catch (cause) {
      throw new UnavailableError(
        'OUT_OF_MEMORY',
        `${size} bytes of WebAssembly memory were needed, but the memory of ` +
          `${this.memory.buffer.byteLength} bytes cannot grow by ${pages * pageBytes}. Use ` +
          `smaller arrays, release() arrays in backend memory, or backend: 'js'.`,
        { cause },
      )
    }
    const end = this.memory.buffer.byteLength - reserveBytes
    if (available > 0) last!.end = end
    else this.#free.push({ start: top, end })
    this.#views = createViews(this.memory.buffer)
  }
}

export interface MemoryViews {
  readonly buffer: ArrayBufferLike
  readonly bytes: Uint8Array
}

function createViews(buffer: ArrayBufferLike): MemoryViews {
  return {
    buffer,
    bytes: new Uint8Array(buffer),
  }
}

const roundUpToCacheLine = (bytes: number): number =>
  Math.max(cacheLineBytes, Math.ceil(bytes / cacheLineBytes) * cacheLineBytes)

/**
 * The first kind of memory that the engine can create, with 4 GiB of address space, or else 1 GiB.
 */
function createMemory(
  kinds: readonly boolean[],
): [memory: WebAssembly.Memory, shared: boolean, maximum: number] {
  for (const shared of kinds) {
    for (const maximum of [maxPages, maxPages / 4]) {
      try {
        return [new WebAssembly.Memory({ initial: 16, maximum, shared }), shared, maximum]
      } catch {
        // The next try asks for less.
      }
    }
  }
  throw new UnavailableError(
    'NO_WASM_MEMORY',
    "this engine cannot create a WebAssembly memory with 1 GiB of address space. Use backend: 'js'.",
  )
}
