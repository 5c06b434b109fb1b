/**
 * The picture page without a page: what it computes, against the definition written as loops, and
 * laws that hold for every part of every picture.
 */

import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { kernelByName, kernels } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { cut, filtered, gainOf, haloOf, type Step } from '../src/photo/chain.ts'
import { matrixOf } from '../src/photo/kernel-text.ts'
import { dividedWeights, isFault, weightsOf } from '../src/photo/kernel-weights.ts'
import { parametersOf, partsOf, textOf } from '../src/photo/named-kernel.ts'
import { readPhoto, writePhoto } from '../src/photo/photo-link.ts'
import { memoryPicture, type Picture, regionOf } from '../src/photo/picture.ts'
import {
  channelsOf,
  emptyHistogram,
  greyMapOf,
  type PixelRules,
  type Pixels,
  rangeOf,
  type Samples,
  toPixels,
} from '../src/photo/pixels.ts'
import { pngWriter } from '../src/photo/png.ts'
import { hoodOf, probeOf } from '../src/photo/probe.ts'
import { Reducer } from '../src/photo/reduce.ts'
import { stripRun } from '../src/photo/rendering.ts'
import {
  alphaChoices,
  type Border,
  borders,
  channelChoices,
  filterOf,
  type PhotoSettings,
  usualPhoto,
} from '../src/photo/settings.ts'
import { showingOf, stepsOf } from '../src/photo/steps.ts'

const pixelsOf = (width: number, height: number, bytes: readonly number[]): Pixels => ({
  width,
  height,
  data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => bytes[i % bytes.length]!),
})

const pictures = fc
  .record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    bytes: fc.array(fc.nat(255), { minLength: 37, maxLength: 97 }),
  })
  .map(({ width, height, bytes }) => pixelsOf(width, height, bytes))

