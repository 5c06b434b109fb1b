/**
 * Did a NaN, an infinity or a huge value get into a tile? A guard step answers this during the run,
 * so that no pass over the input is needed.
 *
 *   guard[item, kept…] = 0 · Σ over the other loops      0 · finite = 0, everything else is NaN
 *
 * Algorithms that spread non-finite values need it: their transforms spread a NaN or an infinity
 * over a whole tile, but the definition sends it to few results only.
 */

import { elementCount } from '../ndarray/layout.ts'
import { at, type Element, rowMajorView } from '../program/elements.ts'
import type { Contraction, Loop } from '../program/steps.ts'
import { contract, type Written } from '../program/write-steps.ts'
import type { ProgramBuilder } from './builder.ts'

/**
 * Returns the step that checks every element that `from` touches. Elements along `kept` have
 * separate guards, so that vectors can run there.
 */
export function guardStep(
  builder: ProgramBuilder,
  from: Element,
  {
    grid,
    kept,
    summed,
  }: {
    readonly grid: readonly Loop[]
    readonly kept: readonly Loop[]
    readonly summed: readonly Loop[]
  },
): Written<Contraction> {
  const items = [...grid, ...kept]
  const shape = items.map(({ extent }) => extent)
  const guard = rowMajorView(builder.buffer('guard', 'guard', elementCount(shape)), shape)
  const zero = builder.number('zero', 0)
  return contract({ over: kept, sum: summed }, { to: at(guard, ...items), a: from, b: zero })
}
