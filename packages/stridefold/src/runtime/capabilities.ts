/**
 * Which features does this engine have? For people and reports.
 */

import { mayShareMemory, wasmFeatures } from '../backends/wasm/features.ts'

export interface Capabilities {
  /** Whether WebAssembly has 128-bit vectors. Without them the slower `js` backend computes. */
  readonly simd: boolean
  /** The reason why `simd` is false, as text; undefined if it is true. */
  readonly simdMissing: string | undefined
  /** Whether WebAssembly has fused multiply-add. */
  readonly relaxedSimd: boolean
  /** Whether workers can share memory. */
  readonly sharedMemory: boolean
}

/**
 * Returns the features of this engine that stridefold can use. A web page may forbid some of them.
 * The first call compiles a few very small WebAssembly modules.
 */
export function capabilities(): Capabilities {
  const { simd, relaxed, missing } = wasmFeatures()
  return { simd, simdMissing: missing?.why, relaxedSimd: relaxed, sharedMemory: mayShareMemory() }
}
