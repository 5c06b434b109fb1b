/**
 * Assembles a WebAssembly module from function bodies. It contains the binary format, and nothing
 * about convolution.
 *
 * A module imports one memory ("m" "m") and exports some of its functions. `build` writes the
 * bodies with `FunctionBody`. Before that a function costs almost nothing, and a body may add
 * functions that it calls.
 */

import { FunctionBody, type ValueType, valueTypes } from './body.ts'
import { ByteWriter } from './bytes.ts'
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
    const work = this.buildWork()
    for (;;) {
      const { done, value } = work.next()
      if (done === true) return value
    }
  }

  /** The same. It yields behind each function: other work may run there. */
  *buildWork(): Generator<void, Uint8Array<ArrayBuffer>> {
    const bodies: Uint8Array[] = []
    // The list grows during this loop, because bodies add functions.
    for (const { params, write } of this.#functions) {
      const body = new FunctionBody(params)
      write(body)
      bodies.push(body.finish())
      yield
    }
    const types = this.#types.map((type) => Array.from(type, (c) => c.charCodeAt(0)))
    const exported = this.#functions.flatMap((f, index) =>
      f.exportName === undefined ? [] : [[...bytesOf(f.exportName), 0x00, ...unsigned(index)]],
    )
    const module = new ByteWriter(bodies.reduce((sum, { length }) => sum + length, 4096))
    module.append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
    addSection(module, 1, types)
    if (this.#memory !== undefined) addSection(module, 2, [memoryImport(this.#memory)])
    const typeIndices = this.#functions.map((f) => unsigned(f.typeIndex))
    addSection(module, 3, typeIndices)
    addSection(module, 7, exported)
    addSection(module, 10, bodies)
    return module.bytes.slice()
  }
}

const memoryImport = ({ initial, maximum, shared }: MemoryImport): Bytes => [
  ...[...bytesOf('m'), ...bytesOf('m'), 0x02],
  ...[shared ? 0x03 : 0x01, ...unsigned(initial), ...unsigned(maximum)],
]

/** Section id, byte length, entry count, entries. */
function addSection(module: ByteWriter, id: number, entries: readonly ArrayLike<number>[]): void {
  const count = unsigned(entries.length)
  module.byte(id)
  module.unsigned(entries.reduce((sum, { length }) => sum + length, count.length))
  module.append(count)
  for (const entry of entries) module.append(entry)
}
