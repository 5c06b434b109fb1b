/**
 * Few results with long sums are added in parts: right within the error bound, exact for whole
 * numbers, and in a box of the problem as in the whole.
 */

import { conv2dSync, correlateSync, ndarray, parseCase, planCase, reshape } from 'stridefold'
import { describe, expect, test } from 'vitest'
import { reductionForms } from '../src/algorithms/reduction.ts'
import { strided } from '../src/algorithms/strided.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { random } from './random-geometry.ts'

const numbers = (length: number, seed: number, scale: number): Float32Array => {
  const next = random(seed)
  return Float32Array.from({ length }, () => (next(19) - 9) * scale)
}

describe.each(['wasm', 'js'] as const)('%s', (backend) => {
  test.each([
    ['303x300 * 297x297', 28],
    // Prime extents leave a part over.
    ['311x313 * 307x311', 15],
    ['1x40x64x64 * 2x40x62x62', 18],
    ['2x6x150x150 * 4x3x149x148 g2', 48],
    ['70003 * 70001', 3],
    ['1x1x60x60x30 * 1x1x59x58x29 p1', 4 * 5 * 4],
    ['303x300 * 297x297 same reflect', 303 * 300],
  ])('%s has the result of the definition', (text, results) => {
    const g = parseCase(text)
    const input = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
    const kernel = [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)]
    const count = (shape: readonly number[]): number => shape.reduce((n, extent) => n * extent, 1)
    expect(g.batch * g.filters * count(g.axes.map((axis) => axis.output))).toBe(results)
    const isReduced = Object.keys(reductionForms(g)).length > 0
    expect(isReduced).toBe(results <= 512)
    if (!isReduced) return
    const named = { algorithm: 'strided' } as const
    const plan = planCase(text, { ...named, backend })
    expect(plan.program).toContain('add the parts')
    // One float64 sum, rounded once.
    const whole = planCase(text, { ...named, backend: 'js', memoryLimit: 0 })
    expect(whole.program).not.toContain('parts')
    const { errorBound } = plan.candidates.find(({ algorithm }) => algorithm === 'strided')!
    for (const scale of [1, 0.37]) {
      const [x, k] = [numbers(count(input), 5, scale), numbers(count(kernel), 6, scale)]
      const [parts, expected] = [plan.runSync(x, k).data, whole.runSync(x, k).data]
      if (scale === 1) expect(parts).toEqual(expected)
      const weights = k.reduce((sum, weight) => sum + Math.abs(weight), 0)
      const difference = Math.max(...parts.map((value, i) => Math.abs(value - expected[i]!)))
      expect(difference).toBeLessThanOrEqual(errorBound * 9 * scale * weights)
      expect(expected.some((value) => value !== 0)).toBe(true)
    }
  })
})

test('bias, offset and activation follow the last part', () => {
  const x = ndarray(numbers(300 * 300, 1, 1), [300, 300])
  const k = ndarray(numbers(298 * 298, 2, 1), [298, 298])
  const options = { mode: 'valid', algorithm: 'strided' } as const
  const plain = correlateSync(x, k, options).data
  const layer = { algorithm: 'strided', bias: [5], activation: 'relu' } as const
  const finished = conv2dSync(
    reshape(x, [1, 1, 300, 300]),
    reshape(k, [1, 1, 298, 298]),
    layer,
  ).data
  expect(finished).toEqual(plain.map((value) => Math.max(0, value + 5)))
})

test('a box is cut into parts if the whole is', () => {
  const descriptors: OperandDescriptors = {
    input: { dtype: 'float32', outer: 90000, channel: 90000, axes: [300, 1] },
    kernel: { dtype: 'float32', outer: 88804, channel: 88804, axes: [298, 1] },
    output: { dtype: 'float32', outer: 9, channel: 9, axes: [3, 1] },
    ...{ bias: false, offset: 0 },
  }
  const g = parseCase('300x300 * 298x298')
  const whole = strided.program(g, descriptors)
  const named = whole.stages.map(({ name }) => name)
  expect(new Set(named)).toEqual(new Set(['contract parts of all', 'add the parts of all']))
  expect(strided.program(g, descriptors, { tiles: reductionForms(g) })).toEqual(whole)
  const one = strided.program(g, descriptors, { tiles: {} }).stages.map(({ name }) => name)
  expect(new Set(one)).toEqual(new Set(['contract all']))
})
