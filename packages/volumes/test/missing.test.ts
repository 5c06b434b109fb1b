/** Missing samples in boxes: as the whole array in memory, within the bound of the sums. */

import { join } from 'node:path'
import { correlate, type DType, type NdArray, ndarray } from 'stridefold'
import { describe, expect, test } from 'vitest'
import {
  type FilteredVolume,
  type FilterVolumeOptions,
  filterVolume,
} from '../src/filter/filter-volume.ts'
import { rangesOfWindow, sourceIndex } from '../src/filter/window-border.ts'
import { randomArray, randomNumbers, samplesOf, stored, temporaryFolder } from './helpers/arrays.ts'

/** Random samples, of which some are NaN: single ones, and a block. */
function withHoles(shape: readonly number[], share: number): NdArray {
  const array = randomArray(shape, 'float32', 11)
  const random = randomNumbers(12)
  for (let i = 0; i < array.data.length; i++) if (random() < share) array.data[i] = Number.NaN
  for (let i = 0; i < array.data.length / 5; i++) array.data[i] = Number.NaN
  return array
}

async function filterInSmallBoxes(
  x: NdArray,
  k: NdArray,
  target: string,
  options: FilterVolumeOptions,
): Promise<FilteredVolume> {
  const source = stored(x, [6, 6])
  return filterVolume(source, k, target, { ...options, chunks: [7, 7], box: [7, 7] })
}

async function compare(x: NdArray, k: NdArray, options: FilterVolumeOptions): Promise<void> {
  const target = join(temporaryFolder(), 'out.zarr')
  const { job } = await filterInSmallBoxes(x, k, target, options)
  expect(job.boxes).toBeGreaterThan(3)
  expect(job.plan).toMatchObject({ cutKeepsBits: false, why: expect.stringMatching(/missing/) })
  const { boundary, stride, missing, minimumPresent } = options
  const whole = await correlate(x, k, {
    ...(boundary && { boundary: boundary as 'zero' }),
    ...(stride && { stride }),
    ...(missing && { missing }),
    ...(minimumPresent !== undefined && { minimumPresent }),
  })
  const result = await samplesOf(target)
  expect(result.shape).toEqual(whole.shape)
  // Both ways are within the bound. No sample and no border is above 2.
  const weights = [...k.data].reduce((sum, w) => sum + Math.abs(w), 0)
  const bound = 2 * job.plan.errorBound! * 2 * weights
  expect(bound).toBeLessThan(0.1)
  let numbers = 0
  for (let i = 0; i < whole.data.length; i++) {
    const [ours, expected] = [result.data[i]!, whole.data[i]!]
    expect(Number.isNaN(ours), `result ${i}`).toBe(Number.isNaN(expected))
    if (Number.isNaN(expected)) continue
    numbers++
    expect(Math.abs(ours - expected), `result ${i}`).toBeLessThanOrEqual(bound)
  }
  expect(numbers).toBeGreaterThan(0)
}

const positive = ndarray(Float32Array.of(1, 2, 1, 2, 4, 2, 1, 2, 1), [3, 3])
const signed = ndarray(Float32Array.of(-1, 0, 1, -2, 0, 2, -1, 0, 1), [3, 3])

describe.each([
  ['positive weights', positive],
  ['weights of both signs', signed],
])('%s', (_, k) => {
  test.each([
    'zero',
    'edge',
    'reflect',
    'symmetric',
    'wrap',
    'missing',
    { constant: 2 },
    ['missing', 'wrap'],
    [{ constant: 2 }, 'missing'],
  ] as FilterVolumeOptions['boundary'][])('border %j', async (boundary) => {
    await compare(withHoles([30, 41], 0.05), k, { boundary: boundary!, missing: 'nan' })
  })

  test('half of the samples missing, a stride, and too few present', async () => {
    await compare(withHoles([40, 41], 0.5), k, {
      ...{ boundary: 'reflect', missing: 'nan', stride: 2, minimumPresent: 0.4 },
    })
  })
})

test.each<DType>(['uint8', 'int32', 'float64'])(
  'boundary missing needs no NaN in samples of %s',
  async (dtype) => {
    // Ones: every result is the sum of the weights, whatever is left out.
    const ones = { ...randomArray([30, 31], dtype, 3) }
    const x = ndarray(ones.data.fill(1), ones.shape)
    const target = join(temporaryFolder(), 'out.zarr')
    const { job } = await filterInSmallBoxes(x, positive, target, { boundary: 'missing' })
    expect(job.boxes).toBeGreaterThan(3)
    for (const result of (await samplesOf(target)).data) expect(result).toBeCloseTo(16, 5)
  },
)

describe('what a window reads outside', () => {
  const borders = ['edge', 'reflect', 'symmetric', 'wrap', 'zero', 'missing'] as const
  // As numpy.pad writes it, for the array 0 1 2 and five samples on each side.
  test.each([
    ['edge', [0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2]],
    ['reflect', [1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1]],
    ['symmetric', [1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1]],
    ['wrap', [1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1]],
  ] as const)('%s', (border, expected) => {
    expect(expected.map((_, i) => sourceIndex(i - 5, 3, border))).toEqual(expected)
  })

  test('the ranges hold all that is read, and nothing else', () => {
    for (const border of borders)
      for (const extent of [1, 2, 5, 9])
        for (let first = -12; first < 12; first++)
          for (const length of [1, 4, 30]) {
            const read = new Set<number>()
            for (let i = first; i < first + length; i++) {
              const index = sourceIndex(i, extent, border)
              if (index !== undefined) read.add(index)
            }
            const ranges = rangesOfWindow([first, first + length], extent, border)
            const held = ranges.flatMap(([start, end]) =>
              Array.from({ length: end - start }, (_, i) => start + i),
            )
            expect(held).toEqual([...read].sort((a, b) => a - b))
            for (const [i, [start]] of ranges.entries())
              if (i > 0) expect(start).toBeGreaterThan(ranges[i - 1]![1])
          }
  })
})
