/**
 * What counts as workspace? All memory that a run uses besides the arrays of the caller. This
 * includes the tables of a transform, and the padded result of a transposed layer whose border
 * repeats samples, before the copies are added up.
 */

import { describe, expect, test } from 'vitest'
import { ndarray, plan, planCase } from '../src/index.ts'
import { elementCount } from '../src/ndarray/layout.ts'
import { convTranspose1d } from '../src/sync.ts'

describe('memoryLimit counts', () => {
  test('twiddle tables and the points of the transform, on js', () => {
    const shapes = [[4096], [200]] as const
    const p = plan('correlate', ...shapes, { algorithm: 'fft', backend: 'js' })
    const transforms = [...p.program.matchAll(/Fourier transform over p (\d+)/g)]
    const buffers = [...p.program.matchAll(/, (\d+) bytes/g)].reduce(
      (sum, [, bytes]) => sum + Number(bytes),
      0,
    )
    // Twiddle factors, points before and points after the transform, each with real and imaginary
    // part in float64.
    const tables = transforms.reduce((sum, [, points]) => sum + 3 * 16 * Number(points), 0)
    expect(transforms).toHaveLength(3)
    expect(p.workspaceBytes).toBe(buffers + tables)
    const options = { algorithm: 'fft', backend: 'js', memoryLimit: buffers + tables - 1 } as const
    expect(() => plan('correlate', ...shapes, options)).toThrow(/its transforms take memory/)
  })

  test('the padded result of a transposed layer', () => {
    const g = ndarray(
      Float32Array.from({ length: 100 }, (_, i) => i % 7),
      [1, 1, 100],
    )
    const w = ndarray(Float32Array.of(1, 2, 3), [1, 1, 3])
    const options = { padding: 1, boundary: 'reflect' } as const
    const p = plan('convTranspose1d', [1, 1, 100], [1, 1, 3], options)
    // 102 sums: the border has a sample on each side.
    expect(p.program).toMatch(/sums\d+ +scratch +float32 +102 elements, 408 bytes/)
    expect(p.workspaceBytes).toBeGreaterThanOrEqual(408)
    for (const memoryLimit of [0, 407])
      expect(() => convTranspose1d(g, w, { ...options, memoryLimit })).toThrow(
        /cannot run in place: the sums of its border take memory until they are added/,
      )
    const { workspaceBytes } = plan('convTranspose1d', [1, 1, 100], [1, 1, 3], {
      ...options,
      backend: 'js',
    })
    expect([...convTranspose1d(g, w, { ...options, memoryLimit: workspaceBytes }).data]).toEqual([
      ...convTranspose1d(g, w, options).data,
    ])
  })
})

test('boxes become smaller until they fit, and keep the bits', () => {
  const data = Float32Array.from({ length: 8 * 70 * 60 }, (_, i) => ((i * 7) % 31) / 9 - 1.7)
  for (const [call, shape, kernelShape, options] of [
    ['conv2d', [1, 8, 70, 60], [8, 8, 3, 3], { padding: 1, algorithm: 'strided' }],
    ['conv2d', [8, 1, 70, 60], [4, 1, 3, 3], { padding: 1, boundary: 'wrap', stride: 2 }],
    ['correlate', [280, 120], [5, 5], { boundary: 'reflect' }],
  ] as const) {
    const x = ndarray(data, shape)
    const k = ndarray(data.slice(0, elementCount(kernelShape)), kernelShape)
    const whole = plan(call, shape, kernelShape, options)
    for (const memoryLimit of [2 ** 16, 2 ** 15]) {
      const p = plan(call, shape, kernelShape, { ...options, memoryLimit })
      expect([p.algorithm, p.backend]).toEqual([whole.algorithm, 'wasm'])
      expect(p.explain()).toMatch(/^boxes: \d+, of /m)
      expect(p.workspaceBytes).toBeLessThanOrEqual(memoryLimit)
      expect(p.runSync(x, k).data).toEqual(whole.runSync(x, k).data)
    }
  }
})

test('where the fast algorithms need too much, another one runs on the same backend', () => {
  // The prediction of `strided` fits. Its exact bytes do not, because it packs weights.
  const options = { memoryLimit: 800, deterministic: true } as const
  const p = planCase('3x3x5 * 2x3x5 f64', options)
  expect(planCase('3x3x5 * 2x3x5 f64', { deterministic: true }).workspaceBytes).toBe(960)
  expect([p.algorithm, p.backend]).toEqual(['naive', 'wasm'])
  expect(p.workspaceBytes).toBeLessThanOrEqual(800)
})

test('the error gives the bytes that the limit must allow, the padding adjoint included', () => {
  const options = { algorithm: 'im2col', padding: 2, boundary: 'symmetric', groups: 2 } as const
  const planWith = (memoryLimit: number): unknown =>
    plan('convTranspose1d', [1, 2, 8], [2, 2, 3], { ...options, memoryLimit })
  const messageOf = (memoryLimit: number): string => {
    try {
      planWith(memoryLimit)
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  const message = messageOf(300)
  expect(message).toMatch(/within memoryLimit 300: im2col on js needs least, about \d+ bytes/)
  const needed = Number(/about (\d+) bytes/.exec(message)![1])
  expect(needed).toBeGreaterThan(300)
  expect(messageOf(needed)).toBe('')
})
