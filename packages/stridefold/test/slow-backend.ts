/**
 * A backend for tests that takes its time and has its own memory, as workers and GPUs do. It runs
 * programs by the js interpreter on copies, in later turns of the event loop, after fission. The
 * items of a grid and the boxes of a problem have a random order. It is strict, so that whatever
 * passes on it passes on them:
 *
 * - Local buffers are poisoned before every item; scratch and guards before every run; gaps between
 *   elements and the output always.
 * - Prepared weights must not change in a run. A run with prepared weights must bring the kernel
 *   that was prepared.
 * - Nothing may be started, replaced or disposed of while it is at work.
 * - It copies the arrays in the call or in the turn after it: both are allowed.
 */

import { jsBackend } from '../src/backends/js/js.ts'
import { Memory } from '../src/backends/js/memory.ts'
import { orderedProgram } from '../src/backends/js/order.ts'
import { compileItem, type ItemRunner } from '../src/backends/js/stage.ts'
import { disposedError } from '../src/errors.ts'
import { copy } from '../src/ndarray/copy.ts'
import { dtypes, type TypedArray } from '../src/ndarray/dtype.ts'
import { denseStridesLike } from '../src/ndarray/layout.ts'
import { iterations } from '../src/ndarray/loops.ts'
import { allocateArray } from '../src/ndarray/memory.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import type {
  Backend,
  BackendName,
  Bindings,
  Executable,
  ExternalLayouts,
  StageListener,
} from '../src/program/backend.ts'
import { checkProgram } from '../src/program/check.ts'
import { fissioned } from '../src/program/fission.ts'
import type { Buffer, Program, Role, Stage } from '../src/program/program.ts'
import { random, shuffled } from './random-geometry.ts'
import { bytesOf, copiesOf, copyOf, isSame, poison } from './slow-memory.ts'

/** What a test sees of the backend, and what it can make it do. */
export interface SlowState {
  /** The executable that is at work. */
  busy: object | undefined
  runs: number
  compiled: number
  disposed: number
  /** Called when a run or a preparation begins, before anything is copied in a later turn. */
  atStart: (() => void) | undefined
  /** Called in the middle of each run and each preparation: may throw, or return a promise. */
  inMidRun: (() => void | Promise<void>) | undefined
}

export interface SlowBackend extends Backend {
  readonly state: SlowState
}

/**
 * `name`: one that the options know, or a new one, which only 'auto' takes. `refuses`: the reason
 * why it cannot run a program.
 */
export function slowBackend(
  seed: number,
  name = 'slow',
  refuses: (program: Program) => string | undefined = () => undefined,
): SlowBackend {
  const state: SlowState = {
    ...{ busy: undefined, runs: 0, compiled: 0, disposed: 0 },
    ...{ atStart: undefined, inMidRun: undefined },
  }
  const next = random(seed)
  const prepared = (program: Program): Program => fissioned(orderedProgram(program), localBytes)
  return {
    ...jsBackend,
    ...{ name: name as BackendName, synchronous: false, places: [], state },
    unsupportedReason: (program) =>
      refuses(program) ?? jsBackend.unsupportedReason(prepared(program)),
    boxOrder: (boxes) => shuffled([...new Array(boxes).keys()], next),
    workspaceBytes: (program, externals, options) =>
      jsBackend.workspaceBytes(prepared(program), externals, options) +
      copiedBytes(program, externals),
    compile(program, externals) {
      checkProgram(program, externals)
      state.compiled++
      const parts = prepared(program)
      checkProgram(parts, externals)
      return new SlowExecutable(parts, state, next)
    },
  }
}

/** The workgroup memory of a GPU. */
const localBytes = 16 * 2 ** 10

/** The bytes of the copies of the caller's arrays. */
const copiedBytes = ({ buffers }: Program, externals: ExternalLayouts): number =>
  buffers.reduce((sum, { role, dtype }) => {
    const { span } = (externals as Partial<Record<Role, { span: number }>>)[role] ?? { span: 0 }
    return sum + span * dtypes[dtype].bytes
  }, 0)

interface SlowStage {
  readonly stage: Stage
  readonly run: ItemRunner
  readonly locals: readonly string[]
}

class SlowExecutable implements Executable {
  readonly #state: SlowState
  readonly #next: (below: number) => number
  readonly #buffers: readonly Buffer[]
  readonly #memory: Memory
  readonly #stages: readonly SlowStage[]
  /** The kernel that was prepared, and the bits of the prepared buffers. */
  #prepared: { readonly kernel: NdArray; readonly bits: readonly Uint8Array[] } | undefined
  #guardTripped = false
  #isDisposed = false

