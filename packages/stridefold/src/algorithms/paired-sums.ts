/**
 * The sums of a layer of bytes, two products at a time:
 *
 *   y[n, filter, q] = unit · Σ_p Σ_i  copy[n, p, q, i] · whole[filter, p, i]      i is 0 or 1
 *
 * p runs over the pairs of the terms. The sums are whole numbers of 32 bits, exact in every order.
 * A backend with an instruction for pairs of products sums two at a time; others see one more loop.
 */

import { contract } from '../program/write-steps.ts'
import { addCopy, outputLoops, outputsOf } from './borders.ts'
import type { ComponentContext } from './context.ts'
import type { IntegerWeights } from './integers.ts'
import { pairedRegion, pairedSamples, pairLoops } from './paired-samples.ts'
import type { PairedTerms } from './paired-terms.ts'
import { pairedWeights } from './paired-weights.ts'

/** Adds the stages of a component: its weights, the copy of its samples, and its sums. */
export function addPairedSums(
  context: ComponentContext,
  { unit, type, scale }: IntegerWeights,
  pairs: PairedTerms,
  verb: string,
): void {
  const { builder, siblings } = context
  const { n, group, f } = builder
  const loops = pairLoops(context, pairs)
  const b = pairedWeights(context, pairs, unit, loops)
  const region = pairedRegion(context, pairs)
  addCopy(builder, region)
  const q = outputLoops(region)
  const sums = contract(
    { over: [n, group, f, ...siblings, ...q], sum: [...loops.sum, loops.pair] },
    {
      to: context.results(outputsOf(region, q)),
      a: pairedSamples(context, pairs, region, q, loops),
      b,
      integer: { type, scale },
      epilogue: builder.epilogue(),
      tile: 'best',
    },
  )
  builder.stage(`${verb} pairs of ${pairs}`, [], [sums])
}
