/**
 * Does `filterImage` leave missing pixels out? Every channel of every option is compared with the
 * definition in float64.
 */

import * as promises from 'stridefold'
import { correlate, filterImage, ndarray, OptionError } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { blur, type Rows, sharpen, sobelX, sobelY, wide } from './image-kernels.ts'
import { definedResults } from './missing-definition.ts'

const [width, height] = [11, 8]
const pixels = width * height

/** Bytes that look random; alpha has transparent and opaque parts. */
const bytesOf = (channels: number): Uint8Array =>
  Uint8Array.from({ length: pixels * channels }, (_, i) => {
    const isAlpha = channels % 2 === 0 && i % channels === channels - 1
    return isAlpha
      ? [0, 40, 255, 255, 130][Math.floor(i / channels) % 5]!
      : (i * i * 31 + i * 17) % 256
  })

/** A cloud that is wider than the kernels, and some dead pixels. */
const cloud = Array.from({ length: pixels }, (_, i) => {
  const [row, column] = [Math.floor(i / width), i % width]
  const isCloud = row < 6 && column > 4
  return isCloud || i % 13 === 5 ? 0 : 1
})
/** One dead pixel: the way of few missing samples. */
const dead = cloud.map((_, i) => (i === 38 ? 0 : 1))

interface Where {
  readonly mask: readonly number[]
  readonly border: string
  readonly minimumPresent?: number
}

/** One channel by the definition: NaN where there is no result. */
function defined(plane: readonly number[], k: Rows, where: Where): number[] {
  const { mask, border, minimumPresent = 0 } = where
  const axis = (n: number, taps: number): Parameters<typeof definedResults>[0]['axes'][0] => ({
    ...{ input: n, output: n, taps, stride: 1, dilation: 1, border },
    before: Math.floor((taps - 1) / 2),
  })
  return definedResults({
    axes: [axis(height, k.length), axis(width, k[0]!.length)],
    ...{ x: plane, k: k.flat(), flip: false, mask, minimumPresent },
  }).map(({ y }) => y)
}

const planeOf = (data: Uint8Array, channels: number, c: number): number[] =>
  Array.from({ length: pixels }, (_, i) => data[i * channels + c]!)

/** Half to even, saturated. */
const toByte = (value: number): number => Uint8ClampedArray.of(value)[0]!

/** Pixel by pixel: those in which a plane is NaN are 0. Sums next to a tie may round either way. */
function expectPlanes(actual: ArrayLike<number>, planes: readonly (readonly number[])[]): number {
  expect(actual).toHaveLength(pixels * planes.length)
  let empty = 0
  for (let i = 0; i < pixels; i++) {
    const isEmpty = planes.some((plane) => Number.isNaN(plane[i]!))
    if (isEmpty) empty++
    for (const [c, plane] of planes.entries()) {
      const value = isEmpty ? 0 : plane[i]!
      const isTie = Math.abs(value - Math.floor(value) - 0.5) < 1e-3
      const difference = Math.abs(actual[i * planes.length + c]! - toByte(value))
      expect(difference, `pixel ${i}, channel ${c}: ${value}`).toBeLessThanOrEqual(isTie ? 1 : 0)
    }
  }
  return empty
}

const allBorders = ['reflect', 'missing', 'wrap', 'zero'] as const

