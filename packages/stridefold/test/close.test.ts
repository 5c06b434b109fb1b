/**
 * Does `close()` give back everything, and does the next call work? The heap of the engine is
 * searched for objects of the library.
 */

import { getHeapSnapshot } from 'node:v8'
import { conv2d as conv2dLater } from 'stridefold'
import {
  close,
  configure,
  conv2d,
  convWeightGradient,
  correlate,
  type NdArray,
  ndarray,
  plan,
  toNested,
  zeros,
} from 'stridefold/sync'
import { afterEach, describe, expect, test } from 'vitest'

const counting = (shape: readonly number[], dtype: 'float32' | 'uint8' = 'float32'): NdArray => {
  const x = zeros(shape, dtype)
  for (let i = 0; i < x.data.length; i++) x.data[i] = (i * 7) % 11
  return x
}

/** The class names of the library's objects that live longer than a call. */
const ownClasses = [
  'WasmMemory',
  'WasmExecutable',
  'JsExecutable',
  'BoxExecutable',
  'KernelCopy',
  'StagingArray',
  'WebAssembly.Memory',
  'WebAssembly.Instance',
]

/** Counts the objects of each of these classes that are reachable. */
async function reachable(): Promise<Readonly<Record<string, number>>> {
  const chunks: string[] = []
  // Taking a snapshot collects garbage first.
  for await (const chunk of getHeapSnapshot()) chunks.push(String(chunk))
  const { snapshot, nodes, strings } = JSON.parse(chunks.join('')) as {
    snapshot: { meta: { node_fields: string[]; node_types: [string[]] } }
    nodes: number[]
    strings: string[]
  }
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [typeAt, nameAt] = [fields.indexOf('type'), fields.indexOf('name')]
  const counts: Record<string, number> = {}
  for (let node = 0; node < nodes.length; node += fields.length) {
    const name = strings[nodes[node + nameAt]!]!
    if (types[0][nodes[node + typeAt]!] === 'object' && ownClasses.includes(name))
      counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Lets finalizers run, which hold blocks of memory until their owners are collected. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

/** Uses every kind of thing that is kept. */
async function useEverything(): Promise<void> {
  const [image, kernel] = [counting([900, 1200]), counting([5, 5])]
  correlate(image, kernel, { boundary: 'reflect', threads: 1 })
  correlate(counting([900, 1200], 'uint8'), kernel, { dtype: 'uint8' })
  correlate(image, counting([3, 3]), { backend: 'js' })
  const [x, w] = [counting([1, 16, 20, 20]), counting([16, 16, 3, 3])]
  const out = zeros([1, 16, 20, 20])
  for (let i = 0; i < 3; i++) conv2d(x, w, { padding: 1, out })
  convWeightGradient(x, counting([1, 16, 18, 18]), [16, 16, 3, 3])
  await conv2dLater(x, w)
  const inPlace = ndarray(new Float32Array(64), [8, 8], { memory: 'backend' })
  correlate(inPlace, kernel)
  plan('conv2d', x.shape, w.shape).prepare(w).runSync(x)
}

afterEach(close)

describe('after close()', () => {
  test('nothing of the library is reachable', async () => {
    // The engine and the test runner have memories and instances of their own.
    const before = await reachable()
    expect(before.WasmMemory).toBeUndefined()
    await useEverything()
    const during = await reachable()
    expect(during.WasmMemory).toBe(2)
    expect(during.WasmExecutable).toBeGreaterThan(4)
    for (const name of ownClasses) expect(during[name], name).toBeGreaterThan(0)
    await close()
    await turn()
    await reachable()
    await turn()
    expect(await reachable()).toEqual(before)
  }, 60_000)

  test('the next call works, and a plan that is held runs again', async () => {
    const [x, w] = [counting([1, 3, 9, 9]), counting([4, 3, 3, 3])]
    const p = plan('conv2d', x.shape, w.shape)
    const prepared = p.prepare(w)
    const expected = toNested(conv2d(x, w))
    expect(toNested(p.runSync(x, w))).toEqual(expected)
    expect(toNested(prepared.runSync(x))).toEqual(expected)
    await close()
    expect(toNested(conv2d(x, w))).toEqual(expected)
    expect(toNested(p.runSync(x, w))).toEqual(expected)
    expect(toNested(prepared.runSync(x))).toEqual(expected)
    expect(p.explain()).toContain('chosen:')
  })

  test('an array in backend memory stays readable, and counts as an ordinary one', async () => {
    const x = ndarray(
      Float32Array.from({ length: 48 }, (_, i) => i),
      [6, 8],
      { memory: 'backend' },
    )
    const k = counting([3, 3])
    const out = zeros([6, 8], 'float32', { memory: 'backend' })
    correlate(x, k, { out })
    const expected = toNested(out)
    await close()
    expect(x.data[47]).toBe(47)
    expect(toNested(correlate(x, k))).toEqual(expected)
    out.data.fill(0)
    expect(toNested(correlate(x, k, { out }))).toEqual(expected)
    const other = ndarray(new Float32Array(48).fill(2), [6, 8], { memory: 'backend' })
    expect(toNested(correlate(x, k, { out: other }))).toEqual(expected)
    x.release()
    expect(() => correlate(x, k)).toThrow(expect.objectContaining({ code: 'RELEASED' }))
  })

  test('close() waits for calls that were made before it', async () => {
    const [x, w] = [counting([1, 3, 9, 9]), counting([4, 3, 3, 3])]
    const running = [conv2dLater(x, w), conv2dLater(x, w)]
    const order: string[] = []
    const done = running.map((call) => call.then(() => order.push('call')))
    await close()
    order.push('closed')
    await Promise.all(done)
    expect(order).toEqual(['call', 'call', 'closed'])
  })

  test('two closes wait for the same calls', async () => {
    const [x, w] = [counting([1, 3, 9, 9]), counting([4, 3, 3, 3])]
    const result = conv2dLater(x, w)
    await Promise.all([close(), close(), result])
    expect((await result).shape).toEqual([1, 4, 7, 7])
  })

  test('a call made while close() has not resolved yet computes', async () => {
    const [x, w] = [counting([1, 3, 9, 9]), counting([4, 3, 3, 3])]
    const closed = close()
    const result = conv2dLater(x, w)
    await closed
    expect((await result).shape).toEqual([1, 4, 7, 7])
    const last = conv2dLater(x, w)
    const [closedAgain, next] = [close(), last.then(() => conv2dLater(x, w))]
    await closedAgain
    expect((await next).shape).toEqual([1, 4, 7, 7])
  })

  test('closing twice, or before anything ran, does nothing', async () => {
    await close()
    await Promise.all([close(), close()])
  })
})

describe('configure', () => {
  test('limits the memories of the library', () => {
    const [x, k] = [counting([2000, 2000]), counting([3, 3])]
    configure({ memoryBytes: 4 * 2 ** 20 })
    try {
      const inBackend = (): NdArray => zeros([2000, 2000], 'float32', { memory: 'backend' })
      expect(inBackend).toThrow(
        expect.objectContaining({
          name: 'UnavailableError',
          code: 'OUT_OF_MEMORY',
          message: expect.stringMatching(/configure\(\{ memoryBytes \}\) allows only \d+ more/),
        }),
      )
      configure({ memoryBytes: 64 * 2 ** 20 })
      expect(inBackend().shape).toEqual([2000, 2000])
      expect(correlate(x, k).shape).toEqual([2000, 2000])
      expect(() => configure({ memoryBytes: 2 ** 20 })).toThrow(
        expect.objectContaining({ code: 'MEMORY_IN_USE' }),
      )
    } finally {
      configure({ memoryBytes: Infinity })
    }
  })

  test('throws while calls wait, and changes nothing', async () => {
    const call = conv2dLater(counting([1, 1, 4, 4]), counting([1, 1, 3, 3]))
    expect(() => configure({ threads: 2 })).toThrow(
      expect.objectContaining({ code: 'CALLS_RUNNING' }),
    )
    await call
    configure({ threads: 2 })
  })

  test.each([
    [{ threads: 0 }, 'OPTION_INVALID', /a whole number ≥ 1/],
    [{ threads: 1.5 }, 'OPTION_INVALID', /is 1.5/],
    [{ memoryBytes: -1 }, 'OPTION_INVALID', /a number of bytes > 0/],
    [{ memoryBytes: '1GB' }, 'OPTION_INVALID', /is '1GB'/],
    [{ memoryBytes: Number.NaN }, 'OPTION_INVALID', /is NaN/],
    [{ gpu: 'yes' }, 'OPTION_INVALID', /option 'gpu' must be a GPU: navigator.gpu/],
    [{ gpu: {} }, 'OPTION_INVALID', /create\(\[\]\) of the npm package webgpu/],
    [{ device: {} }, 'OPTION_INVALID', /option 'device' must be a GPUDevice/],
    [{ workerUrl: 7 }, 'OPTION_INVALID', /workerUrl' is 7; it must be an address/],
    [{ thread: 2 }, 'OPTION_UNKNOWN', /threads, workerUrl, gpu, device, memoryBytes/],
    [7, 'OPTION_INVALID', /an object/],
  ])('%j: %s', (configuration, code, message) => {
    const attempt = (): void => configure(configuration as object)
    expect(attempt).toThrow(expect.objectContaining({ code }))
    expect(attempt).toThrow(message)
  })
})
