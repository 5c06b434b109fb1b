/**
 * A program that can run: the addresses of its buffers, its module, and the copies in and out.
 *
 * Arrays in backend memory are used in place, and the program runs in that memory. Programs for
 * other arrays run in a private memory. All executables of a memory share one arena for scratch and
 * copies, because only one of them runs at a time. Packed weights and constants belong to their
 * executable.
 */

import { InternalError, OptionError } from '../../errors.ts'
import { dtypes, type TypedArray } from '../../ndarray/dtype.ts'
import { memoryBounds } from '../../ndarray/layout.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { Bindings, Executable, ExternalLayouts, StageListener } from '../../program/backend.ts'
import { checkProgram } from '../../program/check.ts'
import {
  type Buffer,
  byteLength,
  type ExternalRole,
  isExternal,
  type Program,
} from '../../program/program.ts'
import { type CompiledProgram, compileProgram } from './compile.ts'
import { stagingMemory, userMemory, Allocation } from './memories.ts'
import type { WasmMemory } from './memory.ts'
import type { Registers } from './microkernels/mapping.ts'

/** The address of a buffer, in the arena or in the private block of the executable. */
interface ByteAddress {
  readonly buffer: Buffer
  /**
   * Bytes from the start of the arena (scratch, copies) or of the private block (prepared,
   * constants).
   */
  readonly offset: number
  readonly own: boolean
  /** Copies only: bytes from the start of the copy to element [0, 0, …]. */
  readonly lead: number
  readonly bytes: number
}

type StageFunction = (first: number, end: number, ...addresses: number[]) => void

interface Stage {
  readonly name: string
  readonly items: number
  readonly run: StageFunction
  /** Its index among the compiled stages. */
  readonly index: number
}

interface Loaded {
  readonly prepare: readonly Stage[]
  readonly run: readonly Stage[]
}

/** What a run needs to know about its arrays. Computed once per set of bindings. */
interface ResolvedBindings {
  /** The addresses of the buffers that each stage uses. */
  readonly addresses: readonly (readonly number[])[]
  /** [from, to] of the arrays to copy in before the run, and of the result to copy out after it. */
  readonly copiesIn: readonly (readonly [from: TypedArray, to: TypedArray])[]
  readonly copyOut: readonly [from: TypedArray, to: TypedArray] | undefined
  /** The address of the arena and the memory buffer when the bindings were resolved. */
  readonly arena: number
  readonly buffer: ArrayBufferLike
}

export class WasmExecutable implements Executable {
  readonly workspaceBytes: number
  readonly #memory: WasmMemory
  readonly #places: readonly ByteAddress[]
  readonly #compiled: CompiledProgram
  #loaded: Loaded | undefined
  readonly #arenaBytes: number
  readonly #ownBytes: number
  /** Replaced values, by the name of their buffer. */
  #exchanged: ReadonlyMap<string, Buffer> = new Map()
  #own: Allocation | undefined
  #disposed = false
  readonly #bound = new WeakMap<Partial<Bindings>, ResolvedBindings>()

