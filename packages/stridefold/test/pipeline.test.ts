/**
 * Does a pipeline compute what its steps define, one after the other? Do its arrays share memory
 * without overlapping wrongly, and does a run allocate nothing?
 */

import { afterEach, describe, expect, test, vi } from 'vitest'
import { jsBackend } from '../src/backends/js/js.ts'
import { stagingMemory } from '../src/backends/wasm/memories.ts'
import { WasmMemory } from '../src/backends/wasm/memory.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import type { Backend, Scratch } from '../src/program/backend.ts'
import {
  close,
  contiguous,
  conv2d,
  type NdArray,
  ndarray,
  type PipelineStep,
  pipeline,
  toNested,
  transpose,
  zeros,
} from '../src/sync.ts'
import { channelsLast, defineSteps, difference, largest } from './pipeline-definition.ts'
import { casesHere } from './random-count.ts'
import { Random, type RandomPipeline, randomPipeline } from './random-pipelines.ts'

afterEach(() => void vi.restoreAllMocks())

/** Only Node says how many bytes array buffers hold. */
const arrayBufferBytes = (): number | undefined =>
  typeof process === 'undefined' ? undefined : process.memoryUsage().arrayBuffers

/** Calls back in a later turn of the event loop, in Node and in pages. */
function inLaterTurn(work: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(work)
    return
  }
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    work()
  }
  port2.postMessage(undefined)
}

const inputOf = (seed: number, { inputShape }: RandomPipeline): NdArray =>
  new Random(seed + 7).array(inputShape, 4)

/** The steps with the names of weight layouts that channels last require. */
const withWeightLayouts = (steps: readonly PipelineStep[]): PipelineStep[] =>
  steps.map((step) => {
    if (!('weight' in step)) return step
    const axes = ['W', 'HW', 'DHW'][Number(step.call.at(-2)) - 1]
    const weightLayout = `${step.call.startsWith('convT') ? 'IO' : 'OI'}${axes}`
    return { ...step, options: { ...step.options, weightLayout } } as PipelineStep
  })

/** The blocks that pipelines allocate from now on. In new memory they hold zeros and biases. */
async function blocksFrom(backend: Backend): Promise<readonly Scratch[]> {
  await close()
  const blocks: Scratch[] = []
  const { scratch } = backend
  vi.spyOn(backend, 'scratch').mockImplementation((...rest) => {
    const block = scratch(...rest)
    blocks.push(block)
    return block
  })
  return blocks
}

describe.each(['wasm', 'js'] as const)('random networks, %s', (backend) => {
  test.each(Array.from({ length: casesHere(60) }, (_, seed) => seed))('seed %d', (seed) => {
    const random = randomPipeline(seed, 'strided')
    const x = inputOf(seed, random)
    const { array, error } = defineSteps(random.steps, x).at(-1)!
    const net = pipeline(random.steps, { inputShape: random.inputShape, backend })
    const result = net.runSync(x)
    expect(result.shape).toEqual(array.shape)
    expect(net.outputShape).toEqual(array.shape)
    expect(result.dtype).toBe('float32')
    // Small integers, and halves of them: their sums are exact.
    const isExact = largest(array) < 2 ** 10
    expect(difference(result, array)).toBeLessThanOrEqual(isExact ? 0 : error)

    const steps = withWeightLayouts(random.steps)
    const inputShape = channelsLast(x).shape
    const last = pipeline(steps, { inputShape, backend, layout: 'channels-last' })
    const resultLast = last.runSync(channelsLast(x))
    expect(resultLast.shape).toEqual(channelsLast(array).shape)
    expect(difference(resultLast, channelsLast(array))).toBeLessThanOrEqual(isExact ? 0 : error)
    net.dispose()
    last.dispose()
  })
})

