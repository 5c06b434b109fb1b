/**
 * Numbers that are too many for a link. The link leaves them out, and the page keeps them for as
 * long as it is open: Back and Forward bring them back, a new page cannot.
 */

import { type LabState, maxValues } from './state.ts'

export type LongName = 'input' | 'kernel'
const names: readonly LongName[] = ['input', 'kernel']

/** The arrays that the link of this state leaves out. */
export const unlinkedNames = (state: Pick<LabState, LongName>): readonly LongName[] =>
  names.filter((name) => {
    const numbers = state[name]
    return 'values' in numbers && numbers.values.length > maxValues
  })

/** Each entry may hold a million numbers, so only the last ones are kept. */
const maxKept = 8
const kept = new Map<string, Partial<Pick<LabState, LongName>>>()
let count = 0

/** Keeps the numbers that the link leaves out. Returns a name for the history entry, if any. */
export function keepUnlinked(state: LabState): string | null {
  const long = unlinkedNames(state)
  if (long.length === 0) return null
  const numbers = Object.fromEntries(long.map((name) => [name, state[name]]))
  for (const [key, value] of kept)
    if (names.every((name) => value[name] === numbers[name])) return key
  // Another load of the page has other numbers.
  const key = `${performance.timeOrigin} ${count++}`
  kept.set(key, numbers)
  const [oldest] = kept.keys()
  if (kept.size > maxKept) kept.delete(oldest!)
  return key
}

/** The numbers of a history entry, as far as the page still has them. */
export const unlinkedOf = (entry: unknown): Partial<Pick<LabState, LongName>> =>
  (typeof entry === 'string' && kept.get(entry)) || {}
