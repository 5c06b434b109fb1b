/**
 * Does what a caller gave for an array lie on the GPU? Found without making an array of it, which
 * may copy.
 */

import { OptionError } from '../errors.ts'
import type { DType, TypedArray } from './dtype.ts'
import { isOnGpu, type MemoryKind } from './memory.ts'

/**
 * A buffer of the GPU, of the device that `configure` got, or that the library opened. It is used
 * where it lies: as an input, or as `out`. It belongs to the caller, who destroys it.
 */
export interface GpuBufferArray {
  /** A `GPUBuffer` with the usages STORAGE, COPY_SRC and COPY_DST. */
  readonly buffer: object
  /** The extent of each axis. */
  readonly shape: readonly number[]
  /** The element type of the buffer. Types of 8 and 16 bits lie in it without gaps. */
  readonly dtype: DType
  /**
   * The distance between neighbours along each axis, in elements. Default: dense, in row-major
   * order.
   */
  readonly strides?: readonly number[]
  /** The element of the buffer at [0, 0, …]. Default 0. */
  readonly offset?: number
}

/** Whether it is a record of a `GPUBuffer`: `{ buffer, shape, dtype }`. */
export const isGpuBufferArray = (x: unknown): x is GpuBufferArray =>
  typeof x === 'object' &&
  x !== null &&
  !('data' in x) &&
  'buffer' in x &&
  'shape' in x &&
  'dtype' in x &&
  typeof x.buffer === 'object' &&
  x.buffer !== null

/** True for an array on the GPU, and for a record of a `GPUBuffer`. */
export function isGivenOnGpu(x: unknown): boolean {
  if (typeof x !== 'object' || x === null) return false
  if ('data' in x) return isOnGpu(x as { readonly data: TypedArray })
  return ArrayBuffer.isView(x) ? isOnGpu({ data: x as TypedArray }) : isGpuBufferArray(x)
}

/** Throws `OptionError` (`ON_GPU`) for a call that writes its result on the heap only. */
export function checkResultOnHeap(
  call: string,
  { out, memory }: { readonly out?: unknown; readonly memory?: MemoryKind | undefined },
): void {
  const what =
    memory === 'gpu' ? "memory: 'gpu'" : isGivenOnGpu(out) ? 'an out on the GPU' : undefined
  if (what === undefined) return
  throw new OptionError(
    'ON_GPU',
    `${call} writes its result on the heap, so ${what} is not possible. Leave it out; to bring ` +
      "the result there: ndarray(y.data, y.shape, { memory: 'gpu' }).",
  )
}
