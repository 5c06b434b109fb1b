/**
 * A kernel in another size. One with a name keeps its name. Of any other kernel, the weights stay
 * where they are around the middle, and new weights are 0.
 */

import { type KernelName, namedKernel } from './kernels.ts'

export interface SizedKernel {
  /** The weights row by row, before the division. */
  readonly values: readonly number[]
  readonly divisor: number
  readonly width: number
  readonly height: number
}

/** The middle weight. An even kernel has its extra weight after it, as in SAME. */
const middle = (size: number): number => (size - 1) >> 1

export function resizedKernel(
  kernel: SizedKernel,
  name: KernelName | undefined,
  width: number,
  height: number,
): SizedKernel {
  if (width === kernel.width && height === kernel.height) return kernel
  if (name !== undefined) return { ...namedKernel(name, width, height), width, height }
  const [left, top] = [middle(kernel.width) - middle(width), middle(kernel.height) - middle(height)]
  const values = Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) + left, Math.floor(i / width) + top]
    const isInside = x >= 0 && y >= 0 && x < kernel.width && y < kernel.height
    return isInside ? kernel.values[y * kernel.width + x]! : 0
  })
  return { values, divisor: kernel.divisor, width, height }
}
