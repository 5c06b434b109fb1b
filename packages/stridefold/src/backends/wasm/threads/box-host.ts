/**
 * Computes boxes in a memory of its own: what a worker does for a caller that shares no memory with
 * it. A box comes as a buffer, goes into the memory, and its results leave in another buffer.
 */

import { WasmMemory } from '../memory.ts'
import type { BoxAnswer, BoxBuffer, BoxMessage, BoxProgramMessage } from './box-messages.ts'

type StageFunction = (first: number, end: number, ...addresses: number[]) => void
type BoxJob = Extract<BoxMessage, { kind: 'box' }>

interface HostedProgram {
  readonly message: BoxProgramMessage
  readonly stages: readonly StageFunction[]
  /** The address of its own memory. */
  readonly start: number
}

export class BoxHost {
  readonly #programs = new Map<number, HostedProgram>()
  #memory: WasmMemory | undefined
  #mostBytes = Infinity

  /** Does what a message asks for. Returns the answer, if there is one. */
  receive(message: BoxMessage): BoxAnswer | undefined {
    try {
      if (message.kind === 'box program') return this.#load(message)
      if (message.kind === 'box release') this.#release(message.id)
      if (message.kind === 'box weights') this.#prepare(message)
      return message.kind === 'box' ? this.#compute(message) : undefined
    } catch (error) {
      const { message: why = String(error), code } = error as Partial<Error & { code: string }>
      return { kind: 'failed', why, code }
    }
  }

  /** The memory, opened with the first program. */
  get #own(): WasmMemory {
    this.#memory ??= new WasmMemory(
      false,
      () => this.#mostBytes - this.#memory!.views.buffer.byteLength,
    )
    return this.#memory
  }

  #load(message: Extract<BoxMessage, { kind: 'box program' }>): BoxAnswer {
    this.#mostBytes = message.mostBytes
    const memory = this.#own
    memory.arena(message.arenaBytes)
    const start = message.privateBytes > 0 ? memory.allocate(message.privateBytes) : 0
    // The gaps of packed weights are zero.
    memory.views.bytes.fill(0, start, start + message.privateBytes)
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(message.module), {
      m: { m: memory.memory },
    })
    const stages = message.stages.map(({ entry }) => exports[entry] as StageFunction)
    const program = { message, stages, start }
    this.#programs.set(message.id, program)
    message.buffers.forEach(({ values }, i) => {
      if (values !== undefined) memory.views.bytes.set(values, this.#addressOf(program, i))
    })
    return { kind: 'loaded', bytes: memory.views.buffer.byteLength }
  }

  #release(id: number): void {
    const program = this.#programs.get(id)
    if (program === undefined) return
    this.#programs.delete(id)
    const { privateBytes } = program.message
    if (privateBytes > 0) this.#own.free(program.start, privateBytes)
  }

  #prepare({ id, kernel, constants }: Extract<BoxMessage, { kind: 'box weights' }>): void {
    const program = this.#programs.get(id)!
    const { bytes } = this.#own.views
    for (const [index, values] of constants) bytes.set(values, this.#addressOf(program, index))
    this.#write(program, 'kernel', kernel)
    this.#run(program, true, { input: 0, output: 0 })
  }

  #compute({ id, job, input, output, bias, offsets }: BoxJob): BoxAnswer {
    const program = this.#programs.get(id)!
    this.#write(program, 'input', input)
    if (bias !== undefined) this.#write(program, 'bias', bias)
    this.#run(program, false, offsets)
    const at = this.#addressOf(program, indexOf(program, 'output'))
    new Uint8Array(output).set(this.#own.views.bytes.subarray(at, at + output.byteLength))
    const guardTripped = program.message.buffers.some(
      (buffer, i) => buffer.role === 'guard' && this.#isTripped(program, buffer, i),
    )
    return { kind: 'done', job, input, output, guardTripped }
  }

  #write(program: HostedProgram, role: string, from: ArrayBuffer): void {
    const index = indexOf(program, role)
    // Without elements there is nothing to read.
    if (index < 0 || from.byteLength === 0) return
    this.#own.views.bytes.set(new Uint8Array(from), this.#addressOf(program, index))
  }

  #run(program: HostedProgram, prepare: boolean, offsets: BoxJob['offsets']): void {
    const { message, stages } = program
    const addresses = message.buffers.map(({ role, elementOffset }, i) => {
      const offset = role === 'input' || role === 'output' ? offsets[role] : 0
      return this.#addressOf(program, i) + elementOffset + offset
    })
    message.stages.forEach((stage, s) => {
      if (stage.prepare === prepare)
        stages[s]!(0, stage.items, ...stage.buffers.map((index) => addresses[index]!))
    })
  }

  #addressOf({ message, start }: HostedProgram, index: number): number {
    const { isPrivate, offset } = message.buffers[index]!
    return (isPrivate ? start : this.#own.arena(message.arenaBytes)) + offset
  }

  #isTripped(program: HostedProgram, guard: BoxBuffer, index: number): boolean {
    const { bytes, bytesPerElement } = guard
    const Values = bytesPerElement === 4 ? Float32Array : Float64Array
    const at = this.#addressOf(program, index)
    const values = new Values(this.#own.memory.buffer, at, bytes / bytesPerElement)
    return values.some((value) => value !== 0)
  }
}

const indexOf = ({ message }: HostedProgram, role: string): number =>
  message.buffers.findIndex((buffer) => buffer.role === role)
