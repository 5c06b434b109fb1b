/**
 * Are layers of bytes that are summed in pairs those of the definition? Every result must be the
 * float64 sum of the definition, which is exact for these numbers, rounded half to even.
 */

import { conv2d as conv2dLater } from 'stridefold'
import { conv1d, conv2d, conv3d, type DType, type NdArray, ndarray, plan } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { dtypes, toDType } from '../src/ndarray/dtype.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { casesHere } from './random-count.ts'
import { random } from './random-geometry.ts'

const next = random(31)
const pick = <T>(list: readonly T[]): T => list[next(list.length)]!

/** Random whole numbers from `low` to `high`, most of them extreme. */
function extremes(dtype: DType, shape: readonly number[], low: number, high: number): NdArray {
  const data = dtypes[dtype].create(elementCount(shape))
  for (let i = 0; i < data.length; i++)
    data[i] = next(3) === 0 ? low + next(high - low + 1) : pick([low, high, high, high - 1, 0])
  return ndarray(data, shape)
}

const samples = (dtype: DType, shape: readonly number[]): NdArray =>
  extremes(dtype, shape, dtypes[dtype].min, dtypes[dtype].max)

type Options = { readonly dtype: DType } & Readonly<Record<string, unknown>>
type Layer = (x: NdArray, k: NdArray, options: object) => NdArray

const layers: readonly Layer[] = [conv1d as Layer, conv2d as Layer, conv3d as Layer]

const weightLayouts = ['OIW', 'OIHW', 'OIDHW'] as const

/** The definition in float64, rounded half to even. */
const definition = (layer: Layer, x: NdArray, k: NdArray, { dtype, ...options }: Options) =>
  Array.from(
    layer(x, k, { ...options, dtype: 'float64', algorithm: 'naive', backend: 'js' }).data,
    (sum) => toDType(sum, dtype),
  )

/** How the plan for these arrays sums. */
const stagesOf = (x: NdArray, k: NdArray, options: object): string =>
  plan('conv2d', x.shape, k.shape, { ...options, dtype: x.dtype, kernel: k }).program

describe.each([1, 2, 3])('random layers of rank %d', (rank) => {
  test.each(Array.from({ length: casesHere(40) }, (_, i) => i))('case %d', () => {
    const [channels, filters, groups] = [1 + next(9), 1 + next(9), pick([1, 1, 2, 3])]
    const layout = pick(['channels-first', 'channels-last'] as const)
    const taps = Array.from({ length: rank }, () => 1 + next(rank === 3 ? 3 : rank === 2 ? 5 : 9))
    const extents = taps.map((n) => n + next(rank === 1 ? 60 : 24 / rank))
    const input = pick(['uint8', 'int8', 'uint8c', 'int16'] as const)
    const [batch, all] = [1 + next(2), groups * channels]
    const x = samples(
      input,
      layout === 'channels-first' ? [batch, all, ...extents] : [batch, ...extents, all],
    )
    const shape = [groups * filters, channels, ...taps]
    const whole =
      input === 'int16'
        ? extremes('int8', shape, -1, 1)
        : pick([
            () => samples('int8', shape),
            () => extremes('uint8', shape, 0, 127),
            () => extremes('int8', shape, -3, 2),
          ])()
    const unit = pick([1, 1, 1, 2, 16])
    const k =
      unit === 1
        ? whole
        : ndarray(
            Float32Array.from(whole.data, (w) => w / unit),
            shape,
          )
    const boundary = pick(['zero', 'zero', 'edge', 'reflect', 'wrap', { constant: 3 }] as const)
    const options = {
      dtype: pick(['uint8', 'int8', 'int16', 'uint16', 'int32', 'uint8c'] as const),
      ...{ layout, weightLayout: weightLayouts[rank - 1]!, groups },
      padding: taps.map(() => next(2)),
      stride: taps.map(() => pick([1, 1, 2, 3])),
      dilation: extents.map((extent, a) => (extent >= 2 * taps[a]! ? pick([1, 1, 2]) : 1)),
      ...(extents.every((extent) => extent > 1) && { boundary }),
      ...(next(3) === 0 && { bias: Array.from({ length: shape[0]! }, () => next(2000) - 1000) }),
      ...(next(4) === 0 && { activation: 'relu' }),
    }
    const layer = layers[rank - 1]!
    const right = definition(layer, x, k, options)
    for (const backend of ['wasm', 'js'])
      expect(
        Array.from(layer(x, k, { ...options, backend }).data),
        `${backend}: ${input} [${x.shape}] * [${shape}] / ${unit} ${JSON.stringify(options)}`,
      ).toEqual(right)
  })
})

