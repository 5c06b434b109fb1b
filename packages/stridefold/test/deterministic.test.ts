/**
 * Does `deterministic: true` give the same bits in every engine? The hashes were written once; Node
 * of several versions and browsers give
 * them again, or a sum is in another order, a choice depends on the engine, or a function of Math
 * has crept in.
 */

import { expect, test } from 'vitest'
import { deterministicCases, hashOf } from './deterministic-cases.ts'
import hashes from './fixtures/deterministic.json' with { type: 'json' }

test('every case has a hash, and every hash a case', () => {
  expect(deterministicCases.map(({ name }) => name).toSorted()).toEqual(
    Object.keys(hashes).toSorted(),
  )
})

test.each(deterministicCases.map((c) => [c.name, c] as const))('%s', (name, { compute }) => {
  expect(hashOf(compute())).toBe((hashes as Readonly<Record<string, string>>)[name])
})
