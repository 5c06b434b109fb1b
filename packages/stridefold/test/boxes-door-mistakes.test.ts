/** What do plans of boxes reject, and what do the messages say? */

import { type BoxesPlan, type BoxOptions, planBoxes, type Range } from 'stridefold/boxes'
import { capabilities, close, convolve, correlate, type NdArray } from 'stridefold/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { synchronousBackends as standard } from '../src/backends/list.ts'
import { useBackends } from '../src/runtime/backends.ts'

afterAll(() => close())

/** An error of the caller with this code and such a message. */
const failsWith = (code: string, text: RegExp): Error =>
  expect.objectContaining({
    ...{ name: 'OptionError', code },
    message: expect.stringMatching(text),
  })

describe('planBoxes rejects', () => {
  const given = (options: object, shape: readonly number[] = [8, 9]): Promise<BoxesPlan> =>
    planBoxes('correlate', shape, [[1, 2, 1]], options as BoxOptions)

  test.each([
    [{ strid: 2 }, 'OPTION_UNKNOWN', /Did you mean 'stride'/],
    [{ out: new Float32Array(72) }, 'OPTION_UNKNOWN', /run\(box, samples, \{ out \}\)/],
    [{ memoryLimit: 1e6 }, 'OPTION_UNKNOWN', /bytesOf/],
    [{ tune: 'measure' }, 'OPTION_UNKNOWN', /Name an algorithm/],
    [{ boundary: 'missing' }, 'OPTION_INVALID', /boundary/],
    [{ inputDType: 'int64' }, 'OPTION_INVALID', /inputDType.*'float32'/],
    [{ dtype: 'uint8' }, 'OPTION_INVALID', /outputDType/],
    [{ dtype: 'float32', inputDType: 'float64' }, 'OPTION_CONFLICT', /summed in float64/],
    [{ dtype: 'float32', outputDType: 'int32' }, 'OPTION_CONFLICT', /results of int32/],
    [{ mode: 'same', padding: 1 }, 'OPTION_CONFLICT', /mode/],
    [{ algorithm: 'winograd' }, 'ALGORITHM_REFUSED', /winograd/],
    [{ form: 'strided' }, 'FORM_INVALID', /plan\.form/],
    [{ form: {} }, 'FORM_INVALID', /plan\.form/],
    [{ form: () => 1 }, 'FORM_INVALID', /plan\.form/],
    [{ form: null }, 'FORM_INVALID', /plan\.form/],
    [{ form: { stridefold: '0.1.0', algorithm: 'magic' } }, 'FORM_INVALID', /plan\.form/],
    [{ form: { stridefold: '0.0.9', algorithm: 'fft' } }, 'FORM_MISMATCH', /0\.0\.9/],
  ])('%j', async (options, code, message) => {
    await expect(given(options)).rejects.toThrow(failsWith(code, message))
  })

  test('shapes that are none, and other calls', async () => {
    await expect(given({}, [8, -1])).rejects.toThrow(failsWith('SHAPE_INVALID', /-1/))
    await expect(given({}, [8.5, 9])).rejects.toThrow(failsWith('SHAPE_INVALID', /8\.5/))
    await expect(given({}, [8])).rejects.toThrow(failsWith('RANK_MISMATCH', /rank/))
    await expect(given({ mode: 'valid' }, [8, 2])).rejects.toThrow(
      failsWith('WINDOW_TOO_LARGE', /needs at least/),
    )
    await expect(planBoxes('conv2d' as never, [8, 9], [[1]])).rejects.toThrow(
      failsWith('CALL_UNKNOWN', /'convolve' or 'correlate'/),
    )
  })

  test('a form of another problem, algorithm, backend or engine', async () => {
    const kernel = [[1, 2, 1]]
    const plan = await planBoxes('correlate', [8, 9], kernel, { algorithm: 'strided' })
    const { form } = plan
    const refuses = async (
      shape: readonly number[],
      weights: number[][],
      options: object,
      code = 'FORM_MISMATCH',
    ): Promise<void> => {
      const again = planBoxes('correlate', shape, weights, { form, ...options })
      await expect(again).rejects.toThrow(failsWith(code, /./))
    }
    await refuses([8, 10], kernel, {})
    await refuses([8, 9], [[1, 2, 2]], {})
    await refuses([8, 9], kernel, { boundary: 'edge' })
    await refuses([8, 9], kernel, { boundary: { constant: 1 } })
    await refuses([8, 9], kernel, { inputDType: 'uint8' })
    await refuses([8, 9], kernel, { outputDType: 'uint8' })
    await refuses([8, 9], kernel, { bias: 1 })
    await refuses([8, 9], kernel, { accuracy: 'strict' })
    await refuses([8, 9], kernel, { deterministic: true })
    await refuses([8, 9], kernel, { algorithm: 'fft' }, 'OPTION_CONFLICT')
    if (plan.backend === 'wasm') {
      await refuses([8, 9], kernel, { backend: 'js' }, 'OPTION_CONFLICT')
      const foreign = { ...form, fused: !capabilities().relaxedSimd }
      await refuses([8, 9], kernel, { form: foreign })
    }
    const { form: cuts } = form as { readonly form: object }
    for (const wrong of [
      undefined,
      {},
      { cutKeepsBits: true },
      { ...cuts, reach: [1, 0] },
      { ...cuts, cutKeepsBits: false },
    ])
      await refuses([8, 9], kernel, { form: { ...form, form: wrong } }, 'FORM_INVALID')
    const again = await planBoxes('correlate', [8, 9], kernel, { form, threads: 1 })
    expect(again.form).toEqual(form)
  })

  test('a form whose backend is not there', async () => {
    const { form } = await planBoxes('correlate', [9], [1, 2], { backend: 'js' })
    await close()
    useBackends(standard.filter(({ name }) => name !== 'js'))
    await expect(planBoxes('correlate', [9], [1, 2], { form })).rejects.toThrow(
      expect.objectContaining({ name: 'UnavailableError', code: 'BACKEND_MISSING' }),
    )
    await close()
  })
})

