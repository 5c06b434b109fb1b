/**
 * What a backend does in a second, as the planner believes it: a table, measured on 2026-11-20 on one of two cores of an Intel Xeon (AVX-512, 2 MiB
 * L2; Node 20.20 without, Node 24.21 with fused multiply-add). Predictions need the right order between algorithms, not the last percent.
 */

import { wasmFeatures } from '../backends/wasm/features.ts'
import type { Backend } from '../program/backend.ts'

export interface Profile {
  /** Products and sums of a Contract, GFLOP/s: as the backend finds best, one result at a time. */
  readonly best: number
  readonly scalar: number
  /** Bytes read and written, GB/s: by Contracts, by Moves; arrays copied into the backend's memory and out of it. */
  readonly stream: number
  readonly move: number
  readonly copy: number
  /** Microseconds that a run, and each stage of it, costs whatever its size. */
  readonly run: number
  readonly stage: number
}

const js: Profile = { best: 0.8, scalar: 0.35, stream: 4, move: 1.2, copy: Infinity, run: 2, stage: 1 }
const wasm: Profile = { best: 20, scalar: 3, stream: 18, move: 6, copy: 8, run: 0.3, stage: 0.1 }
const fused: Profile = { ...wasm, best: 44, scalar: 5 }

export function profileOf(backend: Backend['name'], deterministic: boolean): Profile {
  if (backend === 'js') return js
  return wasmFeatures().relaxed && !deterministic ? fused : wasm
}
