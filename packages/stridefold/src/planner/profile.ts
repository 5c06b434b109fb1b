/**
 * What a backend does in a second, as the planner believes it: a table, measured on 2026-11-20 on two cores of an Intel Xeon (AVX-512, 2 MiB L2) with
 * Node 20, one thread. Predictions need the right order between algorithms, not the last percent.
 */

import type { Backend } from '../program/backend.ts'

export interface Profile {
  /** Products and sums of a Contract, GFLOP/s: as the backend finds best, one result at a time. */
  readonly best: number
  readonly scalar: number
  /** Bytes read and written, GB/s: by Contracts, by Moves. */
  readonly stream: number
  readonly move: number
  /** Microseconds that a run, and each stage of it, costs whatever its size. */
  readonly run: number
  readonly stage: number
}

export const profiles: Readonly<Record<Backend['name'], Profile>> = {
  wasm: { best: 38, scalar: 1.6, stream: 18, move: 6, run: 1.5, stage: 0.1 },
  js: { best: 0.8, scalar: 0.35, stream: 4, move: 1.2, run: 2, stage: 1 },
}