describe('layers are summed in pairs', () => {
  const large = { 'channels-first': [1, 66, 64, 70], 'channels-last': [1, 64, 70, 66] } as const

  test.each(['channels-first', 'channels-last'] as const)(
    '%s, on 1 and 2 threads',
    async (layout) => {
      const [x, k] = [samples('uint8', large[layout]), extremes('int8', [36, 33, 3, 3], -3, 3)]
      const weightLayout = 'OIHW'
      const options = { groups: 2, stride: 2, layout, weightLayout, dtype: 'int16' } as const
      const right = definition(conv2d as Layer, x, k, options)
      for (const threads of [1, 2])
        expect(Array.from((await conv2dLater(x, k, { ...options, threads })).data)).toEqual(right)
      expect(stagesOf(x, k, { ...options, algorithm: 'strided' })).toContain('pairs of channels')
    },
  )

  test('taps of few channels', () => {
    const [x, k] = [samples('uint8', [2, 3, 60, 61]), samples('int8', [16, 3, 7, 7])]
    for (const dtype of ['uint8', 'int32'] as const) {
      const options = { padding: 3, stride: 2, dtype }
      const right = definition(conv2d as Layer, x, k, options)
      expect(Array.from(conv2d(x, k, options).data)).toEqual(right)
    }
    expect(stagesOf(x, k, { padding: 3, stride: 2 })).toContain('pairs of taps')
  })

  test('a border of one sample, and other kernels one after the other', () => {
    const x = samples('int8', [1, 16, 12, 13])
    const p = plan('conv2d', x.shape, [8, 16, 3, 3], { padding: 1, dtype: 'int8' })
    for (const [low, high, unit] of [
      [-128, 127, 1],
      [-1, 1, 1],
      [-128, 127, 128],
      [0, 1, 4],
    ] as const) {
      const { data, shape } = extremes('int16', [8, 16, 3, 3], low, high)
      const k = ndarray(
        Float32Array.from(data, (w) => w / unit),
        shape,
      )
      const right = definition(conv2d as Layer, x, k, { padding: 1, dtype: 'int8' })
      expect(Array.from(conv2d(x, k, { padding: 1, dtype: 'int8' }).data)).toEqual(right)
      expect(Array.from(p.prepare(k).runSync(x).data)).toEqual(right)
    }
  })
})

describe('the range of the sums', () => {
  /** 258 weights for bytes: the largest sum is 255 · `total`. */
  const kernelOf = (total: number): NdArray => {
    const weights = new Float32Array(4 * 258).fill(0)
    for (let f = 0; f < 4; f++)
      for (let c = 0, rest = total; rest > 0; c++, rest -= 32767)
        weights[f * 258 + c] = Math.min(rest, 32767) * (f === 3 && c === 0 ? -1 : 1)
    return ndarray(weights, [4, 258, 1, 1])
  }
  const largest = Math.floor((2 ** 31 - 1) / 255)

  test.each([
    [largest, true],
    [largest + 1, false],
  ])('weights that sum to %d: in 32 bits %s', (total, fits) => {
    const x = ndarray(new Uint8Array(258 * 12).fill(255), [1, 258, 3, 4])
    const k = kernelOf(total)
    const sums = Array.from({ length: 4 }, (_, f) => {
      let sum = 0n
      for (let c = 0; c < 258; c++) sum += 255n * BigInt(k.data[f * 258 + c]!)
      return Number(sum)
    })
    const p = plan('conv2d', x.shape, k.shape, { kernel: k, dtype: 'uint8', algorithm: 'strided' })
    expect(p.program.includes('pairs of channels')).toBe(fits)
    if (!fits) expect(p.explain()).toContain(` or ${255 * total}, not in 32 bits`)
    for (const dtype of ['int32', 'int16', 'uint8'] as const)
      expect(Array.from(conv2d(x, k, { dtype }).data)).toEqual(
        sums.flatMap((sum) => new Array<number>(12).fill(toDType(sum, dtype))),
      )
  })

  test('sums beyond 24 bits are divided exactly', () => {
    const x = ndarray(new Uint8Array(64 * 12).fill(255), [1, 64, 3, 4])
    // 2²⁵ + 1 units of 2⁻¹⁷ are a little more than 256.5, which is rounded to 257.
    const weights = new Float32Array(4 * 64)
    weights.set([32767, 32767, 32767, 32767, 540, 0.5].map((w) => w / 2 ** 16))
    const k = ndarray(weights, [4, 64, 1, 1])
    let sum = 0
    for (const weight of weights) sum += 255 * weight
    const results = Array.from(conv2d(x, k, { dtype: 'int16' }).data)
    expect(results.slice(0, 12)).toEqual(new Array(12).fill(toDType(sum, 'int16')))
  })
})

test('explain says how bytes are summed', () => {
  const [x, k] = [samples('uint8', [1, 64, 20, 20]), samples('int8', [32, 64, 3, 3])]
  const reasons = (options: object): string | undefined =>
    plan('conv2d', x.shape, k.shape, { kernel: k, ...options })
      .explain()
      .match(/(?<=integers: ).*/)?.[0]
  expect(reasons({ dtype: 'uint8' })).toBe('pairs of channels in int32, by strided')
  expect(reasons({ dtype: 'uint16' })).toContain('floats, because a sample may not fit 16 bits')
  expect(reasons({ dtype: 'float32' })).toBeUndefined()
})
