/**
 * Does `verify: true` accept right results and reject wrong ones? The tests run every algorithm
 * with random borders and layers. A right result must pass. A result with an error of three
 * times the bound must fail.
 */

import * as library from 'stridefold/sync'
import * as entryPoint from 'stridefold/verify'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { validateCallOptions } from '../src/geometry/check-options.ts'
import type { CheckedOptions } from '../src/geometry/checked-options.ts'
import type { Call } from '../src/geometry/shapes.ts'
import { kernelProperties } from '../src/kernels/properties.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import { inputInOrder, kernelInOrder } from '../src/problem/axis-orders.ts'
import { problemOf } from '../src/problem/operands.ts'
import { questionOf } from '../src/problem/question.ts'
import { compareWithDefinition, type Definition, definition } from '../src/reference/compare.ts'
import { changeDescriptors } from './faulty-programs.ts'
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
const filled = (shape: readonly number[], value: () => number): library.NdArray<'float32'> =>
  library.ndarray(Float32Array.from({ length: shape.reduce((n, e) => n * e, 1) }, value), shape)

/** Options of any call that the tests give. */
type CallOptions = Partial<CheckedOptions>

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
        const checked = validateCallOptions(c.call, options)
        const question = questionOf(c.call, c.x.shape, c.k.shape, checked, 'float32')
        const { geometry, offset, activation, padAdjoints, orders } = question
        const [input, kernel] = [inputInOrder(c.x, orders), kernelInOrder(c.k, orders)]
        const values = kernelProperties(geometry, kernel, false)
        const output = inputInOrder(result, orders)
        const problem = problemOf(question, { input, kernel, bias: undefined, output }, values)
        const errorBound =
          epsilon.float32 * algorithm.errorBoundFactor(geometry, problem.descriptors)
        const bias =
          typeof options.bias === 'object' ? (options.bias as library.NdArray) : undefined
        const at = random(seed)(result.data.length)
        const changed = {
          ...result,
          data: Float64Array.from(result.data),
          dtype: 'float64' as const,
        }
        const expected = definition(geometry, {
          ...{ input, kernel, bias, offset, activation, padAdjoints },
        })
        const faultOf = () =>
          compareWithDefinition(expected, inputInOrder(changed, orders), { errorBound }).fault
        expect(faultOf(), where).toBeUndefined()
        changed.data[at] = Infinity
        const { bound } = faultOf()!
        expect(Number.isFinite(bound), where).toBe(true)
        changed.data[at] = result.data[at]! + 3 * bound
        expect(faultOf()?.actual, where).toBe(changed.data[at])
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
      changeDescriptors(algorithm, (g, descriptors) => {
        const bound = algorithm.errorBoundFactor(g, descriptors) * epsilon.float32 * largest * sum
        return { ...descriptors, offset: 2 * bound }
      })
      // No other test uses this memory limit, so the call compiles a new plan.
      expect(() => runCall(c, { algorithm: name, memoryLimit: 2 ** 30 + 1, verify: true })).toThrow(
        /the error bound is/,
      )
    })
  },
)

/** 11 roundings of float32. */
const errorBound = 11 * epsilon.float32

