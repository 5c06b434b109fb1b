/** `verify: true`: compares the results with the definition. */

import { InternalError } from '../errors.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { epsilon } from '../ndarray/dtype.ts'
import { advanceIndex } from '../ndarray/indices.ts'
import { elementAt, elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import type { Frame } from './frame.ts'
import { WindowSums } from './window-sums.ts'

/** Throws `InternalError` (`VERIFY_FAILED`) for a result that is not the definition's. */
export function* verifyWork(frame: Frame, result: NdArray): Work<void> {
  const { call, outputShape, weights, dtype, options } = frame
  const eps = epsilon[dtype]
  // A sum of n products, or of two rounded in between, has at most 2n + 32 roundings. A result is
  // made of four sums.
  const bound = 4 * (2 * weights.values.length + 32) * eps * largestOf(frame) * weights.total
  const slack = bound + 2 * eps * Math.abs(options.bias)
  const sums = new WindowSums(frame)
  // The rounding of a sum may decide whether enough samples are present.
  const { smallest } = weights
  const strict = new WindowSums({
    ...frame,
    weights: { ...weights, smallest: smallest * (1 + 64 * eps * weights.values.length) },
  })
  const index = outputShape.map(() => 0)
  const count = elementCount(outputShape)
  const perSlice = Math.ceil(2 ** 17 / weights.values.length)
  for (let i = 0; i < count; i++) {
    if (i % perSlice === perSlice - 1) yield
    const actual = result.data[elementAt(index, result.strides, result.offset)]!
    const isRight = [sums, strict].some((definition) => {
      const expected = definition.at(index) + options.bias
      return (
        Object.is(actual, expected) || actual === expected || Math.abs(actual - expected) <= slack
      )
    })
    if (!isRight)
      throw new InternalError(
        'VERIFY_FAILED',
        `${call} with missing samples: result [${index}] is ${actual}, but the definition gives ` +
          `${sums.at(index) + options.bias}.`,
      )
    advanceIndex(outputShape, index)
  }
}

/** The largest finite |x| of present samples and of constants of the border. */
function largestOf({ x, axes, mask }: Frame): number {
  let largest = 0
  for (const { boundary } of axes)
    if (typeof boundary === 'object') largest = Math.max(largest, Math.abs(boundary.constant))
  const { data } = contiguousCopy(x)
  const present = mask && contiguousCopy(mask).data
  for (let i = 0; i < data.length; i++) {
    const value = Math.abs(data[i]!)
    if (value > largest && value < Infinity && present?.[i] !== 0) largest = value
  }
  return largest
}
