/**
 * Convolution with missing samples by its definition, in float64: one loop over all results and one
 * over all taps. It shares nothing with the library.
 */

import { indices } from './random-views.ts'

export interface DefinedAxis {
  readonly input: number
  readonly output: number
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly border: string | { readonly constant: number }
}

export interface DefinedCall {
  readonly axes: readonly DefinedAxis[]
  /** Row-major. */
  readonly x: readonly number[]
  readonly k: readonly number[]
  readonly flip: boolean
  /** Row-major; undefined: NaN is missing. */
  readonly mask?: readonly number[]
  readonly minimumPresent?: number
  readonly bias?: number
}

export interface DefinedResult {
  readonly y: number
  /** Σ_present |k| / Σ|k| */
  readonly share: number
}

/** What a coordinate reads: an index, a constant, or nothing. */
function read(at: number, { input: n, border }: DefinedAxis): number | { constant: number } | null {
  if (at >= 0 && at < n) return at
  if (typeof border === 'object') return border
  const wrapped = ((at % n) + n) % n
  switch (border) {
    case 'zero':
      return { constant: 0 }
    case 'missing':
      return null
    case 'edge':
      return at < 0 ? 0 : n - 1
    case 'wrap':
      return wrapped
    case 'symmetric': {
      const i = ((at % (2 * n)) + 2 * n) % (2 * n)
      return i < n ? i : 2 * n - 1 - i
    }
    case 'reflect': {
      if (n === 1) return 0
      const period = 2 * n - 2
      const i = ((at % period) + period) % period
      return i < n ? i : period - i
    }
    default:
      throw new Error(border)
  }
}

/** All results in row-major order. */
export function definedResults(call: DefinedCall): DefinedResult[] {
  const { axes, k, flip, minimumPresent = 0, bias = 0 } = call
  const taps = indices(axes.map((axis) => axis.taps))
  const total = k.reduce((sum, weight) => sum + Math.abs(weight), 0)
  return indices(axes.map(({ output }) => output)).map((o) => {
    let [present, missing, weighted, presentTotal, missingTotal] = [0, 0, 0, 0, 0]
    taps.forEach((t, i) => {
      const weight = k[flip ? k.length - 1 - i : i]!
      const value = sampleAt(call, o, t)
      if (value === undefined) {
        missing += weight
        missingTotal += Math.abs(weight)
        return
      }
      present += weight * value
      weighted += Math.abs(weight) * value
      presentTotal += Math.abs(weight)
    })
    const share = presentTotal / total
    if (missingTotal === 0) return { y: present + bias, share }
    // A sum of weights that should be half of the total may be rounded down.
    if (presentTotal === 0 || share < minimumPresent - 1e-6) return { y: NaN, share }
    return { y: present + (missing * weighted) / presentTotal + bias, share }
  })
}

/** The sample under one tap; undefined if it is missing. */
function sampleAt(
  { axes, x, mask }: DefinedCall,
  o: readonly number[],
  t: readonly number[],
): number | undefined {
  const reads = axes.map((axis, a) =>
    read(o[a]! * axis.stride + t[a]! * axis.dilation - axis.before, axis),
  )
  for (const one of reads)
    if (typeof one === 'object') return one === null ? undefined : one.constant
  const position = (reads as number[]).reduce((sum, i, a) => sum * axes[a]!.input + i, 0)
  const isMissing = mask === undefined ? Number.isNaN(x[position]) : mask[position] === 0
  return isMissing ? undefined : x[position]
}
