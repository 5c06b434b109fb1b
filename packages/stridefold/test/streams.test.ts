/**
 * Are the results of a stream those of the definition, however its signal is cut, with any latency
 * and any kernel? And do samples that are not finite reach only the results that they should?
 */

import fc from 'fast-check'
import { close, convolve, createStream } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { casesHere } from './random-count.ts'
import { apart, bound, definition, farthest, noise, streamed, type Taps } from './stream-cases.ts'

const shapes = {
  '[taps], one channel': (taps: number) => {
    const k = noise(taps, 3)
    return { kernel: k, options: {}, taps: [[k]] }
  },
  '[taps], two channels': (taps: number) => {
    const k = noise(taps, 3)
    return { kernel: k, options: { channels: 2 }, taps: apart([k, k]) }
  },
  '[channels, taps]': (taps: number) => {
    const kernels = [noise(taps, 4), noise(taps, 5), noise(taps, 6)]
    return { kernel: kernels.map((k) => [...k]), options: {}, taps: apart(kernels) }
  },
  '[2, 2, taps]': (taps: number) => {
    const kernels = [1, 2].map((o) => [noise(taps, o), noise(taps, 7 * o)])
    return { kernel: kernels.map((list) => list.map((k) => [...k])), options: {}, taps: kernels }
  },
  '[1, 3, taps]': (taps: number) => {
    const kernels = [[noise(taps, 8), noise(taps, 9), noise(taps, 10)]]
    return { kernel: kernels.map((list) => list.map((k) => [...k])), options: {}, taps: kernels }
  },
} as const

const expectDefinition = (
  actual: readonly Float32Array[],
  signal: readonly Float32Array[],
  taps: Taps,
  latency = 0,
): void => {
  const expected = definition(signal, taps, latency)
  expect(actual.length).toBe(expected.length)
  actual.forEach((result, o) => {
    expect(farthest(result, expected[o]!)).toBeLessThanOrEqual(bound(signal, taps[o]!))
  })
}

describe.each(Object.entries(shapes))('a kernel of shape %s', (_, make) => {
  test.each([1, 2, 31, 127, 128, 129, 256, 700, 5000])('%i taps', (length) => {
    const { kernel, options, taps } = make(length)
    const signal = taps[0]!.map((_, i) => noise(3000, 20 + i))
    expectDefinition(streamed(kernel, options, signal, [128, 128, 1, 500]), signal, taps)
  })
})

test.each([
  [1, 700, 128],
  [100, 700, 128],
  [128, 700, 128],
  [129, 4000, 128],
  [300, 4000, 128],
  [5000, 300, 128],
  [40_000, 20, 128],
  [64, 900, 32],
  [0, 900, 1],
  [0, 900, 441],
  [1000, 900, 100_000],
])('a latency of %i, %i taps, blocks of %i', (latency, length, blockSize) => {
  const k = noise(length, 3)
  const signal = [noise(2500, 4)]
  expectDefinition(streamed(k, { latency, blockSize }, signal, [480, 480]), signal, [[k]], latency)
})

test('any way to cut a signal gives the same bits', () => {
  const signal = [noise(4000, 2), noise(4000, 3)]
  const kernels = { short: [noise(90, 4)], long: [noise(3000, 5)], latency: [noise(3000, 6)] }
  for (const [name, [k]] of Object.entries(kernels)) {
    const options = { channels: 2, latency: name === 'latency' ? 333 : 0 }
    const whole = streamed(k!, options, signal, [])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 12 }), (lengths) => {
        const cuts = lengths.filter(
          (_, i) => lengths.slice(0, i + 1).reduce((sum, n) => sum + n, 0) <= 4000,
        )
        expect(streamed(k!, options, signal, cuts)).toEqual(whole)
      }),
      { numRuns: casesHere(25) },
    )
  }
})

test('one sample at a time gives the same bits, too', () => {
  const signal = [noise(1200, 2)]
  const k = noise(600, 5)
  const ones = new Array<number>(1200).fill(1)
  expect(streamed(k, {}, signal, ones)).toEqual(streamed(k, {}, signal, []))
})

