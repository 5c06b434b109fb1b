/**
 * The arrays that the page shows, for files and code: the first screen's in float64, the
 * workspace's in the type of its problem.
 */

import {
  type ConvGeometry,
  contiguous,
  type NdArray,
  ndarray,
  parseCase,
  reshape,
  transpose,
} from 'stridefold/sync'
import { frameOf } from '../model/frame.ts'
import { product } from '../model/numbers.ts'
import { paddedInput } from '../model/padded.ts'
import { viewModel } from '../model/shared.ts'
import { windowView } from '../model/window-view.ts'
import { stageModel } from '../stage/stage.ts'
import { inputShape, kernelShape } from '../state/resized.ts'
import { isOnStage, state } from '../state/store.ts'

export const arrayNames = ['input', 'kernel', 'output', 'matrix'] as const
export type ArrayName = (typeof arrayNames)[number]

/** `kernel` is the given one, before a convolution turns it, and divided by its divisor. */
export interface PageArrays {
  readonly geometry: ConvGeometry
  readonly input: NdArray
  readonly kernel: NdArray
  readonly output: NdArray
  readonly bias: number
}

export function pageArrays(): PageArrays {
  const { problem, bias } = state.peek()
  if (!isOnStage.peek()) {
    const { geometry, input, kernel, output } = viewModel.peek()
    return { geometry, input, kernel, output, bias }
  }
  const geometry = parseCase(problem)
  const { input, kernel, output, divisor } = stageModel.peek()
  const outputShape = [1, 1, ...geometry.axes.map((axis) => axis.output)]
  const given = geometry.flip ? Array.from(kernel.data).reverse() : Array.from(kernel.data)
  const doubles = (values: ArrayLike<number>, shape: readonly number[]): NdArray =>
    ndarray(Float64Array.from(values), shape)
  return {
    geometry,
    input: doubles(input.data, inputShape(geometry)),
    kernel: doubles(divisor === 1 ? given : given.map((w) => w / divisor), kernelShape(geometry)),
    output: doubles(output.data, outputShape),
    bias,
  }
}

/** The most numbers of a window matrix that is saved. */
export const maxMatrix: number = 1 << 20

export const matrixShape = ({ channels, batch, axes }: ConvGeometry): readonly number[] => [
  channels * product(axes.map((axis) => axis.kernel)),
  batch * product(axes.map((axis) => axis.output)),
]

/** One array in the order of axes of the lab. A plane has two axes, a signal one. */
export function arrayNamed(name: ArrayName, arrays: PageArrays): NdArray {
  if (name === 'matrix') return matrixOf(arrays)
  const array = arrays[name]
  const [batch, channels, ...extents] = array.shape
  return batch === 1 && channels === 1 ? ndarray(array.data, extents) : array
}

/** One column for each window: the flat kernel times this matrix is the output. */
function matrixOf({ geometry, input }: PageArrays): NdArray {
  const g = { ...geometry, dtype: input.dtype as ConvGeometry['dtype'] }
  const frame = frameOf(geometry.key)
  const windows = windowView({ ...frame, geometry: g, padded: paddedInput(g, input) })
  // N, C, outputs, taps → C, taps, N, outputs.
  const rank = g.axes.length
  const [outputs, taps] = [0, rank].map((first) => g.axes.map((_, a) => first + a + 2))
  return reshape(contiguous(transpose(windows, [1, ...taps!, 0, ...outputs!])), matrixShape(g))
}
