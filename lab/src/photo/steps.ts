/**
 * The filters of the settings as steps with weights, and the rules for pixels.
 */

import { gainOf, type Step } from './chain.ts'
import { dividedWeights, isFault, sumsToZero, weightsOf } from './kernel-weights.ts'
import type { PixelRules } from './pixels.ts'
import type { Filter, PhotoSettings, Showing } from './settings.ts'

/** Filters that are off, or whose kernel has a fault, do nothing. */
export const stepsOf = (filters: readonly Filter[]): readonly Step[] =>
  filters.flatMap((filter) => {
    const weights = filter.isOn ? dividedWeights(filter) : undefined
    return weights ? [{ ...weights, offset: filter.offset }] : []
  })

export const rulesOf = (
  { channels, alpha, isLinear }: PhotoSettings,
  hasAlpha: boolean,
): PixelRules => ({ channels, alpha, isLinear, hasAlpha })

/** How results are shown. Flat areas that become 0 stand in the middle of the scale. */
export function showingOf({ show, filters }: PhotoSettings): Showing {
  if (show !== 'auto') return show
  const steps = stepsOf(filters)
  const isSigned = gainOf(steps) === 0 && steps.every(({ offset }) => offset === 0)
  return isSigned ? 'offset' : 'clip'
}

/** Whether the weights of a filter sum to 0. */
export function isZeroSum({ kernel }: Filter): boolean {
  const weights = weightsOf(kernel)
  return !isFault(weights) && sumsToZero(weights.values)
}
