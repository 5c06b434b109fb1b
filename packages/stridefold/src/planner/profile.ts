/**
 * What a backend does in a second, as the planner believes it: a table, measured on 2026-11-20 on
 * one of two cores of an Intel Xeon (AVX-512, 2 MiB L2; Node 20.20 without, Node 24.21 with fused
 * multiply-add). Predictions need the right order between algorithms, not the last percent.
 */

import { wasmFeatures } from '../backends/wasm/features.ts'
import type { Backend } from '../program/backend.ts'

export interface Profile {
  /** Products and sums of a Contract, GFLOP/s: as the backend finds best, one result at a time. */
  readonly best: number
  readonly scalar: number
  /**
   * Cycles a second, in 10⁹, of which the backend's own prices of vector code are paid; 0 where it
   * has none.
   */
  readonly clock: number
  /** Elements a second, in 10⁹, that Moves copy one by one. */
  readonly elements: number
  /**
   * Bytes read and written, GB/s: by Contracts, from memory or from the second-level cache; by
   * Moves in runs; arrays copied into the backend's memory and out.
   */
  readonly stream: number
  readonly cached: number
  /**
   * Bytes a second, GB/s, of weights that are fetched from memory in short pieces; measured on
   * 2026-11-28 on the same machine.
   */
  readonly apart: number
  readonly move: number
  readonly copy: number
  /** Microseconds that a run, and each stage of it, costs whatever its size. */
  readonly run: number
  readonly stage: number
}

const js: Profile = {
  best: 0.8,
  scalar: 0.35,
  clock: 0,
  stream: 4,
  cached: 4,
  apart: 4,
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
  apart: 6.5,
  elements: 2.5,
  move: 20,
  copy: 12,
  run: 0.3,
  stage: 0.1,
}
const fused: Profile = { ...wasm, best: 58, scalar: 5, clock: 3.6 }

export function profileOf(backend: Backend['name'], deterministic: boolean): Profile {
  if (backend === 'js') return js
  return wasmFeatures().relaxed && !deterministic ? fused : wasm
}
