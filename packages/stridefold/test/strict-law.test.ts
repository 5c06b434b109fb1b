/**
 * `accuracy: 'strict'`: no algorithm has more error than the bound of the direct sum, polyphase
 * component by component. The law is tested with random problems, and with samples of very
 * different size, where algorithms that mix samples lose digits.
 */

import {
  algorithms,
  conv2d,
  convolve,
  convTranspose2d,
  type NdArray,
  ndarray,
} from 'stridefold/sync'
import { expect, test } from 'vitest'
import { epsilon } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { random } from './random-geometry.ts'
import { unlessRefused } from './small-arrays.ts'

type Call = (x: NdArray, k: NdArray, options: object) => NdArray

/** A call, the shapes of its arrays, the products of an output, and options. */
type Problem = readonly [Call, readonly number[], readonly number[], number, object]

const magnitudes = (x: NdArray): NdArray => ndarray(Float64Array.from(x.data, Math.abs), x.shape)

/** Large and tiny samples side by side; in every second problem all have a similar size. */
function samples(
  shape: readonly number[],
  next: (below: number) => number,
  mixed: boolean,
): NdArray {
  const value = (): number => {
    const fraction = next(2 ** 24) / 2 ** 23 - 1
    return mixed && next(2) === 0 ? fraction * 2 ** -20 : fraction * 2 ** 10
  }
  return ndarray(Float32Array.from({ length: elementCount(shape) }, value), shape)
}

test.each(algorithms().map(({ name }) => name))('%s with accuracy strict', (algorithm) => {
  let ran = 0
  for (let seed = 1; seed <= 24; seed++) {
    const next = random(seed)
    const mixed = seed % 2 === 0
    const side = 2 + next(3)
    const problems: readonly Problem[] = [
      [convolve, [21, 30], [side, side + 3], side * (side + 3), { mode: 'full' }],
      [conv2d, [1, 8, 9, 11], [4, 8, side, 3], 8 * side * 3, { padding: 1 }],
      [convTranspose2d, [1, 8, 6, 5], [8, 4, side, 4], 8 * side * 2, { stride: [1, 2] }],
    ]
    const [call, x, k, terms, options] = problems[seed % 3]!
    const [input, kernel] = [samples(x, next, mixed), samples(k, next, false)]
    const strict = { ...options, algorithm, accuracy: 'strict' }
    const result = unlessRefused(() => call(input, kernel, strict))
    if (result === undefined) continue
    ran++
    const direct = { ...options, algorithm: 'naive', backend: 'js', dtype: 'float64' }
    const expected = call(input, kernel, direct)
    // Only the samples and the weights that an output reads: its own Σ|k·x|. The bound of the
    // direct sum holds for it, so a tiny output beside large samples keeps its digits.
    const sizes = call(magnitudes(input), magnitudes(kernel), direct)
    for (let i = 0; i < expected.data.length; i++) {
      const bound = (terms + 2) * epsilon.float32 * sizes.data[i]! + 2 ** -149
      const error = Math.abs(result.data[i]! - expected.data[i]!)
      expect(error, `seed ${seed}, output ${i}`).toBeLessThanOrEqual(bound)
    }
  }
  if (algorithm === 'fft') expect(ran).toBe(0)
  else if (algorithm !== 'separable' && algorithm !== 'winograd') expect(ran).toBe(24)
})
