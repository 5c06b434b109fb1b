/**
 * Do workers compute the asynchronous runs of a pipeline, with the bits of synchronous runs? What
 * if one of them ends, or the run is aborted, or other calls come in between?
 */

import { setImmediate } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { userMemory } from '../src/backends/wasm/memories.ts'
import { WasmMemory } from '../src/backends/wasm/memory.ts'
import { Pool } from '../src/backends/wasm/threads/pool.ts'
import { closePool } from '../src/backends/wasm/threads/shared-pool.ts'
import {
  close,
  configure,
  contiguous,
  conv2dSync,
  type NdArray,
  type PipelineStep,
  pipeline,
  zeros,
} from '../src/index.ts'
import { Random } from './random-pipelines.ts'

const inputShape = [1, 24, 48, 40]
const input = new Random(5).array(inputShape, 3)

/** Layers of all kinds that pipelines have, with a residual branch. */
function steps(): PipelineStep[] {
  const weight = (seed: number, shape: readonly number[]): NdArray =>
    new Random(seed).array(shape, 3)
  return [
    { call: 'conv2d', weight: weight(1, [48, 24, 3, 3]), options: { padding: 1 } },
    { call: 'activation', activation: 'relu' },
    { call: 'conv2d', weight: weight(2, [48, 1, 5, 5]), options: { padding: 2, groups: 48 } },
    { call: 'conv2d', weight: weight(3, [48, 48, 3, 3]), options: { padding: 1 } },
    { call: 'add', with: 1 },
    { call: 'activation', activation: { name: 'leaky-relu', slope: 0.1 } },
    { call: 'maxPool2d', size: 3, stride: 2, padding: 1 },
    { call: 'conv2d', weight: weight(4, [96, 48, 1, 1]), options: { bias: [...Array(96).keys()] } },
    { call: 'averagePool2d', size: 2, includePadding: false },
  ]
}
const made = (options: object = {}): ReturnType<typeof pipeline> =>
  pipeline(steps(), { inputShape, ...options })

const bits = (x: NdArray): unknown[] => [...contiguous(x).data]

beforeAll(() => configure({ threads: 2 }))
afterEach(() => void vi.restoreAllMocks())
afterAll(() => close())

describe('workers compute', () => {
  test.each([1, 2, 3, 5])('with %i threads, the bits of runSync', async (threads) => {
    await close()
    configure({ threads })
    for (const options of [{}, { dtype: 'float64' }, { deterministic: true }] as const) {
      const net = made(options)
      const expected = bits(net.runSync(input))
      const [onWorkers, here] = [
        vi.spyOn(Pool.prototype, 'runLater'),
        vi.spyOn(Pool.prototype, 'run'),
      ]
      for (let i = 0; i < 3; i++) expect(bits(await net.run(input))).toEqual(expected)
      expect(onWorkers).toHaveBeenCalled()
      expect(here).not.toHaveBeenCalled()
      expect(bits(net.runSync(input))).toEqual(expected)
      vi.restoreAllMocks()
      net.dispose()
    }
    configure({ threads: 2 })
  })

  test('while the event loop goes on, and other calls compute', async () => {
    const net = made()
    const expected = bits(net.runSync(input))
    const [x, k] = [new Random(8).array([1, 16, 30, 30], 3), new Random(9).array([16, 16, 3, 3], 3)]
    const other = bits(conv2dSync(x, k))
    for (let round = 0; round < 5; round++) {
      let isOver = false
      const run = net.run(input).then((y) => {
        isOver = true
        return bits(y)
      })
      let turns = 0
      while (!isOver) {
        expect(bits(conv2dSync(x, k))).toEqual(other)
        turns++
        await setImmediate()
      }
      expect(turns).toBeGreaterThan(1)
      expect(await run).toEqual(expected)
    }
    net.dispose()
  })

  test('results that the algorithm cannot, as runSync does', async () => {
    const net = made()
    const inputs = [NaN, Infinity, 1e30].map((value) => {
      const x = contiguous(input)
      x.data[777] = value
      return x
    })
    for (const x of [...inputs, input]) {
      const expected = bits(net.runSync(x))
      expect(bits(await net.run(x))).toEqual(expected)
    }
    net.dispose()
  })

  test('large arrays, which are copied in slices', async () => {
    const weight = new Random(3).array([2, 1, 3, 3], 3)
    const net = pipeline([{ call: 'conv2d', weight, options: { padding: 1 } }], {
      inputShape: [1, 1, 1200, 1000],
    })
    const x = new Random(4).array([1, 1, 1200, 1000], 3)
    const expected = contiguous(net.runSync(x))
    const y = await net.run(x)
    expect(y.data.every((value, i) => Object.is(value, expected.data[i]))).toBe(true)
    net.dispose()
  })
})

