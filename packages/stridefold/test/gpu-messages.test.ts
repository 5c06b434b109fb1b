/**
 * What do calls say where no GPU is open, or there is none? Runs in Node, which has no WebGPU: the
 * engine is a record that refuses.
 */

import {
  asNdArray,
  capabilities,
  close,
  configure,
  conv2dSync,
  correlate,
  correlateSync,
  ndarray,
  pipeline,
  plan,
  toNested,
  zeros,
} from 'stridefold'
import { afterEach, describe, expect, test } from 'vitest'

afterEach(close)

const there = { memory: 'gpu' } as const
const webgpu = { backend: 'webgpu' } as const
/** An engine whose machine has no GPU. */
const without = { requestAdapter: async () => null }

describe('before a GPU was opened', () => {
  const buffer = { buffer: {}, shape: [2], dtype: 'float32' } as const
  test.each<readonly [string, () => unknown]>([
    ['zeros', () => zeros([2], 'float32', there)],
    ['ndarray', () => ndarray([1, 2], [2], there)],
    ['a buffer', () => asNdArray(buffer)],
    ['a plan', () => plan('correlate', [4], [2], webgpu)],
    [
      'a pipeline',
      () => pipeline([{ call: 'maxPool1d', size: 2 }], { inputShape: [1, 1, 4], ...webgpu }),
    ],
  ])('%s says what to await', (_, use) => {
    expect(use).toThrow(
      expect.objectContaining({
        name: 'UnavailableError',
        code: 'GPU_NOT_OPEN',
        message: expect.stringMatching(/await capabilities\.gpu\(\)/),
      }),
    )
  })

  test('a synchronous call refuses to put its result there', () => {
    for (const use of [
      () => correlateSync([1, 2], [1], there),
      () => conv2dSync([[[[1]]]], [[[[1]]]], there),
      () => plan('correlate', [2], [1], there).runSync([1, 2], [1]),
    ])
      expect(use).toThrow(
        expect.objectContaining({
          code: 'ON_GPU',
          message: expect.stringMatching(/memory: 'gpu'.*synchronous.*Await/),
        }),
      )
  })
})

describe('where there is no GPU', () => {
  test('everything that needs one has the reason', async () => {
    configure({ gpu: without })
    expect(await capabilities.gpu()).toBe(false)
    const { gpu, adapter, missing } = capabilities()
    expect([gpu, adapter]).toEqual([false, undefined])
    expect(missing.gpu).toBe('WebGPU offers no adapter here')
    const rejected = {
      name: 'UnavailableError',
      code: 'NO_GPU',
      message: expect.stringMatching(/WebGPU offers no adapter here/),
    }
    await expect(correlate([1, 2], [1], webgpu)).rejects.toMatchObject(rejected)
    await expect(correlate([1, 2], [1], there)).rejects.toMatchObject(rejected)
    expect(() => zeros([2], 'float32', there)).toThrow(expect.objectContaining(rejected))
    // 'auto' does not ask for one.
    expect(toNested(await correlate([1, 2], [3]))).toEqual([3, 6])
  })

  test('a device that cannot be had is asked for again', async () => {
    let asked = 0
    const failing = {
      requestAdapter: async () => ({
        limits: {},
        requestDevice: async () => {
          asked++
          throw new Error('the driver is busy')
        },
      }),
    }
    configure({ gpu: failing })
    for (let i = 1; i <= 2; i++) {
      await expect(correlate([1, 2], [1], webgpu)).rejects.toThrow(/the driver is busy/)
      expect(asked).toBe(i)
    }
  })

  test('is said of a fallback adapter, too', async () => {
    // Only what is asked of a device that is opened and closed.
    const device = {
      limits: {
        ...{ maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 },
        ...{ maxStorageBuffersPerShaderStage: 8, maxComputeWorkgroupsPerDimension: 65_535 },
        ...{ maxComputeWorkgroupStorageSize: 2 ** 14, maxComputeInvocationsPerWorkgroup: 256 },
      },
      lost: new Promise(() => undefined),
      destroy: () => undefined,
    }
    const adapter = {
      limits: device.limits,
      info: { vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: true },
      requestDevice: async () => device,
    }
    configure({ gpu: { requestAdapter: async () => adapter } })
    expect(await capabilities.gpu()).toBe(true)
    expect(capabilities().adapter).toEqual({
      name: 'google, swiftshader',
      isFallback: true,
      ...{ maxArrayBytes: 2 ** 27, maxBuffers: 8, workgroupBytes: 2 ** 14, maxInvocations: 256 },
    })
    // 'auto' does not take it: this device could do nothing.
    expect(toNested(await correlate([1, 2], [3]))).toEqual([3, 6])
  })
})
