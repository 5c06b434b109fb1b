/**
 * Random numbers from a seed, and indices of elements in row-major order.
 */

import { type ConvGeometry, type NdArray, ndarray } from 'stridefold/sync'

export const product = (extents: readonly number[]): number =>
  extents.reduce((n, extent) => n * extent, 1)

/** Returns a generator of numbers in [0, 1) that follow from a seed (mulberry32). */
export function randomFractions(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** An array with the dtype of the geometry. */
export function arrayOf(
  values: ArrayLike<number>,
  shape: readonly number[],
  { dtype }: Pick<ConvGeometry, 'dtype'>,
): NdArray {
  return ndarray(dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values), shape)
}

/** The indices of all elements in row-major order. */
export function* indices(shape: readonly number[]): Generator<readonly number[]> {
  const index = shape.map(() => 0)
  for (let remaining = product(shape); remaining > 0; remaining--) {
    yield index
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--)
      index[axis] = 0
  }
}

export function placeOf(index: readonly number[], shape: readonly number[]): number {
  let place = 0
  for (let axis = 0; axis < index.length; axis++) place = place * shape[axis]! + index[axis]!
  return place
}

export function indexAt(place: number, shape: readonly number[]): number[] {
  const index = shape.map(() => 0)
  let remainder = place
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = remainder % shape[axis]!
    remainder = Math.floor(remainder / shape[axis]!)
  }
  return index
}

/** Returns a function that computes a value at its first call and then returns the same value. */
export function once<T>(compute: () => T): () => T {
  let cached: { readonly value: T } | undefined
  return () => {
    cached ??= { value: compute() }
    return cached.value
  }
}
