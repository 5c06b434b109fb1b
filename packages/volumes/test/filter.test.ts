/**
 * Filters of volumes against the whole array in memory: the same bits, for borders, chunks, shards,
 * strides, types and algorithms.
 */

import { join } from 'node:path'
import { convolve, correlate, type DType, kernels, ndarray } from 'stridefold'
import { describe, expect, test } from 'vitest'
import { type FilterVolumeOptions, filterVolume } from '../src/filter/filter-volume.ts'
import {
  bitsOf,
  randomArray,
  randomNumbers,
  samplesOf,
  spaceAxes,
  stored,
  temporaryFolder,
} from './helpers/arrays.ts'

interface Case extends FilterVolumeOptions {
  readonly shape: readonly number[]
  readonly source: readonly number[]
  readonly kernel: readonly number[]
  readonly type?: DType
  /** The kernel is a product of one line per axis. */
  readonly isSeparable?: boolean
}

/** Filters in boxes of few chunks, and whole in memory with the same algorithm. */
async function compare(name: string, given: Case, seed: number): Promise<void> {
  const { shape, source, kernel, type = 'float32', isSeparable = false, ...options } = given
  const x = randomArray(shape, type, seed)
  const k = isSeparable ? kernels.box({ size: kernel }) : randomArray(kernel, 'float32', seed + 1)
  const target = join(temporaryFolder(), 'out.zarr')
  const { job, computed } = await filterVolume(stored(x, source), k, target, {
    ...options,
    box: shape.map(() => 1),
  })
  expect(computed, name).toBe(job.boxes)
  boxes.push(job.boxes)
  const { call = 'correlate', mode, boundary, stride, dilation, dtype = 'float32' } = options
  const whole = await (call === 'convolve' ? convolve : correlate)(x, k, {
    ...(mode && { mode }),
    ...(boundary && { boundary: boundary as 'zero' }),
    ...(stride && { stride }),
    ...(dilation && { dilation }),
    dtype,
    algorithm: job.plan.algorithm,
    backend: job.plan.backend as 'wasm',
  })
  const result = await samplesOf(target)
  expect(result.shape, name).toEqual(whole.shape)
  if (job.plan.cutKeepsBits)
    expect(Buffer.compare(bitsOf(result), bitsOf(whole)), `${name} ${job.plan.algorithm}`).toBe(0)
  else {
    const bound = job.plan.errorBound! * 2
    for (let i = 0; i < result.data.length; i++)
      expect(Math.abs(result.data[i]! - whole.data[i]!), name).toBeLessThanOrEqual(bound)
  }
}

/** How many boxes each comparison had. */
const boxes: number[] = []

const borders = ['zero', 'edge', 'reflect', 'symmetric', 'wrap', { constant: 0.5 }] as const