describe.each([
  ['wasm', wasmBackend],
  ['js', jsBackend],
] as const)('arrays that share memory, %s', (name, backend) => {
  test.each(Array.from({ length: 30 }, (_, seed) => seed + 100))(
    'seed %d: a run reads nothing that it has not written',
    async (seed) => {
      const random = randomPipeline(seed, 'auto')
      const blocks = await blocksFrom(backend)
      const net = pipeline(random.steps, { inputShape: random.inputShape, backend: name })
      expect(blocks.length).toBe(1)
      const isBias = Array.from(blocks[0]!.array.data, (value) => value !== 0)
      const x = inputOf(seed, random)
      const expected = contiguous(net.runSync(x))
      const { data } = blocks[0]!.array
      for (const [i, bias] of isBias.entries()) if (!bias) data[i] = Number.NaN
      expect(difference(net.runSync(x), expected)).toBe(0)
      // What another input has left behind changes nothing, too.
      net.runSync(inputOf(seed + 1, random))
      expect(difference(net.runSync(x), expected)).toBe(0)
      net.dispose()
    },
  )

  test.each(Array.from({ length: 30 }, (_, seed) => seed + 200))(
    'seed %d: every algorithm stays within its bound',
    (seed) => {
      const random = randomPipeline(seed, 'auto')
      const x = inputOf(seed, random)
      const { array, error } = defineSteps(random.steps, x).at(-1)!
      const net = pipeline(random.steps, { inputShape: random.inputShape, backend: name })
      expect(difference(net.runSync(x), array)).toBeLessThanOrEqual(error)
      net.dispose()
    },
  )
})

/** A small network with a branch, as residual networks have it. */
const residual = (): PipelineStep[] => {
  const random = new Random(5)
  const conv = (filters: number, channels: number, size: number): PipelineStep => ({
    ...{ call: 'conv2d', weight: random.array([filters, channels, size, size], 3) },
    options: { padding: (size - 1) / 2, bias: random.bias(filters) },
  })
  return [
    conv(8, 3, 3),
    { call: 'activation', activation: 'relu' },
    { call: 'maxPool2d', size: 3, stride: 2, padding: 1 },
    conv(8, 8, 3),
    { call: 'activation', activation: 'relu' },
    conv(8, 8, 3),
    { call: 'add', with: 2 },
    { call: 'activation', activation: 'relu' },
    { call: 'averagePool2d', size: [9, 7] },
    conv(4, 8, 1),
  ]
}
const residualInput = new Random(9).array([1, 3, 18, 14], 4)

