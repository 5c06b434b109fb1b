/**
 * Devices and buffers that the caller owns; devices that are lost, closed, or have not enough
 * memory; runs that are aborted; and how much a run leaves behind.
 */

import {
  capabilities,
  close,
  configure,
  conv2d,
  correlate,
  type NdArray,
  ndarray,
  plan,
  read,
  toNested,
  zeros,
} from 'stridefold'
import { afterEach, describe, expect, test } from 'vitest'
import { gpuCases, openDevice } from '../../../test/gpu/use.ts'
import {
  afterSubmission,
  countCalls,
  elements,
  openLibrary,
  watchedLibrary,
} from './gpu-of-library.ts'

// Node has no GPUBufferUsage.
const usage = { copySrc: 4, copyDst: 8, storage: 128 }
const needed = usage.storage | usage.copySrc | usage.copyDst

function bufferOn(
  device: GPUDevice,
  values: ArrayBufferView<ArrayBuffer>,
  use = needed,
): GPUBuffer {
  const buffer = device.createBuffer({ size: values.byteLength, usage: use })
  device.queue.writeBuffer(buffer, 0, values)
  return buffer
}

const there = { memory: 'gpu' } as const
const webgpu = { backend: 'webgpu' } as const

afterEach(close)

describe("a caller's device", () => {
  test('computes, and is not destroyed by close', async () => {
    const device = await openDevice()
    configure({ device })
    const made = countCalls(device, 'createBuffer')
    expect(toNested(await correlate([1, 2, 3], [1, 1], webgpu))).toEqual([3, 5, 3])
    expect(made.count).toBeGreaterThan(0)
    await close()
    expect(capabilities().gpu).toBe('unknown')
    const buffer = bufferOn(device, new Float32Array([1, 2, 3]))
    expect(
      await elements(correlate({ buffer, shape: [3], dtype: 'float32' }, [2], webgpu)),
    ).toEqual([2, 4, 6])
    device.destroy()
  })

  test('shares its buffers: as input, kernel and out, with strides and an offset', async () => {
    const device = await openDevice()
    configure({ device })
    const buffer = bufferOn(device, new Float32Array([9, 1, 2, 3, 4, 5, 6, 9]))
    await capabilities.gpu()
    const x = { buffer, shape: [3, 2], dtype: 'float32', strides: [-2, 1], offset: 5 } as const
    expect(await elements(correlate(x, [[1, 10]], { mode: 'valid' }))).toEqual([[65], [43], [21]])
    const made = countCalls(device, 'createBuffer')
    const target = bufferOn(device, new Float32Array([7, 7, 7, 7]))
    const out = { buffer: target, shape: [2], dtype: 'float32', offset: 1 } as const
    const row = { buffer, shape: [2], dtype: 'float32', offset: 1 } as const
    const y: NdArray = await correlate(row, [10], { out })
    // The target itself; its probe and the origins of a new program; no copy of the arrays.
    expect(y.offset).toBe(1)
    expect(await elements({ ...y, shape: [4], strides: [1], offset: 0 })).toEqual([7, 10, 20, 7])
    expect(
      await elements(correlate([[1, 2]], { ...row, shape: [1, 2] }, { mode: 'valid' })),
    ).toEqual([[5]])
    const bytes = bufferOn(device, new Uint8Array([1, 2, 3, 255]))
    const counted = made.count
    expect(
      await elements(correlate({ buffer: bytes, shape: [4], dtype: 'uint8' }, [1, 1])),
    ).toEqual([3, 5, 258, 255])
    expect(made.count).toBeGreaterThan(counted)
    expect(await elements(plan('correlate', [2], [1]).run(row, [3], out))).toEqual([3, 6])
    device.destroy()
  })

  test('does not take buffers that it cannot use', async () => {
    const [device, other] = await Promise.all([openDevice(), openDevice()])
    configure({ device })
    const x = (buffer: object) => ({ buffer, shape: [2], dtype: 'float32' }) as const
    const two = new Float32Array(2)
    await capabilities.gpu()
    await expect(correlate(x(bufferOn(other, two)), [1])).rejects.toMatchObject({
      name: 'OptionError',
      code: 'BUFFER_DEVICE',
      message: expect.stringMatching(/input.*another GPUDevice.*configure\(\{ device \}\)/),
    })
    const out = x(bufferOn(other, two))
    await expect(correlate([1, 2], [1], { out })).rejects.toMatchObject({ code: 'BUFFER_DEVICE' })
    const mute = x(bufferOn(device, two, usage.storage | usage.copyDst))
    await expect(correlate(mute, [1])).rejects.toMatchObject({
      code: 'BUFFER_USAGE',
      message: expect.stringMatching(/COPY_SRC/),
    })
    await expect(correlate({ ...x({}), shape: [2] }, [1])).rejects.toMatchObject({
      code: 'ARRAY_UNKNOWN',
    })
    const outside = { ...x(bufferOn(device, two)), shape: [3] }
    await expect(correlate(outside, [1])).rejects.toMatchObject({ code: 'OUT_OF_BOUNDS' })
    // What was wrong leaves the device as it was.
    expect(await elements(correlate(x(bufferOn(device, two)), [1]))).toEqual([0, 0])
    for (const one of [device, other]) one.destroy()
  })
})

