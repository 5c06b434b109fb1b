/** Does every lag of a kernel belong to exactly one part, and is no part needed too early? */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { streamLayout } from '../src/streams/layout.ts'

const questions = fc.record({
  taps: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 3_000_000 })),
  latency: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 })),
  blockSize: fc.integer({ min: 1, max: 5000 }),
  inputs: fc.integer({ min: 1, max: 4 }),
  outputs: fc.integer({ min: 1, max: 4 }),
})

test('parts follow each other from the head to the last tap', () => {
  fc.assert(
    fc.property(questions, (question) => {
      const { head, block, levels } = streamLayout(question)
      const end = question.latency + question.taps
      let from = head > 0 ? head : levels[0]!.from
      expect(from).toBeLessThanOrEqual(head > 0 ? end : Math.max(question.latency, block))
      for (const level of levels) {
        expect(level.from).toBe(from)
        expect(level.partitions).toBe(Math.ceil((level.to - level.from) / level.size))
        expect(level.size % block).toBe(0)
        // A block is complete `size` samples after it began; then its work takes `spread` samples.
        expect(level.from).toBeGreaterThanOrEqual(level.size + level.spread)
        from = level.to
      }
      expect(from).toBe(end)
    }),
  )
})

test('only the smallest blocks are computed at once', () => {
  const { head, block, levels } = streamLayout({
    ...{ taps: 480_000, latency: 0, blockSize: 128, inputs: 1, outputs: 1 },
  })
  expect([head, block]).toEqual([128, 128])
  expect(levels.length).toBeGreaterThan(1)
  expect(levels.map(({ spread, size }) => spread === size)).toEqual(levels.map((_, l) => l > 0))
})
