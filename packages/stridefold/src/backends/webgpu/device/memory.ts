/** Arrays of callers that lie on the GPU: `memory: 'gpu'`, and buffers that callers hand over. */

import { OptionError, UnavailableError } from '../../../errors.ts'
import type { DeviceBlock } from '../../../ndarray/allocations.ts'
import { describeValue } from '../../../ndarray/describe-value.ts'
import { type DType, dtypes, type TypedArray } from '../../../ndarray/dtype.ts'
import { type GpuBuffer, mapModeRead } from './api.ts'
import {
  bufferBytes,
  makeBuffer,
  onDevice,
  outOfMemory,
  readUsage,
  storageUsage,
  writeBytes,
} from './buffers.ts'
import { currentDevice, gpuMissing, type OpenDevice } from './open.ts'
import { explained } from './pipelines.ts'

/** A buffer of a device that an array owns, or that its caller handed over. */
export interface GpuBlock extends DeviceBlock {
  readonly opened: OpenDevice
  readonly buffer: GpuBuffer
  /** Whether the caller owns the buffer. It may then belong to another device. */
  readonly isForeign: boolean
  /** Why the device could not make the buffer, once it has said so. Undefined: it could. */
  readonly failure: Promise<string | undefined> | undefined
}

/** New memory for so many elements, all zero. Throws `UnavailableError` if no GPU is open. */
export function allocateOnGpu(length: number, dtype: DType): GpuBlock {
  const opened = deviceNow()
  const { device } = opened
  const bytes = length * dtypes[dtype].bytes
  if (bytes > opened.limits.bindingBytes)
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `an array of ${bytes} bytes does not fit on the GPU: its buffers have at most ` +
        `${opened.limits.bindingBytes}. Keep it on the heap.`,
    )
  device.pushErrorScope('out-of-memory')
  const buffer = makeBuffer(opened, 'array', bytes, storageUsage)
  // A device that is lost answers with an error, too: whoever uses the array learns of it.
  const failure = device.popErrorScope().then(
    (error) => error?.message,
    () => undefined,
  )
  return { length, opened, buffer, isForeign: false, failure, release: () => buffer.destroy() }
}

/** Writes the first elements of a block. */
export const writeBlock = ({ opened, buffer }: GpuBlock, data: TypedArray): void =>
  writeBytes(opened.device, buffer, data)

/** The block of a buffer that the caller owns, and frees. */
export function blockOfBuffer(given: object, dtype: DType, name: string): GpuBlock {
  const opened = deviceNow()
  const buffer = given as GpuBuffer
  if (typeof buffer.mapAsync !== 'function' || typeof buffer.size !== 'number')
    throw new OptionError(
      'ARRAY_UNKNOWN',
      `${name} is { buffer, shape, dtype }, but its buffer is ${describeValue(given)}. A ` +
        'GPUBuffer is needed there.',
    )
  if ((buffer.usage & storageUsage) !== storageUsage)
    throw new OptionError(
      'BUFFER_USAGE',
      `the GPUBuffer of ${name} lacks a usage. It needs STORAGE, COPY_SRC and COPY_DST.`,
    )
  if (buffer.size > opened.limits.bindingBytes || buffer.size % 4 !== 0)
    throw new OptionError(
      'BUFFER_SIZE',
      `the GPUBuffer of ${name} has ${buffer.size} bytes. A multiple of 4, and at most ` +
        `${opened.limits.bindingBytes}, is needed: shaders of this device read whole words, and ` +
        'no larger buffer.',
    )
  const length = Math.floor(buffer.size / dtypes[dtype].bytes)
  return { length, opened, buffer, isForeign: true, failure: undefined, release() {} }
}

function deviceNow(): OpenDevice {
  const opened = currentDevice()
  if (opened !== undefined) return opened
  const { code, why } = gpuMissing()!
  throw new UnavailableError(code, `no array can lie on the GPU: ${why}.`)
}

/**
 * Rejects if an array cannot be used: with `UnavailableError` if its device is gone (`GPU_LOST`),
 * or had no memory for it (`OUT_OF_MEMORY`); with `OptionError` (`BUFFER_DEVICE`) if its buffer
 * belongs to another device.
 */
export async function checkBlock(block: GpuBlock, name: string, now: OpenDevice): Promise<void> {
  const { opened, failure } = block
  if (opened !== now || opened.lost !== undefined) throw lostArray(name)
  const why = await failure
  if (why !== undefined) throw outOfMemory(why)
  if (block.isForeign && !known.get(opened)?.has(block.buffer)) await checkDevice(block, name)
}

/** Buffers of callers that belong to the device. */
const known = new WeakMap<OpenDevice, WeakSet<GpuBuffer>>()

/** No buffer tells its device. Commands of one device with a buffer of another are not valid. */
async function checkDevice({ opened, buffer }: GpuBlock, name: string): Promise<void> {
  const { device } = opened
  const other = makeBuffer(opened, 'probe', 4, storageUsage)
  device.pushErrorScope('validation')
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(buffer, 0, other, 0, Math.min(4, buffer.size))
  encoder.finish()
  const error = await device.popErrorScope()
  other.destroy()
  if (error !== null)
    throw new OptionError(
      'BUFFER_DEVICE',
      `the GPUBuffer of ${name} cannot be used: it belongs to another GPUDevice than the one in ` +
        'use. Make it with the device that configure({ device }) got. ' +
        `(${error.message.split('\n')[0]})`,
    )
  const buffers = known.get(opened) ?? new WeakSet()
  known.set(opened, buffers.add(buffer))
}

const lostArray = (name: string): UnavailableError =>
  new UnavailableError(
    'GPU_LOST',
    `${name} lay on a GPU that was lost or closed, and its elements with it. Bring it there again.`,
  )

/** The elements of a block, on the heap. */
export async function readBlock(block: GpuBlock, dtype: DType): Promise<TypedArray> {
  const { opened, buffer, length } = block
  await checkBlock(block, 'the array', opened)
  const { device } = opened
  const bytes = bufferBytes(length * dtypes[dtype].bytes)
  const staging = await onDevice(opened, () => {
    const to = makeBuffer(opened, 'read', bytes, readUsage)
    const encoder = device.createCommandEncoder()
    encoder.copyBufferToBuffer(buffer, 0, to, 0, bytes)
    device.queue.submit([encoder.finish()])
    return to
  })
  try {
    await staging.mapAsync(mapModeRead)
    return dtypes[dtype].create(staging.getMappedRange().slice(0), 0, length)
  } catch (cause) {
    throw await explained(opened, cause)
  } finally {
    staging.destroy()
  }
}