describe('the bits of the whole array', () => {
  test.each(borders.map((border) => [JSON.stringify(border), border] as const))(
    'border %s, uneven chunks',
    async (name, boundary) => {
      const shape = [13, 22, 17]
      await compare(
        name,
        { shape, source: [5, 8, 6], kernel: [3, 5, 3], boundary, chunks: [4, 9, 7] },
        1,
      )
    },
  )

  test.each(borders.map((border) => [JSON.stringify(border), border] as const))(
    'border %s, a halo larger than a chunk and than a box',
    async (name, boundary) => {
      await compare(
        name,
        { shape: [20, 30], source: [4, 4], kernel: [11, 23], boundary, chunks: [3, 5] },
        2,
      )
    },
  )

  test('random problems', async () => {
    const random = randomNumbers(7)
    const below = (n: number): number => Math.floor(random() * n)
    for (let i = 0; i < 12; i++) {
      const rank = 1 + below(3)
      const axes = <T>(make: () => T): T[] => Array.from({ length: rank }, make)
      const shape = axes(() => 8 + below(30))
      const name = `problem ${i}`
      const types: readonly DType[] = ['float32', 'float64', 'uint8', 'int16', 'uint16', 'int32']
      const given: Case = {
        shape,
        source: axes(() => 1 + below(12)),
        kernel: axes(() => 1 + below(4)),
        type: types[below(types.length)]!,
        dtype: (['float32', 'float64', 'uint8', 'int16'] as const)[below(4)]!,
        chunks: axes(() => 2 + below(9)),
        boundary: axes(() => borders[below(borders.length)]!),
        mode: axes(() => (['same', 'valid', 'full', 'same-lower'] as const)[below(4)]!),
        stride: axes(() => 1 + below(3)),
        dilation: axes(() => 1 + below(2)),
        call: random() < 0.5 ? 'convolve' : 'correlate',
      }
      await compare(name, given, 100 + i)
    }
  })

  test.each(['strided', 'im2col', 'separable', 'fft', 'toeplitz', 'naive'])(
    'algorithm %s',
    async (algorithm) => {
      const kernel = algorithm === 'fft' ? [5, 9] : [3, 3]
      await compare(
        algorithm,
        {
          shape: [61, 90],
          source: [16, 16],
          kernel,
          isSeparable: algorithm === 'separable',
          algorithm,
          chunks: [8, 16],
          boundary: 'reflect',
        },
        3,
      )
    },
  )

  test('were compared in many boxes', () => {
    expect(boxes.length).toBeGreaterThan(20)
    expect(boxes.filter((count) => count > 3).length).toBeGreaterThan(boxes.length * 0.4)
  })

  test('a shard has several chunks and one writer', async () => {
    const folder = temporaryFolder()
    const x = randomArray([20, 33], 'uint16', 5)
    const k = randomArray([3, 3], 'float32', 6)
    const target = join(folder, 'out.zarr')
    const { job } = await filterVolume(stored(x, [8, 8]), k, target, {
      ...{ format: 'zarr3', chunks: [4, 4], shards: [8, 12] },
    })
    expect(
      job.box.map((extent, a) => extent === x.shape[a]! || extent % [8, 12][a]! === 0),
    ).toEqual([true, true])
    const whole = await correlate(x, k, { algorithm: job.plan.algorithm })
    expect(Buffer.compare(bitsOf(await samplesOf(target)), bitsOf(whole))).toBe(0)
  })

  test('a .npy file', async () => {
    const x = randomArray([40, 50], 'float32', 5)
    const k = randomArray([3, 3], 'float32', 6)
    const target = join(temporaryFolder(), 'out.npy')
    const { job } = await filterVolume(stored(x, [8, 8]), k, target, { chunks: [4, 50] })
    const whole = await correlate(x, k, { algorithm: job.plan.algorithm })
    expect(Buffer.compare(bitsOf(await samplesOf(target)), bitsOf(whole))).toBe(0)
  })
})

describe('axes', () => {
  test.each([
    ['first', ['t', 'c', 'y', 'x'], [2, 3, 20, 21], [1, 1, 8, 8], [1, 2, 8, 8]],
    ['last', ['y', 'x', 'c'], [20, 21, 3], [8, 8, 3], [8, 8, 2]],
    ['between', ['z', 'c', 'y', 'x'], [5, 2, 12, 13], [5, 1, 8, 8], [2, 2, 5, 8]],
  ])('channels and times %s are looped over', async (_, names, shape, source, chunks) => {
    const x = randomArray(shape, 'float32', 8)
    const spatial = names.flatMap((name, a) => ('zyx'.includes(name) ? [a] : []))
    const k = randomArray(
      spatial.map(() => 3),
      'float32',
      9,
    )
    const target = join(temporaryFolder(), 'out.zarr')
    await filterVolume(stored(x, source, { axes: spaceAxes(names) }), k, target, { chunks })
    // The definition: a kernel of extent 1 along the other axes.
    const whole = await correlate(
      x,
      ndarray(
        k.data,
        names.map((__, a) => (spatial.includes(a) ? 3 : 1)),
      ),
      { algorithm: 'strided' },
    )
    const result = await samplesOf(target)
    for (let i = 0; i < whole.data.length; i++)
      expect(Math.abs(result.data[i]! - whole.data[i]!)).toBeLessThan(1e-5)
  })
})
