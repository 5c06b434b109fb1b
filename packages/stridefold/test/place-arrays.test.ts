/**
 * Do arrays that live at the same time have separate places? And do the others share bytes, so that
 * no more memory is needed than at the fullest moment where that is possible?
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LivingArray, placeArrays } from '../src/planner/place-arrays.ts'

const array = (bytes: number, first: number, last: number): LivingArray => ({ bytes, first, last })

test('a chain of steps needs two places, a branch a third one', () => {
  const chain = [array(128, -1, 0), array(64, 0, 1), array(128, 1, 2), array(64, 2, 3)]
  expect(placeArrays(chain)).toEqual({ offsets: [0, 128, 0, 128], bytes: 192 })
  const branch = [array(64, -1, 3), array(64, 0, 1), array(64, 1, 2), array(64, 2, 3)]
  expect(placeArrays(branch)).toEqual({ offsets: [0, 64, 128, 64], bytes: 192 })
})

test('places begin at a cache line, and an empty array needs no bytes', () => {
  const { offsets, bytes } = placeArrays([array(4, 0, 1), array(100, 0, 1), array(0, 0, 1)])
  expect(offsets).toEqual([128, 0, 0])
  expect(bytes).toBe(192)
  expect(placeArrays([])).toEqual({ offsets: [], bytes: 0 })
})

test('random arrays never overlap while both of them live', () => {
  const living = fc
    .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: -1, max: 20 }), fc.nat(8))
    .map(([bytes, first, steps]) => array(bytes, first, first + steps))
  fc.assert(
    fc.property(fc.array(living, { maxLength: 24 }), (arrays) => {
      const { offsets, bytes } = placeArrays(arrays)
      const ends = arrays.map((one, i) => offsets[i]! + one.bytes)
      for (const [i, a] of arrays.entries()) {
        expect(offsets[i]! % 64).toBe(0)
        expect(ends[i]).toBeLessThanOrEqual(bytes)
        for (const [j, b] of arrays.entries()) {
          if (i >= j || a.first > b.last || b.first > a.last) continue
          const isApart = ends[i]! <= offsets[j]! || ends[j]! <= offsets[i]!
          expect(isApart || a.bytes === 0 || b.bytes === 0).toBe(true)
        }
      }
      const rounded = arrays.map((one) => Math.ceil(one.bytes / 64) * 64)
      expect(bytes).toBeLessThanOrEqual(rounded.reduce((sum, size) => sum + size, 0))
    }),
    { numRuns: 300 },
  )
})
