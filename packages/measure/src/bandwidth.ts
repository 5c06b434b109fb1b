/**
 * Measures the memory bandwidth of one thread. Runs the triad of STREAM (McCalpin 1995) in 128-bit
 * SIMD over arrays larger than any cache. a = b + s·c reads two floats and writes one: 12 bytes per
 * element.
 */

import { peakOf } from './peak.ts'
import { constant, func, get, i32, runsHere, set, splat, v128, wasmModule } from './peak-kernel.ts'

const load = [0xfd, 0x00, 0x04, 0x00]
const store = [0xfd, 0x0b, 0x04, 0x00]
const multiply = [0xfd, 0xe6, 0x01]
const add = [0xfd, 0xe4, 0x01]
const addI32 = 0x6a

/**
 * (end: i32): for i from 0 to `end` bytes, array 0 = array 1 + 0.5 · array 2; each array has
 * `bytes` bytes.
 */
function triadModule(bytes: number): Uint8Array<ArrayBuffer> {
  const [i, factor] = [1, 2]
  const body = [
    ...[...splat(0.5), ...set(factor)],
    ...[0x03, 0x40],
    ...get(i),
    ...[...get(i), ...constant(bytes), addI32, ...load],
    ...[...get(i), ...constant(2 * bytes), addI32, ...load, ...get(factor), ...multiply, ...add],
    ...store,
    ...[...get(i), ...constant(16), addI32, 0x22, i, ...get(0), 0x48, 0x0d, 0, 0x0b],
  ]
  return wasmModule(
    func(
      [i32],
      [],
      [
        [1, i32],
        [1, v128],
      ],
      body,
    ),
    Math.ceil((3 * bytes) / 65536),
  )
}

/**
 * Memory bandwidth of one thread in GB/s, reads and writes together. Takes a few hundred
 * milliseconds and 3 × 64 MiB. NaN without SIMD.
 */
export function bandwidth(): number {
  const bytes = 2 ** 26
  const module = triadModule(bytes)
  if (!runsHere(module)) return Number.NaN
  const run = new WebAssembly.Instance(new WebAssembly.Module(module)).exports.run as (
    end: number,
  ) => void
  // The first pass compiles the module and makes the system allocate the pages.
  run(bytes)
  const samples = Array.from({ length: 7 }, () => {
    const start = performance.now()
    run(bytes)
    return (3 * bytes) / (performance.now() - start) / 1e6
  })
  return peakOf(samples)
}
