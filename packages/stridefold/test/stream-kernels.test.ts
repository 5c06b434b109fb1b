/** Is the kernel of a stream exchanged exactly, and without a click? */

import { createStream } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { apart, bound, definition, farthest, joined, noise } from './stream-cases.ts'

const [first, second] = [noise(1500, 3), noise(1500, 4)]
const signal = noise(14_000, 5)
/** The sample before which the kernel is exchanged. */
const exchange = 5000

/** The results of a stream whose kernel is exchanged before sample `exchange`. */
function exchanged(
  kernel: Float32Array,
  options: { readonly crossfade: number; readonly gradual?: boolean },
  block = 128,
): Float32Array {
  const stream = createStream(first)
  const parts: Float32Array[] = []
  for (let at = 0; at < signal.length; ) {
    const end = Math.min(at + block, at < exchange ? exchange : signal.length)
    parts.push(stream.process(signal.subarray(at, end)).slice())
    at = end
    if (at === exchange) stream.setKernel(kernel, options)
  }
  return joined(parts)
}

const known = new Map<Float32Array, Float64Array>()

function resultsOf(kernel: Float32Array): Float64Array {
  const results = known.get(kernel) ?? definition([signal], [[kernel]])[0]!
  known.set(kernel, results)
  return results
}

describe.each([
  ['as long', second],
  ['shorter', second.subarray(0, 50)],
  ['of one tap', second.subarray(0, 1)],
])('a kernel %s', (_, kernel) => {
  test.each([0, 1, 100, 1024, 5000])('takes over within %i samples', (crossfade) => {
    const actual = exchanged(kernel, { crossfade })
    const [before, after] = [resultsOf(first), resultsOf(kernel)]
    const most = bound([signal], [first]) + bound([signal], [kernel])
    const expected = actual.map((_, n) => {
      const k = n - exchange
      const weight =
        k < 0 ? 0 : k >= crossfade ? 1 : (1 - Math.cos((Math.PI * (k + 0.5)) / crossfade)) / 2
      return (1 - weight) * before[n]! + weight * after[n]!
    })
    expect(farthest(actual, expected)).toBeLessThanOrEqual(most)
  })
})

test('a longer kernel finds the samples that the stream has kept', () => {
  const long = noise(50_000, 6)
  const actual = exchanged(long, { crossfade: 100 })
  const expected = resultsOf(long).subarray(exchange + 100, signal.length)
  expect(farthest(actual.subarray(exchange + 100), expected)).toBeLessThanOrEqual(
    bound([signal], [long]),
  )
})

test('the cut of the signal changes no bit', () => {
  const expected = exchanged(second, { crossfade: 1000 })
  for (const block of [1000, 77])
    expect(exchanged(second, { crossfade: 1000 }, block)).toEqual(expected)
})

test('gradually: the old kernel, then a crossfade, then exactly the new one', () => {
  const actual = exchanged(second, { crossfade: 500, gradual: true })
  const [before, after] = [resultsOf(first), resultsOf(second)]
  const most = bound([signal], [first]) + bound([signal], [second])
  const isNear = (expected: Float64Array, n: number): boolean =>
    Math.abs(actual[n]! - expected[n]!) <= most
  const last = actual.findLastIndex((_, n) => !isNear(after, n))
  const begins = actual.findIndex((_, n) => !isNear(before, n))
  expect(begins).toBeGreaterThan(exchange)
  expect(last - begins).toBeLessThan(500)
  expect(last).toBeLessThan(12_000)
})

test('several exchanges within one crossfade end with the last kernel', () => {
  const stream = createStream([1, 2], { channels: 2 })
  const x = [noise(5000, 1), noise(5000, 2)]
  const parts: (readonly Float32Array[])[] = []
  for (let at = 0; at < 5000; at += 100) {
    parts.push(stream.process(x.map((c) => c.subarray(at, at + 100))).map((y) => y.slice()))
    if (at < 2000) stream.setKernel(noise(300, at + 1), { crossfade: 700, gradual: at % 200 === 0 })
    if (at === 2000) stream.setKernel([...second.subarray(0, 500)])
  }
  const kernel = second.subarray(0, 500)
  const expected = definition(x, apart([kernel, kernel]))
  for (const o of [0, 1]) {
    const actual = joined(parts.map((part) => part[o]!)).subarray(4000)
    const most = bound(x, [kernel])
    expect(farthest(actual, expected[o]!.subarray(4000, 5000))).toBeLessThanOrEqual(most)
  }
})

/** The part of the energy of a signal above a frequency, by a window and a transform. */
function energyAbove(x: Float32Array, cyclesPerSample: number): number {
  const n = x.length
  let [above, all] = [0, 0]
  const windowed = x.map((value, j) => value * Math.sin((Math.PI * (j + 0.5)) / n) ** 4)
  for (let f = 0; f < n / 2; f++) {
    let [re, im] = [0, 0]
    for (let j = 0; j < n; j++) {
      const angle = (2 * Math.PI * ((f * j) % n)) / n
      re += windowed[j]! * Math.cos(angle)
      im += windowed[j]! * Math.sin(angle)
    }
    const energy = re * re + im * im
    all += energy
    if (f / n > cyclesPerSample) above += energy
  }
  return above / all
}

test('no click: a tone stays a tone, where a hard change is heard at all frequencies', () => {
  const tone = Float32Array.from({ length: 8192 }, (_, n) => Math.sin((2 * Math.PI * n) / 100))
  const through = (crossfade: number): Float32Array => {
    const stream = createStream(first.subarray(0, 400).map((weight) => weight / 20))
    const before = stream.process(tone.subarray(0, 4096)).slice()
    stream.setKernel(
      second.subarray(0, 900).map((weight) => -weight / 20),
      { crossfade },
    )
    return joined([before, stream.process(tone.subarray(4096)).slice()]).subarray(3072, 5120 + 1024)
  }
  expect(energyAbove(through(0), 0.05)).toBeGreaterThan(1e-5)
  expect(energyAbove(through(1024), 0.05)).toBeLessThan(1e-9)
})
