/**
 * What tests of transposed layers share: arrays of small numbers, and named algorithms that may
 * refuse.
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

/** Undefined where a named algorithm refuses. */
export function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if ((error as { code?: string }).code === 'ALGORITHM_REFUSED') return undefined
    throw error
  }
}
