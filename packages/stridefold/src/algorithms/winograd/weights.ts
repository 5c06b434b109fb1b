/**
 * Transforms the weights of a kernel: G along every axis, once per kernel and channel by channel.
 *
 *   taps [k…][f] ─G each axis─► [ξ…][c][f]
 */

import { at, loop } from '../../program/elements.ts'
import type { Loop } from '../../program/steps.ts'
import { move, type Written } from '../../program/write-steps.ts'
import type { ComponentContext } from '../context.ts'
import {
  axisLoopsOf,
  elementOf,
  type LoopArray,
  lengthOf,
  type TransformedAxis,
  transformStep,
} from './block.ts'

/** Adds the stage that transforms the weights of a component. Returns their buffer. */
export function addWeights(context: ComponentContext, tiling: readonly TransformedAxis[]): string {
  const { builder } = context
  const { g, c, kernel } = builder
  const axes = axisLoopsOf(tiling)
  const f = loop('f', g.filters)
  // Filters are innermost: the lanes of all later steps run along filters.
  const taps = axes.map((axis) => axis.tap)
  const dimensions = [...taps, f]
  let from: LoopArray = {
    buffer: builder.buffer('taps', 'local', lengthOf(dimensions)),
    dimensions,
  }
  const steps: Written[] = [
    move(
      { over: dimensions },
      { to: elementOf(from), from: at(kernel, f, c, ...context.kernelTaps(taps)) },
    ),
  ]
  // A kernel with one tap along every axis is only copied, by a 1×1 matrix.
  const transformed = axes.filter((axis) => axis.matrices !== undefined)
  const order = transformed.length > 0 ? transformed : axes.slice(0, 1)
  order.forEach((axis, i) => {
    const later = order.slice(i + 1)
    const after = axes.map((other) => (later.includes(other) ? other.tap : other.point))
    const isLast = later.length === 0
    const dimensions = isLast ? [...after, c, f] : [...after, f]
    const role = isLast ? 'prepared' : 'local'
    const to = { buffer: builder.buffer('weights', role, lengthOf(dimensions)), dimensions }
    // The only tap of an axis that is not transformed has index 0.
    const isSummed = (tap: Loop): boolean => tap === axis.tap || later.some((o) => o.tap === tap)
    const step = transformStep(builder, {
      matrix: axis.matrices?.kernel ?? [1],
      row: axis.point,
      sum: axis.tap,
      over: [...after, f],
      to: elementOf(to),
      from: elementOf(from, (d) => (taps.includes(d) && !isSummed(d) ? 0 : d)),
    })
    steps.push(step)
    from = to
  })
  builder.prepareStage('transform weights', [c], steps)
  return from.buffer
}
