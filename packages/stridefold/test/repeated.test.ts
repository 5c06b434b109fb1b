/**
 * Does a repeated call notice every change since the last one? Repeated calls skip some checks and
 * keep prepared weights, so a missed change would give a wrong result.
 */

import { describe, expect, test } from 'vitest'
import { conv2d, correlate, ndarray, plan, toNested, zeros } from '../src/sync.ts'

const counting = (n: number, step = 7): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => ((i * step) % 11) - 5)

describe('a repeated call', () => {
  const x = ndarray(counting(35), [5, 7])
  const k = ndarray(counting(6, 5), [2, 3])

  test('reads the current values of input and kernel', () => {
    const out = zeros([5, 7])
    const [input, kernel] = [ndarray(x.data.slice(), [5, 7]), ndarray(k.data.slice(), [2, 3])]
    correlate(input, kernel, { out })
    correlate(input, kernel, { out })
    input.data[9] = 40
    kernel.data[4] = -3
    correlate(input, kernel, { out })
    expect(toNested(out)).toEqual(toNested(correlate(input, kernel, { backend: 'js' })))
  })

  test('notices changed options', () => {
    const stride = [1, 1]
    correlate(x, k, { stride })
    stride[1] = 2
    expect(correlate(x, k, { stride }).shape).toEqual([5, 4])
    const padding: [number, number][] = [
      [0, 0],
      [1, 1],
    ]
    const options = { padding }
    for (const [before, after] of [
      [0, 0],
      [2, 0],
      [2, 3],
    ] as const) {
      padding[0]![0] = before
      padding[0]![1] = after
      const reference = toNested(correlate(x, k, { ...options, backend: 'js' }))
      expect(toNested(correlate(x, k, options))).toEqual(reference)
      expect(toNested(correlate(x, k, options))).toEqual(reference)
    }
    expect(correlate(x, k, { boundary: 'edge' }).data[0]).toBe(
      correlate(x, k, { boundary: 'edge', backend: 'js' }).data[0],
    )
    expect(correlate(x, k, { bias: 1 }).data[0]).toBe(correlate(x, k, {}).data[0]! + 1)
    expect(correlate(x, k, { bias: 2 }).data[0]).toBe(correlate(x, k, {}).data[0]! + 2)
  })

  test('of a layer uses the bias of this call: a list, an array, a changed list', () => {
    const [input, weight] = [
      ndarray(counting(9), [1, 1, 3, 3]),
      ndarray(new Float32Array([0, 0]), [2, 1, 1, 1]),
    ]
    const list = [5, 6]
    for (const out of [undefined, zeros([1, 2, 3, 3])]) {
      const sums = (bias: unknown): number[] => {
        const y = conv2d(input, weight, { bias: bias as number[], ...(out && { out }) })
        return [y.data[0]!, y.data[17]!]
      }
      for (const bias of [
        [1, 2],
        [3, 4],
        [3, 4],
        ndarray(new Float32Array([7, 8]), [2]),
        [3, 4],
        [1, 2],
        [1, 2],
      ])
        expect(sums(bias)).toEqual(Array.isArray(bias) ? bias : Array.from(bias.data))
      expect(sums(list)).toEqual([5, 6])
      list[1] = 9
      expect(sums(list)).toEqual([5, 9])
      expect(sums(list)).toEqual([5, 9])
      list[1] = 6
    }
  })

  test('returns a new array each time if there is no out', () => {
    const [first, second] = [correlate(x, k), correlate(x, k)]
    expect(first).not.toBe(second)
    expect(first.data.buffer).not.toBe(second.data.buffer)
  })

  test('keeps its weights while other plans run in between', () => {
    const other = ndarray(counting(6, 3), [2, 3])
    const expected = [
      correlate(x, k, { backend: 'js' }),
      correlate(x, other, { backend: 'js', mode: 'full' }),
    ].map(toNested)
    for (let round = 0; round < 3; round++) {
      expect([correlate(x, k), correlate(x, other, { mode: 'full' })].map(toNested)).toEqual(
        expected,
      )
    }
  })

  test('of a layer notices one changed weight', () => {
    const input = ndarray(counting(2 * 6 * 6), [1, 2, 6, 6])
    const weight = ndarray(counting(8 * 2 * 9, 3), [8, 2, 3, 3])
    conv2d(input, weight, { padding: 1 })
    weight.data[143] = 9
    expect(toNested(conv2d(input, weight, { padding: 1 }))).toEqual(
      toNested(conv2d(input, weight, { padding: 1, backend: 'js' })),
    )
  })

  test('of a plan writes into the out of this run', () => {
    const p = plan('correlate', [5, 7], [2, 3], { mode: 'valid' })
    const [first, second] = [zeros([4, 5]), zeros([4, 5])]
    p.runSync(x, k, first)
    p.runSync(x, k, first)
    p.runSync(x, k, second)
    expect(toNested(second)).toEqual(toNested(first))
    expect(first.data.some((value) => value !== 0)).toBe(true)
    p.dispose()
    expect(() => p.runSync(x, k, second)).toThrow(/disposed/)
  })
})
