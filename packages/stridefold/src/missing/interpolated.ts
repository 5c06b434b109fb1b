/**
 * Samples that are NaN are missing: the program of the plain call computes where none is, and
 * another one elsewhere, box by box. Nothing is searched or copied for it in JavaScript.
 */

import { epsilon } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { computeInterpolated } from '../runtime/call.ts'
import type { Eventual } from '../runtime/eventual.ts'
import type { Frame } from './frame.ts'

/** The result of a call. Undefined if it must be computed in another way. */
export function interpolatedResult(frame: Frame): Eventual<NdArray | undefined> {
  const { call, x, options, dtype, resultDType, mask, kernel, weights, factors, turn } = frame
  const { settings, spatialAxes } = frame
  const isPossible =
    options.missing === 'nan' &&
    mask === undefined &&
    x.dtype === dtype &&
    resultDType === dtype &&
    Number.isFinite(weights.total) &&
    !options.verify
  if (!isPossible) return undefined
  const { memory, out, bias } = options
  const isPositive = !weights.values.some((weight) => weight < 0)
  return computeInterpolated(
    ...([call, x, kernel, { ...settings, memory, out, bias, dtype }, factors] as const),
    {
      outside: spatialAxes.map(({ isMissingOutside }) => isMissingOutside),
      signs: isPositive ? 'positive' : weights.isOneSign ? 'negative' : 'both',
      // The rounding of a sum must not decide.
      minimum: (options.minimumPresent ?? 0) * (1 - (weights.values.length + 2) * epsilon[dtype]),
    },
    turn,
  )
}
