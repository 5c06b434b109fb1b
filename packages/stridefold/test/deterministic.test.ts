/**
 * Does `deterministic: true` give the same bits in every engine? The hashes are stored in a file,
 * and several versions of Node and browsers must reproduce them. A different hash means that a sum
 * has another order, a choice depends on the engine, or the code uses an inexact Math function.
 */

import * as library from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { type DType, dtypes, epsilon, isStorageOnly, toDType } from '../src/ndarray/dtype.ts'
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

describe('the backends agree', () => {
  const samples = Float32Array.from({ length: 40 * 41 }, (_, i) => ((i * 37) % 251) - 99.5)
  const image = library.ndarray(samples, [40, 41])
  const weights = Float32Array.from({ length: 25 }, (_, i) => 1 / (i + 2))
  const kernel = library.ndarray(weights, [5, 5])
  const sum = weights.reduce((n, w) => n + w, 0)

  // Results of a type of storage are those of float32, rounded.
  const results = (Object.keys(dtypes) as DType[]).filter((dtype) => !isStorageOnly(dtype))
  test.each(results)('within the bound, for results of %s', (dtype) => {
    for (const algorithm of ['auto', 'fft', 'strided', 'im2col', 'toeplitz', 'naive']) {
      const options = { dtype, algorithm, deterministic: true }
      const compute = (backend: 'js' | 'wasm') =>
        library.correlate(image, kernel, { ...options, backend }).data
      const [js, wasm] = [compute('js'), compute('wasm')]
      expect(compute('wasm')).toEqual(wasm)
      const type = dtype === 'float64' || dtype === 'int32' ? 'float64' : 'float32'
      const p = library.plan('correlate', [40, 41], [5, 5], { ...options, dtype: type })
      const { errorBound } = p.candidates.find((c) => c.algorithm === p.algorithm)!
      const bound = (2 * errorBound + 2 * epsilon[type]) * 151.5 * sum
      // An integer may differ by one, where the sum is that close to a tie.
      const allowed = dtypes[dtype].integer ? 1 : bound
      const exact = library.correlate(image, kernel, {
        ...options,
        algorithm: 'naive',
        dtype: 'float64',
      })
      for (const [i, value] of Array.from(js).entries()) {
        expect(Math.abs(value - wasm[i]!), `${algorithm} ${i}`).toBeLessThanOrEqual(allowed)
        const isNearTie = Math.abs(Math.abs(exact.data[i]! % 1 || 0) - 0.5) <= bound
        if (dtypes[dtype].integer && !isNearTie)
          expect(value, `${algorithm} ${i}`).toBe(toDType(exact.data[i]!, dtype))
      }
    }
  })
})