describe('a run on workers', () => {
  test('can be aborted; until the workers are done, runSync waits', async () => {
    const net = made()
    const expected = bits(net.runSync(input))
    await net.run(input)
    const controller = new AbortController()
    const begun = vi.spyOn(Pool.prototype, 'runLater')
    const run = net.run(input, { signal: controller.signal })
    run.catch(() => undefined)
    while (begun.mock.calls.length === 0) await setImmediate()
    controller.abort(new Error('enough'))
    await expect(run).rejects.toThrow('enough')
    expect(() => net.runSync(input)).toThrow(expect.objectContaining({ code: 'PIPELINE_RUNNING' }))
    expect(bits(await net.run(input))).toEqual(expected)
    expect(bits(net.runSync(input))).toEqual(expected)
    net.dispose()
  })

  test('fails if the workers end, and the next one has new workers', async () => {
    const shape = [1, 24, 192, 160]
    const large = new Random(6).array(shape, 3)
    const net = made({ inputShape: shape })
    const expected = bits(net.runSync(large))
    const begin = Pool.prototype.runLater
    let failures = 0
    for (let round = 0; round < 40 && failures < 2; round++) {
      vi.spyOn(Pool.prototype, 'runLater').mockImplementation(function (this: Pool, ...run) {
        const over = begin.apply(this, run)
        void closePool()
        return over
      })
      const code = await net.run(large).then(
        // The workers were faster.
        (y) => {
          expect(bits(y)).toEqual(expected)
          return undefined
        },
        (error) => error.code,
      )
      vi.restoreAllMocks()
      if (code === undefined) continue
      failures++
      expect(code).toBe('WORKER_FAILED')
      expect(bits(await net.run(large))).toEqual(expected)
      expect(bits(net.runSync(large))).toEqual(expected)
    }
    expect(failures).toBeGreaterThan(0)
    net.dispose()
  })

  test('ends with dispose, and the memory is given back when the workers are done', async () => {
    const before = userMemory().used
    const net = made()
    expect(userMemory().used).toBeGreaterThan(before)
    const begun = vi.spyOn(Pool.prototype, 'runLater')
    const run = net.run(input)
    run.catch(() => undefined)
    while (begun.mock.calls.length === 0) await setImmediate()
    net.dispose()
    await expect(run).rejects.toMatchObject({ code: 'PIPELINE_DISPOSED' })
    await setImmediate()
    const arenas = userMemory().used
    const again = made()
    again.dispose()
    expect(userMemory().used).toBe(arenas)
  })

  test('rejects what runSync rejects', async () => {
    const net = made()
    await expect(net.run(zeros([1, 24, 9, 9]))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' })
    const out = zeros([1])
    await expect(net.run(input, { out })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' })
    net.dispose()
  })
})

describe('memory', () => {
  test('workspaceBytes is what the memory holds, and runs allocate nothing', async () => {
    await close()
    configure({ threads: 2 })
    const net = made()
    const heap = new Set(
      steps().flatMap((step) => ('weight' in step ? [step.weight as NdArray] : [])),
    )
    let onHeap = net.outputShape.reduce((n, extent) => n * extent, 4)
    for (const { data } of heap) onHeap += data.byteLength
    // The bias, and the weights of the mean.
    onHeap += 4 * 96 + 4 * 96 * 4
    expect(userMemory().used).toBe(net.workspaceBytes - onHeap)
    net.runSync(input)
    await net.run(input)
    const allocate = vi.spyOn(WasmMemory.prototype, 'allocate')
    for (let i = 0; i < 10; i++) await net.run(input)
    net.runSync(input)
    expect(allocate).not.toHaveBeenCalled()
    expect(userMemory().used).toBe(net.workspaceBytes - onHeap)
    net.dispose()
  })
})
