/**
 * Does `filterImage` filter images of bytes as its documentation says? Every option is compared
 * with the definition, pixel by pixel in float64.
 */

import * as promises from 'stridefold'
import { filterImage, kernels, ndarray, OptionError } from 'stridefold/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sourceIndex } from '../src/geometry/boundary.ts'
import { blur, type Rows, sharpen, sobelX, sobelY, wide } from './image-kernels.ts'

interface Picture {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** Bytes that look random; alpha has transparent and opaque parts. */
function picture(width: number, height: number, channels: number, opaque = false): Picture {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const isAlpha = channels % 2 === 0 && i % channels === channels - 1
    if (!isAlpha) return (i * i * 31 + i * 17) % 256
    return opaque ? 255 : [0, 40, 255, 255, 130][Math.floor(i / channels) % 5]!
  })
  return { data, width, height }
}

/** One channel of the correlation, for any numbers. */
function filtered(
  at: (row: number, column: number) => number,
  { width, height }: Picture,
  k: Rows,
  border: 'reflect' | 'zero' | 'wrap' = 'reflect',
): number[] {
  const [top, left] = [k, k[0]!].map(({ length }) => Math.floor((length - 1) / 2)) as [
    number,
    number,
  ]
  return Array.from({ length: width * height }, (_, pixel) => {
    let sum = 0
    for (const [i, row] of k.entries()) {
      for (const [j, weight] of row.entries()) {
        const y = sourceIndex(Math.floor(pixel / width) + i - top, height, border)
        const x = sourceIndex((pixel % width) + j - left, width, border)
        sum += weight * (y < 0 || x < 0 ? 0 : at(y, x))
      }
    }
    return sum
  })
}

const sampleOf =
  ({ data, width }: Picture, channels: number, c: number) =>
  (row: number, column: number): number =>
    data[(row * width + column) * channels + c]!

/** Half to even, saturated, as bytes are stored. */
const toByte = (value: number): number => Uint8ClampedArray.of(value)[0]!

/** Values that are close to a tie may round either way. */
function expectBytes(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) {
    const isTie = Math.abs(value - Math.floor(value) - 0.5) < 1e-3
    const difference = Math.abs(actual[i]! - toByte(value))
    expect(difference, `sample ${i}: ${actual[i]} for ${value}`).toBeLessThanOrEqual(isTie ? 1 : 0)
  }
}

/** The samples of a result whose channel c is `planes[c]`. */
const interleaved = (planes: readonly (readonly number[])[]): number[] =>
  planes[0]!.flatMap((_, pixel) => planes.map((plane) => plane[pixel]!))

const countClipped = (values: readonly number[]): number =>
  values.filter((v) => !(v >= -0.5 && v < 255.5)).length

