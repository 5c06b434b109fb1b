/**
 * The places that a presentation steps through. A small output is stepped through whole. Of a large
 * one: the first place, the largest and the smallest result, and the ones nearest to 0 and to the
 * middle of the scale.
 */

import type { StageModel } from './stage-model.ts'

/** Outputs of which every place is told. */
const fewPlaces = 24

/** The numbers of the outputs, in the order in which they are told. */
export function tellingPlaces({ output, outputScale }: StageModel): readonly number[] {
  const count = output.width * output.height
  if (count <= fewPlaces) return Array.from({ length: count }, (_, i) => i)
  const best = (rate: (value: number) => number): number => {
    let found = 0
    for (let i = 1; i < count; i++) if (rate(output.data[i]!) > rate(output.data[found]!)) found = i
    return found
  }
  const middle = (outputScale.low + outputScale.high) / 2
  const found = [
    0,
    best((value) => value),
    best((value) => -value),
    best((value) => -Math.abs(value - middle)),
    best((value) => -Math.abs(value)),
    count - 1,
  ]
  return [...new Set(found)]
}

/** The next place in the list, after or before the current one. It stops at the ends. */
export function nextTelling(places: readonly number[], current: number, by: 1 | -1): number {
  const at = places.indexOf(current)
  if (at >= 0) return places[Math.max(0, Math.min(places.length - 1, at + by))]!
  return places[by === 1 ? 0 : places.length - 1]!
}
