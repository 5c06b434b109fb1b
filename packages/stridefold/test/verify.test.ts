/**
 * Does `verify: true` accept right results and reject wrong ones? The tests run every algorithm
 * with random borders and layers. A right result must pass. A result with an error of three
 * times the bound must fail.
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
const randomFraction = (next: Next): number => (next(2 ** 24) - 2 ** 23) / 2 ** 23
const filled = (shape: readonly number[], value: () => number): library.NdArray<Float32Array> =>
  library.ndarray(Float32Array.from({ length: shape.reduce((n, e) => n * e, 1) }, value), shape)

interface Case {
  readonly call: Call
  readonly x: library.NdArray
  readonly k: library.NdArray
  readonly options: CallOptions
}

/**
 * Returns a random signal of two axes. Its kernel has the size of an image filter. It is a sum of
 * one or two products of vectors.
 */
function randomSignal(next: Next): Case {
  const sides = [1 + next(9), 1 + next(9)]
  const terms = Array.from({ length: 1 + next(2) }, () =>
    sides.map((n) => Array.from({ length: n }, () => randomFraction(next))),
  )
  const weights = terms
    .map(([u, v]) => u!.flatMap((a) => v!.map((b) => a * b)))
    .reduce((sum, term) => sum.map((value, i) => value + term[i]!))
  const size = 10 ** (next(9) - 4)
  return {
    call: next(2) === 0 ? 'convolve' : 'correlate',
    x: filled([1 + next(23), 1 + next(23)], () => size * randomFraction(next)),
    k: library.ndarray(Float32Array.from(weights), sides),
    options: {
      boundary: borders[next(borders.length)]!,
      mode: next(2) === 0 ? 'same' : 'full',
      stride: 1 + next(2),
      bias: next(3) * 1e5,
    } as CallOptions,
  }
}

/** Returns a random layer, forward or transposed, with filters of very different magnitude. */
function randomLayer(next: Next): Case {
  const groups = 1 + next(2)
  const [channels, filters] = [groups * (8 + next(3)), groups * (4 + next(3))]
  const transposed = next(3) === 0
  const [rows, columns] = transposed ? [channels, filters / groups] : [filters, channels / groups]
  const side = 2 + next(3)
  let at = 0
  const k = filled(
    [rows, columns, side, side],
    () => randomFraction(next) * 10 ** -(Math.floor(at++ / (columns * side * side)) % 7),
  )
  const activation = [undefined, 'relu', 'sigmoid', 'tanh', { name: 'leaky-relu', slope: 20 }][
    next(5)
  ] as CallOptions['activation']
  return {
    call: transposed ? 'convTranspose2d' : 'conv2d',
    x: filled([1 + next(2), channels, 5 + next(9), 5 + next(9)], () => randomFraction(next)),
    k,
    options: {
      ...{ groups, padding: 1, stride: 1 + next(2), boundary: borders[next(borders.length)]! },
      ...(next(2) === 0 ? { bias: filled([filters], () => 1000 * randomFraction(next)) } : {}),
      ...(activation === undefined ? {} : { activation }),
    } as CallOptions,
  }
}

const { conv2d, convolve, convTranspose2d, correlate } = library
const calls = { conv2d, convolve, convTranspose2d, correlate } as Readonly<
  Record<string, (x: library.NdArray, k: library.NdArray, o: object) => library.NdArray>
>
const runCall = ({ call, x, k }: Case, options: CallOptions): library.NdArray =>
  calls[call]!(x, k, options)

const isUnsupported = (error: unknown): boolean =>
  error instanceof library.OptionError && error.code === 'ALGORITHM_REFUSED'

const kinds = [
  ['signals', randomSignal],
  ['layers', randomLayer],
] as const

describe.each(allAlgorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
  '%s',
  (name, algorithm) => {
    test.each(kinds)('%s: right results pass, and one wrong element is found', (_, createCase) => {
      let compared = 0
      for (let seed = 1; seed <= 60; seed++) {
        const c = createCase(random(seed))
        const options: CallOptions = {
          ...c.options,
          algorithm: name,
          ...(seed % 4 === 0 ? { backend: 'js' } : {}),
        }
        const where = `seed ${seed}`
        let result: library.NdArray
        try {
          result = runCall(c, { ...options, verify: true })
        } catch (error) {
          if (isUnsupported(error)) continue
          throw new Error(where, { cause: error })
        }
        compared++
        if (result.data.length === 0) continue
        const problem = problemOf(c.call, c.x.shape, c.k.shape, options, 'float32')
        const [input, kernel] = [problem.toCanonicalAxes(c.x), problem.kernelToCanonicalAxes(c.k)]
        const values = kernelProperties(problem.geometry, kernel)
        const descriptors = {
          ...describeOperands(
            problem,
            input,
            kernel,
            layoutOf(problem.toCanonicalAxes(result)),
            false,
          ),
          ...(values && { values }),
        }
        const growth = algorithm.errorBoundFactor(problem.geometry, descriptors)
        const bias = problem.bias as library.NdArray | undefined
        const at = random(seed)(result.data.length)
        const changed = {
          ...result,
          data: Float64Array.from(result.data),
          dtype: 'float64' as const,
        }
        expect(
          worstFault(problem, { input, kernel, bias, result: changed }, growth),
          where,
        ).toBeUndefined()
        changed.data[at] = Infinity
        const { bound } = worstFault(problem, { input, kernel, bias, result: changed }, growth)!
        expect(Number.isFinite(bound), where).toBe(true)
        changed.data[at] = result.data[at]! + 3 * bound
        expect(
          worstFault(problem, { input, kernel, bias, result: changed }, growth)?.actual,
          where,
        ).toBe(changed.data[at])
      }
      if (createCase === randomSignal || name !== 'separable')
        expect(compared).toBeGreaterThan(
          name === 'winograd' && createCase === randomSignal ? -1 : 10,
        )
    })

    test('a call throws if its program adds twice the bound', () => {
      const next = random(3)
      const c: Case =
        name === 'winograd'
          ? {
              call: 'conv2d',
              x: filled([1, 8, 9, 9], () => randomFraction(next)),
              k: filled([4, 8, 3, 3], () => randomFraction(next)),
              options: {},
            }
          : {
              call: 'correlate',
              x: filled([9, 9], () => randomFraction(next)),
              k: filled([5, 5], () => 0.04),
              options: {},
            }
      const sum = Array.from(c.k.data, Math.abs).reduce((n, w) => n + w)
      const largest = Math.max(...Array.from(c.x.data, Math.abs))
      const { program } = algorithm
      vi.spyOn(algorithm, 'program').mockImplementation((g, descriptors) => {
        const bound = algorithm.errorBoundFactor(g, descriptors) * epsilon.float32 * largest * sum
        return program.call(algorithm, g, { ...descriptors, offset: 2 * bound })
      })
      // No other test uses this memory limit, so the call compiles a new plan.
      expect(() => runCall(c, { algorithm: name, memoryLimit: 2 ** 30 + 1, verify: true })).toThrow(
        /the error bound is/,
      )
    })
  },
)

test('the bound includes a border constant only if the call reads it', () => {
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
  const paddedProblem = problemOf(
    'correlate',
    [9, 9],
    [3, 3],
    { boundary: { constant: 1e7 } } as CallOptions,
    'float32',
  )
  const withSmallError = library.correlate(x, k, { boundary: { constant: 1e7 } })
  withSmallError.data[40]! += 1e-3
  expect(worstFault(paddedProblem, { ...operands, result: withSmallError }, 11)).toBeUndefined()
})

test('integer results may lie anywhere between the rounded ends of the bound', () => {
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
