/**
 * A problem with its arrays, result and matrices, all from the library. Every view reads it. It
 * changes with the problem and the numbers, never with the focus. The matrices are computed at
 * their first use.
 */

import type { ReadonlySignal } from '@preact/signals'
import type { NdArray } from 'stridefold/sync'
import { compute } from '../compute/client.ts'
import { later } from '../compute/later.ts'
import { type Arrays, arraysOf, type ProblemNumbers } from './arrays.ts'
import { type Frame, frameOf } from './frame.ts'
import { areRowsLarge, hasKernelRows, kernelRows, type Rows } from './kernel-rows.ts'
import { once } from './numbers.ts'
import type { Padded } from './padded.ts'
import { addressIn, windowView } from './window-view.ts'

export type { Shapes } from './frame.ts'
export type { Rows } from './kernel-rows.ts'
export { isDilated, layerCall, layerOptions } from './layer-call.ts'
export { inputRange, kernelRange } from './plain-values.ts'

/** `taps` is also the number of colours. */
export interface ViewModel extends Frame {
  readonly input: NdArray
  readonly kernel: NdArray
  readonly output: NdArray
  readonly padded: Padded
  readonly bias: number
  /** A cell of the window matrix [channels × taps, batch × outputs]. It is read where it is. */
  readonly windowAt: (row: number, column: number) => number
  /** Is the Toeplitz matrix small enough for this page? */
  readonly hasRows: boolean
  /** The Toeplitz matrix; undefined if the page has none, or while it is computed. */
  readonly rows: () => Rows | undefined
}

export const viewModelOf = (numbers: ProblemNumbers): ViewModel => {
  const frame = frameOf(numbers.problem)
  return viewModelFrom(frame, arraysOf(frame, numbers), numbers.bias)
}

export function viewModelFrom(frame: Frame, arrays: Arrays, bias: number): ViewModel {
  const view = once(() => windowView({ ...frame, padded: arrays.padded }))
  return {
    ...frame,
    ...arrays,
    bias,
    windowAt: (row, column) => view().data[addressIn(view(), frame, row, column)]!,
    hasRows: hasKernelRows(frame),
    rows: hasKernelRows(frame) ? () => rowsOf(frame, arrays.kernel).value : () => undefined,
  }
}

const rowsOf = (frame: Frame, kernel: NdArray): ReadonlySignal<Rows | undefined> =>
  later('rows', [frame.geometry, kernel], () =>
    areRowsLarge(frame)
      ? compute('rows', { problem: frame.geometry.key, kernel: kernel.data })
      : kernelRows(frame, kernel),
  )
