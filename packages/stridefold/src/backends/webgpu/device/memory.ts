/** Arrays of callers that lie on the GPU: `memory: 'gpu'`. */

import { OptionError, UnavailableError } from '../../../errors.ts'
import type { DeviceBlock } from '../../../ndarray/allocations.ts'
import { type DType, dtypes, type TypedArray } from '../../../ndarray/dtype.ts'
import { type GpuBuffer, mapModeRead } from './api.ts'
import { bufferBytes, makeBuffer, onDevice, readUsage, storageUsage } from './buffers.ts'
import { currentDevice, gpuMissing, type OpenDevice } from './open.ts'
import { lostError } from './pipelines.ts'

/** A buffer of a device that an array owns, or that its caller handed over. */
export interface GpuBlock extends DeviceBlock {
  readonly opened: OpenDevice
  readonly buffer: GpuBuffer
}

/** New memory for so many elements, all zero. Throws `UnavailableError` if no GPU is open. */
export function allocateOnGpu(length: number, dtype: DType): GpuBlock {
  const opened = deviceNow()
  const bytes = length * dtypes[dtype].bytes
  if (bytes > opened.limits.bindingBytes)
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `an array of ${bytes} bytes does not fit on the GPU: its buffers have at most ` +
        `${opened.limits.bindingBytes}. Keep it on the heap.`,
    )
  const buffer = makeBuffer(opened, 'array', bytes, storageUsage)
  return { length, opened, buffer, release: () => buffer.destroy() }
}

/** The block of a buffer that the caller owns, and frees. */
export function blockOfBuffer(buffer: GpuBuffer, dtype: DType): GpuBlock {
  const opened = deviceNow()
  const needed = storageUsage
  if ((buffer.usage & needed) !== needed)
    throw new OptionError(
      'BUFFER_USAGE',
      'the GPUBuffer needs the usages STORAGE, COPY_SRC and COPY_DST.',
    )
  const length = Math.floor(buffer.size / dtypes[dtype].bytes)
  return { length, opened, buffer, release() {} }
}

function deviceNow(): OpenDevice {
  const opened = currentDevice()
  if (opened !== undefined) return opened
  const { code, why } = gpuMissing()!
  throw new UnavailableError(code, `no array can lie on the GPU: ${why}.`)
}

/** The elements of a block, on the heap. */
export async function readBlock(
  { opened, buffer, length }: GpuBlock,
  dtype: DType,
): Promise<TypedArray> {
  if (opened.lost !== undefined) throw lostError(opened)
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
  } finally {
    staging.destroy()
  }
}
