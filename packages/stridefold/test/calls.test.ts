/**
 * Do the calls keep their word about arguments, `out`, types, names and errors, and does `plan`
 * show what it does?
 */

import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
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

function whole(shape: readonly number[], seed: number): library.NdArray<Float32Array> {
  const next = random(seed)
  const length = shape.reduce((product, extent) => product * extent, 1)
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
  throw new Error('nothing was thrown')
}

/**
 * Those that take single kernels and may stand for the direct sum; winograd and fft have tests of
 * their own.
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
    const x = whole([13, 21], 5)
    const truth = numbers(correlate(x, product, { algorithm: 'naive', backend: 'js' }))
    expect(numbers(correlate(x, product, { algorithm, backend, dtype: 'int16' }))).toEqual(truth)
    expect(
      numbers(correlate(x, product, { algorithm, backend, deterministic: true, dtype: 'int16' })),
    ).toEqual(truth)
    expect(() => correlate(x, product, { algorithm, backend, verify: true })).not.toThrow()
  })

  test('one that cannot says why', () => {
    const error = failure(() =>
      conv2d(whole([1, 2, 5, 5], 1), whole([3, 2, 3, 3], 2), { algorithm: 'separable' }),
    )
    expect(error).toMatchObject({ name: 'OptionError', code: 'ALGORITHM_REFUSED' })
    expect(error.message).toContain('separable')
    expect(failure(() => correlate([1, 2, 3], [1, 1], { algorithm: 'separable' })).code).toBe(
      'ALGORITHM_REFUSED',
    )
  })

  test('one that does not exist is named, with those that do', () => {
    const error = failure(() => correlate([1, 2], [1], { algorithm: 'strideed' }))
    expect(error.name).toBe('OptionError')
    expect(error.message).toContain('strideed')
    expect(error.message).toContain('strided')
  })

  test('every algorithm has a name of its own and a summary', () => {
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(
      expect.arrayContaining(['naive', 'im2col', 'strided', 'toeplitz', 'separable']),
    )
    for (const { summary } of library.algorithms()) expect(summary.length).toBeGreaterThan(20)
  })

  test.each(['naive', 'strided', 'im2col', 'toeplitz'])(
    '%s sends NaN and infinities where the definition sends them',
    (algorithm) => {
      const x = Float32Array.of(1, 2, Infinity, 4, Number.NaN, 6, 7, 8)
      const wanted = [-2, -Infinity, Number.NaN, Number.NaN, Number.NaN, Number.NaN, -2, 7]
      for (const backend of ['js', 'wasm'] as const)
        expect(toNested(correlate(x, [1, 0, -1], { algorithm, backend }))).toEqual(wanted)
      expect(toNested(correlate(x, [1, 0, -1]))).toEqual(wanted)
    },
  )

  test('auto sends an infinity through a kernel of two terms as the definition does', () => {
    const boxes = zeros([9, 9])
    for (const [r, c] of [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j] as const))) {
      boxes.data[9 * r + c] = 1
      boxes.data[9 * (r + 6) + c + 6] = 2
    }
    for (const large of [Infinity, 3e38]) {
      const x = zeros([64, 300])
      x.data.fill(1)
      x.data[30 * 300 + 150] = large
      const [y, truth] = [
        numbers(correlate(x, boxes)),
        numbers(correlate(x, boxes, { algorithm: 'naive' })),
      ]
      expect(y.map(Number.isNaN)).toEqual(truth.map(Number.isNaN))
    }
  })

  test('non-finite weights and borders count too', () => {
    expect(toNested(correlate([0, 1], [Infinity, 1], { mode: 'valid' }))).toEqual([Number.NaN])
    expect(toNested(correlate([1, 1], [1, 1, 1], { boundary: { constant: Infinity } }))).toEqual([
      Infinity,
      Infinity,
    ])
    // The zeros of a border are samples: 0 · ∞ is not a number.
    expect(toNested(correlate([1, 1], [Infinity, 1, 1]))).toEqual([Number.NaN, Infinity])
  })

  test('NaN becomes 0 in an integer result, infinities saturate', () => {
    const x = Float32Array.of(Number.NaN, Infinity, -Infinity, 1)
    expect(toNested(correlate(x, [1], { dtype: 'int16' }))).toEqual([0, 32767, -32768, 1])
  })
})

describe('types', () => {
  const halves = Float32Array.of(-300, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 254.5, 255.5, 70000, -40000)
  test.each([
    ['int8', [-128, -2, -2, 0, 0, 2, 2, 127, 127, 127, -128]],
    ['uint8', [0, 0, 0, 0, 0, 2, 2, 254, 255, 255, 0]],
    ['uint8c', [0, 0, 0, 0, 0, 2, 2, 254, 255, 255, 0]],
    ['int16', [-300, -2, -2, 0, 0, 2, 2, 254, 256, 32767, -32768]],
    ['uint16', [0, 0, 0, 0, 0, 2, 2, 254, 256, 65535, 0]],
    ['int32', [-300, -2, -2, 0, 0, 2, 2, 254, 256, 70000, -40000]],
  ] as const)('%s rounds half to even and saturates', (dtype, wanted) => {
    for (const backend of ['js', 'wasm'] as const) {
      const y = correlate(halves, Float32Array.of(1), { dtype, backend })
      expect(y.dtype).toBe(dtype)
      expect(numbers(y)).toEqual(wanted)
    }
  })

  test('results have the type in which the sums are formed', () => {
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
    'out is written and nothing else of its buffer, on %s',
    (backend) => {
      const [x, k] = [whole([7, 9], 1), whole([3, 3], 2)]
      const wanted = numbers(correlate(x, k))
      for (const [strides, offset] of [
        [[9, 1], 5],
        [[40, 3], 11],
        [[-9, -1], 80],
        [[1, 7], 4],
      ] as const) {
        const data = new Float32Array(300).fill(77)
        const out = ndarray(data, [7, 9], { strides, offset })
        expect(correlate(x, k, { out, backend })).toBe(out)
        expect(numbers(out)).toEqual(wanted)
        const written = new Set(
          wanted.map((_, i) => offset + Math.floor(i / 9) * strides[0] + (i % 9) * strides[1]),
        )
        expect(data.every((v, i) => written.has(i) || v === 77)).toBe(true)
      }
    },
  )

  test('no argument is changed', () => {
    const [x, w, bias] = [whole([2, 4, 6, 6], 1), whole([4, 2, 3, 3], 2), whole([4], 3)]
    const options = Object.freeze({ groups: 2, padding: 1, bias, stride: Object.freeze([1, 2]) })
    const before = [x, w, bias].map((a) => a.data.slice())
    conv2d(x, w, options)
    conv2d(x, w, { ...options, algorithm: 'im2col' })
    expect([x, w, bias].map((a) => a.data)).toEqual(before)
  })

  test('an array as out that cannot be one', () => {
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

  test('a limit of memory holds', () => {
    const [x, w] = [whole([1, 8, 20, 20], 1), whole([8, 8, 3, 3], 2)]
    const error = failure(() => conv2d(x, w, { memoryLimit: 10, backend: 'wasm' }))
    expect(error.name).toBe('UnavailableError')
    expect(error.message).toMatch(/\d/)
    expect(
      failure(() => conv2d(x, w, { memoryLimit: 10, algorithm: 'im2col', backend: 'js' })).message,
    ).toContain('im2col')
    // Bytes have to be converted, wherever it runs: the figure in the message is enough.
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
    expect(numbers(conv2d(x, w, { memoryLimit: 0 }))).toEqual(numbers(conv2d(x, w)))
    const free = plan('conv2d', x.shape, w.shape, { memoryLimit: 0 })
    expect([free.backend, free.workspaceBytes]).toEqual(['js', 0])
    const limited = plan('conv2d', x.shape, w.shape, { memoryLimit: 20_000 })
    expect(limited.workspaceBytes).toBeLessThanOrEqual(20_000)
  })

  test.each(['ordinary', 'backend'] as const)(
    'something always fits, whatever the limit, arrays in %s memory',
    (memory) => {
      // Programs take more than their loops say where weights are packed: with some limits the
      // first choice does not fit once it is compiled.
      const shape = [1, 32, 14, 14]
      const [x, w] = [whole(shape, 1), whole([32, 32, 3, 3], 2)]
      // Whole numbers: what Winograd rounds on its way is far below a half.
      const rounded = (y: library.NdArray): number[] => Array.from(y.data, (v) => Math.round(v) + 0)
      const truth = rounded(conv2d(x, w, { padding: 1, algorithm: 'naive' }))
      const placed = (a: library.NdArray<Float32Array>) =>
        memory === 'backend' ? ndarray(a.data, a.shape, { memory }) : a
      const [input, kernel, out] = [placed(x), placed(w), placed(whole(shape, 3))]
      for (
        let memoryLimit = 1000;
        memoryLimit < 1e6;
        memoryLimit = Math.round(memoryLimit * 1.15)
      ) {
        const p = plan('conv2d', x.shape, w.shape, { padding: 1, memoryLimit })
        expect(p.workspaceBytes).toBeLessThanOrEqual(memoryLimit)
        expect(rounded(p.runSync(input, kernel, out))).toEqual(truth)
        p.dispose()
      }
    },
  )

  test('spectra that leave the cache between tiles are priced for every tile', () => {
    // Measured on Node 24: 5.0 ms, most of it for 19.5 MB of spectra that each of a few tiles reads
    // (and 3.8 ms by strides).
    const { candidates } = plan('conv2d', [1, 3, 224, 224], [64, 3, 7, 7], {
      stride: 2,
      padding: 3,
      backend: 'wasm',
    })
    const fft = candidates.find((each) => each.algorithm === 'fft')!
    expect(fft.workspaceBytes).toBeGreaterThan(19e6)
    expect(fft.milliseconds).toBeGreaterThan(4.5)
  })

  test('a changed weight between two calls is noticed', () => {
    const x = whole([1, 3, 8, 8], 1)
    const w = whole([4, 3, 3, 3], 2)
    const p = plan('conv2d', x.shape, w.shape)
    for (const i of [0, 107, 50]) {
      const before = numbers(conv2d(x, w))
      expect(numbers(p.runSync(x, w))).toEqual(before)
      w.data[i]! += 5
      const truth = numbers(conv2d(x, w, { algorithm: 'naive', backend: 'js' }))
      expect(truth).not.toEqual(before)
      expect(numbers(conv2d(x, w))).toEqual(truth)
      expect(numbers(p.runSync(x, w))).toEqual(truth)
    }
    p.dispose()
    const smooth = Float32Array.from(
      { length: 225 },
      (_, i) => (1 + (i % 15)) * (1 + Math.floor(i / 15)),
    )
    const image = whole([64, 64], 3)
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

test('both doors give the same', async () => {
  const [x, w] = [whole([1, 4, 6, 7], 1), whole([4, 2, 3, 3], 2)]
  const options = { groups: 2, padding: 1, boundary: 'wrap', stride: 2 } as const
  expect(await promises.conv2d(x, w, options)).toEqual(conv2d(x, w, options))
  const [image, k] = [whole([9, 8], 3), whole([3, 2], 4)]
  expect(await promises.convolve(image, k, { mode: 'full' })).toEqual(
    convolve(image, k, { mode: 'full' }),
  )
  expect(await promises.correlate(image, k)).toEqual(correlate(image, k))
  const [line, lineWeight] = [whole([1, 2, 9], 5), whole([3, 2, 3], 6)]
  expect(await promises.conv1d(line, lineWeight)).toEqual(conv1d(line, lineWeight))
  const [volume, volumeWeight] = [whole([1, 2, 4, 4, 4], 5), whole([3, 2, 2, 2, 2], 6)]
  expect(await promises.conv3d(volume, volumeWeight)).toEqual(conv3d(volume, volumeWeight))
  await expect(promises.conv2d(x, w, { algorithm: 'separable', groups: 2 })).rejects.toMatchObject({
    code: 'ALGORITHM_REFUSED',
  })
  await expect(promises.correlate(image, k, { signal: AbortSignal.abort() })).rejects.toThrow()
  expect(Object.keys(promises).sort()).toEqual(Object.keys(library).sort())
})

describe('plan', () => {
  const [x, w] = [whole([1, 4, 9, 9], 1), whole([6, 4, 3, 3], 2)]

  test('shows what was chosen, and why not the others', () => {
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

  test('runs as the call does, as a promise too, into out too', async () => {
    const p = plan('conv2d', x.shape, w.shape, { padding: 1 })
    const wanted = conv2d(x, w, { padding: 1 })
    expect(p.runSync(x, w)).toEqual(wanted)
    expect(await p.run(x, w)).toEqual(wanted)
    const out = zeros(wanted.shape)
    expect(p.runSync(x, w, out)).toBe(out)
    expect(numbers(out)).toEqual(numbers(wanted))
    await expect(p.run(x, whole([6, 4, 3, 2], 1))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' })
    expect(failure(() => p.runSync(x)).code).toBe('KERNEL_MISSING')
  })

  test('prepared weights are those of the moment of preparing', () => {
    const p = plan('conv2d', x.shape, w.shape, { padding: 1 })
    const wanted = numbers(conv2d(x, w, { padding: 1 }))
    const own = ndarray(w.data.slice(), w.shape)
    const ready = p.prepare(own)
    expect(numbers(ready.runSync(x))).toEqual(wanted)
    own.data.fill(0)
    expect(numbers(ready.runSync(x))).toEqual(wanted)
    expect(numbers(p.runSync(x, own))).toEqual(wanted.map(() => 0))
    expect(numbers(ready.runSync(x))).toEqual(wanted)
  })

  test('a plan that was disposed of cannot run', () => {
    const p = plan('conv2d', x.shape, w.shape)
    p.runSync(x, w)
    p.dispose()
    p.dispose()
    expect(failure(() => p.runSync(x, w)).code).toBe('PLAN_DISPOSED')
  })

  test('planCase plans what no call writes, and runs it', () => {
    const p = planCase('1x1x3 * 1x1x2 i2 p1')
    // Zeros between 1, 2, 3 and one at each end: 0 1 0 2 0 3 0, under 10, 1.
    expect(numbers(p.runSync([[[1, 2, 3]]], [[[10, 1]]]))).toEqual([1, 10, 2, 20, 3, 30])
    expect(failure(() => planCase('3 * 2', { scale: 1 } as object)).code).toBe('OPTION_UNKNOWN')
    expect(failure(() => planCase('nonsense')).code).toBe('CASE_INVALID')
  })
})

test("the example in plan's docstring", () => {
  expect(plan('conv2d', [1, 64, 56, 56], [64, 64, 3, 3], { padding: 1 }).algorithm).toBe('winograd')
})
