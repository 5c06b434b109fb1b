/**
 * `filter` has its own rules for channels, alpha and levels, because it has modes, strides, 16 bits
 * and results in floats (docs/decisions/0038-the-command-has-its-own-pixels.md). Where
 * `filterImage` of the library computes the same, the bytes are the same, and so is the count of
 * clipped samples.
 */

import fc from 'fast-check'
import { filterImage, ndarray } from 'stridefold/sync'
import { expect, test } from 'vitest'
import type { FilterRequest } from '../src/filter-request.ts'
import { filterFile } from '../src/filtered-file.ts'

const kinds = ['GRAYSCALE', 'GRAYSCALE_ALPHA', 'RGB', 'RGB_ALPHA'] as const

interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

function pam({ width, height, data }: Pixels): Uint8Array {
  const channels = data.length / (width * height)
  const head =
    `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH ${channels}\nMAXVAL 255\n` +
    `TUPLTYPE ${kinds[channels - 1]}\nENDHDR\n`
  return Buffer.concat([Buffer.from(head), data])
}

/** Whole weights or sixteenths, whose sums are exact in every order. */
const kernelOf = (height: number, width: number): fc.Arbitrary<number[][]> =>
  fc.oneof(
    fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: width, maxLength: width }), {
      minLength: height,
      maxLength: height,
    }),
    fc.constant(Array.from({ length: height }, () => new Array<number>(width).fill(1 / 16))),
    // Sums that do not fit into 16 bits.
    fc.constant(Array.from({ length: height }, () => new Array<number>(width).fill(-97))),
  )

const extent = fc.integer({ min: 1, max: 4 })
const problems = fc
  .record({ height: extent, width: extent, channels: extent, rows: extent, columns: extent })
  .chain(({ height, width, channels, rows, columns }) =>
    fc.record({
      image: fc
        .uint8Array({ minLength: height * width * channels, maxLength: height * width * channels })
        .map((data): Pixels => ({ height, width, data })),
      kernels: fc.array(kernelOf(rows, columns), { minLength: 1, maxLength: 3 }),
      combine: fc.constantFrom('magnitude', 'max', 'sum'),
      boundary: fc.constantFrom(
        ...(['reflect', 'edge', 'wrap', 'zero', 'missing', { constant: 300 }] as const),
      ),
      alpha: fc.constantFrom('keep', 'filter'),
      channels: fc.constantFrom('each', 'sum'),
      output: fc.constantFrom('clip', 'abs', 'offset', 'minmax'),
    }),
  )

test('the bytes of filterImage, and the count of what is clipped', async () => {
  let clipped = 0
  await fc.assert(
    fc.asyncProperty(problems, async ({ image, kernels, ...how }) => {
      const { boundary, alpha, channels, output } = how
      const count = image.data.length / (image.width * image.height)
      const combine = kernels.length > 1 ? how.combine : undefined
      const options = { boundary, alpha, channels, output, ...(combine && { combine }) }
      const expected = filterImage(
        image,
        kernels.map((k) => ndarray(k)),
        options,
      )
      const request: FilterRequest = {
        name: 'a.pam',
        kernels: kernels.map((k, i) => ({
          ...{ text: `${i}`, weights: k.flat(), shape: [k.length, k[0]!.length], isInline: true },
        })),
        ...(combine && { combine }),
        ...{ flip: false, channels, options: { boundary, mode: 'same' } },
      }
      const hasAlpha = count % 2 === 0
      const { bytes, shape, clipping } = await filterFile(
        { bytes: pam(image), name: 'a.pam', channelAxis: undefined, imageLimit: undefined },
        request,
        { name: 'b.pam', policy: output, ...(hasAlpha && { alpha }) },
      )
      const pixels = image.width * image.height
      const found = shape[2]!
      const samples = bytes.subarray(bytes.length - pixels * found)
      // The sum of the colours is one grey channel here, and all colours there.
      const chosen = found === count ? [...Array(count).keys()] : hasAlpha ? [0, count - 1] : [0]
      expect([...samples]).toEqual(
        Array.from({ length: pixels }, (_, i) =>
          chosen.map((c) => expected.data[i * count + c]!),
        ).flat(),
      )
      if (channels === 'sum' || (hasAlpha && alpha === 'filter')) return
      const { below, above, notNumbers } = clipping!
      expect(below + above + notNumbers).toBe(expected.clipped)
      if (expected.clipped > 0) clipped++
    }),
    { numRuns: 80 },
  )
  expect(clipped).toBeGreaterThan(2)
})
