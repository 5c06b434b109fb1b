/**
 * A program that can run: the addresses of its buffers, its module, and the copies in and out.
 *
 * Arrays in backend memory are used in place, and the program runs in that memory. Programs for
 * other arrays run in a private memory. All executables of a memory share one arena for scratch and
 * copies, because only one of them runs at a time. Packed weights and constants belong to their
 * executable.
 */

import { disposedError } from '../../errors.ts'
import { dtypes, type TypedArray } from '../../ndarray/dtype.ts'
import { elementCount, memoryBounds } from '../../ndarray/layout.ts'
import { wordBytes } from '../../ndarray/memory.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type {
  Bindings,
  ExternalLayouts,
  StageListener,
  SynchronousExecutable,
} from '../../program/backend.ts'
import { checkProgram } from '../../program/check.ts'
import { type Buffer, isExternal, type Program } from '../../program/program.ts'
import { emitProgram } from './emit/program.ts'
import { OwnedBlock, stagingMemory, userMemory } from './memories.ts'
import type { WasmMemory } from './memory.ts'
import { pricedProgram } from './priced.ts'
import { constantValues, type LoweredProgram, lowerProgram } from './schedule/lower.ts'
import type { Registers } from './schedule/mapping.ts'
import { type ByteAddress, workspaceOf } from './workspace.ts'

type StageFunction = (first: number, end: number, ...addresses: number[]) => void

interface Stage {
  readonly name: string
  readonly items: number
  readonly run: StageFunction
  /** Its index among the stages of the lowered program. */
  readonly index: number
}

/** The functions of the stages: those that run once per kernel, and those of every run. */
interface LoadedStages {
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

export class WasmExecutable implements SynchronousExecutable {
  readonly #memory: WasmMemory
  readonly #byteAddresses: readonly ByteAddress[]
  readonly #lowered: LoweredProgram
  #loaded: LoadedStages | undefined
  readonly #arenaBytes: number
  readonly #privateBytes: number
  /** Replaced values, by the name of their buffer. */
  #replacedConstants: ReadonlyMap<string, Buffer> = new Map()
  #privateBlock: OwnedBlock | undefined
  #disposed = false
  readonly #bindingsCache = new WeakMap<Partial<Bindings>, ResolvedBindings>()

  constructor(program: Program, externals: ExternalLayouts, registers: Registers) {
    checkProgram(program, externals)
    this.#memory = memoryFor(externals)
    this.#lowered = lowerProgram(pricedProgram(program, registers))
    const workspace = workspaceOf(this.#lowered.buffers, externals)
    this.#byteAddresses = workspace.addresses
    this.#arenaBytes = workspace.arenaBytes
    this.#privateBytes = workspace.privateBytes
  }

  /** Instantiates the module at the first run, and allocates its private block. */
  #load(): LoadedStages {
    if (this.#loaded !== undefined) return this.#loaded
    if (this.#disposed) throw disposedError()
    const memory = this.#memory
    if (this.#privateBytes > 0) {
      this.#privateBlock = new OwnedBlock(this, memory, this.#privateBytes)
      memory.views.bytes.fill(
        0,
        this.#privateBlock.start,
        this.#privateBlock.start + this.#privateBytes,
      )
    }
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(moduleIn(memory, this.#lowered)),
      {
        m: { m: memory.memory },
      },
    )
    const stages = this.#lowered.stages.map(({ name, entry, items, prepare }, index) => ({
      ...{ name, prepare, items, index },
      run: exports[entry] as StageFunction,
    }))
    this.#loaded = {
      prepare: stages.filter((stage) => stage.prepare),
      run: stages.filter((stage) => !stage.prepare),
    }
    for (const place of this.#byteAddresses) this.#writeConstant(place)
    return this.#loaded
  }

  #writeConstant({ buffer, offset }: ByteAddress): void {
    const values = this.#replacedConstants.get(buffer.name)?.values ?? constantValues(buffer)
    if (buffer.role !== 'constant' || values === undefined) return
    dtypes[buffer.dtype]
      .create(this.#memory.views.buffer, this.#privateStart + offset, values.length)
      .set(values as number[])
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#replacedConstants = new Map(
      buffers.filter((buffer) => buffer.ofKernel === true).map((buffer) => [buffer.name, buffer]),
    )
    if (this.#loaded === undefined) return
    for (const place of this.#byteAddresses)
      if (place.buffer.ofKernel === true) this.#writeConstant(place)
  }

  prepare(kernel: NdArray, onStage?: StageListener): void {
    const isNew = this.#loaded === undefined
    const { prepare } = this.#load()
    if (isNew) onStage?.('compile', true)
    const bindings = this.#cachedBindings({ kernel }, true)
    this.#runStages(prepare, bindings, { copy: 'copy the kernel in', prepares: true }, onStage)
  }

  run(bindings: Bindings, prepared: boolean, onStage?: StageListener): void {
    if (!prepared) this.prepare(bindings.kernel, onStage)
    const { run: stages } = this.#load()
    const resolved = this.#cachedBindings(bindings, false)
    this.#runStages(stages, resolved, { copy: 'copy in', prepares: false }, onStage)
  }

  #runStages(
    stages: readonly Stage[],
    { copiesIn, addresses, copyOut }: ResolvedBindings,
    { copy, prepares }: { readonly copy: string; readonly prepares: boolean },
    onStage: StageListener | undefined,
  ): void {
    for (const [from, to] of copiesIn) to.set(from as never)
    if (copiesIn.length > 0) onStage?.(copy, prepares)
    for (const { name, items, run, index } of stages) {
      run(0, items, ...addresses[index]!)
      onStage?.(name, prepares)
    }
    if (copyOut === undefined) return
    copyOut[1].set(copyOut[0] as never)
    onStage?.('copy out', false)
  }

