/**
 * Adds what lies outside a transposed layer's result back to the samples it was read from: the
 * adjoint of a border that repeats samples.
 *
 *   u  │b b│x x x x│b│      axis after axis: every line of the longer array is added to the line it was read from, so that the innermost
 *        └─►└┘     ◄┘       loops run over neighbours; bias and activation come last, when the sums are whole
 */

import { sourceIndex } from '../geometry/boundary.ts'
import { copy } from '../ndarray/copy.ts'
import { dtypes } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import type { EpilogueActivation } from '../program/steps.ts'
import { applyActivation } from './activation.ts'
import type { Problem } from './problem.ts'

/**
 * Bytes of the longer array and of the sums on their way, which a fold takes besides the program; 0
 * where nothing is folded.
 */
export function foldBytes({ geometry: g, padAdjoints }: Problem): number {
  if (padAdjoints === undefined) return 0
  const elements = elementCount([g.batch, g.filters, ...g.axes.map((axis) => axis.output)])
  // One array in the compute type, and two in float64: that of an axis and that of the next.
  return elements * (dtypes[g.dtype].bytes + 16)
}

/**
 * Both arrays canonical, `from` dense. Sums are formed in float64. `bias`: one number for each
 * filter.
 */
export function addPadAdjoint(
  from: NdArray,
  to: NdArray,
  problem: Problem,
  bias: NdArray | undefined,
): void {
  const { sums, shape } = foldedSums(Float64Array.from(from.data), from.shape, problem)
  finish(sums, shape, bias, problem.activation)
  copy(view(sums, shape), to)
}

/**
 * Sums row-major over `unfolded`, folded axis after axis, without bias and activation; as they came
 * where nothing folds.
 */
export function foldedSums(
  from: Float64Array<ArrayBuffer>,
  paddedResult: readonly number[],
  { padAdjoints = [] }: Problem,
): { readonly sums: Float64Array<ArrayBuffer>; readonly shape: readonly number[] } {
  let shape = [...paddedResult]
  let sums = from
  padAdjoints.forEach((fold, a) => {
    const axis = a + 2
    const length = shape[axis]!
    if (fold.before === 0 && fold.after === 0 && length === fold.extent) return
    const lines = Int32Array.from({ length }, (_, i) =>
      sourceIndex(i - fold.before, fold.extent, fold.boundary),
    )
    sums = padAdjointAlong(
      sums,
      elementCount(shape.slice(0, axis)),
      lines,
      elementCount(shape.slice(axis + 1)),
      fold.extent,
    )
    shape = shape.with(axis, fold.extent)
  })
  return { sums, shape }
}

/**
 * [outer, lines, inner] → [outer, extent, inner]: line i is added to line lines[i]; a negative one
 * was read from nowhere.
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

function finish(
  sums: Float64Array,
  shape: readonly number[],
  bias: NdArray | undefined,
  activation: EpilogueActivation | undefined,
): void {
  if (bias === undefined && activation === undefined) return
  const inner = elementCount(shape.slice(2))
  const filters = shape[1]!
  for (let line = 0; line < shape[0]! * filters; line++) {
    const added =
      bias === undefined ? 0 : bias.data[bias.offset + (line % filters) * bias.strides[0]!]!
    for (let i = line * inner; i < (line + 1) * inner; i++)
      sums[i] = applyActivation(sums[i]! + added, activation)
  }
}