  constructor(program: Program, state: SlowState, next: (below: number) => number) {
    this.#state = state
    this.#next = next
    this.#buffers = program.buffers
    this.#memory = new Memory(program.buffers)
    const locals = new Set(this.#named('local'))
    this.#stages = program.stages.map((stage) => ({
      stage,
      run: compileItem(stage, this.#memory),
      locals: [...locals].filter((name) => JSON.stringify(stage.steps).includes(`"${name}"`)),
    }))
  }

  prepare(kernel: NdArray, onStage?: StageListener): Promise<void> {
    return this.#atWork(async () => {
      this.#prepared = undefined
      const copied = await this.#inThisTurnOrTheNext(() => copyOf(kernel))
      this.#poison('prepared', 'scratch')
      await this.#runStages(true, { kernel: copied }, onStage)
      this.#prepared = { kernel: copied, bits: this.#preparedBits() }
    })
  }

  run(
    bindings: Bindings,
    prepared: boolean,
    onStage?: StageListener,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#atWork(() => this.#run(bindings, bindings.output, prepared, onStage, signal))
  }

  runFresh(bindings: Bindings, onStage?: StageListener, signal?: AbortSignal): Promise<TypedArray> {
    return this.#atWork(async () => {
      const { shape, strides, dtype } = bindings.output
      const result = allocateArray(shape, dtype)
      const output = { ...result, strides: denseStridesLike(shape, strides) }
      await this.#run({ ...bindings, output }, output, true, onStage, signal)
      return result.data
    })
  }

  async #run(
    bindings: Bindings,
    output: NdArray,
    prepared: boolean,
    onStage: StageListener | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const copies = await this.#inThisTurnOrTheNext(() => copiesOf(bindings))
    this.#state.runs++
    if (!prepared) {
      this.#poison('prepared', 'scratch')
      await this.#runStages(true, { kernel: copies.kernel }, onStage)
      this.#prepared = { kernel: copies.kernel, bits: this.#preparedBits() }
    }
    const { kernel, bits } = this.#prepared ?? fail('weights that were never prepared')
    if (!isSame(kernel, copies.kernel)) fail('another kernel than the prepared one')
    this.#poison('scratch', 'guard')
    await this.#runStages(false, copies, onStage)
    for (const [i, now] of this.#preparedBits().entries())
      if (now.some((byte, at) => byte !== bits[i]![at])) fail('prepared weights that it changed')
    this.#guardTripped = this.#named('guard').some((name) =>
      this.#memory.slot(name).data.some((value) => value !== 0),
    )
    // Both are allowed: nobody waits for the result.
    if (signal?.aborted && this.#next(2) === 0) throw signal.reason
    if (!signal?.aborted) copy(copies.output, output)
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#checkIdle()
    this.#prepared = undefined
    for (const { name, values, ofKernel } of buffers)
      if (ofKernel === true) this.#memory.slot(name).data.set(values!)
  }

  guardTripped(): boolean {
    this.#checkIdle()
    return this.#guardTripped
  }

  dispose(): void {
    this.#checkIdle()
    if (!this.#isDisposed) this.#state.disposed++
    this.#isDisposed = true
  }

  /** Runs work that nothing else may interrupt. */
  #atWork<T>(work: () => Promise<T>): Promise<T> {
    this.#checkIdle()
    if (this.#isDisposed) throw disposedError()
    this.#state.busy = this
    this.#state.atStart?.()
    return work().finally(() => {
      this.#state.busy = undefined
    })
  }

  #checkIdle(): void {
    if (this.#state.busy !== undefined) fail('a call while it is at work')
  }

  async #inThisTurnOrTheNext<T>(work: () => T): Promise<T> {
    if (this.#next(2) === 0) await nextTurn()
    const result = work()
    await nextTurn()
    return result
  }

  async #runStages(
    prepare: boolean,
    arrays: Partial<Bindings>,
    onStage: StageListener | undefined,
  ): Promise<void> {
    for (const { stage, run, locals } of this.#stages) {
      if (stage.prepare !== prepare) continue
      if (this.#next(4) === 0) await nextTurn()
      this.#memory.withArrays(arrays, () => {
        for (const item of this.#shuffled(stage)) {
          for (const name of locals) poison(this.#memory.slot(name).data)
          run(item)
        }
      })
      onStage?.(stage.name, prepare)
    }
    await this.#state.inMidRun?.()
  }

  /** The items of the grid in random order. */
  #shuffled({ grid }: Stage): number[][] {
    const items = Array.from({ length: iterations(grid) }, (_, i) => {
      let rest = i
      return grid.map(({ extent }) => {
        const index = rest % extent
        rest = Math.floor(rest / extent)
        return index
      })
    })
    return shuffled(items, this.#next)
  }

  #poison(...roles: readonly Role[]): void {
    for (const role of roles)
      for (const name of this.#named(role)) poison(this.#memory.slot(name).data)
  }

  #preparedBits(): Uint8Array[] {
    return this.#named('prepared').map((name) => bytesOf(this.#memory.slot(name).data).slice())
  }

  #named(role: Role): string[] {
    return this.#buffers.filter((buffer) => buffer.role === role).map(({ name }) => name)
  }
}

/** Fails a test: the caller of the backend broke a rule. */
function fail(what: string): never {
  throw new Error(`the slow backend got ${what}.`)
}

/** A later turn of the event loop. */
const nextTurn: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () => new Promise((resolve) => setImmediate(resolve))
    : () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => {
            port1.close()
            resolve()
          }
          port2.postMessage(undefined)
        })
