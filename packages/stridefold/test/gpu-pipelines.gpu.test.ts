/**
 * Pipelines on the GPU: the results of the same pipeline on the processor, one submission a run,
 * and nothing that a run leaves behind.
 */

import {
  close,
  flip,
  type NdArray,
  ndarray,
  type Pipeline,
  type PipelineStep,
  pipeline,
  read,
  slice,
  toNested,
  transpose,
  zeros,
} from 'stridefold'
import { afterEach, describe, expect, test } from 'vitest'
import { gpuCases } from '../../../test/gpu/use.ts'
import {
  afterSubmission,
  countCalls,
  countSubmissions,
  elements,
  watchedLibrary,
} from './gpu-of-library.ts'

afterEach(close)

const there = { memory: 'gpu' } as const
const webgpu = { backend: 'webgpu' } as const

/** Small integers. */
function counting(shape: readonly number[], factor = 7): NdArray<'float32'> {
  const count = shape.reduce((n, extent) => n * extent, 1)
  return ndarray(
    Float32Array.from({ length: count }, (_, i) => ((i * factor) % 11) - 5),
    shape,
  )
}

const onGpu = (x: NdArray): NdArray => ndarray(x.data, x.shape, there)

/** A block of a residual network, with a mean that counts no padding. */
const steps: readonly PipelineStep[] = [
  { call: 'conv2d', weight: counting([4, 3, 3, 3]), options: withLayout({ bias: [1, 2, 3, 4] }) },
  { call: 'activation', activation: 'relu' },
  { call: 'averagePool2d', size: 2, stride: 1, padding: 1 },
  { call: 'conv2d', weight: counting([4, 4, 2, 2], 3), options: withLayout({}) },
  { call: 'add', with: 2 },
  { call: 'activation', activation: 'relu' },
  { call: 'maxPool2d', size: 2 },
]

function withLayout(options: object): object {
  return { ...options, padding: 'same', weightLayout: 'OIHW' }
}

const shapes = { 'channels-first': [1, 3, 6, 5], 'channels-last': [1, 6, 5, 3] } as const
type Layout = keyof typeof shapes

/** The same pipeline on the GPU and on the processor. */
const pair = (layout: Layout): readonly [Pipeline, Pipeline] => {
  const options = { inputShape: shapes[layout], layout }
  return [
    pipeline(steps, { ...options, ...webgpu }),
    pipeline(steps, { ...options, backend: 'js' }),
  ]
}

/** Compares with the roundings of sums of some dozen products. */
async function expectClose(y: NdArray, expected: NdArray): Promise<void> {
  const [actual, wanted] = [await read(y), expected].map((x) => [toNested(x)].flat(9) as number[])
  expect(actual).toHaveLength(wanted!.length)
  const largest = Math.max(...wanted!.map(Math.abs))
  const bound = 64 * 2 ** -23 * largest
  expect(actual!.findIndex((value, i) => !(Math.abs(value - wanted![i]!) <= bound))).toBe(-1)
}

describe.each(['channels-first', 'channels-last'] as const)('%s', (layout) => {
  const x = counting(shapes[layout])

  test('equals the pipeline on the processor, wherever input and result lie', async () => {
    await watchedLibrary()
    const [net, other] = pair(layout)
    expect(net.steps.every(({ backend }) => backend === 'webgpu')).toBe(true)
    const expected = other.runSync(x)
    const isThere = (y: NdArray): boolean => y.data.length === 0
    const onHeap = await net.run(x)
    expect(isThere(onHeap)).toBe(false)
    await expectClose(onHeap, expected)
    const stays = await net.run(onGpu(x))
    expect(isThere(stays)).toBe(true)
    await expectClose(stays, expected)
    // The result is lent: to release it does not take it from the pipeline.
    stays.release()
    await expectClose(await net.run(onGpu(x)), expected)
    await expectClose(await net.run(onGpu(x), { memory: 'heap' }), expected)
    expect(isThere(await net.run(x, { memory: 'gpu' }))).toBe(true)
    // Views: of the input, and of the array for the result.
    const flipped = flip(onGpu(ndarray(x.data.toReversed(), x.shape)))
    await expectClose(await net.run(flipped), expected)
    const wide = zeros([2, ...net.outputShape], 'float32', there)
    const out = slice(wide, 1)
    await net.run(onGpu(x), out)
    await expectClose(out, expected)
    const strided = transpose(zeros([...net.outputShape].toReversed(), 'float32', there))
    await net.run(x, strided)
    await expectClose(strided, expected)
    const bytes = ndarray(
      Uint8Array.from(x.data, (value) => value + 5),
      x.shape,
    )
    await expectClose(await net.run(bytes), other.runSync(bytes))
  })
})

