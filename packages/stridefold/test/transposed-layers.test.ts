/**
 * Are transposed layers and dilated inputs right for any stride? The tests compare every algorithm
 * with the definition. The data are integers, so direct sums are exact and must be equal. Programs
 * must not grow with the stride.
 */

import { convTranspose1d, type NdArray, plan, planCase } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { type ConvGeometry, makeGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import { elementCount, rowMajorStrides } from '../src/ndarray/layout.ts'
import { compareWithDefinition, definition } from '../src/reference/compare.ts'
import { casesHere } from './random-count.ts'
import { random } from './random-geometry.ts'
import { filled, type Next, unlessRefused } from './small-arrays.ts'

const total = (values: Iterable<number>): number =>
  Array.from(values).reduce((sum, v) => sum + v, 0)

/** Returns a random geometry with dilated inputs, small enough to compute by the definition. */
function randomDilated(next: Next): {
  readonly g: ConvGeometry
  readonly x: NdArray
  readonly k: NdArray
} {
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  const rank = pick([1, 1, 2])
  // A case for `separable`, a case for `winograd`, or any case.
  const kind = pick(['single', 'tiled', 'any'] as const)
  const isSingle = kind === 'single'
  const groups = isSingle ? 1 : pick([1, 1, 2])
  const perGroup = { single: [1, 1], tiled: [8, 4], any: [pick([1, 2, 5]), pick([1, 2, 3])] }[kind]
  const [channels, filters] = [groups * perGroup[0]!, groups * perGroup[1]!]
  const border = pick([
    'zero',
    'zero',
    'edge',
    'reflect',
    'symmetric',
    'wrap',
    { constant: 2 },
  ] as const)
  const axes = Array.from({ length: rank }, () => {
    const isTiled = kind === 'tiled'
    const inputDilation = isTiled
      ? 1 + next(5)
      : rank === 1
        ? 1 + next(64)
        : pick([1, 2, 3, 4, 8, 13])
    const kernel =
      rank === 1
        ? pick([1, 2, 3, 5, 16, 31, 64, 2 * inputDilation])
        : pick([1, 2, 3, 4, 2 * inputDilation])
    const dilation = isTiled ? 1 : pick([1, 1, 1, 2, 3])
    const windowReach = dilation * (kernel - 1)
    const pad = (): number =>
      pick([0, windowReach, Math.floor(windowReach / 2), next(windowReach + 2), -1])
    return {
      input: 1 + next(rank === 1 ? 9 : 5),
      kernel,
      inputDilation,
      dilation,
      stride: isTiled ? 1 : pick([1, 1, 1, 2, 3]),
      before: pad(),
      after: pad(),
    }
  })
  const g = makeGeometry({
    batch: 1 + next(2),
    groups,
    channels,
    filters,
    axes,
    boundary: border,
    flip: next(2) === 0,
  })
  const x = filled([g.batch, channels, ...g.axes.map((axis) => axis.input)], () => next(9) - 4)
  // Kernels of one channel are products of vectors, so that `separable` can compute them.
  const factors = g.axes.map((axis) => Array.from({ length: axis.kernel }, () => next(5) - 2))
  const product = factors.reduce<number[]>((all, f) => all.flatMap((v) => f.map((u) => v * u)), [1])
  const k = filled([filters, channels / groups, ...g.axes.map((axis) => axis.kernel)], (i) =>
    isSingle ? product[i]! : next(9) - 4,
  )
  return { g, x, k }
}

const rounding = new Set(['winograd', 'fft', 'separable'])

describe('dilated inputs: every algorithm on every backend', () => {
  test.each(['js', 'wasm'] as const)('random strides up to 64, on %s', (backend) => {
    const next = random(31)
    const runsOf = new Map<string, number>()
    for (let run = 0; run < casesHere(150); run++) {
      const { g, x, k } = randomDilated(next)
      if (elementCount(g.axes.map((axis) => axis.output)) === 0) continue
      const expected = definition(g, { input: x, kernel: k })
      for (const algorithm of allAlgorithms) {
        const namedOptions = { algorithm: algorithm.name, backend } as object
        const kernelOption = algorithm.name === 'separable' ? { kernel: k } : {}
        const result = unlessRefused(() =>
          planCase(g.key, { ...namedOptions, ...kernelOption }).runSync(x, k),
        )
        if (result === undefined) continue
        runsOf.set(algorithm.name, (runsOf.get(algorithm.name) ?? 0) + 1)
        const ones = g.axes.map((axis) => new Array(axis.kernel).fill(1))
        const descriptors = { values: { separable: { terms: [ones], residual: 0 } } } as never
        const errorBound = rounding.has(algorithm.name)
          ? epsilon.float32 * algorithm.errorBoundFactor(g, descriptors)
          : 0
        const { fault } = compareWithDefinition(expected, result, { errorBound })
        expect(fault, `${algorithm.name}: ${g.key}`).toBeUndefined()
      }
    }
    for (const { name } of allAlgorithms) expect(runsOf.get(name) ?? 0, name).toBeGreaterThan(5)
  })
})

describe('programs do not grow with the stride', () => {
  const dense = (shape: readonly number[]) => {
    const [outer, channel, ...axes] = rowMajorStrides(shape)
    return { dtype: 'float32', outer: outer!, channel: channel!, axes } as const
  }

  function countSteps(g: ConvGeometry): Map<string, number> {
    const extents = (of: 'input' | 'kernel' | 'output'): number[] => g.axes.map((axis) => axis[of])
    const descriptors: OperandDescriptors = {
      input: dense([g.batch, g.channels, ...extents('input')]),
      kernel: dense([g.filters, g.channels / g.groups, ...extents('kernel')]),
      output: dense([g.batch, g.filters, ...extents('output')]),
      ...{ bias: true, offset: 0 },
      values: {
        separable: {
          terms: [extents('kernel').map((n) => new Array<number>(n).fill(1))],
          residual: 0,
        },
      },
    }
    const supported = allAlgorithms.filter(
      (algorithm) => algorithm.unsupportedReason(g, descriptors) === undefined,
    )
    return new Map(
      supported.map((a) => [
        a.name,
        a.program(g, descriptors).stages.reduce((n, stage) => n + stage.steps.length, 0),
      ]),
    )
  }

  test.each([
    [1, [2, 3, 32, 1000, 2 ** 20, 2 ** 40], 40],
    [2, [2, 3, 32, 1000, 2 ** 20], 160],
    [3, [2, 3, 32, 1000], 640],
  ] as const)('%i axes', (rank, strides, usualMaxSteps) => {
    // These two algorithms compute components one by one, at most 32 of them.
    const maxSteps: Readonly<Record<string, number>> = { winograd: 1000, fft: 1000 }
    for (const inputDilation of strides) {
      for (const kernel of [1, 2, 3, 4, 67]) {
        for (const padding of [0, kernel - 1]) {
          const axis = { input: 3, kernel, inputDilation, before: padding, after: padding }
          const g = makeGeometry({ axes: Array.from({ length: rank }, () => axis) })
          for (const [name, steps] of countSteps(g))
            expect(steps, `${name}: ${g.key}`).toBeLessThanOrEqual(maxSteps[name] ?? usualMaxSteps)
        }
      }
    }
  })

  test('a layer with stride 32 runs in WebAssembly, in at most 8 stages', () => {
    const p = plan('convTranspose2d', [1, 21, 7, 7], [21, 21, 64, 64], { stride: 32 })
    expect([p.backend, p.stages.length <= 8]).toEqual(['wasm', true])
  })

  test(
    'hundreds of different components run in WebAssembly, and equal components share their ' +
      'code',
    () => {
      const p = plan('convTranspose2d', [1, 8, 9, 9], [8, 8, 64, 64], { stride: 32, dilation: 15 })
      expect(p.backend).toBe('wasm')
      expect(p.stages.length).toBeGreaterThan(1000)
      expect(p.module!.length).toBeLessThan(2 ** 20)
    },
  )

  test('three samples with stride 50,000', () => {
    const y = convTranspose1d([[[1, 2, 3]]], [[[10, 20, 30]]], { stride: 50_000, bias: [7] })
    expect(y.shape).toEqual([1, 1, 100_003])
    const read = [0, 1, 2, 50_000, 50_001, 50_002, 100_000, 100_001, 100_002]
    expect(read.map((at) => y.data[at])).toEqual([17, 27, 37, 27, 47, 67, 37, 67, 97])
    expect(total(y.data)).toBe(7 * 100_003 + 6 * 60)
  })

  test('a result too large for memory throws OUT_OF_MEMORY', () => {
    expect(
      plan('convTranspose1d', [1, 1, 3], [1, 1, 3], { stride: 2 ** 40 }).stages.length,
    ).toBeLessThan(10)
    expect(() => convTranspose1d([[[1, 2, 3]]], [[[1, 2, 3]]], { stride: 2 ** 40 })).toThrow(
      expect.objectContaining({ name: 'UnavailableError', code: 'OUT_OF_MEMORY' }),
    )
  })

  test('too many different components throw PROGRAM_TOO_LARGE', () => {
    const shape = [1, 1, 2 ** 24]
    expect(() =>
      plan('convTranspose1d', [1, 1, 3], shape, { stride: 2 ** 22 + 15, dilation: 2 ** 20 + 7 }),
    ).toThrow(expect.objectContaining({ name: 'UnavailableError', code: 'PROGRAM_TOO_LARGE' }))
  })
})