describe('a plan rejects', () => {
  let plan: BoxesPlan
  const samples = new Float32Array(31 * 502)

  beforeAll(async () => {
    const kernel = { data: new Float32Array(25).fill(1), shape: [5, 5] }
    plan = await planBoxes('correlate', [2000, 3000], kernel, { algorithm: 'fft' })
  })

  test.each([
    [undefined, /has no range for each axis: 2 ranges/],
    [[[0, 30]], /has no range for each axis: 2 ranges/],
    [
      [
        [0, 2001],
        [0, 3000],
      ],
      /0 ≤ start < end ≤ 2000/,
    ],
    [
      [
        [0, 2000],
        [3000, 3000],
      ],
      /along axis 1: \[start, end\] with 0 ≤ start < end ≤ 3000/,
    ],
    [
      [
        [0, 2000],
        [-1, 3000],
      ],
      /along axis 1/,
    ],
    [
      [
        [0, 2000],
        [0.5, 3000],
      ],
      /along axis 1/,
    ],
    [[[0, 2000], 'all'], /has 'all' along axis 1/],
    [
      [
        [0, 2000],
        [0, 1, 2],
      ],
      /along axis 1/,
    ],
    [
      [
        [1, 2000],
        [0, 3000],
      ],
      /begins at 1 along axis 0: a multiple of \d+ is needed/,
    ],
    [
      [
        [0, 2000],
        [0, 2999],
      ],
      /ends at 2999 along axis 1: a multiple of \d+, or the end at 3000/,
    ],
  ])('the box %j', async (wrong, message) => {
    const error = failsWith('BOX_INVALID', message)
    expect(() => plan.readsOf(wrong as never)).toThrow(error)
    expect(() => plan.bytesOf(wrong as never)).toThrow(error)
    await expect(plan.run(wrong as never, samples)).rejects.toThrow(error)
  })

  test('a cut along an axis that is not cut', async () => {
    const toeplitz = await planBoxes('correlate', [9, 9], [[1, 2]], { algorithm: 'toeplitz' })
    expect(toeplitz.quantum).toEqual([1, Infinity])
    for (const along of [
      [0, 8],
      [1, 9],
    ] as const) {
      expect(() => toeplitz.readsOf([[0, 9], along])).toThrow(
        failsWith('BOX_INVALID', /the axis is not cut/),
      )
    }
  })

  test('samples of another shape or type, and another out', async () => {
    const small = await planBoxes('correlate', [10, 12], [[1, 2, 3]], { algorithm: 'strided' })
    const whole: Range[] = [
      [2, 10],
      [0, 5],
    ]
    expect(small.readsOf(whole)).toEqual([[[2, 10]], [[0, 6]]])
    const fits = new Float32Array(48)
    await expect(small.run(whole, fits.subarray(1))).rejects.toThrow(
      failsWith('SHAPE_MISMATCH', /samples has shape \[47\], but \[8,6\] \(48 elements\)/),
    )
    await expect(small.run(whole, { data: fits, shape: [6, 8] })).rejects.toThrow(
      failsWith('SHAPE_MISMATCH', /\[8,6\]/),
    )
    await expect(small.run(whole, new Float64Array(48))).rejects.toThrow(
      failsWith('DTYPE_MISMATCH', /samples are float64, but the plan is for float32/),
    )
    await expect(small.run(whole, fits, { out: new Float32Array(39) })).rejects.toThrow(
      failsWith('SHAPE_MISMATCH', /\[8,5\]/),
    )
    await expect(small.run(whole, fits, { out: new Float64Array(40) })).rejects.toThrow(
      failsWith('DTYPE_MISMATCH', /float64/),
    )
    await expect(small.run(whole, fits, { out: fits.subarray(0, 40) })).rejects.toThrow(
      failsWith('OUT_OVERLAPS', /out/),
    )
    await expect(small.run(whole, fits, { ouput: fits } as never)).rejects.toThrow(
      failsWith('OPTION_UNKNOWN', /out/),
    )
    small.dispose()
    await expect(small.run(whole, fits)).rejects.toThrow(
      failsWith('PLAN_DISPOSED', /planBoxes\(\)/),
    )
    expect(small.algorithm).toBe('strided')
  })
})

