/**
 * Is a run of a plan the call with the same arrays? For every dtype, with the options of the run,
 * and with typed arrays, which have no shape.
 */

import { describe, expect, test } from 'vitest'
import {
  col2im,
  conv2d,
  convBiasGradient,
  convWeightGradient,
  correlate,
  type DType,
  geometry,
  im2col,
  type NdArray,
  ndarray,
  type OptionError,
  outputShape,
  plan,
  planCase,
  toNested,
  zeros,
} from '../src/sync.ts'

/** Numbers that float32 rounds, if the dtype can hold them. */
function filled(dtype: DType, shape: readonly number[]): NdArray {
  const x: NdArray = zeros(shape, dtype)
  for (let i = 0; i < x.data.length; i++)
    x.data[i] = dtype === 'float64' ? 1 / (i + 3) : dtype === 'int32' ? 2 ** 24 + 2 * i + 1 : i % 5
  return x
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return `${(error as OptionError).code}: ${(error as Error).message}`
  }
  return 'no error'
}

const x = filled('float32', [4, 5])
const k = filled('float32', [3, 3])

describe('the result of a run is that of the call', () => {
  const inputs = ['float32', 'float64', 'int32', 'uint8'] as const
  const kernels = ['float32', 'float64', 'int32', 'int8'] as const
  const results = [undefined, 'float32', 'float64', 'int32', 'uint8'] as const

  test.each(results)('for arrays of every dtype, with dtype %s', (dtype) => {
    const options = dtype === undefined ? {} : { dtype }
    const p = plan('correlate', [4, 5], [3, 3], options)
    for (const first of inputs)
      for (const second of kernels) {
        const [input, kernel] = [filled(first, [4, 5]), filled(second, [3, 3])]
        const expected = correlate(input, kernel, options)
        const prepared = p.prepare(kernel)
        for (const result of [
          p.runSync(input, kernel),
          p.timeSync(input, kernel).output,
          prepared.runSync(input),
          p.runSync(input, kernel, zeros([4, 5], expected.dtype)),
        ]) {
          expect(result.dtype).toBe(expected.dtype)
          expect(toNested(result)).toEqual(toNested(expected))
        }
        prepared.dispose()
      }
    p.dispose()
    expect(codeOf(() => p.runSync(filled('float64', [4, 5]), k))).toMatch(/^PLAN_DISPOSED/)
  })

  test('for a plan with a kernel: float64 if the kernel is', () => {
    const kernel = filled('float64', [3, 3])
    const p = plan('correlate', [4, 5], [3, 3], { kernel })
    expect(p.geometry.dtype).toBe('float64')
    expect(toNested(p.runSync(x, kernel))).toEqual(toNested(correlate(x, kernel)))
    const separable = plan('correlate', [4, 5], [3, 3], {
      kernel: [
        [1, 2, 1],
        [2, 4, 2],
        [1, 2, 1],
      ],
      algorithm: 'separable',
    })
    expect(codeOf(() => separable.runSync(filled('float64', [4, 5]), k))).toMatch(/^KERNEL_CHANGED/)
  })

  test('for layers, and for problems in case notation', () => {
    const [input, weight] = [filled('int32', [1, 2, 5, 5]), filled('float32', [3, 2, 3, 3])]
    const expected = toNested(conv2d(input, weight))
    expect(toNested(plan('conv2d', input.shape, weight.shape).runSync(input, weight))).toEqual(
      expected,
    )
    const p = planCase('1x2x5x5 * 3x2x3x3')
    expect(toNested(p.runSync(input, weight))).toEqual(expected)
    expect(p.runSync(input, weight).dtype).toBe('float64')
  })

  test('numbers without a dtype decide nothing, and stay exact beside float64', () => {
    const p = plan('correlate', [3], [1])
    expect(p.runSync([0.1, 0.2, 0.3], [0.1]).dtype).toBe('float32')
    const doubles = new Float64Array([0.1, 0.2, 0.3])
    expect(toNested(p.runSync(doubles, [0.1]))).toEqual(toNested(correlate(doubles, [0.1])))
  })
})