describe.each([1, 2, 3, 4])('%i channels', (channels) => {
  const data = bytesOf(channels)
  const image = { data, width, height }
  const colours = channels - 1 + (channels % 2)
  const plane = (c: number): number[] => planeOf(data, channels, c)
  const colourPlanes = (k: Rows, where: Where): number[][] =>
    Array.from({ length: colours }, (_, c) => defined(plane(c), k, where))
  const withAlpha = (planes: number[][]): number[][] =>
    channels === colours ? planes : [...planes, plane(colours)]

  test.each([
    ['a blur', blur],
    ['a sharpening kernel', sharpen],
    ['a derivative', sobelX],
    ['an even kernel', wide],
  ])('%s, in every border', async (_, k) => {
    for (const border of allBorders) {
      for (const mask of [cloud, dead]) {
        const options = { missing: Uint8Array.from(mask), boundary: border }
        const result = filterImage(image, k, options)
        const planes = colourPlanes(k, { mask, border })
        const empty = expectPlanes(result.data, withAlpha(planes))
        // The cloud has an inside without a result, except that a constant is outside it.
        expect(empty > 0).toBe(mask === cloud)
        const unfit = planes.flat().filter((value) => !(value >= -0.5 && value < 255.5))
        expect(result.clipped).toBe(unfit.length)
        const later = await promises.filterImage(image, k, options)
        expect(later.data).toEqual(result.data)
      }
    }
  })

  test('only pixels outside are missing', () => {
    const where = { mask: cloud.map(() => 1), border: 'missing' }
    for (const k of [blur, sharpen])
      expectPlanes(
        filterImage(image, k, { boundary: 'missing' }).data,
        withAlpha(colourPlanes(k, where)),
      )
  })

  test('minimumPresent', () => {
    const where = { mask: cloud, border: 'missing', minimumPresent: 0.5 }
    const options = { missing: cloudRows(), boundary: 'missing', minimumPresent: 0.5 } as const
    const empty = expectPlanes(
      filterImage(image, blur, options).data,
      withAlpha(colourPlanes(blur, where)),
    )
    expect(empty).toBeGreaterThan(pixels / 4)
  })

  test('the sum of the colours, and of one kernel for each', () => {
    const where = { mask: cloud, border: 'reflect' }
    const options = { missing: cloudRows(), channels: 'sum' } as const
    const sumOf = (planes: number[][]): number[] =>
      planes.reduce((a, b) => a.map((value, i) => value + b[i]!))
    const same = (sum: number[]): number[][] => Array.from({ length: colours }, () => sum)
    const sum = sumOf(colourPlanes(blur, where))
    expectPlanes(filterImage(image, blur, options).data, withAlpha(same(sum)))
    // A difference of colours: together, the weights of all channels sum to about 0.
    const factors = [1, -0.75, 0.25].slice(0, colours)
    const kernels = factors.map((factor) => blur.map((row) => row.map((w) => w * factor)))
    const each = kernels.map((k, c) => defined(plane(c), k, where))
    const k = ndarray(
      Float32Array.from({ length: 9 * colours }, (_, i) => {
        const tap = Math.floor(i / colours)
        return kernels[i % colours]![Math.floor(tap / 3)]![tap % 3]!
      }),
      [3, 3, colours],
    )
    expectPlanes(filterImage(image, k, options).data, withAlpha(same(sumOf(each))))
    expectPlanes(filterImage(image, k, { missing: cloudRows() }).data, withAlpha(each))
  })

  test('several kernels, and how results are shown', () => {
    const where = { mask: cloud, border: 'edge' }
    const options = { missing: cloudRows(), boundary: 'edge' } as const
    const [gx, gy] = [colourPlanes(sobelX, where), colourPlanes(sobelY, where)]
    const lengths = gx.map((p, c) => p.map((value, i) => Math.hypot(value, gy[c]![i]!)))
    const finite = lengths.flat().filter(Number.isFinite)
    const [low, high] = [Math.min(...finite), Math.max(...finite)]
    const pair = [sobelX, sobelY]
    const strength = filterImage(image, pair, { ...options, combine: 'magnitude' })
    expectPlanes(strength.data, withAlpha(lengths))
    const stretched = { ...options, combine: 'magnitude', output: 'minmax' } as const
    expectPlanes(
      filterImage(image, pair, stretched).data,
      withAlpha(lengths.map((p) => p.map((value) => ((value - low) / (high - low)) * 255))),
    )
    const middle = filterImage(image, sobelX, { ...options, output: 'offset' })
    expectPlanes(middle.data, withAlpha(gx.map((p) => p.map((value) => value + 128))))
  })
})

const cloudRows = (): number[][] =>
  Array.from({ length: height }, (_, row) => cloud.slice(row * width, (row + 1) * width))

