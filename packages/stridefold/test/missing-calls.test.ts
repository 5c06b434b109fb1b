/**
 * The options of a call with missing samples: channels, types, places of results, threads, limits,
 * and everything that is refused.
 */

import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { isInBackendMemory } from '../src/ndarray/memory.ts'

const { contiguous, convolve, correlate, kernels, slice, toNested, transpose, zeros } = library

/** An array with holes: a share of all samples. */
function withHoles(shape: readonly number[], share: number): library.NdArray<'float32'> {
  const x = zeros(shape)
  let state = 3
  for (let i = 0; i < x.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    x.data[i] = state / 2 ** 32 < share ? NaN : (state >>> 24) / 16
  }
  return x
}

const shares = [0.002, 0.4]
const k = kernels.gaussian({ sigma: 0.7 })
const nan = { missing: 'nan', boundary: 'reflect' } as const

describe.each(shares)('with a share of %d missing', (share) => {
  const x = withHoles([120, 90], share)
  const y = correlate(x, k, nan)

  test('views give what copies give', () => {
    const turned = transpose(contiguous(transpose(x)))
    const wide = zeros([120, 90, 3])
    wide.data.fill(NaN)
    for (let i = 0; i < x.data.length; i++) wide.data[3 * i + 1] = x.data[i]!
    for (const view of [turned, slice(wide, null, null, 1)])
      expect(toNested(correlate(view, k, nan))).toEqual(toNested(y))
    const flipped = correlate(library.flip(x, 0), k, nan)
    const close = toNested(library.flip(flipped, 0)) as number[][]
    for (const [i, row] of close.entries())
      for (const [j, value] of row.entries())
        expect(Math.abs(value - y.data[i * 90 + j]!) < 1e-4 || Number.isNaN(value)).toBe(true)
  })

  test('results lie where the caller wants them', () => {
    const out = zeros([120, 90])
    expect(correlate(x, k, { ...nan, out })).toBe(out)
    expect(out.data).toEqual(y.data)
    const strided = slice(zeros([120, 90, 2]), null, null, 1)
    expect(toNested(correlate(x, k, { ...nan, out: strided }))).toEqual(toNested(y))
    const data = new Float32Array(120 * 90)
    correlate(x, k, { ...nan, out: data })
    expect(data).toEqual(y.data)
    const inBackend = correlate(x, k, { ...nan, memory: 'backend' })
    // A page that is not isolated has none.
    const hasMemory = isInBackendMemory(library.zeros([1], 'float32', { memory: 'backend' }))
    expect(isInBackendMemory(inBackend)).toBe(hasMemory)
    expect(toNested(inBackend)).toEqual(toNested(y))
    inBackend.release()
  })

  test('inputs may lie in backend memory, and stay as they are', () => {
    const inBackend = zeros([120, 90], 'float32', { memory: 'backend' })
    inBackend.data.set(x.data)
    const before = x.data.slice()
    expect(correlate(inBackend, k, nan).data).toEqual(y.data)
    expect(Float32Array.from(inBackend.data)).toEqual(before)
    expect(x.data).toEqual(before)
    inBackend.release()
  })

  test('both entry points, any number of threads, and both backends agree', async () => {
    for (const threads of [1, 2])
      expect((await promises.correlate(x, k, { ...nan, threads })).data).toEqual(y.data)
    const js = correlate(x, k, { ...nan, backend: 'js' })
    for (const [i, value] of y.data.entries())
      expect(
        Number.isNaN(value) ? Number.isNaN(js.data[i]) : Math.abs(js.data[i]! - value) < 1e-4,
      ).toBe(true)
    expect(correlate(x, k, { ...nan, verify: true }).data).toEqual(y.data)
    expect(correlate(x, k, { ...nan, deterministic: true }).shape).toEqual(y.shape)
  })

  test('the type of the result', () => {
    expect(y.dtype).toBe('float32')
    const wide = correlate(x, k, { ...nan, dtype: 'float64' })
    expect(wide.dtype).toBe('float64')
    const narrow = correlate(Float64Array.of(1, NaN, 2), [1, 1], {
      missing: 'nan',
      dtype: 'float32',
    })
    expect(narrow.data).toEqual(Float32Array.of(2, 4, 2))
  })

  test('each channel alone, with one kernel for all or one each', () => {
    const image = zeros([120, 90, 2])
    const other = withHoles([120, 90], share * 1.5)
    for (let i = 0; i < x.data.length; i++) {
      image.data[2 * i] = x.data[i]!
      image.data[2 * i + 1] = other.data[i]!
    }
    const channel = (z: library.NdArray, c: number): unknown => toNested(slice(z, null, null, c))
    const shared = correlate(image, k, { ...nan, channelAxis: -1 })
    const expectSame = (a: unknown, b: unknown): void => {
      const [p, q] = [a, b].map((list) => (list as number[][]).flat())
      p!.forEach((value, i) => {
        expect(Number.isNaN(value) ? Number.isNaN(q![i]) : Math.abs(q![i]! - value) < 1e-4).toBe(
          true,
        )
      })
    }
    expectSame(channel(shared, 0), toNested(y))
    expectSame(channel(shared, 1), toNested(correlate(other, k, nan)))
    const both = zeros([3, 3, 2])
    const [first, second] = [kernels.sobelX(), kernels.gaussian({ size: 3 })]
    for (let i = 0; i < 9; i++) both.data.set([first.data[i]!, second.data[i]!], 2 * i)
    const each = convolve(image, both, { ...nan, channelAxis: -1, bias: 1 })
    expectSame(channel(each, 0), toNested(convolve(x, first, { ...nan, bias: 1 })))
    expectSame(channel(each, 1), toNested(convolve(other, second, { ...nan, bias: 1 })))
  })
})

