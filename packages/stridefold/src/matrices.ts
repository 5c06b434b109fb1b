/**
 * A convolution as a matrix product, both ways: the input's windows as columns (im2col), or the
 * kernel as a sparse matrix (Toeplitz).
 *
 *   im2col     y = K · M     M [channels × taps, batch × outputs]: every window a column       col2im adds the columns back: Mᵗ's work
 *   toeplitz   y = T · x     T [outputs, inputs]: every output a row, the same few weights along the diagonals
 *
 * To look at and to learn from. The calls that compute never build the whole of either.
 */

import { withCallName, OptionError } from './errors.ts'
import { indicesOf } from './explain/indices.ts'
import { fillAt, inserted, outside, sampleTables } from './explain/samples.ts'
import { type SparseMatrix, sparseMatrix } from './explain/sparse.ts'
import { sourceIndex } from './geometry/boundary.ts'
import { checkedBeside, optionsObject, type Refused } from './geometry/check-options.ts'
import type { ConvGeometry } from './geometry/geometry.ts'
import type { ConvolveOptions, PaddingSamples, TransposedOptions } from './geometry/options.ts'
import type { PaddingName } from './geometry/padding.ts'
import { formatValue } from './geometry/format-value.ts'
import { type Call, checkedCall } from './geometry/shapes.ts'
import { checkShape } from './ndarray/check-shape.ts'
import { type DType, toDType } from './ndarray/dtype.ts'
import { type ArrayInput, asNdArray } from './ndarray/interop.ts'
import { elementCount } from './ndarray/layout.ts'
import { allocateArray } from './ndarray/memory.ts'
import type { NdArray } from './ndarray/ndarray.ts'
import { validateShape } from './ndarray/ndarray.ts'
import { operandDType, promoteUntyped } from './ndarray/untyped.ts'
import { type Problem, problemOf, placeholder } from './planner/problem.ts'

/**
 * The options of the call whose matrix is wanted, with their usual defaults, and which call that
 * is.
 */
export interface WindowMatrixOptions
  extends Pick<ConvolveOptions, 'mode' | 'boundary' | 'stride' | 'dilation' | 'channelAxis'>,
    Pick<
      TransposedOptions,
      'groups' | 'layout' | 'weightLayout' | 'outputPadding' | 'outputShape'
    > {
  /** `'correlate'` (default), `'convolve'`, or a layer such as `'conv2d'`. */
  readonly call?: Call
  readonly padding?: PaddingName | PaddingSamples
  /** Type of the result. Default: the type in which the call would compute. */
  readonly dtype?: DType
}

/** As for `im2col`, and what the call adds to its result. */
export interface ToeplitzOptions extends WindowMatrixOptions {
  /** A number, or for layers one per filter; goes into `offset`. */
  readonly bias?: number | object
}

