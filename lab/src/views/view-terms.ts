/**
 * How are the numbers of a view written? In elements or bytes, as the reader counts; a negative
 * stride in brackets.
 */

import { viewModel } from '../model/shared.ts'
import { part } from '../state/store.ts'

const unit = part('unit')

/** How many of the units in which the reader counts make one element. */
export const scaleOf = (): number =>
  unit.value === 'bytes' ? viewModel.value.input.data.BYTES_PER_ELEMENT : 1

export const signed = (value: number): string => String(value).replace('-', '−')

/** One axis of a sum: so many strides. */
export const term = (steps: number, stride: number): string =>
  `${steps}·${stride < 0 ? `(${signed(stride * scaleOf())})` : stride * scaleOf()}`
