/** The buffers of a shader program on a device: its own, and those for the caller's arrays. */

import { InternalError, UnavailableError } from '../../../errors.ts'
import { dtypes, type TypedArray } from '../../../ndarray/dtype.ts'
import { memorySpanOf } from '../../../ndarray/memory.ts'
import type { NdArray } from '../../../ndarray/ndarray.ts'
import { type Buffer, byteLength } from '../../../program/program.ts'
import { bufferUsage, type GpuBuffer, type GpuDevice } from './api.ts'
import type { OpenDevice } from './open.ts'
import { lostError } from './pipelines.ts'

/** Sizes of buffers are multiples of words. No buffer is empty. */
export const bufferBytes = (bytes: number): number => Math.max(4, Math.ceil(bytes / 4) * 4)

const { copySource, copyTarget, mapRead, storage, uniform } = bufferUsage

export const storageUsage: number = storage | copySource | copyTarget
export const uniformUsage: number = uniform | copyTarget
export const readUsage: number = mapRead | copyTarget

export const makeBuffer = (
  { device }: OpenDevice,
  label: string,
  bytes: number,
  usage: number,
): GpuBuffer => device.createBuffer({ label, size: bufferBytes(bytes), usage })

/**
 * Does work on the device. Rejects with `UnavailableError` if the device has not enough memory
 * (`OUT_OF_MEMORY`) or is gone (`GPU_LOST`), and with `InternalError` if it refuses the work.
 */
export async function onDevice<T>(opened: OpenDevice, work: () => T): Promise<T> {
  const { device } = opened
  device.pushErrorScope('validation')
  device.pushErrorScope('out-of-memory')
  let made: T | undefined
  let thrown: unknown
  try {
    made = work()
  } catch (cause) {
    thrown = cause
  }
  const [memory, invalid] = await Promise.all([device.popErrorScope(), device.popErrorScope()])
  if (opened.lost !== undefined) throw lostError(opened)
  if (memory !== null || thrown instanceof RangeError)
    throw outOfMemory(memory?.message ?? String(thrown), thrown)
  if (thrown !== undefined) throw thrown
  if (invalid !== null)
    throw new InternalError('GPU_REFUSED', `the GPU refused a run: ${invalid.message}`)
  return made as T
}

export const outOfMemory = (why: string, cause?: unknown): UnavailableError =>
  new UnavailableError(
    'OUT_OF_MEMORY',
    `the GPU has not enough memory: ${why}. Use smaller arrays, or release() those that are not ` +
      'needed.',
    { cause },
  )

/** Writes the values of a buffer of constants. */
export function writeConstants({ device }: OpenDevice, to: GpuBuffer, buffer: Buffer): void {
  const data = dtypes[buffer.dtype].create(buffer.length)
  data.set(buffer.values!)
  writeBytes(device, to, data)
}

/** Writes a typed array to the start of a buffer. */
export function writeBytes(device: GpuDevice, to: GpuBuffer, data: TypedArray): void {
  const { buffer, byteOffset, byteLength: bytes } = data
  if (bytes === 0) return
  const isShared = typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer
  if (bytes % 4 === 0 && byteOffset % 4 === 0 && !isShared) {
    device.queue.writeBuffer(to, 0, buffer, byteOffset, bytes)
    return
  }
  // Whole words go to a device, and no memory that is shared: Dawn refuses it in Node.
  const padded = new Uint8Array(bufferBytes(bytes))
  padded.set(new Uint8Array(buffer, byteOffset, bytes))
  device.queue.writeBuffer(to, 0, padded.buffer, 0, padded.length)
}

/** The memory that an array spans, as a typed array. */
export function spanOf(x: NdArray): TypedArray {
  const { span, lowest } = memorySpanOf(x)
  const first = x.offset + lowest
  return x.data.subarray(first, first + span)
}

/** The bytes of the buffers that a program owns. */
export const ownedBytes = (buffers: readonly Buffer[]): number =>
  buffers.reduce((sum, buffer) => sum + bufferBytes(byteLength(buffer)), 0)