describe.each([1, 2, 3, 4])('%i channels', (channels) => {
  const image = picture(11, 7, channels)
  const colours = channels - 1 + (channels % 2)
  const hasAlpha = channels % 2 === 0
  const plane = (c: number): number[] => filtered(sampleOf(image, channels, c), image, [[1]])
  const colourPlanes = (k: Rows): number[][] =>
    Array.from({ length: colours }, (_, c) => filtered(sampleOf(image, channels, c), image, k))
  const withAlpha = (planes: readonly (readonly number[])[]): number[] =>
    interleaved(hasAlpha ? [...planes, plane(channels - 1)] : planes)

  test.each([
    ['a blur', blur],
    ['a sharpening kernel', sharpen],
    ['a derivative', sobelX],
    ['an even kernel', wide],
  ])('%s keeps alpha, and counts what is clipped', (_, k) => {
    const result = filterImage(image, k)
    const planes = colourPlanes(k)
    expectBytes(result.data, withAlpha(planes))
    expect(result).toMatchObject({ width: 11, height: 7, clipped: countClipped(planes.flat()) })
    expect(result.data).toBeInstanceOf(Uint8ClampedArray)
  })

  test('abs, offset and minmax show negative results', () => {
    const planes = colourPlanes(sobelX)
    const map = (f: (v: number) => number): number[][] => planes.map((p) => p.map(f))
    const abs = filterImage(image, sobelX, { output: 'abs' })
    expectBytes(abs.data, withAlpha(map(Math.abs)))
    expect(abs.clipped).toBe(countClipped(map(Math.abs).flat()))
    expectBytes(
      filterImage(image, sobelX, { output: 'offset' }).data,
      withAlpha(map((v) => v + 128)),
    )
    const [low, high] = [Math.min(...planes.flat()), Math.max(...planes.flat())]
    const minmax = filterImage(image, sobelX, { output: 'minmax' })
    expectBytes(minmax.data, withAlpha(map((v) => ((v - low) / (high - low)) * 255)))
    expect(minmax.clipped).toBe(0)
    const flat = { ...image, data: new Uint8Array(image.data.length).fill(9) }
    const { data } = filterImage(flat, sobelX, { output: 'minmax', channels: 'sum' })
    expectBytes(
      data,
      Array.from(flat.data, (v, i) => (hasAlpha && i % channels === colours ? v : 0)),
    )
  })

  test('the sum of the colours is in each of them', () => {
    const sums = colourPlanes(sharpen).reduce((a, b) => a.map((v, i) => v + b[i]!))
    const planes = Array.from({ length: colours }, () => sums)
    expectBytes(filterImage(image, sharpen, { channels: 'sum' }).data, withAlpha(planes))
  })

  test('several kernels become one', () => {
    const [gx, gy] = [colourPlanes(sobelX), colourPlanes(sobelY)]
    const both = (f: (a: number, b: number) => number): number[] =>
      withAlpha(gx.map((p, c) => p.map((v, i) => f(v, gy[c]![i]!))))
    const pair = [sobelX, sobelY]
    expectBytes(filterImage(image, pair, { combine: 'magnitude' }).data, both(Math.hypot))
    expectBytes(filterImage(image, pair, { combine: 'max' }).data, both(Math.max))
    expectBytes(
      filterImage(image, [ndarray(sobelX), ndarray(sobelY)], { combine: 'sum' }).data,
      both((a, b) => a + b),
    )
    expectBytes(
      filterImage(image, [sobelX], { combine: 'magnitude' }).data,
      withAlpha(gx.map((p) => p.map(Math.abs))),
    )
  })

  test('one kernel per channel', () => {
    const k = ndarray(
      Float32Array.from({ length: 9 * colours }, (_, i) => ((i * 5) % 7) - 3),
      [3, 3, colours],
    )
    const of = (c: number): Rows =>
      [0, 1, 2].map((i) => [0, 1, 2].map((j) => k.data[(i * 3 + j) * colours + c]!))
    const planes = Array.from({ length: colours }, (_, c) =>
      filtered(sampleOf(image, channels, c), image, of(c)),
    )
    expectBytes(filterImage(image, k).data, withAlpha(planes))
    const sums = planes.reduce((a, b) => a.map((v, i) => v + b[i]!))
    expectBytes(filterImage(image, k, { channels: 'sum' }).data, withAlpha(planes.map(() => sums)))
  })

  test('borders, and the asynchronous call', async () => {
    const planes = Array.from({ length: colours }, (_, c) =>
      filtered(sampleOf(image, channels, c), image, wide, 'zero'),
    )
    const result = await promises.filterImage(image, wide, { boundary: 'zero' })
    expectBytes(result.data, withAlpha(planes))
    expect(filterImage(image, wide, { boundary: ['wrap', 'edge'] }).data).not.toEqual(result.data)
  })
})

