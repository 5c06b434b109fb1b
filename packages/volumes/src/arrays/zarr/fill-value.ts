/**
 * What do chunks hold that are not there? A number; or, for floats, the words NaN and Infinity, or
 * the bits as hexadecimal digits (version 3). Version 2 may say null, which leaves it open: 0.
 */

import { type ElementType, elementTypes, halfValue } from '../element-types.ts'

const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity,
  '-Infinity': -Infinity,
}

/** The fill value as a number of this type; undefined if it is none. */
export function fillValueIn(value: unknown, type: ElementType): number | bigint | undefined {
  if (value === null || value === undefined) return type.endsWith('int64') ? 0n : 0
  if (typeof value === 'boolean') return type === 'bool' ? Number(value) : undefined
  if (type === 'int64' || type === 'uint64')
    return /^-?\d+$/.test(String(value)) ? BigInt(value as string | number) : undefined
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !type.startsWith('float')) return undefined
  if (/^-?\d+$/.test(value)) return Number(value)
  return Object.hasOwn(words, value) ? words[value] : fromBits(value, type)
}

function fromBits(text: string, type: ElementType): number | undefined {
  const { bytes } = elementTypes[type]
  if (!new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`, 'i').test(text)) return undefined
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(text) << BigInt(64 - 8 * bytes))
  if (bytes === 2) return halfValue(view.getUint16(0))
  return bytes === 4 ? view.getFloat32(0) : view.getFloat64(0)
}
