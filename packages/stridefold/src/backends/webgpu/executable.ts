/**
 * A program on a GPU. A run is one submission: copies in, one dispatch for each kernel, copies out.
 * The device works through it alone. The caller waits until it can read the results; if they stay
 * on the GPU, only until the device has the work.
 */

import { disposedError, InternalError } from '../../errors.ts'
import { deviceBlockOf } from '../../ndarray/allocations.ts'
import { copy } from '../../ndarray/copy.ts'
import { type DType, dtypes, type TypedArray } from '../../ndarray/dtype.ts'
import { memorySpanOf } from '../../ndarray/memory.ts'
import { type NdArray, view } from '../../ndarray/ndarray.ts'
import type {
  Bindings,
  Executable,
  ExternalLayouts,
  ProgramRun,
  StageListener,
} from '../../program/backend.ts'
import { checkProgram } from '../../program/check.ts'
import { type Buffer, type ExternalRole, isExternal, type Program } from '../../program/program.ts'
import type { GpuBuffer, GpuCommandEncoder } from './device/api.ts'
import { mapModeRead } from './device/api.ts'
import { bufferBytes, onDevice, spanOf, writeBytes } from './device/buffers.ts'
import { checkBlock, type GpuBlock } from './device/memory.ts'
import { type OpenDevice, openDevice } from './device/open.ts'
import { explained, lostError } from './device/pipelines.ts'
import { type BoundArrays, LoadedProgram } from './loaded-program.ts'
import type { ShaderLimits } from './shaders/limits.ts'
import { type ShaderProgram, type ShaderStage, shaderProgram } from './shaders/lower.ts'
import { originRoles } from './shaders/shader.ts'

/** A part of a run that later runs with the same kernel skip, or do again. */
type Part = 'prepare' | 'run'

export class WebGpuExecutable implements Executable {
  readonly #program: ShaderProgram
  /** The names of the buffers of the caller's arrays, by role. */
  readonly #externals: ReadonlyMap<ExternalRole, Buffer>
  readonly #guards: readonly Buffer[]
  /** The latest values of constants that were computed from a kernel. */
  #constants: readonly Buffer[] = []
  #loaded: LoadedProgram | undefined
  #isDisposed = false
  #guardTripped = false
  /** Runs whose results stay on the GPU, and that the device may not have finished. */
  readonly #running: Promise<unknown>[] = []

