/**
 * What lies outside an array: six rules, in NumPy's words, each a map from any coordinate to one inside (or to a constant).
 *
 *   zero       0 0 | a b c d | 0 0        reflect    c b | a b c d | c b
 *   constant   v v | a b c d | v v        symmetric  b a | a b c d | d c
 *   edge       a a | a b c d | d d        wrap       c d | a b c d | a b
 *
 * Coordinates may lie any distance outside: reflections go back and forth, wrap goes round.
 */

export type BoundaryName = 'zero' | 'edge' | 'reflect' | 'symmetric' | 'wrap'

/** A border rule; `{ constant: 0 }` and `'zero'` mean the same. */
export type Boundary = BoundaryName | { readonly constant: number }

/** Where coordinate `i` of an axis of `extent` samples is read, or −1 where the border's constant stands instead. */
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

/** The value that stands outside where `sourceIndex` gives −1. */
export function fillValue(boundary: Boundary): number {
  return typeof boundary === 'object' ? boundary.constant : 0
}

function modulo(a: number, b: number): number {
  const r = a % b
  return r < 0 ? r + b : r
}
