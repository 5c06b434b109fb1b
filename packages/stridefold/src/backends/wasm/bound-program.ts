/**
 * A program and its place in a memory: the addresses of its buffers, its module, and the copies in
 * and out. The executables run it: on the calling thread (executable.ts), or on workers
 * (remote-executable.ts).
 *
 * Arrays in backend memory are used in place, and the program runs in that memory, as programs do
 * that threads share. Others run in a private memory. All programs of a memory that run on the
 * calling thread share one arena for scratch and copies, because only one of them runs at a time.
 * Those that run on workers share another one: the caller may call in the meantime. Packed weights
 * and constants belong to their program.
 */

import { disposedError } from '../../errors.ts'
import { type DTypeInfo, dtypes, type TypedArray } from '../../ndarray/dtype.ts'
import { elementCount, memoryBounds } from '../../ndarray/layout.ts'
import { wordBytes } from '../../ndarray/memory.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { Bindings, ExternalLayouts } from '../../program/backend.ts'
import { type Buffer, isExternal, type Program } from '../../program/program.ts'
import { ensureValid } from './checked.ts'
import { emitProgramWork } from './emit/program.ts'
import { OwnedBlock } from './memories.ts'
import type { ArenaUser, WasmMemory } from './memory.ts'
import { loweredProgram } from './priced.ts'
import { isShared, memoryFor, memoryImport, moduleIn, type Runners } from './program-module.ts'
import { constantValues, type LoweredProgram } from './schedule/lower.ts'
import type { Registers } from './schedule/mapping.ts'
import { Pace } from './threads/pace.ts'
import { SharedProgram, type SharedStage } from './threads/shared-program.ts'
import { byteSlices, finishInSlices } from './threads/slices.ts'
import { type ByteAddress, workspaceOf } from './workspace.ts'

export interface Stage extends SharedStage {
  readonly name: string
  readonly prepare: boolean
}

/** The compiled program: first the stages that run once per kernel, then those of every run. */
export interface LoadedProgram {
  readonly stages: readonly Stage[]
  readonly prepareCount: number
  /** The program as threads share it. Undefined if only the calling thread runs it. */
  readonly shared: SharedProgram | undefined
}

/** What a run needs to know about its arrays. Computed once per set of bindings. */
export interface ResolvedBindings {
  /** The addresses of the buffers that each stage uses. */
  readonly addresses: readonly (readonly number[])[]
  /** The address of each buffer. */
  readonly bufferAddresses: readonly number[]
  /** [from, to] of the arrays to copy in before the run, and of the result to copy out after it. */
  readonly copiesIn: readonly (readonly [from: TypedArray, to: TypedArray])[]
  readonly copyOut: readonly [from: TypedArray, to: TypedArray] | undefined
  /** The address of the arena and the memory buffer when the bindings were resolved. */
  readonly arena: number
  readonly buffer: ArrayBufferLike
}

