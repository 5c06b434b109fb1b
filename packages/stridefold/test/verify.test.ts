/**
 * Does `verify: true` tell right from wrong? A right result is never accused, whatever its border,
 * type and layer; one that is off by a small
 * multiple of the bound always is, for every algorithm.
 */

import * as library from 'stridefold/sync'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import type { CallOptions } from '../src/geometry/options.ts'
import type { Call } from '../src/geometry/shapes.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import { kernelProperties } from '../src/planner/kernel-properties.ts'
import { describeOperands, layoutOf, problemOf } from '../src/planner/problem.ts'
import { worstFault } from '../src/planner/verify.ts'
import { random } from './random-geometry.ts'

afterEach(() => vi.restoreAllMocks())

const borders = [
  'zero',
  'edge',
  'reflect',
  'symmetric',
  'wrap',
  { constant: 1e7 },
  { constant: -3e5 },
] as const
type Next = (below: number) => number
const fraction = (next: Next): number => (next(2 ** 24) - 2 ** 23) / 2 ** 23
const filled = (shape: readonly number[], value: () => number): library.NdArray<Float32Array> =>
  library.ndarray(Float32Array.from({ length: shape.reduce((n, e) => n * e, 1) }, value), shape)

interface Case {
  readonly call: Call
  readonly x: library.NdArray
  readonly k: library.NdArray
  readonly options: CallOptions
}

/**
 * Signals of two axes with a kernel that is a sum of one or two products, with the taps of a
 * picture's filter.
 */
function signal(next: Next): Case {
  const sides = [1 + next(9), 1 + next(9)]
  const terms = Array.from({ length: 1 + next(2) }, () =>
    sides.map((n) => Array.from({ length: n }, () => fraction(next))),
  )
  const weights = terms
    .map(([u, v]) => u!.flatMap((a) => v!.map((b) => a * b)))
    .reduce((sum, one) => sum.map((value, i) => value + one[i]!))
  const size = 10 ** (next(9) - 4)
  return {
    call: next(2) === 0 ? 'convolve' : 'correlate',
    x: filled([1 + next(23), 1 + next(23)], () => size * fraction(next)),
    k: library.ndarray(Float32Array.from(weights), sides),
    options: {
      boundary: borders[next(borders.length)]!,
      mode: next(2) === 0 ? 'same' : 'full',
      stride: 1 + next(2),
      bias: next(3) * 1e5,
    } as CallOptions,
  }
}

/** Layers whose filters and groups differ in size by many powers of ten, forward and transposed. */
function layer(next: Next): Case {
  const groups = 1 + next(2)
  const [channels, filters] = [groups * (8 + next(3)), groups * (4 + next(3))]
  const transposed = next(3) === 0
  const [rows, columns] = transposed ? [channels, filters / groups] : [filters, channels / groups]
  const side = 2 + next(3)
  let at = 0
  const k = filled(
    [rows, columns, side, side],
    () => fraction(next) * 10 ** -(Math.floor(at++ / (columns * side * side)) % 7),
  )
  const activation = [undefined, 'relu', 'sigmoid', 'tanh', { name: 'leaky-relu', slope: 20 }][
    next(5)
  ] as CallOptions['activation']
  return {
    call: transposed ? 'convTranspose2d' : 'conv2d',
    x: filled([1 + next(2), channels, 5 + next(9), 5 + next(9)], () => fraction(next)),
    k,
    options: {
      ...{ groups, padding: 1, stride: 1 + next(2), boundary: borders[next(borders.length)]! },
      ...(next(2) === 0 ? { bias: filled([filters], () => 1000 * fraction(next)) } : {}),
      ...(activation === undefined ? {} : { activation }),
    } as CallOptions,
  }
}

const { conv2d, convolve, convTranspose2d, correlate } = library
const calls = { conv2d, convolve, convTranspose2d, correlate } as Readonly<
  Record<string, (x: library.NdArray, k: library.NdArray, o: object) => library.NdArray>
>
const computed = ({ call, x, k }: Case, options: CallOptions): library.NdArray =>
  calls[call]!(x, k, options)

const refused = (error: unknown): boolean =>
  error instanceof library.OptionError && error.code === 'ALGORITHM_REFUSED'

const kinds = [
  ['signals', signal],
  ['layers', layer],
] as const