test('a long kernel gives what convolve gives, in levels of several sizes', () => {
  const [signal, k] = [noise(70_000, 2), noise(60_000, 3)]
  const expected = convolve(signal, k, { mode: 'full', dtype: 'float64' }).data
  const [actual] = streamed(k, {}, [signal], [128, 1000, 40_000])
  expect(farthest(actual!, expected)).toBeLessThanOrEqual(bound([signal], [k]))
})

describe('samples that are not finite', () => {
  const at = 1000
  const taps = 700
  const kernel = noise(taps, 3)
  const clean = noise(5000, 4)
  const cut = [128, 300, 1, 700, 128]

  test.each([NaN, Infinity, -Infinity, 1e38])(
    '%f reaches only the results that read it',
    (value) => {
      const signal = clean.slice()
      signal[at] = value
      const [actual] = streamed(kernel, {}, [signal], cut)
      const without = clean.slice()
      without[at] = 0
      const [finite] = streamed(kernel, {}, [without], cut)
      expect(actual!.subarray(0, at)).toEqual(finite!.subarray(0, at))
      expect(actual!.subarray(at + taps)).toEqual(finite!.subarray(at + taps))
      for (let t = 0; t < taps; t++)
        expect(actual![at + t]).toBe(Math.fround(finite![at + t]! + signal[at]! * kernel[t]!))
    },
  )

  test('more of them than there is place for: all results under their taps are NaN', () => {
    const signal = clean.slice()
    signal.fill(Infinity, at, at + 100)
    const [actual] = streamed(kernel, {}, [signal], cut)
    const finite = [...actual!].map((value) => Number.isFinite(value))
    expect(finite.indexOf(false)).toBe(at)
    expect(finite.lastIndexOf(false)).toBe(at + 99 + taps - 1)
    expect(finite.slice(at, at + 99 + taps).some(Boolean)).toBe(false)
  })

  test('reset() forgets them', () => {
    const stream = createStream(kernel)
    stream.process(new Float32Array(300).fill(NaN))
    stream.reset()
    const [expected] = streamed(kernel, {}, [clean], [])
    expect(stream.process(clean)).toEqual(expected!.subarray(0, clean.length))
  })

  test('they stay in their channel', () => {
    const signal = [clean.slice(), clean]
    signal[0]![at] = NaN
    const [left, right] = streamed(kernel, { channels: 2 }, signal, cut)
    expect(left!.some(Number.isNaN)).toBe(true)
    expect(right!.every(Number.isFinite)).toBe(true)
  })
})

describe('a stream', () => {
  test('begins anew after reset() and flush(), with the same bits', () => {
    const [signal, k] = [noise(3000, 2), noise(2000, 3)]
    const stream = createStream(k, { latency: 5 })
    const first = stream.process(signal).slice()
    const last = stream.flush().slice()
    expect(stream.process(signal)).toEqual(first)
    expect(stream.flush()).toEqual(last)
    stream.process(signal)
    stream.reset()
    expect(stream.process(signal)).toEqual(first)
  })

  test('returns its own arrays: the same ones for every call of a length', () => {
    const stream = createStream([1, 2])
    const first = stream.process(new Float32Array(64))
    expect(stream.process(new Float32Array(10))).not.toBe(first)
    expect(stream.process(new Float32Array(64))).toBe(first)
    expect(stream.process(new Float32Array(0))).toHaveLength(0)
  })

  test('says what it has', () => {
    const stream = createStream([[[1, 2, 3]], [[4, 5, 6]]], { latency: 9 })
    const { inputs, outputs, taps, latency } = stream
    expect({ inputs, outputs, taps, latency }).toEqual({
      inputs: 1,
      outputs: 2,
      taps: 3,
      latency: 9,
    })
  })

  test('goes on after close(), and after others made the memory grow', async () => {
    const [signal, k] = [noise(3000, 2), noise(2000, 3)]
    const expected = streamed(k, {}, [signal], [])[0]!
    const stream = createStream(k)
    const first = stream.process(signal.subarray(0, 1000)).slice()
    const other = createStream(noise(400_000, 4))
    const second = stream.process(signal.subarray(1000, 2000)).slice()
    await close()
    const third = stream.process(signal.subarray(2000)).slice()
    other.dispose()
    expect([...first, ...second, ...third]).toEqual([...expected.subarray(0, 3000)])
  })

  test('gives its memory back: a thousand streams need no more than one', () => {
    const make = (): void => createStream(noise(3000, 2)).dispose()
    make()
    const k = noise(3000, 2)
    const stream = createStream(k)
    for (let i = 0; i < 100; i++) make()
    expect(stream.process(k).length).toBe(3000)
    stream.dispose()
  })
})

