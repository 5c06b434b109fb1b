/**
 * A convolution as a matrix product, in two forms: the windows of the input as columns (im2col), or
 * the kernel as a sparse matrix (Toeplitz).
 *
 *   im2col     y = K · M     M [channels × taps, batch × outputs]: every window is a column.
 *                            col2im multiplies with Mᵗ: it adds the columns back.
 *   toeplitz   y = T · x     T [outputs, inputs]: every output is a row. The same few weights
 *                            repeat along the diagonals.
 *
 * These matrices are for study. A call that computes a convolution never builds a whole one.
 */

import { OptionError, withCallName } from './errors.ts'
import { shapesOf } from './explain/focus.ts'
import { fillAt, inserted, outside, sampleTables } from './explain/samples.ts'
import { type SparseMatrix, sparseMatrix } from './explain/sparse.ts'
import { readersOf } from './geometry/border-segments.ts'
import { optionsObject, type RejectedOptions, validateOptionsOf } from './geometry/check-options.ts'
import { formatValue } from './geometry/format-value.ts'
import type { ConvGeometry } from './geometry/geometry.ts'
import type {
  CheckedLayerOptions,
  ConvolveOptions,
  PaddingSamples,
  TransposedOptions,
} from './geometry/options.ts'
import type { PaddingName } from './geometry/padding.ts'
import { type Call, validateCall } from './geometry/shapes.ts'
import { checkShape } from './ndarray/check-shape.ts'
import { type DType, toDType } from './ndarray/dtype.ts'
import { indicesOf } from './ndarray/indices.ts'
import { type ArrayInput, asNdArray } from './ndarray/interop.ts'
import { elementAt, elementCount } from './ndarray/layout.ts'
import { allocateArray } from './ndarray/memory.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import { placeholder, validateShape } from './ndarray/ndarray.ts'
import { operandDType, promoteUntyped } from './ndarray/untyped.ts'
import { inputInOrder, kernelInOrder } from './problem/axis-orders.ts'
import type { Question } from './problem/problem.ts'
import { questionOf } from './problem/question.ts'

/** The call whose matrix is returned, and the options of this call with their usual defaults. */
export interface WindowMatrixOptions
  extends Pick<ConvolveOptions, 'mode' | 'boundary' | 'stride' | 'dilation' | 'channelAxis'>,
    Pick<
      TransposedOptions,
      'groups' | 'layout' | 'weightLayout' | 'outputPadding' | 'outputShape'
    > {
  /** The call: `'correlate'` (default), `'convolve'`, or a layer such as `'conv2d'`. */
  readonly call?: Call
  /** Samples to add before and after each axis, or a name. Default: as in the call. */
  readonly padding?: PaddingName | PaddingSamples
  /** The dtype of the result. Default: the type in which the call would compute. */
  readonly dtype?: DType
}

/** The options of `im2col`, and the bias of the call. */
export interface ToeplitzOptions extends WindowMatrixOptions {
  /** A number; for layers one number per filter. It becomes part of `offset`. Default: none. */
  readonly bias?: number | object
}

/**
 * Returns every window of `x` as a column of a matrix [channels × taps, batch × outputs]. The
 * result of the call is the flattened kernel (one row per filter) times this matrix.
 *
 * - `x`: for signals an array of any rank; for layers N×C×spatial, or `layout: 'channels-last'`.
 * - `kernelShape`: for signals the shape of the kernel, of the rank of `x` (one axis less with
 *   `channelAxis`). For layers the shape of the weight, or its spatial extents alone. If `call` is
 *   left out, spatial extents alone select a layer: `im2col(x, [3, 3])` with `x` of rank 4.
 * - `options`: mode, padding, boundary, stride, dilation … as in the call.
 *
 * Row (c, k) contains input channel c under weight k of the unflipped kernel; c is outermost in
 * every layout. With groups the rows include all channels. Column (n, q) belongs to output q of
 * batch item n; with `channelAxis` the slices are the batch. Cells outside `x` contain the value of
 * the border. Cells between two samples of a transposed layer contain 0.
 *
 * Throws `OptionError` for everything that the call rejects. Also throws (`MATRIX_REFUSED`) for a
 * transposed layer with a border that repeats samples: its results are sums over several windows.
 * The matrix is large: it contains a copy of every window.
 *
 * @example
 * im2col([[3, 9, 0], [2, 8, 1], [1, 4, 8]], [2, 2], { mode: 'valid' })
 * // [[3, 9, 2, 8], [9, 0, 8, 1], [2, 8, 1, 4], [8, 1, 4, 8]]
 */