describe.each(allAlgorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
  '%s',
  (name, algorithm) => {
    test.each(kinds)(
      '%s: right results are not accused, and an element that is off is found',
      (_, made) => {
        let compared = 0
        for (let seed = 1; seed <= 60; seed++) {
          const c = made(random(seed))
          const options: CallOptions = {
            ...c.options,
            algorithm: name,
            ...(seed % 4 === 0 ? { backend: 'js' } : {}),
          }
          const where = `seed ${seed}`
          let result: library.NdArray
          try {
            result = computed(c, { ...options, verify: true })
          } catch (error) {
            if (refused(error)) continue
            throw new Error(where, { cause: error })
          }
          compared++
          if (result.data.length === 0) continue
          const problem = problemOf(c.call, c.x.shape, c.k.shape, options, 'float32')
          const [input, kernel] = [problem.toCanonicalAxes(c.x), problem.kernelToCanonicalAxes(c.k)]
          const values = kernelProperties(problem.geometry, kernel)
          const facts = {
            ...describeOperands(
              problem,
              input,
              kernel,
              layoutOf(problem.toCanonicalAxes(result)),
              false,
            ),
            ...(values && { values }),
          }
          const growth = algorithm.errorBoundFactor(problem.geometry, facts)
          const bias = problem.bias as library.NdArray | undefined
          const at = random(seed)(result.data.length)
          const wrong = {
            ...result,
            data: Float64Array.from(result.data),
            dtype: 'float64' as const,
          }
          expect(
            worstFault(problem, { input, kernel, bias, result: wrong }, growth),
            where,
          ).toBeUndefined()
          wrong.data[at] = Infinity
          const { bound } = worstFault(problem, { input, kernel, bias, result: wrong }, growth)!
          expect(Number.isFinite(bound), where).toBe(true)
          wrong.data[at] = result.data[at]! + 3 * bound
          expect(
            worstFault(problem, { input, kernel, bias, result: wrong }, growth)?.actual,
            where,
          ).toBe(wrong.data[at])
        }
        if (made === signal || name !== 'separable')
          expect(compared).toBeGreaterThan(name === 'winograd' && made === signal ? -1 : 10)
      },
    )

    test('a program that adds too much is found by the call itself', () => {
      const next = random(3)
      const c: Case =
        name === 'winograd'
          ? {
              call: 'conv2d',
              x: filled([1, 8, 9, 9], () => fraction(next)),
              k: filled([4, 8, 3, 3], () => fraction(next)),
              options: {},
            }
          : {
              call: 'correlate',
              x: filled([9, 9], () => fraction(next)),
              k: filled([5, 5], () => 0.04),
              options: {},
            }
      const sum = Array.from(c.k.data, Math.abs).reduce((n, w) => n + w)
      const largest = Math.max(...Array.from(c.x.data, Math.abs))
      const { program } = algorithm
      vi.spyOn(algorithm, 'program').mockImplementation((g, facts) => {
        const bound = algorithm.errorBoundFactor(g, facts) * epsilon.float32 * largest * sum
        return program.call(algorithm, g, { ...facts, offset: 2 * bound })
      })
      // No other test uses this memory limit, so the call makes its own plan.
      expect(() =>
        computed(c, { algorithm: name, memoryLimit: 2 ** 30 + 1, verify: true }),
      ).toThrow(/the error bound is/)
    })
  },
)

test('the largest constant that is read counts, and one that is not read does not', () => {
  const x = filled([9, 9], () => 1)
  const k = filled([3, 3], () => 0.1)
  const problem = problemOf(
    'correlate',
    [9, 9],
    [3, 3],
    { boundary: { constant: 1e7 }, mode: 'valid' } as CallOptions,
    'float32',
  )
  const result = filled([7, 7], () => 0.9)
  const operands = {
    input: problem.toCanonicalAxes(x),
    kernel: problem.kernelToCanonicalAxes(k),
    bias: undefined,
    result,
  }
  expect(worstFault(problem, operands, 11)).toBeUndefined()
  result.data[3]! += 1e-3
  expect(worstFault(problem, operands, 11)).toMatchObject({ at: 3 })
  const read = problemOf(
    'correlate',
    [9, 9],
    [3, 3],
    { boundary: { constant: 1e7 } } as CallOptions,
    'float32',
  )
  const right = library.correlate(x, k, { boundary: { constant: 1e7 } })
  right.data[40]! += 1e-3
  expect(worstFault(read, { ...operands, result: right }, 11)).toBeUndefined()
})

test('integer results lie between what the ends of the bound round to', () => {
  const problem = problemOf('correlate', [3], [1], { dtype: 'uint8' } as CallOptions, 'float32')
  const operands = (values: readonly number[]) => ({
    input: problem.toCanonicalAxes(library.ndarray(Float32Array.from([1, 2, 300]))),
    kernel: problem.kernelToCanonicalAxes(library.ndarray(Float32Array.from([0.5]))),
    bias: undefined,
    result: library.ndarray(Uint8Array.from(values)),
  })
  expect(worstFault(problem, operands([0, 1, 150]), 3)).toBeUndefined()
  expect(worstFault(problem, operands([1, 1, 150]), 3)).toBeUndefined()
  expect(worstFault(problem, operands([0, 2, 150]), 3)).toMatchObject({ at: 1, expected: 1 })
})
