/**
 * What this engine offers stridefold; for people and reports.
 */

import { mayShareMemory, wasmFeatures } from '../backends/wasm/features.ts'

export interface Capabilities {
  /** WebAssembly with 128-bit vectors; without it plain JavaScript computes. */
  readonly simd: boolean
  /** Why there is no `simd`, in words; undefined where there is. */
  readonly simdMissing: string | undefined
  /** Fused multiply-add in WebAssembly. */
  readonly relaxedSimd: boolean
  /** Memory that workers can share. */
  readonly sharedMemory: boolean
}

/** What this engine offers, and this page allows: compiles a few tiny modules, once. */
export function capabilities(): Capabilities {
  const { simd, relaxed, missing } = wasmFeatures()
  return { simd, simdMissing: missing?.why, relaxedSimd: relaxed, sharedMemory: mayShareMemory() }
}