describe('the options of a run', () => {
  test('out may stand alone or in the record', () => {
    const p = plan('correlate', [4, 5], [3, 3])
    const [alone, inRecord] = [zeros([4, 5]), zeros([4, 5])]
    for (let repeat = 0; repeat < 3; repeat++) {
      expect(p.runSync(x, k, alone)).toBe(alone)
      expect(p.runSync(x, k, { out: inRecord })).toBe(inRecord)
      expect(p.timeSync(x, k, { out: inRecord }).output).toBe(inRecord)
    }
    expect(toNested(inRecord)).toEqual(toNested(correlate(x, k)))
    expect(toNested(alone)).toEqual(toNested(correlate(x, k)))
    expect(toNested(p.runSync(x, k, {}))).toEqual(toNested(correlate(x, k)))
  })

  test.each([0, 2.5, -1e6])('bias %d of signals is that of the call, in every type', (bias) => {
    for (const options of [
      {},
      { bias: 7 },
      { dtype: 'uint8' },
      { bias: 7, dtype: 'int32' },
    ] as const) {
      const p = plan('correlate', [4, 5], [3, 3], options)
      for (const input of [x, filled('float64', [4, 5])]) {
        const own = toNested(correlate(input, k, options))
        expect(toNested(p.runSync(input, k))).toEqual(own)
        const expected = toNested(correlate(input, k, { ...options, bias }))
        expect(toNested(p.runSync(input, k, { bias }))).toEqual(expected)
        expect(toNested(p.timeSync(input, k, { bias }).output)).toEqual(expected)
        expect(toNested(p.prepare(k).runSync(input, undefined, { bias }))).toEqual(expected)
        expect(toNested(p.runSync(input, k))).toEqual(own)
      }
    }
  })

  test('bias of layers is that of the call, and does not stay for the next run', () => {
    const [input, weight] = [filled('float32', [1, 2, 5, 5]), filled('float32', [3, 2, 3, 3])]
    for (const options of [{}, { bias: [1, 2, 3] }]) {
      const p = plan('conv2d', input.shape, weight.shape, options)
      const out = zeros([1, 3, 3, 3])
      for (const bias of [[4, 5, 6], new Float32Array([7, 8, 9]), ndarray([1, 1, 1])]) {
        const expected = toNested(conv2d(input, weight, { bias }))
        expect(toNested(p.runSync(input, weight, { bias }))).toEqual(expected)
        expect(toNested(p.runSync(input, weight, { bias, out }))).toEqual(expected)
        expect(toNested(p.runSync(input, weight, out))).toEqual(
          toNested(conv2d(input, weight, options)),
        )
      }
      expect(codeOf(() => p.runSync(input, weight, { bias: [1, 2] }))).toMatch(/^BIAS_MISMATCH/)
      expect(codeOf(() => p.runSync(input, weight, { bias: 1 }))).toMatch(/^OPTION_INVALID/)
    }
    const p = planCase('1x2x5x5 * 3x2x3x3')
    expect(toNested(p.runSync(input, weight, { bias: [1, 2, 3] }))).toEqual(
      toNested(conv2d(input, weight, { bias: [1, 2, 3] })),
    )
  })

  test('values that the call rejects are rejected', async () => {
    const p = plan('correlate', [4, 5], [3, 3])
    const wrong: readonly (readonly [options: object, code: RegExp])[] = [
      [{ bias: [1] }, /^OPTION_INVALID: correlate: option 'bias'/],
      [{ bias: Number.NaN }, /^OPTION_INVALID/],
      [{ out: [[0]] }, /^OPTION_INVALID: correlate: option 'out'/],
      [{ signal: {} }, /^OPTION_INVALID: correlate: option 'signal'/],
      [{ dtype: 'uint8' }, /^OPTION_UNKNOWN: run has no option 'dtype'.*out, memory, signal, bias/],
      [{ shape: [4, 5] }, /^OPTION_UNKNOWN: run has no option 'shape'/],
      [[0, 1], /^OUT_READ_ONLY/],
      [zeros([4, 4]), /^SHAPE_MISMATCH: correlate: out/],
      [zeros([4, 5], 'uint8'), /^DTYPE_MISMATCH/],
      [{ out: x }, /^OUT_OVERLAPS/],
    ]
    for (const [options, code] of wrong) {
      expect(codeOf(() => p.runSync(x, k, options))).toMatch(code)
      expect(codeOf(() => p.timeSync(x, k, options))).toMatch(code)
      await expect(p.run(x, k, options)).rejects.toThrow(/./)
    }
  })

  test('a signal aborts a run until it begins', async () => {
    const p = plan('correlate', [4, 5], [3, 3])
    const reason = new Error('enough')
    const aborted = AbortSignal.abort(reason)
    const out = zeros([4, 5])
    await expect(p.run(x, k, { signal: aborted, out })).rejects.toBe(reason)
    expect(() => p.runSync(x, k, { signal: aborted, out })).toThrow(reason)
    expect(() => p.timeSync(x, k, { signal: aborted, out })).toThrow(reason)
    const controller = new AbortController()
    const waiting = p.run(x, k, { signal: controller.signal, out })
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    expect(out.data.every((value) => value === 0)).toBe(true)
    const { signal } = new AbortController()
    expect(await p.run(x, k, { signal, out })).toBe(out)
    expect(toNested(out)).toEqual(toNested(correlate(x, k)))
  })

  test('are read once, when the run is asked for', async () => {
    const p = plan('correlate', [3], [1])
    const options = { bias: 1 }
    const waiting = p.run([1, 2, 3], [1], options)
    options.bias = 100
    expect(toNested(await waiting)).toEqual([2, 3, 4])
  })
})

