/**
 * One value for all axes, or one per axis? Both become a list with an entry per axis; a list of
 * another length is the caller's mistake.
 */

import { OptionError } from '../errors.ts'
import type { PaddingSamples, PerAxis } from './options.ts'
import type { Sides } from './padding.ts'
import { formatValue } from './format-value.ts'

/** The value of every axis. Throws `OptionError` (`AXES_MISMATCH`). */
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
 * The samples on both sides of every axis. On a single axis `[a, b]` can only mean before and
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
  each: string,
): OptionError {
  const axes = rank === 1 ? '1 spatial axis' : `${rank} spatial axes`
  return new OptionError(
    'AXES_MISMATCH',
    `${call}: option '${name}' is ${formatValue(value)} with ${value.length} entries for ` +
      `${axes}. Give one value, or ${rank}${each}.`,
  )
}
