/** A change of the code that should change no program changes none: see golden-cases.ts. */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { goldenLines } from './golden-cases.ts'
import { someOf } from './random-count.ts'

const recorded = readFileSync(new URL('fixtures/golden.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')

test('geometries have the programs and the bits that are recorded', () => {
  expect(recorded).toHaveLength(300)
  const expected = someOf(recorded, 2)
  const lines = goldenLines(expected.map((line) => line.split(' | ')[0]!))
  expect(lines.filter((line, i) => line !== expected[i])).toEqual([])
}, 300_000)
