/**
 * Does `deterministic: true` give the same bits in every engine? The hashes are stored in a file,
 * and several versions of Node and browsers must reproduce them. A different hash means that a sum
 * has another order, a choice depends on the engine, or the code uses an inexact Math function.
 */

import { expect, test } from 'vitest'
import { deterministicCases, hashOf } from './deterministic-cases.ts'
import hashes from './fixtures/deterministic.json' with { type: 'json' }

test('every case has a hash, and every hash has a case', () => {
  expect(deterministicCases.map(({ name }) => name).toSorted()).toEqual(
    Object.keys(hashes).toSorted(),
  )
})

test.each(deterministicCases.map((c) => [c.name, c] as const))('%s', (name, { compute }) => {
  expect(hashOf(compute())).toBe((hashes as Readonly<Record<string, string>>)[name])
})
