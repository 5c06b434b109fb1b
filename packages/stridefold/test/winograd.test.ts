/**
 * Are Winograd's matrices right, and does its stated error bound hold? The tests check the matrices
 * exactly, in rational numbers. They compare results with float64 sums, for random data and for
 * data chooseAlgorithm to make the error large.
 */

import { algorithms, conv1d, conv2d, conv3d, type NdArray, ndarray, plan } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { polyphaseComponents } from '../src/algorithms/polyphase.ts'
import { amplification, maxPoints, pointsFor } from '../src/algorithms/winograd/points.ts'
import { rational } from '../src/algorithms/winograd/rational.ts'
import { tileSizesOf } from '../src/algorithms/winograd/tiling.ts'
import { exactTransforms, product, transforms } from '../src/algorithms/winograd/transforms.ts'
import { winograd } from '../src/algorithms/winograd.ts'
import { linearForm } from '../src/backends/wasm/schedule/linear-form.ts'
import { type ConvGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import { referenceConv } from '../src/reference/definition.ts'
import { random } from './random-geometry.ts'

const supportedTiles = [2, 3, 4, 5].flatMap((r) =>
  Array.from({ length: maxPoints + 1 - r }, (_, i) => [i + 2, r] as const),
)

describe('matrices', () => {
  test.each(supportedTiles)('F(%i, %i) computes the convolution exactly', (m, r) => {
    const t = exactTransforms(m, r)
    for (let i = 0; i < m; i++) {
      for (let k = 0; k < r; k++) {
        for (let at = 0; at < m + r - 1; at++)
          expect(product(t, i, k, at)).toEqual(rational(at === i + k ? 1 : 0))
      }
    }
  })

  test.each(supportedTiles)(
    'F(%i, %i): the input and output transforms are exact in float32',
    (m, r) => {
      const { input, output } = transforms(m, r)
      for (const v of [...input, ...output].flat()) expect(Math.fround(v)).toBe(v)
    },
  )

  test.each(supportedTiles)('F(%i, %i): the matrices amplify errors as stated', (m, r) => {
    const { output, kernel, input } = transforms(m, r)
    const norms = input.map((row) => row.reduce((sum, v) => sum + Math.abs(v), 0))
    const growth = output.flatMap((row) =>
      kernel[0]!.map((_, k) =>
        row.reduce((sum, a, j) => sum + Math.abs(a * kernel[j]![k]!) * norms[j]!, 0),
      ),
    )
    expect(amplification(m, r)).toBe(Math.max(...growth))
  })

  test('F(2, 3) is the published transform, except for signs and scale', () => {
    expect(transforms(2, 3).output).toEqual([
      [1, 1, 1, 0],
      [0, 1, -1, 1],
    ])
    expect(amplification(2, 3)).toBe(4)
  })

  test('all points are different', () => {
    for (let count = 1; count <= maxPoints; count++) {
      const texts = pointsFor(count).map(
        ({ numerator, denominator }) => `${numerator}/${denominator}`,
      )
      expect(new Set(texts).size).toBe(count)
    }
  })
})

describe('constant matrices as shared sums', () => {
  const applyForm = (matrix: readonly (readonly number[])[], x: readonly number[]): number[] => {
    const form = linearForm(matrix)
    const values = [...x]
    for (const terms of form.sums)
      values.push(terms.reduce((sum, { weight, value }) => sum + weight * values[value]!, 0))
    return form.outputs.map((output) => values[output]!)
  }

  test.each(supportedTiles)('F(%i, %i): shared sums give the product with the matrix', (m, r) => {
    const { input, output } = transforms(m, r)
    for (const matrix of [input, output]) {
      const x = matrix[0]!.map((_, j) => 64 * (j * j - 3 * j + 5))
      expect(applyForm(matrix, x)).toEqual(
        matrix.map((row) => row.reduce((sum, w, j) => sum + w * x[j]!, 0)),
      )
    }
  })

  test('random matrices with few different values', () => {
    const next = random(5)
    for (let run = 0; run < 500; run++) {
      const columns = 1 + next(7)
      const matrix = Array.from({ length: 1 + next(7) }, () =>
        Array.from({ length: columns }, () => next(5) - 2),
      )
      const x = Array.from({ length: columns }, () => next(100) - 50)
      expect(applyForm(matrix, x).map((v) => v + 0)).toEqual(
        matrix.map((row) => row.reduce((sum, w, j) => sum + w * x[j]!, 0) + 0),
      )
    }
  })

  test('F(6, 3): sharing saves at least a quarter of the operations', () => {
    const { input } = transforms(6, 3)
    const operationsWithoutSharing = input.flat().filter((v) => v !== 0).length - input.length
    expect(linearForm(input).operations).toBeLessThan(operationsWithoutSharing * 0.75)
  })
})

interface Layer {
  readonly x: NdArray
  readonly k: NdArray
  readonly g: ConvGeometry
  readonly y: NdArray
}

const callOf = { 1: conv1d, 2: conv2d, 3: conv3d }

function layer(
  extents: readonly number[],
  taps: readonly number[],
  value: (i: number) => number,
  weight: (i: number) => number,
): Layer {
  const [channels, filters] = [9, 6]
  const rank = extents.length as 1 | 2 | 3
  const array = (shape: readonly number[], at: (i: number) => number): NdArray =>
    ndarray(
      Float32Array.from({ length: shape.reduce((n, e) => n * e, 1) }, (_, i) => at(i)),
      shape,
    )
  const x = array([1, channels, ...extents], value)
  const k = array([filters, channels, ...taps], weight)
  const axes = extents.map((input, a) => ({ input, kernel: taps[a]!, before: 1, after: 1 }))
  const g = makeGeometry({ channels, filters, axes })
  return { x, k, g, y: callOf[rank](x, k, { padding: 1, algorithm: 'winograd' }) }
}

const descriptors = { values: {} } as unknown as OperandDescriptors

/** Returns the largest error in units of the stated bound, which is computed per filter. */
function errorInBounds({ x, k, g, y }: Layer): number {
  const reference = referenceConv(g, x, k, 0)
  const largest = Math.max(...Array.from(x.data, Math.abs))
  const perFilter = k.data.length / g.filters
  const outputs = reference.length / g.filters
  const unit = winograd.errorBoundFactor(g, descriptors) * epsilon[g.dtype] * largest
  let worst = 0
  for (let f = 0; f < g.filters; f++) {
    const weights = Array.from(k.data.subarray(f * perFilter, (f + 1) * perFilter)).reduce(
      (sum, v) => sum + Math.abs(v),
      0,
    )
    for (let i = f * outputs; i < (f + 1) * outputs; i++)
      worst = Math.max(worst, Math.abs(y.data[i]! - reference[i]!) / (unit * weights))
  }
  return worst
}

describe('the stated bound', () => {
  const shapes = [
    [[40], [3]],
    [[33], [5]],
    [
      [13, 18],
      [3, 3],
    ],
    [
      [14, 9],
      [2, 5],
    ],
    [
      [24, 24],
      [3, 3],
    ],
    [
      [7, 8, 9],
      [3, 3, 3],
    ],
    [
      [5, 6, 9],
      [1, 2, 4],
    ],
  ] as const

  test.each(shapes)('random data, %j by %j', (extents, taps) => {
    const next = random(11)
    const uniform = (): number => next(2 ** 24) / 2 ** 23 - 1
    expect(errorInBounds(layer(extents, taps, uniform, uniform))).toBeLessThan(0.1)
  })

  test.each(shapes)('data with the signs of an input transform, %j by %j', (extents, taps) => {
    const next = random(12)
    // The signs of neighbours alternate as in the rows of the input transform. All weights are
    // positive and use many digits.
    const alternating = (i: number): number => (i % 2 === 0 ? 1 : -1) * (1 - next(1000) / 2 ** 22)
    const weight = (): number => 1 / 3 + next(1000) / 2 ** 22
    const worst = errorInBounds(layer(extents, taps, alternating, weight))
    expect(worst).toBeLessThan(0.5)
    expect(worst).toBeGreaterThan(0)
  })

  test('small values beside large ones: the error stays within the bound of the large ones', () => {
    const mixedLayer = layer(
      [12, 12],
      [3, 3],
      (i) => (i % 144 < 3 ? 1e6 : 1e-3),
      (i) => ((i * 7) % 11) - 5,
    )
    expect(errorInBounds(mixedLayer)).toBeLessThan(0.1)
  })
})

test('tiles keep the amplification at most 5000 for float32; float64 allows more', () => {
  const dense = (dtype: 'float32' | 'float64', rank: number): ConvGeometry =>
    makeGeometry({
      channels: 64,
      filters: 64,
      dtype,
      axes: Array.from({ length: rank }, () => ({ input: 60, kernel: 3, before: 1, after: 1 })),
    })
  const growth = (dtype: 'float32' | 'float64', rank: number): number => {
    const g = dense(dtype, rank)
    const component = polyphaseComponents(g)[0]!
    return tileSizesOf(g, component)!.reduce(
      (n, m, a) => n * amplification(m, component[a]!.taps),
      1,
    )
  }
  for (const rank of [1, 2, 3]) expect(growth('float32', rank)).toBeLessThanOrEqual(5000)
  expect(growth('float64', 3)).toBeGreaterThan(5000)
})

test('errors give the reason why winograd cannot run, strict accuracy included', () => {
  const attempt =
    (
      options: object,
      input: readonly number[] = [1, 16, 20, 20],
      weight: readonly number[] = [16, 16, 3, 3],
    ) =>
    () =>
      plan('conv2d', input, weight, { algorithm: 'winograd', ...options })
  expect(attempt({ stride: 2 })).toThrow(/winograd cannot compute .*stride 1/)
  expect(attempt({ dilation: 2 })).toThrow(/without dilation/)
  expect(attempt({ accuracy: 'strict' })).toThrow(/accuracy is strict/)
  expect(attempt({}, [1, 16, 20, 20], [16, 16, 7, 7])).toThrow(/2 to 5 taps/)
  expect(attempt({}, [1, 16, 20, 20], [16, 16, 1, 1])).toThrow(/one tap/)
  expect(attempt({ groups: 16 }, [1, 16, 20, 20], [16, 1, 3, 3])).toThrow(/too few/)
  expect(algorithms().map(({ name }) => name)).toContain('winograd')
})

test('auto chooses winograd for layers with many channels, not with few', () => {
  const chooseAlgorithm = (channels: number, filters: number, extent: number): string =>
    plan('conv2d', [1, channels, extent, extent], [filters, channels, 3, 3], {
      padding: 1,
      backend: 'wasm',
    }).algorithm
  expect(chooseAlgorithm(64, 64, 56)).toBe('winograd')
  expect(chooseAlgorithm(256, 256, 14)).toBe('winograd')
  expect(chooseAlgorithm(3, 64, 112)).not.toBe('winograd')
  expect(chooseAlgorithm(4, 4, 14)).not.toBe('winograd')
})

test('NaN and infinity appear only where the definition puts them', () => {
  const { x, k } = layer(
    [12, 12],
    [3, 3],
    (i) => i % 7,
    (i) => (i % 5) - 2,
  )
  x.data[5 * 12 + 6] = NaN
  x.data[144 + 3] = Infinity
  const y = conv2d(x, k, { padding: 1, algorithm: 'winograd' })
  const direct = conv2d(x, k, { padding: 1, algorithm: 'naive' })
  expect(Array.from(y.data, Number.isFinite)).toEqual(Array.from(direct.data, Number.isFinite))
})