describe('arrays without a shape', () => {
  const flat = (array: NdArray): Float32Array => array.data as Float32Array

  test('of as many elements are taken in row-major order', () => {
    const p = plan('correlate', [4, 5], [3, 3])
    const expected = toNested(correlate(x, k))
    expect(toNested(p.runSync(flat(x), flat(k)))).toEqual(expected)
    expect(toNested(p.prepare(flat(k)).runSync(flat(x)))).toEqual(expected)
    expect(toNested(plan('correlate', [4, 5], [3, 3], { kernel: flat(k) }).runSync(x, k))).toEqual(
      expected,
    )
    for (const out of [new Float32Array(20), { out: new Float32Array(20) }]) {
      const result = p.runSync(x, k, out)
      expect(result.shape).toEqual([4, 5])
      expect(result.data).toBe('out' in out ? out.out : out)
      expect(toNested(result)).toEqual(expected)
    }
  })

  test('are taken as out of calls', () => {
    const out = new Float32Array(20)
    for (let repeat = 0; repeat < 2; repeat++) {
      out.fill(-1)
      expect(toNested(correlate(x, k, { out }))).toEqual(toNested(correlate(x, k)))
      expect(Array.from(out)).toEqual(Array.from(correlate(x, k).data))
    }
    const bytes = new Uint8Array(12)
    expect(correlate(x, k, { mode: ['same', 'valid'], dtype: 'uint8', out: bytes }).data).toBe(
      bytes,
    )
    const [input, g] = [filled('float32', [1, 2, 5]), filled('float32', [1, 3, 3])]
    const dw = new Float32Array(18)
    expect(toNested(convWeightGradient(input, g, [3, 2, 3], { out: dw }))).toEqual(
      toNested(convWeightGradient(input, g, [3, 2, 3])),
    )
    const db = new Float32Array(3)
    expect(toNested(convBiasGradient(g, { out: db }))).toEqual(toNested(convBiasGradient(g)))
    const columns = im2col(x, [2, 2], { mode: 'valid' })
    expect(toNested(col2im(flat(columns), [4, 5], [2, 2], { mode: 'valid' }))).toEqual(
      toNested(col2im(columns, [4, 5], [2, 2], { mode: 'valid' })),
    )
  })

  test('of another length are rejected with both numbers, arrays of another shape too', () => {
    const p = plan('correlate', [4, 5], [3, 3])
    const short = new Float32Array(19)
    const message =
      /^SHAPE_MISMATCH: .* is a Float32Array of 19 elements, but \[4,5\] \(20 elements\)/
    for (const work of [
      () => p.runSync(short, k),
      () => p.runSync(x, k, short),
      () => p.runSync(x, k, { out: short }),
      () => correlate(x, k, { out: short }),
      () => correlate(x, k, { out: short }),
    ])
      expect(codeOf(work)).toMatch(message)
    for (const work of [
      () => p.runSync(x, short),
      () => p.prepare(short),
      () => plan('correlate', [4, 5], [3, 3], { kernel: short }),
      () => p.runSync(ndarray(new Float32Array(20)), k),
      () => correlate(x, k, { out: zeros([20]) }),
    ])
      expect(codeOf(work)).toMatch(/^SHAPE_MISMATCH/)
    const detached = new Float32Array(20)
    structuredClone(detached, { transfer: [detached.buffer] })
    expect(codeOf(() => p.runSync(detached, k))).toMatch(/^RELEASED/)
  })
})

test('arrays in place of shapes are named as what they are', () => {
  const wrong: readonly (readonly [unknown, unknown])[] = [
    [x, k],
    [x.shape, k],
    [new Float32Array([1, 2, 3]), [1]],
    [[3], new Uint8Array([1])],
    [
      [
        [1, 2],
        [3, 4],
      ],
      [1],
    ],
    [{ data: new Uint8ClampedArray(4), width: 1, height: 1 }, [1]],
  ]
  type OfShapes = (call: 'correlate', x: number[], k: number[]) => unknown
  const functions: readonly OfShapes[] = [plan, geometry, outputShape]
  for (const shapes of wrong)
    for (const call of functions)
      expect(codeOf(() => call('correlate', ...(shapes as [number[], number[]])))).toMatch(
        /^SHAPE_INVALID: .*holds elements. Pass the shape of the array instead.*x\.shape/,
      )
})
