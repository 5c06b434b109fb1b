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

import type { EpilogueActivation } from '../ndarray/activation.ts'
import { activationFunction } from '../ndarray/activation.ts'
import { copy } from '../ndarray/copy.ts'
import { elementCount } from '../ndarray/layout.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import type { Question } from '../problem/problem.ts'
import { padAdjointSums } from '../reference/pad-adjoint-sums.ts'

/**
 * Adds the padded result `from` into the result `to`, and applies bias and activation. Both arrays
 * are in canonical order, and `from` is contiguous. Sums are float64. `bias` has one number per
 * filter.
 */
export function addPadAdjoint(
  from: NdArray,
  to: NdArray,
  question: Question,
  bias: NdArray | undefined,
): void {
  const { sums, shape } = padAdjointSums(
    Float64Array.from(from.data),
    from.shape,
    question.padAdjoints,
  )
  applyEpilogue(sums, shape, bias, question.activation)
  copy(view(sums, shape), to)
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
