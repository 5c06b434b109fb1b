/**
 * Do the calls treat arguments, `out`, dtypes, algorithm names and errors as documented? Does
 * `plan` report what it chose, and does it run the same computation as the call?
 */

import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { elementCount } from '../src/ndarray/layout.ts'
import { random } from './random-geometry.ts'

const {
  conv1d,
  conv2d,
  conv3d,
  convolve,
  correlate,
  ndarray,
  OptionError,
  plan,
  planCase,
  toNested,
  UnavailableError,
  zeros,
} = library

function randomIntegers(shape: readonly number[], seed: number): library.NdArray<'float32'> {
  const next = random(seed)
  const length = elementCount(shape)
  return ndarray(
    Float32Array.from({ length }, () => next(9) - 4),
    shape,
  )
}

const numbers = (x: library.NdArray): number[] =>
  Array.from(library.contiguous(x).data, (v) => v + 0)

function failure(work: () => unknown): {
  readonly name: string
  readonly code: string
  readonly message: string
} {
  try {
    work()
  } catch (error) {
    if (error instanceof OptionError || error instanceof UnavailableError) return error
    throw error
  }
  throw new Error('expected an error, but none was thrown')
}

/**
 * The algorithms that accept a single kernel and are as exact as the direct sum. winograd and fft
 * have separate tests.
 */
const names = library
  .algorithms()
  .flatMap(({ name }) => (name === 'winograd' || name === 'fft' ? [] : [name]))

describe('algorithms by name', () => {
  const product = ndarray([
    [1, 2, 1],
    [0, 0, 0],
    [-1, -2, -1],
  ])

  test.each(
    names.flatMap((algorithm) =>
      (['js', 'wasm'] as const).map((backend) => [algorithm, backend] as const),
    ),
  )('%s on %s', (algorithm, backend) => {
    const x = randomIntegers([13, 21], 5)
    const reference = numbers(correlate(x, product, { algorithm: 'naive', backend: 'js' }))
    expect(numbers(correlate(x, product, { algorithm, backend, dtype: 'int16' }))).toEqual(
      reference,
    )
    expect(
      numbers(correlate(x, product, { algorithm, backend, deterministic: true, dtype: 'int16' })),
    ).toEqual(reference)
    expect(() => correlate(x, product, { algorithm, backend, verify: true })).not.toThrow()
  })

  test('an algorithm that cannot run gives the reason', () => {
    const error = failure(() =>
      conv2d(randomIntegers([1, 2, 5, 5], 1), randomIntegers([3, 2, 3, 3], 2), {
        algorithm: 'separable',
      }),
    )
    expect(error).toMatchObject({ name: 'OptionError', code: 'ALGORITHM_REFUSED' })
    expect(error.message).toContain('separable')
    expect(failure(() => correlate([1, 2, 3], [1, 1], { algorithm: 'separable' })).code).toBe(
      'ALGORITHM_REFUSED',
    )
  })

  test('the error for an unknown algorithm lists the valid names', () => {
    const error = failure(() => correlate([1, 2], [1], { algorithm: 'strideed' }))
    expect(error.name).toBe('OptionError')
    expect(error.message).toContain('strideed')
    expect(error.message).toContain('strided')
  })

  test('every algorithm has a unique name and a summary', () => {
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(
      expect.arrayContaining(['naive', 'im2col', 'strided', 'toeplitz', 'separable']),
    )
    for (const { summary } of library.algorithms()) expect(summary.length).toBeGreaterThan(20)
  })

  test.each(['naive', 'strided', 'im2col', 'toeplitz'])(
    '%s spreads NaN and infinities as the definition does',
    (algorithm) => {
      const x = Float32Array.of(1, 2, Infinity, 4, Number.NaN, 6, 7, 8)
      const expected = [-2, -Infinity, Number.NaN, Number.NaN, Number.NaN, Number.NaN, -2, 7]
      for (const backend of ['js', 'wasm'] as const)
        expect(toNested(correlate(x, [1, 0, -1], { algorithm, backend }))).toEqual(expected)
      expect(toNested(correlate(x, [1, 0, -1]))).toEqual(expected)
    },
  )

  test('auto spreads an infinity as the definition does, also with a kernel of two terms', () => {
    const boxes = zeros([9, 9])
    for (const [r, c] of [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j] as const))) {
      boxes.data[9 * r + c] = 1
      boxes.data[9 * (r + 6) + c + 6] = 2
    }
    for (const large of [Infinity, 3e38]) {
      const x = zeros([64, 300])
      x.data.fill(1)
      x.data[30 * 300 + 150] = large
      const [y, reference] = [
        numbers(correlate(x, boxes)),
        numbers(correlate(x, boxes, { algorithm: 'naive' })),
      ]
      expect(y.map(Number.isNaN)).toEqual(reference.map(Number.isNaN))
    }
  })

  test('non-finite weights and borders spread as well', () => {
    expect(toNested(correlate([0, 1], [Infinity, 1], { mode: 'valid' }))).toEqual([Number.NaN])
    expect(toNested(correlate([1, 1], [1, 1, 1], { boundary: { constant: Infinity } }))).toEqual([
      Infinity,
      Infinity,
    ])
    // The zeros of a border are samples, so 0 · ∞ gives NaN.
    expect(toNested(correlate([1, 1], [Infinity, 1, 1]))).toEqual([Number.NaN, Infinity])
  })

  test('in an integer result NaN becomes 0 and infinities saturate', () => {
    const x = Float32Array.of(Number.NaN, Infinity, -Infinity, 1)
    expect(toNested(correlate(x, [1], { dtype: 'int16' }))).toEqual([0, 32767, -32768, 1])
  })
})

