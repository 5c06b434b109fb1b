/**
 * A problem with its arrays, result and matrices, all from the library. Every view reads it. It
 * changes with the problem and the numbers, never with the focus. The matrices are computed at
 * their first use.
 */

import {
  type ConvGeometry,
  contiguous,
  conv1d,
  conv2d,
  conv3d,
  explain,
  flip,
  im2col,
  type LayerOptions,
  type NdArray,
  parseCase,
  reshape,
  toeplitz,
} from 'stridefold/sync'
import type { LabState } from '../state/state.ts'
import { inputRange } from './plain-values.ts'
import { valuesOf, weightsOf } from './values-of.ts'
import { arrayOf, indices, once, product } from './numbers.ts'
import { correlationKernel, type Padded, paddedInput } from './padded.ts'

export interface Shapes {
  readonly input: readonly number[]
  readonly kernel: readonly number[]
  readonly output: readonly number[]
  readonly padded: readonly number[]
  readonly im2col: readonly [rows: number, columns: number]
  readonly toeplitz: readonly [rows: number, columns: number]
}

/** The sparse Toeplitz matrix by rows, and its counts. */
export interface Rows {
  readonly indptr: Int32Array
  readonly indices: Int32Array
  readonly data: ArrayLike<number>
  readonly stored: number
  readonly nonZeros: number
  readonly distinctValues: number
}

export interface ViewModel {
  readonly geometry: ConvGeometry
  readonly shapes: Shapes
  /** The number of products of an output. It is also the number of colours. */
  readonly taps: number
  readonly input: NdArray
  readonly kernel: NdArray
  readonly output: NdArray
  readonly padded: Padded
  readonly bias: number
  /** The window matrix [channels × taps, batch × outputs]. */
  readonly columns: () => NdArray
  /** The Toeplitz matrix; undefined if it is too large for this page. */
  readonly rows: () => Rows | undefined
}

export { inputRange, kernelRange } from './plain-values.ts'
const maxEntries = 1 << 19

export function viewModelOf({
  problem,
  input,
  kernel,
  divisor,
  bias,
}: Pick<LabState, 'problem' | 'input' | 'kernel' | 'divisor' | 'bias'>): ViewModel {
  const g = parseCase(problem)
  const inputShape = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)]
  const kernelShape = [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)]
  const x = arrayOf(valuesOf(input, inputShape, inputRange), inputShape, g)
  const k = arrayOf(weightsOf({ kernel, divisor }, kernelShape), kernelShape, g)
  const padded = paddedInput(g, x)
  const output = resultOf(g, x, k, padded, bias)
  const shapes: Shapes = {
    input: inputShape,
    kernel: kernelShape,
    output: output.shape,
    padded: padded.array.shape,
    im2col: [
      product([g.channels, ...kernelShape.slice(2)]),
      product([g.batch, ...output.shape.slice(2)]),
    ],
    toeplitz: [product(output.shape), product(inputShape)],
  }
  return {
    geometry: g,
    shapes,
    taps: product(kernelShape.slice(1)),
    input: x,
    kernel: k,
    output,
    padded,
    bias,
    columns: once(() => windowMatrix(g, x, padded, shapes)),
    rows: once(() => kernelMatrix(g, k, shapes)),
  }
}

const layers = [conv1d, conv2d, conv3d] as const
const layerNames = ['conv1d', 'conv2d', 'conv3d'] as const
export const layerCall = (g: ConvGeometry): (typeof layerNames)[number] =>
  layerNames[g.axes.length - 1]!

/** A dilated input is passed to layer calls with its zeros and its border already in the array. */
export const isDilated = (g: ConvGeometry): boolean => g.axes.some((axis) => axis.inputDilation > 1)

/**
 * The options of the layer call with this geometry. The call reads the input, or the padded input
 * if the input is dilated.
 */
export function layerOptions(g: ConvGeometry): LayerOptions {
  const sides = g.axes.map(({ before, after }) => [before, after] as const)
  return {
    stride: g.axes.map((axis) => axis.stride),
    dilation: g.axes.map((axis) => axis.dilation),
    groups: g.groups,
    // The padded input includes the border but is not cropped. So only negative padding is left for
    // the call.
    padding: isDilated(g)
      ? sides.map(([before, after]) => [Math.min(0, before), Math.min(0, after)] as const)
      : sides,
    boundary: isDilated(g) ? ('zero' as const) : g.boundary,
    dtype: g.dtype,
  }
}

function resultOf(g: ConvGeometry, x: NdArray, k: NdArray, padded: Padded, bias: number): NdArray {
  const options: LayerOptions = {
    ...layerOptions(g),
    ...(bias === 0 ? {} : { bias: new Array<number>(g.filters).fill(bias) }),
  }
  return layers[g.axes.length - 1]!(
    isDilated(g) ? padded.array : x,
    correlationKernel(g, k),
    options,
  )
}

/**
 * The rows follow the order of the given kernel. For a convolution the library's rows are in the
 * order of the flipped kernel, so they are reversed.
 */
function windowMatrix(g: ConvGeometry, x: NdArray, padded: Padded, shapes: Shapes): NdArray {
  const call = layerCall(g)
  const matrix = im2col(isDilated(g) ? padded.array : x, shapes.kernel, {
    call,
    ...layerOptions(g),
  })
  if (!g.flip) return matrix
  const [channels, columns] = [g.channels, shapes.im2col[1]]
  const unflattened = reshape(matrix, [channels, ...g.axes.map((axis) => axis.kernel), columns])
  return reshape(
    contiguous(
      flip(
        unflattened,
        g.axes.map((_, a) => a + 1),
      ),
    ),
    shapes.im2col,
  )
}

function kernelMatrix(g: ConvGeometry, k: NdArray, shapes: Shapes): Rows | undefined {
  const entryCount = shapes.toeplitz[0] * product(shapes.kernel.slice(1))
  if (entryCount > maxEntries) return undefined
  if (isDilated(g)) return rowsFromTaps(g, k, shapes)
  return toeplitz(correlationKernel(g, k), shapes.input, { call: layerCall(g), ...layerOptions(g) })
}

/**
 * The Toeplitz matrix from the taps of every output, for a dilated input. `toeplitz` takes the
 * options of a call, and no call has input dilation.
 */
function rowsFromTaps(g: ConvGeometry, kernel: NdArray, shapes: Shapes): Rows {
  const entries = new Map<number, number>()
  const columns = shapes.toeplitz[1]
  for (const output of indices(shapes.output)) {
    for (const { toeplitz: cell, weight = 0 } of explain(g, { output }, { kernel }).taps) {
      if (cell)
        entries.set(
          cell[0] * columns + cell[1],
          (entries.get(cell[0] * columns + cell[1]) ?? 0) + weight,
        )
    }
  }
  const sorted = [...entries].sort(([a], [b]) => a - b)
  const indptr = new Int32Array(shapes.toeplitz[0] + 1)
  for (const [cell] of sorted) indptr[Math.floor(cell / columns) + 1]! += 1
  for (let row = 0; row < shapes.toeplitz[0]; row++) indptr[row + 1]! += indptr[row]!
  const data = sorted.map(([, weight]) => weight)
  const other = data.filter((weight) => weight !== 0)
  return {
    indptr,
    indices: Int32Array.from(sorted, ([cell]) => cell % columns),
    data,
    stored: data.length,
    nonZeros: other.length,
    distinctValues: new Set(other).size,
  }
}
