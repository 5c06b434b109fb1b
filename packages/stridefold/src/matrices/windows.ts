/**
 * The windows of the input as a matrix (im2col): a convolution is a product with it.
 *
 *   y = K · M     M [channels × taps, batch × outputs]: every window is a column.
 *                 col2im multiplies with Mᵗ: it adds the columns back.
 *
 * This matrix is for study. A call that computes a convolution never builds a whole one.
 */

import { OptionError, withCallName } from '../errors.ts'
import { shapesOf } from '../explain/focus.ts'
import { fillAt, inserted, sampleTables } from '../explain/samples.ts'
import { validateOptionsOf } from '../geometry/check-options.ts'
import type { CheckedLayerOptions } from '../geometry/checked-options.ts'
import { formatValue } from '../geometry/format-value.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { isTransposed, type LayerCall, layerRank } from '../geometry/layer-calls.ts'
import { defaultWeightLayout, hasMultiplier, isChannelsLast } from '../geometry/layouts.ts'
import { type Call, validateCall } from '../geometry/shapes.ts'
import { asShaped } from '../ndarray/check-shape.ts'
import { type ComputeDType, type DType, toDType } from '../ndarray/dtype.ts'
import { indicesOf } from '../ndarray/indices.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { allocateArray } from '../ndarray/memory.ts'
import { type NdArray, validateShape } from '../ndarray/ndarray.ts'
import type { SumDType } from '../ndarray/result-type.ts'
import { operandDType, promoteUntyped } from '../ndarray/untyped.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import type { Question } from '../problem/problem.ts'
import { questionOf } from '../problem/question.ts'
import {
  callOption,
  computeOnlyOptions,
  noConvolution,
  type WindowMatrixOptions,
} from './options.ts'

/**
 * Returns every window of `x` as a column of a matrix [channels × taps, batch × outputs]. The
 * result of the call is the flattened kernel (one row per filter) times this matrix.
 *
 * - `x`: for signals an array of any rank; for layers N×C×spatial, or `layout: 'channels-last'`.
 * - `kernelShape`: for signals the shape of the kernel, of the rank of `x` (with `channelAxis` also
 *   one axis less). For layers the shape of the weight, or its spatial extents alone. If `call` is
 *   left out, spatial extents alone select a layer: `im2col(x, [3, 3])` with `x` of rank 4.
 * - `options`: mode, padding, boundary, stride, dilation … as in the call.
 *
 * Row (c, k) contains input channel c under weight k of the unflipped kernel; c is outermost in
 * every layout. With groups the rows include all channels. Column (n, q) belongs to output q of
 * batch item n. With `channelAxis` the channels are the batch if they share a kernel, and groups if
 * each has its own. Cells outside `x` contain the value of the border. Cells between two samples of
 * a transposed layer contain 0.
 *
 * Throws `OptionError` for everything that the call rejects. Also throws (`MATRIX_REFUSED`) for a
 * transposed layer with a border that repeats samples: its results are sums over several windows.
 * The matrix is large: it contains a copy of every window, channels × taps numbers for each output
 * position. For study; PyTorch calls it `unfold`.
 *
 * @example
 * im2col([[3, 9, 0], [2, 8, 1], [1, 4, 8]], [2, 2], { mode: 'valid' })
 * // [[3, 9, 2, 8], [9, 0, 8, 1], [2, 8, 1, 4], [8, 1, 4, 8]]
 */
export function im2col<X extends ArrayInput, D extends DType = SumDType<X>>(
  x: X,
  kernelShape: readonly number[],
  options: WindowMatrixOptions<D> = {},
): NdArray<D> {
  return withCallName('im2col', () => {
    const array = asReadable(x, 'x')
    const question = windowQuestion('im2col', array.shape, kernelShape, options, array)
    const { geometry, storedDType } = question
    const input = inputInOrder(promoteUntyped(array, geometry.dtype), question.orders)
    const matrix = allocateArray(shapesOf(geometry).im2col, storedDType as D)
    visitCells(geometry, input, (cell, element, fill) => {
      matrix.data[cell] = toDType(element < 0 ? fill : input.data[element]!, storedDType)
    })
    return matrix
  })
}

/**
 * Returns the adjoint of `im2col`: an array of `inputShape`, in which every cell of the matrix is
 * added to the sample that `im2col` copies to this cell. A cell in a border that repeats samples is
 * added to the repeated sample. A cell in a constant border is dropped.
 * ⟨im2col(x), m⟩ = ⟨x, col2im(m)⟩ with a zero border.
 *
 * - `matrix`: [channels × taps, batch × outputs], as `im2col` returns it.
 * - `inputShape`: the shape of `x` in `im2col`, and of the result.
 * - `kernelShape`, `options`: as for `im2col`.
 *
 * Sums are float64. Throws `OptionError` for everything that `im2col` rejects, and for a matrix of
 * another shape (`SHAPE_MISMATCH`). Costs one pass over the matrix, and allocates the result twice.
 * For study; PyTorch calls it `fold`.
 *
 * @example
 * const columns = [[3, 9, 2, 8], [9, 0, 8, 1], [2, 8, 1, 4], [8, 1, 4, 8]]
 * col2im(columns, [3, 3], [2, 2], { mode: 'valid' })
 * // [[3, 18, 0], [4, 32, 2], [1, 8, 8]]
 */
