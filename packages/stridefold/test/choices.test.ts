/**
 * Does `auto` choose the fastest algorithm? The reference is the measured time of each named
 * algorithm (2026-11-28, CPU time, Node 20, Intel Xeon). The tests use the fixed cost table of
 * `deterministic: true`, so that every engine makes the same choices.
 */

import { plan } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'

type Layer = readonly [
  call: 'conv1d' | 'conv2d' | 'conv3d',
  input: readonly number[],
  weight: readonly number[],
  options: object,
]

/** Each row: the measured times in milliseconds, the fastest algorithm, and the layer. */
const measured: readonly (readonly [what: string, best: string, layer: Layer])[] = [
  [
    'fft 3.1, strided 6.1',
    'fft',
    ['conv2d', [1, 128, 28, 28], [128, 128, 7, 1], { padding: [3, 0] }],
  ],
  [
    'fft 1.2, strided 1.9',
    'fft',
    ['conv2d', [1, 128, 17, 17], [128, 128, 1, 7], { padding: [0, 3] }],
  ],
  [
    'fft 9.0, strided 31',
    'fft',
    ['conv2d', [1, 128, 56, 56], [128, 128, 1, 9], { padding: [0, 4] }],
  ],
  ['fft 11, strided 34', 'fft', ['conv1d', [1, 128, 4000], [128, 128, 9], { padding: 4 }]],
  [
    'fft 4.5, strided 7.9',
    'fft',
    ['conv2d', [1, 128, 28, 28], [128, 128, 3, 3], { padding: 2, dilation: 2 }],
  ],
  [
    'strided 8.3, fft 15.4',
    'strided',
    ['conv2d', [1, 3, 224, 224], [64, 3, 7, 7], { padding: 3, stride: 2 }],
  ],
  [
    'winograd 0.9, fft 3.2',
    'winograd',
    ['conv3d', [1, 24, 16, 14, 14], [24, 24, 3, 3, 3], { padding: 1 }],
  ],
  [
    'winograd 12, fft 21',
    'winograd',
    ['conv1d', [1, 64, 16000], [128, 64, 2], { padding: 'causal' }],
  ],
  [
    'winograd 10, fft 57',
    'winograd',
    ['conv2d', [1, 512, 14, 14], [512, 512, 3, 3], { padding: 1 }],
  ],
  ['fft 13, strided 173', 'fft', ['conv2d', [1, 3, 227, 227], [64, 3, 11, 11], { padding: 5 }]],
  [
    'strided 1.6, fft 2.1',
    'strided',
    ['conv2d', [1, 8, 224, 224], [8, 8, 9, 1], { padding: [4, 0] }],
  ],
]

test.each(measured)('%s: %s', (_, best, [call, input, weight, options]) => {
  expect(
    plan(call, input, weight, { ...options, deterministic: true, backend: 'wasm' } as object)
      .algorithm,
  ).toBe(best)
})

describe('the reason', () => {
  const reasons = measured.map(([, , [call, input, weight, options]]) =>
    plan(call, input, weight, { ...options, deterministic: true, backend: 'wasm' } as object),
  )

  test('names the second best of the considered algorithms, or states that there is none', () => {
    for (const { algorithm, candidates, decision } of reasons) {
      const others = candidates.filter(
        (c) => c.considered && c.refused === undefined && c.algorithm !== algorithm,
      )
      const next = others.toSorted((a, b) => a.milliseconds - b.milliseconds)[0]
      expect(decision).toContain(next === undefined ? 'considered' : `next ${next.algorithm} with`)
    }
  })

  test('no considered algorithm has a shorter predicted time', () => {
    for (const { algorithm, candidates } of reasons) {
      const chosen = candidates.find((c) => c.algorithm === algorithm)!
      expect(chosen.considered).toBe(true)
      for (const c of candidates)
        if (c.considered && c.refused === undefined)
          expect(chosen.milliseconds).toBeLessThan(1.06 * c.milliseconds)
    }
  })

  test('an algorithm that is shown only for comparison is marked', () => {
    const onlyStrided = plan('conv2d', [1, 5, 224, 224], [6, 5, 9, 1], {
      padding: [4, 0],
      deterministic: true,
    })
    expect(onlyStrided.decision).toContain('no other considered algorithm can run')
    expect(onlyStrided.explain()).toMatch(/ fft .*\(not considered\)/)
    expect(plan('conv2d', [1, 5, 20, 20], [7, 5, 3, 3], { algorithm: 'im2col' }).explain()).toMatch(
      / strided .*\(not considered\)/,
    )
  })
})

describe('a kernel as large as the image', () => {
  test.each([
    [[512, 512], [512, 512], 'same'],
    [[512, 512], [1000, 1000], 'same'],
    [[700, 300], [700, 300], 'full'],
    [[64, 64, 64], [64, 64, 64], 'same'],
  ] as const)('%j, kernel %j, %s: fft, and no tile of one output', (image, kernel, mode) => {
    const planned = plan('correlate', image, kernel, { mode, deterministic: true })
    expect(planned.algorithm).toBe('fft')
    const fft = planned.candidates.find(({ algorithm }) => algorithm === 'fft')!
    const products = image.reduce((n, extent) => n * extent, 1) * Math.log2(kernel[0]) * 1000
    expect(fft.flops).toBeLessThan(products)
  })
})
