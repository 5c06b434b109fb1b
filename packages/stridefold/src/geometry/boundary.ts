/**
 * What lies outside an array: six rules, in NumPy's words, each a map from any coordinate to one
 * inside (or to a constant).
 *
 *   zero       0 0 | a b c d | 0 0        reflect    c b | a b c d | c b
 *   constant   v v | a b c d | v v        symmetric  b a | a b c d | d c
 *   edge       a a | a b c d | d d        wrap       c d | a b c d | a b
 *
 * Coordinates may lie any distance outside: reflections go back and forth, wrap goes round.
 *
 * Where the borders of two axes meet, a constant decides over a border that repeats samples, and of
 * two constants that of the earlier axis; `zero` is the constant 0.
 */

import type { BoundaryName } from './boundary-names.ts'
import { boundaryNames, foreignBoundary, libraries, wordsOf } from './boundary-names.ts'
import { closestName, formatValue } from './format-value.ts'

export type { BoundaryName } from './boundary-names.ts'

/** A border rule; `{ constant: 0 }` and `'zero'` mean the same. */
export type Boundary = BoundaryName | { readonly constant: number }

/**
 * Where coordinate `i` of an axis of `extent` samples is read, or −1 where the border's constant
 * stands instead.
 */
export function sourceIndex(i: number, extent: number, boundary: Boundary): number {
  if (i >= 0 && i < extent) return i
  if (typeof boundary === 'object' || boundary === 'zero' || extent === 0) return -1
  switch (boundary) {
    case 'edge':
      return i < 0 ? 0 : extent - 1
    case 'wrap':
      return modulo(i, extent)
    case 'symmetric': {
      const j = modulo(i, 2 * extent)
      return j < extent ? j : 2 * extent - 1 - j
    }
    case 'reflect': {
      if (extent === 1) return 0
      const j = modulo(i, 2 * (extent - 1))
      return j < extent ? j : 2 * (extent - 1) - j
    }
  }
}

/** Whether the same value stands everywhere outside. */
export function isConstant(boundary: Boundary): boundary is 'zero' | { readonly constant: number } {
  return boundary === 'zero' || typeof boundary === 'object'
}

/** The value that stands outside where `sourceIndex` gives −1. */
export function fillValue(boundary: Boundary): number {
  return typeof boundary === 'object' ? boundary.constant : 0
}

/**
 * The rule that an option names, in our words or in a library's with its prefix; undefined where it
 * names none.
 */
export function boundaryFrom(value: unknown): Boundary | undefined {
  if (typeof value === 'string')
    return boundaryNames.find((name) => name === value) ?? foreignBoundary(value)
  if (typeof value !== 'object' || value === null || !('constant' in value)) return undefined
  const { constant } = value
  if (typeof constant !== 'number' || Object.keys(value).some((name) => name !== 'constant'))
    return undefined
  return constant === 0 ? 'zero' : Object.freeze({ constant })
}

/** What to write in place of a value that `boundaryFrom` does not understand. */
export function boundaryAdvice(value: unknown): string {
  const list = `${boundaryNames.map(formatValue).join(', ')} or { constant: v }`
  if (value === 'constant')
    return `${list}: write { constant: 0 } with the value that stands outside`
  if (typeof value !== 'string') return list
  const [library = '', word] = value.toLowerCase().split(':')
  if (word !== undefined) {
    const words = wordsOf(library)
    return words === undefined
      ? `${list}, or a library's word after one of ${libraries.join(', ')} and a colon`
      : `one of ${library}'s words ${Object.keys(words).join(', ')}`
  }
  const homes = libraries.filter((home) => foreignBoundary(`${home}:${value}`) !== undefined)
  if (homes.length > 0)
    return (
      `${list}: ` +
      `${homes.map((home) => `'${home}:${value}' is our '${foreignBoundary(`${home}:${value}`)}'`).join(', ')}`
    )
  const near = closestName(value, boundaryNames)
  return near === undefined ? list : `${list}: did you mean '${near}'?`
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b
}