export function col2im<M extends ArrayInput, D extends DType = SumDType<M>>(
  matrix: M,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: WindowMatrixOptions<D> = {},
): NdArray<D> {
  return withCallName('col2im', () => {
    const array = asReadable(matrix, 'matrix')
    const question = windowQuestion('col2im', inputShape, kernelShape, options, array)
    const { geometry, storedDType } = question
    const { im2col: matrixShape } = shapesOf(geometry)
    const [, columns] = matrixShape
    const { data, strides, offset } = promoteUntyped(
      asShaped('col2im: the matrix', matrix, matrixShape),
      geometry.dtype,
    )
    const sums = allocateArray(inputShape, 'float64')
    visitCells(geometry, inputInOrder(sums, question.orders), (cell, element) => {
      if (element >= 0)
        sums.data[element]! +=
          data[offset + Math.floor(cell / columns) * strides[0]! + (cell % columns) * strides[1]!]!
    })
    const result = allocateArray(inputShape, storedDType as D)
    sums.data.forEach((sum, element) => {
      result.data[element] = toDType(sum, storedDType)
    })
    return result
  })
}

/**
 * Visits the cells of the window matrix in row-major order. A cell is a copy of `element` of `x`.
 * If `element` is −1, the value of the cell is `fill`.
 */
function visitCells(
  g: ConvGeometry,
  x: NdArray,
  visit: (cell: number, element: number, fill: number) => void,
): void {
  const tables = sampleTables(g)
  let cell = 0
  for (const [channel, ...weights] of indicesOf([
    g.channels,
    ...g.axes.map((axis) => axis.kernel),
  ])) {
    for (const column of indicesOf([g.batch, ...g.axes.map((axis) => axis.output)])) {
      let element = x.offset + column[0]! * x.strides[0]! + channel! * x.strides[1]!
      const samples = weights.map(
        (weight, a) => tables[a]![column[a + 1]! * g.axes[a]!.kernel + weight]!,
      )
      const isReal = samples.every((sample) => sample >= 0)
      for (let a = 0; a < samples.length; a++) element += samples[a]! * x.strides[a + 2]!
      visit(
        cell,
        isReal ? element : -1,
        isReal || samples.includes(inserted) ? 0 : fillAt(g, samples),
      )
      cell++
    }
  }
}

function windowQuestion(
  name: string,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: WindowMatrixOptions,
  operand: NdArray,
): Question {
  const input = validateShape(inputShape)
  const kernel = validateShape(kernelShape)
  const requested = callOption(name, options)
  const isSpatial =
    kernel.length === input.length - 2 && requested !== 'correlate' && requested !== 'convolve'
  const call = validateCall(
    requested ?? (isSpatial ? (`conv${kernel.length}d` as Call) : 'correlate'),
  )
  const validOptions = validateOptionsOf(name, call, options, ['call'], {
    ...computeOnlyOptions,
    bias: noConvolution,
  })
  const dtype = operandDType(operand)
  const question = isSpatial
    ? spatialQuestion(call as LayerCall, input, kernel, validOptions as CheckedLayerOptions, dtype)
    : questionOf(call, input, kernel, validOptions, dtype)
  if (question.padAdjoints === undefined) return question
  // Only layers have padding adjoints.
  const { boundary } = validOptions as CheckedLayerOptions
  throw new OptionError(
    'MATRIX_REFUSED',
    `${name}: ${call} with boundary ${formatValue(boundary)} adds several windows ` +
      'to one result, which a matrix of single windows cannot express. Use toeplitz.',
  )
}

/**
 * The question of a layer with these spatial extents. The matrix does not depend on the order of
 * the weight's axes, so `weightLayout` may be left out with the channels last too.
 */
function spatialQuestion(
  call: LayerCall,
  input: readonly number[],
  kernel: readonly number[],
  options: CheckedLayerOptions,
  dtype: ComputeDType,
): Question {
  const { weightLayout = defaultWeightLayout(call), layout, groups = 1 } = options
  const channels = isChannelsLast(call, layout, layerRank(call)) ? input.at(-1)! : input[1]!
  // The smallest number of filters that the groups allow.
  const extents: Readonly<Record<string, number>> =
    isTransposed(call) || hasMultiplier(weightLayout)
      ? { I: channels, O: 1, M: 1 }
      : { I: Math.floor(channels / groups), O: groups }
  const spatial = [...kernel]
  const weight = Array.from(weightLayout, (letter) => extents[letter] ?? spatial.shift()!)
  const complete: CheckedLayerOptions = { ...options, weightLayout }
  return questionOf(call, input, weight, complete, dtype)
}
