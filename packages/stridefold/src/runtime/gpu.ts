/**
 * What must happen before an asynchronous call can be planned for the GPU? A GPU must be open, and
 * the weights must lie on the heap, because the planner reads them.
 */

import { gpuMissing } from '../backends/webgpu/device/open.ts'
import { openGpu } from '../backends/webgpu/webgpu.ts'
import { isOnGpu, type MemoryKind } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { read } from '../ndarray/read.ts'
import type { Turn } from './turns.ts'

/** The options of a call that may ask for the GPU. */
interface GpuOptions {
  readonly backend: string
  readonly memory?: MemoryKind | undefined
}

/**
 * Opens a GPU if a call needs one and none is open, and brings weights back. Resolves with the
 * weights on the heap. Undefined if there is nothing to do.
 */
export function onGpuAhead(
  input: NdArray,
  kernel: NdArray,
  { backend, memory }: GpuOptions,
  turn: Turn | undefined,
): Promise<NdArray> | undefined {
  if (turn === undefined) return undefined
  const needsGpu = backend === 'webgpu' || memory === 'gpu' || isOnGpu(input)
  const isMissing = needsGpu && gpuMissing() !== undefined
  const isAway = isOnGpu(kernel)
  if (!isMissing && !isAway) return undefined
  const opened = isMissing ? openGpu() : Promise.resolve()
  return opened.then(() => (isAway ? read(kernel) : kernel))
}
