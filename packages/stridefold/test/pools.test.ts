/**
 * Do poolings give the results of PyTorch (scripts/pool-fixtures.py)? And those of their
 * definition, for windows, strides and paddings that PyTorch does not have?
 */

import { describe, expect, test } from 'vitest'
import { type NdArray, ndarray, type PipelineStep, pipeline } from '../src/sync.ts'
import fixtures from './fixtures/pools.json' with { type: 'json' }
import { channelsLast, defineSteps, difference } from './pipeline-definition.ts'
import { Random } from './random-pipelines.ts'

const special: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  '-inf': -Infinity,
}
const numbers = (list: readonly (number | string)[]): Float64Array =>
  Float64Array.from(list, (value) => (typeof value === 'number' ? value : special[value]!))

const run = (
  step: PipelineStep,
  x: NdArray,
  options: { readonly backend: 'wasm' | 'js'; readonly dtype: 'float32' | 'float64' },
): NdArray => {
  const net = pipeline([step], { inputShape: x.shape, ...options })
  const result = net.runSync(x)
  net.dispose()
  return result
}

describe.each([
  ['wasm', 'float32'],
  ['wasm', 'float64'],
  ['js', 'float32'],
] as const)('PyTorch, %s, %s', (backend, dtype) => {
  test.each(
    fixtures.entries.map((entry) => {
      const { call, size, stride, padding } = entry.step
      return [`${call} ${entry.inputShape} ${size} s${stride} p${padding}`, entry] as const
    }),
  )('%s', (_, { step, inputShape, input, outputShape, output }) => {
    const x = ndarray(numbers(input), inputShape)
    const result = run(step as PipelineStep, x, { backend, dtype })
    const expected = numbers(output)
    expect(result.shape).toEqual(outputShape)
    const taps = step.size.reduce((n, size) => n * size, 1)
    // All samples are at most 9. A mean rounds each addition, its weights and its result.
    const bound = step.call.startsWith('max')
      ? 0
      : (taps + 3) * 9 * 2 ** (dtype === 'float32' ? -24 : -53)
    for (const [i, value] of expected.entries()) {
      if (Number.isFinite(value))
        expect(Math.abs(result.data[i]! - value)).toBeLessThanOrEqual(bound)
      else expect(result.data[i]).toBe(value)
    }
  })
})

describe.each(['wasm', 'js'] as const)('the definition, %s', (backend) => {
  test.each<[string, readonly number[], PipelineStep]>([
    [
      'uneven padding, overlapping windows',
      [2, 5, 13, 9],
      {
        call: 'maxPool2d',
        size: [4, 3],
        stride: [1, 2],
        padding: [
          [3, 0],
          [0, 2],
        ],
      },
    ],
    [
      'windows with gaps between them',
      [1, 4, 17, 20],
      { call: 'maxPool2d', size: 2, stride: [3, 5] },
    ],
    ['negative padding crops', [1, 3, 10, 12], { call: 'maxPool2d', size: 2, padding: -1 }],
    ['a window of the whole array', [2, 6, 5, 7], { call: 'maxPool2d', size: [5, 7] }],
    ['windows of one sample', [1, 2, 6, 5], { call: 'maxPool2d', size: 1 }],
    [
      'one axis only',
      [1, 2, 6, 9],
      { call: 'maxPool2d', size: [1, 3], stride: 1, padding: [0, 1] },
    ],
    ['the first axis only', [1, 2, 9, 6], { call: 'maxPool2d', size: [3, 1], stride: [2, 1] }],
    ['a long signal', [1, 2, 4000], { call: 'maxPool1d', size: 40, stride: 3, padding: 20 }],
    ['a large plane', [1, 1, 150, 310], { call: 'maxPool2d', size: 3, stride: 2, padding: 1 }],
    ['a volume', [1, 3, 9, 8, 11], { call: 'maxPool3d', size: 3, stride: 2, padding: 1 }],
    ['means with gaps', [1, 2, 9, 9], { call: 'averagePool2d', size: 2, stride: 4, padding: 1 }],
    [
      'means of the samples inside',
      [2, 3, 8, 9],
      {
        ...{ call: 'averagePool2d', size: 4, stride: 1, includePadding: false },
        padding: [
          [3, 1],
          [2, 0],
        ],
      },
    ],
    ['no items', [0, 3, 8, 8], { call: 'maxPool2d', size: 2 }],
  ])('%s', (_, shape, step) => {
    const x = new Random(shape.length).array(shape, 9)
    const { array, error } = defineSteps([step], x)[0]!
    const result = run(step, x, { backend, dtype: 'float32' })
    expect(result.shape).toEqual(array.shape)
    expect(difference(result, array)).toBeLessThanOrEqual(step.call.startsWith('max') ? 0 : error)

    const last = pipeline([step], {
      ...{ inputShape: channelsLast(x).shape, layout: 'channels-last', backend },
    })
    const bound = step.call.startsWith('max') ? 0 : error
    expect(difference(last.runSync(channelsLast(x)), channelsLast(array))).toBeLessThanOrEqual(
      bound,
    )
    last.dispose()
  })

  test("padding 'same' gives ⌈n / stride⌉ outputs, the extra sample after", () => {
    const x = ndarray(Float32Array.of(1, 5, 2, 4, 3), [1, 1, 5])
    const step = { call: 'maxPool1d', size: 2, stride: 2 } as const
    const pool = (padding: 'same' | 'same-upper' | 'same-lower' | 'valid'): number[] =>
      Array.from(run({ ...step, padding }, x, { backend, dtype: 'float32' }).data)
    expect(pool('same')).toEqual([5, 4, 3])
    expect(pool('same-upper')).toEqual([5, 4, 3])
    expect(pool('same-lower')).toEqual([1, 5, 4])
    expect(pool('valid')).toEqual([5, 4])
  })
})