describe('a pipeline', () => {
  test('names its steps, their shapes and their algorithms', () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    expect(net.inputShape).toEqual([1, 3, 18, 14])
    expect(net.steps.map(({ call }) => call)).toEqual(residual().map(({ call }) => call))
    expect(net.steps.map(({ outputShape }) => outputShape.join('x'))).toEqual([
      ...['1x8x18x14', '1x8x18x14', '1x8x9x7', '1x8x9x7', '1x8x9x7', '1x8x9x7', '1x8x9x7'],
      ...['1x8x9x7', '1x8x1x1', '1x4x1x1'],
    ])
    const isLayer = (call: string): boolean => call === 'conv2d' || call.startsWith('average')
    for (const { call, algorithm, milliseconds, backend } of net.steps) {
      expect(algorithm !== undefined, call).toBe(isLayer(call))
      // Every activation here joins the step before it.
      expect(milliseconds > 0, call).toBe(call !== 'activation')
      expect(backend).toBe('wasm')
    }
    net.dispose()
  })

  test('has the bits of the single calls where the algorithms agree', () => {
    const random = new Random(6)
    const [weight, bias] = [random.array([16, 16, 3, 3], 3), random.bias(16)]
    const x = ndarray(
      random.array([1, 16, 18, 14], 9).data.map((value) => value / 7),
      [1, 16, 18, 14],
    )
    for (const algorithm of ['winograd', 'strided', 'im2col'] as const) {
      const options = { padding: 1, bias, algorithm }
      const steps: PipelineStep[] = [
        { call: 'conv2d', weight, options },
        { call: 'activation', activation: 'relu' },
      ]
      const net = pipeline(steps, { inputShape: x.shape })
      const expected = conv2d(x, weight, { ...options, activation: 'relu' })
      expect(net.steps[0]!.algorithm).toBe(algorithm)
      expect(difference(net.runSync(x), expected), algorithm).toBe(0)
      net.dispose()
    }
  })

  test('computes in float64', () => {
    const x = new Float64Array(residualInput.data).map((value) => value + 2 ** -40)
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14], dtype: 'float64' })
    const result: NdArray<'float64'> = net.runSync(x)
    const { array } = defineSteps(residual(), ndarray(x, [1, 3, 18, 14])).at(-1)!
    expect(result.dtype).toBe('float64')
    expect(difference(result, array)).toBeLessThan(1e-9)
    expect(difference(result, array)).toBeLessThan(largest(array) * 2 ** -40)
    net.dispose()
  })

  test('accepts any array as input: views, other types, lists, arrays of backend memory', () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const expected = contiguous(net.runSync(residualInput))
    const inMemory = zeros([1, 3, 18, 14], 'float32', { memory: 'backend' })
    inMemory.data.set(residualInput.data)
    const turned = transpose(contiguous(transpose(residualInput, [0, 3, 2, 1])), [0, 3, 2, 1])
    const inputs = [
      ...[residualInput.data, Int8Array.from(residualInput.data), toNested(residualInput)],
      ...[inMemory, turned, new Float64Array(residualInput.data)],
    ]
    for (const x of inputs) expect(difference(net.runSync(x), expected)).toBe(0)
    inMemory.release()
    net.dispose()
  })

  test('copies its weights: later changes of them have no effect', () => {
    const steps = residual()
    const net = pipeline(steps, { inputShape: [1, 3, 18, 14] })
    const expected = contiguous(net.runSync(residualInput))
    for (const step of steps) if ('weight' in step) (step.weight as NdArray).data.fill(0)
    expect(difference(net.runSync(residualInput), expected)).toBe(0)
    net.dispose()
  })

  test('its result is its own until the next run, unless out is given', () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const first = net.runSync(residualInput)
    const out = zeros(net.outputShape)
    const flat = new Float32Array(4)
    expect(net.runSync(residualInput, out)).toBe(out)
    expect(net.runSync(residualInput, { out: flat }).data).toBe(flat)
    expect(difference(out, first)).toBe(0)
    expect(Array.from(flat)).toEqual(Array.from(first.data))
    expect(net.runSync(new Float32Array(3 * 18 * 14))).toBe(first)
    expect(difference(out, first)).toBeGreaterThan(0)
    net.dispose()
    // Results stay valid.
    expect(first.data.length).toBe(4)
  })

  test('non-finite numbers go where the definition sends them', () => {
    const weight = new Random(3).array([8, 8, 3, 3], 3)
    const steps: PipelineStep[] = [
      { call: 'conv2d', weight, options: { padding: 1, algorithm: 'winograd' } },
      { call: 'maxPool2d', size: 2 },
      { call: 'averagePool2d', size: 2, includePadding: false, padding: 1 },
    ]
    const x = new Random(4).array([1, 8, 12, 12], 3)
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      x.data[100] = value
      const net = pipeline(steps, { inputShape: x.shape })
      const { array } = defineSteps(steps, x).at(-1)!
      const result = net.runSync(x)
      expect(Array.from(result.data, Number.isNaN)).toEqual(Array.from(array.data, Number.isNaN))
      const finite = Array.from(array.data, Number.isFinite)
      expect(Array.from(result.data, Number.isFinite)).toEqual(finite)
      expect(finite.filter((is) => is).length).toBeGreaterThan(100)
      net.dispose()
    }
  })

  test('times its steps', () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const { output, milliseconds } = net.timeSync(residualInput)
    expect(output).toBe(net.runSync(residualInput))
    // The clock of a page may be too coarse for a step.
    for (const [i, { call }] of net.steps.entries())
      expect(milliseconds[i]! >= 0 && (call !== 'activation' || milliseconds[i] === 0), call).toBe(
        true,
      )
    expect(milliseconds).toHaveLength(net.steps.length)
    expect(() => net.timeSync(new Float32Array(3))).toThrow('3 elements')
    net.dispose()
  })

  test('a weight that two steps share is prepared once', () => {
    const square = new Random(3).array([3, 3, 3, 3], 3)
    const options = { padding: 1 }
    const shared: PipelineStep[] = [
      { call: 'conv2d', weight: square, options },
      { call: 'conv2d', weight: square, options },
      { call: 'conv2d', weight: square, options },
    ]
    const single = shared.map((step) => ({ ...step, weight: contiguous(square) })) as PipelineStep[]
    const [a, b] = [shared, single].map((steps) => pipeline(steps, { inputShape: [1, 3, 9, 9] }))
    expect(difference(a!.runSync(residualInput9), b!.runSync(residualInput9))).toBe(0)
    expect(a!.workspaceBytes).toBeLessThan(b!.workspaceBytes)
    a!.dispose()
    b!.dispose()
  })
})

