/**
 * The webgpu backend with the interpreter of shader-interpreter.ts in place of a GPU: the programs
 * are lowered as for a device with the least limits, and every access of every invocation is
 * checked.
 */

import { leastLimits, type ShaderLimits } from '../src/backends/webgpu/shaders/limits.ts'
import {
  type ShaderStage,
  shaderProgram,
  unsupportedOn,
} from '../src/backends/webgpu/shaders/lower.ts'
import { copy } from '../src/ndarray/copy.ts'
import { type DType, dtypes, type TypedArray } from '../src/ndarray/dtype.ts'
import { memorySpanOf } from '../src/ndarray/memory.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import type { Bindings, Executable } from '../src/program/backend.ts'
import { checkProgram } from '../src/program/check.ts'
import { type Buffer, isExternal, type Program } from '../src/program/program.ts'
import type { TestBackend } from './backends.ts'
import { type AccessWatcher, runKernel } from './shader-interpreter.ts'

export const interpretedBackend = (limits: ShaderLimits = leastLimits): TestBackend => ({
  name: 'webgpu',
  unsupportedReason: (program) => unsupportedOn(program, limits),
  seconds: () => undefined,
  workspaceBytes: () => 0,
  compile(program, externals) {
    checkProgram(program, externals)
    return new InterpretedExecutable(program, limits)
  },
})

/** The bytes of a buffer in whole words, and its elements. */
class Memory {
  readonly data: TypedArray
  readonly words: Float32Array | Int32Array | Uint32Array

  constructor(dtype: DType, length: number) {
    const { bytes, integer } = dtypes[dtype]
    const buffer = new ArrayBuffer(Math.max(4, Math.ceil((length * bytes) / 4) * 4))
    this.data = dtypes[dtype].create(buffer, 0, length)
    this.words =
      bytes < 4
        ? new Uint32Array(buffer)
        : integer
          ? new Int32Array(buffer)
          : new Float32Array(buffer, 0, length)
  }
}

export class InterpretedExecutable implements Executable {
  readonly #buffers: readonly Buffer[]
  readonly #stages: readonly ShaderStage[]
  readonly #memory = new Map<string, Memory>()
  readonly #watch: AccessWatcher | undefined

  constructor(program: Program, limits: ShaderLimits, watch?: AccessWatcher) {
    const { buffers, stages, tables } = shaderProgram(program, limits)
    this.#buffers = buffers
    this.#stages = stages
    this.#watch = watch
    for (const { name, dtype, length, role, values } of buffers) {
      if (isExternal(role)) continue
      const memory = new Memory(dtype, length)
      if (values !== undefined) memory.data.set(values)
      else if (dtype === 'float32') memory.data.fill(Number.NaN)
      this.#memory.set(name, memory)
    }
    for (const { name, values } of tables) {
      const memory = new Memory(values instanceof Int32Array ? 'int32' : 'float32', values.length)
      memory.data.set(values)
      this.#memory.set(name, memory)
    }
  }

  prepare(kernel: NdArray): void {
    this.#runStages({ kernel }, true)
  }

  run(bindings: Bindings, prepared: boolean): void {
    if (!prepared) this.prepare(bindings.kernel)
    this.#runStages(bindings, false)
    const { output } = bindings
    const { name } = this.#buffers.find(({ role }) => role === 'output')!
    const { shape, strides } = output
    const offset = -memorySpanOf(output).lowest
    copy(view(this.#memory.get(name)!.data, shape, { strides, offset }), output)
  }

  runFresh(): never {
    throw new Error('the interpreter of shaders needs an output')
  }

  replaceConstants(): never {
    throw new Error('the interpreter of shaders has one kernel')
  }

  guardTripped(): boolean {
    return this.#buffers
      .filter(({ role }) => role === 'guard')
      .some(({ name }) => this.#memory.get(name)!.data.some((value) => value !== 0))
  }

  dispose(): void {}

  #runStages(arrays: Partial<Bindings>, prepare: boolean): void {
    const origins: Record<string, number> = {}
    for (const { name, role, dtype } of this.#buffers) {
      if (!isExternal(role) || arrays[role] === undefined) continue
      const { data, offset } = arrays[role]
      const { span, lowest } = memorySpanOf(arrays[role])
      const memory = new Memory(dtype, span)
      memory.data.set(data.subarray(offset + lowest, offset + lowest + span) as never)
      this.#memory.set(name, memory)
      origins[role] = -lowest
    }
    for (const stage of this.#stages)
      if (stage.prepare === prepare)
        for (const kernel of stage.kernels)
          runKernel(
            kernel,
            kernel.buffers.map((name) => this.#memory.get(name)!.words),
            origins,
            this.#watch,
          )
  }
}