describe('dtypes', () => {
  const tiesAndLimits = Float32Array.of(
    -300,
    -2.5,
    -1.5,
    -0.5,
    0.5,
    1.5,
    2.5,
    254.5,
    255.5,
    70000,
    -40000,
  )
  test.each([
    ['int8', [-128, -2, -2, 0, 0, 2, 2, 127, 127, 127, -128]],
    ['uint8', [0, 0, 0, 0, 0, 2, 2, 254, 255, 255, 0]],
    ['uint8c', [0, 0, 0, 0, 0, 2, 2, 254, 255, 255, 0]],
    ['int16', [-300, -2, -2, 0, 0, 2, 2, 254, 256, 32767, -32768]],
    ['uint16', [0, 0, 0, 0, 0, 2, 2, 254, 256, 65535, 0]],
    ['int32', [-300, -2, -2, 0, 0, 2, 2, 254, 256, 70000, -40000]],
  ] as const)('%s rounds half to even and saturates', (dtype, expected) => {
    for (const backend of ['js', 'wasm'] as const) {
      const y = correlate(tiesAndLimits, Float32Array.of(1), { dtype, backend })
      expect(y.dtype).toBe(dtype)
      expect(numbers(y)).toEqual(expected)
    }
  })

  test('the dtype of the result is the compute type', () => {
    const result = (
      x: Parameters<typeof correlate>[0],
      k: Parameters<typeof correlate>[1],
    ): string => correlate(x, k).dtype
    expect(result(Uint8Array.of(1), Int16Array.of(2))).toBe('float32')
    expect(result(Int32Array.of(1), Float32Array.of(2))).toBe('float64')
    expect(result(Float32Array.of(1), Float64Array.of(2))).toBe('float64')
    expect(toNested(correlate(Float64Array.of(1), [0.1]))).toEqual([0.1])
    expect(toNested(correlate(Int32Array.of(2 ** 30 + 1), [2]))).toEqual([2 ** 31 + 2])
  })
})