describe('alpha', () => {
  const data = bytesOf(4)
  const image = { data, width, height }
  const where = { mask: cloud, border: 'reflect' }
  const planes = [0, 1, 2, 3].map((c) => planeOf(data, 4, c))

  test('filter: it is missing like a colour', () => {
    const result = filterImage(image, sharpen, { alpha: 'filter', missing: cloudRows() })
    expectPlanes(
      result.data,
      planes.map((plane) => defined(plane, sharpen, where)),
    )
  })

  test.each([
    ['a blur', blur],
    ['a sharpening kernel', sharpen],
  ])('premultiply, %s: colours of the present pixels only', (_, k) => {
    const alpha = defined(planes[3]!, k, where)
    const expected = planes.slice(0, 3).map((plane) =>
      defined(
        plane.map((value, i) => (value * planes[3]![i]!) / 255),
        k,
        where,
      ).map((value, i) =>
        Number.isNaN(value) ? NaN : alpha[i]! >= 0.5 ? (value * 255) / alpha[i]! : 0,
      ),
    )
    const result = filterImage(image, k, { alpha: 'premultiply', missing: cloudRows() })
    expectPlanes(result.data, [...expected, alpha])
  })

  test('a disc of one colour keeps it, whatever the missing pixels hold', () => {
    const disc = Uint8Array.from({ length: 4 * pixels }, (_, i) => {
      const pixel = Math.floor(i / 4)
      if (cloud[pixel] === 0) return 77
      const isInside = Math.hypot(Math.floor(pixel / width) - 4, (pixel % width) - 3) < 3
      return isInside ? [200, 100, 50, 255][i % 4]! : 0
    })
    const options = { alpha: 'premultiply', missing: cloudRows() } as const
    const result = filterImage({ data: disc, width, height }, blur, options)
    const hues = new Set<string>()
    for (let i = 0; i < pixels; i++) {
      const [red, green, blue, opacity] = result.data.subarray(4 * i)
      if (opacity! > 0) hues.add(`${red} ${green} ${blue}`)
    }
    expect([...hues]).toEqual(['200 100 50'])
  })
})

test('a flat image stays flat under a mask, and missing bytes are not read', () => {
  const data = Uint8Array.from(cloud, (present) => (present === 0 ? 255 : 90))
  const { data: result } = filterImage({ data, width, height }, blur, {
    ...{ missing: cloudRows(), boundary: 'missing' },
  })
  expect(new Set(result)).toEqual(new Set([0, 90]))
})

test('many pixels of a large image: each channel as correlate computes it', () => {
  const size = { width: 321, height: 245 }
  const count = size.width * size.height
  const data = Uint8Array.from({ length: 3 * count }, (_, i) => (i * i * 31 + i * 17) % 256)
  const missing = Uint8Array.from({ length: count }, (_, i) => ((i * 7919) % 10 < 6 ? 0 : 1))
  const box = [0, 1, 2, 3, 4, 5, 6].map(() => [0, 1, 2, 3, 4, 5, 6].map(() => 1 / 49))
  const result = filterImage({ ...size, data }, box, { missing })
  for (const c of [0, 1, 2]) {
    const plane = Uint8Array.from({ length: count }, (_, i) => data[3 * i + c]!)
    const x = ndarray(plane, [size.height, size.width])
    const options = { missing: ndarray(missing, x.shape), boundary: 'reflect' } as const
    const expected = correlate(x, box, options).data
    const isFar = (value: number, i: number): boolean =>
      Math.abs(value - toByte(value)) < 0.499 && result.data[3 * i + c] !== toByte(value)
    expect(expected.filter(isFar)).toHaveLength(0)
  }
})

test('one border per axis', () => {
  const data = bytesOf(1)
  const options = { boundary: ['missing', 'wrap'] } as const
  const plane = definedResults({
    axes: [
      {
        input: height,
        output: height,
        taps: 3,
        stride: 1,
        dilation: 1,
        before: 1,
        border: 'missing',
      },
      { input: width, output: width, taps: 3, stride: 1, dilation: 1, before: 1, border: 'wrap' },
    ],
    ...{ x: [...data], k: blur.flat(), flip: false },
  }).map(({ y }) => y)
  expectPlanes(filterImage({ data, width, height }, blur, options).data, [plane])
})

describe('masks that are not valid', () => {
  const image = { data: new Uint8Array(24), width: 4, height: 3 }

  test.each<readonly [string, string, object]>([
    ['OPTION_INVALID', 'bytes have no NaN. Give an array of 3 rows × 4', { missing: 'nan' }],
    ['OPTION_INVALID', "'missing' is 'dark'", { missing: 'dark' }],
    ['OPTION_INVALID', 'from 0 to 1', { missing: new Uint8Array(12), minimumPresent: 2 }],
    ['SHAPE_MISMATCH', '[3,4] (12 elements)', { missing: new Uint8Array(24) }],
    ['SHAPE_MISMATCH', 'missing has shape [4,3]', { missing: ndarray(new Uint8Array(12), [4, 3]) }],
  ])('%s: %s', async (code, text, options) => {
    const expected = expect.objectContaining({ code, message: expect.stringContaining(text) })
    expect(() => filterImage(image, blur, options)).toThrow(OptionError)
    await expect(promises.filterImage(image, blur, options)).rejects.toEqual(expected)
  })
})
