/**
 * Formats the numbers of a view, in elements or bytes. A negative stride is in parentheses.
 */

import { viewModel } from '../model/shared.ts'
import { part } from '../state/store.ts'

const unit = part('unit')

/** The number of chosen units per element. */
export const scaleOf = (): number =>
  unit.value === 'bytes' ? viewModel.value.input.data.BYTES_PER_ELEMENT : 1

export const signed = (value: number): string => String(value).replace('-', '−')

/** One term of a sum: index × stride. */
export const term = (steps: number, stride: number): string =>
  `${steps}·${stride < 0 ? `(${signed(stride * scaleOf())})` : stride * scaleOf()}`
