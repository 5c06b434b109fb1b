/**
 * Which value has each axis? An option is one value for all axes, or a list with one per axis. Both
 * become a list with one entry per axis. A list of another length throws.
 */

import { OptionError } from '../errors.ts'
import { countText } from '../ndarray/count-text.ts'
import { formatValue } from './format-value.ts'
import type { PaddingSamples, PerAxis } from './options.ts'
import type { Sides } from './padding.ts'

/** The value of each axis. Throws `OptionError` (`AXES_MISMATCH`) for a list of another length. */
export function perAxis<T>(
  call: string,
  name: string,
  value: PerAxis<T>,
  rank: number,
): readonly T[] {
  if (!Array.isArray(value)) return new Array<T>(rank).fill(value as T)
  const list: readonly T[] = value
  if (list.length === rank) return list
  throw mismatch(call, name, value, rank, '')
}

/**
 * The padding of each axis, before and after. With a single axis, `[a, b]` means a before and b
 * after.
 */
export function sidesPerAxis(
  call: string,
  padding: PaddingSamples,
  rank: number,
): readonly Sides[] {
  if (typeof padding === 'number') return new Array<Sides>(rank).fill([padding, padding])
  const [before, after] = padding
  if (rank === 1 && padding.length === 2 && typeof before === 'number' && typeof after === 'number')
    return [[before, after]]
  if (padding.length !== rank)
    throw mismatch(call, 'padding', padding, rank, ', each a number or [before, after]')
  return padding.map((entry): Sides => (typeof entry === 'number' ? [entry, entry] : entry))
}

function mismatch(
  call: string,
  name: string,
  value: readonly unknown[],
  rank: number,
  entryFormat: string,
): OptionError {
  return new OptionError(
    'AXES_MISMATCH',
    `${call}: option '${name}' is ${formatValue(value)} with ` +
      `${countText(value.length, 'entry', 'entries')} for ` +
      `${countText(rank, 'spatial axis', 'spatial axes')}. Give one value, or ${rank}${entryFormat}.`,
  )
}
