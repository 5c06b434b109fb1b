/**
 * A plan that serves a kernel with other values replaces the constants of its program. If that
 * fails, the next call with the same kernel must replace them, and not compute with the old ones.
 */

import { correlate, type NdArray, ndarray, UnavailableError } from 'stridefold/sync'
import { expect, test, vi } from 'vitest'
import { WasmExecutable } from '../src/backends/wasm/executable.ts'

const values = (n: number, step: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => ((i * step) % 17) - 8)

/** A kernel that is a product of one-dimensional kernels. */
const product = (column: readonly number[], row: readonly number[]): NdArray =>
  ndarray(Float32Array.from(column.flatMap((u) => row.map((v) => u * v))), [
    column.length,
    row.length,
  ])

test('constants whose replacement failed are replaced by the next call', () => {
  const x = ndarray(values(40 * 50, 7), [40, 50])
  const first = product([1, 2, 3, 2, 1], [1, 4, 6, 4, 1])
  const second = product([3, 1, 2, 1, 3], [2, 5, 1, 5, 2])
  const options = { algorithm: 'separable', backend: 'wasm' } as const
  const definition = { algorithm: 'naive', backend: 'js' } as const
  correlate(x, first, options)
  const failing = vi
    .spyOn(WasmExecutable.prototype, 'replaceConstants')
    .mockImplementationOnce(() => {
      throw new UnavailableError('OUT_OF_MEMORY', 'no memory is left in this test')
    })
  try {
    expect(() => correlate(x, second, options)).toThrow('no memory is left')
    expect([...correlate(x, second, options).data]).toEqual([
      ...correlate(x, second, definition).data,
    ])
    expect(failing).toHaveBeenCalledTimes(2)
  } finally {
    failing.mockRestore()
  }
})
