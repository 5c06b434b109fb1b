/** What a random case is, and the random choices that all kinds of cases share. */

export interface Packed {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export type Boundary = string | { readonly constant: number }

export interface RandomCase {
  readonly kind: 'layer' | 'transposed' | 'gradient' | 'transposedGradient' | 'signal'
  /** The name of the public function. */
  readonly call: string
  readonly arrays: Readonly<Record<string, Packed>>
  /** The options of the call. */
  readonly options: Readonly<Record<string, unknown>>
  /** The result shape that a gradient needs as an argument. */
  readonly shape?: readonly number[]
  /** Further fields that reference.py needs. */
  readonly reference: Readonly<Record<string, unknown>>
  /** Products summed for one result; also the largest Σ|k| of a result. */
  readonly products: number
  /** True if all data are integers. */
  readonly isInteger: boolean
}

export type Next = (below: number) => number

/** Returns a generator of integers below a bound (mulberry32). */
export function numbers(seed: number): Next {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

export const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)

export type Pad = [before: number, after: number]

export const pickFrom =
  (next: Next) =>
  <T>(list: readonly T[]): T =>
    list[next(list.length)]!

/**
 * Returns one border for all axes, or one per axis. All constants of a call are equal, because
 * libraries differ in which axis sets the corners.
 */
export function borders(
  next: Next,
  rank: number,
): { option: Boundary | Boundary[]; perAxis: Boundary[] } {
  const pick = pickFrom(next)
  const constant: Boundary = pick(['zero', 'zero', { constant: 3 }])
  const pickBorder = (): Boundary =>
    pick<Boundary>([constant, constant, 'edge', 'reflect', 'symmetric', 'wrap'])
  if (next(3) > 0) {
    const option = pickBorder()
    return { option, perAxis: Array.from({ length: rank }, () => option) }
  }
  const perAxis = Array.from({ length: rank }, pickBorder)
  return { option: perAxis, perAxis }
}
