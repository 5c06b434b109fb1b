/**
 * Does `timeSync` report where the time of a run goes? It must report every stage with its work,
 * and return the same result as an ordinary run.
 */

import { describe, expect, test } from 'vitest'
import { elementCount } from '../src/ndarray/layout.ts'
import { ndarray, plan, planCase } from '../src/sync.ts'

const integers = (shape: readonly number[]) =>
  ndarray(
    Float32Array.from({ length: elementCount(shape) }, (_, i) => ((i * 7) % 11) - 5),
    shape,
  )

describe('timeSync', () => {
  test('returns the result of runSync, and every stage of the program with its work', () => {
    const options = { padding: 1, algorithm: 'im2col', bias: new Float32Array(5).fill(2) }
    const [x, k] = [integers([2, 3, 9, 8]), integers([5, 3, 3, 3])]
    const convolution = plan('conv2d', x.shape, k.shape, options)
    const { output, parts } = convolution.timeSync(x, k)
    expect(output.data).toEqual(plan('conv2d', x.shape, k.shape, options).runSync(x, k).data)
    expect(parts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(convolution.stages.map(({ name }) => name)),
    )
    // 2·9·8 results for each of 5 filters, 27 products each, 2 flops per product.
    expect(parts.reduce((sum, { flops }) => sum + flops, 0)).toBe(2 * 2 * 9 * 8 * 5 * 27)
    for (const { milliseconds, calls } of parts)
      expect([milliseconds >= 0, calls >= 1]).toEqual([true, true])
  })

  test('prepares the kernel only once', () => {
    const [x, k] = [integers([1, 16, 12, 12]), integers([16, 16, 3, 3])]
    const convolution = plan('conv2d', x.shape, k.shape, { padding: 1, algorithm: 'winograd' })
    const kernelParts = () => convolution.timeSync(x, k).parts.filter(({ prepare }) => prepare)
    expect(kernelParts().map(({ name }) => name)).toContain('transform weights')
    expect(kernelParts()).toEqual([])
  })

  test('counts the stages of every strip of a large image', () => {
    const convolution = planCase('1500x800 * 3x3 same', { algorithm: 'strided' })
    const { parts } = convolution.timeSync(integers([1, 1, 1500, 800]), integers([1, 1, 3, 3]))
    const contractPart = parts.find(({ flops }) => flops > 0)!
    expect(contractPart.calls).toBeGreaterThan(1)
    // The last strip overlaps the one before it.
    expect(contractPart.flops).toBeGreaterThanOrEqual(2 * 1500 * 800 * 9)
  })

  test('reports the same stages on the js backend', () => {
    const [x, k] = [integers([1, 1, 6, 6]), integers([1, 1, 2, 3])]
    const convolution = plan('conv2d', x.shape, k.shape, { backend: 'js' })
    expect(convolution.timeSync(x, k).parts.map(({ name }) => name)).toEqual(
      convolution.stages.map(({ name }) => name),
    )
    expect(convolution.module).toBeUndefined()
  })
})

test('the module of a plan is valid WebAssembly', () => {
  const { module } = plan('conv2d', [1, 4, 8, 8], [4, 4, 3, 3])
  expect(WebAssembly.validate(module as Uint8Array<ArrayBuffer>)).toBe(true)
})
