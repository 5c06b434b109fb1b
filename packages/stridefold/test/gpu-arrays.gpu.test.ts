/**
 * Arrays that lie on the GPU: how they get there, which calls use them where they lie, and how they
 * come back. Small integers are exact in float32, so results are compared with ===.
 */

import {
  analyzeKernel,
  asNdArray,
  col2im,
  contiguous,
  conv2d,
  conv2dSync,
  convBiasGradient,
  convInputGradient,
  convTranspose2d,
  convWeightGradient,
  correlate,
  correlateNormalized,
  correlateSync,
  createStream,
  type DType,
  explain,
  filterImage,
  flip,
  gaussianFilter,
  geometry,
  im2col,
  lint,
  type NdArray,
  ndarray,
  pipeline,
  plan,
  read,
  reshape,
  savitzkyGolay,
  slice,
  toeplitz,
  toNested,
  transpose,
  uniformFilter,
  zeros,
} from 'stridefold'
import { planBoxes } from 'stridefold/boxes'
import { writeNpy } from 'stridefold/npy'
import { beforeEach, describe, expect, test } from 'vitest'
import { elements, openLibrary } from './gpu-of-library.ts'

let opened: Promise<void> | undefined
beforeEach(() => {
  opened ??= openLibrary()
  return opened
})

const there = { memory: 'gpu' } as const
const isThere = (x: NdArray): boolean => x.data.length === 0 && x.shape.every((n) => n > 0)
const numbers = [
  [1, 2, 3],
  [4, 5, 6],
]
const matrix = (): NdArray => ndarray(numbers, [2, 3], there)

describe('an array on the GPU', () => {
  test('has no elements in JavaScript, and comes back with read', async () => {
    const x = matrix()
    expect(isThere(x)).toBe(true)
    expect(await elements(x)).toEqual(numbers)
    expect(await elements(zeros([3], 'int16', there))).toEqual([0, 0, 0])
    const onHeap = ndarray(numbers)
    expect(await read(onHeap)).toBe(onHeap)
  })

  test('has views', async () => {
    const x = matrix()
    expect(await elements(transpose(flip(slice(x, null, [1]))))).toEqual([
      [6, 3],
      [5, 2],
    ])
    expect(await elements(reshape(x, [3, 2]))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    expect(await elements(slice(x, 1, [null, null, -2]))).toEqual([6, 4])
    expect(asNdArray(x)).toBe(x)
    expect(await elements(asNdArray({ ...slice(x, 1) }))).toEqual([4, 5, 6])
  })

  test.each(['uint8', 'uint8c', 'int8', 'uint16', 'int16', 'int32'] as const)(
    'of %s',
    async (dtype) => {
      const there = (values: number[]): NdArray =>
        ndarray(typed(dtype, values), [values.length], { memory: 'gpu' })
      const x = there([1, 100, 3, 4, 5, 6, 7])
      expect(await elements(slice(x, [1, null, 2]))).toEqual([100, 4, 6])
      if (dtype === 'int32') return
      expect(await elements(correlate(x, [1, 1]))).toEqual([101, 103, 7, 9, 11, 13, 7])
      // Neighbours share words: what lies between the results stays.
      const out = there([9, 9, 9, 9, 9, 9, 9])
      const options = { dtype, out: slice(out, [1, null, 2]) }
      await correlate(flip(slice(x, [2, 5])), [2], options)
      expect(await elements(out)).toEqual([9, 10, 9, 8, 9, 6, 9])
    },
  )

  test('is gone after release, with its views', async () => {
    const x = matrix()
    const row = slice(x, 0)
    x.release()
    x[Symbol.dispose]?.()
    await expect(read(row)).rejects.toMatchObject({ code: 'RELEASED' })
    await expect(correlate(x, [[1]])).rejects.toMatchObject({ code: 'RELEASED' })
    expect(() => slice(x, 0)).toThrow(expect.objectContaining({ code: 'RELEASED' }))
  })

  test('is not released twice while a call that was repeated uses another', async () => {
    const x = matrix()
    const first = await correlate(x, [[2]])
    first.release()
    const second = await correlate(x, [[2]])
    expect(await elements(second)).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ])
  })
})