test('a constant outside that is no byte may be clipped, also by a blur', () => {
  const image = { data: Uint8Array.of(9, 9, 9, 9), width: 4, height: 1 }
  const box = [[0.25, 0.5, 0.25]]
  const [high, low] = [2000, -30].map((constant) =>
    filterImage(image, box, { boundary: ['edge', { constant }] }),
  )
  expect(high).toMatchObject({ data: Uint8ClampedArray.of(255, 9, 9, 255), clipped: 2 })
  expect(low).toMatchObject({ data: Uint8ClampedArray.of(0, 9, 9, 0), clipped: 2 })
})

describe('alpha', () => {
  const image = picture(9, 8, 4)
  const alpha = sampleOf(image, 4, 3)

  test('alpha is cut at 0 and 255, also where colours are shown as magnitudes', () => {
    const pixel = { data: Uint8Array.of(9, 0, 0, 100), width: 1, height: 1 }
    const { data, clipped } = filterImage(pixel, [[-1]], { alpha: 'filter', output: 'abs' })
    expect([[...data], clipped]).toEqual([[9, 0, 0, 0], 1])
  })

  test('filter: like a colour', () => {
    const planes = [0, 1, 2, 3].map((c) => filtered(sampleOf(image, 4, c), image, sharpen))
    const result = filterImage(image, sharpen, { alpha: 'filter' })
    expectBytes(result.data, interleaved(planes))
    expect(result.clipped).toBe(countClipped(planes.flat()))
    const sums = planes[0]!.map((v, i) => v + planes[1]![i]! + planes[2]![i]!)
    expectBytes(
      filterImage(image, sharpen, { alpha: 'filter', channels: 'sum' }).data,
      interleaved([sums, sums, sums, planes[3]!]),
    )
  })

  test('premultiply: no colour of invisible pixels appears', () => {
    const weights = filtered(alpha, image, blur)
    const planes = [0, 1, 2].map((c) => {
      const colour = sampleOf(image, 4, c)
      return filtered((y, x) => colour(y, x) * alpha(y, x), image, blur).map((v, i) =>
        weights[i]! >= 0.5 ? v / weights[i]! : 0,
      )
    })
    expectBytes(
      filterImage(image, blur, { alpha: 'premultiply' }).data,
      interleaved([...planes, weights]),
    )
    // A red disc on transparent green: its rim stays red.
    const data = new Uint8Array(4 * 9 * 9)
    for (let i = 0; i < 81; i++)
      data.set(
        Math.hypot((i % 9) - 4, Math.floor(i / 9) - 4) < 3 ? [255, 0, 0, 255] : [0, 255, 0, 0],
        4 * i,
      )
    const disc = filterImage({ data, width: 9, height: 9 }, blur, { alpha: 'premultiply' })
    for (let i = 0; i < 81; i++) if (disc.data[4 * i + 3]! > 0) expect(disc.data[4 * i + 1]).toBe(0)
    const green = filterImage({ data, width: 9, height: 9 }, blur)
    expect(green.data.filter((v, i) => i % 4 === 3 && v !== data[i])).toHaveLength(0)
  })

  test('an opaque image stays opaque, and has the same colours in every mode', () => {
    const opaque = picture(9, 8, 4, true)
    const kept = filterImage(opaque, blur)
    expect(kept.data.filter((v, i) => i % 4 === 3 && v !== 255)).toHaveLength(0)
    for (const mode of ['filter', 'premultiply'] as const)
      expect(
        filterImage(opaque, blur, { alpha: mode }).data.every(
          (v, i) => Math.abs(v - kept.data[i]!) <= 1,
        ),
      ).toBe(true)
  })

  test('an image that is not aligned in memory', () => {
    const shifted = new Uint8Array(image.data.length + 3).subarray(3)
    shifted.set(image.data)
    expect(filterImage({ ...image, data: shifted }, blur).data).toEqual(
      filterImage(image, blur).data,
    )
  })
})

