/**
 * Helpers for the tests of transposed layers: arrays of small numbers, and calls with a named
 * algorithm that may not support the layer.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { elementCount } from '../src/ndarray/layout.ts'

export type Next = (below: number) => number

export const filled = (shape: readonly number[], value: (i: number) => number): NdArray =>
  ndarray(
    Float32Array.from({ length: elementCount(shape) }, (_, i) => value(i)),
    shape,
  )

export const flat = (y: NdArray): number[] => Array.from(y.data, (v) => v + 0)

/** Runs `work`; returns undefined if the named algorithm does not support the call. */
export function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if ((error as { code?: string }).code === 'ALGORITHM_REFUSED') return undefined
    throw error
  }
}
