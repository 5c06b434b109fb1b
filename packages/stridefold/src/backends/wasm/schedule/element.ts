/** The two element types in which microkernels compute, and how many fit a vector. */

import type { ComputeDType } from '../../../ndarray/dtype.ts'

export interface Element {
  readonly bytes: 4 | 8
  /** Elements in a 128-bit vector. */
  readonly lanes: 4 | 2
  readonly value: 'f32' | 'f64'
}

export const elements: Readonly<Record<ComputeDType, Element>> = {
  float32: { bytes: 4, lanes: 4, value: 'f32' },
  float64: { bytes: 8, lanes: 2, value: 'f64' },
}