describe('ImageData', () => {
  const scope = globalThis as { ImageData?: unknown }
  const original = scope.ImageData

  /** What Node lacks: the part of ImageData that a result needs. */
  class StandIn {
    readonly [Symbol.toStringTag] = 'ImageData'
    readonly colorSpace: string
    readonly data: Uint8ClampedArray
    readonly width: number
    readonly height: number
    constructor(
      data: Uint8ClampedArray,
      width: number,
      height: number,
      settings: { colorSpace: string },
    ) {
      this.data = data
      this.width = width
      this.height = height
      this.colorSpace = settings.colorSpace
    }
  }

  beforeAll(() => {
    scope.ImageData ??= StandIn
  })
  afterAll(() => {
    scope.ImageData = original
  })

  test('gives ImageData with its colour space', async () => {
    const { data } = picture(6, 5, 4)
    const image = new ImageData(Uint8ClampedArray.from(data), 6, 5, { colorSpace: 'display-p3' })
    for (const result of [
      filterImage(image, sobelX),
      filterImage(image, blur),
      await promises.filterImage(image, kernels.gaussian()),
    ]) {
      expect(result).toBeInstanceOf(ImageData)
      expect(result).toMatchObject({ width: 6, height: 5, colorSpace: 'display-p3' })
      expect(result.clipped).toBeGreaterThanOrEqual(0)
      expect(result).not.toBe(image)
    }
  })
})

describe('arguments that are not valid', () => {
  const image = picture(4, 3, 4)
  // Arguments are wrong on purpose, so they are not typed.
  const call = filterImage as (...given: unknown[]) => unknown

  test.each<readonly [string, string, ...unknown[]]>([
    ['PICTURE_INVALID', 'ImageData', undefined, blur],
    ['PICTURE_INVALID', '4×3 with 47 samples', { ...image, data: new Uint8Array(47) }, blur],
    ['PICTURE_INVALID', '4×3 with 60 samples', { ...image, data: new Uint8Array(60) }, blur],
    ['PICTURE_INVALID', 'Uint8Array', { ...image, data: new Float32Array(48) }, blur],
    ['PICTURE_INVALID', 'whole numbers', { ...image, width: 2.5 }, blur],
    ['RANK_MISMATCH', 'rank 1', image, [1, 2, 1]],
    ['CHANNELS_MISMATCH', '2 channels', image, ndarray(new Float32Array(18), [3, 3, 2])],
    ['OPTION_CONFLICT', 'combine', image, [sobelX, sobelY]],
    ['OPTION_CONFLICT', 'combine', image, [blur], { combine: 'sum', alpha: 'premultiply' }],
    ['OPTION_CONFLICT', 'sums to 0', image, sobelX, { alpha: 'premultiply' }],
    ['OPTION_INVALID', "alpha is 'drop'", image, blur, { alpha: 'drop' }],
    ['OPTION_INVALID', "output is 'wrap'", image, blur, { output: 'wrap' }],
    ['OPTION_INVALID', "'boundary' is 'mirror'", image, blur, { boundary: 'mirror' }],
    ['OPTION_UNKNOWN', "no option 'dtype'", image, blur, { dtype: 'float32' }],
    ['OPTION_UNKNOWN', "no option 'stride'", image, blur, { stride: 2 }],
    ['OPTION_UNKNOWN', "Did you mean 'output'", image, blur, { ouput: 'abs' }],
  ])('%s: %s', (code, text, ...given) => {
    let error: unknown
    try {
      call(...given)
    } catch (cause) {
      error = cause
    }
    expect(error).toBeInstanceOf(OptionError)
    expect((error as OptionError).code).toBe(code)
    expect((error as Error).message).toContain(text)
  })

  test('premultiply without alpha is ignored, also for a derivative', () => {
    const grey = picture(4, 3, 1)
    expect(filterImage(grey, sobelX, { alpha: 'premultiply' }).data).toEqual(
      filterImage(grey, sobelX).data,
    )
  })
})
