/**
 * Which value does a coordinate outside an array have? There are six borders, with NumPy's names.
 * Each maps a coordinate to one inside the array, or to a constant.
 *
 *   zero       0 0 | a b c d | 0 0        reflect    c b | a b c d | c b
 *   constant   v v | a b c d | v v        symmetric  b a | a b c d | d c
 *   edge       a a | a b c d | d d        wrap       c d | a b c d | a b
 *
 * A coordinate may lie any distance outside: the patterns above continue without end.
 *
 * A position outside two axes has two borders. A constant wins over a border that repeats samples.
 * Of two constants, that of the earlier axis wins. `zero` is the constant 0.
 */

import { modulo } from '../ndarray/modulo.ts'
import type { BoundaryName } from './boundary-names.ts'
import { borderNamesOf, boundaryNames, boundaryOfLibrary, libraries } from './boundary-names.ts'
import { closestName, formatValue } from './format-value.ts'

export type { BoundaryName } from './boundary-names.ts'

/**
 * A border: the values outside the input. `'zero'`, `'edge'`, `'reflect'`, `'symmetric'` and
 * `'wrap'` are NumPy's names. `{ constant: v }` is the number v everywhere; `{ constant: 0 }` and
 * `'zero'` mean the same.
 */
export type Boundary =
  | BoundaryName
  | {
      /** The value of every sample outside. */
      readonly constant: number
    }

/**
 * How a border continues an axis. Code outside this file asks for the kind, not for the name, so a
 * new name of a known kind works everywhere, and a new kind does not compile where it is forgotten.
 */
export type Continuation =
  /** All coordinates outside have one value. */
  | { readonly kind: 'constant'; readonly value: number }
  /** All coordinates on one side read the sample at that end. */
  | { readonly kind: 'nearest' }
  /** The input again and again. */
  | { readonly kind: 'copies' }
  /** The input backwards and forwards in turns; neighbouring copies share 0 or 1 samples. */
  | { readonly kind: 'mirrored'; readonly shared: 0 | 1 }

const continuations: Readonly<Record<BoundaryName, Continuation>> = {
  zero: { kind: 'constant', value: 0 },
  edge: { kind: 'nearest' },
  wrap: { kind: 'copies' },
  symmetric: { kind: 'mirrored', shared: 0 },
  reflect: { kind: 'mirrored', shared: 1 },
}

export const continuationOf = (boundary: Boundary): Continuation =>
  typeof boundary === 'object'
    ? { kind: 'constant', value: boundary.constant }
    : continuations[boundary]

/**
 * The number of samples after which a border repeats on an axis of `extent` samples. Undefined if
 * it repeats no samples, or only one.
 */
export function periodOf(extent: number, boundary: Boundary): number | undefined {
  const continuation = continuationOf(boundary)
  switch (continuation.kind) {
    case 'constant':
    case 'nearest':
      return undefined
    case 'copies':
      return extent === 0 ? undefined : extent
    case 'mirrored':
      return extent === 0 ? undefined : Math.max(1, 2 * (extent - continuation.shared))
  }
}

/**
 * The index of the sample that coordinate `i` reads on an axis of `extent` samples; −1 if it reads
 * the constant of the border (`fillValue`).
 */
export function sourceIndex(i: number, extent: number, boundary: Boundary): number {
  if (i >= 0 && i < extent) return i
  if (typeof boundary === 'object' || extent === 0) return -1
  const continuation = continuations[boundary]
  switch (continuation.kind) {
    case 'constant':
      return -1
    case 'nearest':
      return i < 0 ? 0 : extent - 1
    case 'copies':
      return modulo(i, extent)
    case 'mirrored': {
      if (extent === 1) return 0
      const period = 2 * (extent - continuation.shared)
      const j = modulo(i, period)
      return j < extent ? j : period - 1 + continuation.shared - j
    }
  }
}

/** Whether all positions outside have the same value. */
export function isConstant(boundary: Boundary): boundary is 'zero' | { readonly constant: number } {
  return continuationOf(boundary).kind === 'constant'
}

/** The value of a position for which `sourceIndex` returns −1. */
export function fillValue(boundary: Boundary): number {
  const continuation = continuationOf(boundary)
  return continuation.kind === 'constant' ? continuation.value : 0
}

/**
 * The border that the value of an option means: one of stridefold's, or a library's with its
 * prefix. Undefined if it means none.
 */
export function boundaryFrom(value: unknown): Boundary | undefined {
  if (typeof value === 'string')
    return boundaryNames.find((name) => name === value) ?? boundaryOfLibrary(value)
  if (typeof value !== 'object' || value === null || !('constant' in value)) return undefined
  const { constant } = value
  if (typeof constant !== 'number' || Object.keys(value).some((name) => name !== 'constant'))
    return undefined
  return constant === 0 ? 'zero' : Object.freeze({ constant })
}

/** For an error message: what to write instead of a value that `boundaryFrom` does not accept. */
export function boundaryAdvice(value: unknown): string {
  const list = `${boundaryNames.map(formatValue).join(', ')} or { constant: v }`
  if (value === 'constant')
    return `${list}: write { constant: 0 }, with the value outside the array instead of 0`
  if (typeof value !== 'string') return list
  const [library = '', nameInLibrary] = value.toLowerCase().split(':')
  if (nameInLibrary !== undefined) {
    const names = borderNamesOf(library)
    return names === undefined
      ? `${list}, or a library (${libraries.join(', ')}), a colon and its name for the border`
      : `one of ${library}'s names ${Object.keys(names).join(', ')}`
  }
  const translations = libraries.flatMap((candidate) => {
    const border = boundaryOfLibrary(`${candidate}:${value}`)
    return border === undefined ? [] : [`'${candidate}:${value}' means '${border}'`]
  })
  if (translations.length > 0) return `${list}: ${translations.join(', ')}`
  const suggestion = closestName(value, boundaryNames)
  return suggestion === undefined ? list : `${list}: did you mean '${suggestion}'?`
}
