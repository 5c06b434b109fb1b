/**
 * Arrays that callers hold and copies of others lie in two memories: whatever goes together, and
 * whichever grows when, results are those of the definition and no array that a caller holds is
 * lost.
 */

import { conv2d, correlate, type NdArray, ndarray, plan, zeros } from 'stridefold/sync'
import { expect, test } from 'vitest'

/** Small integers: their sums are exact in every algorithm and backend. */
const whole = (shape: readonly number[], seed: number): NdArray<Float32Array> => {
  let state = seed
  const values = Float32Array.from({ length: shape.reduce((n, e) => n * e, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 28) - 7
  })
  return ndarray(values, shape)
}
const held = (x: NdArray): NdArray =>
  ndarray(x.data as Float32Array, x.shape, { memory: 'backend' })

/** How many elements differ. */
const differences = (x: NdArray, y: NdArray): number =>
  x.data.length === y.data.length
    ? Array.from(x.data).filter((value, i) => value !== y.data[i]).length
    : Infinity

// Large enough for strips; nothing before it has used the memory of copies.
test('a picture in strips, before and after that memory has grown', () => {
  const [x, k] = [whole([700, 900], 1), whole([5, 5], 2)]
  const truth = correlate(x, k, { backend: 'js', boundary: 'reflect' })
  const p = plan('correlate', x.shape, k.shape, { boundary: 'reflect' })
  expect(differences(p.runSync(x, k), truth)).toBe(0)
  const [y, w] = [whole([1, 16, 60, 60], 3), whole([16, 16, 3, 3], 4)]
  for (const extent of [40, 80, 120]) {
    const part = whole([1, 16, extent, extent], extent)
    const grown = conv2d(part, w, { padding: 1, algorithm: 'im2col' })
    expect(
      differences(grown, conv2d(part, w, { padding: 1, algorithm: 'strided', backend: 'js' })),
    ).toBe(0)
    expect(differences(p.runSync(x, k), truth)).toBe(0)
  }
  expect(
    differences(
      conv2d(y, w, { algorithm: 'strided' }),
      conv2d(y, w, { backend: 'js', algorithm: 'strided' }),
    ),
  ).toBe(0)
})

test('weights that are prepared stay prepared when the memory they lie in grows', () => {
  const [x, w] = [whole([1, 32, 20, 20], 5), whole([32, 32, 3, 3], 6)]
  const prepared = plan('conv2d', x.shape, w.shape, { padding: 1, algorithm: 'strided' }).prepare(w)
  const before = prepared.runSync(x)
  conv2d(whole([1, 8, 400, 400], 7), whole([8, 8, 3, 3], 8), { algorithm: 'im2col' })
  expect(differences(prepared.runSync(x), before)).toBe(0)
  expect(
    differences(before, conv2d(x, w, { padding: 1, backend: 'js', algorithm: 'strided' })),
  ).toBe(0)
})

test('every mix of arrays in backend memory and on the heap, in strips and whole', () => {
  for (const [shape, size] of [
    [[600, 700], 5],
    [[40, 50], 3],
  ] as const) {
    const [x, k] = [whole(shape, 9), whole([size, size], 10)]
    const truth = correlate(x, k, { backend: 'js' })
    const p = plan('correlate', x.shape, k.shape)
    for (let mixture = 0; mixture < 8; mixture++) {
      const [input, kernel] = [mixture & 1 ? held(x) : x, mixture & 2 ? held(k) : k]
      const out = mixture & 4 ? zeros(shape, 'float32', { memory: 'backend' }) : zeros(shape)
      const result = p.runSync(input, kernel, out)
      expect(differences(result, truth), `mixture ${mixture} of ${shape}`).toBe(0)
    }
  }
})

test('a layer of one channel with a bias, in strips', () => {
  for (const memory of ['heap', 'backend'] as const) {
    const [x, k] = [whole([1, 1, 700, 800], 14), whole([1, 1, 3, 3], 15)]
    const truth = conv2d(x, k, { padding: 1, bias: [3], activation: 'relu', backend: 'js' })
    const input = memory === 'backend' ? held(x) : x
    for (const bias of [[3], ndarray(new Float32Array([3]), [1], { memory })]) {
      const y = conv2d(input, k, {
        padding: 1,
        bias: bias as number[],
        activation: 'relu',
        out: zeros([1, 1, 700, 800]),
      })
      expect(differences(y, truth)).toBe(0)
      expect(
        differences(
          conv2d(input, k, { padding: 1, bias: bias as number[], activation: 'relu' }),
          truth,
        ),
      ).toBe(0)
    }
  }
})

test('an array that a caller holds stays where it is, whatever grows', () => {
  const mine = held(whole([10, 10], 11))
  const before = mine.data.slice()
  const large = zeros([3000, 3000], 'float32', { memory: 'backend' })
  conv2d(whole([1, 4, 700, 700], 12), whole([4, 4, 3, 3], 13), { algorithm: 'im2col' })
  expect(mine.data).toEqual(before)
  expect(mine.data.length).toBe(100)
  large.release()
  mine.release()
})
