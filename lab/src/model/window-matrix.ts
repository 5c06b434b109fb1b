/**
 * The windows as a matrix, the kernel as the matrix that multiplies it, and their product:
 *
 *     kernel [filters, channels × taps]  ×  windows [channels × taps, batch × outputs]
 *       =  output [filters, batch × outputs]
 *
 * With groups the kernel's matrix has blocks, because a filter reads only the channels of its own
 * group.
 */

import { indexAt, product } from './numbers.ts'
import type { ViewModel } from './view-model.ts'

export { addressIn, windowView } from './window-view.ts'

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
