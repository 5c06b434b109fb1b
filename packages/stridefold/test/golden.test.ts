/** A change of the code that should change no program changes none: see golden-cases.ts. */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { goldenLines } from './golden-cases.ts'

const recorded = readFileSync(new URL('fixtures/golden.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')

test('300 geometries have the programs and the bits that are recorded', () => {
  const lines = goldenLines()
  expect(recorded).toHaveLength(300)
  expect(lines.filter((line, i) => line !== recorded[i])).toEqual([])
}, 300_000)