const steps: fc.Arbitrary<Step> = fc
  .record({ width: fc.integer({ min: 1, max: 5 }), height: fc.integer({ min: 1, max: 5 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      offset: fc.integer({ min: -9, max: 9 }),
      values: fc.array(fc.integer({ min: -3, max: 3 }), {
        minLength: width * height,
        maxLength: width * height,
      }),
    }),
  )

const rules: fc.Arbitrary<PixelRules> = fc.record({
  channels: fc.constantFrom(...channelChoices),
  alpha: fc.constantFrom(...alphaChoices),
  isLinear: fc.boolean(),
  hasAlpha: fc.boolean(),
})

const opaque = (picture: Pixels, isTransparent: boolean): Picture => ({
  ...memoryPicture(picture),
  hasAlpha: isTransparent,
})

/** The sample at a place outside or inside, by the border rule; undefined: 0. */
function placeOf(at: number, extent: number, border: Border): number | undefined {
  if (at >= 0 && at < extent) return at
  const modulo = (n: number, by: number): number => ((n % by) + by) % by
  switch (border) {
    case 'zero':
      return undefined
    case 'edge':
      return at < 0 ? 0 : extent - 1
    case 'wrap':
      return modulo(at, extent)
    case 'symmetric': {
      const place = modulo(at, 2 * extent)
      return place < extent ? place : 2 * extent - 1 - place
    }
    case 'reflect': {
      if (extent === 1) return 0
      const place = modulo(at, 2 * extent - 2)
      return place < extent ? place : 2 * extent - 2 - place
    }
  }
}

/** One filter over one plane, as nested loops in float64. */
function definition(
  plane: readonly number[],
  width: number,
  height: number,
  step: Step,
  border: Border,
): number[] {
  return plane.map((_, i) => {
    const [y, x] = [Math.floor(i / width), i % width]
    let sum = step.offset
    for (let ky = 0; ky < step.height; ky++)
      for (let kx = 0; kx < step.width; kx++) {
        const row = placeOf(y + ky - ((step.height - 1) >> 1), height, border)
        const column = placeOf(x + kx - ((step.width - 1) >> 1), width, border)
        if (row === undefined || column === undefined) continue
        sum += plane[row * width + column]! * step.values[ky * step.width + kx]!
      }
    return sum
  })
}

const toLight = (byte: number): number => {
  const value = byte / 255
  return 255 * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
}
const fromLight = (light: number): number => {
  const value = Math.abs(light) / 255
  const stored = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055
  return Math.sign(light) * 255 * stored
}

/** The planes that are filtered, as the rules say it in words. */
function planesOf(
  { data }: Pixels,
  { channels, alpha, isLinear, hasAlpha }: PixelRules,
): number[][] {
  const stored = (byte: number): number => (isLinear ? toLight(byte) : byte)
  const count = data.length / 4
  const weights = {
    each: undefined,
    luma: [0.2126, 0.7152, 0.0722],
    red: [1, 0, 0],
    green: [0, 1, 0],
    blue: [0, 0, 1],
  }[channels]
  const colour = (pixel: number, c: number): number => {
    const opacity = hasAlpha && alpha === 'premultiply' ? data[pixel * 4 + 3]! / 255 : 1
    return stored(data[pixel * 4 + c]!) * opacity
  }
  const all = Array.from({ length: count }, (_, pixel) => pixel)
  const colours = weights
    ? [all.map((pixel) => weights.reduce((sum, w, c) => sum + w * colour(pixel, c), 0))]
    : [0, 1, 2].map((c) => all.map((pixel) => colour(pixel, c)))
  const isAlpha = hasAlpha && alpha !== 'keep'
  return isAlpha ? [...colours, all.map((pixel) => data[pixel * 4 + 3]!)] : colours
}

test('a chain over a picture is what the definition says, for every rule of pixels', async () => {
  await fc.assert(
    fc.asyncProperty(
      pictures,
      fc.array(steps, { maxLength: 3 }),
      rules,
      fc.constantFrom(...borders),
      async (picture, chain, rule, border) => {
        const { width, height } = picture
        const results = await filtered(picture, chain, rule, border)
        let planes = planesOf(picture, rule)
        let size = 255
        for (const step of chain) {
          planes = planes.map((plane) => definition(plane, width, height, step, border))
          size = size * step.values.reduce((sum, w) => sum + Math.abs(w), 0) + Math.abs(step.offset)
        }
        const gain = gainOf(chain)
        const isDivided = rule.alpha === 'premultiply' && rule.hasAlpha && gain !== 0
        const colours = rule.channels === 'each' ? 3 : 1
        expect(results.channels).toBe(planes.length)
        for (const [c, plane] of planes.entries())
          for (const [i, value] of plane.entries()) {
            const came = results.data[i * results.channels + c]!
            const opacity = planes.at(-1)![i]! / 255
            let wanted = value
            // float32: 24 bits of the largest sum, for each filter.
            let error = (size + 255) * 2 ** -20 * (chain.length + 1)
            if (c < colours && isDivided) {
              // Where alpha nearly cancels, its rounding decides.
              if (Math.abs(opacity - 1 / 512) < error || Math.abs(opacity) < 0.01) continue
              wanted = opacity > 1 / 512 ? value / opacity : 0
              error = (error * (1 + Math.abs(wanted) / 255)) / Math.abs(opacity)
            }
            if (c < colours && rule.isLinear) {
              const slope = Math.abs(fromLight(wanted + error) - fromLight(wanted - error))
              wanted = fromLight(wanted)
              error = slope + Math.abs(wanted) * 2 ** -20 + 1e-3
            }
            expect(Math.abs(came - wanted)).toBeLessThanOrEqual(error)
          }
      },
    ),
    { numRuns: 100 },
  )
})

test('any part of a picture, computed with its halo, is that part of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      pictures,
      fc.array(steps, { maxLength: 3 }),
      rules,
      fc.constantFrom(...borders),
      fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99)),
      async (picture, chain, rule, border, [a, b, c, d]) => {
        const x = a % picture.width
        const y = b % picture.height
        const part = {
          x,
          y,
          width: 1 + (c % (picture.width - x)),
          height: 1 + (d % (picture.height - y)),
        }
        const whole = cut(await filtered(picture, chain, rule, border), part)
        const region = regionOf(opaque(picture, rule.hasAlpha), part, haloOf(chain), border)
        const results = await filtered(region.pixels, chain, rule, border)
        const own = cut(results, { ...part, x: region.x, y: region.y })
        expect(own.data.length).toBe(whole.data.length)
        // Weights and samples are whole numbers, so sums are exact unless light is not.
        const isExact = !rule.isLinear && rule.channels !== 'luma' && rule.alpha !== 'premultiply'
        for (const [i, value] of own.data.entries())
          if (isExact) expect(value).toBe(whole.data[i])
          else
            expect(Math.abs(value - whole.data[i]!)).toBeLessThanOrEqual(
              1e-2 + Math.abs(value) * 1e-3,
            )
      },
    ),
    { numRuns: 100 },
  )
})

