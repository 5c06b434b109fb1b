/**
 * Reading a property of a plan computes at most numbers: nothing is compiled, no memory is taken.
 */

import { plan, planCase } from 'stridefold/sync'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.restoreAllMocks())

test.each([
  ['a layer', () => plan('conv2d', [1, 64, 28, 28], [64, 64, 3, 3], { padding: 1 })],
  ['a picture in strips', () => plan('correlate', [1080, 1920], [3, 3])],
  [
    'a layer within a memory limit',
    () => plan('conv2d', [1, 8, 28, 28], [8, 8, 3, 3], { memoryLimit: 1e6 }),
  ],
  ['a transform', () => planCase('1x1x200x200 * 1x1x31x31', { algorithm: 'fft' })],
])('%s', (_, make) => {
  const { Module } = WebAssembly
  const compiled = vi.spyOn(WebAssembly, 'Module').mockImplementation(function make(bytes) {
    return new Module(bytes)
  })
  const grown = vi.spyOn(WebAssembly.Memory.prototype, 'grow')
  const p = make()
  // Looking for features compiles tiny modules once.
  compiled.mockClear()
  grown.mockClear()
  expect(p.geometry.axes.length).toBeGreaterThan(0)
  expect(p.algorithm).not.toBe('')
  expect(p.backend).toBe('wasm')
  expect(p.decision).toContain(p.algorithm)
  expect(p.workspaceBytes).toBeGreaterThan(0)
  expect(p.candidates.length).toBeGreaterThan(4)
  expect(p.program).toContain('stage')
  expect(p.stages.length).toBeGreaterThan(0)
  expect(p.explain()).toContain('chosen')
  expect(compiled).not.toHaveBeenCalled()
  expect(grown).not.toHaveBeenCalled()
})

test('explain() counts in whole numbers', () => {
  // The cost of a Fourier transform is a fraction.
  const text = planCase('67x78 * 5x11', { algorithm: 'fft' }).explain()
  expect(text).toMatch(/stage: tiles: 344,210 flops/)
  expect(text).not.toMatch(/\.\d+,/)
})
