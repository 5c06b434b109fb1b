/**
 * Did anything not finite, or too large, get into a tile? A step beside those that do the work
 * tells, so that nobody has to search the input.
 *
 *   guard[item, kept…] = 0 · Σ over the rest of what it looks at          0 · finite = 0, anything else is NaN
 *
 * For algorithms that mingle: their transforms spread a NaN or an infinity over a whole tile, where
 * the definition sends it to a few results.
 */

import { elementCount, rowMajorStrides } from '../ndarray/layout.ts'
import type { Contraction, Loop } from '../program/steps.ts'
import { loop, type ProgramBuilder } from './builder.ts'

/** A loop and by how much it moves the address. */
export interface GuardLoop extends Loop {
  readonly stride: number
}

/**
 * Looks at the elements of `from` that both lists of loops walk. Along `kept` neighbours stay
 * apart, so that vectors can run there.
 */
export function guardStep(
  builder: ProgramBuilder,
  grid: readonly Loop[],
  from: { readonly buffer: string; readonly offset: number },
  kept: readonly GuardLoop[],
  summed: readonly GuardLoop[],
): Contraction {
  const shape = [...grid, ...kept].map(({ extent }) => extent)
  const guard = builder.buffer('guard', 'guard', elementCount(shape))
  const zero = builder.buffer('zero', 'constant', 1, [0])
  const still = grid.map(() => 0)
  const walked = [...kept, ...summed]
  return {
    kind: 'contract',
    result: kept.map(({ name, extent }) => loop(name, extent)),
    sum: summed.map(({ name, extent }) => loop(name, extent)),
    to: { buffer: guard, offset: 0, strides: rowMajorStrides(shape) },
    a: { ...from, strides: [...still, ...walked.map(({ stride }) => stride)] },
    b: { buffer: zero, offset: 0, strides: [...still, ...walked.map(() => 0)] },
    start: 'zero',
  }
}
