/** Copies an array in slices along its outermost axis, between which other work may run. */

import { copy } from '../ndarray/copy.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { sliceBytes, type Work } from '../ndarray/work.ts'

/** Copies all elements. The arrays have the same shape. */
export function* copyWork(from: NdArray, to: NdArray): Work<void> {
  const { shape, strides, dtype } = to
  const count = elementCount(shape)
  const slices = Math.ceil((count * dtypes[dtype].bytes) / sliceBytes)
  if (slices <= 1) {
    copy(from, to)
    return
  }
  const axis = shape.reduce(
    (best, extent, a) =>
      extent > 1 && (shape[best] === 1 || Math.abs(strides[a]!) > Math.abs(strides[best]!))
        ? a
        : best,
    0,
  )
  const extent = shape[axis]!
  const rows = Math.ceil(extent / slices)
  const part = (x: NdArray, start: number, end: number): NdArray =>
    view(
      x.data,
      x.shape.map((n, a) => (a === axis ? end - start : n)),
      { strides: x.strides, offset: x.offset + start * x.strides[axis]! },
    )
  for (let start = 0; start < extent; start += rows) {
    const end = Math.min(extent, start + rows)
    copy(part(from, start, end), part(to, start, end))
    yield
  }
}
