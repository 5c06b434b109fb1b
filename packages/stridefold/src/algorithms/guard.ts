/**
 * Did a NaN, an infinity or a huge value get into a tile? A guard step answers this during the run,
 * so that no pass over the input is needed.
 *
 *   guard[item, kept…] = 0 · Σ over the other loops      0 · finite = 0, everything else is NaN
 *
 * Algorithms that spread non-finite values need it: their transforms spread a NaN or an infinity
 * over a whole tile, but the definition sends it to few results only.
 */

import { elementCount, rowMajorStrides } from '../ndarray/layout.ts'
import type { Contraction, Loop } from '../program/steps.ts'
import { loop, type ProgramBuilder } from './builder.ts'

/** A loop and its stride, in elements. */
export interface GuardLoop extends Loop {
  readonly stride: number
}

/**
 * Returns the step that checks every element of `from` that both lists of loops reach. Elements
 * along `kept` have separate guards, so that vectors can run there.
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
  const gridZeros = grid.map(() => 0)
  const touched = [...kept, ...summed]
  return {
    kind: 'contract',
    result: kept.map(({ name, extent }) => loop(name, extent)),
    sum: summed.map(({ name, extent }) => loop(name, extent)),
    to: { buffer: guard, offset: 0, strides: rowMajorStrides(shape) },
    a: { ...from, strides: [...gridZeros, ...touched.map(({ stride }) => stride)] },
    b: { buffer: zero, offset: 0, strides: [...gridZeros, ...touched.map(() => 0)] },
    start: 'zero',
  }
}
