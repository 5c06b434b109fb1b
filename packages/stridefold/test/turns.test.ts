/**
 * Do asynchronous calls let the event loop run before each computation? Timers must run between
 * calls, and a timer must be able to abort the calls that have not started.
 */

import { describe, expect, test } from 'vitest'
import { convBiasGradient, correlate, ndarray, plan } from '../src/index.ts'

const line = ndarray(new Float32Array([1, 2, 3]))
const kernel = ndarray(new Float32Array([1]))

/** Starts a timer with delay 0 that restarts itself and counts how often it ran. */
function startTicking(): { readonly ticks: () => number; stop(): void } {
  let ticks = 0
  let timer: ReturnType<typeof setTimeout>
  const tick = (): void => {
    ticks++
    timer = setTimeout(tick, 0)
  }
  timer = setTimeout(tick, 0)
  return { ticks: () => ticks, stop: () => clearTimeout(timer) }
}

/** Blocks for n milliseconds, so that waiting timers are due. */
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
  test('timers run between calls that are awaited one after the other', async () => {
    const timer = startTicking()
    for (let i = 0; i < 8; i++) {
      passMilliseconds(6)
      await call()
    }
    timer.stop()
    expect(timer.ticks()).toBeGreaterThanOrEqual(4)
  })

  test('timers run between calls that were started together', async () => {
    const timer = startTicking()
    const ticksSeen: number[] = []
    const callOnce = async (): Promise<void> => {
      await call()
      ticksSeen.push(timer.ticks())
      passMilliseconds(6)
    }
    await Promise.all(Array.from({ length: 8 }, callOnce))
    timer.stop()
    expect(new Set(ticksSeen).size).toBeGreaterThanOrEqual(4)
    expect(ticksSeen).toEqual(ticksSeen.toSorted((a, b) => a - b))
  })
})

test('an abort by a timer rejects the calls that have not started', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  setTimeout(() => controller.abort(reason), 0)
  let done = 0
  const callRepeatedly = async (): Promise<void> => {
    for (let i = 0; i < 1000; i++) {
      passMilliseconds(6)
      await correlate(line, kernel, { signal: controller.signal })
      done++
    }
  }
  await expect(callRepeatedly()).rejects.toBe(reason)
  expect(done).toBeLessThan(20)
})

test('an abort right after the call rejects it; later changes of options do nothing', async () => {
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

test('a rejected call does not stop the next one', async () => {
  const failing = correlate(line, [[1]])
  const valid = correlate(line, kernel)
  await expect(failing).rejects.toMatchObject({ code: 'RANK_MISMATCH' })
  expect(Array.from((await valid).data)).toEqual([1, 2, 3])
})