/**
 * Every window of `x` as a column: a matrix [channels × taps, batch × outputs], so that the kernel,
 * flattened to a row (or to a row per filter), times this matrix is the result.
 *
 * - `x`: for signals any array; for layers N×C×spatial (or `layout: 'channels-last'`).
 * - `kernelShape`: for signals the rank of `x` (one less with `channelAxis`); for layers the
 *   weight's shape, or the spatial extents alone, which mean a layer also where `call` is left out:
 *   `im2col(x, [3, 3])` with `x` of rank 4.
 * - `options`: mode, padding, boundary, stride, dilation … as in the call.
 *
 * Row (c, k) belongs to input channel c and weight k of the kernel as it is given, c outermost in
 * every layout; with groups all channels are there. Column (n, q) belongs to output q of batch item
 * n; with `channelAxis` the slices are the batch. Borders hold what the border says, zeros that a
 * transposed layer thinks between samples are 0.
 *
 * Throws `OptionError` for what the call would refuse, and for transposed layers with a border that
 * repeats samples, whose results no single window holds. Costs taps times the memory of the
 * outputs.
 *
 * @example
 * im2col([[3, 9, 0], [2, 8, 1], [1, 4, 8]], [2, 2], { mode: 'valid' }) // [[3, 9, 2, 8], [9, 0, 8, 1], [2, 8, 1, 4], [8, 1, 4, 8]]
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
    const input = problem.toCanonicalAxes(promoteUntyped(array, geometry.dtype))
    const matrix = allocateArray(matrixShape(geometry), resultDType)
    eachCell(geometry, input, (cell, element, fill) => {
      matrix.data[cell] = toDType(element < 0 ? fill : input.data[element]!, resultDType)
    })
    return matrix
  })
}

/**
 * The adjoint of `im2col`: adds every cell of the matrix to the sample it was copied from. What
 * stands in a border that repeats samples folds back into them; what stands in a constant is
 * dropped. ⟨im2col(x), m⟩ = ⟨x, col2im(m)⟩ with a zero border.
 *
 * - `matrix`: [channels × taps, batch × outputs], as `im2col` makes it.
 * - `inputShape`, `kernelShape`, `options`: as for `im2col`; the result has `inputShape`.
 *
 * Sums in double precision. Throws `OptionError` as `im2col`, and for a matrix of another shape.
 *
 * @example
 * col2im([[3, 9, 2, 8], [9, 0, 8, 1], [2, 8, 1, 4], [8, 1, 4, 8]], [3, 3], [2, 2], { mode: 'valid' }) // [[3, 18, 0], [4, 32, 2], [1, 8, 8]]
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
    const [, columns] = matrixShape(geometry)
    checkShape('col2im: the matrix', array, matrixShape(geometry))
    const { data, strides, offset } = promoteUntyped(array, geometry.dtype)
    const sums = allocateArray(inputShape, 'float64')
    eachCell(geometry, problem.toCanonicalAxes(sums), (cell, element) => {
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
 * The kernel as the sparse matrix T for which the flattened result is T times the flattened input
 * (plus `offset`, where there is one): rows in the order of the result's elements, columns in that
 * of the input's, in the layout of the call.
 *
 * - `kernel`: as in the call; a layer's weight with all its axes.
 * - `inputShape`, `options`: as in the call; `call` says which, default `'correlate'`.
 *
 * Throws `OptionError` for what the call would refuse. Costs 8 bytes or more for every output and
 * tap.
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
    const call = checkedCall(callOf('toeplitz', options) ?? 'correlate')
    const given = checkedBeside('toeplitz', call, options, ['call'], ofComputing)
    const problem = problemOf(
      call,
      validateShape(inputShape),
      array.shape,
      given,
      operandDType(array),
    )
    const { geometry: g, outputShape, resultDType } = problem
    const shape = [elementCount(outputShape), elementCount(inputShape)] as const
    const most =
      shape[0] * elementCount([g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)])
    if (Math.max(most, ...shape) >= 2 ** 31) {
      throw new OptionError(
        'MATRIX_TOO_LARGE',
        `toeplitz: ${g.key} has up to ${most} weights in ${shape[0]} rows; less than 2³¹ ` +
          'fit. Use a smaller input.',
      )
    }
    const rowOf = rowBuilder(
      problem,
      problem.kernelToCanonicalAxes(promoteUntyped(array, g.dtype)),
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

/** What answers for the row of a result [n, f, ...q]. */
function rowBuilder(
  { geometry: g, padAdjoints, toCanonicalAxes: arrange, bias, offset }: Problem,
  kernel: NdArray,
  inputShape: readonly number[],
): (output: readonly number[]) => Row {
  const tables = sampleTables(g)
  const columns = arrange(placeholder(inputShape, 'float32')).strides
  const biases = bias === undefined ? undefined : asNdArray(bias, 'bias')
  if (biases) checkShape('toeplitz: the bias', biases, [g.filters])
  // The outputs of the geometry that a result is made of: itself, or with a fold all that are added
  // to it.
  const parts = g.axes.map((axis, a) => {
    const places = Array.from({ length: axis.output }, (_, q) => q)
    const fold = padAdjoints?.[a]
    return (q: number) =>
      fold
        ? places.filter(
            (place) => sourceIndex(place - fold.before, fold.extent, fold.boundary) === q,
          )
        : [q]
  })
  const taps = [g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)]
  return ([n, f, ...q]) => {
    const entries = new Map<number, number>()
    let constant = offset + (biases ? biases.data[biases.offset + f! * biases.strides[0]!]! : 0)
    const firstChannel = Math.floor(f! / (g.filters / g.groups)) * taps[0]!
    const lists = q.map((coordinate, a) => parts[a]!(coordinate))
    for (const choice of indicesOf(lists.map((list) => list.length))) {
      const places = choice.map((i, a) => lists[a]![i]!)
      for (const tap of indicesOf(taps)) {
        const samples = places.map((place, a) => tables[a]![place * taps[a + 1]! + tap[a + 1]!]!)
        if (samples.includes(inserted)) continue
        const weight = kernel.data[elementOf(kernel, [f!, ...tap])]!
        if (samples.includes(outside)) {
          constant += weight * fillAt(g, samples)
          continue
        }
        const column = [n!, firstChannel + tap[0]!, ...samples].reduce(
          (sum, i, axis) => sum + i * columns[axis]!,
          0,
        )
        entries.set(column, (entries.get(column) ?? 0) + weight)
      }
    }
    return { entries, constant }
  }
}

