/** A file without a header, of which the caller says what is in it. */

import { VolumeError } from '../../errors.ts'
import { product } from '../boxes.ts'
import { type ElementType, elementTypes, isElementType } from '../element-types.ts'
import type { StoredArray } from '../stored-array.ts'
import type { ByteSource } from '../stores/store.ts'
import { linearArray } from './open-linear.ts'

export interface RawOptions {
  readonly shape: readonly number[]
  /** The type of the elements: `uint8`, `int16`, `float32`, `bool` … */
  readonly dtype: ElementType
  /** Bytes before the first element. Default 0. */
  readonly offset?: number
  /** Default `'little'`: the low byte first. */
  readonly byteOrder?: 'little' | 'big'
  /** `'F'`: the first axis is contiguous. Default `'C'`: the last. */
  readonly order?: 'C' | 'F'
}

export function openRaw(file: ByteSource, options: RawOptions): StoredArray {
  const { shape, dtype, offset = 0, byteOrder = 'little', order = 'C' } = options
  const fail = (reason: string): VolumeError => new VolumeError('request', `raw: ${reason}`)
  if (!isElementType(dtype))
    throw fail(`'${dtype}' is no element type. Use one of ${Object.keys(elementTypes).join(', ')}.`)
  const whole = shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)
  if (!whole || !Number.isSafeInteger(product(shape)))
    throw fail(`the shape [${shape.join(', ')}] needs whole numbers, one per axis.`)
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw fail(`the offset ${offset} is not a whole number of bytes.`)
  if (!['little', 'big'].includes(byteOrder) || !['C', 'F'].includes(order))
    throw fail("byteOrder is 'little' or 'big', and order is 'C' or 'F'.")
  return linearArray(
    file,
    {
      shape,
      elementType: dtype,
      byteOffset: offset,
      littleEndian: byteOrder === 'little',
      fortranOrder: order === 'F',
    },
    'raw',
  )
}
