/**
 * Cuts a padded range of an axis into segments. A segment reads the input with one step (+1 inside,
 * 0 or −1 in a border) or holds a constant.
 */

import { type Boundary, fillValue, isConstant, sourceIndex } from '../../geometry/boundary.ts'

/**
 * The coordinates [start, start + length) of an axis. They read source, source + step, …, or hold a
 * constant.
 */
export interface Segment {
  readonly start: number
  readonly length: number
  readonly source: number
  readonly step: number
  readonly fill: number | undefined
}

/**
 * Returns the segments of an axis. There are few, unless an array is padded by its own extent many
 * times. Stops after `max` segments.
 */
export function segmentsOf(
  [first, end]: readonly [number, number],
  extent: number,
  boundary: Boundary,
  max: number,
): Segment[] {
  const segments: Segment[] = []
  const reverses = boundary === 'symmetric' || boundary === 'reflect'
  const period = Math.max(1, boundary === 'reflect' ? 2 * (extent - 1) : 2 * extent)
  const isConstantOrEdge = isConstant(boundary) || boundary === 'edge' || extent < 2
  for (let at = first; at < end && segments.length <= max; ) {
    const source = sourceIndex(at, extent, boundary)
    const isInside = at >= 0 && at < extent
    const isDown = reverses && ((at % period) + period) % period >= extent
    // Up to here the segment continues: on one side of the input to its end; else to the point
    // where the border reverses or repeats.
    const remaining =
      isConstantOrEdge && !isInside
        ? at < 0
          ? -at
          : Infinity
        : isDown
          ? source + (boundary === 'reflect' ? 0 : 1)
          : extent - source
    const length = Math.min(remaining, end - at)
    const step = length === 1 || (isConstantOrEdge && !isInside) ? 0 : isDown ? -1 : 1
    segments.push({
      start: at,
      length,
      source,
      step,
      fill: source < 0 ? fillValue(boundary) : undefined,
    })
    at += length
  }
  return segments
}
