/**
 * Which features does this engine have? For people and reports.
 */

import { wasmFeatures } from '../backends/wasm/features.ts'
import { mayShareMemory } from '../backends/wasm/may-share-memory.ts'
import { threadLimit, whyNotShared } from '../backends/wasm/threads/shared-pool.ts'
import { currentDevice, gpuMissing } from '../backends/webgpu/device/open.ts'
import { missing as backendMissing, openGpu } from '../backends/webgpu/webgpu.ts'
import { UnavailableError } from '../errors.ts'
import type { ThreadLimit } from '../program/backend.ts'
import { kept } from './state.ts'

/** The name of a feature that may be missing. `Capabilities.missing` has the reason. */
export type Feature = 'simd' | 'relaxedSimd' | 'sharedMemory' | 'isolated' | 'threads' | 'gpu'

/** What is known of a GPU that is open. */
export interface Adapter {
  /** Its name, as far as the engine tells it. */
  readonly name: string
  /**
   * Whether the engine computes on the processor instead, which is slow. `backend: 'auto'` takes no
   * GPU by itself; arrays in its memory and `backend: 'webgpu'` do.
   */
  readonly isFallback: boolean
  /** The most bytes of an array there. */
  readonly maxArrayBytes: number
  /** The most buffers of a shader. */
  readonly maxBuffers: number
  /** The bytes of the memory that the invocations of a workgroup share. */
  readonly workgroupBytes: number
  /** The most invocations of a workgroup. */
  readonly maxInvocations: number
}

/** What `capabilities()` returns. */
export interface Capabilities {
  /** Whether WebAssembly has 128-bit vectors. Without them the slower `js` backend computes. */
  readonly simd: boolean
  /** The reason why `simd` is false, as text; undefined if it is true. */
  readonly simdMissing: string | undefined
  /** Whether WebAssembly has fused multiply-add. */
  readonly relaxedSimd: boolean
  /** Whether workers can share memory. */
  readonly sharedMemory: boolean
  /** Whether this page is cross-origin isolated. True outside of browsers. */
  readonly isolated: boolean
  /**
   * The largest number of threads that compute a call. Small calls use one: `plan(…).explain()`
   * says how many, and why. Without shared memory only asynchronous calls use workers.
   */
  readonly threads: number
  /**
   * Whether a GPU is open, so that calls can use it. `'unknown'` until a call or
   * `capabilities.gpu()` has opened one: an engine only says it asynchronously. False if there is
   * none, and after it was lost.
   */
  readonly gpu: boolean | 'unknown'
  /** The GPU that is open, for reports. Undefined unless `gpu` is true. */
  readonly adapter: Adapter | undefined
  /** The reason for each feature that is missing, as text. */
  readonly missing: Readonly<Partial<Record<Feature, string>>>
}

/** `capabilities()`, and the question that an engine answers asynchronously. */
export interface CapabilitiesCall {
  (): Capabilities
  /**
   * Opens a GPU, if there is one. Returns a promise of whether calls can use it; `capabilities()`
   * then has the adapter, or the reason why there is none. Call it before `ndarray` or `zeros` with
   * `memory: 'gpu'`, and before `plan` with `backend: 'webgpu'`, which cannot wait; asynchronous
   * calls open the GPU themselves. Opens it anew after it was lost. Never rejects.
   *
   * Browsers have a GPU where `navigator.gpu` exists. Node has none: hand one over with
   * `configure({ gpu })`.
   *
   * @example
   * const isOpen = await capabilities.gpu()
   * isOpen === (capabilities().missing.gpu === undefined) // true
   */
  gpu(): Promise<boolean>
}

function engineCapabilities(): Capabilities {
  const { simd, relaxed, missing } = wasmFeatures()
  const { crossOriginIsolated = true } = globalThis as { readonly crossOriginIsolated?: boolean }
  const missingGpu = backendMissing()
  const isAsked = asked.get().isAsked || gpuMissing()?.code !== 'GPU_NOT_OPEN'
  const limit = threadLimit()
  const threads = Math.max(limit.count, limit.workers)
  const reasons: Readonly<Record<Feature, string | undefined>> = {
    simd: missing?.why,
    relaxedSimd: relaxed ? undefined : (missing?.why ?? 'this engine has no relaxed SIMD'),
    sharedMemory: sharedMemoryMissing(limit),
    isolated: crossOriginIsolated ? undefined : isolationAdvice,
    threads: threads === 1 ? limit.why : undefined,
    gpu: isAsked ? missingGpu?.why : 'the engine was not asked yet: await capabilities.gpu()',
  }
  return {
    ...{ simd, simdMissing: missing?.why, relaxedSimd: relaxed },
    ...{ sharedMemory: mayShareMemory(), isolated: crossOriginIsolated },
    threads,
    gpu: isAsked ? missingGpu === undefined : 'unknown',
    adapter: missingGpu === undefined ? openAdapter() : undefined,
    missing: Object.fromEntries(
      Object.entries(reasons).filter(([, reason]) => reason !== undefined),
    ),
  }
}

function sharedMemoryMissing({ remote }: ThreadLimit): string | undefined {
  const why = whyNotShared()
  return why !== undefined && remote === 'transfer'
    ? `${why}: asynchronous calls send boxes to workers by transfer`
    : why
}

const isolationAdvice =
  'the page is not cross-origin isolated: serve it with Cross-Origin-Opener-Policy: same-origin ' +
  'and Cross-Origin-Embedder-Policy: require-corp'

function openAdapter(): Adapter | undefined {
  const opened = currentDevice()
  if (opened === undefined) return undefined
  const { adapter, limits } = opened
  return {
    ...adapter,
    maxArrayBytes: limits.bindingBytes,
    maxBuffers: limits.buffers,
    workgroupBytes: limits.workgroupBytes,
    maxInvocations: limits.invocations,
  }
}

/** Whether `capabilities.gpu()` was called: it then has the answer, also where it is no. */
const asked = kept(() => ({ isAsked: false }))

async function askForGpu(): Promise<boolean> {
  asked.get().isAsked = true
  try {
    await openGpu()
    return true
  } catch (cause) {
    if (cause instanceof UnavailableError) return false
    throw cause
  }
}

/**
 * Returns the features of this engine that stridefold can use, and the reason for each that is
 * missing. A web page may forbid some of them. Use it for reports, and to learn why a call is slow.
 * `await capabilities.gpu()` also opens a GPU, if there is one.
 *
 * Never throws. The first call compiles a few very small WebAssembly modules.
 *
 * @example
 * capabilities().threads >= 1 // true
 */
export const capabilities: CapabilitiesCall = Object.assign(engineCapabilities, { gpu: askForGpu })
