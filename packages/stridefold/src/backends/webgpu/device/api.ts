/**
 * The part of WebGPU that this backend uses. The types of an engine may be older, and the library
 * needs none of its own: a caller may give the objects of any implementation.
 *
 * Source: https://www.w3.org/TR/webgpu/
 */

/** What WebGPU calls `GPU`: `navigator.gpu`, or what the package `webgpu` makes. */
export interface Gpu {
  requestAdapter(options?: object): Promise<GpuAdapter | null>
}

export interface GpuAdapterInfo {
  readonly vendor?: string
  readonly architecture?: string
  readonly device?: string
  readonly description?: string
  readonly isFallbackAdapter?: boolean
}

/** The limits that decide which programs run, and how they are cut. */
export interface GpuLimits {
  readonly maxBufferSize: number
  readonly maxStorageBufferBindingSize: number
  readonly maxStorageBuffersPerShaderStage: number
  readonly maxComputeWorkgroupsPerDimension: number
  readonly maxComputeWorkgroupStorageSize: number
  readonly maxComputeInvocationsPerWorkgroup: number
}

export interface GpuAdapter {
  readonly info?: GpuAdapterInfo
  /** In older engines; newer ones have it in `info`. */
  readonly isFallbackAdapter?: boolean
  readonly limits: GpuLimits
  requestDevice(options?: object): Promise<GpuDevice>
}

export interface GpuDevice {
  readonly limits: GpuLimits
  readonly adapterInfo?: GpuAdapterInfo
  readonly lost: Promise<{ readonly reason?: string; readonly message: string }>
  readonly queue: GpuQueue
  createBuffer(options: {
    readonly label?: string
    readonly size: number
    readonly usage: number
  }): GpuBuffer
  createShaderModule(options: { readonly label?: string; readonly code: string }): GpuShaderModule
  createComputePipelineAsync(options: object): Promise<GpuComputePipeline>
  createBindGroup(options: object): object
  createCommandEncoder(): GpuCommandEncoder
  pushErrorScope(filter: 'validation' | 'out-of-memory' | 'internal'): void
  popErrorScope(): Promise<{ readonly message: string } | null>
  destroy(): void
}

export interface GpuQueue {
  writeBuffer(
    buffer: GpuBuffer,
    offset: number,
    data: ArrayBufferLike,
    dataOffset: number,
    bytes: number,
  ): void
  submit(commands: readonly object[]): void
  onSubmittedWorkDone(): Promise<unknown>
}

export interface GpuBuffer {
  readonly size: number
  readonly usage: number
  mapAsync(mode: number): Promise<void>
  getMappedRange(offset?: number, size?: number): ArrayBuffer
  unmap(): void
  destroy(): void
}

export interface GpuShaderModule {
  getCompilationInfo?(): Promise<{
    readonly messages: readonly {
      readonly type: string
      readonly message: string
      readonly lineNum: number
    }[]
  }>
}

export interface GpuComputePipeline {
  getBindGroupLayout(index: number): object
}

export interface GpuCommandEncoder {
  beginComputePass(): GpuComputePass
  copyBufferToBuffer(
    from: GpuBuffer,
    fromOffset: number,
    to: GpuBuffer,
    toOffset: number,
    bytes: number,
  ): void
  clearBuffer(buffer: GpuBuffer): void
  finish(): object
}

export interface GpuComputePass {
  setPipeline(pipeline: GpuComputePipeline): void
  setBindGroup(index: number, group: object): void
  dispatchWorkgroups(x: number, y?: number): void
  end(): void
}

/** The flags of buffers. They are numbers of the standard: not every engine has them as globals. */
export const bufferUsage = {
  mapRead: 1,
  copySource: 4,
  copyTarget: 8,
  uniform: 64,
  storage: 128,
} as const

/** The mode of `mapAsync` for reading. */
export const mapModeRead = 1
