/**
 * Which features does this engine have? For people and reports.
 */

import { wasmFeatures } from '../backends/wasm/features.ts'
import { mayShareMemory } from '../backends/wasm/may-share-memory.ts'
import { threadLimit, whyNotShared } from '../backends/wasm/threads/shared-pool.ts'
import type { ThreadLimit } from '../program/backend.ts'
import { kept } from './state.ts'

/** The name of a feature that may be missing. `Capabilities.missing` has the reason. */
export type Feature = 'simd' | 'relaxedSimd' | 'sharedMemory' | 'isolated' | 'threads' | 'gpu'

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
   * Whether calls can use the GPU. `'unknown'` until `capabilities.gpu()` has looked: an engine
   * only says it asynchronously.
   */
  readonly gpu: boolean | 'unknown'
  /** The reason for each feature that is missing, as text. */
  readonly missing: Readonly<Partial<Record<Feature, string>>>
}

/** `capabilities()`, and the question that an engine answers asynchronously. */
export interface CapabilitiesCall {
  (): Capabilities
  /**
   * Asks the engine for a GPU. Returns a promise of whether calls can use it; `capabilities()` then
   * has the answer and the reason. Always false in this version, which has no backend for the GPU.
   * Rejects only if the engine does.
   *
   * @example
   * await capabilities.gpu() // false
   */
  gpu(): Promise<boolean>
}

/** The answer of the engine about its GPU: undefined before it was asked, else what is missing. */
const gpuAnswer = kept(() => ({ missing: undefined as string | undefined }))

function engineCapabilities(): Capabilities {
  const { simd, relaxed, missing } = wasmFeatures()
  const { crossOriginIsolated = true } = globalThis as { readonly crossOriginIsolated?: boolean }
  const gpuMissing = gpuAnswer.get().missing
  const limit = threadLimit()
  const threads = Math.max(limit.count, limit.workers)
  const reasons: Readonly<Record<Feature, string | undefined>> = {
    simd: missing?.why,
    relaxedSimd: relaxed ? undefined : (missing?.why ?? 'this engine has no relaxed SIMD'),
    sharedMemory: sharedMemoryMissing(limit),
    isolated: crossOriginIsolated ? undefined : isolationAdvice,
    threads: threads === 1 ? limit.why : undefined,
    gpu: gpuMissing ?? 'the engine was not asked yet: await capabilities.gpu()',
  }
  return {
    ...{ simd, simdMissing: missing?.why, relaxedSimd: relaxed },
    ...{ sharedMemory: mayShareMemory(), isolated: crossOriginIsolated },
    threads,
    gpu: gpuMissing === undefined ? 'unknown' : false,
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

/** What WebGPU offers of `navigator`. */
interface Gpu {
  requestAdapter(): Promise<object | null>
}

async function askForGpu(): Promise<boolean> {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Gpu } }
  const adapter = await navigator?.gpu?.requestAdapter()
  gpuAnswer.get().missing =
    navigator?.gpu === undefined
      ? 'this engine has no WebGPU'
      : adapter == null
        ? 'WebGPU offers no adapter here'
        : 'this version of stridefold has no backend for the GPU'
  return false
}

/**
 * Returns the features of this engine that stridefold can use, and the reason for each that is
 * missing. A web page may forbid some of them. Use it for reports, and to learn why a call is slow.
 * `await capabilities.gpu()` also asks the engine for a GPU.
 *
 * Never throws. The first call compiles a few very small WebAssembly modules.
 *
 * @example
 * capabilities().threads >= 1 // true
 */
export const capabilities: CapabilitiesCall = Object.assign(engineCapabilities, { gpu: askForGpu })