describe('errors', () => {
  const two = createStream([1, 2], { channels: 2 })
  const f = new Float32Array(4)
  // Each caller below breaks the types.
  const call = (run: () => unknown) => run
  test.each([
    ['SHAPE_MISMATCH', 'shape []', call(() => createStream(3 as never))],
    ['SHAPE_MISMATCH', 'at least one tap', call(() => createStream([]))],
    ['SHAPE_MISMATCH', 'shape [1,1,1,1]', call(() => createStream([[[[1]]]]))],
    ['KERNEL_NOT_FINITE', 'NaN', call(() => createStream([1, NaN]))],
    ['KERNEL_NOT_FINITE', 'Infinity', call(() => createStream([1, 1e300]))],
    [
      'CHANNELS_MISMATCH',
      'takes 3 channels',
      call(() => createStream([[1], [2], [3]], { channels: 2 })),
    ],
    ['OPTION_UNKNOWN', "'blocksize'", call(() => createStream([1], { blocksize: 2 } as never))],
    [
      'OPTION_INVALID',
      "'latency' is the number -1",
      call(() => createStream([1], { latency: -1 })),
    ],
    [
      'OPTION_INVALID',
      "'channels' is the number 1.5",
      call(() => createStream([1], { channels: 1.5 })),
    ],
    ['OPTION_INVALID', "'blockSize'", call(() => createStream([1], { blockSize: 0 }))],
    ['SAMPLES_INVALID', 'a Float64Array', call(() => two.process(new Float64Array(3) as never))],
    [
      'SAMPLES_INVALID',
      'channel 1 is an array of 2',
      call(() => two.process([f, [1, 2]] as never)),
    ],
    ['CHANNELS_MISMATCH', '2 input channels', call(() => two.process(f))],
    ['CHANNELS_MISMATCH', '3 arrays', call(() => two.process([f, f, f]))],
    ['CHANNELS_MISMATCH', 'a list comes back', call(() => createStream([[[1]], [[2]]]).process(f))],
    ['SHAPE_MISMATCH', 'channel 1 has 3 samples', call(() => two.process([f, f.subarray(1)]))],
    ['CHANNELS_MISMATCH', 'takes 3 channels', call(() => two.setKernel([[1], [2], [3]]))],
    ['CHANNELS_MISMATCH', 'makes 1 outputs', call(() => two.setKernel([[[1], [2]]]))],
    ['OPTION_INVALID', "'crossfade'", call(() => two.setKernel([1], { crossfade: NaN }))],
    ['OPTION_INVALID', "'gradual'", call(() => two.setKernel([1], { gradual: 1 as never }))],
  ])('%s: %s', (code, part, run) => {
    expect(run).toThrow(expect.objectContaining({ code, message: expect.stringContaining(part) }))
  })

  test('a stream that was disposed of', () => {
    const stream = createStream([1])
    stream.dispose()
    stream.dispose()
    const calls = [
      () => stream.process(f),
      () => stream.flush(),
      () => stream.reset(),
      () => stream.setKernel([1]),
      () => stream.toTransformStream(),
      () => stream.taps,
    ]
    for (const run of calls)
      expect(run).toThrow(expect.objectContaining({ code: 'STREAM_DISPOSED' }))
  })
})
