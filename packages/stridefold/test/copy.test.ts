/**
 * Does `copy` give the same result as a loop over single elements, for random views of all dtypes?
 * Does `overlaps` find views that share memory?
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copy, overlaps } from '../src/ndarray/copy.ts'
import { ndarray, zeros } from '../src/ndarray/create.ts'
import { dtypes, toDType } from '../src/ndarray/dtype.ts'
import { toNested } from '../src/ndarray/interop.ts'
import { type NdArray, view } from '../src/ndarray/ndarray.ts'
import { flip, type Range, reshape, slice, transpose } from '../src/ndarray/views.ts'
import { asStrided, slidingWindows } from '../src/ndarray/windows.ts'
import { dtypeNames, elementAt, indices, shapes, spreadView, values } from './random-views.ts'

describe('copy', () => {
  /** Halves, the limits of every range, and numbers outside them. */
  const tiesAndLimits = [
    0.5, 1.5, 2.5, -0.5, -1.5, 126.5, 127.5, -128.5, 254.5, 255.5, 65534.5, 40000, -40000, 1e10,
    -1e10, 0.1,
  ]
  const extremes = [...tiesAndLimits, Number.NaN, Infinity, -Infinity, -0]

  test('converts and copies every element to its index, and changes no other memory', () => {
    const dtype = fc.constantFrom(...dtypeNames)
    const pairs = fc.tuple(shapes, dtype, dtype, fc.nat(100)).chain(([shape, from, to, seed]) =>
      fc.tuple(
        spreadView(shape, from, (i) => toDType(extremes[(i * 7 + seed) % extremes.length]!, from)),
        spreadView(shape, to, () => 77),
      ),
    )
    fc.assert(
      fc.property(pairs, ([from, to]) => {
        const source = from.data.slice()
        const expected = to.data.slice()
        for (const index of indices(to.shape)) {
          expected[elementAt(to, index)] = toDType(from.data[elementAt(from, index)]!, to.dtype)
        }
        copy(from, to)
        expect(to.data).toEqual(expected)
        expect(from.data).toEqual(source)
      }),
      { numRuns: 1500 },
    )
  })

  test.each(dtypeNames.flatMap((from) => dtypeNames.map((to) => [from, to] as const)))(
    '%s to %s in long rows',
    (from, to) => {
      const data = dtypes[from].create(64)
      data.forEach((_, i) => {
        data[i] = toDType(extremes[i % extremes.length]!, from)
      })
      const x = ndarray(data, [2, 32])
      const expected = Array.from(data, (value) => toDType(value, to))
      const y = zeros([2, 32], to)
      copy(x, y)
      expect(values(y).map((v) => v + 0)).toEqual(expected.map((v) => v + 0))
      const spaced = slice(zeros([2, 40], to), null, [3, 35])
      copy(x, spaced)
      expect(values(spaced)).toEqual(values(y))
      expect(spaced.data.filter((_, i) => i % 40 < 3 || i % 40 >= 35)).toEqual(
        dtypes[to].create(16),
      )
    },
  )

  test('reads views with zero and negative strides', () => {
    const y = zeros([2, 3], 'uint8')
    copy(ndarray(new Float32Array([1, 2]), [2, 3], { strides: [-1, 0], offset: 1 }), y)
    expect(toNested(y)).toEqual([
      [2, 2, 2],
      [1, 1, 1],
    ])
  })

  test('between overlapping views gives the result of a copy through a third array', () => {
    const forwards = ndarray(Float32Array.from({ length: 40 }, (_, i) => i))
    copy(slice(forwards, [0, 39]), slice(forwards, [1]))
    expect([...forwards.data]).toEqual([0, ...Array.from({ length: 39 }, (_, i) => i)])
    const square = ndarray(new Int16Array([1, 2, 3, 4]), [2, 2])
    copy(transpose(square), square)
    expect(toNested(square)).toEqual([
      [1, 3],
      [2, 4],
    ])
    const bytes = new Uint8Array([1, 2, 3, 4])
    copy(ndarray(bytes), flip(ndarray(bytes)))
    expect([...bytes]).toEqual([4, 3, 2, 1])
  })

  test('plain numbers stay unchanged in float64', () => {
    const y = zeros([2], 'float64')
    copy(ndarray([0.1, 1e300]), y)
    expect([...y.data]).toEqual([0.1, 1e300])
  })

  test('rejects a target with another shape and a read-only target', () => {
    expect(() => copy(zeros([2, 3]), zeros([3, 2]))).toThrow(
      'an array of shape [2,3] cannot be copied to one of shape [3,2]',
    )
    expect(() => copy(zeros([3]), zeros([3, 1]))).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    )
    expect(() => copy(zeros([2, 2]), slidingWindows(zeros([3]), 2))).toThrow(
      expect.objectContaining({ code: 'READ_ONLY' }),
    )
    const written = zeros([3])
    copy(
      ndarray([
        [1, 1],
        [1, 1],
      ]),
      asStrided(written, { shape: [2, 2], strides: [1, 1], writable: true }),
    )
    expect(toNested(written)).toEqual([1, 1, 1])
  })
})

