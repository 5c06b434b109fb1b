/**
 * Compares `Marks` with a plain map: taps in any order, several at one place, a focused place;
 * moved, expanded, renumbered and merged.
 */

import { describe, expect, test } from 'vitest'
import { type Mark, type Marks, MarksBuilder, noMarks, emptyMark } from '../src/model/marks.ts'
import { randomFractions } from '../src/model/numbers.ts'

type Plain = Map<number, Mark>

const plainOf = (marks: Marks): Plain =>
  new Map([...marks.places].map((place, i) => [place, marks.at(i)]))

interface Added {
  readonly place: number
  readonly tap: number
  readonly isActive: boolean
}

function columns(added: readonly Added[], self?: number): Marks {
  const marks = new MarksBuilder(added.length, self)
  for (const { place, tap, isActive } of added) marks.add(place, tap, isActive)
  return marks.marksByName()
}

function plain(added: readonly Added[], self?: number): Plain {
  const marks: Plain = new Map()
  for (const { place, tap, isActive } of added) {
    const known = marks.get(place)
    marks.set(place, {
      tap: known && !isActive ? known.tap : tap,
      count: (known?.count ?? 0) + 1,
      isFocused: place === self,
      active: isActive || (known?.active ?? false),
    })
  }
  if (self !== undefined && !marks.has(self))
    marks.set(self, { tap: -1, count: 0, isFocused: true, active: false })
  return marks
}

function randomTaps(seed: number): {
  readonly added: readonly Added[]
  readonly self: number | undefined
} {
  const next = randomFractions(seed)
  const whole = (most: number): number => Math.floor(next() * most)
  const most = 1 + whole(12)
  const active = whole(5)
  let place = 0
  const added = Array.from({ length: whole(30) }, () => {
    // Places mostly ascend, as taps do; some repeat or go back.
    place = next() < 0.7 ? place + 1 : whole(most * 3)
    const tap = whole(6)
    return { place, tap, isActive: tap === active }
  })
  return { added, self: next() < 0.5 ? undefined : whole(most * 3) }
}

describe.each(Array.from({ length: 60 }, (_, seed) => [seed]))('seed %i', (seed) => {
  const { added, self } = randomTaps(seed)
  const [marks, known] = [columns(added, self), plain(added, self)]

  test('gathered', () => {
    expect(plainOf(marks)).toEqual(known)
    expect(marks.size).toBe(known.size)
    expect([...marks.places]).toEqual([...known.keys()])
    for (let place = 0; place < 45; place++) {
      expect(marks.get(place)).toEqual(known.get(place))
      expect(marks.has(place)).toBe(known.has(place))
    }
  })

  test('moved, some left out', () => {
    const to = (place: number): number | undefined => (place % 3 === 0 ? undefined : 100 - place)
    const expected = new Map(
      [...known].flatMap(([place, mark]) =>
        to(place) === undefined ? [] : [[to(place), mark] as const],
      ),
    )
    expect(plainOf(marks.mapPlaces(to))).toEqual(expected)
    expect(plainOf(marks.mapPlaces((place) => place + 7))).toEqual(
      new Map([...known].map(([place, mark]) => [place + 7, mark])),
    )
  })

  test('laid under other places', () => {
    const from = (place: number): number => place % 5
    const expected = Array.from(
      { length: 11 },
      (_, place) => [place, known.get(from(place))] as const,
    ).filter(([, mark]) => mark)
    expect(plainOf(marks.expand(11, from))).toEqual(new Map(expected))
  })

  test('renumbered; put together with others', () => {
    const renumbered = new Map(
      [...known].map(([place, mark]) => [
        place,
        { ...mark, tap: mark.tap < 0 ? mark.tap : mark.tap + 10 },
      ]),
    )
    expect(plainOf(marks.renumber((tap) => tap + 10))).toEqual(renumbered)
    const more = randomTaps(seed + 1000)
    const both = new Map([...plain(more.added, more.self), ...known])
    expect(plainOf(marks.merge(columns(more.added, more.self)))).toEqual(both)
  })
})

test('no marks, and one where no product is lit', () => {
  expect(plainOf(noMarks)).toEqual(new Map())
  expect(plainOf(emptyMark(3))).toEqual(
    new Map([[3, { tap: -1, count: 0, self: false, active: false }]]),
  )
})
