/**
 * The bytes of the picture page: those of `filterImage` wherever that has a rule for the same, and
 * those of counted frames also for frames that are not counted.
 */

import fc from 'fast-check'
import { filterImage } from 'stridefold'
import { kernelByName } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { hasPlainBytes, writeBytes } from '../src/photo/frames.ts'
import { Memory } from '../src/photo/memory.ts'
import { memoryPicture, type Picture } from '../src/photo/picture.ts'
import type { Pixels } from '../src/photo/pixels.ts'
import { frameRun } from '../src/photo/rendering.ts'
import {
  alphaChoices,
  borders,
  type Filter,
  filterOf,
  type PhotoSettings,
  showings,
  usualPhoto,
} from '../src/photo/settings.ts'
import { showingOf, stepsOf } from '../src/photo/steps.ts'

const never = new AbortController().signal

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 12 }),
  height: fc.integer({ min: 1, max: 12 }),
})

/** Pixels; their alpha is not always opaque, but where it is asked for. */
const pictures = (isOpaque: boolean): fc.Arbitrary<Pixels> =>
  fc
    .tuple(sizes, fc.array(fc.nat(255), { minLength: 37, maxLength: 97 }))
    .map(([{ width, height }, bytes]) => ({
      width,
      height,
      data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
        isOpaque && i % 4 === 3 ? 255 : bytes[i % bytes.length]!,
      ),
    }))

/** Whole weights, whose sums are exact in every order. */
const filters: fc.Arbitrary<Filter> = fc
  .record({ width: fc.integer({ min: 1, max: 5 }), height: fc.integer({ min: 1, max: 5 }) })
  .chain(({ width, height }) =>
    fc
      .array(fc.integer({ min: -3, max: 3 }), {
        minLength: width * height,
        maxLength: width * height,
      })
      .map((values) => filterOf({ width, height, values })),
  )

/** What the page shows for a whole picture, and how many values were cut off. */
async function shownBytes(
  picture: Picture,
  settings: PhotoSettings,
): Promise<{ readonly data: Uint8ClampedArray; readonly clipped: number }> {
  const into = new Uint8ClampedArray(picture.width * picture.height * 4)
  const run = frameRun(picture, settings, new Memory(), into)
  const { data } = await run.whole(never)
  const { below, above } = run.stats().clipped
  return { data, clipped: below + above }
}

test('one filter gives the bytes and the count of filterImage, for each of its rules', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(
      pictures(false),
      filters,
      fc.constantFrom(...borders),
      fc.constantFrom(...alphaChoices),
      fc.constantFrom(...showings),
      async (pixels, filter, border, alpha, show) => {
        const settings = { ...usualPhoto, filters: [filter], border, alpha, show }
        const [{ width, height, values }] = stepsOf([filter]) as [ReturnType<typeof stepsOf>[0]]
        // The page keeps alpha where it sums to 0; the library refuses such kernels.
        if (alpha === 'premultiply' && values.reduce((a, b) => a + b, 0) === 0) return
        const kernel = Array.from({ length: height }, (_, row) =>
          values.slice(row * width, (row + 1) * width),
        )
        const wanted = await filterImage(pixels, kernel, {
          ...{ alpha, boundary: border, output: show },
        })
        const page = await shownBytes({ ...memoryPicture(pixels), hasAlpha: true }, settings)
        expect([...page.data]).toEqual([...wanted.data])
        // The page counts colours only.
        if (alpha === 'keep') expect(page.clipped).toBe(wanted.clipped)
        compared++
      },
    ),
    { numRuns: 120 },
  )
  expect(compared).toBeGreaterThan(80)
})

/** The bytes of a frame that is not counted. */
async function plainBytes(pixels: Pixels, settings: PhotoSettings): Promise<Uint8ClampedArray> {
  const to = { ...pixels, data: new Uint8ClampedArray(pixels.data.length) }
  const steps = stepsOf(settings.filters)
  await writeBytes(pixels, steps, settings, showingOf(settings), to, new Memory())
  return to.data
}

test('a frame that is not counted has the bytes of one that is', async () => {
  await fc.assert(
    fc.asyncProperty(
      pictures(true),
      fc.array(
        fc.tuple(filters, fc.integer({ min: -99, max: 99 })).map(([f, offset]) => ({
          ...f,
          offset,
        })),
        { maxLength: 3 },
      ),
      fc.constantFrom(...borders),
      fc.constantFrom('clip', 'offset', 'auto'),
      async (pixels, filters, border, show) => {
        const settings: PhotoSettings = { ...usualPhoto, filters, border, show }
        expect(hasPlainBytes(settings, showingOf(settings))).toBe(true)
        const { data } = await shownBytes(memoryPicture(pixels), settings)
        expect([...(await plainBytes(pixels, settings))]).toEqual([...data])
      },
    ),
    { numRuns: 40 },
  )
})

test.each([
  ['gaussian:sigma=2', 'clip'],
  ['unsharp', 'clip'],
  ['gabor:wavelength=5,angle=30', 'offset'],
] as const)('weights that are no fractions, %s: at most one step beside it', async (name, show) => {
  const width = 64
  const pixels: Pixels = {
    ...{ width, height: 48 },
    data: Uint8ClampedArray.from({ length: width * 48 * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : Math.imul(i, 2654435761) >>> 24,
    ),
  }
  expect(kernelByName(name).shape.length).toBe(2)
  const settings: PhotoSettings = { ...usualPhoto, filters: [filterOf({ name })], show }
  const { data } = await shownBytes(memoryPicture(pixels), settings)
  const differences = (await plainBytes(pixels, settings)).map((byte, i) =>
    Math.abs(byte - data[i]!),
  )
  expect(Math.max(...differences)).toBeLessThanOrEqual(1)
  expect(differences.filter((step) => step > 0).length).toBeLessThan(20)
})

test('with lights, one colour, magnitudes or a range, all frames go the way of pictures', () => {
  const settings = { ...usualPhoto, show: 'clip' } as const
  expect(hasPlainBytes({ ...settings, isLinear: true }, 'clip')).toBe(false)
  expect(hasPlainBytes({ ...settings, channels: 'luma' }, 'clip')).toBe(false)
  expect(hasPlainBytes(settings, 'abs')).toBe(false)
  expect(hasPlainBytes(settings, 'minmax')).toBe(false)
})
