/** The results of several kernels as one, element by element. */

import { usageError } from './failure.ts'
import type { Combination, FilterRequest } from './filter-request.ts'
import type { NpyElements } from './npy.ts'

/** A dense, row-major array of results. */
export interface Dense {
  readonly data: NpyElements
  readonly shape: readonly number[]
}

/** to[i] = combine(a[i], b[i]), with one loop for each, so that the compiler sees one operation. */
const loops: Readonly<
  Record<Combination, (to: NpyElements, a: NpyElements, b: NpyElements) => void>
> = {
  sum(to, a, b) {
    for (let i = 0; i < to.length; i++) to[i] = a[i]! + b[i]!
  },
  max(to, a, b) {
    for (let i = 0; i < to.length; i++) to[i] = Math.max(a[i]!, b[i]!)
  },
  magnitude(to, a, b) {
    for (let i = 0; i < to.length; i++) to[i] = Math.sqrt(a[i]! * a[i]! + b[i]! * b[i]!)
  },
}

/** Floats are written into the first result, whole numbers into new floats. The others stay. */
export function combined(
  results: readonly Dense[],
  { combine, kernels, name }: FilterRequest,
): Dense {
  const [first] = results as readonly [Dense]
  const other = results.findIndex(({ shape }) => `${shape}` !== `${first.shape}`)
  if (other > 0)
    throw usageError(
      `--combine ${combine}: of ${name}, -k ${kernels[0]!.text} gives ` +
        `${first.shape.join('×')} values, but -k ${kernels[other]!.text} gives ` +
        `${results[other]!.shape.join('×')}. Use --mode same, or kernels of one size.`,
    )
  const { data, shape } = first
  const to = data instanceof Int16Array ? new Float32Array(data.length) : data
  let total: NpyElements = data
  for (const result of results.slice(1)) {
    loops[combine!](to, total, result.data)
    total = to
  }
  if (results.length > 1) return { data: to, shape }
  if (combine === 'magnitude') return { data: data.map(Math.abs), shape }
  return first
}
