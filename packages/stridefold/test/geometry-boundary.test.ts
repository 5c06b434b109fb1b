/**
 * Which sample does each border read outside an array, and what do the border words of other
 * libraries mean? The reference for the first question is `np.pad` of NumPy. The reference for the
 * second is the table of conventions.
 */

import { describe, expect, test } from 'vitest'
import type { BoundaryName } from '../src/geometry/boundary.ts'
import {
  boundaryAdvice,
  boundaryFrom,
  boundarySuggestion,
  fillValue,
  sourceIndex,
} from '../src/geometry/boundary.ts'

/** np.pad(np.arange(n), (7, 7), mode) of NumPy 1.24: pads longer than the array. */
const padded: readonly (readonly [number, BoundaryName, number[]])[] = [
  [1, 'edge', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [1, 'reflect', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [1, 'symmetric', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [1, 'wrap', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [2, 'edge', [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]],
  [2, 'reflect', [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]],
  [2, 'symmetric', [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]],
  [2, 'wrap', [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]],
  [3, 'edge', [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2]],
  [3, 'reflect', [1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1]],
  [3, 'symmetric', [0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2]],
  [3, 'wrap', [2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]],
  [5, 'edge', [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4]],
  [5, 'reflect', [1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3]],
  [5, 'symmetric', [3, 4, 4, 3, 2, 1, 0, 0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 0, 1]],
  [5, 'wrap', [3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]],
]

test.each(padded)(
  'an axis of %i samples is padded as by np.pad with mode %s',
  (extent, boundary, expected) => {
    expect(
      Array.from({ length: extent + 14 }, (_, j) => sourceIndex(j - 7, extent, boundary)),
    ).toEqual(expected)
  },
)

test('outside samples have no source index for zero, for constant and on an empty axis', () => {
  expect([-1, 0, 2, 3].map((i) => sourceIndex(i, 3, 'zero'))).toEqual([-1, 0, 2, -1])
  expect([-1, 0, 2, 3].map((i) => sourceIndex(i, 3, { constant: 7 }))).toEqual([-1, 0, 2, -1])
  expect(sourceIndex(0, 0, 'wrap')).toBe(-1)
  expect(fillValue({ constant: 7 })).toBe(7)
  expect(fillValue('zero')).toBe(0)
})

describe('border words', () => {
  const columns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    zero: {
      scipy: 'constant',
      numpy: 'constant',
      opencv: 'CONSTANT',
      torch: 'zeros',
      tfjs: 'constant',
      julia: 'Fill',
      svg: 'none',
    },
    edge: {
      scipy: 'nearest',
      numpy: 'edge',
      opencv: 'REPLICATE',
      torch: 'replicate',
      webnn: 'edge',
      matlab: 'replicate',
      svg: 'duplicate',
    },
    symmetric: {
      scipy: 'reflect',
      numpy: 'symmetric',
      opencv: 'REFLECT',
      webnn: 'symmetric',
      matlab: 'symmetric',
      julia: 'symmetric',
    },
    reflect: {
      scipy: 'mirror',
      numpy: 'reflect',
      opencv: 'REFLECT_101',
      torch: 'reflect',
      webnn: 'reflection',
      tf: 'REFLECT',
      julia: 'reflect',
    },
    wrap: {
      scipy: 'grid-wrap',
      numpy: 'wrap',
      opencv: 'BORDER_WRAP',
      torch: 'circular',
      matlab: 'circular',
      onnx: 'wrap',
      svg: 'wrap',
    },
  }
  test.each(Object.entries(columns))('%s accepts the names of other libraries', (name, words) => {
    expect(boundaryFrom(name)).toBe(name)
    for (const [library, word] of Object.entries(words))
      expect(boundaryFrom(`${library}:${word}`)).toBe(name)
  })

  test("a constant may be any number, also NaN; the constant 0 is the border 'zero'", () => {
    expect(boundaryFrom({ constant: 0 })).toBe('zero')
    expect(boundaryFrom({ constant: Number.NaN })).toEqual({ constant: Number.NaN })
    expect(boundaryFrom({ constant: Number.NEGATIVE_INFINITY })).toEqual({
      constant: Number.NEGATIVE_INFINITY,
    })
  })

  test.each<[unknown, string]>([
    ['constant', 'write { constant: 0 }'],
    ['scipy:circular', "one of scipy's names constant, grid-constant, nearest"],
    ['toString:valueOf', 'or a library (scipy, numpy, opencv'],
    ['scipy:toString', "one of scipy's names"],
    [{ constant: '3' }, 'or { constant: v }'],
    [{ constant: 3, more: 1 }, 'or { constant: v }'],
    [null, "'zero', 'edge', 'reflect', 'symmetric', 'wrap'"],
    [3, "'zero', 'edge', 'reflect', 'symmetric', 'wrap'"],
  ])('%j is none, and the advice is: %s', (value, advice) => {
    expect(boundaryFrom(value)).toBeUndefined()
    expect(boundaryAdvice(value)).toContain(advice)
  })

  test.each<[unknown, string]>([
    ['nearest', " 'scipy:nearest' means 'edge'."],
    ['Mirror', " 'scipy:Mirror' means 'reflect'."],
    ['symetric', " Did you mean 'symmetric'?"],
    ['reflct', " Did you mean 'reflect'?"],
    ['mirorr', " Did you mean 'reflect', which is 'scipy:mirror'?"],
    ['replicated', " Did you mean 'edge', which is 'opencv:replicate'?"],
    ['constant', ''],
    ['scipy:mirorr', ''],
    ['qqqqqqqq', ''],
    [3, ''],
  ])('%j is none, and the suggestion is: %s', (value, suggestion) => {
    expect(boundaryFrom(value)).toBeUndefined()
    expect(boundarySuggestion(value)).toBe(suggestion)
  })
})