/** The index [n, f, ...q] of every element of the result, in the order of its memory. */
function outputsInOrder({
  geometry: g,
  outputShape,
  toCanonicalAxes: arrange,
}: Problem): readonly (readonly number[])[] {
  const { shape, strides } = arrange(placeholder(outputShape, 'float32'))
  const canonical = [g.batch, g.filters, ...shape.slice(2)]
  const ordered = new Array<readonly number[]>(elementCount(canonical))
  for (const index of indicesOf(canonical))
    ordered[index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0)] = [...index]
  return ordered
}

function elementOf({ strides, offset }: NdArray, index: readonly number[]): number {
  return index.reduce((element, i, axis) => element + i * strides[axis]!, offset)
}

function matrixShape(g: ConvGeometry): readonly [rows: number, columns: number] {
  return [
    elementCount([g.channels, ...g.axes.map((axis) => axis.kernel)]),
    elementCount([g.batch, ...g.axes.map((axis) => axis.output)]),
  ]
}

/**
 * Every cell of the window matrix in row-major order, with the element of `x` that it is a copy of,
 * or −1 and what stands there.
 */
function eachCell(
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

const noConvolution = ': it makes a matrix and computes no convolution. Leave it out.'

/** What says how a call computes, or what it does to its result. */
const ofComputing: Refused = Object.fromEntries(
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

/** Which call's matrix is wanted, where that is said. */
function callOf(name: string, options: WindowMatrixOptions): Call | undefined {
  const { call } = optionsObject(name, options)
  return call as Call | undefined
}

function windowProblem(
  name: string,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: WindowMatrixOptions,
  operand: NdArray,
): Problem {
  const input = validateShape(inputShape)
  const kernel = validateShape(kernelShape)
  const asked = callOf(name, options)
  const isSpatial =
    kernel.length === input.length - 2 && asked !== 'correlate' && asked !== 'convolve'
  const call = checkedCall(asked ?? (isSpatial ? (`conv${kernel.length}d` as Call) : 'correlate'))
  const given: WindowMatrixOptions = checkedBeside(name, call, options, ['call'], {
    ...ofComputing,
    bias: noConvolution,
  })
  const weight = isSpatial ? weightShape(call, input, kernel, given) : kernel
  const problem = problemOf(call, input, weight, given, operandDType(operand))
  if (problem.padAdjoints === undefined) return problem
  throw new OptionError(
    'MATRIX_REFUSED',
    `${name}: ${call} with boundary ${formatValue(given.boundary)} adds several windows up ` +
      'to one result, which no column can say. Use toeplitz.',
  )
}

/** The weight of a layer with these spatial extents: as few filters as the groups allow. */
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
