/**
 * What the coordinates of a window read where it lies outside the array: the borders of the
 * library, and 'missing'.
 */

import type { Boundary } from 'stridefold'
import type { Range } from '../arrays/stored-array.ts'

/** A border of the library, or 'missing': samples outside are missing. */
export type Border = Boundary | 'missing'

/** The sample that a coordinate reads. Undefined: the constant of the border. */
export function sourceIndex(i: number, extent: number, border: Border): number | undefined {
  if (i >= 0 && i < extent) return i
  if (typeof border === 'object' || extent === 0) return undefined
  switch (border) {
    case 'zero':
    case 'missing':
      return undefined
    case 'edge':
      return i < 0 ? 0 : extent - 1
    case 'wrap':
      return modulo(i, extent)
    case 'symmetric':
      return mirrored(i, extent, 2 * extent, 1)
    case 'reflect':
      return extent === 1 ? 0 : mirrored(i, extent, 2 * (extent - 1), 0)
  }
}

/** The array forwards and backwards in turns: `twice` is 1 if the last sample is repeated. */
function mirrored(i: number, extent: number, period: number, twice: 0 | 1): number {
  const j = modulo(i, period)
  return j < extent ? j : period - twice - j
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n

/** The value of coordinates without a sample. That of 'missing' is never read. */
export const constantOf = (border: Border): number =>
  border === 'missing' ? Number.NaN : typeof border === 'object' ? border.constant : 0

/** The samples that a window reads along an axis: sorted, disjoint ranges. */
export function rangesOfWindow([first, end]: Range, extent: number, border: Border): Range[] {
  const inside: Range = [Math.max(0, Math.min(first, extent)), Math.max(0, Math.min(end, extent))]
  const outside = new Set<number>()
  const add = (from: number, to: number): void => {
    // After two extents, every border repeats itself.
    for (let i = from; i < Math.min(to, from + 2 * extent); i++) {
      const index = sourceIndex(i, extent, border)
      if (index !== undefined && (index < inside[0] || index >= inside[1])) outside.add(index)
    }
  }
  add(first, Math.min(0, end))
  add(Math.max(extent, first), end)
  const ranges: [number, number][] = inside[1] > inside[0] ? [[...inside]] : []
  for (const index of outside) ranges.push([index, index + 1])
  ranges.sort(([a], [b]) => a - b)
  const joined: [number, number][] = []
  for (const range of ranges) {
    const previous = joined.at(-1)
    if (previous !== undefined && previous[1] === range[0]) previous[1] = range[1]
    else joined.push(range)
  }
  return joined
}

/** Where a sample lies among the samples of these ranges. */
export function placeIn(ranges: readonly Range[], index: number): number {
  let before = 0
  for (const [start, end] of ranges) {
    if (index < end) return before + index - start
    before += end - start
  }
  return before
}
