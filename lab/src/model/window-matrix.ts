/**
 * The windows as a matrix, the kernel as the matrix that multiplies it, and their product:
 *
 *     kernel [filters, channels × taps]  ×  windows [channels × taps, batch × outputs]
 *       =  output [filters, batch × outputs]
 *
 * With groups the kernel's matrix has blocks, because a filter reads only the channels of its own
 * group.
 */

import { col2im, flip, type NdArray, ndarray, slice, slidingWindows } from 'stridefold/sync'
import { indexAt, indices, placeOf, product } from './numbers.ts'
import { sampleAt } from './places.ts'
import { isDilated, layerCall, layerOptions, type ViewModel } from './view-model.ts'

export interface NumberMatrix {
  readonly shape: readonly [rows: number, columns: number]
  readonly value: (row: number, column: number) => number
}

export interface KernelMatrix extends NumberMatrix {
  /** Whether the cell is zero because filter and channel belong to different groups. */
  readonly isZero: (row: number, column: number) => boolean
  /** The index of the weight in the kernel. */
  readonly index: (row: number, column: number) => readonly number[]
}

/** The kernel, one row for each filter. */
export function kernelMatrix({ geometry: g, shapes, kernel }: ViewModel): KernelMatrix {
  const size = product(shapes.kernel.slice(2))
  const channelsPerGroup = shapes.kernel[1]!
  const localChannel = (filter: number, row: number): number =>
    Math.floor(row / size) - Math.floor(filter / (g.filters / g.groups)) * channelsPerGroup
  const place = (filter: number, row: number): number =>
    (filter * channelsPerGroup + localChannel(filter, row)) * size + (row % size)
  const isZero = (filter: number, row: number): boolean =>
    localChannel(filter, row) < 0 || localChannel(filter, row) >= channelsPerGroup
  return {
    shape: [g.filters, shapes.im2col[0]],
    value: (filter, row) => (isZero(filter, row) ? 0 : kernel.data[place(filter, row)]!),
    isZero,
    index: (filter, row) => indexAt(place(filter, row), shapes.kernel),
  }
}

export interface OutputMatrix extends NumberMatrix {
  readonly index: (row: number, column: number) => readonly number[]
}

/** The output, one row for each filter and one column for each window. */
export function outputMatrix({ geometry: g, shapes, output }: ViewModel): OutputMatrix {
  const outputsPerItem = product(shapes.output.slice(2))
  const place = (filter: number, column: number): number =>
    (Math.floor(column / outputsPerItem) * g.filters + filter) * outputsPerItem +
    (column % outputsPerItem)
  return {
    shape: [g.filters, shapes.im2col[1]],
    value: (filter, column) => output.data[place(filter, column)]!,
    index: (filter, column) => indexAt(place(filter, column), shapes.output),
  }
}

/** The number of times each sample occurs in the window matrix: `col2im` of a matrix of ones. */
export function copiesOf(viewModel: ViewModel): NdArray {
  const { geometry: g, shapes, padded } = viewModel
  const [rows, columns] = shapes.im2col
  const ones = ndarray(new Float32Array(rows * columns).fill(1), [rows, columns])
  const shape = isDilated(g) ? padded.array.shape : shapes.input
  const counts = col2im(ones, shape, shapes.kernel, { call: layerCall(g), ...layerOptions(g) })
  if (!isDilated(g)) return counts
  const samples = new Float32Array(product(shapes.input))
  for (const index of indices(padded.array.shape)) {
    const sample = sampleAt(viewModel, index)
    if (sample)
      samples[placeOf(sample, shapes.input)] = counts.data[placeOf(index, padded.array.shape)]!
  }
  return ndarray(samples, shapes.input)
}

/**
 * The same windows without a copy: a view [batch, channels, ...outputs, ...kernel] of the padded
 * input.
 */
export function windowView({ geometry: g, shapes, padded }: ViewModel): NdArray {
  const axes = g.axes.map((_, a) => a + 2)
  const within = g.axes.map(({ before, after }, a) => {
    const extent = padded.array.shape[a + 2]!
    return [Math.max(0, -before), extent - Math.max(0, -after)] as const
  })
  const cropped = slice(padded.array, null, null, ...within)
  const windows = slidingWindows(cropped, shapes.kernel.slice(2), {
    axes,
    step: g.axes.map((axis) => axis.stride),
    dilation: g.axes.map((axis) => axis.dilation),
  })
  return g.flip
    ? flip(
        windows,
        axes.map((axis) => axis + axes.length),
      )
    : windows
}

/**
 * The address of a cell of the window matrix: an element of the padded input, by the strides of the
 * view.
 */
export function addressIn(
  view: NdArray,
  { geometry: g, shapes }: ViewModel,
  row: number,
  column: number,
): number {
  const [channel = 0, ...weights] = indexAt(row, [g.channels, ...shapes.kernel.slice(2)])
  const [item = 0, ...outputs] = indexAt(column, [g.batch, ...shapes.output.slice(2)])
  return [item, channel, ...outputs, ...weights].reduce(
    (sum, i, axis) => sum + i * view.strides[axis]!,
    view.offset,
  )
}
