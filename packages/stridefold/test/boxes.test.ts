/**
 * A problem that is cut into boxes has the bits of the whole: on every backend, with every
 * algorithm that may be cut, wherever it is cut. `npm run random -- cuts` compares more of them.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { backends } from '../src/backends/list.ts'
import { type Compared, compareCuts, counts, kinds } from './box-cases.ts'
import { casesHere } from './random-count.ts'

/** The first problems of these are cut with every algorithm. */
const firstSeed = 1003
const problemsPerKind = casesHere(3)

describe.each(backends.map((backend) => [backend.name, backend] as const))(
  '%s',
  (_name, backend) => {
    const compared: Compared = {}

    test.each(Object.keys(kinds))('%s', { timeout: 120_000 }, (kind) => {
      for (let seed = firstSeed; seed < firstSeed + problemsPerKind; seed++)
        expect(compareCuts(seed, kind, backend, compared)).toBeUndefined()
    })

    test('the library chose the boxes of many of them', () => {
      expect(counts.library).toBeGreaterThan(0)
    })

    test('every algorithm was cut', () => {
      expect(Object.keys(compared).toSorted()).toEqual(
        allAlgorithms.map(({ name }) => name).toSorted(),
      )
    })
  },
)
