/**
 * Tests where results lie: calls, plans and gradients with `memory`, and `read`, which copies them
 * back.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInBackendMemory } from '../src/ndarray/memory.ts'
import {
  conv2d,
  convBiasGradient,
  convInputGradient,
  convolve,
  convWeightGradient,
  correlate,
  type NdArray,
  OptionError,
  pipeline,
  plan,
  read,
  toNested,
  zeros,
} from '../src/sync.ts'

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as OptionError).code
  }
}

const x = [
  [
    [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ],
  ],
]
const weight = [[[[1, 2]]]]
const gradOutput = [
  [
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  ],
]

/** A page that is not isolated keeps the arrays of callers on the heap. */
const isThere = isInBackendMemory(zeros([1], 'float32', { memory: 'backend' }))

interface Place {
  readonly memory?: 'heap' | 'backend'
}

const calls: Readonly<Record<string, (place: Place) => NdArray>> = {
  correlate: (place) => correlate([1, 2, 3, 4], [1, 2, 3], place),
  'correlate of bytes': (place) =>
    correlate(Uint8Array.of(9, 200, 100), [1, 1, 1], { dtype: 'uint8', ...place }),
  conv2d: (place) => conv2d(x, weight, place),
  'conv2d, js': (place) => conv2d(x, weight, { ...place, backend: 'js' }),
  convWeightGradient: (place) => convWeightGradient(x, gradOutput, [1, 1, 1, 2], place),
  convInputGradient: (place) => convInputGradient(gradOutput, weight, [1, 1, 3, 3], place),
  convBiasGradient: (place) => convBiasGradient(gradOutput, place),
}

test.each(Object.entries(calls))('%s gives the same numbers wherever they lie', (_, call) => {
  const [plain, heap, backend] = [call({}), call({ memory: 'heap' }), call({ memory: 'backend' })]
  expect([isInBackendMemory(plain), isInBackendMemory(heap)]).toEqual([false, false])
  expect(isInBackendMemory(backend)).toBe(isThere)
  expect(toNested(heap)).toEqual(toNested(plain))
  expect(toNested(backend)).toEqual(toNested(plain))
  expect(backend.dtype).toBe(plain.dtype)
  backend.release()
})

test('a repeated call gets a new array each time', () => {
  const options = { memory: 'backend' } as const
  const input = correlate([1, 2, 3], [1], options)
  const kernel = correlate([1, 2], [1], options)
  const results = [1, 2, 3].map(() => correlate(input, kernel, options))
  expect(new Set(results.map(({ data }) => data)).size).toBe(3)
  for (const result of results) expect(toNested(result)).toEqual(toNested(results[0]!))
})

test('a plan has a place for its results, and a run may have another', () => {
  const p = plan('correlate', [4], [2], { memory: 'backend' })
  const args = [
    [1, 2, 3, 4],
    [1, 1],
  ] as const
  expect(isInBackendMemory(p.runSync(...args))).toBe(isThere)
  expect(isInBackendMemory(p.runSync(...args, { memory: 'heap' }))).toBe(false)
  expect(isInBackendMemory(p.runSync(...args, new Float32Array(4)))).toBe(false)
  expect(isInBackendMemory(p.prepare([1, 1]).runSync([1, 2, 3, 4]))).toBe(isThere)
  const q = plan('correlate', [4], [2])
  expect(isInBackendMemory(q.runSync(...args, { memory: 'backend' }))).toBe(isThere)
})

test('chains in backend memory equal those on the heap; read copies the last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 40 }),
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 3 }),
      async (samples, taps) => {
        const inBackend = convolve(convolve(samples, taps, { memory: 'backend' }), taps, {
          memory: 'backend',
        })
        const result = await read(inBackend)
        expect(isInBackendMemory(result)).toBe(false)
        expect(toNested(result)).toEqual(toNested(convolve(convolve(samples, taps), taps)))
      },
    ),
  )
})

test('read gives an array of the heap back as it is, and rejects a released one', async () => {
  const heap = correlate([1], [2])
  expect(await read(heap)).toBe(heap)
  const backend = correlate([1], [2], { memory: 'backend' })
  backend[Symbol.dispose]?.()
  backend.release()
  if (isThere) await expect(read(backend)).rejects.toThrow(OptionError)
})

test('a place together with out, or a place that does not exist, is an error', () => {
  const out = new Float32Array(3)
  expect(codeOf(() => correlate([1, 2, 3], [1], { memory: 'heap', out }))).toBe('OPTION_CONFLICT')
  expect(codeOf(() => correlate([1, 2, 3], [1], { memory: 'disk' as 'heap' }))).toBe(
    'OPTION_INVALID',
  )
  const run = plan('correlate', [3], [1])
  expect(codeOf(() => run.runSync([1, 2, 3], [1], { memory: 'backend', out }))).toBe(
    'OPTION_CONFLICT',
  )
  const steps = [{ call: 'maxPool1d', size: 2 }] as const
  const options = { inputShape: [1, 1, 4], memory: 'backend' }
  expect(codeOf(() => pipeline(steps, options))).toBe('OPTION_UNKNOWN')
})
