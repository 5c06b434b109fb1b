/**
 * What can 128-bit SIMD do here at most, on one thread? Twelve independent sums of acc·m + a in
 * registers, nothing from memory: 96 flops a turn.
 *
 * The module is written out by hand, so that the yardstick shares nothing with the library's own
 * assembler.
 */

import { summary } from './statistics.ts'
import { func, get, i32, leb, runsHere, set, splat, v128, wasmModule } from './peak-kernel.ts'

const sumCount = 12
const multiply = [0xfd, 0xe6, 0x01]
const add = [0xfd, 0xe4, 0x01]
const madd = [0xfd, 0x85, 0x02]

/**
 * (turns: i32) → f32: the loop, and a sum of what it left so that nothing may be dropped. `fused`:
 * by relaxed SIMD's madd.
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
 * A function that measures the peak once, in GFLOP/s: the better of multiply and add, and of
 * relaxed SIMD's fused madd where there is one. Called between the rounds of a benchmark it meets
 * the same clock. Each call takes about a millisecond. Without SIMD it gives NaN.
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

/** The peak: the median of the better half, since what disturbs it only ever lowers it. */
export function peakOf(samples: readonly number[]): number {
  const { median } = summary(samples)
  return summary(samples.filter((sample) => sample >= median || Number.isNaN(median))).median
}
