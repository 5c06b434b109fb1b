/**
 * Adds what lies outside a transposed layer's result back to the samples it was read from: the adjoint of a border that repeats samples.
 */

import { sourceIndex } from '../geometry/boundary.ts'
import { toDType } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Problem } from './problem.ts'

/** Both arrays canonical. Sums are formed in float64. */
export function folded(from: NdArray, to: NdArray, problem: Problem): void {
  const sums = new Float64Array(elementCount(to.shape))
  const target = new Array<number>(to.shape.length)
  walk(from, (value, index) => {
    let at = 0
    for (let axis = 0; axis < index.length; axis++) {
      const fold = axis < 2 ? undefined : problem.folds![axis - 2]
      target[axis] = fold === undefined ? index[axis]! : sourceIndex(index[axis]! - fold.before, fold.extent, fold.boundary)
      // Outside of a constant border nothing was read.
      if (target[axis]! < 0) return
      at = at * to.shape[axis]! + target[axis]!
    }
    sums[at] = sums[at]! + value
  })
  let at = 0
  const { dtype } = to
  walk(to, (_, index) => {
    const address = index.reduce((sum, i, axis) => sum + i * to.strides[axis]!, to.offset)
    to.data[address] = toDType(sums[at++]!, dtype)
  })
}

function walk(x: NdArray, visit: (value: number, index: readonly number[]) => void): void {
  const index = x.shape.map(() => 0)
  const count = elementCount(x.shape)
  for (let i = 0; i < count; i++) {
    visit(x.data[index.reduce((sum, at, axis) => sum + at * x.strides[axis]!, x.offset)]!, index)
    for (let axis = x.shape.length - 1; axis >= 0 && ++index[axis]! === x.shape[axis]; axis--) index[axis] = 0
  }
}