test('types: those of a call by default, and others that no call has', async () => {
  const kernel = Float64Array.of(0.1, 0.2)
  const bytes = Uint8Array.of(1, 2, 200, 7)
  const plan = await planBoxes('convolve', [4], kernel, { inputDType: 'uint8' })
  expect([plan.inputDType, plan.outputDType]).toEqual(['uint8', 'float64'])
  expect((await plan.run([[0, 4]], bytes)).data).toEqual(convolve(bytes, kernel).data)
  // Nested numbers are those that were written.
  const doubles = await planBoxes('correlate', [3], kernel, { inputDType: 'float64' })
  expect((await doubles.run([[0, 3]], [0.1, 0.2, 0.3])).data).toEqual(
    correlate([0.1, 0.2, 0.3], kernel).data,
  )
  // Sums in float64 with results in float32.
  const mixed = await planBoxes('correlate', [4], Float32Array.of(0.1, 0.2), {
    ...{ inputDType: 'uint8', dtype: 'float64', outputDType: 'float32', mode: 'valid' },
  } as const)
  const found = await mixed.run([[0, 3]], bytes)
  const [a, b] = Float32Array.of(0.1, 0.2)
  expect([...found.data]).toEqual(
    [1 * a! + 2 * b!, 2 * a! + 200 * b!, 200 * a! + 7 * b!].map(Math.fround),
  )
  const numbers: NdArray<'float32'> = found
  expect(numbers.dtype).toBe('float32')
})

test.skipIf(!('Float16Array' in globalThis))('float16 is a type of storage', async () => {
  const { Float16Array: Half } = globalThis as unknown as {
    readonly Float16Array: new (from: number[]) => Float32Array
  }
  const x = new Half(Array.from({ length: 40 }, (_, i) => Math.sin(i)))
  const k = [0.3, 0.4, 0.1]
  const plan = await planBoxes('correlate', [40], k, {
    ...{ inputDType: 'float16', outputDType: 'float16', boundary: 'wrap' },
  } as const)
  const whole = correlate(x as never, k, { dtype: 'float16', boundary: 'wrap' }) as NdArray
  const found = [
    ...(await plan.run([[0, 30]], new Half([...x.slice(0, 31), x[39]!]) as never)).data,
    ...(await plan.run([[30, 40]], new Half([x[0]!, ...x.slice(29)]) as never)).data,
  ]
  expect(found).toEqual([...whole.data])
})
