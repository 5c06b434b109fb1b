/**
 * Does stridefold avoid known mistakes of other libraries? Each mistake was reproduced in a run of
 * its library. packages/cli/test/filter.test.ts tests those about images (alpha, negative halves
 * clamped in files).
 */

import { describe, expect, test } from 'vitest'
import {
  conv2d,
  convolve,
  convTranspose2d,
  correlate,
  lint,
  ndarray,
  plan,
  toNested,
} from '../src/sync.ts'

const nested = (x: unknown, k: unknown, options?: object): unknown =>
  toNested(correlate(x as number[][], k as number[][], options))

describe('mistakes of other libraries', () => {
  test('the negative half of a Sobel result is kept: −1020 stays −1020', () => {
    const edge = { data: Uint8Array.from([255, 0, 0, 255, 0, 0, 255, 0, 0]), shape: [3, 3] }
    const sobel = [
      [-1, 0, 1],
      [-2, 0, 2],
      [-1, 0, 1],
    ]
    expect(toNested(correlate(edge, sobel, { mode: 'valid' }))).toEqual([[-1020]])
    expect(toNested(correlate(edge, sobel, { mode: 'valid', dtype: 'int16' }))).toEqual([[-1020]])
    expect(toNested(correlate(edge, sobel, { mode: 'valid', dtype: 'uint8' }))).toEqual([[0]])
    expect(toNested(convolve(edge, sobel, { mode: 'valid', dtype: 'uint8' }))).toEqual([[255]])
  })

  test('an unknown option throws, and so does a fraction instead of an integer', () => {
    expect(() => correlate([1, 2], [1], { scale: 0.5 } as object)).toThrow(/scale/)
    expect(() => correlate([1, 2], [1], { stride: 1.5 })).toThrow(/stride/)
  })

  test('results of even kernels have the documented alignment', () => {
    const x = [
      [1, 2, 4],
      [8, 16, 32],
    ]
    const ones = [
      [1, 1],
      [1, 1],
    ]
    expect(nested(x, ones, { mode: 'valid' })).toEqual([[27, 54]])
    expect(nested(x, ones, { mode: 'same' })).toEqual([
      [27, 54, 36],
      [24, 48, 32],
    ])
    expect(nested(x, ones, { mode: 'same-lower' })).toEqual([
      [1, 3, 6],
      [9, 27, 54],
    ])
  })

  test('convolve flips and correlate does not; neither transposes; layers do not flip', () => {
    const impulse = [
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]
    const k = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]
    expect(toNested(convolve(impulse, k))).toEqual(k)
    expect(toNested(correlate(impulse, k))).toEqual(k.toReversed().map((row) => row.toReversed()))
    expect(toNested(conv2d([[impulse]], [[k]], { padding: 1 }))).toEqual([
      [k.toReversed().map((row) => row.toReversed())],
    ])
  })

  test('every call returns a new array', () => {
    const [x, k] = [ndarray(Float32Array.of(1, 2, 3)), ndarray(Float32Array.of(1, 1))]
    const first = correlate(x, k)
    const second = correlate(x, k)
    expect(second).not.toBe(first)
    expect(second.data.buffer).not.toBe(first.data.buffer)
  })

  test('SAME with a stride larger than the image computes the first window', () => {
    const ones = (rows: number, columns: number): number[][] =>
      Array.from({ length: rows }, () => new Array<number>(columns).fill(1))
    expect(
      toNested(conv2d([[ones(3, 3)]], [[ones(2, 2)]], { stride: 5, padding: 'same' })),
    ).toEqual([[[[4]]]])
  })

  test('groups are never ignored, and dilation works together with stride', () => {
    const x = [[[[1, 2, 3, 4, 5, 6, 7]], [[10, 20, 30, 40, 50, 60, 70]]]]
    expect(
      toNested(
        conv2d(x, [[[[1, 1]]], [[[1, -1]]]], { groups: 2, stride: [1, 2], dilation: [1, 3] }),
      ),
    ).toEqual([[[[1 + 4, 3 + 6]], [[10 - 40, 30 - 60]]]])
  })

  test('a transposed layer reads the filters of each group', () => {
    expect(
      toNested(convTranspose2d([[[[1]], [[1]]]], [[[[1, 2]]], [[[3, 4]]]], { groups: 2 })),
    ).toEqual([[[[1, 2]], [[3, 4]]]])
  })

  test('one NaN reaches exactly the results of the definition', () => {
    const x = new Float32Array(4096).fill(1)
    x[2000] = Number.NaN
    const k = new Float32Array(101).fill(0.01)
    const y = correlate(x, k)
    const touched = [...y.data.keys()].filter((i) => Number.isNaN(y.data[i]!))
    expect([touched[0], touched.at(-1), touched.length]).toEqual([1950, 2050, 101])
  })

  test('strict accuracy keeps the digits of small values far from large ones', () => {
    const x = Float32Array.from({ length: 4096 }, (_, i) => (i < 1000 ? 1e6 : 1e-3) * Math.sin(i))
    const k = Float32Array.from({ length: 101 }, (_, i) => Math.cos(i / 7))
    const y = correlate(x, k, { accuracy: 'strict' })
    const reference = correlate(Float64Array.from(x), Float64Array.from(k), { dtype: 'float64' })
    for (let i = 1100; i < 4096; i++)
      expect(Math.abs(y.data[i]! - reference.data[i]!)).toBeLessThanOrEqual(
        101 * 2 ** -23 * 1e-3 * 101,
      )
  })

  test('the planner predicts separable 5 times faster than strided for a 51×51 box', () => {
    const kernel = ndarray(new Float32Array(51 * 51).fill(1 / 2601), [51, 51])
    const p = plan('correlate', [1250, 1600, 3], [51, 51], { channelAxis: -1, kernel })
    const predicted = (name: string): number =>
      p.candidates.find((candidate) => candidate.algorithm === name)!.milliseconds
    expect(predicted('separable')).toBeLessThan(predicted('strided') / 5)
    // If predictions are nearly equal, the planner takes the program with less memory.
    expect(predicted(p.algorithm)).toBeLessThanOrEqual(1.05 * predicted('separable'))
  })

  test('lint warns about a zero-sum kernel on an image with alpha', () => {
    const laplacian = [
      [0, 1, 0],
      [1, -4, 1],
      [0, 1, 0],
    ]
    expect(lint(laplacian, { alpha: true }).map((warning) => warning.code)).toContain(
      'ZERO_SUM_ALPHA',
    )
  })
})
