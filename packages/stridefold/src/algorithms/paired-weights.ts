/**
 * Whole weights of 16 bits in pairs, computed once per kernel:
 *
 *   channels   whole[filter, p, taps, i] = k[filter, 2p + i, taps] / unit         i is 0 or 1
 *   taps       whole[filter, c, …, 2p + i] = k[filter, c, …, 2p + i] / unit
 *
 * Where an odd number of terms has no last pair, the weight is 0.
 */

import type { DType } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import {
  at,
  type BufferView,
  type Element,
  type Index,
  loop,
  plus,
  rowMajorView,
  times,
} from '../program/elements.ts'
import type { Loop, Move } from '../program/steps.ts'
import { contract, move, type Written } from '../program/write-steps.ts'
import type { ComponentContext } from './context.ts'
import { type PairLoops, pairedType, withPair } from './paired-samples.ts'
import { type PairedTerms, pairsOf } from './paired-terms.ts'

/** The weights of these terms, for every filter. Adds the stage that computes them. */
export function pairedWeights(
  context: ComponentContext,
  pairs: PairedTerms,
  unit: number,
  { sum: [channel, ...taps], pair }: PairLoops,
): Element {
  const { builder, component } = context
  const { g, filter } = builder
  const extents = [g.channels / g.groups, ...component.map((axis) => axis.taps)]
  const paired = pairs === 'channels' ? 0 : extents.length - 1
  const shape = extents.map((extent, d) => (d === paired ? pairsOf(extent) : extent))
  const buffer = builder.buffer(
    'whole',
    'prepared',
    2 * g.filters * elementCount(shape),
    pairedType,
  )
  const whole =
    pairs === 'channels'
      ? rowMajorView(buffer, [g.filters, ...shape, 2])
      : rowMajorView(buffer, [g.filters, ...shape.slice(0, -1), 2 * shape.at(-1)!])
  const element = (f: Index, [c, ...t]: readonly Index[], i: Index): Element =>
    pairs === 'channels' ? at(whole, f, c!, ...t, i) : at(whole, f, c!, ...withPair(t, i))
  const steps: Written[] = []
  const from = wholeNumbers(context, unit, extents, steps)
  const f = loop('f', g.filters)
  const loops = extents.map((extent, d) => loop(d === 0 ? 'c' : `t${d}`, extent))
  /** One move for these terms of the paired loop: term 2p + i, or a zero. */
  const copy = (over: readonly Loop[], p: Index, i: Index, zero = false): Written<Move> =>
    move(
      { over: [f, ...loops.filter((_, d) => d !== paired), ...over] },
      {
        to: element(f, (loops as Index[]).with(paired, p), i),
        from: zero ? 0 : at(from, f, ...(loops as Index[]).with(paired, plus(times(2, p), i))),
      },
    )
  const count = extents[paired]!
  const [half, p, i] = [Math.floor(count / 2), loop('p', Math.floor(count / 2)), loop('pair', 2)]
  if (half > 0) steps.push(copy([p, i], p, i))
  if (count % 2 === 1) steps.push(copy([], half, 0), copy([], half, 1, true))
  builder.prepareStage('whole weights', [], steps)
  return element(filter, [channel, ...taps], pair)
}

/** The weights in units, in the order of the kernel. Adds the steps that compute them. */
function wholeNumbers(
  { builder }: ComponentContext,
  unit: number,
  extents: readonly number[],
  steps: Written[],
): BufferView {
  const { g, kernel } = builder
  const shape = [g.filters, ...extents]
  const all = shape.map((extent, d) => loop(`k${d}`, extent))
  const dense = (kind: string, dtype: DType): BufferView =>
    rowMajorView(builder.buffer(kind, 'scratch', elementCount(shape), dtype), shape)
  let from = kernel
  if (unit !== 1) {
    from = dense('scaled', g.dtype)
    const [to, a, b] = [at(from, ...all), at(kernel, ...all), builder.number('units', 1 / unit)]
    steps.push(contract({ over: all }, { to, a, b }))
  }
  const rounded = dense('rounded', pairedType)
  steps.push(move({ over: all }, { to: at(rounded, ...all), from: at(from, ...all) }))
  return rounded
}
