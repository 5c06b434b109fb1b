/**
 * The products of a focus as numbers: the place of each in every view, without an object for each.
 * `explain` makes objects, which takes a second for a million products. This takes milliseconds.
 *
 * The trick is that of `explain`: the axes are independent. Along one axis a product is a pair of
 * output and weight, and every combination of the pairs of all axes is a product. A place is then a
 * sum with one term for each axis, so the terms are computed once for each pair:
 *
 *   place = lead(batch item, filter, channel) + term₀(pair₀) + term₁(pair₁) + term₂(pair₂)
 */

import type { Focus } from 'stridefold/sync'
import type { Pairs } from './axis-pairs.ts'
import { product } from './numbers.ts'
import {
  numberings,
  type Placed,
  type PlaceName,
  stepTerm,
  stridesOf,
  type Term,
} from './place-numbering.ts'
import { type Selected, selectedBy } from './selected-products.ts'

export interface TapPlaces {
  readonly count: number
  /** Places in a view and numbers of the first `most` products, in the order of the sums. */
  list(name: PlaceName, most?: number): PlaceList
}

/** Columns of numbers: the i-th product is the i-th number of each. */
export interface PlaceList {
  /** −1 if the view does not have the product. */
  readonly places: Float64Array
  readonly taps: Int32Array
}

/** `focus` has its complete index. */
export function tapPlaces(viewModel: Placed, focus: Focus): TapPlaces {
  const { geometry: g } = viewModel
  const selected = selectedBy(viewModel, focus)
  const [channelsPerGroup, filtersPerGroup] = [g.channels / g.groups, g.filters / g.groups]
  const channelsOf = (filter: number): readonly number[] => {
    const group = Math.floor(filter / filtersPerGroup)
    if (selected.channel === undefined)
      return Array.from({ length: channelsPerGroup }, (_, i) => group * channelsPerGroup + i)
    return Math.floor(selected.channel / channelsPerGroup) === group ? [selected.channel] : []
  }
  const count = selected.axes.reduce(
    (product, { weights }) => product * weights.length,
    selected.items.length *
      selected.filters.reduce((sum, filter) => sum + channelsOf(filter).length, 0),
  )
  return {
    count,
    list: (name, most = count) =>
      listTaps(viewModel, selected, channelsOf, name, Math.min(count, most)),
  }
}

/** An axis that problems with fewer than three axes lack: one pair, which adds nothing. */
const noAxis: Pairs = { outputs: [0], starts: [0, 1], weights: [0], samples: [0] }

function listTaps(
  viewModel: Placed,
  { items, filters, axes }: Selected,
  channelsOf: (filter: number) => readonly number[],
  name: PlaceName,
  count: number,
): PlaceList {
  const { geometry: g, shapes } = viewModel
  const { lead, term, needsSample } = numberings(viewModel)[name]
  const [places, taps] = [new Float64Array(count), new Int32Array(count)]
  const missing = 3 - axes.length
  const [x, y, z] = [...new Array<Pairs>(Math.min(2, missing)).fill(noAxis), ...axes] as [
    Pairs,
    Pairs,
    Pairs,
  ]
  const termsOf = (axis: Pairs, a: number, of: (a: number) => Term): Float64Array => {
    const terms = new Float64Array(axis.weights.length)
    if (a < 0) return terms
    const { constant = 0, output = 0, weight = 0, sample = 0 } = of(a)
    const { outputs, starts, weights, samples } = axis
    for (let at = 0; at < outputs.length; at++) {
      const first = constant + output * outputs[at]!
      for (let pair = starts[at]!; pair < starts[at + 1]!; pair++)
        terms[pair] = first + weight * weights[pair]! + sample * samples[pair]!
    }
    return terms
  }
  // Taps are numbered in the order of the sum: along the window, which a flip reverses.
  const weightStrides = stridesOf(shapes.kernel.slice(2))
  const weightCount = product(shapes.kernel.slice(2))
  const tapOf = (a: number): Term => stepTerm(g, a, weightStrides[a]!)
  const along = [x, y, z].map((axis, i) => termsOf(axis, i - missing, term))
  const steps = [x, y, z].map((axis, i) => new Int32Array(termsOf(axis, i - missing, tapOf)))
  const [alongX, alongY, alongZ] = along as [Float64Array, Float64Array, Float64Array]
  const [stepsX, stepsY, stepsZ] = steps as [Int32Array, Int32Array, Int32Array]
  const samplesZ = new Int32Array(z.samples)
  const isRow = [x, y, z].every(({ outputs, weights }) => outputs.length === weights.length)
  // The loops write columns of numbers. A call or an object for each product would take longer.
  let at = 0
  for (const n of items) {
    for (const filter of filters) {
      const channels = channelsOf(filter)
      const firsts = Float64Array.from(channels, (channel) => lead(n, filter, channel))
      const firstTaps = Int32Array.from(
        channels,
        (channel) => (channel % shapes.kernel[1]!) * weightCount,
      )
      for (let ox = 0; ox < x.outputs.length; ox++) {
        for (let oy = 0; oy < y.outputs.length; oy++) {
          if (isRow && channels.length === 1) {
            // A weight has one product in each output of a row. There may be a million of them.
            const [i, j] = [x.starts[ox]!, y.starts[oy]!]
            const isConstant = x.samples[i]! < 0 || y.samples[j]! < 0
            const first = firsts[0]! + alongX[i]! + alongY[j]!
            const tap = firstTaps[0]! + stepsX[i]! + stepsY[j]!
            const end = Math.min(count - at, alongZ.length)
            for (let k = 0; k < end; k++, at++) {
              places[at] = needsSample && (isConstant || samplesZ[k]! < 0) ? -1 : first + alongZ[k]!
              taps[at] = tap + stepsZ[k]!
            }
            continue
          }
          for (let oz = 0; oz < z.outputs.length; oz++) {
            for (let c = 0; c < channels.length; c++) {
              for (let i = x.starts[ox]!; i < x.starts[ox + 1]!; i++) {
                for (let j = y.starts[oy]!; j < y.starts[oy + 1]!; j++) {
                  const isConstant = x.samples[i]! < 0 || y.samples[j]! < 0
                  const first = firsts[c]! + alongX[i]! + alongY[j]!
                  const tap = firstTaps[c]! + stepsX[i]! + stepsY[j]!
                  for (let k = z.starts[oz]!; k < z.starts[oz + 1]!; k++) {
                    if (at === count) return { places, taps }
                    places[at] =
                      needsSample && (isConstant || z.samples[k]! < 0) ? -1 : first + alongZ[k]!
                    taps[at++] = tap + stepsZ[k]!
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  return { places, taps }
}
