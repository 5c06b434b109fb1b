/**
 * What must happen before a call can be planned for the GPU? A GPU must be open, and kernel and
 * bias must lie on the heap, because the planner and the caches of weights read them.
 */

import { gpuMissing } from '../backends/webgpu/device/open.ts'
import { openGpu } from '../backends/webgpu/webgpu.ts'
import { OptionError } from '../errors.ts'
import { isStorageOnly } from '../ndarray/dtype.ts'
import { isGivenOnGpu, isGpuBufferArray } from '../ndarray/given-on-gpu.ts'
import { asNdArray } from '../ndarray/interop.ts'
import { isOnGpu, type MemoryKind } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { read } from '../ndarray/read.ts'
import type { Turn } from './turns.ts'

/** What of a call may ask for the GPU. */
export interface GpuCall {
  readonly x: NdArray
  readonly k: NdArray
  /** As the caller gave them. */
  readonly bias: unknown
  readonly out: unknown
  readonly backend: string
  readonly memory: MemoryKind | undefined
  /** The type of the result, if the caller named one. */
  readonly dtype: string | undefined
}

/** Kernel and bias on the heap. */
export interface OnHeap {
  readonly k: NdArray
  readonly bias: unknown
}

/**
 * Opens a GPU if the caller gave a buffer of one and none is open: nothing is known of a buffer
 * before. Undefined if there is nothing to do.
 */
export function openForBuffers(
  given: readonly unknown[],
  turn: Turn | undefined,
): Promise<unknown> | undefined {
  return turn !== undefined && given.some(isGpuBufferArray) && gpuMissing() !== undefined
    ? openGpu()
    : undefined
}

/**
 * Opens a GPU if a call needs one and none is open, and brings kernel and bias back. Undefined if
 * there is nothing to do. Throws `OptionError` (`ON_GPU`) for a synchronous call that needs a GPU.
 */
export function onGpuAhead(
  name: string,
  call: GpuCall,
  turn: Turn | undefined,
): Promise<OnHeap> | undefined {
  const { x, k, bias, out, backend, memory, dtype } = call
  const awayBias = isGivenOnGpu(bias) ? asNdArray(bias, 'bias') : undefined
  const touchesGpu =
    memory === 'gpu' || isOnGpu(x) || isOnGpu(k) || awayBias !== undefined || isGivenOnGpu(out)
  if (turn === undefined) {
    if (!touchesGpu) return undefined
    throw new OptionError(
      'ON_GPU',
      `${name}: ${whatOf(call)} the GPU, where a synchronous call cannot compute. Await the call ` +
        "of 'stridefold', or run() of the plan; or bring the array back: await read(x).",
    )
  }
  if (!touchesGpu && backend !== 'webgpu') return undefined
  if (touchesGpu && (isStorageOnly(x.dtype) || isStorageOnly(k.dtype) || dtype === 'float16'))
    throw new OptionError(
      'ON_GPU',
      `${name}: arrays of float16 are converted on the heap, but ${whatOf(call)} the GPU. Use ` +
        'float32 there.',
    )
  const isMissing = gpuMissing() !== undefined
  if (!isMissing && !isOnGpu(k) && awayBias === undefined) return undefined
  return broughtBack(k, awayBias ?? bias, isMissing)
}

async function broughtBack(k: NdArray, bias: unknown, isMissing: boolean): Promise<OnHeap> {
  if (isMissing) await openGpu()
  return {
    k: isOnGpu(k) ? await read(k) : k,
    bias: isGivenOnGpu(bias) ? await read(asNdArray(bias, 'bias')) : bias,
  }
}

function whatOf({ x, k, bias, memory }: GpuCall): string {
  if (memory === 'gpu') return "with memory: 'gpu' the result lies on"
  if (isOnGpu(x)) return 'the input lies on'
  if (isOnGpu(k)) return 'the kernel lies on'
  return isGivenOnGpu(bias) ? 'the bias lies on' : 'out lies on'
}
