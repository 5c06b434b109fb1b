/**
 * Which products does a focus select? Those of its batch items and filters, perhaps of one channel,
 * and of the pairs along each axis.
 */

import type { Focus } from 'stridefold/sync'
import { type Pairs, pairsOf } from './axis-pairs.ts'
import { indexAt, product } from './numbers.ts'
import type { Placed } from './place-numbering.ts'

export interface Selected {
  readonly items: readonly number[]
  readonly filters: readonly number[]
  readonly channel?: number
  readonly axes: readonly Pairs[]
}

/** `focus` has its complete index. */
export function selectedBy({ geometry: g, shapes }: Placed, focus: Focus): Selected {
  const along = (pairs: (a: number) => Pairs): readonly Pairs[] => g.axes.map((_, a) => pairs(a))
  const filtersOf = (channel: number): readonly number[] => {
    const count = g.filters / g.groups
    const first = Math.floor(channel / (g.channels / g.groups)) * count
    return Array.from({ length: count }, (_, i) => first + i)
  }
  const bySample = ([n = 0, channel = 0, ...at]: readonly number[]): Selected => ({
    items: [n],
    filters: filtersOf(channel),
    channel,
    axes: along((a) => pairsOf(g, a, { sample: at[a]! })),
  })
  if ('output' in focus) {
    const [n = 0, f = 0, ...at] = focus.output
    return { items: [n], filters: [f], axes: along((a) => pairsOf(g, a, { output: at[a]! })) }
  }
  if ('input' in focus) return bySample(focus.input)
  if ('byte' in focus) {
    const element = Math.floor(focus.byte / (g.dtype === 'float64' ? 8 : 4))
    return element < product(shapes.input)
      ? bySample(indexAt(element, shapes.input))
      : { items: [], filters: [], axes: [] }
  }
  if ('kernel' in focus) {
    const [f = 0, local = 0, ...at] = focus.kernel
    return {
      items: Array.from({ length: g.batch }, (_, n) => n),
      filters: [f],
      channel: Math.floor(f / (g.filters / g.groups)) * (g.channels / g.groups) + local,
      axes: along((a) => pairsOf(g, a, { weight: at[a]! })),
    }
  }
  if ('im2col' in focus) {
    const [channel = 0, ...weights] = indexAt(focus.im2col[0]!, [
      g.channels,
      ...shapes.kernel.slice(2),
    ])
    const [n = 0, ...at] = indexAt(focus.im2col[1]!, [g.batch, ...shapes.output.slice(2)])
    return {
      items: [n],
      filters: filtersOf(channel),
      channel,
      axes: along((a) => pairsOf(g, a, { output: at[a]!, weight: weights[a]! })),
    }
  }
  const [n = 0, f = 0, ...at] = indexAt(focus.toeplitz[0]!, shapes.output)
  const [item = 0, channel = 0, ...samples] = indexAt(focus.toeplitz[1]!, shapes.input)
  return {
    items: n === item ? [n] : [],
    filters: [f],
    channel,
    axes: along((a) => pairsOf(g, a, { output: at[a]!, sample: samples[a]! })),
  }
}