test('the first screen gets the samples whose products sum to the result', async () => {
  await fc.assert(
    fc.asyncProperty(
      pictures,
      fc.array(steps, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...borders),
      fc.tuple(fc.nat(99), fc.nat(99), fc.nat(2), fc.nat(2), fc.integer({ min: 1, max: 3 })),
      async (picture, chain, border, [a, b, channel, f, margin]) => {
        const filter = f % chain.length
        const [x, y] = [a % picture.width, b % picture.height]
        const filters = chain.map(({ width, height, values, offset }) => ({
          ...filterOf({ width, height, values }),
          offset,
        }))
        const settings: PhotoSettings = { ...usualPhoto, filters, border }
        const hood = await hoodOf(opaque(picture, false), settings, {
          x,
          y,
          filter,
          margin,
          channel,
        })
        const step = chain[filter]!
        expect([hood.width, hood.height]).toEqual([
          step.width + 2 * margin,
          step.height + 2 * margin,
        ])
        let sum = step.offset
        for (let ky = 0; ky < step.height; ky++)
          for (let kx = 0; kx < step.width; kx++)
            sum +=
              hood.values[(margin + ky) * hood.width + margin + kx]! *
              step.values[ky * step.width + kx]!
        const rule = { ...settings, hasAlpha: false }
        const all = await filtered(picture, chain.slice(0, filter + 1), rule, border)
        expect(sum).toBe(all.data[(y * picture.width + x) * 3 + channel]!)
        const probed = await probeOf(
          opaque(picture, false),
          { ...settings, filters: filters.slice(0, filter + 1) },
          { x, y, radius: 4 },
          undefined,
        )
        expect(probed.results[channel]).toBe(sum)
        expect(probed.source).toEqual([
          ...picture.data.subarray((y * picture.width + x) * 4, (y * picture.width + x) * 4 + 4),
        ])
      },
    ),
    { numRuns: 80 },
  )
})

test('results become pixels: rounded half to even, cut, counted', () => {
  const data = Float32Array.from([-3, -0.5, 0.5, 1.5, 2.5, 254.5, 255.5, 400, 128, 77.2, 10, 20])
  const results: Samples = { width: 4, height: 1, channels: 3, data }
  const source = pixelsOf(4, 1, [9, 9, 9, 255])
  const rule: PixelRules = { channels: 'each', alpha: 'keep', isLinear: false, hasAlpha: false }
  const show = (name: Parameters<typeof greyMapOf>[0]): [number[], number, number] => {
    const clipped = { below: 0, above: 0, samples: 0 }
    const [low, high] = rangeOf(results, rule)
    const shown = {
      map: greyMapOf(name, low, high),
      histogram: emptyHistogram(3, -3, 400),
      clipped,
    }
    const pixels = toPixels(results, source, rule, shown, 1)
    expect(clipped.samples).toBe(12)
    expect(shown.histogram.counts.flatMap((counts) => [...counts]).reduce((a, b) => a + b)).toBe(12)
    return [[...pixels.data].filter((_, i) => i % 4 < 3), clipped.below, clipped.above]
  }
  expect(show('clip')).toEqual([[0, 0, 0, 2, 2, 254, 255, 255, 128, 77, 10, 20], 1, 2])
  expect(show('abs')).toEqual([[3, 0, 0, 2, 2, 254, 255, 255, 128, 77, 10, 20], 0, 2])
  const [offset, below, above] = show('offset')
  expect(offset.slice(0, 4)).toEqual([125, 128, 128, 130])
  expect([below, above]).toEqual([0, 4])
  const [stretched, none, nothing] = show('minmax')
  expect([Math.min(...stretched), Math.max(...stretched), none, nothing]).toEqual([0, 255, 0, 0])
})