export function im2col(
  x: ArrayInput,
  kernelShape: readonly number[],
  options: WindowMatrixOptions = {},
): NdArray {
  return withCallName('im2col', () => {
    const array = asNdArray(x, 'x')
    const problem = windowProblem('im2col', array.shape, kernelShape, options, array)
    const { geometry, resultDType } = problem
    const input = inputInOrder(promoteUntyped(array, geometry.dtype), problem.orders)
    const matrix = allocateArray(shapesOf(geometry).im2col, resultDType)
    visitCells(geometry, input, (cell, element, fill) => {
      matrix.data[cell] = toDType(element < 0 ? fill : input.data[element]!, resultDType)
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
 * Sums are float64. Throws `OptionError` as `im2col` does, and for a matrix of another shape.
 *
 * @example
 * const columns = [[3, 9, 2, 8], [9, 0, 8, 1], [2, 8, 1, 4], [8, 1, 4, 8]]
 * col2im(columns, [3, 3], [2, 2], { mode: 'valid' })
 * // [[3, 18, 0], [4, 32, 2], [1, 8, 8]]
 */
export function col2im(
  matrix: ArrayInput,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: WindowMatrixOptions = {},
): NdArray {
  return withCallName('col2im', () => {
    const array = asNdArray(matrix, 'matrix')
    const problem = windowProblem('col2im', inputShape, kernelShape, options, array)
    const { geometry, resultDType } = problem
    const { im2col: matrixShape } = shapesOf(geometry)
    const [, columns] = matrixShape
    checkShape('col2im: the matrix', array, matrixShape)
    const { data, strides, offset } = promoteUntyped(array, geometry.dtype)
    const sums = allocateArray(inputShape, 'float64')
    visitCells(geometry, inputInOrder(sums, problem.orders), (cell, element) => {
      if (element >= 0)
        sums.data[element]! +=
          data[offset + Math.floor(cell / columns) * strides[0]! + (cell % columns) * strides[1]!]!
    })
    const result = allocateArray(inputShape, resultDType)
    sums.data.forEach((sum, element) => {
      result.data[element] = toDType(sum, resultDType)
    })
    return result
  })
}

/**
 * Returns the kernel as a sparse matrix T: the flattened result is T times the flattened input,
 * plus `offset`. Rows have the order of the elements of the result, columns that of the input, both
 * in the layout of the call. `offset` contains the bias and the contribution of constant borders.
 *
 * - `kernel`: as in the call; for a layer the weight with all its axes.
 * - `inputShape`, `options`: as in the call. `options.call` is its name; default `'correlate'`.
 *
 * Throws `OptionError` for everything that the call rejects, and `MATRIX_TOO_LARGE` for 2³¹ weights
 * or more. Costs 8 bytes or more for every output and tap.
 *
 * @example
 * toeplitz([1, 2], [3], { mode: 'valid' }).toDense() // [[1, 2, 0], [0, 1, 2]]
 */
export function toeplitz(
  kernel: ArrayInput,
  inputShape: readonly number[],
  options: ToeplitzOptions = {},
): SparseMatrix {
  return withCallName('toeplitz', () => {
    const array = asNdArray(kernel, 'kernel')
    const call = validateCall(callOption('toeplitz', options) ?? 'correlate')
    const validOptions = validateOptionsOf('toeplitz', call, options, ['call'], computeOnlyOptions)
    const problem = questionOf(
      call,
      validateShape(inputShape),
      array.shape,
      validOptions,
      operandDType(array),
    )
    const { geometry: g, outputShape, resultDType } = problem
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
      problem,
      typeof validOptions.bias === 'object' ? validOptions.bias : undefined,
      kernelInOrder(promoteUntyped(array, g.dtype), problem.orders),
      inputShape,
    )
    const indptr = new Int32Array(shape[0] + 1)
    const indices: number[] = []
    const weights: number[] = []
    const offset = new Float64Array(shape[0])
    for (const [row, output] of outputsInOrder(problem).entries()) {
      const { entries, constant } = rowOf(output)
      offset[row] = constant
      for (const [column, weight] of [...entries].sort(([a], [b]) => a - b)) {
        indices.push(column)
        weights.push(toDType(weight, resultDType))
      }
      indptr[row + 1] = indices.length
    }
    return sparseMatrix(shape, { indptr, indices, weights, offset, dtype: resultDType })
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
  bias: unknown,
  kernel: NdArray,
  inputShape: readonly number[],
): (output: readonly number[]) => Row {
  const tables = sampleTables(g)
  const columns = inputInOrder(placeholder(inputShape, 'float32'), orders).strides
  const biases = bias === undefined ? undefined : asNdArray(bias, 'bias')
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

const noConvolution = ': it returns a matrix and computes no convolution. Leave it out.'

/** Options that a matrix does not have: they define how a call computes, or change its result. */
const computeOnlyOptions: RejectedOptions = Object.fromEntries(
  [
    'algorithm',
    'accuracy',
    'deterministic',
    'backend',
    'threads',
    'memoryLimit',
    'out',
    'signal',
    'verify',
    'activation',
  ].map((name) => [name, noConvolution]),
)

/** The option `call`, unchecked; undefined if it is left out. */
function callOption(name: string, options: WindowMatrixOptions): Call | undefined {
  const { call } = optionsObject(name, options)
  return call as Call | undefined
}

function windowProblem(
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
  const weight = isSpatial ? weightShape(call, input, kernel, validOptions) : kernel
  const problem = questionOf(call, input, weight, validOptions, operandDType(operand))
  if (problem.padAdjoints === undefined) return problem
  throw new OptionError(
    'MATRIX_REFUSED',
    `${name}: ${call} with boundary ${formatValue((validOptions as CheckedLayerOptions).boundary)} adds several windows ` +
      'to one result, which a matrix of single windows cannot express. Use toeplitz.',
  )
}

/**
 * The shape of a layer's weight with these spatial extents, and the smallest number of filters that
 * the groups allow.
 */
function weightShape(
  call: Call,
  input: readonly number[],
  kernel: readonly number[],
  options: WindowMatrixOptions,
): number[] {
  const { groups = 1, layout, weightLayout } = options
  const channels = layout === 'channels-last' ? input.at(-1)! : input[1]!
  const transposed = call.startsWith('convTranspose')
  const [outputs, inputs] = transposed ? [1, channels] : [groups, Math.floor(channels / groups)]
  const letters =
    weightLayout ??
    (transposed ? 'IO' : 'OI').padEnd(kernel.length + 2, 'DHW'.slice(-kernel.length))
  const spatial = [...kernel]
  return [...letters].map((letter) =>
    letter === 'O' ? outputs : letter === 'I' ? inputs : spatial.shift()!,
  )
}
