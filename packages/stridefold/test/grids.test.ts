/**
 * A stage that takes longer than 0.2 ms has eight items or more, so that threads can share it; and
 * the number of items changes no bit. Small problems keep one block.
 */

import { describe, expect, test } from 'vitest'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import { iterations } from '../src/ndarray/loops.ts'
import { programOf } from './case-program.ts'

/** As predicted with the rates that are the same on every machine. */
const sharedSeconds = 0.2e-3
const rates = wasmBackend.rates({ deterministic: true })

const winogradCases = [
  '1x64x56x56 * 64x64x3x3 p1',
  '1x128x28x28 * 128x128x3x3 p1',
  '1x256x14x14 * 256x256x3x3 p1',
  '1x512x7x7 * 512x512x3x3 p1',
  '4x64x56x56 * 64x64x3x3 p1',
  '4x512x7x7 * 512x512x3x3 p1',
  '32x128x7x7 * 128x128x3x3 p1',
  '1x32x113x113 * 32x32x5x5 p2',
  '1x100x40x40 * 100x100x3x3 p1',
  '1x16x32x32x32 * 16x16x3x3x3 p1',
  '1x64x10000 * 64x64x3 p1',
  '1x128x56x56 * 128x64x3x3 p1 g2',
  '1x64x28x28 * 64x64x4x4 i2 p2',
]

const fftCases = [
  '1x64x56x56 * 64x64x7x7 p3',
  '1x64x56x56 * 64x64x5x5 p2',
  '1x32x128x128 * 32x32x11x11 p5',
  '1x256x14x14 * 256x256x5x5 p2',
  '4x64x28x28 * 64x64x7x7 p3',
  '1x32x112x112 * 32x32x9x9 p4 s2',
  '1x16x32x32x32 * 16x16x5x5x5 p2',
  '1x1x2160x3840 * 1x1x63x63 p31',
  '1x1x1000000 * 1x1x1000 p500',
]

describe.each([
  ['winograd', winogradCases],
  ['fft', fftCases],
] as const)('%s', (name, cases) => {
  test.each(cases)('%s', (text) => {
    const program = programOf(name, text)
    const seconds = wasmBackend.seconds(program, { deterministic: false }, rates)!
    const long = program.stages.filter(
      (_, s) => seconds[s]!.reduce((sum, n) => sum + n, 0) > sharedSeconds,
    )
    expect(long).not.toHaveLength(0)
    for (const { name, grid } of long)
      expect(iterations(grid), `items of ${name}`).toBeGreaterThanOrEqual(8)
  })
})

test('a small layer has one block', () => {
  const { stages } = programOf('winograd', '1x16x12x12 * 16x16x3x3 p1')
  expect(stages.map(({ grid }) => iterations(grid))).toEqual([16, 1])
})
