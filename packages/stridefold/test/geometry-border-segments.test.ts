/**
 * The segments of a border. The tests compare them with `sourceIndex`, coordinate by coordinate.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type BorderedAxis,
  borderSegments,
  type Coordinates,
  firstAt,
  readersOf,
  repeatedSegments,
} from '../src/geometry/border-segments.ts'
import { type Boundary, sourceIndex } from '../src/geometry/boundary.ts'

const boundaries: readonly Boundary[] = [
  'zero',
  'edge',
  'reflect',
  'symmetric',
  'wrap',
  { constant: 3 },
]

const axes: fc.Arbitrary<BorderedAxis> = fc.record({
  extent: fc.integer({ min: 0, max: 7 }),
  boundary: fc.constantFrom(...boundaries),
})
const coordinates: fc.Arbitrary<Required<Coordinates>> = fc.record({
  first: fc.integer({ min: -30, max: 30 }),
  count: fc.nat(40),
  step: fc.nat(9),
})

/** The sample of every coordinate, by the definition. */
const sourcesOf = ({ extent, boundary }: BorderedAxis, c: Required<Coordinates>): number[] =>
  Array.from({ length: c.count }, (_, i) => sourceIndex(c.first + i * c.step, extent, boundary))

describe('borderSegments', () => {
  test('cover every coordinate once, in order, and read what the border says', () => {
    fc.assert(
      fc.property(axes, coordinates, (axis, c) => {
        const sources: number[] = []
        for (const { start, count, source, step } of borderSegments(axis, c)) {
          expect(start).toBe(sources.length)
          expect(count).toBeGreaterThan(0)
          for (let i = 0; i < count; i++) sources.push(source + i * step)
        }
        expect(sources).toEqual(sourcesOf(axis, c))
      }),
      { numRuns: 1000 },
    )
  })

  test('the coordinates inside the input are one segment of their own', () => {
    fc.assert(
      fc.property(axes, coordinates, (axis, c) => {
        const isInside = (i: number): boolean => {
          const at = c.first + i * c.step
          return at >= 0 && at < axis.extent
        }
        const segments = [...borderSegments(axis, c)]
        const inside = segments.filter(({ start }) => isInside(start))
        expect(inside.length).toBeLessThanOrEqual(1)
        for (const { start, count } of segments)
          for (let i = 0; i < count; i++) expect(isInside(start + i)).toBe(isInside(start))
      }),
    )
  })

  test('a constant or edge border has at most three segments, a far one too', () => {
    for (const boundary of ['zero', 'edge', { constant: 3 }] as const) {
      const far = { first: -(2 ** 40), count: 2 ** 41, step: 3 }
      expect([...borderSegments({ extent: 5, boundary }, far)].length).toBe(3)
    }
  })

  test('each border, from two copies of the input before it to two behind it', () => {
    const drawn = (boundary: Boundary, extent = 4): string =>
      Array.from(
        borderSegments({ extent, boundary }, { first: -2 * extent, count: 5 * extent }),
        ({ count, source, step }) =>
          Array.from({ length: count }, (_, i) => 'abcd'[source + i * step] ?? '.').join(''),
      ).join('|')
    expect(drawn('zero')).toBe('........|abcd|........')
    expect(drawn('edge')).toBe('aaaaaaaa|abcd|dddddddd')
    expect(drawn('wrap')).toBe('abcd|abcd|abcd|abcd|abcd')
    expect(drawn('symmetric')).toBe('abcd|dcba|abcd|dcba|abcd')
    expect(drawn('reflect')).toBe('cb|abcd|cb|abcd|cb|abcd|cb')
    expect(drawn('reflect', 2)).toBe('ab|ab|ab|ab|ab')
    expect(drawn('wrap', 1)).toBe('aa|a|aa')
  })

  test('are lazy: of a border without end the first segments cost nothing', () => {
    const far = { first: -(2 ** 50), count: 2 ** 51 }
    const [first] = borderSegments({ extent: 2, boundary: 'wrap' }, far)
    expect(first).toEqual({ start: 0, count: 2, source: 0, step: 1 })
  })
})

test('readersOf lists the coordinates that read a sample', () => {
  fc.assert(
    fc.property(axes, coordinates, fc.nat(6), (axis, c, sample) => {
      expect(readersOf(sample, axis, c)).toEqual(
        sourcesOf(axis, c).flatMap((source, i) => (source === sample ? [i] : [])),
      )
    }),
  )
})

test('firstAt finds the first coordinate at or behind a limit', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.integer({ min: -30, max: 30 }), fc.nat(20), (step, start, max) => {
      const i = Array.from({ length: max }, (_, i) => start + i * step).findIndex((at) => at >= 4)
      expect(firstAt(step, start, 4, max)).toBe(start >= 4 ? 0 : i < 0 ? max : i)
    }),
  )
})

describe('repeatedSegments', () => {
  test('cover every coordinate once, with at most five segments', () => {
    fc.assert(
      fc.property(axes, fc.integer({ min: -90, max: 90 }), fc.nat(90), (axis, first, count) => {
        const sources = new Array<number | undefined>(count).fill(undefined)
        const segments = repeatedSegments(axis, first, count)
        for (const { start, count: length, source, step, period, repeats } of segments) {
          for (let copy = 0; copy < repeats; copy++) {
            for (let i = 0; i < length; i++) {
              const at = start + copy * period + i
              expect(sources[at]).toBeUndefined()
              sources[at] = source + i * step
            }
          }
        }
        expect(sources).toEqual(sourcesOf(axis, { first, count, step: 1 }))
        expect(segments.length).toBeLessThanOrEqual(5)
      }),
      { numRuns: 1000 },
    )
  })
})
