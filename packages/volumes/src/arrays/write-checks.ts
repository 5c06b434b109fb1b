/** Are these whole chunks of this array? What every writer checks first. */

import type { NdArray } from 'stridefold'
import { VolumeError } from '../errors.ts'
import type { ArrayInfo, Range } from './stored-array.ts'

/** The box of the samples. Throws unless it is made of whole chunks, with the right dtype. */
export function checkWrite(
  { shape, chunks, dtype }: ArrayInfo,
  start: readonly number[],
  samples: NdArray,
  address: string,
): Range[] {
  const box = start.map((first, axis): Range => [first, first + (samples.shape[axis] ?? 0)])
  const fits =
    start.length === shape.length &&
    samples.shape.length === shape.length &&
    box.every(
      ([first, end], axis) =>
        first % chunks[axis]! === 0 &&
        first >= 0 &&
        (end === shape[axis] || (end < shape[axis]! && end % chunks[axis]! === 0)),
    )
  if (!fits)
    throw new VolumeError(
      'request',
      `${address}: samples of shape [${samples.shape.join(', ')}] at [${start.join(', ')}] are ` +
        `not whole chunks of [${chunks.join(', ')}] in an array of [${shape.join(', ')}].`,
    )
  const rounded = dtype === 'float16' && /^float(32|64)$/.test(samples.dtype)
  const same = samples.dtype === dtype || (samples.dtype === 'uint8c' && dtype === 'uint8')
  if (!same && !rounded)
    throw new VolumeError(
      'request',
      `${address} has elements of ${dtype}, but the samples are ${samples.dtype}. Convert them.`,
    )
  return box
}
