/** When may the result of a program be wrong, and what runs then? */

import type { Algorithm } from '../algorithms/algorithm.ts'
import { strided } from '../algorithms/strided.ts'
import type { Problem } from '../problem/problem.ts'
import type { Program } from '../program/program.ts'
import type { Fallback, FallbackCondition } from './decision.ts'

/** The algorithm that computes the sums of the definition as they are, whatever the values. */
const directSum: string = strided.name

/** What runs if the result of this program may be wrong. */
export function neededFallback(
  algorithm: Algorithm,
  { buffers }: Program,
  { geometry: g, descriptors }: Problem,
): Fallback | undefined {
  const hasGuard = buffers.some(({ role }) => role === 'guard')
  const needed: Readonly<Record<FallbackCondition, boolean>> = {
    guard: hasGuard,
    input: !hasGuard && algorithm.spreadsNonFinite?.(descriptors) === true,
    kernel:
      descriptors.everyProduct !== true && algorithm.skipsZeroProducts?.(g, descriptors) === true,
  }
  const when = (['guard', 'input', 'kernel'] as const).filter((condition) => needed[condition])
  return when.length === 0 ? undefined : { when, algorithm: directSum }
}
