/**
 * Does `verify: true` reject results that are wrong on purpose? Every algorithm gets a program
 * whose sums are wrong. Where the result must be exact, the smallest difference is a fault.
 * Elsewhere an integer may differ by one near a tie, and nowhere else.
 */

import * as library from 'stridefold/sync'
import { compareWithDefinition, definition } from 'stridefold/verify'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import type { EpilogueActivation } from '../src/ndarray/activation.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import { changeDescriptors } from './faulty-programs.ts'

afterEach(() => vi.restoreAllMocks())

const { conv2d, correlate, ndarray } = library

interface Addends {
  readonly bias?: number
  readonly offset?: number
  readonly activation?: EpilogueActivation
}

/** A call that every algorithm but one can compute, and one for winograd. */
function callOf(name: string, weight: number): (options: object) => library.NdArray {
  if (name === 'winograd') {
    const x = ndarray(
      Uint8Array.from({ length: 8 * 81 }, (_, i) => (i * 37) % 256),
      [1, 8, 9, 9],
    )
    const k = ndarray(new Float32Array(4 * 8 * 9).fill(weight), [4, 8, 3, 3])
    return (options) => conv2d(x, k, { dtype: 'int32', algorithm: name, ...options })
  }
  const x = ndarray(
    Uint8Array.from({ length: 24 * 25 }, (_, i) => (i * 37) % 256),
    [24, 25],
  )
  const k = ndarray(new Float32Array(25).fill(weight), [5, 5])
  return (options) => correlate(x, k, { dtype: 'int32', algorithm: name, ...options })
}

// Each test compiles its own plans: no other test uses these memory limits.
let limit = 2 ** 30 + 1000

describe.each(allAlgorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
  '%s',
  (name, algorithm) => {
    /** Adds `error` to every sum of the programs. */
    const addError = (error: number): void =>
      changeDescriptors(algorithm, (_, descriptors) => ({
        ...descriptors,
        offset: descriptors.offset + error,
      }))

    test.each([0.5, 0.25, 0.375])('weights of %d: exact, and a wrong sum is a fault', (weight) => {
      const compute = callOf(name, weight)
      expect(() => compute({ verify: true })).not.toThrow()
      for (const error of [1, -1]) {
        addError(error)
        expect(() => compute({ verify: true, memoryLimit: limit++ })).toThrow(
          expect.objectContaining({ code: 'VERIFY_FAILED' }),
        )
        vi.restoreAllMocks()
      }
    })

    test('weights of 0.1: an error below the bound passes, a larger one is a fault', () => {
      const compute = callOf(name, 0.1)
      expect(() => compute({ dtype: 'int16', verify: true })).not.toThrow()
      addError(100)
      expect(() => compute({ dtype: 'int16', verify: true, memoryLimit: limit++ })).toThrow(
        /VERIFY|error bound/,
      )
      vi.restoreAllMocks()
      addError(epsilon.float32)
      expect(() => compute({ dtype: 'int16', verify: true, memoryLimit: limit++ })).not.toThrow()
    })
  },
)

test('near a tie a result may be off by one if it is not exact, elsewhere it may not', () => {
  const g = library.parseCase('1x1x4 * 1x1x1')
  const kernel = ndarray(Float32Array.of(0.5), [1, 1, 1])
  const faults = (input: library.NdArray, errorBound: number): (number | undefined)[] => {
    const expected = definition(g, { input, kernel })
    return [1, 2, 1, 3].map((wrong, at) => {
      const result = ndarray(Uint8Array.of(0, 1, 2, 2).with(at, wrong), [1, 1, 4])
      return compareWithDefinition(expected, result, { errorBound }).fault?.at
    })
  }
  const bytes = ndarray(Uint8Array.of(1, 2, 3, 4), [1, 1, 4])
  const floats = ndarray(Float32Array.of(1, 2, 3, 4), [1, 1, 4])
  expect(definition(g, { input: bytes, kernel }).isExact).toBe(true)
  expect(definition(g, { input: floats, kernel }).isExact).toBe(false)
  // 0.5 and 1.5 are ties; 1 and 2 are not.
  expect(faults(floats, 2 ** -20)).toEqual([undefined, 1, undefined, 3])
  expect(faults(bytes, 0)).toEqual([0, 1, 2, 3])
})

test.each<[string, Addends, boolean]>([
  ['a bias that is a finer fraction', { bias: 0.1 }, false],
  ['a bias on the grid', { bias: -2.25 }, true],
  ['an offset on the grid', { offset: 0.5 }, true],
  ['an activation that rounds', { activation: { kind: 'tanh' } as const }, false],
  ['a clamp', { activation: { kind: 'clamp', min: 0, max: 6.5 } as const }, true],
  [
    'a clamp at a number that float32 cannot hold',
    { activation: { kind: 'clamp', min: 0, max: 6.1 } as const },
    false,
  ],
])('isExact with %s', (_, { bias, ...more }, isExact) => {
  const g = library.parseCase('1x1x4 * 1x1x1')
  const input = ndarray(Uint8Array.of(1, 2, 3, 4), [1, 1, 4])
  const kernel = ndarray(Float32Array.of(0.5), [1, 1, 1])
  const biasArray = bias === undefined ? undefined : ndarray(Float32Array.of(bias), [1])
  expect(definition(g, { input, kernel, bias: biasArray, ...more }).isExact).toBe(isExact)
})
