/**
 * The sums of the adjoint of a border that repeats samples, in float64: everything outside of the
 * result is added to the samples that the border repeats, one axis after the other.
 */

import { sourceIndex } from '../geometry/boundary.ts'
import type { AxisPadAdjoint } from '../geometry/transposed.ts'
import { elementCount } from '../ndarray/layout.ts'

/**
 * Returns the sums of the padding adjoint, row-major, without bias and activation. `from` has the
 * shape `paddedResult`. Without a padding adjoint the sums are `from` itself.
 */
export function padAdjointSums(
  from: Float64Array,
  paddedResult: readonly number[],
  padAdjoints: readonly AxisPadAdjoint[] = [],
): { readonly sums: Float64Array; readonly shape: readonly number[] } {
  let shape = [...paddedResult]
  let sums = from
  padAdjoints.forEach(({ before, after, extent, boundary }, a) => {
    const axis = a + 2
    const length = shape[axis]!
    if (before === 0 && after === 0 && length === extent) return
    const lines = Int32Array.from({ length }, (_, i) => sourceIndex(i - before, extent, boundary))
    sums = padAdjointAlong(
      sums,
      elementCount(shape.slice(0, axis)),
      lines,
      elementCount(shape.slice(axis + 1)),
      extent,
    )
    shape = shape.with(axis, extent)
  })
  return { sums, shape }
}

/**
 * [outer, lines, inner] → [outer, extent, inner]: adds line i to line lines[i]. A negative lines[i]
 * marks a line without a source, which is dropped.
 */
function padAdjointAlong(
  from: Float64Array,
  outer: number,
  lines: Int32Array,
  inner: number,
  extent: number,
): Float64Array {
  const to = new Float64Array(outer * extent * inner)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < lines.length; i++) {
      if (lines[i]! < 0) continue
      const source = (o * lines.length + i) * inner
      const target = (o * extent + lines[i]!) * inner
      for (let x = 0; x < inner; x++) to[target + x]! += from[source + x]!
    }
  }
  return to
}
