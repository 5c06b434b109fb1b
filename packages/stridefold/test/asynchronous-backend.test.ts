/**
 * Do the public calls work on a backend that takes its time and has its own memory
 * (slow-backend.ts)? What may happen while it is at work: other calls of both entry points, aborts,
 * errors, `dispose`, `close` and `configure`.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { synchronousBackends as backends } from '../src/backends/list.ts'
import * as later from '../src/index.ts'
import type { Program } from '../src/program/program.ts'
import { useBackends } from '../src/runtime/backends.ts'
import * as sync from '../src/sync.ts'
import { type SlowBackend, slowBackend } from './slow-backend.ts'

const { close, configure, ndarray, plan, toNested, zeros } = sync
type NdArray = sync.NdArray

let slow: SlowBackend
let seed = 1

beforeEach(() => {
  slow = slowBackend(seed++)
  useBackends([slow, ...backends])
})
afterEach(close)

const counting = (shape: readonly number[], step = 5): NdArray => {
  const x = zeros(shape)
  for (let i = 0; i < x.data.length; i++) x.data[i] = ((i * step) % 11) - 3
  return x
}

const [image, kernel] = [counting([9, 12]), counting([3, 3], 7)]
const [x, w] = [counting([2, 4, 9, 8]), counting([6, 4, 3, 3], 7)]
const bias = counting([6], 3)

/** The codes of the errors of a promise or of a call. */
const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code
const codeThrown = (call: () => unknown): unknown => {
  try {
    call()
  } catch (error) {
    return codeOf(error)
  }
  return undefined
}

/** Calls `work` once in the middle of the next run. */
function inMidRun(work: () => void | Promise<void>): void {
  slow.state.inMidRun = () => {
    slow.state.inMidRun = undefined
    return work()
  }
}