describe('a device that is lost', () => {
  test('in the middle of a run rejects it; the next run opens another one', async () => {
    const devices = await watchedLibrary()
    const weight = [[[[2]], [[1]]]]
    const image = [[[[1, 2]], [[3, 4]]]]
    const expected = [[[[5, 8]]]]
    const p = plan('conv2d', [1, 2, 1, 2], [1, 2, 1, 1], webgpu).prepare(weight)
    expect(toNested(await p.run(image))).toEqual(expected)
    const lost = ndarray([1, 2], [2], there)
    afterSubmission(devices[0]!, () => devices[0]!.destroy())
    await expect(p.run(image)).rejects.toMatchObject({ name: 'UnavailableError', code: 'GPU_LOST' })
    expect(capabilities().gpu).toBe(false)
    expect(capabilities().missing.gpu).toMatch(/lost/)
    await expect(correlate(lost, [1])).rejects.toMatchObject({
      code: 'GPU_LOST',
      message: expect.stringMatching(/input.*Bring it there again/),
    })
    await expect(read(lost)).rejects.toMatchObject({ code: 'GPU_LOST' })
    // The weights are prepared again.
    expect(toNested(await p.run(image))).toEqual(expected)
    expect(devices).toHaveLength(2)
    expect(toNested(await conv2d(image, weight, webgpu))).toEqual(expected)
    expect(capabilities().gpu).toBe(true)
  })

  test('by close is opened again, and its arrays are gone', async () => {
    const devices = await watchedLibrary()
    const x = ndarray([1, 2], [2], there)
    expect(await elements(correlate(x, [3]))).toEqual([3, 6])
    await close()
    expect((await devices[0]!.lost).reason).toBe('destroyed')
    await expect(correlate(x, [3])).rejects.toMatchObject({ code: 'GPU_LOST' })
    expect(toNested(await correlate([1, 2], [3], webgpu))).toEqual([3, 6])
    expect(devices).toHaveLength(2)
  })
})

