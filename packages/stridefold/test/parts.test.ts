/**
 * Where the time of a run goes: every part is heard, the work is that of the program, and the
 * result is that of an ordinary run.
 */

import { describe, expect, test } from 'vitest'
import { ndarray, plan, planCase } from '../src/sync.ts'

const whole = (shape: readonly number[]) =>
  ndarray(
    Float32Array.from(
      { length: shape.reduce((n, extent) => n * extent, 1) },
      (_, i) => ((i * 7) % 11) - 5,
    ),
    shape,
  )

describe('timeSync', () => {
  test('gives the result of runSync, and every stage of the program with its work', () => {
    const options = { padding: 1, algorithm: 'im2col', bias: new Float32Array(5).fill(2) }
    const [x, k] = [whole([2, 3, 9, 8]), whole([5, 3, 3, 3])]
    const made = plan('conv2d', x.shape, k.shape, options)
    const { output, parts } = made.timeSync(x, k)
    expect(output.data).toEqual(plan('conv2d', x.shape, k.shape, options).runSync(x, k).data)
    expect(parts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(made.stages.map(({ name }) => name)),
    )
    // 2·9·8 results of 5 filters, 27 products each.
    expect(parts.reduce((sum, { flops }) => sum + flops, 0)).toBe(2 * 2 * 9 * 8 * 5 * 27)
    for (const { milliseconds, calls } of parts)
      expect([milliseconds >= 0, calls >= 1]).toEqual([true, true])
  })

  test('does the parts of the kernel once', () => {
    const [x, k] = [whole([1, 16, 12, 12]), whole([16, 16, 3, 3])]
    const made = plan('conv2d', x.shape, k.shape, { padding: 1, algorithm: 'winograd' })
    const kernelParts = () => made.timeSync(x, k).parts.filter(({ prepare }) => prepare)
    expect(kernelParts().map(({ name }) => name)).toContain('transform weights')
    expect(kernelParts()).toEqual([])
  })

  test('counts the stages of every strip of a large picture', () => {
    const made = planCase('1500x800 * 3x3 same', { algorithm: 'strided' })
    const { parts } = made.timeSync(whole([1, 1, 1500, 800]), whole([1, 1, 3, 3]))
    const contract = parts.find(({ flops }) => flops > 0)!
    expect(contract.calls).toBeGreaterThan(1)
    // The last strip overlaps the one before it.
    expect(contract.flops).toBeGreaterThanOrEqual(2 * 1500 * 800 * 9)
  })

  test('hears the same stages on the js backend', () => {
    const [x, k] = [whole([1, 1, 6, 6]), whole([1, 1, 2, 3])]
    const made = plan('conv2d', x.shape, k.shape, { backend: 'js' })
    expect(made.timeSync(x, k).parts.map(({ name }) => name)).toEqual(
      made.stages.map(({ name }) => name),
    )
    expect(made.module).toBeUndefined()
  })
})

test('the module is the WebAssembly that runs', () => {
  const { module } = plan('conv2d', [1, 4, 8, 8], [4, 4, 3, 3])
  expect(WebAssembly.validate(module as Uint8Array<ArrayBuffer>)).toBe(true)
})
