/**
 * What is at a place of the padded input: a sample, the border, or a zero between samples?
 */

import type { CellKind } from '../grid/grid-types.ts'
import type { ViewModel } from './view-model.ts'

type Around = Pick<ViewModel, 'geometry' | 'padded'>

/** The index of the sample at a place of the padded input; undefined if there is none. */
export function sampleAt(
  { geometry: g, padded }: Around,
  [n = 0, c = 0, ...at]: readonly number[],
): readonly number[] | undefined {
  const index = at.map((place, a) => (place - padded.before[a]!) / padded.steps[a]!)
  return index.every((i, a) => Number.isInteger(i) && i >= 0 && i < g.axes[a]!.input)
    ? [n, c, ...index]
    : undefined
}

export function kindAt(around: Around, index: readonly number[]): CellKind {
  const { geometry: g, padded } = around
  const [, , ...at] = index
  const places = at.map((place, a) => place - padded.before[a]!)
  const isOutside = places.some(
    (place, a) => place < 0 || place > (g.axes[a]!.input - 1) * padded.steps[a]!,
  )
  if (isOutside) return 'padding'
  if (!sampleAt(around, index)) return 'inserted'
  const isCropped = places.some((place, a) => {
    const { before, after, input: extent } = g.axes[a]!
    return place < -before || place > (extent - 1) * padded.steps[a]! + after
  })
  return isCropped ? 'cropped' : 'value'
}
