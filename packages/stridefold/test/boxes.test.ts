/**
 * A problem that is cut into boxes has the bits of the whole: on every backend, with every
 * algorithm that may be cut, wherever it is cut, its boxes and the shares of their programs in any
 * order. `npm run random -- cuts` compares more of them.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { orderPairs } from './any-order.ts'
import { compareCuts, kinds, nothingCompared } from './box-cases.ts'
import { casesHere } from './random-count.ts'

const firstSeed = 1003
const problemsPerKind = casesHere(25)

describe.each(orderPairs.map((pair) => [pair.name, pair] as const))('%s', (_name, pair) => {
  const compared = nothingCompared()

  test.each(Object.keys(kinds))('%s', { timeout: 120_000 }, async (kind) => {
    for (let seed = firstSeed; seed < firstSeed + problemsPerKind; seed++)
      expect(await compareCuts(seed, kind, pair, compared, 1)).toBeUndefined()
  })

  test('every algorithm was cut, in every way', () => {
    expect(Object.keys(compared.algorithms).toSorted()).toEqual(
      allAlgorithms.map(({ name }) => name).toSorted(),
    )
    expect(Object.values(compared.cuts).every((count) => count > 0)).toBe(true)
  })
})