test('a filter whose weights cancel is shown with 0 in the middle, unless told otherwise', () => {
  const of = (...names: string[]): PhotoSettings => ({
    ...usualPhoto,
    filters: names.map((name) => filterOf({ name })),
  })
  expect(showingOf(of('gaussian'))).toBe('clip')
  expect(showingOf(of('gaussian', 'sobel-x'))).toBe('offset')
  expect(showingOf(of())).toBe('clip')
  expect(showingOf({ ...of('sobel-x'), show: 'abs' })).toBe('abs')
  const [sobel] = of('sobel-x').filters
  expect(showingOf({ ...usualPhoto, filters: [{ ...sobel!, offset: 128 }] })).toBe('clip')
  expect(showingOf({ ...usualPhoto, filters: [{ ...sobel!, isOn: false }] })).toBe('clip')
})

test('every named kernel has weights, parameters and a text that is read back', () => {
  for (const { name, parameters } of kernels.list) {
    const weights = weightsOf({ name })
    if (isFault(weights)) throw new Error(`${name} has no weights`)
    const array = kernelByName(name)
    expect([weights.height, weights.width]).toEqual([...array.shape])
    expect(weights.values.map(Math.fround)).toEqual([...array.data])
    // Everything but the number of axes can be set.
    expect(parametersOf(name).map((parameter) => parameter.name)).toEqual(
      parameters.map((parameter) => parameter.name).filter((word) => word !== 'rank'),
    )
  }
  expect(textOf(partsOf('gaussian:sigma=2,size=3x5'))).toBe('gaussian:sigma=2,size=3x5')
  expect(weightsOf({ name: 'gaussian:sigma=9' })).toEqual({ kind: 'large', width: 73, height: 73 })
  expect(weightsOf({ name: 'nothing-like-it' })).toMatchObject({ kind: 'name' })
  const sobel = { ...filterOf({ name: 'sobel-x' }), isNormalised: true }
  expect(dividedWeights(sobel)?.values).toEqual([-0.25, 0, 0.25, -0.5, 0, 0.5, -0.25, 0, 0.25])
  const box = { ...filterOf({ width: 2, height: 1, values: [1, 3] }), isNormalised: true }
  expect(dividedWeights(box)?.values).toEqual([0.25, 0.75])
  expect(stepsOf([{ ...box, isOn: false }])).toEqual([])
})

test('pasted matrices in the usual notations', () => {
  const sharp = { width: 3, height: 2, values: [1, 0, -1, 2, 0, -2] }
  for (const text of [
    '1 0 -1; 2 0 -2',
    '1,0,-1\n2,0,-2\n',
    '1\t0\t−1\r\n2\t0\t−2',
    '[[1, 0, -1], [2, 0, -2]]',
    'array([[ 1.,  0., -1.],\n       [ 2.,  0., -2.]])',
  ])
    expect(matrixOf(text), text).toEqual(sharp)
  expect(matrixOf('1/4 1/2')).toEqual({ width: 2, height: 1, values: [0.25, 0.5] })
  expect(matrixOf('  ')).toEqual({ kind: 'empty' })
  expect(matrixOf('1 2; 3')).toEqual({ kind: 'ragged', row: 2, count: 1, first: 2 })
  expect(matrixOf('1 two')).toEqual({ kind: 'word', word: 'two' })
  expect(matrixOf('1/0')).toEqual({ kind: 'word', word: '1/0' })
  expect(matrixOf(new Array(32).fill('1').join(' '))).toEqual({
    kind: 'large',
    width: 32,
    height: 1,
  })
})

test('a link that is not valid says why', () => {
  expect(writePhoto(usualPhoto)).toBe('k:gaussian:sigma=2')
  expect(readPhoto('')).toEqual(usualPhoto)
  for (const [text, why] of [
    ['from:moon', /'moon' is not one of/],
    ['k:2x2:1,2,3', /has 3 weights/],
    ['k:40x1:1', /not from 1×1 to 31×31/],
    ['k:box/div=0', /divided by 0/],
    ['k:box/sideways', /'sideways' is not a setting/],
    ['colour:red', /not a setting of the picture/],
    [new Array(9).fill('k:box').join(';'), /more than 8 filters/],
  ] as const)
    expect(() => readPhoto(text), text).toThrow(why)
})

