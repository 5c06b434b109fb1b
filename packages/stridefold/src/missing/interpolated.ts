/**
 * Samples that are NaN are missing: the program of the plain call computes where none is, and
 * another one elsewhere, box by box. Nothing is searched or copied for it in JavaScript. A mask
 * becomes NaN first.
 */

import { dtypes, epsilon } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { computeInterpolated } from '../runtime/call.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import { finishInTurn } from '../runtime/pace.ts'
import { releasing } from './copies.ts'
import type { Frame } from './frame.ts'
import { markedWork } from './marked.ts'
import { settingsBeside } from './plain-calls.ts'
import { verifyWork } from './verify.ts'

/** The result of a call. Undefined if it must be computed in another way. */
export function interpolatedResult(frame: Frame): Eventual<NdArray | undefined> {
  const { x, options, dtype, resultDType, mask, weights } = frame
  if (resultDType !== dtype || !Number.isFinite(weights.total)) return undefined
  if (mask === undefined)
    return options.missing === 'nan' && x.dtype === dtype ? computed(frame, x) : undefined
  return withMask(frame, mask)
}

function withMask(frame: Frame, mask: NdArray): Eventual<NdArray | undefined> {
  const { x, dtype, settings, turn } = frame
  const bytes = settings.memoryLimit === Infinity ? 0 : dtypes[dtype].bytes
  const limited =
    bytes === 0 ? frame : { ...frame, settings: settingsBeside(frame, [{ shape: x.shape, dtype }]) }
  return releasing((allocate) =>
    after(finishInTurn(markedWork(frame, mask, allocate), turn), (marked) =>
      marked === undefined ? undefined : computed(limited, marked),
    ),
  )
}

/** The result, from samples that are NaN where they are missing. */
function computed(frame: Frame, x: NdArray): Eventual<NdArray | undefined> {
  const { call, options, dtype, kernel, weights, factors, settings, spatialAxes, turn } = frame
  const { memory, out, bias } = options
  const isPositive = !weights.values.some((weight) => weight < 0)
  const plain = { ...settings, ...{ memory, out, bias, dtype, verify: false } }
  const result = computeInterpolated(
    ...([call, x, kernel, plain, factors] as const),
    {
      outside: spatialAxes.map(({ isMissingOutside }) => isMissingOutside),
      signs: isPositive ? 'positive' : weights.isOneSign ? 'negative' : 'both',
      // The rounding of a sum must not decide.
      minimum: (options.minimumPresent ?? 0) * (1 - (weights.values.length + 2) * epsilon[dtype]),
    },
    turn,
  )
  if (!options.verify) return result
  return after(result, (y) =>
    y === undefined ? y : after(finishInTurn(verifyWork(frame, y), turn), () => y),
  )
}
