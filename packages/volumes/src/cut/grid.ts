/**
 * The boxes of a result, by arithmetic: a box has a number, and a number has a box. There is never
 * a list of boxes, so a million of them cost nothing.
 *
 *   result, cut into boxes of two chunks by one      box 4 = row 1, column 1
 *   ┌───┬───┬───┐
 *   │ 0 │ 1 │ 2 │      Each box is whole chunks (or one shard), so every chunk has one writer.
 *   ├───┼───┼───┤      Only the last boxes of an axis are smaller.
 *   │ 3 │ 4 │ 5 │
 *   └───┴───┴───┘
 */

import { product } from '../arrays/boxes.ts'
import type { Range } from '../arrays/stored-array.ts'

/** An array of this shape, cut into boxes of these extents. Plain data. */
export interface Grid {
  readonly shape: readonly number[]
  readonly box: readonly number[]
  /** Boxes along each axis. */
  readonly counts: readonly number[]
  /** All boxes. */
  readonly count: number
}

export function gridOf(shape: readonly number[], box: readonly number[]): Grid {
  const counts = shape.map((extent, a) => Math.ceil(extent / box[a]!))
  return { shape, box, counts, count: product(counts) }
}

/** The box with this number. The last axis runs fastest. */
export function boxAt({ shape, box, counts }: Grid, index: number): Range[] {
  return positionAt(counts, index).map((at, a) => {
    const start = at * box[a]!
    return [start, Math.min(start + box[a]!, shape[a]!)]
  })
}

/** The position with this number in a row-major grid. */
export function positionAt(counts: readonly number[], index: number): number[] {
  const position = new Array<number>(counts.length)
  let rest = index
  for (let a = counts.length - 1; a >= 0; a--) {
    position[a] = rest % counts[a]!
    rest = Math.floor(rest / counts[a]!)
  }
  return position
}

/** Part `task` of `of` equal parts of some boxes. Any `of` gives the same boxes in all. */
export interface TaskPart {
  readonly task: number
  readonly of: number
}

/** The boxes of a task: [first, end). Empty if there are more tasks than boxes. */
export function boxesOfTask(count: number, { task, of }: TaskPart): Range {
  return [Math.floor((task * count) / of), Math.floor(((task + 1) * count) / of)]
}

/** The chunks that a box consists of, as ranges of positions of chunks. */
export const chunksOfBox = (box: readonly Range[], chunks: readonly number[]): Range[] =>
  box.map(([start, end], a) => [Math.floor(start / chunks[a]!), Math.ceil(end / chunks[a]!)])

/** Every position in a product of ranges, the last axis fastest. */
export function* positionsIn(ranges: readonly Range[]): Generator<number[]> {
  const counts = ranges.map(([start, end]) => Math.max(0, end - start))
  const count = product(counts)
  for (let index = 0; index < count; index++)
    yield positionAt(counts, index).map((at, a) => ranges[a]![0] + at)
}

export const extentsOf = (ranges: readonly Range[]): number[] =>
  ranges.map(([start, end]) => end - start)