describe('arguments and out', () => {
  test.each(['js', 'wasm'] as const)(
    'only the elements of out change in its buffer, on %s',
    (backend) => {
      const [x, k] = [randomIntegers([7, 9], 1), randomIntegers([3, 3], 2)]
      const expected = numbers(correlate(x, k))
      for (const [strides, offset] of [
        [[9, 1], 5],
        [[40, 3], 11],
        [[-9, -1], 80],
        [[1, 7], 4],
      ] as const) {
        const data = new Float32Array(300).fill(77)
        const out = ndarray(data, [7, 9], { strides, offset })
        expect(correlate(x, k, { out, backend })).toBe(out)
        expect(numbers(out)).toEqual(expected)
        const written = new Set(
          expected.map((_, i) => offset + Math.floor(i / 9) * strides[0] + (i % 9) * strides[1]),
        )
        expect(data.every((v, i) => written.has(i) || v === 77)).toBe(true)
      }
    },
  )

  test('a call does not change its arguments', () => {
    const [x, w, bias] = [
      randomIntegers([2, 4, 6, 6], 1),
      randomIntegers([4, 2, 3, 3], 2),
      randomIntegers([4], 3),
    ]
    const options = Object.freeze({ groups: 2, padding: 1, bias, stride: Object.freeze([1, 2]) })
    const before = [x, w, bias].map((a) => a.data.slice())
    conv2d(x, w, options)
    conv2d(x, w, { ...options, algorithm: 'im2col' })
    expect([x, w, bias].map((a) => a.data)).toEqual(before)
  })

  test('arrays that cannot be out are rejected', () => {
    const data = new Float32Array(20)
    const x = ndarray(data.subarray(0, 10))
    const failing = (out: object, options = {}): string =>
      failure(() => correlate(x, [1, 2], { out, ...options })).code
    expect(failing(x)).toBe('OUT_OVERLAPS')
    expect(failing(ndarray(data.subarray(5, 15)))).toBe('OUT_OVERLAPS')
    expect(() => correlate(x, [1, 2], { out: ndarray(data.subarray(10)) })).not.toThrow()
    expect(failing(zeros([10], 'uint8'))).toBe('DTYPE_MISMATCH')
    expect(failing(zeros([10]), { dtype: 'uint8' })).toBe('DTYPE_MISMATCH')
    expect(failing(zeros([11]))).toBe('SHAPE_MISMATCH')
    expect(failing(library.asStrided(zeros([10]), { shape: [10], strides: [1] }))).toBe(
      'OUT_READ_ONLY',
    )
    const kernel = new Float32Array(2)
    expect(failure(() => correlate([1, 2], kernel, { out: ndarray(kernel) })).code).toBe(
      'OUT_OVERLAPS',
    )
  })

  test('the workspace stays within memoryLimit', () => {
    const [x, w] = [randomIntegers([1, 8, 20, 20], 1), randomIntegers([8, 8, 3, 3], 2)]
    const error = failure(() => conv2d(x, w, { memoryLimit: 10, backend: 'wasm' }))
    expect(error.name).toBe('UnavailableError')
    expect(error.message).toMatch(/\d/)
    expect(
      failure(() => conv2d(x, w, { memoryLimit: 10, algorithm: 'im2col', backend: 'js' })).message,
    ).toContain('im2col')
    // Both backends must convert uint8. The size in the message must be a sufficient limit.
    for (const backend of ['auto', 'js'] as const) {
      const bytes = ndarray(new Uint8Array(64 * 64), [64, 64])
      const call = (memoryLimit: number) =>
        correlate(bytes, ndarray([1, 0, -1], [1, 3]), { memoryLimit, backend })
      const { message } = failure(() => call(0))
      expect(message).toMatch(
        /memoryLimit 0: strided on js needs least, about \d+ bytes \(it .*uint8.*\)/,
      )
      expect(call(Number(/about (\d+)/.exec(message)![1])).shape).toEqual([64, 64])
    }
    expect(numbers(conv2d(x, w, { memoryLimit: 0 }))).toEqual(
      numbers(conv2d(x, w, { algorithm: 'strided' })),
    )
    const free = plan('conv2d', x.shape, w.shape, { memoryLimit: 0 })
    expect([free.backend, free.workspaceBytes]).toEqual(['js', 0])
    const limited = plan('conv2d', x.shape, w.shape, { memoryLimit: 20_000 })
    expect(limited.workspaceBytes).toBeLessThanOrEqual(20_000)
  })

  test.each(['ordinary', 'backend'] as const)(
    'some algorithm fits every memory limit, arrays in %s memory',
    (memory) => {
      // A program with packed weights needs more memory than its loops predict. With some limits
      // the first choice does not fit after compilation, and the planner chooses again.
      const shape = [1, 32, 14, 14]
      const [x, w] = [randomIntegers(shape, 1), randomIntegers([32, 32, 3, 3], 2)]
      // Data are integers. The rounding error of Winograd is far below 0.5.
      const rounded = (y: library.NdArray): number[] => Array.from(y.data, (v) => Math.round(v) + 0)
      const reference = rounded(conv2d(x, w, { padding: 1, algorithm: 'naive' }))
      const inMemory = (a: library.NdArray<'float32'>) =>
        memory === 'backend' ? ndarray(a.data, a.shape, { memory }) : a
      const [input, kernel, out] = [inMemory(x), inMemory(w), inMemory(randomIntegers(shape, 3))]
      for (
        let memoryLimit = 1000;
        memoryLimit < 1e6;
        memoryLimit = Math.round(memoryLimit * 1.15)
      ) {
        const p = plan('conv2d', x.shape, w.shape, { padding: 1, memoryLimit })
        expect(p.workspaceBytes).toBeLessThanOrEqual(memoryLimit)
        expect(rounded(p.runSync(input, kernel, out))).toEqual(reference)
        p.dispose()
      }
    },
  )

  test('the cost model counts spectra that leave the cache once per tile', () => {
    // Measured on Node 24: fft 5.0 ms, strided 3.8 ms. fft spends most of its time on 19.5 MB of
    // spectra, which each of a few tiles reads.
    const { candidates } = plan('conv2d', [1, 3, 224, 224], [64, 3, 7, 7], {
      stride: 2,
      padding: 3,
      backend: 'wasm',
    })
    const fft = candidates.find((c) => c.algorithm === 'fft')!
    expect(fft.workspaceBytes).toBeGreaterThan(19e6)
    expect(fft.milliseconds).toBeGreaterThan(4.5)
  })

  test('a call detects a weight that changed since the last call', () => {
    const x = randomIntegers([1, 3, 8, 8], 1)
    const w = randomIntegers([4, 3, 3, 3], 2)
    const p = plan('conv2d', x.shape, w.shape)
    for (const i of [0, 107, 50]) {
      const before = numbers(conv2d(x, w))
      expect(numbers(p.runSync(x, w))).toEqual(before)
      w.data[i]! += 5
      const reference = numbers(conv2d(x, w, { algorithm: 'naive', backend: 'js' }))
      expect(reference).not.toEqual(before)
      expect(numbers(conv2d(x, w))).toEqual(reference)
      expect(numbers(p.runSync(x, w))).toEqual(reference)
    }
    p.dispose()
    const smooth = Float32Array.from(
      { length: 225 },
      (_, i) => (1 + (i % 15)) * (1 + Math.floor(i / 15)),
    )
    const image = randomIntegers([64, 64], 3)
    const k = ndarray(smooth, [15, 15])
    correlate(image, k)
    k.data[7]! += 1
    expect(numbers(correlate(image, k, { verify: true }))).toEqual(numbers(correlate(image, k)))
    const naive = numbers(correlate(image, k, { algorithm: 'naive' }))
    const [y, scale] = [
      numbers(correlate(image, k)),
      4 * smooth.reduce((a, b) => a + b, 0) * 2 ** -20,
    ]
    expect(Math.max(...y.map((v, i) => Math.abs(v - naive[i]!)))).toBeLessThan(scale)
  })
})

