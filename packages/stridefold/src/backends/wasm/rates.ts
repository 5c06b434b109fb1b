/**
 * How fast is the generated code? One table for each kind of engine, fitted to measured times. The
 * engine decides more than the processor, and shows in its features, which cost nothing to read. A
 * calibration replaces the table (runtime/tuning.ts).
 *
 * Predictions only need the right order of the algorithms, not the exact time.
 */

import type { CodeOptions, Rates } from '../../program/backend.ts'
import { wasmFeatures } from './features.ts'

/**
 * For `deterministic` results, on every machine: one of two cores of an Intel Xeon (AVX-512, 2 MiB
 * L2 cache), Node 20.20, 2026-11-20; `scattered` 2026-11-28.
 */
const nominal: Rates = {
  ...{ best: 40, scalar: 3, fft: 20 },
  ...{ sums: 2.5, matrices: 2.5, spectra: 2.5, transforms: 2.5, moves: 2.5 },
  ...{ stream: 18, cached: 100, scattered: 6.5 },
  ...{ elements: 2.5, move: 20, copy: 12, cachedCopy: 27, sharedCopy: 9 },
  ...{ wake: 10, run: 0.3, stage: 0.1, piece: 0.2 },
}

/**
 * Without fused multiply-add: one of two cores of an AMD EPYC (Zen 3, 512 KiB L2 cache), Node
 * 20.20, 2026-11-29, fitted to 300 problems, under load.
 */
const unfused: Rates = {
  ...nominal,
  ...{ scalar: 2.1 },
  ...{ sums: 1.75, matrices: 2.9, spectra: 1.35, transforms: 2.1, moves: 2.5 },
  ...{ stream: 13, scattered: 8, move: 27, copy: 13, cachedCopy: 27 },
  ...{ run: 0.15, stage: 0.2 },
}

/** With it: the same machine, Node 24.21. */
const fused: Rates = {
  ...unfused,
  ...{ best: 58, scalar: 2.9 },
  ...{ sums: 2.8, matrices: 3.1, spectra: 2.6, transforms: 1.9, moves: 2.5 },
}

export const ratesFor = ({ deterministic }: CodeOptions): Rates =>
  deterministic ? nominal : wasmFeatures().relaxed ? fused : unfused
