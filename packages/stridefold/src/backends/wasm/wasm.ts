/**
 * The WebAssembly backend: programs become modules over one shared memory, arrays elsewhere are copied in and out.
 *
 * Arrays that already lie in the backend's memory are used where they are. Scratch and copies live in one arena that all executables share,
 * since only one runs at a time; packed weights and constants belong to their executable.
 */

import { InternalError, OptionError } from '../../errors.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import { reach } from '../../ndarray/layout.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { Backend, Bindings, Executable, ExternalLayouts } from '../../program/backend.ts'
import type { Buffer, Program, Role } from '../../program/program.ts'
import { type CompiledStage, compileProgram } from './compile.ts'
import { wasmFeatures } from './features.ts'
import { WasmMemory } from './memory.ts'
import { deterministicRegisters, probedRegisters } from './registers.ts'

type External = 'input' | 'kernel' | 'bias' | 'output'

const isExternal = (role: Role): role is External => role === 'input' || role === 'kernel' || role === 'bias' || role === 'output'

export interface WasmBackendOptions {
  /** The same bits on every machine: no relaxed SIMD, register tiles from a fixed table. */
  readonly deterministic: boolean
}

/** Memory is one for all backends of this realm: arrays in it can go to any of them. */
let sharedMemory: WasmMemory | undefined

export function wasmMemory(): WasmMemory {
  sharedMemory ??= new WasmMemory()
  return sharedMemory
}

export function wasmBackend(options: WasmBackendOptions): Backend {
  return {
    name: 'wasm',
    refuse(program) {
      if (!wasmFeatures().simd) return 'this engine has no WebAssembly SIMD'
      const bytes = ownedBytes(program.buffers)
      return bytes < 2 ** 32 - 2 ** 20 ? undefined : `its buffers need ${bytes} bytes and a 32-bit memory holds 4 GiB`
    },
    compile: (program, externals) => new WasmExecutable(program, externals, options),
    close() {},
  }
}

const byteLength = (buffer: Buffer): number => buffer.length * dtypes[buffer.dtype].bytes
const ownedBytes = (buffers: readonly Buffer[]): number => buffers.reduce((sum, b) => sum + byteLength(b), 0)

/** Where in the arena a buffer lies, or which block of its own. */
interface Place {
  readonly buffer: Buffer
  /** Bytes from the start of the arena (scratch, copies), or of the executable's own block (prepared, constants). */
  readonly offset: number
  readonly own: boolean
  /** Copies: bytes from the copy's start to element [0, 0, …]. */
  readonly lead: number
  readonly bytes: number
}

type StageFunction = (first: number, end: number, ...addresses: number[]) => void

/** The arena: one block for whoever runs; grows, and is the same for all executables. */
const arena = { start: 0, bytes: 0 }

function arenaFor(bytes: number): number {
  if (bytes > arena.bytes) {
    const memory = wasmMemory()
    if (arena.bytes > 0) memory.free(arena.start, arena.bytes)
    arena.bytes = 0
    arena.start = memory.allocate(bytes)
    arena.bytes = bytes
  }
  return arena.start
}

/** Memory of executables that were dropped without dispose(). */
const forgotten = new FinalizationRegistry<{ readonly start: number; readonly bytes: number }>(({ start, bytes }) =>
  wasmMemory().free(start, bytes),
)

class WasmExecutable implements Executable {
  readonly workspaceBytes: number
  readonly #places: readonly Place[]
  readonly #stages: readonly { readonly info: CompiledStage; readonly run: StageFunction }[]
  readonly #arenaBytes: number
  readonly #ownBytes: number
  #ownStart: number
  #disposed = false
  readonly #addresses: number[]

