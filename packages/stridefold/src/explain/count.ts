/**
 * Counts the taps of a selection without creating them. The axes are independent: along each axis,
 * a tap is a pair of an output and a weight. The function counts these pairs axis by axis and
 * multiplies the counts.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { Selection } from './focus.ts'
import { inserted, sampleAt } from './samples.ts'

export function tapCount(
  g: ConvGeometry,
  { outputs, channel, weights, samples }: Selection,
): number {
  const [items, filters, ...places] = outputs
  const perGroup = g.channels / g.groups
  let channels = 0
  for (let i = 0; i < filters!.length; i++) {
    const group = Math.floor(filters!.at(i)! / (g.filters / g.groups))
    channels += channel === undefined ? perGroup : Number(Math.floor(channel / perGroup) === group)
  }
  const pairsPerAxis = g.axes.map(({ kernel, inputDilation }, a) => {
    const selectedWeight = weights?.[a]
    const [from, to]: readonly [number, number] =
      selectedWeight === undefined ? [0, kernel] : [selectedWeight, selectedWeight + 1]
    // Without inserted zeros, every output meets every weight.
    if (samples === undefined && inputDilation === 1) return places[a]!.length * (to - from)
    let pairs = 0
    for (let o = 0; o < places[a]!.length; o++) {
      for (let w = from; w < to; w++) {
        const sample = sampleAt(g, a, places[a]!.at(o)!, w)
        if (samples === undefined ? sample !== inserted : sample === samples[a]) pairs++
      }
    }
    return pairs
  })
  return pairsPerAxis.reduce((product, pairs) => product * pairs, items!.length * channels)
}