export class BoundProgram {
  readonly #memory: WasmMemory
  readonly #byteAddresses: readonly ByteAddress[]
  readonly #lowered: LoweredProgram
  readonly #runners: Runners
  #loaded: LoadedProgram | undefined
  readonly #arenaBytes: number
  readonly #privateBytes: number
  /** Replaced values, by the name of their buffer. */
  #replacedConstants: ReadonlyMap<string, Buffer> = new Map()
  #privateBlock: OwnedBlock | undefined
  #disposed = false
  readonly #resolved = {
    caller: new WeakMap<Partial<Bindings>, ResolvedBindings>(),
    workers: new WeakMap<Partial<Bindings>, ResolvedBindings>(),
  }

  constructor(
    program: Program,
    externals: ExternalLayouts,
    registers: Registers,
    runners: Runners,
  ) {
    ensureValid(program, externals)
    this.#memory = memoryFor(externals, runners)
    this.#runners = runners
    this.#lowered = loweredProgram(program, registers)
    const workspace = workspaceOf(this.#lowered.buffers, externals, runners.threads)
    this.#byteAddresses = workspace.addresses
    this.#arenaBytes = workspace.arenaBytes
    this.#privateBytes = workspace.privateBytes
  }

  get isLoaded(): boolean {
    return this.#loaded !== undefined
  }

  /** Compiles the module at the first run, and allocates its private block. */
  load(): LoadedProgram {
    if (this.#loaded !== undefined) return this.#loaded
    if (this.#disposed) throw disposedError()
    const module = new WebAssembly.Module(moduleIn(this.#memory, this.#lowered))
    this.#clear(0, this.#privateBytes)
    return this.#instantiate(module)
  }

  /** The same, while the event loop goes on. Nobody else may use the program until it is done. */
  async loadLater(signal: AbortSignal | undefined): Promise<LoadedProgram> {
    if (this.#loaded !== undefined) return this.#loaded
    const work = emitProgramWork(this.#lowered, memoryImport(this.#memory))
    const module = await WebAssembly.compile(await finishInSlices(work, signal))
    const pace = new Pace()
    for (const [start, end] of byteSlices(this.#privateBytes)) {
      await pace.rest()
      if (signal?.aborted === true) throw signal.reason
      this.#clear(start, end)
    }
    await pace.rest()
    if (this.#disposed) throw disposedError()
    return this.#instantiate(module)
  }

  /** Clears bytes of the private block, which it allocates. */
  #clear(start: number, end: number): void {
    if (this.#disposed) throw disposedError()
    if (start === end) return
    this.#privateBlock ??= new OwnedBlock(this, this.#memory, this.#privateBytes)
    const { start: first } = this.#privateBlock
    this.#memory.views.bytes.fill(0, first + start, first + end)
  }

  #instantiate(module: WebAssembly.Module): LoadedProgram {
    const memory = this.#memory
    const { exports } = new WebAssembly.Instance(module, { m: { m: memory.memory } })
    const all = this.#lowered.stages.map(
      (stage): Stage => ({ ...stage, run: exports[stage.entry] as Stage['run'] }),
    )
    const prepare = all.filter((stage) => stage.prepare)
    const stages = [...prepare, ...all.filter((stage) => !stage.prepare)]
    const { threads } = this.#runners
    const places = this.#byteAddresses
    const shared =
      isShared(this.#runners) && memory.shared
        ? new SharedProgram(this, module, memory.memory, stages, places, threads)
        : undefined
    this.#loaded = { stages, prepareCount: prepare.length, shared }
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

  /**
   * The result of a run whose bindings have no memory for it: where it lies, and how an array of
   * its type is made.
   */
  output(user: ArenaUser): { readonly inMemory: TypedArray; readonly create: DTypeInfo['create'] } {
    const { buffer, offset, bytes } = this.#byteAddresses.find(
      (place) => place.buffer.role === 'output',
    )!
    const { create, bytes: elementBytes } = dtypes[buffer.dtype]
    const at = this.#arenaStart(user) + offset
    const length = (bytes - wordBytes) / elementBytes
    return { inMemory: create(this.#memory.views.buffer, at, length), create }
  }

  guardTripped(user: ArenaUser): boolean {
    const start = this.#arenaStart(user)
    return this.#byteAddresses.some(({ buffer: { role, dtype, length }, offset }) => {
      if (role !== 'guard') return false
      const guard = dtypes[dtype].create(this.#memory.views.buffer, start + offset, length)
      return guard.some((value) => value !== 0)
    })
  }

  get #privateStart(): number {
    return this.#privateBlock?.start ?? 0
  }

  #arenaStart(user: ArenaUser): number {
    return this.#memory.arena(this.#arenaBytes, user)
  }

  /** Whether workers can run it: it was compiled for them, in memory that they share. */
  get isForWorkers(): boolean {
    return this.#runners.isRemote && this.#memory.shared
  }

  /** Allocates the memory that runs of this user share. */
  reserve(user: ArenaUser): void {
    this.#arenaStart(user)
  }

  /**
   * The addresses and copies of a run. `user`: whose arena it takes. `withKernel`: whether the
   * kernel is copied, too.
   */
  resolve(bindings: Partial<Bindings>, withKernel: boolean, user: ArenaUser): ResolvedBindings {
    if (this.#disposed) throw disposedError()
    const start = this.#arenaStart(user)
    const { buffer } = this.#memory.views
    const cached = this.#resolved[user].get(bindings)
    if (cached !== undefined && cached.arena === start && cached.buffer === buffer) return cached
    const resolved = this.#resolveBindings(bindings, withKernel, start)
    this.#resolved[user].set(bindings, resolved)
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
    const addresses = this.load().stages.map(({ bufferIndices }) =>
      bufferIndices.map((index) => bufferAddresses[index]!),
    )
    return { addresses, bufferAddresses, copiesIn, copyOut, arena: start, buffer }
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#privateBlock?.release()
    this.#loaded?.shared?.release()
  }
}

function hasGaps({ shape, strides }: NdArray): boolean {
  const [first, last] = memoryBounds(shape, strides, 0)
  return last - first + 1 !== elementCount(shape)
}

/** The part of an array's data that its elements span. */
export function spanOf(array: NdArray): TypedArray {
  if (array.shape.includes(0)) return array.data.subarray(0, 0)
  const [first, last] = memoryBounds(array.shape, array.strides, array.offset)
  return array.data.subarray(first, last + 1)
}
