/**
 * How a Move becomes code: loops over rows. The innermost loop, `row`, is the one that is
 * contiguous in the target. With `across` the code copies four by four elements: one of the two
 * loops is contiguous in the target, the other in the source.
 */

import { type DType, dtypes } from '../../../ndarray/dtype.ts'
import { largestCoordinate } from '../../../program/positions.ts'
import type { BoundsCheck, Loop, Move } from '../../../program/steps.ts'

/**
 * One loop of a Move: the strides of both sides in elements, and the stride of each bound's
 * coordinate.
 */
export interface MoveLoop {
  readonly extent: number
  readonly to: number
  readonly from: number
  readonly bounds: readonly number[]
}

export interface MoveForm {
  readonly toType: DType
  readonly fromType: DType
  /** The number to write; undefined if elements are copied. */
  readonly constant: number | undefined
  readonly outside: number | 'skip'
  readonly row: MoveLoop
  /** Elements of `row` that are copied at a time. */
  readonly width: number
  /**
   * The innermost loop, over two elements, if elements of two rows become neighbours. `row` then
   * moves by two elements of the target.
   */
  readonly pair: MoveLoop | undefined
  /** The other loop of a transposed copy. */
  readonly across: MoveLoop | undefined
  /** The loops outside `row` and `across`, outermost first. */
  readonly outer: readonly MoveLoop[]
  /**
   * The bounds checks with coordinates as the code counts them. Its last parameters are these
   * coordinates at the first element.
   */
  readonly bounds: readonly BoundsCheck[]
}

/**
 * Number of elements that are copied at a time for these types and strides; 1 if there is no vector
 * code for them.
 */
function vectorWidth(toType: DType, fromType: DType, to: number, from: number): number {
  if (to !== 1) return 1
  const { bytes } = dtypes[toType]
  if (toType === fromType) return from === 1 || bytes >= 4 ? 16 / bytes : 1
  if (from !== 1) return 1
  if (toType === 'float32' && dtypes[fromType].integer && fromType !== 'int32') return 8
  if (fromType === 'float32' && dtypes[toType].integer && toType !== 'int32') return 16 / bytes
  return isWidened(toType, fromType) ? 8 : 1
}

/** Whether bytes become numbers of 16 bits that hold all of them. */
const isWidened = (toType: DType, fromType: DType): boolean =>
  dtypes[toType].integer &&
  dtypes[toType].bytes === 2 &&
  dtypes[fromType].bytes === 1 &&
  dtypes[fromType].min >= dtypes[toType].min

/** `grid`: the loops of the stage, outside the loops of the step. */
export function moveForm(
  step: Move,
  grid: readonly Loop[],
  toType: DType,
  fromType: DType,
): MoveForm {
  const { loops, bounds } = orderedNest(step, grid)
  const longs = toType === fromType && dtypes[toType].bytes === 2 ? asLongs(step, loops) : undefined
  if (longs !== undefined) return formOf(step, longs, bounds, 'int32', 'int32')
  return formOf(step, loops, bounds, toType, fromType)
}

/** Pairs of 16 bits that stay neighbours, as loops over elements of 32 bits. */
function asLongs({ from, bounds }: Move, loops: readonly MoveLoop[]): MoveLoop[] | undefined {
  const [outer, pair] = [loops.slice(0, -1), loops.at(-1)]
  const isPair = pair?.extent === 2 && pair.to === 1 && pair.from === 1
  const isEven = outer.every((loop) => loop.to % 2 === 0 && loop.from % 2 === 0)
  if (!isPair || !isEven || typeof from === 'number' || bounds.length > 0) return undefined
  return outer.map((loop) => ({ ...loop, to: loop.to / 2, from: loop.from / 2 }))
}

function formOf(
  step: Move,
  loops: readonly MoveLoop[],
  bounds: readonly BoundsCheck[],
  toType: DType,
  fromType: DType,
): MoveForm {
  const constant = typeof step.from === 'number' ? step.from : undefined
  const common = { toType, fromType, constant, outside: step.outside, bounds, pair: undefined }
  const [interleaved, pair] = loops.slice(-2)
  const isShort = isWidened(toType, fromType) || (toType === fromType && dtypes[toType].bytes === 2)
  if (constant === undefined && isShort && pair && isInterleaved(interleaved!, pair))
    return {
      ...common,
      pair,
      row: interleaved!,
      width: 8,
      across: undefined,
      outer: loops.slice(0, -2),
    }
  const transposed =
    toType === fromType && dtypes[toType].bytes === 4 && constant === undefined
      ? transposedLoops(loops)
      : undefined
  if (transposed !== undefined) {
    const { row, across } = transposed
    const outer = loops.filter((loop) => loop !== row && loop !== across)
    return { ...common, row, width: squareExtent, across, outer }
  }
  const row = loops.at(-1) ?? { extent: 1, to: 1, from: 1, bounds: bounds.map(() => 0) }
  const width = vectorWidth(toType, fromType, row.to, row.from)
  return { ...common, row, width, across: undefined, outer: loops.slice(0, -1) }
}