describe('results of what lies on the GPU', () => {
  const valid = { mode: 'valid' } as const
  const sums = [
    [3, 5],
    [9, 11],
  ]

  test('stay there', async () => {
    const y = await correlate(matrix(), [[1, 1]], valid)
    expect(isThere(y)).toBe(true)
    expect(await elements(y)).toEqual(sums)
    const z = await correlate(y, [[1], [1]], valid)
    expect(isThere(z)).toBe(true)
    expect(await elements(z)).toEqual([[12, 16]])
  })

  test("lie on the heap with memory: 'heap'", async () => {
    const y = await correlate(matrix(), [[1, 1]], { ...valid, memory: 'heap' })
    expect(toNested(y)).toEqual(sums)
  })

  test('of a view, flipped and transposed', async () => {
    const x = transpose(flip(slice(matrix(), null, [1])))
    expect(await elements(correlate(x, [[1, 1]], valid))).toEqual([[9], [7]])
  })

  test('go into out, wherever it lies', async () => {
    const out = zeros([2, 2], 'float32', there)
    expect(await correlate(matrix(), [[1, 1]], { ...valid, out })).toBe(out)
    expect(await elements(out)).toEqual(sums)
    expect(await correlate(numbers, [[2, 2]], { ...valid, out })).toBe(out)
    expect(await elements(out)).toEqual(sums.map((row) => row.map((value) => 2 * value)))
    const onHeap = zeros([2, 2])
    await correlate(matrix(), [[1, 1]], { ...valid, out: transpose(onHeap) })
    expect(toNested(transpose(onHeap))).toEqual(sums)
  })

  test('go into one half of the array that the other half comes from', async () => {
    const x = ndarray([1, 2, 3, 4, 9, 9, 9, 9], [8], there)
    await correlate(slice(x, [0, 4]), [10], { out: slice(x, [4]) })
    expect(await elements(x)).toEqual([1, 2, 3, 4, 10, 20, 30, 40])
    await expect(correlate(slice(x, [0, 4]), [1], { out: slice(x, [1, 5]) })).rejects.toMatchObject(
      { code: 'OUT_OVERLAPS' },
    )
  })

  test("come there with memory: 'gpu', from arrays on the heap", async () => {
    const y = await correlate(numbers, [[1, 1]], { ...valid, memory: 'gpu' })
    expect(isThere(y)).toBe(true)
    expect(await elements(y)).toEqual(sums)
  })

  test('do not depend on where kernel and bias lie', async () => {
    const kernel = slice(matrix(), [1])
    expect(toNested(await correlate(numbers, kernel, valid))).toEqual([[32], [77]])
    const weight = ndarray([1, 2], [2, 1, 1, 1], there)
    const bias = ndarray([10, 20], [2], there)
    const layer = await conv2d([[numbers]], weight, { bias })
    expect(toNested(layer)).toEqual([
      [
        numbers.map((row) => row.map((v) => v + 10)),
        numbers.map((row) => row.map((v) => 2 * v + 20)),
      ],
    ])
  })

  test('of layers, their adjoints and gradients', async () => {
    const image = reshape(matrix(), [1, 1, 2, 3])
    const weight = [[[[1, 2]]]]
    const onHeap = [[numbers]]
    const heap = { backend: 'js' } as const
    expect(await elements(conv2d(image, weight))).toEqual(
      toNested(await conv2d(onHeap, weight, heap)),
    )
    expect(await elements(convTranspose2d(image, weight, { stride: 2 }))).toEqual(
      toNested(await convTranspose2d(onHeap, weight, { stride: 2, ...heap })),
    )
    expect(await elements(convInputGradient(image, weight, [1, 1, 2, 4]))).toEqual(
      toNested(await convInputGradient(onHeap, weight, [1, 1, 2, 4], heap)),
    )
    const wide = ndarray([
      [
        [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ],
      ],
    ])
    const expected = toNested(await convWeightGradient(wide, onHeap, [1, 1, 1, 2], heap))
    const wideThere = ndarray(wide.data, wide.shape, there)
    for (const [x, g] of [
      [wideThere, image],
      [wide, image],
      [wideThere, onHeap],
    ] as const)
      expect(await elements(convWeightGradient(x, g, [1, 1, 1, 2]))).toEqual(expected)
  })

  test('are verified', async () => {
    const y = await correlate(matrix(), [[1, 2]], { verify: true, ...valid })
    expect(await elements(y)).toEqual([
      [5, 8],
      [14, 17],
    ])
  })

  test('of a value that is not finite go where the definition sends it', async () => {
    const x = ndarray([1, Infinity, 3, 4, 5, 6, 7, 8], [8], there)
    const expected = toNested(await correlate(await read(x), [1, 2], { backend: 'js' }))
    for (const algorithm of ['auto', 'toeplitz'] as const)
      expect(await elements(correlate(x, [1, 2], { algorithm }))).toEqual(expected)
  })
})

describe('a plan', () => {
  test('runs on arrays on the GPU, and keeps results there', async () => {
    const p = plan('correlate', [2, 3], [1, 1])
    expect(await elements(p.run(matrix(), [[2]]))).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ])
    expect(isThere(await p.run(numbers, [[2]], { memory: 'gpu' }))).toBe(true)
    const out = zeros([2, 3], 'float32', there)
    expect(await p.run(numbers, ndarray([[3]], [1, 1], there), out)).toBe(out)
    expect(await elements(out)).toEqual([
      [3, 6, 9],
      [12, 15, 18],
    ])
    expect(await elements(p.prepare([[4]]).run(matrix()))).toEqual([
      [4, 8, 12],
      [16, 20, 24],
    ])
    expect(() => p.runSync(matrix(), [[2]])).toThrow(expect.objectContaining({ code: 'ON_GPU' }))
  })
})