describe('a run', () => {
  test('is one submission, and makes no buffer', async () => {
    const [device] = await watchedLibrary()
    const [net] = pair('channels-first')
    const [x, out] = [counting(shapes['channels-first']), zeros(net.outputShape, 'float32', there)]
    const input = onGpu(x)
    await net.run(input, out)
    await net.run(x)
    const buffers = countCalls(device!, 'createBuffer')
    const submissions = countSubmissions(device!)
    // 10,000 in `npm run gpu:proof`.
    const runs = 5 * gpuCases()
    for (let i = 0; i < runs; i++) await net.run(input, i % 2 === 0 ? out : { memory: 'gpu' })
    for (let i = 0; i < 10; i++) await net.run(x)
    expect(submissions.count).toBe(runs + 10)
    expect(buffers.count).toBe(0)
  })

  test('with an infinity computes directly where transforms would spread it', async () => {
    await watchedLibrary()
    const options = { inputShape: [1, 8, 5, 5] }
    const weight = counting([8, 8, 3, 3])
    const layer = (algorithm: 'winograd' | 'strided'): PipelineStep => ({
      ...{ call: 'conv2d', weight, options: { algorithm, padding: 1 } },
    })
    const net = pipeline([layer('winograd'), layer('strided')], { ...options, ...webgpu })
    const other = pipeline([layer('strided'), layer('strided')], { ...options, backend: 'js' })
    const x = counting(options.inputShape)
    await expectClose(await net.run(x), other.runSync(x))
    x.data[5] = Infinity
    const expected = toNested(other.runSync(x))
    expect(await elements(net.run(x))).toEqual(expected)
    expect(await elements(net.run(onGpu(x)))).toEqual(expected)
  })

  test('on a device that is lost rejects, and the next opens another one', async () => {
    const devices = await watchedLibrary()
    const [net, other] = pair('channels-first')
    const x = counting(shapes['channels-first'])
    await net.run(x)
    afterSubmission(devices[0]!, () => devices[0]!.destroy())
    await expect(net.run(x)).rejects.toMatchObject({ code: 'GPU_LOST' })
    await expectClose(await net.run(x), other.runSync(x))
    expect(devices).toHaveLength(2)
    await close()
    await expectClose(await net.run(x), other.runSync(x))
    expect(devices).toHaveLength(3)
  })

  test('names what it cannot do', async () => {
    await watchedLibrary()
    const [net, other] = pair('channels-first')
    const x = onGpu(counting(shapes['channels-first']))
    const rejects = (run: Promise<unknown>, code: string, message: RegExp): Promise<void> =>
      expect(run).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    await rejects(other.run(x), 'ON_GPU', /backend: 'webgpu'.*await read\(x\)/)
    const out = zeros(net.outputShape, 'float32', there)
    await rejects(other.run(await read(x), out), 'ON_GPU', /out lies on the GPU/)
    const bytes = ndarray(new Uint8Array(90), x.shape, there)
    await rejects(net.run(bytes), 'ON_GPU', /uint8; only float32/)
    await rejects(other.run([], { memory: 'gpu' }), 'OPTION_UNKNOWN', /no memory 'gpu'/)
    expect(() => net.runSync(x)).toThrow(expect.objectContaining({ code: 'BACKEND_ASYNCHRONOUS' }))
    for (const options of [{ dtype: 'float64' }, { deterministic: true }] as const)
      expect(() => pipeline(steps, { inputShape: x.shape, ...webgpu, ...options })).toThrow(
        expect.objectContaining({ code: 'OPTION_CONFLICT' }),
      )
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(net.run(x, { signal: controller.signal })).rejects.toThrow('enough')
    net.dispose()
    await rejects(net.run(x), 'PIPELINE_DISPOSED', /disposed/)
  })
})
