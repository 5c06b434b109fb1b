/**
 * What a stream holds of the backend: its memory as floats, blocks in it, and compiled
 * programs.
 */

import { OwnedBlock } from '../backends/wasm/memories.ts'
import type { WasmMemory } from '../backends/wasm/memory.ts'
import { PlacedProgram } from '../backends/wasm/placed-program.ts'
import type { Program } from '../program/program.ts'

/** The most programs that are kept for later kernels. */
const keptPrograms = 16

export class Heap {
  readonly memory: WasmMemory
  readonly #programs = new Map<string, PlacedProgram>()
  #buffer: ArrayBufferLike
  #floats: Float32Array

  constructor(memory: WasmMemory) {
    this.memory = memory
    this.#buffer = memory.views.buffer
    this.#floats = new Float32Array(this.#buffer)
  }

  /** The whole memory. A new array object after it has grown. */
  get floats(): Float32Array {
    const { buffer } = this.memory.views
    if (buffer !== this.#buffer) {
      this.#buffer = buffer
      this.#floats = new Float32Array(buffer)
    }
    return this.#floats
  }

  /**
   * The compiled program of a form. A new kernel mostly has the forms of the old one. A program
   * that is not kept any more is freed with the engines that use it.
   */
  program<Form extends object>(
    kind: string,
    form: Form,
    make: (form: Form) => Program,
    placed: readonly string[],
  ): PlacedProgram {
    const key = `${kind} ${Object.values(form).join()}`
    const known = this.#programs.get(key)
    const program = known ?? new PlacedProgram(make(form), this.memory, placed)
    this.#programs.delete(key)
    this.#programs.set(key, program)
    const [oldest] = this.#programs.keys()
    if (this.#programs.size > keptPrograms) this.#programs.delete(oldest!)
    return program
  }

  /** Frees the programs. Nothing may run afterwards. */
  release(): void {
    for (const program of this.#programs.values()) program.release()
    this.#programs.clear()
  }
}

/** Floats of one owner, in parts. All are 0 at first. */
export class FloatBlock {
  readonly #heap: Heap
  readonly #block: OwnedBlock
  readonly #length: number
  #used = 0

  constructor(heap: Heap, length: number) {
    this.#heap = heap
    this.#length = length
    this.#block = new OwnedBlock(this, heap.memory, length * 4)
  }

  /** The next part, as an index into the floats of the heap, at a multiple of 16. */
  part(length: number): number {
    const start = this.#block.start / 4 + this.#used
    this.#used += padded(length)
    return start
  }

  /** Writes zeros, a piece at a time: it yields after each. */
  *clear(): Generator<void, void> {
    const start = this.#block.start / 4
    for (let at = 0; at < this.#length; at += clearedAtOnce) {
      this.#heap.floats.fill(0, start + at, start + Math.min(this.#length, at + clearedAtOnce))
      yield
    }
  }

  release(): void {
    this.#block.release()
  }
}

const clearedAtOnce = 65536

/** The floats that a part of this length takes. */
export const padded = (length: number): number => Math.ceil(length / 16) * 16
