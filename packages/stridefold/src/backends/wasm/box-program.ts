/**
 * A program whose boxes go to workers by transfer. It is written once, for memories that are not
 * shared; each worker compiles it, and packs the weights in its own memory.
 */

import { disposedError } from '../../errors.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { Work } from '../../ndarray/work.ts'
import type { Bindings, Boxes, BoxProgram, ExternalLayouts } from '../../program/backend.ts'
import type { Buffer, Program } from '../../program/program.ts'
import { spanOf } from './bound-program.ts'
import { ensureValid } from './checked.ts'
import { emitProgramWork } from './emit/program.ts'
import { maxPages } from './memory.ts'
import { loweredProgramWork } from './priced.ts'
import { constantValues } from './schedule/lower.ts'
import type { Registers } from './schedule/mapping.ts'
import type { BoxBuffer, BoxMessage, BoxProgramMessage } from './threads/box-messages.ts'
import type { BoxTask } from './threads/box-pool.ts'
import type { Pace } from './threads/pace.ts'
import { giveUpWorkers, poolForBoxes, releaseBoxProgram } from './threads/shared-pool.ts'
import { byteSlices, finishInSlices } from './threads/slices.ts'
import { type ByteAddress, workspaceOf } from './workspace.ts'

/** Tells the workers about programs that were collected without `dispose()`. */
const finalizer = new FinalizationRegistry<number>(releaseBoxProgram)

let programs = 0

export class WasmBoxProgram implements BoxProgram {
  readonly #id = ++programs
  readonly #workers: number
  readonly #messageWork: () => Work<BoxProgramMessage>
  #message: BoxProgramMessage | undefined
  #version = 0
  #replaced: readonly Buffer[] = []
  #isDisposed = false

  constructor(program: Program, externals: ExternalLayouts, registers: Registers, workers: number) {
    ensureValid(program, externals)
    this.#workers = workers
    this.#messageWork = () => messageWork(this.#id, program, externals, registers)
    finalizer.register(this, this.#id, this)
  }

  forgetKernel(): void {
    this.#version++
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.#replaced = buffers.filter((buffer) => buffer.ofKernel === true)
    this.#version++
  }

  async run(
    boxes: Boxes,
    { kernel, bias }: Pick<Bindings, 'kernel' | 'bias'>,
    signal?: AbortSignal,
  ): Promise<boolean> {
    if (this.#isDisposed) throw disposedError()
    this.#message ??= await finishInSlices(this.#messageWork(), signal)
    const task: BoxTask = {
      ...{ program: this.#message, version: this.#version },
      weights: (pace) => this.#weights(kernel, pace),
      bias: bias && bytesOf(bias).slice().buffer,
    }
    const found = await poolForBoxes().run(task, boxes, this.#workers, signal)
    if (typeof found === 'boolean') return found
    giveUpWorkers(found)
    const again = await poolForBoxes().run(task, boxes, 1, signal)
    return again === true
  }

  async #weights(
    kernel: NdArray,
    pace: Pace,
  ): Promise<Extract<BoxMessage, { kind: 'box weights' }>> {
    const from = bytesOf(kernel)
    const to = new Uint8Array(from.length)
    for (const [start, end] of byteSlices(from.length)) {
      to.set(from.subarray(start, end), start)
      await pace.rest()
    }
    const constants = this.#replaced.map(
      (buffer) => [this.#indexOf(buffer), valuesOf(buffer)!] as const,
    )
    return { kind: 'box weights', id: this.#id, kernel: to.buffer, constants }
  }

  /** The place of a constant in the message. Packing adds buffers, but renames none. */
  #indexOf({ name }: Buffer): number {
    return this.#message!.buffers.findIndex((buffer) => buffer.name === name)
  }

  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    finalizer.unregister(this)
    releaseBoxProgram(this.#id)
  }
}

function* messageWork(
  id: number,
  program: Program,
  externals: ExternalLayouts,
  registers: Registers,
): Work<BoxProgramMessage> {
  const lowered = yield* loweredProgramWork(program, registers)
  yield
  const { addresses, arenaBytes, privateBytes } = workspaceOf(lowered.buffers, externals)
  const memory = { initial: 1, maximum: maxPages, shared: false }
  return {
    ...{ kind: 'box program', id, arenaBytes, privateBytes },
    module: yield* emitProgramWork(lowered, memory),
    stages: lowered.stages.map(({ entry, items, prepare, bufferIndices: buffers }) => ({
      ...{ entry, items, prepare, buffers },
    })),
    buffers: addresses.map(placeOf),
  }
}

const placeOf = ({ buffer, offset, isPrivate, elementOffset, bytes }: ByteAddress): BoxBuffer => ({
  ...{ name: buffer.name, role: buffer.role, offset, isPrivate, elementOffset, bytes },
  bytesPerElement: dtypes[buffer.dtype].bytes,
  values: buffer.role === 'constant' ? valuesOf(buffer) : undefined,
})

/** The bytes of the values of a constant. */
function valuesOf(buffer: ByteAddress['buffer']): Uint8Array<ArrayBuffer> | undefined {
  const values = constantValues(buffer)
  if (values === undefined) return undefined
  const data = dtypes[buffer.dtype].create(values.length)
  data.set(values as number[])
  return new Uint8Array(data.buffer as ArrayBuffer)
}

/** The bytes that the elements of an array span. */
function bytesOf(array: NdArray): Uint8Array {
  const { buffer, byteOffset, byteLength } = spanOf(array)
  return new Uint8Array(buffer, byteOffset, byteLength)
}