  runFresh(bindings: Bindings, onStage?: StageListener): TypedArray {
    this.run(bindings, true, onStage)
    const { buffer, offset, bytes } = this.#byteAddresses.find(
      (place) => place.buffer.role === 'output',
    )!
    const { create, bytes: elementBytes } = dtypes[buffer.dtype]
    const result = create(
      create(
        this.#memory.views.buffer,
        this.#arenaStart + offset,
        (bytes - wordBytes) / elementBytes,
      ),
    )
    onStage?.('copy out', false)
    return result
  }

  guardTripped(): boolean {
    return this.#byteAddresses.some(({ buffer: { role, dtype, length }, offset }) => {
      if (role !== 'guard') return false
      const guard = dtypes[dtype].create(
        this.#memory.views.buffer,
        this.#arenaStart + offset,
        length,
      )
      return guard.some((value) => value !== 0)
    })
  }

  get #privateStart(): number {
    return this.#privateBlock?.start ?? 0
  }

  get #arenaStart(): number {
    return this.#memory.arena(this.#arenaBytes)
  }

  #cachedBindings(bindings: Partial<Bindings>, withKernel: boolean): ResolvedBindings {
    if (this.#disposed) throw disposedError()
    const start = this.#arenaStart
    const { buffer } = this.#memory.views
    const cached = this.#bindingsCache.get(bindings)
    if (cached !== undefined && cached.arena === start && cached.buffer === buffer) return cached
    const resolved = this.#resolveBindings(bindings, withKernel, start)
    this.#bindingsCache.set(bindings, resolved)
    return resolved
  }

  /** Computes the address of every buffer, and the list of copies. */
  #resolveBindings(
    bindings: Partial<Bindings>,
    withKernel: boolean,
    start: number,
  ): ResolvedBindings {
    const { buffer } = this.#memory.views
    const copiesIn: [TypedArray, TypedArray][] = []
    let copyOut: [TypedArray, TypedArray] | undefined
    const bufferAddresses = this.#byteAddresses.map((byteAddress) => {
      const { role, dtype } = byteAddress.buffer
      const at = (byteAddress.isPrivate ? this.#privateStart : start) + byteAddress.offset
      const array = isExternal(role) ? bindings[role] : undefined
      if (array === undefined) return at + byteAddress.elementOffset
      if (byteAddress.bytes === 0) return array.data.byteOffset + array.offset * dtypes[dtype].bytes
      // A result without memory is fetched by the caller (`runFresh`).
      if (role === 'output' && array.data.length === 0) return at + byteAddress.elementOffset
      const callerSpan = spanOf(array)
      // Copies between memories with different alignment are many times slower.
      const wordOffset = role === 'kernel' ? 0 : callerSpan.byteOffset % wordBytes
      const copySpan = dtypes[dtype].create(buffer, at + wordOffset, callerSpan.length)
      if (
        role === 'input' ||
        role === 'bias' ||
        role === 'addend' ||
        (role === 'kernel' && withKernel)
      )
        copiesIn.push([callerSpan, copySpan])
      if (role === 'output') {
        copyOut = [copySpan, callerSpan]
        // The gaps between the elements of a result must keep their values.
        if (hasGaps(array)) copiesIn.push([callerSpan, copySpan])
      }
      return at + wordOffset + byteAddress.elementOffset
    })
    const addresses = this.#lowered.stages.map(({ bufferIndices }) =>
      bufferIndices.map((index) => bufferAddresses[index]!),
    )
    return { addresses, copiesIn, copyOut, arena: start, buffer }
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#privateBlock?.release()
  }
}

/** The memory in which a program for these arrays runs. */
function memoryFor(externals: ExternalLayouts): WasmMemory {
  const inUserMemory = Object.values(externals).some(
    ({ inBackendMemory, scratch }) => inBackendMemory && scratch !== true,
  )
  return inUserMemory ? userMemory() : stagingMemory()
}

/** Writes the module of a program that runs in this memory. */
const moduleIn = (
  { maximum, shared }: WasmMemory,
  lowered: LoweredProgram,
): Uint8Array<ArrayBuffer> => emitProgram(lowered, { initial: 1, maximum, shared })

/** The bytes of the module of a program for these arrays. */
export const moduleOf = (
  program: Program,
  externals: ExternalLayouts,
  registers: Registers,
): Uint8Array => moduleIn(memoryFor(externals), lowerProgram(pricedProgram(program, registers)))

function hasGaps({ shape, strides }: NdArray): boolean {
  const [first, last] = memoryBounds(shape, strides, 0)
  return last - first + 1 !== elementCount(shape)
}

/** The part of an array's data that its elements span. */
function spanOf(array: NdArray): TypedArray {
  if (array.shape.includes(0)) return array.data.subarray(0, 0)
  const [first, last] = memoryBounds(array.shape, array.strides, array.offset)
  return array.data.subarray(first, last + 1)
}
