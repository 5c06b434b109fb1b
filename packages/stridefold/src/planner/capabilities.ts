/**
 * What this engine offers stridefold; for people and reports.
 */

import { wasmFeatures } from '../backends/wasm/features.ts'

export interface Capabilities {
  /** WebAssembly with 128-bit vectors; without it plain JavaScript computes. */
  readonly simd: boolean
  /** Fused multiply-add in WebAssembly. */
  readonly relaxedSimd: boolean
  /** Memory that workers can share. */
  readonly sharedMemory: boolean
}

/** What this engine offers. Compiles nothing. */
export function capabilities(): Capabilities {
  const { simd, relaxed } = wasmFeatures()
  return { simd, relaxedSimd: relaxed, sharedMemory: typeof SharedArrayBuffer === 'function' }
}
