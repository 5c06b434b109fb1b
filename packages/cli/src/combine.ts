/** The results of several kernels as one, element by element. */

import { usageError } from './failure.ts'
import type { Combination, FilterRequest } from './filter-request.ts'
import type { NpyElements } from './npy.ts'

/** A dense, row-major array of results. */
export interface Dense {
  readonly data: NpyElements
  readonly shape: readonly number[]
}

/** Per element: from what is the result made, and what is shown of it? */
interface Rule {
  readonly add: (total: number, value: number) => number
  readonly end: (total: number) => number
}

const same = (total: number): number => total
const rules: Readonly<Record<Combination, Rule>> = {
  sum: { add: (total, value) => total + value, end: same },
  max: { add: Math.max, end: same },
  magnitude: { add: (total, value) => total + value * value, end: Math.sqrt },
}

/** Writes into the first result. The others stay. */
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
  const { add, end } = rules[combine!]
  const { data } = first
  const others = results.slice(1).map((result) => result.data)
  for (let i = 0; i < data.length; i++) {
    let total = combine === 'magnitude' ? data[i]! * data[i]! : data[i]!
    for (const values of others) total = add(total, values[i]!)
    data[i] = end(total)
  }
  return first
}
