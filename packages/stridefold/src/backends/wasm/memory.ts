/**
 * A WebAssembly memory, and an allocator in it that never moves live data.
 *
 * There are two. The one for arrays that callers hold is shared: growing a shared memory leaves
 * earlier views whole, so such an array never detaches. The other works on copies of arrays that
 * lie elsewhere; it is not shared, since engines copy to and from shared memory word by word, which
 * takes twice as long (docs/decisions/0011). Blocks are multiples of 64 bytes (a cache line), kept
 * in a list sorted by address, neighbours merged when freed.
 *
 *   | reserve | block | free | block | block | free … | reserve |       reserves: vector loads may read a little past either end
 */

import { UnavailableError } from '../../errors.ts'

const page = 65536
const line = 64
const reserve = 1024
const maximumPages = 65536

interface Block {
  start: number
  end: number
}

export class WasmMemory {
  readonly memory: WebAssembly.Memory
  readonly shared: boolean
  readonly maximum: number
  #free: Block[]
  #views: MemoryViews
  #used = 0
  #arena = { start: 0, bytes: 0 }

  /** `share`: a wish. Throws `UnavailableError` where the engine gives no memory at all. */
  constructor(share: boolean) {
    const [memory, shared, maximum] = createMemory(share ? [true, false] : [false])
    this.memory = memory
    this.shared = shared
    this.maximum = maximum
    this.#free = [{ start: reserve, end: memory.buffer.byteLength - reserve }]
    this.#views = viewsOf(memory.buffer)
  }

  /** Typed arrays over the whole memory; valid until the next `allocate`. */
  get views(): MemoryViews {
    return this.#views
  }

  /** Bytes that live blocks take. */
  get used(): number {
    return this.#used
  }

  /**
   * Address of a new block of at least `bytes` bytes, aligned to a cache line. Contents are
   * arbitrary.
   */
  allocate(bytes: number): number {
    const size = rounded(bytes)
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

  /** Gives a block back; `bytes` as when it was allocated. */
  free(start: number, bytes: number): void {
    const end = start + rounded(bytes)
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
   * Address of a block of at least so many bytes that is the same for all who ask: what lies there
   * stays until the next one uses it.
   */
  arena(bytes: number): number {
    if (bytes > this.#arena.bytes) {
      if (this.#arena.bytes > 0) this.free(this.#arena.start, this.#arena.bytes)
      this.#arena = { start: 0, bytes: 0 }
      this.#arena = { start: this.allocate(bytes), bytes }
    }
    return this.#arena.start
  }

  #grow(size: number): void {
    const last = this.#free.at(-1)
    const top = this.memory.buffer.byteLength - reserve
    const available = last !== undefined && last.end === top ? last.end - last.start : 0
    const pages = Math.ceil((size - available) / page)
    try {
      this.memory.grow(pages)
    } catch (cause) {
      throw new UnavailableError(
        'OUT_OF_MEMORY',
        `${size} bytes of WebAssembly memory were needed, but the memory of ` +
          `${this.memory.buffer.byteLength} bytes cannot grow by ${pages * page}. Use smaller ` +
          `arrays, release() arrays in backend memory, or backend: 'js'.`,
        { cause },
      )
    }
    const end = this.memory.buffer.byteLength - reserve
    if (available > 0) last!.end = end
    else this.#free.push({ start: top, end })
    this.#views = viewsOf(this.memory.buffer)
  }
}

export interface MemoryViews {
  readonly buffer: ArrayBufferLike
  readonly bytes: Uint8Array
  readonly float32: Float32Array
  readonly float64: Float64Array
}

function viewsOf(buffer: ArrayBufferLike): MemoryViews {
  return {
    buffer,
    bytes: new Uint8Array(buffer),
    float32: new Float32Array(buffer),
    float64: new Float64Array(buffer),
  }
}

const rounded = (bytes: number): number => Math.max(line, Math.ceil(bytes / line) * line)

/** The first kind that the engine gives, with 4 GiB of address space where possible, or less. */
function createMemory(
  kinds: readonly boolean[],
): [memory: WebAssembly.Memory, shared: boolean, maximum: number] {
  for (const shared of kinds) {
    for (const maximum of [maximumPages, maximumPages / 4]) {
      try {
        return [new WebAssembly.Memory({ initial: 16, maximum, shared }), shared, maximum]
      } catch {
        // The next, more modest wish may be granted.
      }
    }
  }
  throw new UnavailableError(
    'NO_WASM_MEMORY',
    'this engine refuses a WebAssembly memory of 1 GiB of address space. Use backend: "js".',
  )
}
