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

/** A canvas asks this for every cell, so it makes no lists. */
export function kindAt({ geometry: g, padded }: Around, index: readonly number[]): CellKind {
  let isInserted = false
  let isCropped = false
  for (let a = 0; a < g.axes.length; a++) {
    const { before, after, input: extent } = g.axes[a]!
    const step = padded.steps[a]!
    const place = index[a + 2]! - padded.before[a]!
    const last = (extent - 1) * step
    if (place < 0 || place > last) return 'padding'
    if (place % step !== 0) isInserted = true
    if (place < -before || place > last + after) isCropped = true
  }
  return isInserted ? 'inserted' : isCropped ? 'cropped' : 'value'
}