const residualInput9 = new Random(9).array([1, 3, 9, 9], 4)

describe('memory', () => {
  test('a thousand runs allocate nothing', () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const { gc } = globalThis as { readonly gc?: () => void }
    const out = zeros(net.outputShape)
    const runs = (count: number): void => {
      for (let i = 0; i < count; i++) net.runSync(residualInput, out)
    }
    runs(200)
    const memory = stagingMemory()
    const [used, bytes] = [memory.used, memory.memory.buffer.byteLength]
    gc?.()
    const heap = arrayBufferBytes()
    runs(1000)
    gc?.()
    const after = arrayBufferBytes()
    expect(memory.used).toBe(used)
    expect(memory.memory.buffer.byteLength).toBe(bytes)
    // An array of this pipeline has 8 kB.
    if (heap !== undefined) expect(after! - heap).toBeLessThan(8192)
    net.dispose()
  })

  test.each(Array.from({ length: 12 }, (_, seed) => seed + 300))(
    'seed %d: workspaceBytes is what the memory holds, and dispose gives it back',
    async (seed) => {
      const random = randomPipeline(seed, 'auto')
      await close()
      const before = stagingMemory().used
      const net = pipeline(random.steps, { inputShape: random.inputShape })
      net.runSync(inputOf(seed, random))
      const { used } = stagingMemory()
      const arrays = new Set<unknown>()
      let onHeap = net.outputShape.reduce((n, extent) => n * extent, 4)
      for (const step of random.steps) {
        for (const array of 'weight' in step ? [step.weight, step.options?.bias] : []) {
          if (array === undefined || arrays.has(array)) continue
          arrays.add(array)
          onHeap += 4 * (Array.isArray(array) ? array.length : (array as NdArray).data.length)
        }
        if ('size' in step && step.call.startsWith('average')) {
          const size = step.size as readonly number[]
          const { outputShape } = net.steps[random.steps.indexOf(step)]!
          onHeap += 4 * size.reduce((n, extent) => n * extent, outputShape[1]!)
        }
      }
      expect(net.workspaceBytes - onHeap).toBe(used - before)
      net.dispose()
      // The arena of all programs stays.
      expect(stagingMemory().used).toBeLessThanOrEqual(used)
      const again = pipeline(random.steps, { inputShape: random.inputShape })
      expect(stagingMemory().used).toBe(used)
      again.dispose()
    },
  )

  test.each(['winograd', 'strided', 'im2col', 'fft'] as const)(
    '%s keeps its weights, and nothing else, from run to run',
    async (algorithm) => {
      await close()
      const arena = vi.spyOn(WasmMemory.prototype, 'arena')
      const weight = new Random(1).array([32, 32, 3, 3], 3)
      const x = new Random(2).array([1, 32, 10, 10], 3)
      const options = { padding: 1, algorithm }
      const net = pipeline([{ call: 'conv2d', weight, options }], { inputShape: x.shape })
      const expected = contiguous(net.runSync(x))
      // Everything that all programs share: scratch, and weights from which others were made.
      const bytes = Math.max(...arena.mock.calls.map(([size]) => size))
      const memory = stagingMemory()
      const start = memory.arena(bytes)
      memory.views.bytes.fill(255, start, start + bytes)
      expect(difference(net.runSync(x), expected)).toBe(0)
      net.dispose()
    },
  )

  test('runs on after the memory has moved', () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const expected = contiguous(net.runSync(residualInput))
    const memory = stagingMemory()
    const { byteLength } = memory.memory.buffer
    const start = memory.allocate(byteLength)
    expect(memory.memory.buffer.byteLength).toBeGreaterThan(byteLength)
    expect(difference(net.runSync(residualInput), expected)).toBe(0)
    memory.free(start, byteLength)
    net.dispose()
  })

  test('runs on after close(), and gives its memory back with it', async () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const expected = contiguous(net.runSync(residualInput))
    await close()
    expect(stagingMemory().used).toBe(0)
    expect(difference(net.runSync(residualInput), expected)).toBe(0)
    expect(stagingMemory().used).toBeGreaterThan(0)
    net.dispose()
  })
})

