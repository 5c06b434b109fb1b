/**
 * Copies samples, with their border, so that the terms of a pair are neighbours of 16 bits:
 *
 *   channels   x[n, group, channel 2p + i, q]   ──►  copy[n, group, p, q, i]    i is 0 or 1
 *   taps       x[n, channel, q]                 ──►  copy[n, channel, q]        q + 1 is beside q
 *
 * The axes keep the order of the input; i, or the last axis of taps, is innermost. The second
 * channel of a pair that has only one is not written: its weights are 0, and 0 · x is 0 for
 * integers. So is the sample behind the last window.
 */

import { denseStridesLike, elementCount } from '../ndarray/layout.ts'
import {
  at,
  type BufferView,
  type Element,
  type Index,
  loop,
  plus,
  times,
} from '../program/elements.ts'
import type { Loop, Move } from '../program/steps.ts'
import type { Written } from '../program/write-steps.ts'
import { axisCopies, type Region } from './borders.ts'
import type { ProgramBuilder } from './builder.ts'
import type { ComponentContext } from './context.ts'
import { type CopiedChannels, gatherMoves } from './gather.ts'
import { type PairedTerms, pairsOf } from './paired-terms.ts'

/** The type of samples and weights that are multiplied in pairs. */
export const pairedType = 'int16'

/** The copy that all outputs of a component read. Its view has the axes of the formula above. */
export function pairedRegion(context: ComponentContext, pairs: PairedTerms): Region {
  const { component, builder } = context
  const { g } = builder
  const box = component.map((axis): [number, number] => [0, axis.outputs])
  const last = component.length - 1
  // Neighbouring taps must be neighbours in the copy.
  const dense = (axis: number): boolean => pairs === 'taps' && axis === last
  const axes = axisCopies(g, component, box, { dense })
  const extents = axes.map(({ length }) => length)
  const strides = pairs === 'channels' ? byChannels(builder, extents) : byTaps(builder, extents)
  const length = elementCount(extents) === 0 ? 0 : lengthOf(builder, pairs, extents)
  const buffer = builder.buffer('padded', 'scratch', length + 1, pairedType)
  const source: BufferView = { buffer, offset: 0, strides }
  const gather =
    length === 0
      ? []
      : channelsOf(builder, pairs).flatMap((channels): Written<Move>[] =>
          gatherMoves(builder, source, axes, channels),
        )
  return { name: 'padded', box, gather, source, axes }
}

function lengthOf({ g }: ProgramBuilder, pairs: PairedTerms, extents: readonly number[]): number {
  const channels = pairs === 'channels' ? 2 * g.groups * pairsOf(g.channels / g.groups) : g.channels
  return g.batch * channels * elementCount(extents)
}

/** The strides of [n, group, p, i, ...axes], like those of the input. */
function byChannels({ g, input }: ProgramBuilder, extents: readonly number[]): number[] {
  const [outer, channel, ...axes] = input.strides
  const channels = g.channels / g.groups
  const shape = [g.batch, g.groups, pairsOf(channels), 2, ...extents]
  const like = [outer!, channel! * channels, channel! * 2, 0, ...axes.map((stride) => stride || 1)]
  return denseStridesLike(shape, like)
}

/** The strides of [n, channel, ...axes] in row-major order. */
const byTaps = ({ g }: ProgramBuilder, extents: readonly number[]): number[] => {
  const shape = [g.batch, g.channels, ...extents]
  return denseStridesLike(
    shape,
    shape.map((_, axis) => shape.length - axis),
  )
}

/** The channels of the copy: all that have a pair, then the last of each group that has none. */
function channelsOf({ g, group }: ProgramBuilder, pairs: PairedTerms): CopiedChannels[] {
  if (pairs === 'taps') {
    const c = loop('c', g.channels)
    return [{ loops: [c], from: c, to: [c] }]
  }
  const channels = g.channels / g.groups
  const whole = Math.floor(channels / 2)
  const [p, i] = [loop('c', whole), loop('pair', 2)]
  const first = times(channels, group)
  const all: CopiedChannels[] = [
    { loops: [group, p, i], from: plus(first, times(2, p), i), to: [group, p, i] },
  ]
  if (channels % 2 === 1)
    all.push({ loops: [group], from: plus(first, channels - 1), to: [group, whole, 0] })
  return all.filter(({ loops }) => loops.every(({ extent }) => extent > 0))
}

/** The loops over the pairs of a sum, and over the two terms of a pair. */
export interface PairLoops {
  /** The loops over channels and taps, or over their pairs. */
  readonly sum: readonly [channel: Loop, ...taps: Loop[]]
  readonly pair: Loop
}

/** The loops of the sums of a component. */
export function pairLoops({ builder, taps }: ComponentContext, pairs: PairedTerms): PairLoops {
  const { c } = builder
  const pair = loop('pair', 2)
  if (pairs === 'channels') return { sum: [loop('c', pairsOf(c.extent)), ...taps], pair }
  const last = taps.at(-1)!
  return { sum: [c, ...taps.slice(0, -1), loop(last.name, pairsOf(last.extent))], pair }
}

/** The samples of a copy that these terms of output q read. */
export function pairedSamples(
  { builder }: ComponentContext,
  pairs: PairedTerms,
  { source, axes }: Region,
  q: readonly Index[],
  { sum: [channel, ...taps], pair }: PairLoops,
): Element {
  const { n, group, g } = builder
  const u = pairs === 'channels' ? taps : withPair(taps, pair)
  const samples = axes.map(({ stride, dilation }, a) =>
    plus(times(stride, q[a]!), times(dilation, u[a]!)),
  )
  return pairs === 'channels'
    ? at(source, n, group, channel, pair, ...samples)
    : at(source, n, plus(times(g.channels / g.groups, group), channel), ...samples)
}

/** The taps with two of them for each step along the last axis. */
export const withPair = (taps: readonly Index[], pair: Index): Index[] =>
  taps.map((tap, a) => (a === taps.length - 1 ? plus(times(2, tap), pair) : tap))
