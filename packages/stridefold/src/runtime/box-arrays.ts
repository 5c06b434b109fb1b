/**
 * Copies the samples of a box (planner/boxes.ts) out of the input, borders included, and its
 * results into the output.
 *
 * The axes are visited in the order in which they lie in memory. Where the inner axes are one piece
 * of memory, it is copied at once: one `set` for many rows.
 */

import { borderSegments } from '../geometry/border-segments.ts'
import { fillValue } from '../geometry/boundary.ts'
import type { OperandLayout } from '../geometry/operands.ts'
import type { TypedArray } from '../ndarray/dtype.ts'
import { fromInside, spanOf, stridesOf } from '../planner/box-layout.ts'
import type { Range, Window } from '../planner/boxes.ts'

/** Elements of a box along one axis: a run of the array, or one number. */
export interface Run {
  readonly start: number
  readonly count: number
  readonly source: number
  readonly step: number
  readonly fill: number | undefined
  /** Behind the last sample that windows of the whole problem read. */
  readonly isBehind: boolean
}

/** Indices [start, end) of an axis of the array; zeros where it has ended. */
export function runsInside([start, end]: Range, extent: number): Run[] {
  const count = Math.min(end, extent) - start
  const run = { start: 0, count, source: start, step: 1, fill: undefined, isBehind: false }
  return end <= extent ? [run] : [run, zeros(count, end - extent)]
}

/** The runs of a window along one axis, moved by some samples. */
export function runsOf({ first, count, boundary, end }: Window, by: number, extent: number): Run[] {
  const start = first + by
  const read = Math.max(0, Math.min(count, end - start))
  const runs: Run[] = []
  for (const segment of borderSegments({ extent, boundary }, { first: start, count: read }))
    runs.push({
      ...segment,
      fill: segment.source < 0 ? fillValue(boundary) : undefined,
      isBehind: false,
    })
  return read < count ? [...runs, zeros(read, count - read)] : runs
}

const zeros = (start: number, count: number): Run => ({
  ...{ start, count, source: -1, step: 0, fill: 0, isBehind: true },
})

/** The elements of a typed array from `at` on. */
export interface Place {
  readonly data: TypedArray
  readonly at: number
}

/** One axis of a copy, and how far neighbours lie apart on both sides. */
interface CopyAxis {
  /** 0 is the batch, 1 the channels. */
  readonly axis: number
  readonly from: number
  readonly to: number
  /** Elements of a box from the first to the last one along all axes further inside. */
  readonly spanInside: number
}

/** How parts of an array are copied. Axes of one element are left out; the outermost is first. */
export interface CopyOrder {
  readonly axes: readonly CopyAxis[]
  /** The axes from this one on are one piece of memory. */
  readonly pieceFrom: number
  readonly piece: number
  /** Whether a run of pieces along the axis outside of them is one piece of memory, too. */
  readonly joins: boolean
}

/**
 * How windows, or results, of this layout are copied from or to an array. `boxShape`: their shape.
 * An axis is whole if every box has all of it. `gaps`: whether a piece may have gaps.
 */
export function copyOrderOf(
  array: OperandLayout,
  box: OperandLayout,
  boxShape: readonly number[],
  isWhole: readonly boolean[],
  gaps: boolean,
): CopyOrder {
  const [from, to] = [stridesOf(array), stridesOf(box)]
  const used = fromInside(to).filter((a) => boxShape[a]! > 1 || !isWhole[a]!)
  const spans = used.map((_, i) => {
    const inside = used.slice(0, i)
    return inside.reduce((span, a) => span + to[a]! * (boxShape[a]! - 1), 1)
  })
  const isSame = (i: number): boolean => {
    const a = used[i]
    return a !== undefined && from[a] === to[a] && (gaps || to[a] === spans[i])
  }
  let pieces = 0
  while (isSame(pieces) && isWhole[used[pieces]!]!) pieces++
  const axes = used.map((axis, i) => ({
    ...{ axis, from: from[axis]!, to: to[axis]!, spanInside: spans[i]! },
  }))
  const all = spanOf(box, boxShape)
  return {
    axes: axes.toReversed(),
    pieceFrom: axes.length - pieces,
    piece: pieces < used.length ? spans[pieces]! : all,
    joins: isSame(pieces),
  }
}

/** A number that fills a part of a window. Of two, that with the smaller rank counts. */
interface Fill {
  readonly value: number
  readonly rank: number
}

/** Copies a window. `runs`: those of each axis. `from.at`: element [0, 0, …] of the array. */
export function copyWindow(
  { axes, pieceFrom, piece, joins }: CopyOrder,
  runs: readonly (readonly Run[])[],
  from: Place,
  to: Place,
): void {
  const isMixed = hasDifferentFills(runs)
  const copyFrom = (
    level: number,
    source: number,
    target: number,
    fill: Fill | undefined,
  ): void => {
    if (level === pieceFrom) {
      if (fill === undefined) set(from.data, source, piece, to.data, target)
      else to.data.fill(fill.value, target, target + piece)
      return
    }
    const { axis, from: step, to: stride, spanInside } = axes[level]!
    for (const run of runs[axis]!) {
      const { start, count, source: first, step: forward } = run
      if (count === 0) continue
      const at = target + start * stride
      const filled = moreImportant(fill, run, axis)
      if (filled !== undefined && !isMixed)
        to.data.fill(filled.value, at, at + (count - 1) * stride + spanInside)
      else if (filled === undefined && forward === 1 && joins && level === pieceFrom - 1)
        set(from.data, source + first * step, (count - 1) * step + piece, to.data, at)
      else if (filled === undefined && level === pieceFrom - 1 && piece === 1)
        // The samples of a border one by one: a copy of one element takes longer than the element.
        for (let i = 0; i < count; i++)
          to.data[at + i * stride] = from.data[source + (first + i * forward) * step]!
      else
        for (let i = 0; i < count; i++)
          copyFrom(level + 1, source + (first + i * forward) * step, at + i * stride, filled)
    }
  }
  copyFrom(0, from.at, to.at, undefined)
}

/** Outside of several axes, what lies behind all windows counts first, then the first axis. */
function moreImportant(fill: Fill | undefined, run: Run, axis: number): Fill | undefined {
  if (run.fill === undefined) return fill
  const rank = run.isBehind ? -1 : axis
  return fill !== undefined && fill.rank < rank ? fill : { value: run.fill, rank }
}

function hasDifferentFills(runs: readonly (readonly Run[])[]): boolean {
  let first: number | undefined
  for (const axis of runs)
    for (const { fill } of axis) {
      if (fill === undefined) continue
      first ??= fill
      if (!Object.is(first, fill)) return true
    }
  return false
}

/**
 * Copies results. `counts`: how many along each axis, from the start of the box. `to.at`: the place
 * of the first one.
 */
export function copyResults(
  { axes, pieceFrom, piece, joins }: CopyOrder,
  counts: readonly number[],
  from: Place,
  to: Place,
): void {
  const copyFrom = (level: number, source: number, target: number): void => {
    if (level === pieceFrom) {
      set(from.data, source, piece, to.data, target)
      return
    }
    const { axis, from: step, to: stride } = axes[level]!
    const count = counts[axis]!
    if (joins && level === pieceFrom - 1) set(from.data, source, count * piece, to.data, target)
    else for (let i = 0; i < count; i++) copyFrom(level + 1, source + i * stride, target + i * step)
  }
  copyFrom(0, from.at, to.at)
}

function set(from: TypedArray, at: number, count: number, to: TypedArray, target: number): void {
  to.set(from.subarray(at, at + count) as never, target)
}