describe('a device without enough memory', () => {
  const full = { message: 'no memory' } as GPUError

  test('rejects the run, or the first use of the array', async () => {
    const [device] = await watchedLibrary()
    const pop = device!.popErrorScope.bind(device)
    let answers: GPUError[] = []
    // The scopes of memory are popped first.
    device!.popErrorScope = async () => {
      const error = await pop()
      return answers.pop() ?? error
    }
    answers = [full]
    const x = zeros([4], 'float32', there)
    await expect(correlate(x, [1])).rejects.toMatchObject({
      name: 'UnavailableError',
      code: 'OUT_OF_MEMORY',
      message: expect.stringMatching(/no memory.*release\(\)/),
    })
    const y = ndarray([1, 2, 3], [3], there)
    expect(await elements(y)).toEqual([1, 2, 3])
    answers = [full]
    await expect(correlate([1, 2, 3, 4, 5], [1, 2], webgpu)).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
    })
    expect(toNested(await correlate([1, 2, 3, 4, 5], [1, 2], webgpu))).toEqual([5, 8, 11, 14, 5])
    expect(toNested(await correlate([1, 2], [3], webgpu))).toEqual([3, 6])
  })

  test('has no array that is larger than its buffers', async () => {
    await openLibrary()
    const { maxArrayBytes } = capabilities().adapter!
    expect(() => zeros([maxArrayBytes + 1], 'uint8', there)).toThrow(
      expect.objectContaining({ code: 'OUT_OF_MEMORY' }),
    )
  })
})

describe('an aborted run', () => {
  test('leaves out as it was, and later runs compute', async () => {
    await openLibrary()
    const out = zeros([3])
    const outThere = zeros([3], 'float32', there)
    const options = (signal: AbortSignal) => ({ ...webgpu, signal })
    // Once before: the program is compiled.
    await correlate([1, 2, 3], [1, 1], { ...webgpu, out: zeros([3]) })
    for (const place of [out, outThere]) {
      const controller = new AbortController()
      const reason = new Error('enough')
      const run = correlate([1, 2, 3], [1, 1], { ...options(controller.signal), out: place })
      await Promise.resolve()
      setTimeout(() => controller.abort(reason), 0)
      await run.then(
        () => undefined,
        (cause) => expect(cause).toBe(reason),
      )
      const aborted = await Promise.allSettled([run])
      await correlate([5], [1], webgpu)
      if (aborted[0]!.status === 'rejected') expect(await elements(place)).toEqual([0, 0, 0])
      expect(toNested(await correlate([1, 2, 3], [1, 1], webgpu))).toEqual([3, 5, 3])
    }
  })
})

describe('many runs', () => {
  // 10,000 in `npm run gpu:proof`, in four ways each time.
  const rounds = Math.ceil((5 * gpuCases()) / 4)

  test('make no buffer after the first, but for results that stay there', async () => {
    const [device] = await watchedLibrary()
    const made = countCalls(device!, 'createBuffer')
    const x = ndarray([1, 2, 3, 4], [4], there)
    const out = zeros([4], 'float32', there)
    const p = plan('correlate', [4], [2], webgpu).prepare([1, 1])
    const onHeap = new Float32Array([1, 2, 3, 4])
    const all = async (): Promise<void> => {
      await correlate(x, [1, 1], { out })
      await correlate(onHeap, [1, 1], { ...webgpu, out: onHeap.slice() })
      await p.run(x, undefined, out)
      await p.run(onHeap)
    }
    await all()
    await all()
    const before = made.count
    for (let i = 0; i < rounds; i++) await all()
    expect(made.count).toBe(before)
    // One array each, which release() frees.
    for (let i = 0; i < rounds; i++) (await correlate(x, [1, 1])).release()
    expect(made.count).toBe(before + rounds)
    expect(await elements(out)).toEqual([3, 5, 7, 4])
  })
})

describe('the adapter', () => {
  test('is in the capabilities once it is open', async () => {
    await close()
    expect(capabilities()).toMatchObject({ gpu: 'unknown', adapter: undefined })
    await openLibrary()
    const { gpu, adapter, missing } = capabilities()
    expect(gpu).toBe(true)
    expect(missing).not.toHaveProperty('gpu')
    expect(adapter!.name).toMatch(/\w/)
    expect(adapter!.maxArrayBytes).toBeGreaterThanOrEqual(2 ** 27)
    expect(structuredClone(adapter)).toEqual(adapter)
  })

  test("is not taken by 'auto' for arrays on the heap", async () => {
    const [device] = await watchedLibrary()
    const made = countCalls(device!, 'createBuffer')
    expect(toNested(await correlate([1, 2], [3]))).toEqual([3, 6])
    expect(made.count).toBe(0)
  })
})