describe('every call has the result of its synchronous twin', () => {
  const y = counting([2, 6, 9, 8], 2)
  const calls: Readonly<Record<string, (entry: typeof later | typeof sync) => unknown>> = {
    convolve: ({ convolve }) => convolve(image, kernel, { boundary: 'wrap' }),
    correlate: ({ correlate }) => correlate(image, kernel, { bias: 2 }),
    'correlate of lists': ({ correlate }) => correlate([1, 2, 3], [1, 10]),
    'correlate of bytes': ({ correlate }) =>
      correlate(ndarray(Uint8Array.from(image.data), [9, 12]), [[1, 2]], { dtype: 'uint8' }),
    'correlate, float64': ({ correlate }) => correlate(image, kernel, { dtype: 'float64' }),
    'conv2d of an empty batch': ({ conv2d }) => conv2d(zeros([0, 4, 9, 8]), w),
    'correlate of a large image': ({ correlate }) => correlate(counting([700, 900]), kernel),
    conv1d: ({ conv1d }) => conv1d(counting([2, 3, 30]), counting([5, 3, 4]), { stride: 2 }),
    'conv2d with bias': ({ conv2d }) =>
      conv2d(x, w, { bias, padding: 1, activation: 'relu', verify: true }),
    'conv2d, channels last': ({ conv2d }) =>
      conv2d(counting([1, 6, 7, 4]), w, { layout: 'channels-last', weightLayout: 'OIHW' }),
    conv3d: ({ conv3d }) => conv3d(counting([1, 2, 4, 5, 6]), counting([3, 2, 2, 2, 2])),
    'convTranspose2d with reflect': ({ convTranspose2d }) =>
      convTranspose2d(y, w, { padding: 1, boundary: 'reflect', stride: 1, bias: counting([4]) }),
    convInputGradient: ({ convInputGradient }) =>
      convInputGradient(y, w, [2, 4, 9, 8], { padding: 1, boundary: 'reflect' }),
    convWeightGradient: ({ convWeightGradient }) =>
      convWeightGradient(x, y, [6, 4, 3, 3], { padding: 1 }),
    'convWeightGradient with groups': ({ convWeightGradient }) =>
      convWeightGradient(x, y, [6, 2, 3, 3], { padding: 1, groups: 2 }),
    convTransposeInputGradient: ({ convTransposeInputGradient }) =>
      convTransposeInputGradient(x, counting([6, 4, 3, 3]), { padding: 1 }),
    convTransposeWeightGradient: ({ convTransposeWeightGradient }) =>
      convTransposeWeightGradient(y, x, [6, 4, 3, 3], { padding: 1 }),
    convBiasGradient: ({ convBiasGradient }) => convBiasGradient(y),
  }

  test.each(Object.entries(calls))('%s', async (name, call) => {
    const result = (await call(later)) as NdArray
    expect(toNested(result)).toEqual(toNested(call(sync) as NdArray))
    const computes = !['convBiasGradient', 'conv2d of an empty batch'].includes(name)
    expect(slow.state.runs > 0).toBe(computes)
    // Once more, with the plan of before.
    expect(toNested((await call(later)) as NdArray)).toEqual(toNested(result))
  })

  test.each(['separable', 'winograd', 'fft', 'strided', 'im2col', 'toeplitz', 'naive'] as const)(
    '%s has the bits of the js backend, with prepared weights too',
    async (algorithm) => {
      // A product of two vectors, for one channel, or many channels.
      const channels = algorithm === 'separable' ? 1 : 12
      const samples = counting([1, channels, 25, 22])
      const weights = counting([channels, channels, 3, 3], channels === 1 ? 0 : 7)
      for (const { data } of [samples, weights])
        for (let i = 0; i < data.length; i++) data[i]! *= 1.1
      const rows = { algorithm, padding: 1, bias: Array(channels).fill(0.3) } as const
      const expected = sync.conv2d(samples, weights, { ...rows, backend: 'js' })
      const out = zeros(expected.shape)
      for (let i = 0; i < 3; i++) {
        expect((await later.conv2d(samples, weights, rows)).data).toEqual(expected.data)
        await later.conv2d(samples, weights, { ...rows, out })
        expect(out.data).toEqual(expected.data)
      }
      expect(slow.state.runs).toBe(6)
    },
  )

  test('changed samples and weights in repeated calls', async () => {
    const [samples, weights, out] = [counting([9, 12]), counting([3, 3], 7), zeros([9, 12])]
    for (let i = 0; i < 6; i++) {
      if (i % 2 === 1) samples.data[5] = i
      if (i % 3 === 2) weights.data[4] = -i
      expect(await later.correlate(samples, weights, { out })).toBe(out)
      expect(toNested(out)).toEqual(toNested(sync.correlate(samples, weights)))
    }
    expect(slow.state).toMatchObject({ runs: 6, compiled: 1 })
  })
})

