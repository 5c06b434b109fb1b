/**
 * The JavaScript backend. It interprets a program directly on the caller's arrays. It is slow,
 * simple, and runs everywhere.
 *
 * A program is checked first. Then every step becomes a closure over loops that are simplified
 * once. Nothing is compiled and no array is copied. The only memory it needs is the buffers of the
 * program.
 */

import { disposedError, InternalError } from '../../errors.ts'
import type { TypedArray } from '../../ndarray/dtype.ts'
import { denseStridesLike } from '../../ndarray/layout.ts'
import { allocateArray } from '../../ndarray/memory.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type {
  Bindings,
  ExternalLayouts,
  Rates,
  StageListener,
  SynchronousBackend,
  SynchronousExecutable,
} from '../../program/backend.ts'
import { checkProgram } from '../../program/check.ts'
import { nominalMachine } from '../../program/machine.ts'
import { positionsBeyond } from '../../program/positions.ts'
import { type Buffer, byteLength, type Program } from '../../program/program.ts'
import type { Step } from '../../program/steps.ts'
import { sumOrdersOf } from '../../program/sum-order.ts'
import { fftTableBytes } from './fft.ts'
import { maximumTableBytes } from './maximum.ts'
import { Memory } from './memory.ts'
import { chooseOrder, orderedProgram } from './order.ts'
import { type CompiledStage, compileStage } from './stage.ts'

/** Numbers are float64, which is exact for integers up to this limit. */
const limits = { bytes: Number.MAX_SAFE_INTEGER, count: Number.MAX_SAFE_INTEGER }

/**
 * Measured on 2026-11-20 on one of two cores of an Intel Xeon, with Node 20.20; `fft` on
 * 2026-11-29 on an AMD EPYC. Predictions only need the right order of the algorithms, not the exact
 * time.
 */
const rates: Rates = {
  best: 0.8,
  scalar: 0.35,
  fft: 0.1,
  ...{ sums: 0, matrices: 0, spectra: 0, transforms: 0, moves: 0 },
  stream: 4,
  cached: 4,
  scattered: 4,
  elements: 0.1,
  move: 1.2,
  copy: Infinity,
  cachedCopy: Infinity,
  sharedCopy: Infinity,
  piece: 0,
  wake: 0,
  run: 2,
  stage: 1,
}

/**
 * An interpreter for programs. `compile` throws `UnavailableError` (`OUT_OF_MEMORY`) if memory
 * cannot be allocated. It keeps no state.
 */
export const jsBackend: SynchronousBackend = {
  name: 'js',
  places: ['heap', 'backend'],
  synchronous: true,
  reproducible: true,
  missing: () => undefined,
  unsupportedReason: (program) => positionsBeyond(program, limits),
  rates: () => rates,
  machine: nominalMachine,
  seconds: () => undefined,
  sumOrders: (program) => sumOrdersOf(program, chooseOrder),
  workspaceBytes: ownBytes,
  workspaceParts: (program) => ({ shared: 0, own: ownBytes(program) }),
  compile: (program, externals) => new JsExecutable(program, externals),
  compileRemote: (program, externals) => new JsExecutable(program, externals),
  compileBoxes: () => {
    throw new InternalError('BOXES_UNEXPECTED', 'the js backend has no workers for boxes.')
  },
  module: () => undefined,
  scratch(length, dtype) {
    const array = allocateArray([length], dtype)
    return { array, bytes: array.data.byteLength, isSeparate: true, release() {} }
  },
  threadLimit: () => ({
    ...{ count: 1, why: 'the js backend has one thread', remote: 'none', workers: 0 },
  }),
  limitMemory() {},
  configureThreads() {},
  async close() {},
}

/** The bytes of all buffers and tables. Every executable has its own. */
function ownBytes({ buffers, stages }: Program): number {
  const steps = stages.flatMap((stage) => stage.steps)
  return (
    buffers.reduce((sum, buffer) => sum + byteLength(buffer), 0) +
    steps.reduce((sum, step) => sum + tableBytes(step), 0)
  )
}

function tableBytes(step: Step): number {
  if (step.kind === 'fft') return fftTableBytes(step)
  return step.kind === 'maximum' ? maximumTableBytes(step) : 0
}

class JsExecutable implements SynchronousExecutable {
  readonly #roles: readonly string[]
  readonly #guards: readonly string[]
  #memory: Memory | undefined
  #stages: readonly CompiledStage[]

  constructor(unordered: Program, externals: ExternalLayouts) {
    checkProgram(unordered, externals)
    const program = orderedProgram(unordered)
    const memory = new Memory(program.buffers)
    this.#roles = program.buffers.map((buffer) => buffer.role)
    this.#guards = program.buffers
      .filter((buffer) => buffer.role === 'guard')
      .map((buffer) => buffer.name)
    this.#memory = memory
    this.#stages = program.stages.map((stage) => compileStage(stage, memory))
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    for (const { name, values, ofKernel } of buffers)
      if (ofKernel === true) this.#openMemory().slot(name).data.set(values!)
  }

  prepare(kernel: NdArray, onStage?: StageListener): void {
    this.#openMemory().withArrays({ kernel }, () => this.#runStages(true, onStage))
  }

  run(bindings: Bindings, prepared: boolean, onStage?: StageListener): void {
    if (this.#roles.includes('bias') && bindings.bias === undefined) {
      throw new InternalError(
        'BINDING_MISSING',
        'the program adds a bias, but none was given for the run.',
      )
    }
    this.#openMemory().withArrays(bindings, () => {
      if (!prepared) this.#runStages(true, onStage)
      this.#runStages(false, onStage)
    })
  }

  runFresh(bindings: Bindings, onStage?: StageListener): TypedArray {
    const { shape, strides, dtype } = bindings.output
    const result = allocateArray(shape, dtype)
    const output = { ...result, shape, strides: denseStridesLike(shape, strides) }
    this.run({ ...bindings, output }, true, onStage)
    return result.data
  }

  guardTripped(): boolean {
    const memory = this.#openMemory()
    return this.#guards.some((name) => memory.slot(name).data.some((value) => value !== 0))
  }

  dispose(): void {
    this.#memory = undefined
    this.#stages = []
  }

  #openMemory(): Memory {
    if (this.#memory !== undefined) return this.#memory
    throw disposedError()
  }

  #runStages(prepare: boolean, onStage: StageListener | undefined): void {
    for (const stage of this.#stages) {
      if (stage.prepare !== prepare) continue
      for (let item = 0; item < stage.items; item++) stage.runItem(item)
      onStage?.(stage.name, prepare)
    }
  }
}
