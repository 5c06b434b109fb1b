/**
 * A shader program on one device: its pipelines and its buffers. If the device is lost, all of it
 * is, and the next run makes it anew.
 */

import type { Buffer } from '../../program/program.ts'
import { byteLength, isExternal } from '../../program/program.ts'
import type { GpuBuffer, GpuComputePass, GpuComputePipeline } from './device/api.ts'
import {
  makeBuffer,
  onDevice,
  readUsage,
  storageUsage,
  uniformUsage,
  writeBytes,
  writeConstants,
} from './device/buffers.ts'
import type { OpenDevice } from './device/open.ts'
import { pipelineOf } from './device/pipelines.ts'
import { type Kernel, originsName } from './shaders/kernel.ts'
import type { ShaderProgram, ShaderStage } from './shaders/lower.ts'
import { originRoles } from './shaders/shader.ts'

/** Buffers of the caller's arrays by role, and where the arrays begin in them, in elements. */
export interface BoundArrays {
  readonly buffers: ReadonlyMap<string, GpuBuffer>
  readonly origins: Int32Array
}

/** A group of buffers for a kernel, and the buffers that it was made of. */
interface BindGroup {
  readonly of: readonly GpuBuffer[]
  readonly group: object
}

export class LoadedProgram {
  readonly opened: OpenDevice
  readonly #program: ShaderProgram
  readonly #pipelines: ReadonlyMap<Kernel, GpuComputePipeline>
  readonly #own: ReadonlyMap<string, GpuBuffer>
  readonly #groups = new Map<Kernel, BindGroup>()
  /** Buffers for arrays on the heap, and for reading back, by name. */
  readonly #copies = new Map<string, GpuBuffer>()
  readonly #origins: GpuBuffer
  /** Whether the prepare stages ran for the latest kernel. */
  isPrepared = false

  private constructor(
    opened: OpenDevice,
    program: ShaderProgram,
    pipelines: ReadonlyMap<Kernel, GpuComputePipeline>,
    own: ReadonlyMap<string, GpuBuffer>,
    origins: GpuBuffer,
  ) {
    this.opened = opened
    this.#program = program
    this.#pipelines = pipelines
    this.#own = own
    this.#origins = origins
  }

  static async load(opened: OpenDevice, program: ShaderProgram): Promise<LoadedProgram> {
    const kernels = program.stages.flatMap((stage) => stage.kernels)
    const pipelines = await Promise.all(
      kernels.map(async (kernel) => [kernel, await pipelineOf(opened, kernel)] as const),
    )
    return onDevice(opened, () => {
      const own = new Map<string, GpuBuffer>()
      for (const buffer of program.buffers) {
        if (isExternal(buffer.role)) continue
        const made = makeBuffer(opened, buffer.name, byteLength(buffer), storageUsage)
        own.set(buffer.name, made)
        if (buffer.role === 'constant') writeConstants(opened, made, buffer)
      }
      for (const { name, values } of program.tables) {
        const made = makeBuffer(opened, name, values.byteLength, storageUsage)
        own.set(name, made)
        writeBytes(opened.device, made, values)
      }
      const origins = makeBuffer(opened, originsName, 4 * originRoles.length, uniformUsage)
      return new LoadedProgram(opened, program, new Map(pipelines), own, origins)
    })
  }

  /** A buffer of the program. */
  own(name: string): GpuBuffer {
    return this.#own.get(name)!
  }

  replaceConstants(buffers: readonly Buffer[]): void {
    this.isPrepared = false
    for (const buffer of buffers)
      if (buffer.ofKernel === true) writeConstants(this.opened, this.own(buffer.name), buffer)
  }

  /** A buffer for a copy of an array, at least as large. */
  copyBuffer(name: string, bytes: number, reads = false): GpuBuffer {
    const known = this.#copies.get(name)
    if (known !== undefined && known.size >= bytes) return known
    known?.destroy()
    const made = makeBuffer(this.opened, name, bytes, reads ? readUsage : storageUsage)
    this.#copies.set(name, made)
    return made
  }

  writeOrigins(origins: Int32Array): void {
    writeBytes(this.opened.device, this.#origins, origins)
  }

  /** Writes the dispatches of a stage into a pass. */
  dispatch(pass: GpuComputePass, { kernels }: ShaderStage, bound: BoundArrays): void {
    const { limits } = this.opened
    for (const kernel of kernels) {
      const { workgroups } = kernel
      pass.setPipeline(this.#pipelines.get(kernel)!)
      pass.setBindGroup(0, this.#groupOf(kernel, bound))
      // More than one axis of a dispatch holds lie in rows (shaders/shader.ts).
      if (workgroups <= limits.workgroups) pass.dispatchWorkgroups(workgroups)
      else {
        const rows = Math.ceil(workgroups / limits.workgroups)
        pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows)
      }
    }
  }

  #groupOf(kernel: Kernel, { buffers }: BoundArrays): object {
    const of = kernel.buffers.map((name) => buffers.get(name) ?? this.own(name))
    const known = this.#groups.get(kernel)
    if (known?.of.every((buffer, i) => buffer === of[i])) return known.group
    const all = kernel.usesOrigins ? [...of, this.#origins] : of
    const group = this.opened.device.createBindGroup({
      layout: this.#pipelines.get(kernel)!.getBindGroupLayout(0),
      entries: all.map((buffer, binding) => ({ binding, resource: { buffer } })),
    })
    this.#groups.set(kernel, { of, group })
    return group
  }

  get stages(): readonly ShaderStage[] {
    return this.#program.stages
  }

  dispose(): void {
    for (const buffer of [...this.#own.values(), ...this.#copies.values(), this.#origins])
      buffer.destroy()
  }
}
