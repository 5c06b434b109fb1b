/**
 * Compares `Marks` with a plain map: taps in any order, several at one place, a focused place;
 * moved, expanded, renumbered and merged.
 */

import { describe, expect, test } from 'vitest'
import { emptyMark, type Mark, type Marks, MarksBuilder, noMarks } from '../src/model/marks.ts'
import { randomFractions } from '../src/model/numbers.ts'

type Plain = Map<number, Mark>

const plainOf = (marks: Marks): Plain =>
  new Map([...marks.places].map((place, i) => [place, marks.at(i)]))

interface Added {
  readonly place: number
  readonly tap: number
  readonly isActive: boolean
}

/** `extent`: the builder has another index for places beyond two million. */
function columns(added: readonly Added[], focusedPlace?: number, extent = 45): Marks {
  const marks = new MarksBuilder(added.length, { focusedPlace, extent })
  for (const { place, tap, isActive } of added) marks.add(place, tap, isActive)
  return marks.build()
}

function plain(added: readonly Added[], focusedPlace?: number): Plain {
  const marks: Plain = new Map()
  for (const { place, tap, isActive } of added) {
    const reference = marks.get(place)
    marks.set(place, {
      tap: reference?.tap ?? tap,
      count: (reference?.count ?? 0) + 1,
      isMixed: reference !== undefined && (reference.isMixed || reference.tap !== tap),
      isFocused: place === focusedPlace,
      active: isActive || (reference?.active ?? false),
    })
  }
  if (focusedPlace !== undefined && !marks.has(focusedPlace))
    marks.set(focusedPlace, {
      tap: -1,
      count: 0,
      isMixed: false,
      isFocused: true,
      active: false,
    })
  return marks
}

function randomTaps(seed: number): {
  readonly added: readonly Added[]
  readonly focusedPlace: number | undefined
} {
  const next = randomFractions(seed)
  const integerBelow = (max: number): number => Math.floor(next() * max)
  const max = 1 + integerBelow(12)
  const active = integerBelow(5)
  let place = 0
  const added = Array.from({ length: integerBelow(30) }, () => {
    // Places mostly ascend, as taps do; some repeat or go back.
    place = next() < 0.7 ? place + 1 : integerBelow(max * 3)
    const tap = integerBelow(6)
    return { place, tap, isActive: tap === active }
  })
  return { added, focusedPlace: next() < 0.5 ? undefined : integerBelow(max * 3) }
}

describe.each(
  Array.from({ length: 60 }, (_, seed) => [seed, seed % 2 === 0 ? 45 : 2 ** 31] as const),
)('seed %i, %i places', (seed, extent) => {
  const { added, focusedPlace } = randomTaps(seed)
  const [marks, reference] = [columns(added, focusedPlace, extent), plain(added, focusedPlace)]

  test('built', () => {
    expect(plainOf(marks)).toEqual(reference)
    expect(marks.size).toBe(reference.size)
    expect([...marks.places]).toEqual([...reference.keys()])
    for (let place = 0; place < 45; place++) {
      expect(marks.get(place)).toEqual(reference.get(place))
      expect(marks.has(place)).toBe(reference.has(place))
    }
  })

  test('moved, some dropped', () => {
    const to = (place: number): number | undefined => (place % 3 === 0 ? undefined : 100 - place)
    const expected = new Map(
      [...reference].flatMap(([place, mark]) =>
        to(place) === undefined ? [] : [[to(place), mark] as const],
      ),
    )
    expect(plainOf(marks.mapPlaces(to))).toEqual(expected)
    expect(plainOf(marks.mapPlaces((place) => place + 7))).toEqual(
      new Map([...reference].map(([place, mark]) => [place + 7, mark])),
    )
  })

  test('expanded to other places', () => {
    const from = (place: number): number => place % 5
    const expected = Array.from(
      { length: 11 },
      (_, place) => [place, reference.get(from(place))] as const,
    ).filter(([, mark]) => mark)
    expect(plainOf(marks.expand(11, from))).toEqual(new Map(expected))
  })

  test('renumbered; merged with others', () => {
    const renumbered = new Map(
      [...reference].map(([place, mark]) => [
        place,
        { ...mark, tap: mark.tap < 0 ? mark.tap : mark.tap + 10 },
      ]),
    )
    expect(plainOf(marks.renumber((tap) => tap + 10))).toEqual(renumbered)
    const others = randomTaps(seed + 1000)
    const merged = new Map([...plain(others.added, others.focusedPlace), ...reference])
    expect(plainOf(marks.merge(columns(others.added, others.focusedPlace)))).toEqual(merged)
  })
})

test('no marks, and a mark without a product', () => {
  expect(plainOf(noMarks)).toEqual(new Map())
  expect(plainOf(emptyMark(3))).toEqual(
    new Map([[3, { tap: -1, count: 0, isMixed: false, isFocused: false, active: false }]]),
  )
})
