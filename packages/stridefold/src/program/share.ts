/**
 * Of which contraction is a step a share? Backends choose the code of the whole contraction, and
 * the order of its sums. A share has loops with fewer iterations than the whole (`Loop.whole`), and
 * the grid of its stage has nothing but loops over shares.
 */

import type { Stage } from './program.ts'
import { mapAddresses } from './split-loop.ts'
import type { Contraction } from './steps.ts'

/** Whether a step is a share of a larger one. */
export const isShare = ({ result }: Contraction): boolean =>
  result.some(({ whole }) => whole !== undefined)

/**
 * The whole step of which a contraction is a share, in its stage. Its operands begin where those of
 * the share begin. A contraction that is no share is returned as it is.
 */
export function wholeOf(
  step: Contraction,
  stage: Stage,
): { readonly step: Contraction; readonly stage: Stage } {
  if (!isShare(step)) return { step, stage }
  const rank = stage.grid.length
  const withoutGrid = mapAddresses(step, (address) => ({
    ...address,
    strides: address.strides.slice(rank),
  }))
  const result = step.result.map(({ whole, ...loop }) => ({
    ...loop,
    extent: whole ?? loop.extent,
  }))
  return { step: { ...withoutGrid, result }, stage: { ...stage, grid: [] } }
}
