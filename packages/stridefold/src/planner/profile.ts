/**
 * How fast is a backend? A fixed table, from which the planner predicts times. Measured on
 * 2026-11-20 on one of two cores of an Intel Xeon (AVX-512, 2 MiB L2 cache): with Node 20.20
 * without fused multiply-add, and with Node 24.21 with it. The predictions only need the right
 * order of the algorithms, not the exact time.
 */

import { wasmFeatures } from '../backends/wasm/features.ts'
import type { Backend } from '../program/backend.ts'

export interface Profile {
  /** Arithmetic of a contraction with the best tile, in GFLOP/s. */
  readonly best: number
  /** Arithmetic of a contraction that computes one result at a time, in GFLOP/s. */
  readonly scalar: number
  /** Cycles per second, in 10⁹, for the cycles that a backend predicts; 0 if it predicts none. */
  readonly clock: number
  /** Elements per second, in 10⁹, of moves that copy single elements. */
  readonly elements: number
  /** Bytes read and written by contractions from and to memory, in GB/s. */
  readonly stream: number
  /** Bytes read and written by contractions in the L2 cache, in GB/s. */
  readonly cached: number
  /**
   * Bytes of weights that come from memory in short pieces, in GB/s. Measured on 2026-11-28 on the
   * same machine.
   */
  readonly scattered: number
  /** Bytes read and written by moves of contiguous runs, in GB/s. */
  readonly move: number
  /** Bytes of arrays copied into or out of backend memory, in GB/s. */
  readonly copy: number
  /** The fixed cost of a run, in microseconds. */
  readonly run: number
  /** The fixed cost of a stage, in microseconds. */
  readonly stage: number
}

const js: Profile = {
  best: 0.8,
  scalar: 0.35,
  clock: 0,
  stream: 4,
  cached: 4,
  scattered: 4,
  elements: 0.1,
  move: 1.2,
  copy: Infinity,
  run: 2,
  stage: 1,
}
const wasm: Profile = {
  best: 40,
  scalar: 3,
  clock: 2.5,
  stream: 18,
  cached: 100,
  scattered: 6.5,
  elements: 2.5,
  move: 20,
  copy: 12,
  run: 0.3,
  stage: 0.1,
}
const wasmFused: Profile = { ...wasm, best: 58, scalar: 5, clock: 3.6 }

/** Returns the profile of a backend. `deterministic` turns fused multiply-add off. */
export function profileOf(backend: Backend['name'], deterministic: boolean): Profile {
  if (backend === 'js') return js
  return wasmFeatures().relaxed && !deterministic ? wasmFused : wasm
}