describe('the comparison accepts just under the bound, and finds a fault just over it', () => {
  /** Adds 0.99 and 1.01 of the stated bound to one output, in both directions. */
  function expectSharp(expected: Definition, at: number, bound: number): void {
    const values = Float64Array.from(expected.values)
    const faultAt = (value: number) => {
      const data = values.with(at, value)
      const result = library.ndarray(data, expected.shape)
      return compareWithDefinition(expected, result, { errorBound }).fault
    }
    for (const side of [-1, 1]) {
      expect(faultAt(values[at]! + side * 0.99 * bound)).toBeUndefined()
      expect(faultAt(values[at]! + side * 1.01 * bound)).toMatchObject({ at })
    }
  }

  test('border constants count where a window reads them', () => {
    const input = filled([1, 1, 9, 9], () => 1)
    const kernel = filled([1, 1, 3, 3], () => 0.125)
    for (const [text, largest] of [
      ['9x9 * 3x3 constant=1e7', 1],
      ['9x9 * 3x3 same constant=1e7', 1e7],
    ] as const) {
      const expected = definition(library.parseCase(text), { input, kernel })
      expectSharp(expected, 3, errorBound * largest * 9 * 0.125)
    }
  })

  test('every filter has its own bound', () => {
    const kernel = filled([2, 1, 3], () => 1)
    kernel.data.set([1e6, -1e6, 1e6])
    const input = library.ndarray(Float32Array.of(1, -2, 2, 1), [1, 1, 4])
    const expected = definition(library.parseCase('1x1x4 * 2x1x3'), { input, kernel })
    expectSharp(expected, 0, errorBound * 2 * 3e6)
    expectSharp(expected, 2, errorBound * 2 * 3)
  })

  test('where large products cancel, the bound follows the products', () => {
    const input = filled([1, 1, 8], () => 30_000)
    const kernel = library.ndarray(Float32Array.of(2000, -2000, 2 ** -10), [1, 1, 3])
    const expected = definition(library.parseCase('8 * 3'), { input, kernel })
    expect(expected.values[2]).toBe(30_000 / 1024)
    expectSharp(expected, 2, errorBound * 30_000 * (4000 + 2 ** -10))
  })

  test('NaN and infinities must be where the definition has them', () => {
    const input = library.ndarray(Float32Array.of(1, 2, NaN, 4, 5, Infinity, 7), [1, 1, 7])
    const kernel = library.ndarray(Float32Array.of(1, 1), [1, 1, 2])
    const expected = definition(library.parseCase('7 * 2'), { input, kernel })
    const right = [3, NaN, NaN, 9, Infinity, Infinity]
    const faultOf = (values: readonly number[]) => {
      const result = library.ndarray(Float32Array.from(values), [1, 1, 6])
      return compareWithDefinition(expected, result, { errorBound }).fault
    }
    expect(faultOf(right)).toBeUndefined()
    for (const [at, value] of [
      [0, NaN],
      [1, 3],
      [2, Infinity],
      [3, Infinity],
      [4, NaN],
      [5, -Infinity],
    ] as const)
      expect(faultOf(right.with(at, value)), `${at}`).toMatchObject({ at, actual: value })
    expectSharp(expected, 0, errorBound * 7 * 2)
  })

  test('an integer may lie between the rounded ends of the bound', () => {
    const input = library.ndarray(Float32Array.of(1, 2.9999, 3, 300, 600), [1, 1, 5])
    const kernel = library.ndarray(Float32Array.of(0.5), [1, 1, 1])
    const expected = definition(library.parseCase('5 * 1'), { input, kernel })
    const faultOf = (values: readonly number[], bound: number) => {
      const result = library.ndarray(Uint8Array.from(values), [1, 1, 5])
      return compareWithDefinition(expected, result, { errorBound: bound }).fault
    }
    // The bound is 300 times as large as errorBound: the tie 0.5 and 1.5 may go either way, while
    // 1.49995 needs 5e-5 of it to become 2.
    expect(faultOf([0, 1, 2, 150, 255], 0)).toBeUndefined()
    expect(faultOf([1, 1, 1, 150, 255], 1e-9)).toBeUndefined()
    expect(faultOf([1, 1, 2, 150, 255], 0)).toMatchObject({ at: 0, expected: 0 })
    const near = 0.5 - (Math.fround(2.9999) / 2 - 1)
    expect(faultOf([0, 2, 2, 150, 255], (1.01 * near) / 300)).toBeUndefined()
    expect(faultOf([0, 2, 2, 150, 255], (0.99 * near) / 300)).toMatchObject({ at: 1, expected: 1 })
    expect(faultOf([0, 1, 2, 151, 255], 1e-9)).toMatchObject({ at: 3, expected: 150 })
  })
})

test('the example of the docstring', () => {
  const { conv2d, ndarray, parseCase } = library
  const input = ndarray(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), [1, 1, 3, 3])
  const kernel = ndarray(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2])
  const expected = entryPoint.definition(parseCase('3x3 * 2x2'), { input, kernel })
  expect([...expected.values]).toEqual([37, 47, 67, 77])
  const result = conv2d(input, kernel)
  expect(
    entryPoint.compareWithDefinition(expected, result, { errorBound: 2 ** -20 }).fault,
  ).toBeUndefined()
})

test('a selection of outputs is compared with the same definition', () => {
  const next = random(5)
  const g = library.parseCase('2x4x9x11 * 6x2x3x2 same g2')
  const input = filled([2, 4, 9, 11], () => randomFraction(next))
  const kernel = filled([6, 2, 3, 2], () => randomFraction(next))
  const all = definition(g, { input, kernel })
  const result = library.ndarray(Float32Array.from(all.values), all.shape)
  const wrong = library.ndarray(result.data.with(-1, 9), all.shape)
  const spread = definition(g, { input, kernel }, { outputs: 5 })
  expect(spread.values).toEqual(
    Float64Array.from([0, 297, 594, 890, 1187], (at) => all.values[at]!),
  )
  expect(compareWithDefinition(spread, result, { errorBound })).toMatchObject({ outputs: 5 })
  expect(compareWithDefinition(spread, wrong, { errorBound }).fault).toMatchObject({
    ...{ index: [1, 5, 8, 10], at: 1187, actual: 9 },
  })
  const region = { start: [2, 3], shape: [4, 5] }
  const inside = definition(g, { input, kernel }, { region })
  expect(inside.values[0]).toBe(all.values[2 * 11 + 3])
  expect(inside.values).toHaveLength(2 * 6 * 4 * 5)
  expect(compareWithDefinition(inside, wrong, { errorBound }).fault).toBeUndefined()
  expect(() =>
    definition(g, { input, kernel }, { region: { start: [6, 0], shape: [4, 1] } }),
  ).toThrow('the region from [6,0] of shape [4,1] does not lie inside the outputs [9,11]')
  const differences: number[] = []
  compareWithDefinition(inside, result, { errorBound }, (d) => differences.push(d))
  expect(differences).toHaveLength(240)
})

test('arrays of other shapes are rejected', () => {
  const g = library.parseCase('4 * 2')
  const x = filled([1, 1, 4], () => 1)
  const k = filled([1, 1, 2], () => 1)
  expect(() => definition(g, { input: k, kernel: k })).toThrow('input has shape [1,1,2]')
  expect(() => definition(g, { input: x, kernel: x })).toThrow('kernel has shape [1,1,4]')
  expect(() =>
    compareWithDefinition(definition(g, { input: x, kernel: k }), x, { errorBound }),
  ).toThrow('result has shape [1,1,4]')
})
