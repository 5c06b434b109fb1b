/**
 * Both ways of the flip dock against the library's `convolve` and `correlate`, and what turning
 * does to a kernel.
 */

import { convolve, correlate, toNested } from 'stridefold/sync'
import { expect, test } from 'vitest'
import {
  differenceAt,
  flipPair,
  resultAt,
  symmetryOf,
  tapAt,
  turnedProblem,
} from '../src/stage/docks/flip-pair.ts'
import { stageModelOf } from '../src/stage/stage-model.ts'
import type { LabState } from '../src/state/state.ts'

const input = [
  [3, 9, 0, 2],
  [2, 8, 1, 5],
  [1, 4, 8, 7],
  [6, 0, 2, 3],
]
const kernel = [
  [1, 2, 0],
  [-1, 3, 5],
]
const stateOf = (
  problem: string,
): Pick<LabState, 'problem' | 'input' | 'kernel' | 'divisor' | 'bias'> => ({
  problem,
  input: { values: input.flat() },
  kernel: { values: kernel.flat() },
  divisor: 1,
  bias: 0,
})

test.each(['1x1x4x4 * 1x1x2x3', '1x1x4x4 * 1x1x2x3 flip', '1x1x4x4 * 1x1x2x3 s2 p1 flip'])(
  'both ways are the library’s: %s',
  (problem) => {
    const state = stateOf(problem)
    const pair = flipPair(state, stageModelOf(state))
    const options = problem.includes('s2') ? { stride: 2, padding: 1 } : { padding: 0 }
    const expected = {
      correlation: (toNested(correlate(input, kernel, options)) as number[][]).flat(),
      convolution: (toNested(convolve(input, kernel, options)) as number[][]).flat(),
    }
    expect(Array.from(pair.correlation.output.data)).toEqual(expected.correlation)
    expect(Array.from(pair.convolution.output.data)).toEqual(expected.convolution)
    expect(pair.current).toBe(problem.includes('flip') ? 'convolution' : 'correlation')
    const place = { x: 1, y: 1 }
    const at = place.y * pair.correlation.output.width + place.x
    for (const way of ['correlation', 'convolution'] as const) {
      const { products, sum, result } = resultAt(pair, way, place)
      expect([sum, result]).toEqual([expected[way][at], expected[way][at]])
      // A weight has one tap number in both ways.
      const weights = products.map((product, i) => [tapAt(pair, way, i), product.weight])
      expect(weights.sort()).toEqual(
        resultAt(pair, pair.current, place)
          .products.map(({ tap, weight }) => [tap, weight])
          .sort(),
      )
    }
    expect(differenceAt(pair, place)).toBe(expected.convolution[at]! - expected.correlation[at]!)
  },
)

test('turning twice is the same problem', () => {
  const problem = '1x1x4x4 * 1x1x2x3 s2 p1'
  expect(turnedProblem(problem)).toContain('flip')
  expect(turnedProblem(turnedProblem(problem))).not.toContain('flip')
})

test('what turning changes', () => {
  expect(symmetryOf([1, 2, 1, 2, 4, 2, 1, 2, 1])).toBe('same')
  expect(symmetryOf([-1, 0, 1, -2, 0, 2, -1, 0, 1])).toBe('negated')
  expect(symmetryOf([-2, -1, 0, -1, 1, 1, 0, 1, 2])).toBe('none')
  expect(symmetryOf([0, 0])).toBe('same')
  expect(symmetryOf([1, 2])).toBe('none')
})