  constructor(program: Program, externals: ExternalLayouts, registers: Registers) {
    checkProgram(program, sized(externals))
    const inUserMemory = Object.values(externals).some(
      ({ inBackendMemory, scratch }) => inBackendMemory && scratch !== true,
    )
    const memory = inUserMemory ? userMemory() : stagingMemory()
    this.#memory = memory
    const limits = { initial: 1, maximum: memory.maximum, shared: memory.shared }
    const compiled = compileProgram(program, limits, registers)
    this.#compiled = compiled
    let arenaBytes = 0
    let ownBytes = 0
    this.#places = compiled.buffers.map((buffer): ByteAddress => {
      const bytes = isExternal(buffer.role) ? copiedBytes(buffer, externals) : byteLength(buffer)
      const lead = isExternal(buffer.role)
        ? -externals[buffer.role]!.lowest * dtypes[buffer.dtype].bytes
        : 0
      // The copy of a kernel must outlive the run that prepared it.
      const own =
        buffer.role === 'prepared' || buffer.role === 'constant' || buffer.role === 'kernel'
      const place = { buffer, offset: own ? ownBytes : arenaBytes, own, lead, bytes }
      if (own) ownBytes += aligned(bytes)
      else arenaBytes += aligned(bytes)
      return place
    })
    this.#arenaBytes = arenaBytes
    this.#ownBytes = ownBytes
    this.workspaceBytes = arenaBytes + ownBytes
  }

  /** Instantiates the module at the first run, and allocates its private block. */
  #load(): Loaded {
    if (this.#loaded !== undefined) return this.#loaded
    if (this.#disposed) throw disposed()
    const memory = this.#memory
    if (this.#ownBytes > 0) {
      this.#own = new Allocation(this, memory, this.#ownBytes)
      memory.views.bytes.fill(0, this.#own.start, this.#own.start + this.#ownBytes)
    }
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(this.#compiled.build()), {
      m: { m: memory.memory },
    })
    const stages = this.#compiled.stages.map(({ name, entry, items, prepare }, index) => ({
      ...{ name, prepare, items, index },
      run: exports[entry] as StageFunction,
    }))
    this.#loaded = {
      prepare: stages.filter((stage) => stage.prepare),
      run: stages.filter((stage) => !stage.prepare),
    }
    this.#writeConstants()
    return this.#loaded
  }

  #writeConstants(): void {
    for (const place of this.#places) {
      const { name, role, dtype } = place.buffer
      const { values } = this.#exchanged.get(name) ?? place.buffer
      if (role !== 'constant' || values === undefined) continue
      const { buffer } = this.#memory.views
      dtypes[dtype]
        .create(buffer, this.#ownStart + place.offset, values.length)
        .set(values as number[])
    }
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#exchanged = new Map(
      buffers.filter((buffer) => buffer.ofKernel === true).map((buffer) => [buffer.name, buffer]),
    )
    if (this.#loaded !== undefined) this.#writeConstants()
  }

  prepare(kernel: NdArray, watch?: StageListener): void {
    const isNew = this.#loaded === undefined
    const { prepare } = this.#load()
    if (isNew) watch?.('compile')
    this.#runStages(prepare, this.#bindingOf({ kernel }, true), 'copy the kernel in', watch)
  }

  run(bindings: Bindings, prepared: boolean, watch?: StageListener): void {
    if (!prepared) this.prepare(bindings.kernel, watch)
    const { run: stages } = this.#load()
    this.#runStages(stages, this.#bindingOf(bindings, false), 'copy in', watch)
  }

  #runStages(
    stages: readonly Stage[],
    { copiesIn, addresses, copyOut }: ResolvedBindings,
    copying: string,
    watch: StageListener | undefined,
  ): void {
    for (const [from, to] of copiesIn) to.set(from as never)
    if (copiesIn.length > 0) watch?.(copying)
    for (const { name, items, run, index } of stages) {
      run(0, items, ...addresses[index]!)
      watch?.(name)
    }
    if (copyOut === undefined) return
    copyOut[1].set(copyOut[0] as never)
    watch?.('copy out')
  }

  runFresh(bindings: Bindings, watch?: StageListener): TypedArray {
    this.run(bindings, true, watch)
    const { buffer, offset, bytes } = this.#places.find((place) => place.buffer.role === 'output')!
    const { create, bytes: each } = dtypes[buffer.dtype]
    const result = create(
      create(this.#memory.views.buffer, this.#arenaStart + offset, (bytes - word) / each),
    )
    watch?.('copy out')
    return result
  }

  guardTripped(): boolean {
    return this.#places.some(({ buffer: { role, dtype, length }, offset }) => {
      if (role !== 'guard') return false
      const guard = dtypes[dtype].create(
        this.#memory.views.buffer,
        this.#arenaStart + offset,
        length,
      )
      return guard.some((value) => value !== 0)
    })
  }

  module(): Uint8Array {
    return this.#compiled.build()
  }

  get #ownStart(): number {
    return this.#own?.start ?? 0
  }

  get #arenaStart(): number {
    return this.#memory.arena(this.#arenaBytes)
  }

  #bindingOf(bindings: Partial<Bindings>, withKernel: boolean): ResolvedBindings {
    if (this.#disposed) throw disposed()
    const start = this.#arenaStart
    const { buffer } = this.#memory.views
    const known = this.#bound.get(bindings)
    if (known !== undefined && known.arena === start && known.buffer === buffer) return known
    const made = this.#bind(bindings, withKernel, start)
    this.#bound.set(bindings, made)
    return made
  }

  /** Computes the address of every buffer, and the list of copies. */
  #bind(bindings: Partial<Bindings>, withKernel: boolean, start: number): ResolvedBindings {
    const { buffer } = this.#memory.views
    const copiesIn: [TypedArray, TypedArray][] = []
    let copyOut: [TypedArray, TypedArray] | undefined
    const places = this.#places.map((place) => {
      const { role, dtype } = place.buffer
      const at = (place.own ? this.#ownStart : start) + place.offset
      const array = isExternal(role) ? bindings[role] : undefined
      if (array === undefined) return at + place.lead
      if (place.bytes === 0) return array.data.byteOffset + array.offset * dtypes[dtype].bytes
      // A result without memory is fetched by the caller (`runFresh`).
      if (role === 'output' && array.data.length === 0) return at + place.lead
      const outside = spanOf(array)
      // Copies between memories with different alignment are many times slower.
      const lead = role === 'kernel' ? 0 : outside.byteOffset % word
      const inside = dtypes[dtype].create(buffer, at + lead, outside.length)
      if (role === 'input' || role === 'bias' || (role === 'kernel' && withKernel))
        copiesIn.push([outside, inside])
      if (role === 'output') {
        copyOut = [inside, outside]
        // The gaps between the elements of a result must keep their values.
        if (!isDense(array)) copiesIn.push([outside, inside])
      }
      return at + lead + place.lead
    })
    const addresses = this.#compiled.stages.map(({ touches }) =>
      touches.map((index) => places[index]!),
    )
    return { addresses, copiesIn, copyOut, arena: start, buffer }
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#own?.release()
  }
}

