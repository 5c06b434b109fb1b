/**
 * What counts as workspace? All memory that a run uses besides the arrays of the caller. This
 * includes the tables of a transform. It also includes the padded result of a transposed layer
 * whose border repeats samples, before its adjoint adds the copies up.
 */

import { describe, expect, test } from 'vitest'
import { ndarray, plan } from '../src/index.ts'
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
    // 102 samples: once in float32 and twice in float64.
    expect(p.workspaceBytes).toBeGreaterThanOrEqual(102 * 20)
    expect(() => convTranspose1d(g, w, { ...options, memoryLimit: 102 * 20 - 1 })).toThrow(
      /needs 2040 bytes, but memoryLimit is 2039/,
    )
    expect([...convTranspose1d(g, w, { ...options, memoryLimit: 102 * 20 + 4096 }).data]).toEqual([
      ...convTranspose1d(g, w, options).data,
    ])
  })
})
