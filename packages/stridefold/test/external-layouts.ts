/** Where an array of a test lies, as a backend gets it when it compiles. */

import { memoryBounds } from '../src/ndarray/layout.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import type { ExternalLayout } from '../src/program/backend.ts'

/** The layout of an array on the heap. */
export function externalOf({ shape, strides }: NdArray): ExternalLayout {
  if (shape.includes(0)) return { span: 0, lowest: 0, inBackendMemory: false }
  const [first, last] = memoryBounds(shape, strides, 0)
  return { span: last - first + 1, lowest: first, inBackendMemory: false }
}
