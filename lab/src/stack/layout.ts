/**
 * Where the planes stand on the screen: the input on the left, a row of planes for each filter, and
 * the output plane of each filter at the end of its row. Where that is too wide, the input stands
 * above the filters, and its planes in several rows.
 */

import { charactersFor } from '../stage/docks/fitted-text.ts'
import {
  type Camera,
  type Directions,
  directionsOf,
  type Point,
  type Size,
  stackOf,
} from './projection.ts'
import type { Planes, StackModel } from './stack-model.ts'

/** One kind of planes: their cells in px, and the characters that fit into one. */
export interface Kind {
  readonly cell: Size
  readonly characters: number
  /** A plane with its tab. */
  readonly plane: Size
}

export interface SceneLayout {
  readonly directions: Directions
  readonly size: Size
  readonly font: number
  readonly kinds: Readonly<Record<KindName, Kind>>
  /** The upper left corner of each plane, below its tab. */
  readonly input: readonly Point[]
  readonly weights: readonly Point[]
  readonly output: readonly Point[]
  /** The row of each filter: the place of its name, and its boxes. */
  readonly rows: readonly FilterRow[]
}

export interface FilterRow {
  readonly name: Point
  readonly middle: number
  readonly left: number
  readonly right: number
  readonly outputLeft: number
}

export type KindName = 'input' | 'weights' | 'output'

export const tabHeight = 18
const [largestCell, smallestCell] = [56, 23]
/** Cells of planes that stand below each other. */
const largestTallCell = 30
/** A layer with many planes may be higher than its room: by these factors, if nothing else fits. */
const heights = [1, 1.35, 2]
const digitShare = 0.6
/** Between planes, between columns, between rows. */
const [gap, columnGap, rowGap] = [8, 44, 12]
/** Between a filter and its output. */
const sumGap = 52
/** The name of a filter above its row. */
const [nameWidth, nameHeight] = [64, 20]

/**
 * The largest cells with which everything fits: with the planes of the input in one row or in
 * several, and the filters in one column or two; then with more height; then with the input above
 * the filters. If nothing fits, the smallest cells.
 */
export function layoutOf(model: StackModel, camera: Camera, room: Size): SceneLayout {
  const { count } = model.padded
  const counts = [...new Set([count, Math.ceil(count / 2), 1])]
  for (const height of heights.map((factor) => room.height * factor))
    for (let cell = largestCell; cell >= smallestCell; cell--)
      for (const columns of model.output.count > 2 ? [1, 2] : [1])
        for (const perRow of counts) {
          const choice = { cell, perRow, columns, isTall: false }
          const layout = layoutWith(model, camera, room, choice)
          if (layout.size.width <= room.width && layout.size.height <= height) return layout
        }
  for (const perRow of counts)
    for (let cell = largestTallCell; cell >= smallestCell; cell--) {
      const layout = layoutWith(model, camera, room, { cell, perRow, columns: 1, isTall: true })
      if (layout.size.width <= room.width) return layout
    }
  return layoutWith(model, camera, room, {
    cell: smallestCell,
    perRow: 1,
    columns: 1,
    isTall: true,
  })
}

interface Choice {
  readonly cell: number
  /** How many planes of the input one row has. */
  readonly perRow: number
  /** Columns of filters. */
  readonly columns: number
  /** Whether the input stands above the filters. */
  readonly isTall: boolean
}

function layoutWith(
  model: StackModel,
  camera: Camera,
  room: Size,
  { cell, perRow, columns, isTall }: Choice,
): SceneLayout {
  const directions = directionsOf(camera)
  const font = Math.max(12, Math.min(22, Math.round(cell * 0.46)))
  const kindOf = (planes: Planes): Kind => {
    const characters = charactersFor(planes.data)
    const width = Math.max(cell, Math.ceil(characters * digitShare * font) + 6)
    return {
      cell: { width, height: cell },
      characters,
      plane: { width: width * planes.columns, height: cell * planes.rows + tabHeight },
    }
  }
  const kinds = {
    input: kindOf(model.padded),
    weights: kindOf(model.weights),
    output: kindOf(model.output),
  }
  const below = { x: directions.down.x * tabHeight, y: directions.down.y * tabHeight }
  const put = (corners: readonly Point[], at: Point): Point[] =>
    corners.map(({ x, y }) => ({ x: x + at.x + below.x, y: y + at.y + below.y }))

  // One row of the planes of a filter, and its output.
  const filter = stackOf(directions, model.groupChannels, kinds.weights.plane, gap)
  const result = stackOf(directions, 1, kinds.output.plane, gap)
  const rowHeight = nameHeight + Math.max(filter.box.height, result.box.height)
  const filters = model.output.count
  const perColumn = Math.ceil(filters / columns)
  const rowsHeight = perColumn * rowHeight + (perColumn - 1) * rowGap
  const outputAt = Math.max(filter.box.width, nameWidth) + sumGap
  const rowWidth = outputAt + result.box.width
  const rowsWidth = columns * rowWidth + (columns - 1) * columnGap

  const input = inputRows(directions, model.padded.count, kinds.input.plane, perRow)
  const size = isTall
    ? {
        width: Math.max(input.box.width, rowsWidth),
        height: input.box.height + columnGap + rowsHeight,
      }
    : {
        width: input.box.width + columnGap + rowsWidth,
        height: Math.max(input.box.height, rowsHeight),
      }
  const whole = { width: Math.max(size.width, room.width), height: size.height }
  const inputCorner = isTall
    ? { x: (whole.width - input.box.width) / 2, y: 0 }
    : {
        x: (whole.width - size.width) / 2,
        y: (whole.height - input.box.height) / 2,
      }
  const rowsCorner = isTall
    ? {
        x: (whole.width - rowsWidth) / 2,
        y: input.box.height + columnGap,
      }
    : {
        x: inputCorner.x + input.box.width + columnGap,
        y: (whole.height - rowsHeight) / 2,
      }
  const rows = Array.from({ length: filters }, (_, i): FilterRow => {
    const top = rowsCorner.y + (i % perColumn) * (rowHeight + rowGap)
    const left = rowsCorner.x + Math.floor(i / perColumn) * (rowWidth + columnGap)
    return {
      name: { x: left, y: top + 14 },
      middle: top + nameHeight + (rowHeight - nameHeight) / 2,
      left,
      right: left + filter.box.width,
      outputLeft: left + outputAt,
    }
  })
  return {
    directions,
    size: whole,
    font,
    kinds,
    input: put(input.corners, inputCorner),
    weights: rows.flatMap(({ left, middle }) =>
      put(filter.corners, { x: left, y: middle - filter.box.height / 2 }),
    ),
    output: rows.flatMap(({ outputLeft, middle }) =>
      put(result.corners, { x: outputLeft, y: middle - result.box.height / 2 }),
    ),
    rows,
  }
}

/** The planes of the input, in rows of at most `perRow`. */
function inputRows(
  directions: Directions,
  count: number,
  plane: Size,
  perRow: number,
): ReturnType<typeof stackOf> {
  const corners: Point[] = []
  const box = { width: 0, height: 0 }
  for (let first = 0; first < count; first += perRow) {
    const row = stackOf(directions, Math.min(perRow, count - first), plane, gap)
    const top = first === 0 ? 0 : box.height + gap
    corners.push(...row.corners.map(({ x, y }) => ({ x, y: y + top })))
    box.width = Math.max(box.width, row.box.width)
    box.height = top + row.box.height
  }
  return { corners, box }
}
