/**
 * Does what a caller gave for an array lie on the GPU? Found without making an array of it, which
 * may copy.
 */

import { OptionError } from '../errors.ts'
import type { TypedArray } from './dtype.ts'
import type { GpuBufferArray } from './interop.ts'
import { isOnGpu, type MemoryKind } from './memory.ts'

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