test('nested numbers keep their digits in float64', () => {
  const y = correlate([0.1, NaN, 0.3], Float64Array.of(1, 1, 1), { missing: 'nan' })
  expect(y.dtype).toBe('float64')
  expect(y.data[0]).toBeCloseTo(0.15, 15)
})

test('integers have a mask, and no NaN', () => {
  const x = Uint8Array.of(10, 255, 20, 30)
  expect(toNested(correlate(x, [1, 1, 1], { missing: 'nan' }))).toEqual([265, 285, 305, 50])
  const y = correlate(x, [1, 1, 1], { missing: [1, 0, 1, 1] })
  expect(toNested(y)).toEqual([15, 45, 75, 50])
})

test('arrays without elements, and kernels of weights that are 0', () => {
  expect(correlate(zeros([0, 5]), [[1]], { missing: 'nan' }).shape).toEqual([0, 5])
  expect(toNested(correlate([1, NaN, 3], [0, 0, 0], { missing: 'nan' }))).toEqual([0, 0, 0])
  // Only the centre has a weight: a hole there has no present sample to stand for it.
  expect(toNested(correlate([1, NaN, 3], [0, 2, 0], { missing: 'nan' }))).toEqual([2, NaN, 6])
})

test('minimumPresent leaves out what would be made of few samples', () => {
  const x = [NaN, NaN, 3, 6, NaN]
  const at = (minimumPresent: number): unknown =>
    toNested(correlate(x, [1, 1, 1], { missing: 'nan', boundary: 'missing', minimumPresent }))
  expect(at(0)).toEqual([NaN, 9, 13.5, 13.5, 18])
  expect(at(0.5)).toEqual([NaN, NaN, 13.5, 13.5, NaN])
  expect(at(1)).toEqual([NaN, NaN, NaN, NaN, NaN])
})

