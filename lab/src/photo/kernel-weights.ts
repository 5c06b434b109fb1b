/**
 * The weights of a kernel as numbers: a named kernel from the library, or the user's own.
 */

import { kernelByName } from 'stridefold/sync'
import { type Filter, type KernelSpec, maxKernel } from './settings.ts'

export interface Weights {
  readonly width: number
  readonly height: number
  /** Row by row. */
  readonly values: readonly number[]
}

/** Why a kernel has no weights on this page. The texts of the page have the sentences. */
export type KernelFault =
  | { readonly kind: 'large'; readonly width: number; readonly height: number }
  | { readonly kind: 'name'; readonly message: string }

/** The weights before any division, or the reason why there are none. */
export function weightsOf(kernel: KernelSpec): Weights | KernelFault {
  if (!('name' in kernel)) return kernel
  try {
    const array = kernelByName(kernel.name)
    const [height = 1, width = 1] = array.shape
    if (Math.max(width, height) > maxKernel) return { kind: 'large', width, height }
    // The digits of the formula, where the library keeps them: 0.1 instead of its float32.
    return { width, height, values: [...(array.untyped ?? array.data)] }
  } catch (error) {
    return { kind: 'name', message: error instanceof Error ? error.message : String(error) }
  }
}

export const isFault = (weights: Weights | KernelFault): weights is KernelFault => 'kind' in weights

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** Whether the weights cancel, up to the rounding of float32. */
export const sumsToZero = (values: readonly number[]): boolean =>
  Math.abs(total(values)) <= 2 ** -22 * total(values.map(Math.abs))

/**
 * What the weights are divided by. Normalised weights sum to 1. Weights that cancel have no such
 * divisor: their positive weights sum to 1.
 */
export function divisorOf({ divisor, isNormalised }: Filter, values: readonly number[]): number {
  if (!isNormalised) return divisor
  if (!sumsToZero(values)) return total(values)
  return total(values.map((value) => Math.max(0, value))) || 1
}

/** The weights as they multiply; undefined if the kernel has none. */
export function dividedWeights(filter: Filter): Weights | undefined {
  const weights = weightsOf(filter.kernel)
  if (isFault(weights)) return undefined
  const divisor = divisorOf(filter, weights.values)
  return { ...weights, values: weights.values.map((value) => value / divisor) }
}
