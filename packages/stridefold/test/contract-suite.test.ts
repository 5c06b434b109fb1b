/**
 * Does every algorithm on every backend give the results of the float64 definition? Named cases
 * come first, then random geometries.
 *
 * Data are small integers, so every sum is exact in float32 and results are compared with ===.
 * Memory between the elements of an output must not change. If an algorithm does not support a
 * case, the suite skips it with the reason. Every run has new random cases. `STRIDEFOLD_SEED=n`
 * runs those from seed n.
 */

import { afterAll, describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { toDType } from '../src/ndarray/dtype.ts'
import type { Definition } from '../src/reference/compare.ts'
import { jsBackend, slowTestBackend, type TestBackend, wasmBackend } from './backends.ts'
import { cases, type Named } from './contract-cases.ts'
import { caseOf, definitionOf, mismatch, skipReason, tally } from './contract-runs.ts'
import { casesHere } from './random-count.ts'
import { type RandomCase as Case, type RandomOptions, randomCase } from './random-geometry.ts'

const slow = slowTestBackend(Date.now() % 1000)
const backends: readonly TestBackend[] = [
  jsBackend(),
  wasmBackend({ deterministic: false }),
  wasmBackend({ deterministic: true }),
  slow,
]
const backendNames = ['js', 'wasm', 'wasm, deterministic', 'slow']

afterAll(() => {
  const lines = [...tally.skips]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `  ${count} × ${reason}`)
  console.info([`${tally.compared} runs compared, skipped:`, ...lines].join('\n'))
})

/** Every algorithm on every backend computes the same cases, so each is made once. */
const prepared = new Map<Named, readonly [Case, Definition]>()

function preparedCase(named: Named): readonly [Case, Definition] {
  const known = prepared.get(named)
  if (known) return known
  const c = caseOf(named)
  const made = [c, definitionOf(c)] as const
  prepared.set(named, made)
  return made
}

describe.each(backendNames.map((name, i) => [name, backends[i]!] as const))('%s', (_, backend) => {
  describe.each(allAlgorithms.map((algorithm) => [algorithm.name, algorithm] as const))(
    '%s',
    (_, algorithm) => {
      test.for(cases)('$name', async (named, { skip }) => {
        const [c, expected] = preparedCase(named)
        if (named.result !== undefined) {
          const rounded = Array.from(expected.values, (v) => toDType(v, c.descriptors.output.dtype))
          expect(rounded).toEqual(named.result)
        }
        const reason = skipReason(algorithm, backend, c)
        if (reason !== undefined) skip(reason)
        expect(await mismatch(algorithm, backend, c, expected)).toBeUndefined()
      })
    },
  )
})

test('naive and one other algorithm support every named case that they can express', () => {
  for (const named of cases) {
    const { geometry, descriptors } = caseOf(named)
    expect(
      allAlgorithms.at(-1)!.unsupportedReason(geometry, descriptors),
      named.name,
    ).toBeUndefined()
    expect(
      allAlgorithms.filter((a) => a.unsupportedReason(geometry, descriptors) === undefined).length,
      named.name,
    ).toBeGreaterThanOrEqual(2)
  }
})

const { process } = globalThis as {
  process?: { env?: Readonly<Record<string, string | undefined>> }
}
const seedText = process?.env?.STRIDEFOLD_SEED
const firstSeed = seedText === undefined ? Date.now() % 2 ** 31 : Number(seedText)

const kinds: readonly (readonly [name: string, options: RandomOptions, count: number])[] = [
  ['any', {}, 45],
  ['many channels', { larger: true }, 25],
  ['separable', { separable: true }, 25],
  ['dense with channels', { tiled: true }, 30],
  [
    'dense with channels, bytes to int16',
    { tiled: true, dtype: 'float32', inputDType: 'uint8', outputDType: 'int16' },
    10,
  ],
  ['float64', { dtype: 'float64' }, 15],
  ['bytes in and out', { dtype: 'float32', inputDType: 'uint8', outputDType: 'uint8' }, 15],
  ['int16 in, int8 out', { dtype: 'float32', inputDType: 'int16', outputDType: 'int8' }, 10],
  ['int32 in and out', { dtype: 'float64', inputDType: 'int32', outputDType: 'int32' }, 10],
]
const largestOutput = 3000

test.each(kinds)(`random: %s, from seed ${firstSeed}`, async (_, options, count) => {
  const before = tally.compared
  for (let seed = firstSeed; seed < firstSeed + casesHere(count); seed++) {
    const c = randomCase(seed, options)
    if (c.geometry.axes.some((axis) => axis.output > largestOutput)) continue
    const expected = definitionOf(c)
    for (const algorithm of allAlgorithms) {
      for (const [i, backend] of backends.entries()) {
        // The slow backend interprets as js does: some of the problems suffice.
        if (backend.name === slow.name && seed % 3 !== 0) continue
        if (skipReason(algorithm, backend, c) !== undefined) continue
        const runner = `${algorithm.name} on ${backendNames[i]}`
        const where = `STRIDEFOLD_SEED=${seed}: ${runner}, ${c.geometry.key}`
        expect(await mismatch(algorithm, backend, c, expected), where).toBeUndefined()
      }
    }
  }
  expect(tally.compared).toBeGreaterThan(before)
})