describe('errors', () => {
  const x = [1, NaN, 3]
  const messageOf = (run: () => unknown): string => {
    try {
      run()
    } catch (cause) {
      const isOurs =
        cause instanceof library.OptionError || cause instanceof library.UnavailableError
      if (isOurs) return `${cause.code} ${cause.message}`
      throw cause
    }
    return 'none'
  }
  const missing = 'nan'

  test('an integer type has no NaN', () => {
    for (const given of [{ missing }, { boundary: 'missing' }] as const)
      expect(messageOf(() => correlate(x, [1], { ...given, dtype: 'uint8' }))).toBe(
        "OPTION_CONFLICT correlate: dtype 'uint8' has no NaN, which is the result where too few " +
          "samples are present. Leave dtype out, or use 'float32' or 'float64'.",
      )
  })

  test('values and shapes', () => {
    expect(messageOf(() => correlate(x, [1], { missing: 0 as never }))).toBe(
      "OPTION_INVALID correlate: option 'missing' is 0; it must be 'nan', or an array of the " +
        'shape of the input that is 0 where a sample is missing.',
    )
    expect(messageOf(() => correlate(x, [1], { missing: new Uint8Array(2) }))).toMatch(
      /^SHAPE_MISMATCH correlate: missing is /,
    )
    for (const minimumPresent of [-0.1, 1.1, NaN, '1' as never])
      expect(messageOf(() => correlate(x, [1], { minimumPresent }))).toMatch(
        /^OPTION_INVALID correlate: option 'minimumPresent' is .*; it must be a number from 0 to 1/,
      )
    expect(messageOf(() => correlate(x, [1], { missing, boundary: 'mising' as never }))).toMatch(
      /^OPTION_INVALID .* must be 'missing', 'zero'/,
    )
    expect(messageOf(() => correlate(x, [1], { boundary: ['missing', 'zero'] }))).toMatch(
      /^AXES_MISMATCH/,
    )
  })

  test('out must not overlap an operand', () => {
    const data = Float32Array.of(1, NaN, 3)
    const mask = Float32Array.of(1, 0, 1)
    expect(messageOf(() => correlate(data, [1], { missing, out: data }))).toMatch(/^OUT_OVERLAPS/)
    expect(messageOf(() => correlate(x, [1], { missing: mask, out: mask }))).toMatch(
      /^OUT_OVERLAPS/,
    )
  })

  test('the limit of the memory holds', () => {
    expect(messageOf(() => correlate(x, [1, 1], { missing, memoryLimit: 8 }))).toMatch(
      /^MEMORY_LIMIT correlate cannot compute with missing samples within memoryLimit 8/,
    )
  })

  test('a signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    expect(() => correlate(x, [1], { missing, signal })).toThrow('enough')
    await expect(promises.correlate(x, [1], { missing, signal })).rejects.toThrow('enough')
    const wide = withHoles([400, 400], 0.3)
    const later = new AbortController()
    const running = promises.correlate(wide, kernels.gaussian({ sigma: 3 }), {
      ...{ missing, signal: later.signal },
    })
    later.abort(new Error('late'))
    await expect(running).rejects.toThrow('late')
  })

  test('a promise without these options is a plain call, also of bytes', async () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const { data } = await promises.correlate(bytes, [1, 1], { mode: 'valid', dtype: 'uint8' })
    expect([...data]).toEqual([3, 5])
  })

  test('a promise rejects', async () => {
    await expect(promises.correlate(x, [1], { missing: [1] })).rejects.toThrow('missing')
  })

  test('plans, geometries, layers, gradients and matrices have no missing samples', () => {
    const options = { missing } as object
    const layer = [zeros([1, 1, 4]), zeros([1, 1, 2]), options] as const
    for (const run of [
      () => library.plan('correlate', [3], [1], options),
      () => library.geometry('correlate', [3], [1], options),
      () => library.outputShape('convolve', [3], [1], options),
      () => library.conv1d(...layer),
      () => library.convTranspose1d(...layer),
      () => library.convBiasGradient(zeros([1, 1, 4]), options),
      () => library.im2col(x, [1], options),
      () => library.toeplitz([1], [3], options),
    ])
      expect(messageOf(run)).toMatch(
        /^OPTION_UNKNOWN .*'missing'\. It is an option of the calls convolve and correlate/,
      )
    const border = { boundary: 'missing' } as object
    for (const run of [
      () => library.plan('correlate', [3], [1], border),
      () => library.conv1d(zeros([1, 1, 4]), zeros([1, 1, 2]), border),
      () => library.im2col(x, [1], border),
    ])
      expect(messageOf(run)).toMatch(/^OPTION_INVALID .*'missing' is a border of the calls/)
  })
})