/** Whether the elements of two rows of a source become neighbours. */
const isInterleaved = (row: MoveLoop, pair: MoveLoop): boolean =>
  pair.extent === 2 &&
  pair.to === 1 &&
  row.to === 2 &&
  row.from === 1 &&
  pair.bounds.every((stride) => stride === 0)

interface TransposedLoops {
  readonly row: MoveLoop
  readonly across: MoveLoop
}

/** A transposed copy moves squares of this many elements. */
export const squareExtent = 4

/**
 * Finds a loop that is contiguous in the target, and another that is contiguous in the source.
 * Bounds may apply to one of them, which then becomes `row`. Returns undefined if there is no such
 * pair.
 */
function transposedLoops(loops: readonly MoveLoop[]): TransposedLoops | undefined {
  const target = loops.find((loop) => loop.to === 1 && loop.from > 1)
  const source = loops.find((loop) => loop.from === 1 && loop.to > 1)
  if (
    target === undefined ||
    source === undefined ||
    target.extent < squareExtent ||
    source.extent < squareExtent
  )
    return undefined
  const isBounded = (loop: MoveLoop): boolean => loop.bounds.some((stride) => stride !== 0)
  if (!isBounded(source)) return { row: target, across: source }
  return isBounded(target) ? undefined : { row: source, across: target }
}

interface MoveNest {
  readonly loops: readonly MoveLoop[]
  readonly bounds: readonly BoundsCheck[]
}

/**
 * The loops of the step, without loops of extent 1, largest target stride first. Neighbouring loops
 * are merged if all operands and bounds allow it.
 *
 * Let two loops have indices x (outer) and n (inner, extent N). A bound 0 ≤ c + x < E on the outer
 * loop becomes the bound 0 ≤ c·N + (x·N + n) < E·N on the merged loop. So the colours of a pixel,
 * or the channels of a position, are copied together with their row.
 */
function orderedNest(step: Move, grid: readonly Loop[]): MoveNest {
  let merged: MoveLoop[] = []
  let { bounds } = step
  // The factor by which the coordinates of each bound were scaled so far. Scaled coordinates must
  // fit in 32-bit integers.
  let boundScales = bounds.map(() => 1)
  const sizes = bounds.map((bound) => largestCoordinate(bound, [...grid, ...step.loops]))
  for (const unscaled of loopsOf(step, grid.length)) {
    const loop = scaleBounds(unscaled, boundScales)
    const outer = merged.at(-1)
    const isMergeable =
      outer !== undefined &&
      outer.to === loop.to * loop.extent &&
      outer.from === loop.from * loop.extent &&
      outer.bounds.every((stride, b) => loop.bounds[b] === 0 && (stride === 0 || stride === 1)) &&
      outer.bounds.every(
        (stride, b) => stride === 0 || sizes[b]! * boundScales[b]! * loop.extent < 2 ** 31,
      )
    if (!isMergeable) {
      merged.push(loop)
      continue
    }
    const scale = outer.bounds.map((stride) => (stride === 1 ? loop.extent : 1))
    boundScales = boundScales.map((all, b) => all * scale[b]!)
    bounds = bounds.map((bound, b) => ({
      extent: bound.extent * scale[b]!,
      offset: bound.offset * scale[b]!,
      strides: bound.strides.map((stride) => stride * scale[b]!),
    }))
    merged = [
      ...merged.slice(0, -1).map((other) => scaleBounds(other, scale)),
      { ...loop, extent: outer.extent * loop.extent, bounds: outer.bounds },
    ]
  }
  return { loops: merged, bounds }
}

/** A constant has stride 0 along every loop. */
function loopsOf({ loops, to, from, bounds }: Move, gridRank: number): MoveLoop[] {
  return loops
    .map(({ extent }, index): MoveLoop => {
      const l = gridRank + index
      return {
        extent,
        to: to.strides[l]!,
        from: typeof from === 'number' ? 0 : from.strides[l]!,
        bounds: bounds.map((bound) => bound.strides[l]!),
      }
    })
    .filter(({ extent }) => extent !== 1)
    .toSorted((x, y) => Math.abs(y.to) - Math.abs(x.to))
}

const scaleBounds = (loop: MoveLoop, scale: readonly number[]): MoveLoop => ({
  ...loop,
  bounds: loop.bounds.map((stride, b) => stride * scale[b]!),
})
