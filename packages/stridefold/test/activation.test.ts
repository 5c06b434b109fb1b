/**
 * Does every activation that a caller can name compute its formula, on every backend, and is it
 * within its bound? The tables of ndarray/activation.ts are the list, so a new activation is tested
 * as soon as it has a name.
 */

import { describe, expect, test } from 'vitest'
import {
  type Activation,
  activatedBound,
  activationFunction,
  activations,
  epilogueActivation,
  type parametricActivations,
  plainActivations,
} from '../src/ndarray/activation.ts'
import { epsilon } from '../src/ndarray/dtype.ts'
import { conv1d, toNested } from '../src/sync.ts'

/** Parameters for every name that needs some. */
const withParameters = {
  'leaky-relu': { name: 'leaky-relu', slope: -0.3 },
  clamp: { name: 'clamp', min: -1, max: 2.5 },
} satisfies Record<keyof typeof parametricActivations, Activation>

const named: readonly Activation[] = [
  ...(Object.keys(plainActivations) as (keyof typeof plainActivations)[]),
  ...Object.values(withParameters),
]

const samples = [-1000, -30, -7.25, -1, -0.1, 0, 1e-6, 0.4, 1, 3, 6.5, 90, 1000]

describe.each(['js', 'wasm'] as const)('on %s', (backend) => {
  test.each(named.map((activation) => [JSON.stringify(activation), activation] as const))(
    'a layer with activation %s applies the formula to every sum',
    (_, activation) => {
      const weight = [[[1]]]
      const sums = toNested(conv1d([[samples]], weight, { backend })) as number[][][]
      const results = toNested(conv1d([[samples]], weight, { backend, activation })) as number[][][]
      const epilogue = epilogueActivation(activation)
      const formula = activationFunction(epilogue)
      for (const [i, sum] of sums[0]![0]!.entries()) {
        const expected = formula(sum)
        const bound = activatedBound(0, Math.abs(expected), epilogue, 'float32')
        // One more rounding: the result is float32.
        expect(Math.abs(results[0]![0]![i]! - expected), `of ${sum}`).toBeLessThanOrEqual(
          bound + epsilon.float32 * Math.abs(expected),
        )
      }
    },
  )
})

test('the bound of a sum grows with the slope of its activation', () => {
  const steep = { kind: 'leaky', slope: -3 } as const
  for (const difference of [0.5, -0.5])
    expect(
      Math.abs(activationFunction(steep)(-2 + difference) - activationFunction(steep)(-2)),
    ).toBeLessThanOrEqual(activatedBound(0.5, 6, steep, 'float64'))
  expect(activatedBound(0.5, 6, undefined, 'float64')).toBe(0.5)
})

test('every kind has a name', () => {
  const kinds = new Set(named.map((activation) => epilogueActivation(activation).kind))
  expect([...kinds].sort()).toEqual(Object.keys(activations).sort())
})

test('NaN stays NaN', () => {
  for (const activation of named)
    expect(activationFunction(epilogueActivation(activation))(Number.NaN)).toBeNaN()
})