describe('plans', () => {
  test('tell the backend of run(); runSync() takes one that is synchronous', async () => {
    const p = plan('conv2d', x.shape, w.shape, { padding: 1, bias })
    expect(p.backend).toBe('slow')
    expect(p.module).toBeUndefined()
    expect(p.explain()).toContain('chosen:')
    const expected = toNested(p.runSync(x, w))
    expect(toNested(p.timeSync(x, w).output)).toEqual(expected)
    expect(slow.state.runs).toBe(0)
    expect(toNested(await p.run(x, w))).toEqual(expected)
    expect(slow.state.runs).toBe(1)
    p.dispose()
    expect(slow.state.disposed).toBe(1)
  })

  test('prepare packs the weights in the first run, once', async () => {
    const p = plan('conv2d', x.shape, w.shape, { padding: 1 })
    const prepared = p.prepare(w)
    const expected = toNested(sync.conv2d(x, w, { padding: 1 }))
    let preparations = 0
    slow.state.inMidRun = () => {
      preparations++
    }
    const out = zeros([2, 6, 9, 8])
    for (let i = 0; i < 3; i++) {
      expect(toNested(await prepared.run(x))).toEqual(expected)
      expect(toNested(await prepared.run(x, undefined, out))).toEqual(expected)
    }
    // Six runs, and the preparation of each of two layouts at most.
    expect(preparations - 6).toBeLessThanOrEqual(2)
    expect(toNested(prepared.runSync(x))).toEqual(expected)
    expect(toNested(await prepared.run(x, counting(w.shape, 3)))).toEqual(
      toNested(sync.conv2d(x, counting(w.shape, 3), { padding: 1 })),
    )
    for (const each of [p, prepared]) each.dispose()
    expect(await prepared.run(x).catch(codeOf)).toBe('PLAN_DISPOSED')
    expect(slow.state.disposed).toBe(slow.state.compiled)
  })

  test('that contain the values of a kernel reject another one, in both runs', async () => {
    const product = ndarray([1, 2, 1, 3, 1].map((a) => [1, 2, 1, 3, 1].map((b) => a * b)))
    const samples = counting([40, 40])
    const options = { kernel: product, algorithm: 'separable' } as const
    const p = plan('correlate', [40, 40], [5, 5], options)
    const expected = toNested(sync.correlate(samples, product, { backend: 'js' }))
    expect(toNested(await p.run(samples, product))).toEqual(expected)
    expect(toNested(p.runSync(samples, product))).toEqual(expected)
    const other = counting([5, 5])
    expect(await p.run(samples, other).catch(codeOf)).toBe('KERNEL_CHANGED')
    expect(codeThrown(() => p.runSync(samples, other))).toBe('KERNEL_CHANGED')
  })

  test('ask for each kind of run whether its program contains the values of a kernel', async () => {
    await close()
    const holdsKernel = ({ buffers }: Program): string | undefined =>
      buffers.some(({ ofKernel }) => ofKernel) ? 'it holds values of the kernel' : undefined
    slow = slowBackend(seed++, 'slow', holdsKernel)
    useBackends([slow, ...backends])
    const factor = [1, 2, 3, 4, 5, 4, 3, 2, 1]
    const product = ndarray(factor.map((a) => factor.map((b) => a * b)))
    const [samples, other] = [counting([90, 90]), counting([9, 9])]
    const p = plan('correlate', [90, 90], [9, 9], { kernel: product })
    expect([p.backend, p.algorithm]).not.toContain('separable')
    const expected = toNested(sync.correlate(samples, product, { backend: 'js' }))
    expect(toNested(p.runSync(samples, product))).toEqual(expected)
    expect(toNested(await p.run(samples, product))).toEqual(expected)
    expect(codeThrown(() => p.runSync(samples, other))).toBe('KERNEL_CHANGED')
    expect(toNested(await p.run(samples, other))).toEqual(
      toNested(sync.correlate(samples, other, { backend: 'js' })),
    )
  })

  test('dispose() in mid-run: this run has its result, the next one rejects', async () => {
    const p = plan('conv2d', x.shape, w.shape)
    inMidRun(() => {
      p.dispose()
      expect(slow.state.disposed).toBe(0)
    })
    const [run, next] = [p.run(x, w), p.run(x, w).catch(codeOf)]
    expect(toNested(await run)).toEqual(toNested(sync.conv2d(x, w)))
    expect(slow.state.disposed).toBe(1)
    expect(await next).toBe('PLAN_DISPOSED')
  })
})

describe('values that are not finite, for which the fallback runs', () => {
  const spoilt = (shape: readonly number[], value: number): NdArray => {
    const array = counting(shape)
    array.data[17] = value
    return array
  }

  test.each([
    ['winograd', Number.NaN],
    ['winograd', Infinity],
    ['fft', Number.NaN],
    ['fft', -Infinity],
    ['fft', 2 ** 101],
    ['strided', Number.NaN],
  ] as const)('%s, a sample of %d', async (algorithm, value) => {
    const samples = spoilt([1, 8, 20, 20], value)
    const weights = counting([8, 8, 3, 3], 7)
    const expected = sync.conv2d(samples, weights, { padding: 1, algorithm, backend: 'js' })
    const out = zeros(expected.shape)
    for (let i = 0; i < 2; i++) {
      const fresh = await later.conv2d(samples, weights, { padding: 1, algorithm })
      expect(fresh.data).toEqual(expected.data)
      await later.conv2d(samples, weights, { padding: 1, algorithm, out })
      expect(out.data).toEqual(expected.data)
    }
  })

  test('a weight', async () => {
    const weights = ndarray([
      [0, 1, 0],
      [0, Infinity, 0],
      [0, 0, 0],
    ])
    const expected = sync.correlate(image, weights, { backend: 'js' })
    expect((await later.correlate(image, weights)).data).toEqual(expected.data)
  })
})

