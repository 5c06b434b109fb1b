/** Do streams give the results of SciPy's fftconvolve (scripts/stream-fixtures.py)? */

import { expect, test } from 'vitest'
import fixtures from './fixtures/streams.json' with { type: 'json' }
import { bound, noise, streamed } from './stream-cases.ts'

test.each(fixtures.cases)('$samples samples, $taps taps', ({ samples, taps, seed, at, values }) => {
  const [signal, kernel] = [noise(samples, seed), noise(taps, seed + 1)]
  const most = bound([signal], [kernel])
  for (const latency of [0, 4000]) {
    const [actual] = streamed(kernel, { latency }, [signal], [1000, 128, 7, 2000])
    expect(actual!.length).toBe(latency + samples + taps - 1)
    const errors = at.map((n, i) => Math.abs(actual![latency + n]! - values[i]!))
    expect(Math.max(...errors)).toBeLessThanOrEqual(most)
  }
})