describe('overlaps', () => {
  /** Views of any dtype in one buffer. Element 64 of every view is at byte 2048. */
  const axes = fc.array(
    fc.record({ extent: fc.integer({ min: 0, max: 4 }), stride: fc.integer({ min: -7, max: 7 }) }),
    { maxLength: 3 },
  )
  const windows = fc.record({
    axes,
    dtype: fc.constantFrom(...dtypeNames),
    offset: fc.integer({ min: 64, max: 100 }),
  })

  function bytesOf(x: NdArray): Set<number> {
    const { bytes } = dtypes[x.dtype]
    const starts = indices(x.shape).map((index) => x.data.byteOffset + elementAt(x, index) * bytes)
    return new Set(starts.flatMap((start) => Array.from({ length: bytes }, (_, i) => start + i)))
  }

  test('overlaps is always true for views that share a byte', () => {
    const buffer = new ArrayBuffer(4096)
    let disjointCount = 0
    let detectedDisjoint = 0
    fc.assert(
      fc.property(windows, windows, (first, second) => {
        const [a, b] = [first, second].map(({ axes, dtype, offset }) => {
          const data = dtypes[dtype].create(buffer, 2048 - 64 * dtypes[dtype].bytes, 192)
          const strides = axes.map(({ stride }) => stride)
          return view(
            data,
            axes.map(({ extent }) => extent),
            { strides, offset },
          )
        }) as [NdArray, NdArray]
        const bytesOfB = bytesOf(b)
        const shareBytes = [...bytesOf(a)].some((byte) => bytesOfB.has(byte))
        if (shareBytes) expect(overlaps(a, b)).toBe(true)
        else {
          disjointCount++
          if (!overlaps(a, b)) detectedDisjoint++
        }
        expect(overlaps(b, a)).toBe(overlaps(a, b))
      }),
      { numRuns: 3000 },
    )
    expect(detectedDisjoint / disjointCount).toBeGreaterThan(0.8)
  })

  test('overlaps is false for disjoint parts of one image', () => {
    const image = zeros([8, 10, 4], 'uint8')
    const part = (...ranges: Range[]) => slice(image, ...ranges)
    expect(overlaps(part([0, 4]), part([4, 8]))).toBe(false)
    expect(overlaps(part(null, [0, 5]), part(null, [5, 10]))).toBe(false)
    expect(overlaps(part([4], [0, 5]), part([0, 4], [5]))).toBe(false)
    expect(overlaps(part(null, null, 0), part(null, null, 3))).toBe(false)
    expect(overlaps(part(null, null, [0, 3]), part(null, null, 3))).toBe(false)
    expect(overlaps(part([0, null, 2]), part([1, null, 2]))).toBe(false)
    expect(overlaps(part(null, [0, null, 2]), part(null, [1, null, 2]))).toBe(false)
    expect(overlaps(part(null, [0, 6]), part(null, [5, 10]))).toBe(true)
    expect(overlaps(part(null, null, [0, 3]), part(null, null, [2, 4]))).toBe(true)
    expect(overlaps(image, flip(image))).toBe(true)
    expect(overlaps(image, zeros([8, 10, 4], 'uint8'))).toBe(false)
    expect(overlaps(part([3, 3]), image)).toBe(false)
    expect(overlaps(reshape(image, [-1]), ndarray(new Float32Array(image.data.buffer)))).toBe(true)
  })
})
