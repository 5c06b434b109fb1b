/** Do rounded results become the bytes that the policies of levels.ts say? */

import { expect, test } from 'vitest'
import { type OutputPolicy, toSampleValues } from '../src/images/levels.ts'

/** Every number, in an order that mixes those inside and outside; also at odd places in memory. */
const all = Int16Array.from({ length: 2 ** 16 }, (_, i) => ((i * 40503) % 2 ** 16) - 2 ** 15)
const shifted = new Int16Array(2 ** 16 + 1).subarray(1)
shifted.set(all)
/** Most of four neighbours are bytes here. */
const mostlyBytes = all.map((value, i) => (i % 7 === 3 ? value : value & 255))
const meanings: Readonly<Partial<Record<OutputPolicy, (value: number) => number>>> = {
  clip: (value) => value,
  abs: (value) => Math.abs(value),
  offset: (value) => value + 128,
}

test.each(['clip', 'abs', 'offset'] as const)('%s: every number of 16 bits', (policy) => {
  expectPolicy(policy, all)
  expectPolicy(policy, mostlyBytes)
})

function expectPolicy(policy: OutputPolicy, source: Int16Array): void {
  const shown = Array.from(source, meanings[policy]!)
  const expected = shown.map((value) => Math.min(Math.max(value, 0), 255))
  const types = source === all ? [source, shifted] : [source]
  for (const values of [...types, Float32Array.from(source), Int32Array.from(source)]) {
    const given = values.slice()
    const { sampleValues, clipping } = toSampleValues(values, { policy, white: 255, depth: 8 })
    expect(expected.findIndex((value, i) => value !== sampleValues[i])).toBe(-1)
    expect(clipping).toEqual({
      samples: 2 ** 16,
      below: shown.filter((value) => value < 0).length,
      above: shown.filter((value) => value > 255).length,
      notNumbers: 0,
    })
    expect(values.findIndex((value, i) => value !== given[i])).toBe(-1)
  }
}
