/**
 * The adjoint of a border that repeats samples. A forward layer reads samples outside of the input
 * as copies of samples inside. Its adjoint therefore computes a padded result, and adds everything
 * outside of the result to the samples that the border repeats.
 *
 *   padded  │b b│x x x x│b│      One axis after the other: each line of the padded result is added
 *   result    └─►└┘     ◄┘       to its source line, so the innermost loops run over neighbours.
 *
 * Bias and activation come last, when the sums are complete.
 */

import { sourceIndex } from '../geometry/boundary.ts'
import type { EpilogueActivation } from '../ndarray/activation.ts'
import { activationFunction } from '../ndarray/activation.ts'
import { copy } from '../ndarray/copy.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import type { Problem } from './problem.ts'

/**
 * Returns the bytes that a padding adjoint needs besides the program: the padded result and the
 * intermediate sums. 0 if there is no padding adjoint.
 */
export function padAdjointBytes({ geometry: g, padAdjoints }: Problem): number {
  if (padAdjoints === undefined) return 0
  const elements = elementCount([g.batch, g.filters, ...g.axes.map((axis) => axis.output)])
  // One array in the compute type, and two in float64: before and after an axis.
  return elements * (dtypes[g.dtype].bytes + 16)
}

/**
 * Adds the padded result `from` into the result `to`, and applies bias and activation. Both arrays
 * are in canonical order, and `from` is contiguous. Sums are float64. `bias` has one number per
 * filter.
 */
export function addPadAdjoint(
  from: NdArray,
  to: NdArray,
  problem: Problem,
  bias: NdArray | undefined,
): void {
  const { sums, shape } = padAdjointSums(Float64Array.from(from.data), from.shape, problem)
  applyEpilogue(sums, shape, bias, problem.activation)
  copy(view(sums, shape), to)
}

/**
 * Returns the sums of the padding adjoint, row-major, without bias and activation. `from` has the
 * shape `paddedResult`. Without a padding adjoint the sums are `from` itself.
 */
export function padAdjointSums(
  from: Float64Array<ArrayBuffer>,
  paddedResult: readonly number[],
  { padAdjoints = [] }: Problem,
): { readonly sums: Float64Array<ArrayBuffer>; readonly shape: readonly number[] } {
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
): Float64Array<ArrayBuffer> {
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

/** Adds the bias of each filter and applies the activation, in place. */
function applyEpilogue(
  sums: Float64Array,
  shape: readonly number[],
  bias: NdArray | undefined,
  activation: EpilogueActivation | undefined,
): void {
  if (bias === undefined && activation === undefined) return
  const inner = elementCount(shape.slice(2))
  const filters = shape[1]!
  const activate = activationFunction(activation)
  for (let line = 0; line < shape[0]! * filters; line++) {
    const biasOfFilter =
      bias === undefined ? 0 : bias.data[bias.offset + (line % filters) * bias.strides[0]!]!
    for (let i = line * inner; i < (line + 1) * inner; i++)
      sums[i] = activate(sums[i]! + biasOfFilter)
  }
}