  constructor(program: Program, externals: ExternalLayouts, options: WasmBackendOptions) {
    const memory = wasmMemory()
    const registers = options.deterministic ? deterministicRegisters : probedRegisters()
    const limits = { initial: 1, maximum: memory.maximum, shared: memory.shared }
    const compiled = compileProgram(program, limits, registers)
    let arenaBytes = 0
    let ownBytes = 0
    this.#places = compiled.buffers.map((buffer): Place => {
      const { bytes } = dtypes[buffer.dtype]
      if (isExternal(buffer.role)) {
        const layout = externals[buffer.role]
        if (layout === undefined)
          throw new InternalError('BINDING_MISSING', `the program reads ${buffer.role}, but no layout was given for it.`)
        const size = layout.adopted ? 0 : layout.span * bytes
        // A kernel's copy must outlive the run for which it was prepared.
        const own = buffer.role === 'kernel'
        const place = { buffer, offset: own ? ownBytes : arenaBytes, own, lead: -layout.lowest * bytes, bytes: size }
        if (own) ownBytes += aligned(size)
        else arenaBytes += aligned(size)
        return place
      }
      const own = buffer.role === 'prepared' || buffer.role === 'constant'
      const size = byteLength(buffer)
      const place = { buffer, offset: own ? ownBytes : arenaBytes, own, lead: 0, bytes: size }
      if (own) ownBytes += aligned(size)
      else arenaBytes += aligned(size)
      return place
    })
    this.#arenaBytes = arenaBytes
    this.#ownBytes = ownBytes
    this.workspaceBytes = arenaBytes + ownBytes
    this.#ownStart = ownBytes > 0 ? memory.allocate(ownBytes) : 0
    if (ownBytes > 0) forgotten.register(this, { start: this.#ownStart, bytes: ownBytes }, this)
    if (ownBytes > 0) memory.views.bytes.fill(0, this.#ownStart, this.#ownStart + ownBytes)
    const instance = new WebAssembly.Instance(new WebAssembly.Module(compiled.bytes), { m: { m: memory.memory } })
    this.#stages = compiled.stages.map((info) => ({ info, run: instance.exports[info.entry] as StageFunction }))
    this.#addresses = this.#places.map(() => 0)
    this.#writeConstants()
  }

  #writeConstants(): void {
    for (const place of this.#places) {
      const { role, values, dtype } = place.buffer
      if (role !== 'constant' || values === undefined) continue
      const { buffer } = wasmMemory().views
      dtypes[dtype].create(buffer, this.#ownStart + place.offset, values.length).set(values as number[])
    }
  }

  prepare(kernel: NdArray): void {
    this.#bind({ kernel }, true)
    this.#runStages(true)
  }

  run(bindings: Bindings, prepared: boolean): void {
    this.#bind(bindings, !prepared)
    if (!prepared) this.#runStages(true)
    this.#runStages(false)
    this.#copyOut(bindings.output)
  }

  #runStages(prepare: boolean): void {
    for (const { info, run } of this.#stages) if (info.prepare === prepare) run(0, info.items, ...this.#addresses)
  }

  /** Finds the address of every buffer, copying foreign arrays in. */
  #bind(bindings: Partial<Bindings>, withKernel: boolean): void {
    if (this.#disposed) throw new OptionError('PLAN_DISPOSED', 'this plan was disposed of and cannot run. Make a new one with plan().')
    const start = arenaFor(this.#arenaBytes)
    this.#places.forEach((place, index) => {
      const { role, dtype } = place.buffer
      if (!isExternal(role)) {
        this.#addresses[index] = (place.own ? this.#ownStart : start) + place.offset
        return
      }
      const array = bindings[role]
      if (array === undefined) return
      if (place.bytes === 0) {
        this.#addresses[index] = array.data.byteOffset + array.offset * dtypes[dtype].bytes
        return
      }
      const at = (place.own ? this.#ownStart : start) + place.offset
      this.#addresses[index] = at + place.lead
      if (role === 'input' || role === 'bias' || (role === 'kernel' && withKernel)) copyIn(array, at)
      // A result with gaps between its elements is written as a whole span: what lies between must come back as it was.
      if (role === 'output' && !isDense(array)) copyIn(array, at)
    })
  }

  #copyOut(output: NdArray): void {
    const place = this.#places.find((p) => p.buffer.role === 'output')
    if (place === undefined || place.bytes === 0) return
    const [first, last] = reach(output.shape, output.strides, output.offset)
    if (output.shape.includes(0)) return
    const { buffer } = wasmMemory().views
    const at = arena.start + place.offset
    output.data.set(dtypes[output.dtype].create(buffer, at, last - first + 1) as never, first)
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    forgotten.unregister(this)
    if (this.#ownBytes > 0) wasmMemory().free(this.#ownStart, this.#ownBytes)
    this.#ownStart = 0
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

function isDense(array: NdArray): boolean {
  const [first, last] = reach(array.shape, array.strides, 0)
  return last - first + 1 === array.shape.reduce((n, e) => n * e, 1)
}

/** Copies the span of memory that an array touches to an address. */
function copyIn(array: NdArray, address: number): void {
  if (array.shape.includes(0)) return
  const [first, last] = reach(array.shape, array.strides, array.offset)
  const { bytes, create } = dtypes[array.dtype]
  const source = create(array.data.buffer, array.data.byteOffset + first * bytes, last - first + 1)
  create(wasmMemory().views.buffer, address, last - first + 1).set(source as never)
}
