/**
 * Pseudo-random numbers that are the same on every machine, for operands of benchmarks and for the
 * bootstrap.
 */

/** Uniform in [0, 1), from a seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `count` numbers between −1 and 1. */
export function signedUniform(count: number, seed: number): Float32Array {
  const next = uniform(seed)
  const values = new Float32Array(count)
  for (let i = 0; i < count; i++) values[i] = 2 * next() - 1
  return values
}