describe('several calls at once', () => {
  test('run one after the other, in the order of the calls', async () => {
    const kernels = [1, 2, 3, 4, 5].map((step) => counting([3, 3], step))
    const order: number[] = []
    const results = await Promise.all(
      kernels.map(async (k, i) => {
        const result = await later.correlate(image, k)
        order.push(i)
        return result
      }),
    )
    expect(order).toEqual([0, 1, 2, 3, 4])
    for (const [i, k] of kernels.entries())
      expect(toNested(results[i]!)).toEqual(toNested(sync.correlate(image, k)))
  })

  test('a synchronous call in mid-run has its result, and changes no other', async () => {
    const other = counting([3, 3], 4)
    const out = zeros([9, 12])
    for (const options of [{}, { out }, { out }]) {
      const expected = toNested(sync.correlate(image, kernel))
      const inBetween: unknown[] = []
      inMidRun(() => {
        inBetween.push(toNested(sync.correlate(image, kernel)))
        inBetween.push(toNested(sync.correlate(image, other)))
        inBetween.push(toNested(sync.correlate(image, other, { out: zeros([9, 12]) })))
      })
      const result = toNested(await later.correlate(image, kernel, options))
      const others = toNested(sync.correlate(image, other))
      expect([result, ...inBetween]).toEqual([expected, expected, others, others])
    }
  })

  test('a synchronous call after it, or in mid-run, takes none of its programs', async () => {
    const out = zeros([9, 12])
    const expected = toNested(sync.correlate(image, kernel))
    for (let i = 0; i < 3; i++) {
      inMidRun(() => void sync.correlate(image, kernel, { out }))
      await later.correlate(image, kernel, { out })
      expect(sync.correlate(image, kernel, { out })).toBe(out)
      expect(toNested(out)).toEqual(expected)
      expect(slow.state.runs).toBe(i + 1)
    }
  })

  test('a kernel whose values decide, and another one in mid-run, synchronously', async () => {
    const samples = counting([60, 60])
    const product = (v: readonly number[]): NdArray => ndarray(v.map((a) => v.map((b) => a * b)))
    const [first, second] = [product([1, 2, 3, 4, 5, 6, 7]), product([2, 1, 2, 1, 2, 1, 3])]
    const out = zeros([60, 60])
    const options = { algorithm: 'separable', out } as const
    for (let i = 0; i < 3; i++) {
      inMidRun(() => void sync.correlate(samples, second, { algorithm: 'separable' }))
      await later.correlate(samples, first, options)
      expect(toNested(out)).toEqual(toNested(sync.correlate(samples, first, { backend: 'js' })))
      await later.correlate(samples, second, options)
      expect(toNested(out)).toEqual(toNested(sync.correlate(samples, second, { backend: 'js' })))
    }
    // The same object with the other values: neither the program nor the weights may be old.
    inMidRun(() => void sync.correlate(samples, second, { algorithm: 'separable' }))
    await later.correlate(samples, first, options)
    first.data.set(second.data)
    await later.correlate(samples, first, options)
    expect(toNested(out)).toEqual(toNested(sync.correlate(samples, second, { backend: 'js' })))
  })

  test('a hundred other problems in mid-run push the plan out of the cache', async () => {
    inMidRun(() => {
      for (let n = 20; n < 130; n++) sync.correlate(counting([n]), [1, 2])
      expect(slow.state.disposed).toBe(0)
    })
    const out = zeros([9, 12])
    const expected = toNested(sync.correlate(image, kernel))
    await later.correlate(image, kernel, { out })
    expect(slow.state.disposed).toBe(1)
    expect(toNested(out)).toEqual(expected)
    for (let i = 0; i < 2; i++)
      expect(toNested(await later.correlate(image, kernel, { out }))).toEqual(expected)
  })

  test('close() waits for the run, configure() throws meanwhile', async () => {
    const order: string[] = []
    inMidRun(async () => {
      expect(codeThrown(() => configure({ threads: 1 }))).toBe('CALLS_RUNNING')
      void close().then(() => order.push('closed'))
      await new Promise((resolve) => setTimeout(resolve, 5))
      order.push('end of the run')
    })
    const result = await later.correlate(image, kernel)
    await close()
    expect(order).toEqual(['end of the run', 'closed'])
    expect(toNested(result)).toEqual(toNested(sync.correlate(image, kernel)))
  })
})