test('a PNG, read back: size, pixels, alpha', async () => {
  for (const hasAlpha of [false, true]) {
    const picture = pixelsOf(5, 7, [1, 200, 30, 90, 255, 0, 17])
    const writer = pngWriter(5, 7, hasAlpha)
    // Row by row: strips of any height.
    for (const [from, rows] of [
      [0, 3],
      [3, 1],
      [4, 3],
    ] as const)
      await writer.add({
        width: 5,
        height: rows,
        data: picture.data.subarray(from * 20, (from + rows) * 20),
      })
    const bytes = new Uint8Array(await (await writer.end()).arrayBuffer())
    const view = new DataView(bytes.buffer)
    expect([...bytes.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10])
    const data: number[] = []
    const names: string[] = []
    for (let at = 8; at < bytes.length; at += view.getUint32(at) + 12) {
      const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
      names.push(name)
      if (name === 'IDAT') data.push(...bytes.subarray(at + 8, at + 8 + view.getUint32(at)))
    }
    expect([names[0], names.at(-1)]).toEqual(['IHDR', 'IEND'])
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([5, 7])
    const rows = inflateSync(Uint8Array.from(data))
    const size = hasAlpha ? 4 : 3
    expect(rows.length).toBe(7 * (1 + 5 * size))
    for (let y = 0; y < 7; y++)
      for (let c = 0; c < size; c++) {
        let value = 0
        expect(rows[y * (1 + 5 * size)]).toBe(1)
        for (let x = 0; x < 5; x++) {
          value = (value + rows[y * (1 + 5 * size) + 1 + x * size + c]!) & 255
          expect(value).toBe(picture.data[(y * 5 + x) * 4 + c])
        }
      }
  }
})

test('strips cover the picture once, in order, and stop when they are told to', async () => {
  // Wide enough for several strips.
  const width = 40_000
  const picture = memoryPicture(pixelsOf(width, 150, [3, 1, 4, 255, 5, 9, 2, 255, 6]))
  const settings: PhotoSettings = {
    ...usualPhoto,
    channels: 'red',
    filters: [filterOf({ width: 1, height: 3, values: [1, 0, 2] })],
  }
  const sizes: number[] = []
  let rows = 0
  const isDone = await stripRun(picture, settings).results(
    new AbortController().signal,
    (done) => sizes.push(done),
    ({ data }, source, y) => {
      expect(y).toBe(rows)
      expect(data.length).toBe(source.data.length / 4)
      rows += source.height
      const at = (row: number): number =>
        picture.read({ x: 0, y: 0, width, height: 150 }).data[row * width * 4]!
      if (y > 0) expect(data[0]).toBe(at(y - 1) + 2 * at(y + 1))
    },
  )
  expect([isDone, rows, sizes.at(-1)]).toEqual([true, 150, 1])
  expect(sizes.length).toBeGreaterThan(1)
  const stopper = new AbortController()
  const stopped = await stripRun(picture, settings).results(
    stopper.signal,
    () => stopper.abort(),
    () => {},
  )
  expect(stopped).toBe(false)
})

test('a reduced picture has means; what is transparent does not count', () => {
  const globals = globalThis as { ImageData?: unknown }
  globals.ImageData = class {
    readonly data: Uint8ClampedArray
    constructor(width: number, height: number) {
      this.data = new Uint8ClampedArray(width * height * 4)
    }
  }
  const reducer = new Reducer({ width: 2, height: 2 }, { width: 1, height: 1 })
  const row = (bytes: readonly number[]): Pixels => pixelsOf(2, 1, bytes)
  reducer.add(row([10, 20, 30, 255, 30, 40, 50, 255]), 0)
  reducer.add(row([20, 30, 40, 255, 200, 200, 200, 0]), 1)
  expect([...reducer.image().data]).toEqual([20, 30, 40, 191])
  delete globals.ImageData
})

test('how many numbers of a pixel are filtered', () => {
  const count = (rule: Partial<PixelRules>): number =>
    channelsOf({ channels: 'each', alpha: 'keep', isLinear: false, hasAlpha: true, ...rule })
  expect(count({})).toBe(3)
  expect(count({ alpha: 'filter' })).toBe(4)
  expect(count({ alpha: 'filter', hasAlpha: false })).toBe(3)
  expect(count({ channels: 'luma', alpha: 'premultiply' })).toBe(2)
})
