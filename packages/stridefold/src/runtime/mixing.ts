/**
 * Has a call been computed by an algorithm that mixes samples of several windows? The errors of
 * such a sum are small beside the largest sample only. All others add up the products of the
 * definition: a sum of products that are 0 is then 0, whatever other windows hold.
 */

import { readOptions, validateReading } from '../geometry/check-options.ts'
import type { ConvolveCall } from '../geometry/convolve-geometry.ts'
import type { LowRankFactors } from '../geometry/operands.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { questionKey } from '../problem/key.ts'
import { loadedOf } from './loaded.ts'
import { foundPlan, keyWithFactors } from './plan-cache.ts'

/** A call that has run. */
export interface PastCall {
  readonly call: ConvolveCall
  readonly x: NdArray
  readonly k: NdArray
  readonly options: object
  readonly factors: LowRankFactors | undefined
}

/** True also if the plan of the call is gone. */
export function mayHaveMixed({ call, x, k, options, factors }: PastCall): boolean {
  const checked = validateReading(call, readOptions(call, options))
  const key = questionKey(call, x.shape, k.shape, operandDType(x, k), checked)
  const plan = foundPlan(keyWithFactors(key, factors), k)
  if (plan === undefined) return true
  const programs = [...loadedOf(plan).programs.values()]
  // An algorithm that spreads a NaN over several results has a fallback.
  return programs.length === 0 || programs.some(({ decision }) => decision.fallback !== undefined)
}