describe('an abort', () => {
  const reason = new Error('enough')

  test('before the call begins: nothing runs', async () => {
    const controller = new AbortController()
    const call = later.correlate(image, kernel, { signal: controller.signal })
    controller.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect(slow.state.runs).toBe(0)
  })

  test.each(['a call', 'a plan'])('in mid-run, of %s: rejects at once; out stays', async (of) => {
    const controller = new AbortController()
    const out = zeros([9, 12])
    out.data.fill(77)
    let isAtWork = true
    inMidRun(async () => {
      controller.abort(reason)
      await new Promise((resolve) => setTimeout(resolve, 10))
      isAtWork = false
    })
    const options = { out, signal: controller.signal }
    const call =
      of === 'a call'
        ? later.correlate(image, kernel, options)
        : plan('correlate', [9, 12], [3, 3]).run(image, kernel, options)
    await expect(call).rejects.toBe(reason)
    expect(isAtWork).toBe(true)
    // The caller uses its arrays again while the backend is still at work.
    const next = later.correlate(image, kernel)
    expect(toNested(await next)).toEqual(toNested(sync.correlate(image, kernel)))
    expect(isAtWork).toBe(false)
    expect(out.data.every((value) => value === 77)).toBe(true)
  })

  test('while weights are packed: they are packed again, with their new values', async () => {
    const controller = new AbortController()
    const [weights, out] = [counting([3, 3], 7), zeros([9, 12])]
    inMidRun(() => controller.abort(reason))
    const call = later.correlate(image, weights, { out, signal: controller.signal })
    await expect(call).rejects.toBe(reason)
    const expected = toNested(sync.correlate(image, weights))
    expect(toNested(await later.correlate(image, weights, { out }))).toEqual(expected)
  })

  test.each([1, 2, 3, 4, 5, 6])(
    'before the weights are copied, which the caller then changes (%i)',
    async (otherSeed) => {
      await close()
      slow = slowBackend(otherSeed)
      useBackends([slow])
      const controller = new AbortController()
      const [weights, out] = [counting([3, 3], 7), zeros([9, 12])]
      slow.state.atStart = () => {
        slow.state.atStart = undefined
        controller.abort(reason)
        queueMicrotask(() => weights.data.fill(9))
      }
      const call = later.correlate(image, weights, { out, signal: controller.signal })
      await expect(call).rejects.toBe(reason)
      weights.data.set(counting([3, 3], 7).data)
      await later.correlate(image, weights, { out })
      await close()
      expect(toNested(out)).toEqual(toNested(sync.correlate(image, weights)))
    },
  )

  test.each([1, 2, 3, 4, 5, 6])(
    'of a run whose fallback is on a synchronous backend: out stays (%i)',
    async (otherSeed) => {
      await close()
      let isRefusing = false
      slow = slowBackend(otherSeed, 'slow', () => (isRefusing ? 'it is full' : undefined))
      useBackends([slow, ...backends])
      const controller = new AbortController()
      const samples = counting([1, 8, 20, 20])
      samples.data[17] = Number.NaN
      const out = zeros([1, 8, 18, 18])
      const weights = counting([8, 8, 3, 3])
      const options = { algorithm: 'winograd', signal: controller.signal } as const
      slow.state.atStart = () => {
        isRefusing = true
      }
      // Compiles and prepares both programs.
      const result = await later.conv2d(samples, weights, { ...options, out: zeros(out.shape) })
      expect(result.data.some((value) => Number.isNaN(value))).toBe(true)
      inMidRun(() => controller.abort(reason))
      const call = later.conv2d(samples, weights, { ...options, out })
      await expect(call).rejects.toBe(reason)
      await close()
      expect(out.data.every((value) => value === 0)).toBe(true)
    },
  )

  test('of a large image, between two of its boxes: no more of them run', async () => {
    const controller = new AbortController()
    const large = counting([700, 900])
    const whole = await later.correlate(large, kernel)
    const boxes = slow.state.runs
    expect(boxes).toBeGreaterThan(2)
    inMidRun(() => controller.abort(reason))
    const call = later.correlate(large, kernel, { signal: controller.signal })
    await expect(call).rejects.toBe(reason)
    expect(toNested(await later.correlate(large, kernel))).toEqual(toNested(whole))
    expect(slow.state.runs).toBe(boxes + 1 + boxes)
  })

  test('after the result: no effect', async () => {
    const controller = new AbortController()
    const result = await later.correlate(image, kernel, { signal: controller.signal })
    controller.abort(reason)
    expect(toNested(result)).toEqual(toNested(sync.correlate(image, kernel)))
  })
})

