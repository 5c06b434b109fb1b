/**
 * The GPU of this engine: asked for once, and opened again after it was lost. The caller may hand
 * over a `GPU` (in Node, where there is no `navigator.gpu`), or a `GPUDevice` that others use too.
 */

import { OptionError, UnavailableError } from '../../../errors.ts'
import type { MissingFeature } from '../../../program/backend.ts'
import type { ShaderLimits } from '../shaders/limits.ts'
import type {
  Gpu,
  GpuAdapter,
  GpuAdapterInfo,
  GpuComputePipeline,
  GpuDevice,
  GpuLimits,
} from './api.ts'

/** A device that can run shaders. */
export interface OpenDevice {
  readonly device: GpuDevice
  readonly limits: ShaderLimits
  readonly adapter: AdapterSummary
  /** Pipelines by the text of their shader. */
  readonly pipelines: Map<string, Promise<GpuComputePipeline>>
  /** Why the device is gone. Undefined while it can be used. */
  lost: string | undefined
}

/** What is known of an adapter, for people and reports. */
export interface AdapterSummary {
  /** Its name, as far as the engine tells it. */
  readonly name: string
  /** Whether the engine computes on the processor: slow, and never taken by 'auto'. */
  readonly isFallback: boolean
}

interface GpuState {
  /** What the caller handed over. */
  gpu: Gpu | undefined
  device: GpuDevice | undefined
  opened: OpenDevice | undefined
  opening: Promise<OpenDevice> | undefined
  /** Why there is none. Undefined before anyone asked, and while one is open. */
  missing: MissingFeature | undefined
}

const state: GpuState = {
  ...{ gpu: undefined, device: undefined, opened: undefined, opening: undefined },
  missing: undefined,
}

const notAsked: MissingFeature = {
  code: 'GPU_NOT_OPEN',
  why: 'no GPU was opened yet; await capabilities.gpu() first',
}

/** Why no program can run on a GPU now. Undefined if one is open. */
export function gpuMissing(): MissingFeature | undefined {
  const { opened, missing } = state
  if (opened === undefined) return missing ?? notAsked
  return opened.lost === undefined ? undefined : { code: 'GPU_LOST', why: opened.lost }
}

/** The device that is open; undefined if there is none. */
export const currentDevice = (): OpenDevice | undefined =>
  state.opened?.lost === undefined ? state.opened : undefined

/** Whether the caller handed over a `GPU` or a device. */
export const isGpuGiven = (): boolean => state.gpu !== undefined || state.device !== undefined

/**
 * Uses what the caller hands over from now on, instead of `navigator.gpu`. What is open is closed.
 * Throws `OptionError` (`OPTION_INVALID`) for objects that are not what they should be.
 */
export function useGpu({
  gpu,
  device,
}: {
  readonly gpu?: unknown
  readonly device?: unknown
}): void {
  if (gpu !== undefined && !hasMethod(gpu, 'requestAdapter'))
    throw invalid('gpu', 'a GPU: navigator.gpu, or create([]) of the npm package webgpu')
  if (device !== undefined && !hasMethod(device, 'createComputePipelineAsync'))
    throw invalid('device', 'a GPUDevice')
  closeGpu()
  if (gpu !== undefined) state.gpu = gpu as Gpu
  // Who hands over a GPU alone wants a device of it.
  state.device = device as GpuDevice | undefined
}

const hasMethod = (value: unknown, name: string): boolean =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Record<string, unknown>)[name] === 'function'

const invalid = (name: string, needed: string): OptionError =>
  new OptionError('OPTION_INVALID', `configure: option '${name}' must be ${needed}.`)

/**
 * Opens a device, or returns the open one. Rejects with `UnavailableError` (`NO_GPU`), which says
 * why there is none.
 */
export function openDevice(): Promise<OpenDevice> {
  const open = currentDevice()
  if (open !== undefined) return Promise.resolve(open)
  state.opening ??= openAnew().finally(() => {
    state.opening = undefined
  })
  return state.opening
}

async function openAnew(): Promise<OpenDevice> {
  try {
    const { device, adapter } = await acquire()
    const opened: OpenDevice = {
      ...{ device, limits: shaderLimits(device.limits), adapter: summaryOf(device, adapter) },
      ...{ pipelines: new Map(), lost: undefined },
    }
    state.opened = opened
    state.missing = undefined
    void device.lost.then(({ reason, message }) => {
      opened.lost = `the GPU was lost (${[reason, message].filter(Boolean).join(': ')})`
      opened.pipelines.clear()
      if (state.device === device) state.device = undefined
    })
    return opened
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    state.missing = { code: 'NO_GPU', why }
    throw new UnavailableError('NO_GPU', `no GPU can be used: ${why}.`, { cause })
  }
}

async function acquire(): Promise<{ device: GpuDevice; adapter: GpuAdapter | undefined }> {
  if (state.device !== undefined) return { device: state.device, adapter: undefined }
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Gpu } }
  const gpu = state.gpu ?? navigator?.gpu
  if (gpu === undefined)
    throw new Error(
      'this engine has no WebGPU; in Node hand one over: ' +
        "configure({ gpu: create([]) }), with create from the npm package 'webgpu'",
    )
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) throw new Error('WebGPU offers no adapter here')
  const device = await adapter.requestDevice({ requiredLimits: largestLimits(adapter.limits) })
  return { device, adapter }
}

/** A device has only the least limits unless more are asked for. */
const largestLimits = (limits: GpuLimits): Record<string, number> => ({
  maxBufferSize: limits.maxBufferSize,
  maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
  maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
  maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
})

/** Positions are integers of 32 bits. */
const mostBytes = 2 ** 31 - 4

const shaderLimits = (limits: GpuLimits): ShaderLimits => ({
  bindingBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize, mostBytes),
  buffers: limits.maxStorageBuffersPerShaderStage,
  workgroups: limits.maxComputeWorkgroupsPerDimension,
  workgroupBytes: limits.maxComputeWorkgroupStorageSize,
  invocations: Math.min(256, limits.maxComputeInvocationsPerWorkgroup),
})

function summaryOf(device: GpuDevice, adapter: GpuAdapter | undefined): AdapterSummary {
  const info: GpuAdapterInfo = device.adapterInfo ?? adapter?.info ?? {}
  const { vendor, architecture, device: model, description } = info
  const parts = [description || model, vendor, architecture].filter(Boolean)
  return {
    name: parts.length === 0 ? 'an adapter without a name' : parts.join(', '),
    isFallback: info.isFallbackAdapter ?? adapter?.isFallbackAdapter ?? false,
  }
}

/** Gives the device back, unless it is the caller's. The next call opens one again. */
export function closeGpu(): void {
  const { opened, device } = state
  state.opened = undefined
  state.missing = undefined
  if (opened !== undefined && opened.device !== device) opened.device.destroy()
}
