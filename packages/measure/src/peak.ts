/**
 * Measures the peak of 128-bit SIMD on one thread. Twelve independent sums of acc·m + a stay in
 * registers, so memory plays no role: 96 flops per iteration.
 *
 * The module is written by hand. So an error in the assembler of the library cannot affect it.
 */

import { func, get, i32, leb, runsHere, set, splat, v128, wasmModule } from './peak-kernel.ts'
import { summary } from './statistics.ts'

const sumCount = 12
const multiply = [0xfd, 0xe6, 0x01]
const add = [0xfd, 0xe4, 0x01]
const madd = [0xfd, 0x85, 0x02]

/**
 * (turns: i32) → f32: the loop, then the sum of all accumulators, so that the engine cannot remove
 * any. `fused`: uses madd of relaxed SIMD.
 */
function flopsModule(fused: boolean): Uint8Array<ArrayBuffer> {
  const [factor, summand] = [1 + sumCount, 2 + sumCount]
  const sums = Array.from({ length: sumCount }, (_, i) => 1 + i)
  const body = [
    ...[...splat(0.999), ...set(factor), ...splat(0.001), ...set(summand)],
    ...sums.flatMap((sum) => [...splat(sum), ...set(sum)]),
    ...[0x03, 0x40],
    ...sums.flatMap((sum) => [
      ...get(sum),
      ...get(factor),
      ...(fused ? get(summand) : [...multiply, ...get(summand)]),
      ...(fused ? madd : add),
      ...set(sum),
    ]),
    ...[...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b],
    ...[...get(1), ...sums.slice(1).flatMap((sum) => [...get(sum), ...add]), 0xfd, 0x1f, 0],
  ]
  return wasmModule(func([i32], [0x7d], [[...leb(sumCount + 2), v128]], body))
}

/**
 * Returns a function that measures the peak once, in GFLOP/s: the better of multiply and add, and
 * of the fused madd of relaxed SIMD. Called between the rounds of a benchmark, it runs at the same
 * clock frequency. A call takes about a millisecond. Returns NaN without SIMD.
 */
export function measurePeak(): () => number {
  const modules = [flopsModule(false), flopsModule(true)].filter(runsHere)
  const runs = modules.map(
    (bytes) =>
      new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.run as (
        turns: number,
      ) => number,
  )
  const turns = 400_000
  const gflops = (run: (turns: number) => number): number => {
    const start = performance.now()
    run(turns)
    return (turns * sumCount * 8) / (performance.now() - start) / 1e6
  }
  for (const run of runs) for (let i = 0; i < 20; i++) run(turns / 10)
  return () => (runs.length === 0 ? Number.NaN : Math.max(...runs.map(gflops)))
}

/** The peak: the median of the better half, because disturbances can only lower a sample. */
export function peakOf(samples: readonly number[]): number {
  const { median } = summary(samples)
  return summary(samples.filter((sample) => sample >= median || Number.isNaN(median))).median
}
