/** The cut: boxes by arithmetic, and their size by the formula of the bound. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { product } from '../src/arrays/boxes.ts'
import type { Range } from '../src/arrays/stored-array.ts'
import { type BoxSizeRequest, boxSize, stepOf } from '../src/cut/box-size.ts'
import { boxAt, chunksOfBox, gridOf, positionsIn } from '../src/cut/grid.ts'
import { memoryBound } from '../src/cut/memory-bound.ts'

test('the boxes of a grid have every element once, and each is whole chunks', () => {
  const extent = fc.integer({ min: 1, max: 20 })
  const axis = fc.record({ extent, chunk: extent, chunks: fc.integer({ min: 1, max: 4 }) })
  fc.assert(
    fc.property(fc.array(axis, { minLength: 1, maxLength: 3 }), (axes) => {
      const shape = axes.map((a) => a.extent)
      const chunks = axes.map((a) => a.chunk)
      const grid = gridOf(
        shape,
        axes.map((a) => a.chunk * a.chunks),
      )
      const seen = new Set<string>()
      for (let i = 0; i < grid.count; i++) {
        const box = boxAt(grid, i)
        for (const position of positionsIn(box)) {
          expect(seen.has(position.join())).toBe(false)
          seen.add(position.join())
        }
        for (const [a, [first, end]] of chunksOfBox(box, chunks).entries()) {
          expect(first * chunks[a]!).toBe(box[a]![0])
          expect(Math.min(end * chunks[a]!, shape[a]!)).toBe(box[a]![1])
        }
      }
      expect(seen.size).toBe(product(shape))
    }),
    { numRuns: 50 },
  )
})

/** A filter with this reach: samples of 2 bytes, results of 4, and a workspace as large as both. */
function request(changes: Partial<BoxSizeRequest> = {}, reach = 4): BoxSizeRequest {
  const shape = changes.shape ?? [1000, 1000, 1000]
  const readsOf = (box: readonly Range[]): Range[][] =>
    box.map(([start, end], a) => [[Math.max(0, start - reach), Math.min(shape[a]!, end + reach)]])
  return {
    shape,
    pieces: [64, 64, 64],
    quantum: [1, 1, 1],
    sourceShape: shape,
    sourceChunks: [64, 64, 64],
    limit: 2 ** 30,
    sampleBytes: 2,
    resultBytes: 4,
    readsOf,
    workspaceOf: (box) => product(box.map(([start, end]) => end - start + 2 * reach)) * 6,
    readingBytes: 2 ** 24,
    writingBytes: 2 ** 22,
    threads: 2,
    ...changes,
  }
}

describe('the size of a box', () => {
  test('is within the limit, and no larger box of the same shape is', () => {
    for (const limit of [2 ** 28, 2 ** 30, 2 ** 32]) {
      const given = request({ limit, shape: [4000, 4000, 4000] })
      const { box, bound } = boxSize(given)
      expect(bound.total).toBeLessThanOrEqual(limit)
      expect(box.every((extent) => extent % 64 === 0)).toBe(true)
      const larger = box.map((extent) => [1024, 1024 + extent + 64] as const)
      expect(memoryBound(larger, given).total).toBeGreaterThan(limit)
    }
  })

  test('counts samples and results twice: two boxes are in flight', () => {
    const { box, bound } = boxSize(request())
    const samples = product(box.map((extent) => extent + 8)) * 2
    const results = product(box) * 4
    expect(bound.samples).toBe(samples)
    expect(bound.results).toBe(results)
    expect(bound.total).toBe(
      2 * samples + 2 * results + bound.workspace + bound.reading + bound.writing + bound.program,
    )
  })

  test('begins at multiples of the quantum and of the chunks', () => {
    const { box } = boxSize(request({ quantum: [48, 1, Infinity], shape: [2000, 2000, 700] }))
    expect(box[0]! % 192).toBe(0)
    expect(box[1]! % 64).toBe(0)
    expect(box[2]).toBe(700)
  })

  test('of a small array leaves boxes to overlap and to resume', () => {
    const { box } = boxSize(request({ shape: [512, 512, 512], limit: 2 ** 34 }))
    expect(gridOf([512, 512, 512], box).count).toBeGreaterThanOrEqual(5)
  })

  test('a limit that is too small names the least that would do, which does', () => {
    const given = request({ limit: 2 ** 20 })
    let message = ''
    try {
      boxSize(given)
    } catch (error) {
      message = (error as Error).message
    }
    const [, number, unit] = /Give at least ([\d.]+) (MiB|KiB)/.exec(message)!
    const least = Number(number) * (unit === 'MiB' ? 2 ** 20 : 2 ** 10)
    expect(boxSize({ ...given, limit: least }).bound.total).toBeLessThanOrEqual(least)
    expect(() => boxSize({ ...given, limit: least * 0.98 })).toThrow(/Give at least/)
  })

  test('a step is a multiple of both, or the axis', () => {
    expect(stepOf(1000, 64, 1)).toBe(64)
    expect(stepOf(1000, 64, 12)).toBe(192)
    expect(stepOf(100, 64, 12)).toBe(100)
    expect(stepOf(1000, 64, Infinity)).toBe(1000)
  })

  test('depends on shapes alone, and a million chunks cost no more than a few', () => {
    const start = performance.now()
    const given = request({ shape: [1e5, 1e5, 1e5], pieces: [16, 16, 16] })
    expect(boxSize(given).box).toEqual(boxSize(given).box)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
