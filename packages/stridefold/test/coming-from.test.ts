/**
 * Do both calls of each pair in docs/coming-from.md give the same numbers? The fixture has the
 * results of the other libraries: scripts/coming-from.ts runs them.
 */

import * as library from 'stridefold/sync'
import { expect, test } from 'vitest'
import { epsilon } from '../src/ndarray/dtype.ts'
import { arrays, borders, byteNames, pairs } from './coming-from.ts'
import fixture from './fixtures/coming-from.json' with { type: 'json' }

const results: Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>
> = fixture.results

/** The arrays of the page. A small kernel is a nested list, as the page writes it. */
const names = Object.fromEntries(
  Object.entries(arrays).map(([name, { shape, data }]) => {
    const array = byteNames.includes(name) ? Uint8Array.from(data) : Float32Array.from(data)
    const x = library.ndarray(array, shape)
    return [name, ['k', 'even'].includes(name) ? library.toNested(x) : x]
  }),
)
const [height = 0, width = 0] = arrays.rgba!.shape
const rgba = { bitmap: { data: Uint8Array.from(arrays.rgba!.data), width, height } }

const context = { ...library, ...names, rgba }

const run = (code: string): library.NdArray =>
  new Function(...Object.keys(context), `return ${code}`)(...Object.values(context))

/** The most products of one result: a Gaussian of 5×9×9. Each adds at most ε/2 of the sum. */
const mostProducts = 5 * 9 * 9

/** The largest difference that the page allows for these results. */
function boundOf(values: readonly number[]): number {
  // Whole numbers are exact in float32 on both sides.
  if (values.every(Number.isInteger)) return 0
  return mostProducts * epsilon.float32 * Math.max(...values.map(Math.abs))
}

test.each(pairs.map((pair) => [pair.library, pair.theirs, pair] as const))(
  '%s: %s',
  (_, theirs, { ours, differsByOne }) => {
    const expected = results[theirs]
    expect(expected, 'run scripts/coming-from.ts again').toBeDefined()
    const { shape, data } = run(ours)
    expect([...shape]).toEqual(expected!.shape)
    const difference = Math.max(...expected!.data.map((value, i) => Math.abs(value - data[i]!)))
    if (differsByOne) expect(difference).toBe(1)
    else expect(difference).toBeLessThanOrEqual(boundOf(expected!.data))
  },
)

test('the fixture has no other calls', () => {
  expect(Object.keys(results).toSorted()).toEqual(pairs.map(({ theirs }) => theirs).toSorted())
})

const prefixes = ['scipy', 'numpy', 'opencv', 'torch']

/** Two samples before and after 1 2 3 4, under a border. */
function outside(boundary: string): readonly number[] {
  const padded = library.correlate([1, 2, 3, 4], [1], {
    padding: [2, 2],
    boundary: boundary as library.Boundary,
  })
  return [...padded.data].filter((_, i) => i < 2 || i > 5)
}

test.each(borders.map((row, i) => [row.ours, row.theirs, fixture.borders[i]!] as const))(
  "border '%s' is what the other libraries pad under their names",
  (ours, theirs, padded) => {
    for (const [i, name] of theirs.entries()) {
      if (name === '–') expect(padded[i]).toBeNull()
      else {
        expect(padded[i], `${prefixes[i]}:${name}`).toEqual(outside(ours))
        expect(outside(`${prefixes[i]}:${name}`)).toEqual(outside(ours))
      }
    }
  },
)
