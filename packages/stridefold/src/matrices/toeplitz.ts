/**
 * The kernel as a sparse matrix (Toeplitz): a convolution is its product with the input.
 *
 *   y = T · x     T [outputs, inputs]: every output is a row. The same few weights repeat along the
 *                 diagonals.
 *
 * This matrix is for study. A call that computes a convolution never builds a whole one.
 */

import { OptionError, withCallName } from '../errors.ts'
import { fillAt, inserted, outside, sampleTables } from '../explain/samples.ts'
import { type SparseMatrix, sparseMatrix } from '../explain/sparse.ts'
import { readersOf } from '../geometry/border-segments.ts'
import { validateOptionsOf } from '../geometry/check-options.ts'
import { validateCall } from '../geometry/shapes.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { type DType, toDType } from '../ndarray/dtype.ts'
import { indicesOf } from '../ndarray/indices.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { elementAt, elementCount } from '../ndarray/layout.ts'
import { type NdArray, placeholder, validateShape } from '../ndarray/ndarray.ts'
import type { SumDType } from '../ndarray/result-type.ts'
import { operandDType, promoteUntyped } from '../ndarray/untyped.ts'
import { inputInOrder, kernelInOrder } from '../problem/axis-orders.ts'
import type { Question } from '../problem/problem.ts'
import { questionOf } from '../problem/question.ts'
import { callOption, computeOnlyOptions, type ToeplitzOptions } from './options.ts'

/**
 * Returns the kernel as a sparse matrix T: the flattened result is T times the flattened input,
 * plus `offset`. Rows have the order of the elements of the result, columns that of the input, both
 * in the layout of the call. `offset` contains the bias and the contribution of constant borders.
 *
 * - `kernel`: as in the call; for a layer the weight with all its axes.
 * - `inputShape`: the shape of the input of the call.
 * - `options`: as in the call. `options.call` is its name; default `'correlate'`.
 *
 * Throws `OptionError` for everything that the call rejects, and `MATRIX_TOO_LARGE` for 2³¹ weights
 * or more. Costs 8 bytes or more for every output and tap. For study: no call computes with it.
 *
 * @example
 * toeplitz([1, 2], [3], { mode: 'valid' }).toDense() // [[1, 2, 0], [0, 1, 2]]
 */
export function toeplitz<K extends ArrayInput, D extends DType = SumDType<K>>(
  kernel: K,
  inputShape: readonly number[],
  options: ToeplitzOptions<D> = {},
): SparseMatrix<D> {
  return withCallName('toeplitz', () => {
    const array = asReadable(kernel, 'kernel')
    const call = validateCall(callOption('toeplitz', options) ?? 'correlate')
    const validOptions = validateOptionsOf('toeplitz', call, options, ['call'], computeOnlyOptions)
    const question = questionOf(
      call,
      validateShape(inputShape),
      array.shape,
      validOptions,
      operandDType(array),
    )
    const { geometry: g, outputShape, storedDType } = question
    const shape = [elementCount(outputShape), elementCount(inputShape)] as const
    const maxWeights =
      shape[0] * elementCount([g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)])
    if (Math.max(maxWeights, ...shape) >= 2 ** 31) {
      throw new OptionError(
        'MATRIX_TOO_LARGE',
        `toeplitz: ${g.key} has up to ${maxWeights} weights in ${shape[0]} rows, but fewer than ` +
          '2³¹ fit. Use a smaller input.',
      )
    }
    const rowOf = rowBuilder(
      question,
      kernelInOrder(promoteUntyped(array, g.dtype), question.orders),
      inputShape,
      typeof validOptions.bias === 'object' ? validOptions.bias : undefined,
    )
    const indptr = new Int32Array(shape[0] + 1)
    const indices: number[] = []
    const weights: number[] = []
    const offset = new Float64Array(shape[0])
    for (const [row, output] of outputsInOrder(question).entries()) {
      const { entries, constant } = rowOf(output)
      offset[row] = constant
      for (const [column, weight] of [...entries].sort(([a], [b]) => a - b)) {
        indices.push(column)
        weights.push(toDType(weight, storedDType))
      }
      indptr[row + 1] = indices.length
    }
    const dtype = storedDType as D
    return sparseMatrix(shape, { indptr, indices, weights, offset, dtype })
  })
}

interface Row {
  /** Column → weight. */
  readonly entries: ReadonlyMap<number, number>
  readonly constant: number
}

/** Returns a function from the index [n, f, ...q] of a result to its row of the matrix. */
function rowBuilder(
  { geometry: g, padAdjoints, orders, offset }: Question,
  kernel: NdArray,
  inputShape: readonly number[],
  bias: object | undefined,
): (output: readonly number[]) => Row {
  const tables = sampleTables(g)
  const columns = inputInOrder(placeholder(inputShape, 'float32'), orders).strides
  const biases = bias === undefined ? undefined : asReadable(bias, 'bias')
  if (biases) checkShape('toeplitz: the bias', biases, [g.filters])
  // The outputs of the geometry that contribute to one result. Without a padding adjoint this is
  // the output itself; with one it is every output that is added to the result.
  const contributions = g.axes.map((axis, a) => {
    const padAdjoint = padAdjoints?.[a]
    return (q: number) =>
      padAdjoint ? readersOf(q, padAdjoint, { first: -padAdjoint.before, count: axis.output }) : [q]
  })
  const taps = [g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)]
  return ([n, f, ...q]) => {
    const entries = new Map<number, number>()
    let constant = offset + (biases ? biases.data[biases.offset + f! * biases.strides[0]!]! : 0)
    const firstChannel = Math.floor(f! / (g.filters / g.groups)) * taps[0]!
    const lists = q.map((coordinate, a) => contributions[a]!(coordinate))
    for (const choice of indicesOf(lists.map((list) => list.length))) {
      const output = choice.map((i, a) => lists[a]![i]!)
      for (const tap of indicesOf(taps)) {
        const samples = output.map(
          (position, a) => tables[a]![position * taps[a + 1]! + tap[a + 1]!]!,
        )
        if (samples.includes(inserted)) continue
        const weight = kernel.data[elementAt([f!, ...tap], kernel.strides, kernel.offset)]!
        if (samples.includes(outside)) {
          constant += weight * fillAt(g, samples)
          continue
        }
        const column = elementAt([n!, firstChannel + tap[0]!, ...samples], columns, 0)
        entries.set(column, (entries.get(column) ?? 0) + weight)
      }
    }
    return { entries, constant }
  }
}

/** The index [n, f, ...q] of every element of the result, in memory order. */
function outputsInOrder({
  geometry: g,
  outputShape,
  orders,
}: Question): readonly (readonly number[])[] {
  const { shape, strides } = inputInOrder(placeholder(outputShape, 'float32'), orders)
  const canonical = [g.batch, g.filters, ...shape.slice(2)]
  const ordered = new Array<readonly number[]>(elementCount(canonical))
  for (const index of indicesOf(canonical)) ordered[elementAt(index, strides, 0)] = [...index]
  return ordered
}
