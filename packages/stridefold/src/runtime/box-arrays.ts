/**
 * The arrays of a box (planner/boxes.ts): copies its window out of the input, borders included.
 */

import { borderSegments } from '../geometry/border-segments.ts'
import { fillValue } from '../geometry/boundary.ts'
import { cartesianProduct } from '../ndarray/cartesian-product.ts'
import { copy } from '../ndarray/copy.ts'
import { allocateArray } from '../ndarray/memory.ts'
import { type NdArray, viewOf } from '../ndarray/ndarray.ts'
import type { Box, BoxPlan, Range, Window } from '../planner/boxes.ts'

/** Elements of a window along one axis: a run of the input, or one number. */
interface Run {
  readonly start: number
  readonly count: number
  readonly source: number
  readonly step: number
  readonly fill: number | undefined
  /** Behind the last sample that windows of the whole problem read. */
  readonly isBehind: boolean
}

/**
 * The window of a box: a copy of its samples. `input` is in canonical order. The window has the
 * strides that the plan of the box expects.
 */
export function windowArray(
  input: NdArray,
  { descriptors, channels, windows }: BoxPlan,
  { batch }: Box,
): NdArray {
  const { outer, channel, axes, dtype } = descriptors.input
  const shape = [
    batch[1] - batch[0],
    channels[1] - channels[0],
    ...windows.map(({ count }) => count),
  ]
  const dense = allocateArray([shape.reduce((n, extent) => n * extent, 1)], dtype)
  const window = viewOf(dense, { shape, strides: [outer, channel, ...axes], writable: true })
  const items = runsInside(batch)
  const all = windows.map((axis, a) => runsOf(axis, input.shape[a + 2]!))
  for (const [n, c, ...runs] of cartesianProduct([items, runsInside(channels), ...all])) {
    const place = [n!, c!, ...runs]
    const to = slabOf(
      window,
      place.map(({ start, count }) => ({ first: start, step: 1, count })),
    )
    const filled =
      runs.find(({ isBehind }) => isBehind) ?? runs.find((run) => run.fill !== undefined)
    const fill = filled?.fill
    const from =
      fill === undefined
        ? slabOf(
            input,
            place.map(({ source, step, count }) => ({ first: source, step, count })),
          )
        : constantLike(to, fill)
    copy(from, to)
  }
  return window
}

/** Batch items and channels lie inside the input. */
const runsInside = ([start, end]: Range): Run[] => [
  { start: 0, count: end - start, source: start, step: 1, fill: undefined, isBehind: false },
]

/** The runs of a window along one axis. */
function runsOf({ first, count, boundary, end }: Window, extent: number): Run[] {
  const read = Math.max(0, Math.min(count, end - first))
  const runs: Run[] = []
  for (const segment of borderSegments({ extent, boundary }, { first, count: read }))
    runs.push({
      ...segment,
      fill: segment.source < 0 ? fillValue(boundary) : undefined,
      isBehind: false,
    })
  if (read < count)
    runs.push({ start: read, count: count - read, source: -1, step: 0, fill: 0, isBehind: true })
  return runs
}

/** A view of some elements of an array along each axis. */
const slabOf = (
  x: NdArray,
  axes: readonly { readonly first: number; readonly step: number; readonly count: number }[],
): NdArray =>
  viewOf(x, {
    shape: axes.map(({ count }) => count),
    strides: x.strides.map((stride, a) => stride * axes[a]!.step),
    offset: axes.reduce((at, { first }, a) => at + first * x.strides[a]!, x.offset),
    writable: true,
  })

/** An array of the shape of `x` that holds one number everywhere. */
function constantLike({ shape, dtype }: NdArray, value: number): NdArray {
  const one = allocateArray([1], dtype)
  one.data[0] = value
  return viewOf(one, { shape, strides: shape.map(() => 0) })
}

/** The part of an array in canonical order that a box writes or reads. */
export const boxView = (x: NdArray, ranges: readonly Range[]): NdArray =>
  slabOf(
    x,
    ranges.map(([start, end]) => ({ first: start, step: 1, count: end - start })),
  )
