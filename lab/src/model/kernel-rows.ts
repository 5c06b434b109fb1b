/**
 * The kernel as a sparse matrix: the library's `toeplitz`. With a dilated input no call has this
 * matrix, so it is made from the taps of every output.
 */

import { explain, type NdArray, toeplitz } from 'stridefold/sync'
import type { Frame } from './frame.ts'
import { correlationKernel, isDilated, layerCall, layerOptions } from './layer-call.ts'
import { indices, product } from './numbers.ts'

/** The sparse Toeplitz matrix by rows, and its counts. */
export interface Rows {
  readonly indptr: Int32Array
  readonly indices: Int32Array
  readonly data: ArrayLike<number>
  readonly stored: number
  readonly nonZeros: number
  readonly distinctValues: number
}

const maxEntries = 1 << 19

/** The number of stored entries, without a border that repeats samples. */
const entryCount = ({ shapes, taps }: Frame): number => product(shapes.output) * taps

/** Is the matrix small enough for this page? */
export const hasKernelRows = (frame: Frame): boolean => entryCount(frame) <= maxEntries

/** Is the matrix so large that it must be computed beside the page? */
export const areRowsLarge = (frame: Frame): boolean =>
  entryCount(frame) > (isDilated(frame.geometry) ? 1 << 11 : 1 << 14)

export function kernelRows({ geometry: g, shapes }: Frame, kernel: NdArray): Rows {
  if (isDilated(g)) return rowsFromTaps({ geometry: g, shapes }, kernel)
  const options = { call: layerCall(g), ...layerOptions(g) }
  // The matrix also has a function, which a worker cannot send.
  const { indptr, indices, data, stored, nonZeros, distinctValues } = toeplitz(
    correlationKernel(g, kernel),
    shapes.input,
    options,
  )
  return { indptr, indices, data, stored, nonZeros, distinctValues }
}

function rowsFromTaps(
  { geometry: g, shapes }: Pick<Frame, 'geometry' | 'shapes'>,
  kernel: NdArray,
): Rows {
  const entries = new Map<number, number>()
  const columns = shapes.toeplitz[1]
  for (const output of indices(shapes.output)) {
    for (const { toeplitz: cell, weight = 0 } of explain(g, { output }, { kernel }).taps) {
      if (cell)
        entries.set(
          cell[0] * columns + cell[1],
          (entries.get(cell[0] * columns + cell[1]) ?? 0) + weight,
        )
    }
  }
  const sorted = [...entries].sort(([a], [b]) => a - b)
  const indptr = new Int32Array(shapes.toeplitz[0] + 1)
  for (const [cell] of sorted) indptr[Math.floor(cell / columns) + 1]! += 1
  for (let row = 0; row < shapes.toeplitz[0]; row++) indptr[row + 1]! += indptr[row]!
  const data = Float64Array.from(sorted, ([, weight]) => weight)
  const other = data.filter((weight) => weight !== 0)
  return {
    indptr,
    indices: Int32Array.from(sorted, ([cell]) => cell % columns),
    data,
    stored: data.length,
    nonZeros: other.length,
    distinctValues: new Set(other).size,
  }
}