/** The layouts of arrays with a known size. The rows of a strip are used where they are. */
function sized(externals: ExternalLayouts): ExternalLayouts {
  const known = Object.entries(externals).filter(
    ([, { inBackendMemory, span }]) => span > 0 || !inBackendMemory,
  )
  return Object.fromEntries(known)
}

const disposed = (): OptionError =>
  new OptionError(
    'PLAN_DISPOSED',
    'this plan was disposed of and cannot run. Make a new one with plan().',
  )

/**
 * Copies move words of this many bytes. A copy has the space to start at the same offset within a
 * word as its original.
 */
const word = 8

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** Bytes of the copy of a caller's array; 0 if it is used in place. */
function copiedBytes(buffer: Buffer, externals: ExternalLayouts): number {
  const layout = externals[buffer.role as ExternalRole]
  if (layout === undefined)
    throw new InternalError(
      'BINDING_MISSING',
      `the program reads ${buffer.role}, but no layout was given for it.`,
    )
  return layout.inBackendMemory || layout.span === 0
    ? 0
    : layout.span * dtypes[buffer.dtype].bytes + word
}

function isDense(array: NdArray): boolean {
  const [first, last] = memoryBounds(array.shape, array.strides, 0)
  return last - first + 1 === array.shape.reduce((n, e) => n * e, 1)
}

/** The part of an array's data that its elements span. */
function spanOf(array: NdArray): TypedArray {
  if (array.shape.includes(0)) return array.data.subarray(0, 0)
  const [first, last] = memoryBounds(array.shape, array.strides, array.offset)
  return array.data.subarray(first, last + 1)
}
