/**
 * `--raw` of a volume: what a file without a header holds.
 *
 *   uint16be:100x512x512:352:F     type and byte order : shape : bytes before it : order of axes
 */

import type { RawOptions } from '@stridefold/volumes'
import { usageError } from '../failure.ts'

const types = 'bool|u?int(?:8|16|32|64)|float(?:16|32|64)'
const pattern = new RegExp(`^(${types})(le|be)?:(\\d+(?:[x×]\\d+)*)(?::(\\d+))?(?::([CF]))?$`, 'i')

/** Whether the text begins as that of a volume. Others are sound: `s16le:2:48000`. */
export const isRawVolume = (text: string | undefined): text is string =>
  text !== undefined && /^(bool|u?int\d|float\d)/i.test(text)

export function rawVolume(text: string): RawOptions {
  const [, type, endian, shape, offset, order] = pattern.exec(text) ?? []
  if (type === undefined || shape === undefined)
    throw usageError(
      `--raw is '${text}': a type and a shape are needed, such as uint16:100x512x512, or ` +
        'float32be:100x512x512:352 for numbers with the high byte first behind 352 bytes. Types ' +
        'are bool, int8 to int64, uint8 to uint64, float16, float32 and float64.',
    )
  return {
    dtype: type.toLowerCase() as RawOptions['dtype'],
    shape: shape.split(/[x×]/i).map(Number),
    ...(endian && { byteOrder: endian.toLowerCase() === 'be' ? 'big' : 'little' }),
    ...(offset && { offset: Number(offset) }),
    ...(order && { order: order.toUpperCase() as 'C' | 'F' }),
  }
}