describe('what does not compute there', () => {
  /** Each reads elements, or writes them, on the heap. */
  const refused: readonly (readonly [string, (x: NdArray) => unknown])[] = [
    ['toNested', (x) => toNested(x)],
    ['contiguous', (x) => contiguous(x)],
    ['correlateSync', (x) => correlateSync(x, [[1]])],
    ['correlateSync, kernel', (x) => correlateSync(numbers, x)],
    ['correlateSync, out', (out) => correlateSync(numbers, [[1]], { out })],
    ['conv2dSync, bias', (x) => conv2dSync([[numbers]], [[[[1]]]], { bias: slice(x, 0, [1]) })],
    ['plan, kernel', (x) => plan('correlate', [2, 3], [2, 3], { kernel: x })],
    ['prepare', (x) => plan('correlate', [2, 3], [2, 3]).prepare(x)],
    ['runSync', (x) => plan('correlate', [2, 3], [1, 1]).runSync(x, [[2]])],
    ['timeSync', (x) => plan('correlate', [2, 3], [1, 1]).timeSync(x, [[2]])],
    ['structuredClone', (x) => correlate(structuredClone({ ...x }) as NdArray, [[1]])],
    ['backend', (x) => correlate(x, [[1]], { backend: 'wasm' })],
    ['deterministic', (x) => correlate(x, [[1]], { deterministic: true })],
    ['float64', (x) => correlate(x, ndarray(new Float64Array(1), [1, 1]))],
    ['float16', (x) => correlate(x, [[1]], { dtype: 'float16' as never })],
    ['missing', (x) => correlate(x, [[1]], { missing: 'nan' })],
    ['missing, mask', (x) => correlate(numbers, [[1]], { missing: x })],
    ['missing, out', (out) => correlate(numbers, [[1]], { missing: 'nan', out })],
    ['missing, memory', () => correlate(numbers, [[1]], { missing: 'nan', memory: 'gpu' })],
    ['gaussianFilter', (x) => gaussianFilter(x)],
    ['gaussianFilter, out', (out) => gaussianFilter(numbers, { out })],
    ['gaussianFilter, memory', () => gaussianFilter(numbers, { memory: 'gpu' })],
    ['uniformFilter, mask', (x) => uniformFilter(numbers, { missing: x })],
    ['savitzkyGolay', (x) => savitzkyGolay(x, { window: 3 })],
    ['correlateNormalized', (x) => correlateNormalized(numbers, x)],
    ['filterImage, kernel', (x) => filterImage({ data: bytes, width: 1, height: 1 }, x)],
    ['convBiasGradient', (x) => convBiasGradient(reshape(x, [1, 1, 6]))],
    ['convBiasGradient, memory', () => convBiasGradient([[[1]]], { memory: 'gpu' })],
    ['im2col', (x) => im2col(x, [1, 1])],
    ['col2im', (x) => col2im(x, [1, 1], [3, 3])],
    ['toeplitz', (x) => toeplitz(x, [3, 3])],
    ['explain', (x) => explain(geometry('correlate', [2, 3], [1, 1]), at, { input: x })],
    ['lint', (x) => lint(x)],
    ['analyzeKernel', (x) => analyzeKernel(x)],
    ['createStream', (x) => createStream(slice(x, 0))],
    ['setKernel', (x) => createStream([1, 2, 3]).setKernel(slice(x, 0))],
    ['writeNpy', (x) => writeNpy(x)],
    ['planBoxes', (x) => planBoxes('correlate', [2, 3], x)],
    [
      'pipeline, weight',
      (x) => pipeline([{ call: 'conv1d', weight: reshape(x, [2, 1, 3]) }], flat),
    ],
  ]
  const bytes = new Uint8ClampedArray(4)
  const at = { output: [0, 0, 0, 0] } as const
  const flat = { inputShape: [1, 1, 9] }

  test.each(refused)('%s', async (_, use) => {
    const attempt = Promise.resolve().then(() => use(matrix()))
    await expect(attempt).rejects.toMatchObject({
      name: 'OptionError',
      code: 'ON_GPU',
      message: expect.stringMatching(/gpu.*(await read\(x\)|Leave it out|Use float32 there)/i),
    })
  })
})

function typed(dtype: Exclude<DType, 'float32' | 'float64' | 'float16'>, values: number[]) {
  const types = {
    ...{ uint8: Uint8Array, uint8c: Uint8ClampedArray, int8: Int8Array },
    ...{ uint16: Uint16Array, int16: Int16Array, int32: Int32Array },
  }
  return types[dtype].from(values)
}
