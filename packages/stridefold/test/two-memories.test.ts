/**
 * Arrays of the caller in backend memory and copies of heap arrays lie in two WebAssembly memories.
 * Are results right for every mix of arrays, whenever a memory grows? No array of the caller may
 * lose its data. The js backend gives the expected results.
 */

import { conv2d, correlate, type NdArray, ndarray, plan, zeros } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { elementCount } from '../src/ndarray/layout.ts'

/** Small integers: sums are exact in every algorithm and backend. */
const integers = (shape: readonly number[], seed: number): NdArray<'float32'> => {
  let state = seed
  const values = Float32Array.from({ length: elementCount(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 28) - 7
  })
  return ndarray(values, shape)
}
const copyToBackend = (x: NdArray): NdArray =>
  ndarray(x.data as Float32Array, x.shape, { memory: 'backend' })

/** Returns the number of elements that differ. */
const differences = (x: NdArray, y: NdArray): number =>
  x.data.length === y.data.length
    ? Array.from(x.data).filter((value, i) => value !== y.data[i]).length
    : Infinity

// The image is large enough for boxes. No earlier test may have used the memory for copies.
test('an image in boxes, before and after the memory for copies has grown', () => {
  const [x, k] = [integers([700, 900], 1), integers([5, 5], 2)]
  const reference = correlate(x, k, { backend: 'js', boundary: 'reflect' })
  const p = plan('correlate', x.shape, k.shape, { boundary: 'reflect' })
  expect(differences(p.runSync(x, k), reference)).toBe(0)
  const [y, w] = [integers([1, 16, 60, 60], 3), integers([16, 16, 3, 3], 4)]
  for (const extent of [40, 80, 120]) {
    const part = integers([1, 16, extent, extent], extent)
    const layerResult = conv2d(part, w, { padding: 1, algorithm: 'im2col' })
    expect(
      differences(
        layerResult,
        conv2d(part, w, { padding: 1, algorithm: 'strided', backend: 'js' }),
      ),
    ).toBe(0)
    expect(differences(p.runSync(x, k), reference)).toBe(0)
  }
  expect(
    differences(
      conv2d(y, w, { algorithm: 'strided' }),
      conv2d(y, w, { backend: 'js', algorithm: 'strided' }),
    ),
  ).toBe(0)
})

test('prepared weights stay valid when their memory grows', () => {
  const [x, w] = [integers([1, 32, 20, 20], 5), integers([32, 32, 3, 3], 6)]
  const prepared = plan('conv2d', x.shape, w.shape, { padding: 1, algorithm: 'strided' }).prepare(w)
  const before = prepared.runSync(x)
  conv2d(integers([1, 8, 400, 400], 7), integers([8, 8, 3, 3], 8), { algorithm: 'im2col' })
  expect(differences(prepared.runSync(x), before)).toBe(0)
  expect(
    differences(before, conv2d(x, w, { padding: 1, backend: 'js', algorithm: 'strided' })),
  ).toBe(0)
})

test('every mix of arrays in backend memory and on the heap, in boxes and in one run', () => {
  for (const [shape, size] of [
    [[600, 700], 5],
    [[40, 50], 3],
  ] as const) {
    const [x, k] = [integers(shape, 9), integers([size, size], 10)]
    const reference = correlate(x, k, { backend: 'js' })
    const p = plan('correlate', x.shape, k.shape)
    for (let mixture = 0; mixture < 8; mixture++) {
      const [input, kernel] = [
        mixture & 1 ? copyToBackend(x) : x,
        mixture & 2 ? copyToBackend(k) : k,
      ]
      const out = mixture & 4 ? zeros(shape, 'float32', { memory: 'backend' }) : zeros(shape)
      const result = p.runSync(input, kernel, out)
      expect(differences(result, reference), `mixture ${mixture} of ${shape}`).toBe(0)
    }
  }
})

test('a layer of one channel with a bias, in boxes', () => {
  for (const memory of ['heap', 'backend'] as const) {
    const [x, k] = [integers([1, 1, 700, 800], 14), integers([1, 1, 3, 3], 15)]
    const reference = conv2d(x, k, { padding: 1, bias: [3], activation: 'relu', backend: 'js' })
    const input = memory === 'backend' ? copyToBackend(x) : x
    for (const bias of [[3], ndarray(new Float32Array([3]), [1], { memory })]) {
      const y = conv2d(input, k, {
        padding: 1,
        bias: bias as number[],
        activation: 'relu',
        out: zeros([1, 1, 700, 800]),
      })
      expect(differences(y, reference)).toBe(0)
      expect(
        differences(
          conv2d(input, k, { padding: 1, bias: bias as number[], activation: 'relu' }),
          reference,
        ),
      ).toBe(0)
    }
  }
})

test('an array in backend memory keeps its data when the memories grow', () => {
  const array = copyToBackend(integers([10, 10], 11))
  const before = array.data.slice()
  const large = zeros([3000, 3000], 'float32', { memory: 'backend' })
  conv2d(integers([1, 4, 700, 700], 12), integers([4, 4, 3, 3], 13), { algorithm: 'im2col' })
  expect(array.data).toEqual(before)
  expect(array.data.length).toBe(100)
  large.release()
  array.release()
})

test('a layer in boxes has the bits of the whole, wherever its arrays lie', () => {
  for (const [shape, options] of [
    [[10, 4, 330, 320], { padding: 1 }],
    [[1, 12, 600, 601], { padding: 1, boundary: ['reflect', { constant: 0.5 }], stride: [2, 1] }],
  ] as const) {
    const [x, k] = [fractions(shape), fractions([4, shape[1], 3, 3])]
    // With all arrays in backend memory, nothing is copied, and the layer runs whole.
    const inBackend = copyToBackend(x)
    const whole = zeros([shape[0], 4, shape[2] / (shape[0] === 1 ? 2 : 1), shape[3]], 'float32', {
      memory: 'backend',
    })
    conv2d(inBackend, k, { ...options, out: whole })
    const into = zeros(whole.shape, 'float32', { memory: 'backend' })
    expect(haveSameBits(conv2d(inBackend, k, options), whole)).toBe(true)
    expect(haveSameBits(conv2d(x, k, options), whole)).toBe(true)
    expect(haveSameBits(conv2d(x, k, { ...options, out: into }), whole)).toBe(true)
    const { workspaceBytes } = plan('conv2d', shape, k.shape, { ...options, threads: 1 })
    expect(workspaceBytes).toBeLessThan(2 ** 23)
  }
})

function fractions(shape: readonly number[]): NdArray<'float32'> {
  const x = zeros(shape)
  for (let i = 0; i < x.data.length; i++) x.data[i] = ((i * 7) % 31) / 9 - 1.7
  return x as NdArray<'float32'>
}

function haveSameBits({ data: a }: NdArray, { data: b }: NdArray): boolean {
  const [x, y] = [a, b].map((data) => new Int32Array(data.buffer, data.byteOffset, data.length))
  return x!.length === y!.length && x!.every((bits, i) => bits === y![i])
}