  constructor(program: Program, externals: ExternalLayouts, limits: ShaderLimits) {
    checkProgram(program, externals)
    this.#program = shaderProgram(program, limits)
    const { buffers } = this.#program
    this.#externals = new Map(
      buffers.flatMap((buffer) =>
        isExternal(buffer.role) ? [[buffer.role, buffer] as const] : [],
      ),
    )
    this.#guards = buffers.filter(({ role }) => role === 'guard')
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#constants = buffers
    this.#loaded?.replaceConstants(buffers)
  }

  async prepare(kernel: NdArray, onStage?: StageListener, signal?: AbortSignal): Promise<void> {
    const loaded = await this.#load()
    const work = { executable: this, loaded, arrays: { kernel }, readsOutput: false }
    await WebGpuExecutable.#submit([{ ...work, parts: ['prepare'] }], onStage, signal)
    loaded.isPrepared = true
  }

  async run(
    bindings: Bindings,
    prepared: boolean,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Promise<void> {
    const { output } = bindings
    const read = await this.#run(bindings, prepared, onStage, signal)
    if (read === undefined) return
    const { data, release } = read
    try {
      if (signal?.aborted === true) return
      copyBack(data, output)
    } finally {
      release()
    }
  }

  async runFresh(
    bindings: Bindings,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Promise<TypedArray> {
    const { data, release } = (await this.#run(bindings, true, onStage, signal))!
    try {
      // The mapped memory is the device's: it ends here.
      return dtypes[bindings.output.dtype].create(data)
    } finally {
      release()
    }
  }

  guardTripped(): boolean {
    return this.#guardTripped
  }

  dispose(): void {
    this.#isDisposed = true
    this.#unload()
  }

  #unload(): void {
    this.#loaded?.dispose()
    this.#loaded = undefined
  }

  /** The program on the device that is open now. */
  async #load(): Promise<LoadedProgram> {
    if (this.#isDisposed) throw disposedError()
    const opened = await openDevice()
    if (this.#loaded?.opened === opened) return this.#loaded
    this.#unload()
    const loaded = await LoadedProgram.load(opened, this.#program)
    if (this.#isDisposed) {
      loaded.dispose()
      throw disposedError()
    }
    if (this.#constants.length > 0) loaded.replaceConstants(this.#constants)
    this.#loaded = loaded
    return loaded
  }

  /** Runs, and returns the memory of the output if it lies on the heap. */
  async #run(
    bindings: Bindings,
    prepared: boolean,
    onStage: StageListener | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ReadBack | undefined> {
    const work = await this.#workOf(bindings, prepared)
    const [reads] = await WebGpuExecutable.#submit([work], onStage, signal)
    return this.#finished(work, reads!)
  }

  /**
   * Runs prepared programs one after the other, in one submission. Each may read what those before
   * it have written to the GPU. None may come twice.
   */
  static async runTogether(runs: readonly ProgramRun[], signal?: AbortSignal): Promise<void> {
    const works: ProgramWork[] = []
    for (const { executable, bindings } of runs)
      works.push(await (executable as WebGpuExecutable).#workOf(bindings, true))
    const reads = await WebGpuExecutable.#submit(works, undefined, signal)
    for (const [i, work] of works.entries()) {
      const read = work.executable.#finished(work, reads[i]!)
      if (read === undefined) continue
      if (signal?.aborted !== true) copyBack(read.data, work.arrays.output!)
      read.release()
    }
  }

  async #workOf(arrays: Bindings, prepared: boolean): Promise<ProgramWork> {
    const loaded = await this.#load()
    const parts: readonly Part[] = prepared && loaded.isPrepared ? ['run'] : ['prepare', 'run']
    const readsOutput = deviceBlockOf(arrays.output) === undefined
    return { executable: this, loaded, arrays, parts, readsOutput }
  }

  /** Notes what the guards say. Returns the memory of the output if it was read back. */
  #finished({ loaded }: ProgramWork, { guards, output }: Reads): ReadBack | undefined {
    loaded.isPrepared = true
    this.#guardTripped = guards.some(({ data }) => data.some((value) => value !== 0))
    for (const { release } of guards) release()
    return output
  }

  /** Submits parts of programs. Resolves when what is read back can be read. */
  static async #submit(
    works: readonly ProgramWork[],
    onStage: StageListener | undefined,
    signal: AbortSignal | undefined,
  ): Promise<readonly Reads[]> {
    const [{ loaded, executable }] = works as readonly [ProgramWork, ...ProgramWork[]]
    const { opened } = loaded
    const { device } = opened
    try {
      for (const { arrays, loaded: own } of works) {
        if (own.opened !== opened) throw lostError(opened)
        await checkArrays(arrays, opened)
      }
      throwIfAborted(signal)
      const wanted = await onDevice(opened, () => {
        const encoder = device.createCommandEncoder()
        const all = works.map((work) => work.executable.#record(encoder, work))
        device.queue.submit([encoder.finish()])
        return all
      })
      const buffers = wanted.flat().map(({ buffer }) => buffer)
      await Promise.all(buffers.map((buffer) => buffer.mapAsync(mapModeRead)))
      if (buffers.length === 0) await executable.#queued(device.queue.onSubmittedWorkDone())
      for (const work of works)
        for (const { name, prepare } of stagesOf(work)) onStage?.(name, prepare)
      return works.map(({ readsOutput }, i) => {
        const reads = wanted[i]!.map(readMapped)
        const output = readsOutput ? reads.pop() : undefined
        return { guards: reads, output }
      })
    } catch (cause) {
      throwIfAborted(signal)
      // Buffers that the device could not make stay invalid: the next run makes new ones.
      for (const work of works) work.executable.#unload()
      throw await explained(opened, cause)
    }
  }

  /** Writes the commands of parts of the program. Returns what is read back after them. */
  #record(encoder: GpuCommandEncoder, work: ProgramWork): readonly Wanted[] {
    const { loaded, arrays, parts, readsOutput } = work
    const bound = this.#bind(loaded, arrays)
    const pass = encoder.beginComputePass()
    for (const stage of stagesOf(work)) loaded.dispatch(pass, stage, bound)
    pass.end()
    const wanted: Wanted[] = []
    const readBack = (name: string, from: GpuBuffer, dtype: DType, length: number): void => {
      const bytes = length * dtypes[dtype].bytes
      const to = loaded.copyBuffer(`read ${name}`, bytes, true)
      encoder.copyBufferToBuffer(from, 0, to, 0, bufferBytes(bytes))
      wanted.push({ buffer: to, dtype, length })
    }
    if (parts.includes('run'))
      for (const { name, dtype, length } of this.#guards)
        readBack(name, loaded.own(name), dtype, length)
    if (readsOutput) {
      const { name, dtype } = this.#externals.get('output')!
      readBack('output', bound.buffers.get(name)!, dtype, memorySpanOf(arrays.output!).span)
    }
    return wanted
  }

  /** Waits while the device has several runs before it: their commands take memory. */
  async #queued(done: Promise<unknown>): Promise<void> {
    this.#running.push(done)
    if (this.#running.length > maxQueuedRuns) await this.#running.shift()
  }

  /** Brings the arrays of the caller to the device, or takes them where they lie. */
  #bind(loaded: LoadedProgram, arrays: Partial<Bindings>): BoundArrays {
    const { device } = loaded.opened
    const buffers = new Map<string, GpuBuffer>()
    const origins = new Int32Array(originRoles.length)
    const output = arrays.output && gpuBlockOf(arrays.output)
    for (const [role, { name, dtype }] of this.#externals) {
      const array = arrays[role]
      if (array === undefined) continue
      if (array.dtype !== dtype)
        throw new InternalError(
          'BINDING_MISMATCH',
          `the program was made for ${dtype} ${role}, but got ${array.dtype}.`,
        )
      const { span, lowest } = memorySpanOf(array)
      const block = gpuBlockOf(array)
      const place = originRoles.indexOf(role)
      if (block === undefined) {
        const buffer = loaded.copyBuffer(role, span * dtypes[dtype].bytes)
        if (role !== 'output') writeBytes(device, buffer, spanOf(array))
        buffers.set(name, buffer)
        origins[place] = -lowest
        continue
      }
      // A shader cannot read from one part of a buffer and write to another.
      const isShared = role !== 'output' && block.buffer === output?.buffer
      if (isShared) {
        const copied = loaded.copyBuffer(role, block.buffer.size)
        const encoder = device.createCommandEncoder()
        encoder.copyBufferToBuffer(block.buffer, 0, copied, 0, block.buffer.size)
        device.queue.submit([encoder.finish()])
        buffers.set(name, copied)
      } else buffers.set(name, block.buffer)
      origins[place] = array.offset
    }
    loaded.writeOrigins(origins)
    return { buffers, origins }
  }
}

/** Parts of a program that are submitted, on these arrays. */
interface ProgramWork {
  readonly executable: WebGpuExecutable
  readonly loaded: LoadedProgram
  readonly arrays: Partial<Bindings>
  readonly parts: readonly Part[]
  /** Whether the output lies on the heap. */
  readonly readsOutput: boolean
}

/** What is read back after a program. */
interface Reads {
  readonly guards: readonly ReadBack[]
  readonly output: ReadBack | undefined
}

const stagesOf = ({ loaded, parts }: ProgramWork): readonly ShaderStage[] =>
  loaded.stages.filter(({ prepare }) => parts.includes(prepare ? 'prepare' : 'run'))

async function checkArrays(arrays: Partial<Bindings>, opened: OpenDevice): Promise<void> {
  for (const [role, array] of Object.entries(arrays)) {
    const block = array && gpuBlockOf(array)
    if (block !== undefined) await checkBlock(block, `the ${role}`, opened)
  }
}

/** Copies the memory that the output spans to where its elements lie. */
function copyBack(data: TypedArray, output: NdArray): void {
  const { lowest } = memorySpanOf(output)
  copy(view(data, output.shape, { strides: output.strides, offset: -lowest }), output)
}

/** Nothing is submitted for a run that nobody waits for: the output belongs to the caller again. */
function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw signal.reason
}

/** More runs than this wait for the first of them. */
const maxQueuedRuns = 4

const gpuBlockOf = (x: NdArray): GpuBlock | undefined => deviceBlockOf(x) as GpuBlock | undefined

/** What is read back from the device after a run. */
interface Wanted {
  readonly buffer: GpuBuffer
  readonly dtype: DType
  readonly length: number
}

/** The elements of a buffer, until they are released. */
interface ReadBack {
  readonly data: TypedArray
  release(): void
}

function readMapped({ buffer, dtype, length }: Wanted): ReadBack {
  const data = dtypes[dtype].create(buffer.getMappedRange(), 0, length)
  return { data, release: () => buffer.unmap() }
}
