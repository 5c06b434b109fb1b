/** Do rounded results become the bytes that the policies of levels.ts say? */

import { expect, test } from 'vitest'
import { type OutputPolicy, toSampleValues } from '../src/images/levels.ts'

const all = Int16Array.from({ length: 2 ** 16 }, (_, i) => i - 2 ** 15)
const meanings: Readonly<Partial<Record<OutputPolicy, (value: number) => number>>> = {
  clip: (value) => value,
  abs: (value) => Math.abs(value),
  offset: (value) => value + 128,
}

test.each(['clip', 'abs', 'offset'] as const)('%s: every number of 16 bits', (policy) => {
  const shown = Array.from(all, meanings[policy]!)
  const expected = shown.map((value) => Math.min(Math.max(value, 0), 255))
  for (const values of [all, Float32Array.from(all), Int32Array.from(all)]) {
    const given = values.slice()
    const { sampleValues, clipping } = toSampleValues(given, { policy, white: 255, depth: 8 })
    expect(expected.findIndex((value, i) => value !== sampleValues[i])).toBe(-1)
    expect(clipping).toEqual({
      samples: 2 ** 16,
      below: shown.filter((value) => value < 0).length,
      above: shown.filter((value) => value > 255).length,
      notNumbers: 0,
    })
    expect(values.findIndex((value, i) => value !== given[i])).toBe(-1)
  }
})