describe('asynchronous runs', () => {
  test('have the result of runSync, one after the other', async () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const inputs = [1, 2, 3].map((seed) => new Random(seed).array([1, 3, 18, 14], 4))
    const expected = inputs.map((x) => contiguous(net.runSync(x)))
    const outs = inputs.map(() => zeros(net.outputShape))
    const results = await Promise.all(inputs.map((x, i) => net.run(x, outs[i])))
    for (const [i, result] of results.entries()) {
      expect(result).toBe(outs[i])
      expect(difference(result, expected[i]!)).toBe(0)
    }
    expect(difference(await net.run(inputs[1]!), expected[1]!)).toBe(0)
    net.dispose()
  })

  test('reject for an aborted signal, and the pipeline runs on', async () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const expected = contiguous(net.runSync(residualInput))
    const aborted = AbortSignal.abort(new Error('enough'))
    await expect(net.run(residualInput, { signal: aborted })).rejects.toThrow('enough')
    expect(() => net.runSync(residualInput, { signal: aborted })).toThrow('enough')
    const controller = new AbortController()
    const run = net.run(residualInput, { signal: controller.signal })
    controller.abort(new Error('stop'))
    await expect(run).rejects.toThrow('stop')
    expect(difference(await net.run(residualInput), expected)).toBe(0)
    net.dispose()
  })

  test('that wait for another run can be aborted, and later ones still wait for it', async () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const expected = contiguous(net.runSync(residualInput))
    // Every step ends its turn.
    let clock = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 9))
    const controller = new AbortController()
    const ended: string[] = []
    const [first, third] = [zeros(net.outputShape), zeros(net.outputShape)]
    const runs = [
      net.run(residualInput, first).then(() => ended.push('first')),
      net
        .run(new Float32Array(3 * 18 * 14), { signal: controller.signal })
        .catch(() => ended.push('second')),
      net.run(residualInput, third).then(() => ended.push('third')),
    ]
    inLaterTurn(() => controller.abort())
    await Promise.all(runs)
    expect(ended).toEqual(['second', 'first', 'third'])
    expect(difference(first, expected)).toBe(0)
    expect(difference(third, expected)).toBe(0)
    net.dispose()
  })

  test('stop between two steps', async () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    let clock = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 3))
    const controller = new AbortController()
    const turns: number[] = []
    const run = net.run(residualInput, { signal: controller.signal })
    const count = (): void => {
      turns.push(turns.length)
      if (turns.length === 3) controller.abort(new Error('in between'))
      else inLaterTurn(count)
    }
    inLaterTurn(count)
    await expect(run).rejects.toThrow('in between')
    expect(turns.length).toBe(3)
    net.dispose()
  })

  test('keep runSync out, and end with dispose', async () => {
    const net = pipeline(residual(), { inputShape: [1, 3, 18, 14] })
    const run = net.run(residualInput)
    expect(() => net.runSync(residualInput)).toThrow('this pipeline runs asynchronously')
    net.dispose()
    await expect(run).rejects.toMatchObject({ code: 'PIPELINE_DISPOSED' })
    expect(() => net.runSync(residualInput)).toThrow('disposed of')
    net.dispose()
    net[Symbol.dispose]()
  })
})