test('the asynchronous and synchronous entry points give the same results', async () => {
  const [x, w] = [randomIntegers([1, 4, 6, 7], 1), randomIntegers([4, 2, 3, 3], 2)]
  const options = { groups: 2, padding: 1, boundary: 'wrap', stride: 2 } as const
  expect(await promises.conv2d(x, w, options)).toEqual(conv2d(x, w, options))
  const [image, k] = [randomIntegers([9, 8], 3), randomIntegers([3, 2], 4)]
  expect(await promises.convolve(image, k, { mode: 'full' })).toEqual(
    convolve(image, k, { mode: 'full' }),
  )
  expect(await promises.correlate(image, k)).toEqual(correlate(image, k))
  const [line, lineWeight] = [randomIntegers([1, 2, 9], 5), randomIntegers([3, 2, 3], 6)]
  expect(await promises.conv1d(line, lineWeight)).toEqual(conv1d(line, lineWeight))
  const [volume, volumeWeight] = [
    randomIntegers([1, 2, 4, 4, 4], 5),
    randomIntegers([3, 2, 2, 2, 2], 6),
  ]
  expect(await promises.conv3d(volume, volumeWeight)).toEqual(conv3d(volume, volumeWeight))
  await expect(promises.conv2d(x, w, { algorithm: 'separable', groups: 2 })).rejects.toMatchObject({
    code: 'ALGORITHM_REFUSED',
  })
  await expect(promises.correlate(image, k, { signal: AbortSignal.abort() })).rejects.toThrow()
})

