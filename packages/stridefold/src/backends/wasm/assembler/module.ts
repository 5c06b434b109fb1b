/**
 * Assembles a WebAssembly module from function bodies. It contains the binary format, and nothing
 * about convolution.
 *
 * A module imports one memory ("m" "m") and exports some of its functions. `build` writes the
 * bodies with `FunctionBody`. Before that a function costs almost nothing, and a body may add
 * functions that it calls.
 */

import { FunctionBody, type ValueType, valueTypes } from './body.ts'
import { type Bytes, bytesOf, unsigned } from './leb.ts'

export interface MemoryImport {
  /** Pages of 64 KiB. */
  readonly initial: number
  readonly maximum: number
  readonly shared: boolean
}

interface FunctionEntry {
  readonly params: readonly ValueType[]
  readonly write: (body: FunctionBody) => void
  readonly typeIndex: number
  readonly exportName: string | undefined
}

export class ModuleBuilder {
  readonly #memory: MemoryImport | undefined
  readonly #types: string[] = []
  readonly #functions: FunctionEntry[] = []

  constructor(memory?: MemoryImport) {
    this.#memory = memory
  }

  /** Adds a function and returns its index, for `call`. `build` calls `write` once. */
  func(
    params: readonly ValueType[],
    results: readonly ValueType[],
    write: (body: FunctionBody) => void,
    exportName?: string,
  ): number {
    const type = String.fromCharCode(
      0x60,
      ...unsigned(params.length),
      ...params.map((p) => valueTypes[p]),
      ...unsigned(results.length),
      ...results.map((r) => valueTypes[r]),
    )
    let typeIndex = this.#types.indexOf(type)
    if (typeIndex < 0) typeIndex = this.#types.push(type) - 1
    return this.#functions.push({ params, write, typeIndex, exportName }) - 1
  }

  /** Returns the bytes of the module. */
  build(): Uint8Array<ArrayBuffer> {
    const steps = this.buildInSteps()
    for (;;) {
      const { done, value } = steps.next()
      if (done === true) return value
    }
  }

  /** The same. Yields after each function: a large module takes some time. */
  *buildInSteps(): Generator<undefined, Uint8Array<ArrayBuffer>> {
    const bodies: Bytes[] = []
    // The list grows during this loop, because bodies add functions.
    for (const { params, write } of this.#functions) {
      const body = new FunctionBody(params)
      write(body)
      bodies.push(body.finish())
      yield
    }
    const out: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
    section(
      out,
      1,
      this.#types.map((type) => Array.from(type, (c) => c.charCodeAt(0))),
    )
    const memory = this.#memory
    if (memory !== undefined) {
      const limits = [
        memory.shared ? 0x03 : 0x01,
        ...unsigned(memory.initial),
        ...unsigned(memory.maximum),
      ]
      section(out, 2, [[...bytesOf('m'), ...bytesOf('m'), 0x02, ...limits]])
    }
    section(
      out,
      3,
      this.#functions.map((f) => unsigned(f.typeIndex)),
    )
    const exported = this.#functions.flatMap((f, index) =>
      f.exportName === undefined ? [] : [[...bytesOf(f.exportName), 0x00, ...unsigned(index)]],
    )
    section(out, 7, exported)
    section(out, 10, bodies)
    return Uint8Array.from(out)
  }
}

/** Section id, byte length, entry count, entries. */
function section(out: Bytes, id: number, entries: readonly Bytes[]): void {
  const count = unsigned(entries.length)
  const length = entries.reduce((sum, entry) => sum + entry.length, count.length)
  out.push(id, ...unsigned(length), ...count)
  for (const entry of entries) for (const byte of entry) out.push(byte)
}
