/**
 * Calls of 'stridefold' give way to the event loop before each computation: timers run, and what
 * they abort is aborted.
 */

import { describe, expect, test } from 'vitest'
import { convBiasGradient, correlate, ndarray, plan } from '../src/index.ts'

const line = ndarray(new Float32Array([1, 2, 3]))
const kernel = ndarray(new Float32Array([1]))

/** A timer that is due at once and counts how often the loop came round to it. */
function ticking(): { readonly ticks: () => number; stop(): void } {
  let ticks = 0
  let timer: ReturnType<typeof setTimeout>
  const tick = (): void => {
    ticks++
    timer = setTimeout(tick, 0)
  }
  timer = setTimeout(tick, 0)
  return { ticks: () => ticks, stop: () => clearTimeout(timer) }
}

/** Computes until the clock has gone on, so that timers of a millisecond are due. */
function passMilliseconds(n: number): void {
  const end = performance.now() + n
  while (performance.now() < end);
}

const kinds: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['calls', () => correlate(line, kernel)],
  ['gradients', () => convBiasGradient([[[1, 2]]])],
  ['plans', () => plan('correlate', [3], [1]).run(line, kernel)],
]

describe.each(kinds)('%s', (_, call) => {
  test('timers run between those that are awaited one after the other', async () => {
    const timer = ticking()
    for (let i = 0; i < 8; i++) {
      passMilliseconds(6)
      await call()
    }
    timer.stop()
    expect(timer.ticks()).toBeGreaterThanOrEqual(4)
  })

  test('and between those that were made together', async () => {
    const timer = ticking()
    const seen: number[] = []
    const one = async (): Promise<void> => {
      await call()
      seen.push(timer.ticks())
      passMilliseconds(6)
    }
    await Promise.all(Array.from({ length: 8 }, one))
    timer.stop()
    expect(new Set(seen).size).toBeGreaterThanOrEqual(4)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })
})

test('an abort by a timer ends the calls that have not begun', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  setTimeout(() => controller.abort(reason), 0)
  let done = 0
  const several = async (): Promise<void> => {
    for (let i = 0; i < 1000; i++) {
      passMilliseconds(6)
      await correlate(line, kernel, { signal: controller.signal })
      done++
    }
  }
  await expect(several()).rejects.toBe(reason)
  expect(done).toBeLessThan(20)
})

test('an abort right after the call counts, and options are those of the call', async () => {
  const controller = new AbortController()
  const options: { signal: AbortSignal; mode: 'full' | 'valid' } = {
    signal: controller.signal,
    mode: 'full',
  }
  const aborted = correlate(line, [1, 1], options)
  const kept = correlate(line, [1, 1], { mode: 'full' })
  options.mode = 'valid'
  controller.abort()
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
  expect((await kept).shape).toEqual([4])
})

test('what rejects leaves the others their turn', async () => {
  const wrong = correlate(line, [[1]])
  const right = correlate(line, kernel)
  await expect(wrong).rejects.toMatchObject({ code: 'RANK_MISMATCH' })
  expect(Array.from((await right).data)).toEqual([1, 2, 3])
})
