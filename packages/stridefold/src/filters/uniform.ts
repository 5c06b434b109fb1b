/** See `uniformFilter`: the mean of a window, axis by axis. */

import { OptionError } from '../errors.ts'
import { perAxis } from '../geometry/per-axis.ts'
import type { DType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { filterAxes } from './along-axes.ts'
import { filterOptions } from './check-options.ts'
import { filterFrame } from './frame.ts'
import type { Line } from './line-weights.ts'

const call = 'uniformFilter'

export function uniform<D extends DType>(
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const checked = filterOptions(call, options)
  const frame = filterFrame(call, input, checked)
  const sizes = perAxis(call, 'size', checked.size, frame.axes.length)
  const origins = perAxis(call, 'origin', checked.origin, frame.axes.length)
  const lines = frame.axes.map((axis, i) => meanLine(axis, sizes[i]!, origins[i]!))
  const terms = [lines.filter(({ weights }) => weights.length > 1)]
  return filterAxes(call, frame.x, { ...frame, terms }, frame.run, turn)
}

/** The mean of `size` samples, of which ⌊size/2⌋ + origin lie before the output. */
function meanLine(axis: number, size: number, origin: number): Line {
  const before = Math.floor(size / 2) + origin
  if (before < 0 || before >= size) {
    throw new OptionError(
      'OPTION_CONFLICT',
      `${call}: origin ${origin} moves the output out of a window of size ${size}. Give ` +
        `${-Math.floor(size / 2)} to ${Math.ceil(size / 2) - 1}.`,
    )
  }
  return { axis, weights: new Array<number>(size).fill(1 / size), before }
}
