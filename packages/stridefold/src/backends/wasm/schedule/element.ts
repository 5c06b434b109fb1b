/** The element types in which microkernels compute, and how many fit a vector. */

import type { ComputeDType } from '../../../ndarray/dtype.ts'
import type { Contraction, IntegerSums } from '../../../program/steps.ts'

export interface Element {
  readonly bytes: 4 | 8
  /** Elements in a 128-bit vector. */
  readonly lanes: 4 | 2
  readonly value: 'f32' | 'f64'
}

/** A type in which integers are summed. */
export interface IntegerElement {
  readonly bytes: 2 | 4
  readonly lanes: 8 | 4
  readonly value: 'i16' | 'i32'
  /** Whether the elements of the operands are pairs of numbers of 16 bits. */
  readonly pairs?: true
}

/** The type in which a contraction sums. */
export type SumElement = Element | IntegerElement

export const isIntegers = (element: SumElement): element is IntegerElement =>
  element.value === 'i16' || element.value === 'i32'

export const elements: Readonly<Record<ComputeDType, Element>> = {
  float32: { bytes: 4, lanes: 4, value: 'f32' },
  float64: { bytes: 8, lanes: 2, value: 'f64' },
}

const integerElements: Readonly<Record<IntegerSums['type'], IntegerElement>> = {
  int16: { bytes: 2, lanes: 8, value: 'i16' },
  uint16: { bytes: 2, lanes: 8, value: 'i16' },
  int32: { bytes: 4, lanes: 4, value: 'i32' },
}

/** The type in which a step of a program sums. */
export const sumElement = ({ integer }: Contraction, dtype: ComputeDType): SumElement =>
  integer === undefined ? elements[dtype] : integerElements[integer.type]

/** The type of sums of pairs of products. */
export const pairSums: IntegerElement = { ...integerElements.int32, pairs: true }

export const arePairs = (element: SumElement): boolean =>
  isIntegers(element) && element.pairs === true
