/**
 * Counts the taps of a selection without creating them. The axes are independent: along each axis,
 * a tap is a pair of an output and a weight. The function counts these pairs axis by axis and
 * multiplies the counts.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { Places, Selection } from './focus.ts'
import { inserted, meetings, sampleAt } from './samples.ts'

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
    if (samples !== undefined) return pairsWith(g, a, samples[a]!, places[a]!, from, to)
    // Without inserted zeros, every output meets every weight.
    if (inputDilation === 1) return places[a]!.length * (to - from)
    let pairs = 0
    for (let o = 0; o < places[a]!.length; o++) {
      for (let w = from; w < to; w++) if (sampleAt(g, a, places[a]!.at(o)!, w) !== inserted) pairs++
    }
    return pairs
  })
  return pairsPerAxis.reduce((product, pairs) => product * pairs, items!.length * channels)
}

/** The number of pairs that meet a sample, of these outputs and the weights [from, to). */
function pairsWith(
  g: ConvGeometry,
  a: number,
  sample: number,
  places: Places,
  from: number,
  to: number,
): number {
  const outputs = new Set(Array.from({ length: places.length }, (_, i) => places.at(i)!))
  return meetings(g, a, sample).filter(
    ([output, weight]) => weight >= from && weight < to && outputs.has(output),
  ).length
}
