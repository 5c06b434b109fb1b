/**
 * Cuts the copies of a box along its outermost axis, so that the event loop can go on between them.
 * A copy into a new array is the slow one: its pages are touched for the first time.
 */

import type { CopyOrder, Run } from './box-arrays.ts'

/** About 1 ms of a copy into a new array. */
const sliceBytes = 2 ** 20

/** Indices [start, end) of the outermost axis of a copy. */
interface Slice {
  readonly start: number
  readonly end: number
}

/** `extent`: of the outermost axis. Undefined: the copy is one piece. */
function slicesOf({ axes, pieceFrom }: CopyOrder, extent: number, elementBytes: number): Slice[] {
  const { spanInside } = axes[0]!
  const rows = Math.max(1, Math.floor(sliceBytes / (spanInside * elementBytes)))
  const count = pieceFrom === 0 ? 1 : Math.ceil(extent / rows)
  return Array.from({ length: count }, (_, i) => ({
    start: i * rows,
    end: count === 1 ? extent : Math.min(extent, (i + 1) * rows),
  }))
}

/** The runs of each slice of a window. */
export function windowSlices(
  order: CopyOrder,
  runs: readonly (readonly Run[])[],
  elementBytes: number,
): (readonly (readonly Run[])[])[] {
  const outermost = order.axes[0]?.axis
  if (outermost === undefined) return [runs]
  const extent = Math.max(0, ...runs[outermost]!.map(({ start, count }) => start + count))
  return slicesOf(order, extent, elementBytes).map((slice) =>
    runs.map((all, axis) => (axis === outermost ? runsInSlice(all, slice) : all)),
  )
}

function runsInSlice(runs: readonly Run[], slice: Slice): Run[] {
  return runs.flatMap((run) => {
    const start = Math.max(run.start, slice.start)
    const end = Math.min(run.start + run.count, slice.end)
    const source = run.source + (start - run.start) * run.step
    return start < end ? [{ ...run, start, count: end - start, source }] : []
  })
}

/** Some of the results of a box. */
export interface ResultSlice {
  readonly counts: readonly number[]
  /** Elements from the first result of the box, in the box and in the output. */
  readonly from: number
  readonly to: number
}

/** The slices of the results. `counts`: how many along each axis. */
export function resultSlices(
  order: CopyOrder,
  counts: readonly number[],
  elementBytes: number,
): ResultSlice[] {
  const outermost = order.axes[0]
  if (outermost === undefined) return [{ counts, from: 0, to: 0 }]
  const { axis, from, to } = outermost
  return slicesOf(order, counts[axis]!, elementBytes).map(({ start, end }) => ({
    counts: counts.map((count, a) => (a === axis ? end - start : count)),
    from: start * to,
    to: start * from,
  }))
}