describe('plan', () => {
  const [x, w] = [randomIntegers([1, 4, 9, 9], 1), randomIntegers([6, 4, 3, 3], 2)]

  test('shows the chosen algorithm, and why each other one was not chosen', () => {
    const p = plan('conv2d', x.shape, w.shape, { padding: 1 })
    expect(names).toContain(p.algorithm)
    expect(['js', 'wasm']).toContain(p.backend)
    expect(p.workspaceBytes).toBeGreaterThanOrEqual(0)
    expect(new Set(p.candidates.map((c) => c.algorithm))).toEqual(
      new Set(library.algorithms().map(({ name }) => name)),
    )
    for (const c of p.candidates) {
      if (c.refused !== undefined)
        expect([c.refused.length > 5, c.milliseconds]).toEqual([true, Number.NaN])
      else expect([c.milliseconds > 0, c.flops > 0, c.bytes > 0]).toEqual([true, true, true])
    }
    const direct = p.candidates.find((c) => c.algorithm === 'naive' && c.refused === undefined)!
    expect(direct.flops).toBe(2 * 6 * 81 * 4 * 9)
    expect(p.explain()).toContain(p.algorithm)
    expect(p.explain()).toContain(p.geometry.key)
    expect(p.program).toMatch(/^program in float32: /)
  })

  test('gives the same result as the call, also as a promise and into out', async () => {
    const p = plan('conv2d', x.shape, w.shape, { padding: 1 })
    const expected = conv2d(x, w, { padding: 1 })
    expect(p.runSync(x, w)).toEqual(expected)
    expect(await p.run(x, w)).toEqual(expected)
    const out = zeros(expected.shape)
    expect(p.runSync(x, w, out)).toBe(out)
    expect(numbers(out)).toEqual(numbers(expected))
    await expect(p.run(x, randomIntegers([6, 4, 3, 2], 1))).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    })
    expect(failure(() => p.runSync(x)).code).toBe('KERNEL_MISSING')
  })

  test('prepared weights do not follow later changes of the kernel', () => {
    const p = plan('conv2d', x.shape, w.shape, { padding: 1 })
    const expected = numbers(conv2d(x, w, { padding: 1 }))
    const weights = ndarray(w.data.slice(), w.shape)
    const preparedPlan = p.prepare(weights)
    expect(numbers(preparedPlan.runSync(x))).toEqual(expected)
    weights.data.fill(0)
    expect(numbers(preparedPlan.runSync(x))).toEqual(expected)
    expect(numbers(p.runSync(x, weights))).toEqual(expected.map(() => 0))
    expect(numbers(preparedPlan.runSync(x))).toEqual(expected)
  })

  test('a plan cannot run after dispose', () => {
    const p = plan('conv2d', x.shape, w.shape)
    p.runSync(x, w)
    p.dispose()
    p.dispose()
    expect(failure(() => p.runSync(x, w)).code).toBe('PLAN_DISPOSED')
  })

  test('planCase plans and runs a problem that no call can express', () => {
    const p = planCase('1x1x3 * 1x1x2 i2 p1')
    // The input 1, 2, 3 with inserted zeros and padding 1 is 0 1 0 2 0 3 0. The weights are 10, 1.
    expect(numbers(p.runSync([[[1, 2, 3]]], [[[10, 1]]]))).toEqual([1, 10, 2, 20, 3, 30])
    expect(failure(() => planCase('3 * 2', { scale: 1 } as object)).code).toBe('OPTION_UNKNOWN')
    expect(failure(() => planCase('nonsense')).code).toBe('CASE_INVALID')
  })
})

test('the example in the docstring of plan', () => {
  expect(plan('conv2d', [1, 64, 56, 56], [64, 64, 3, 3], { padding: 1 }).algorithm).toBe('winograd')
})