describe('an error in mid-run', () => {
  const broken = new Error('the device was lost')

  test.each([
    ['into a new array', undefined],
    ['into out', zeros([2, 6, 7, 6])],
  ])('%s: rejects this call only', async (_, out) => {
    const options = out === undefined ? {} : { out }
    const expected = toNested(sync.conv2d(x, w))
    // The first error comes while the weights are packed, the second in the run.
    for (let i = 0; i < 2; i++) {
      if (i === 1) await later.conv2d(x, w, options)
      inMidRun(() => {
        throw broken
      })
      const [failing, next] = [later.conv2d(x, w, options), later.conv2d(x, w, options)]
      await expect(failing).rejects.toBe(broken)
      expect(toNested(await next)).toEqual(expected)
      expect(toNested(await later.conv2d(x, w, options))).toEqual(expected)
    }
  })

  test('a result that is too large is an UnavailableError', async () => {
    inMidRun(() => {
      inMidRun(() => {
        throw new RangeError('Invalid typed array length')
      })
    })
    const error = await later.conv2d(x, w).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ name: 'UnavailableError', code: 'OUT_OF_MEMORY' })
  })

  test('a gradient that rejects names itself', async () => {
    const call = later.convInputGradient(x, w, [1, 2, 3])
    await expect(call).rejects.toMatchObject({
      name: 'OptionError',
      message: expect.stringMatching(/^convInputGradient/),
    })
  })
})

describe('a named backend', () => {
  beforeEach(async () => {
    await close()
    slow = slowBackend(seed++, 'js')
    useBackends([backends[0]!, slow])
  })

  test('that is asynchronous: a synchronous call says what to do', () => {
    const call = (): unknown => sync.correlate(image, kernel, { backend: 'js' })
    expect(codeThrown(call)).toBe('BACKEND_ASYNCHRONOUS')
    expect(call).toThrow(/Await the call of 'stridefold'.*backend: 'wasm' or 'auto'/)
  })

  test('that is asynchronous: an asynchronous call takes it, and a plan in run()', async () => {
    const options = { backend: 'js' } as const
    const expected = toNested(sync.correlate(image, kernel))
    expect(toNested(await later.correlate(image, kernel, options))).toEqual(expected)
    const p = plan('correlate', [9, 12], [3, 3], options)
    const prepared = p.prepare(kernel)
    expect(toNested(await p.run(image, kernel))).toEqual(expected)
    expect(toNested(await prepared.run(image))).toEqual(expected)
    expect(slow.state.runs).toBe(3)
    for (const run of [() => p.runSync(image, kernel), () => p.timeSync(image, kernel)])
      expect(codeThrown(run)).toBe('BACKEND_ASYNCHRONOUS')
  })

  test('that is synchronous: both entry points take it', async () => {
    const options = { backend: 'wasm' } as const
    expect(toNested(await later.correlate(image, kernel, options))).toEqual(
      toNested(sync.correlate(image, kernel, options)),
    )
    expect(slow.state.runs).toBe(0)
  })
})
