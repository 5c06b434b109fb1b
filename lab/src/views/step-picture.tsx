/**
 * One step in three dimensions: the output plane above the padded input, with lines from the
 * corners of the window to its output cell. The window is drawn from the places of the taps.
 */

import { computed, type ReadonlySignal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import type { Highlight } from '../model/highlight.ts'
import type { Marks } from '../model/marks.ts'
import { indexAt, placeOf } from '../model/numbers.ts'
import { kindAt } from '../model/places.ts'
import { planesOf } from '../model/planes.ts'
import { viewModel } from '../model/shared.ts'
import { outputPlace } from '../model/steps.ts'
import { colourOfTap } from '../model/tap-colours.ts'

type Point = readonly [x: number, y: number]

const maxExtent = 40

/** The extents of the two planes, which determine the projection. */
interface Planes {
  readonly below: { readonly rows: number; readonly columns: number }
  readonly above: { readonly rows: number; readonly columns: number }
}

const cellSize = 22
const slant = 0.5
const heightOf = ({ below }: Planes): number => 70 + below.rows * cellSize * 0.35

function pointAt(planes: Planes, row: number, column: number, level: 0 | 1): Point {
  const { below, above } = planes
  const [dr, dc] =
    level === 1 ? [(below.rows - above.rows) / 2, (below.columns - above.columns) / 2] : [0, 0]
  const [x, y] = [(column + dc) * cellSize, (row + dr) * cellSize]
  return [x + (below.rows * cellSize - y) * slant, y * slant + (level === 0 ? heightOf(planes) : 0)]
}

/** The corners of a cell, in the format of an SVG polygon. */
const quad = (planes: Planes, row: number, column: number, level: 0 | 1): string =>
  [
    pointAt(planes, row, column, level),
    pointAt(planes, row, column + 1, level),
    pointAt(planes, row + 1, column + 1, level),
    pointAt(planes, row + 1, column, level),
  ]
    .map((point) => point.map((n) => n.toFixed(1)).join())
    .join(' ')

const planesNow: ReadonlySignal<Planes> = computed(() => ({
  below: planesOf(viewModel.value.padded.array.shape),
  above: planesOf(viewModel.value.output.shape),
}))

export function StepPicture(): JSX.Element {
  const w = messages()
  const highlighted = useHighlight()
  const [cellsBelow, cellsAbove] = [
    useComputed(() => highlightedInput(highlighted.value)),
    useComputed(() => highlightedOutput(highlighted.value)),
  ]
  const planes = planesNow.value
  const { below } = planes
  if (Math.max(below.rows, below.columns) > maxExtent)
    return <p class="note">{w.pictureTooLarge(maxExtent)}</p>
  const width = below.columns * cellSize + below.rows * cellSize * slant
  const total = heightOf(planes) + below.rows * cellSize * slant
  return (
    <figure class="step-picture">
      <svg
        viewBox={`-4 -4 ${width + 8} ${total + 8}`}
        role="img"
        aria-label={w.pictureTitle}
        style={{ maxWidth: `${Math.min(720, width * 1.3)}px` }}
      >
        <g class="plane-input">
          <InputPlane />
          <HighlightedInput below={cellsBelow} />
        </g>
        <Rays below={cellsBelow} above={cellsAbove} />
        <g class="plane-output">
          <OutputPlane />
          <HighlightedOutput above={cellsAbove} />
        </g>
      </svg>
      <figcaption>{w.pictureCaption}</figcaption>
    </figure>
  )
}

// The planes are drawn once for each problem. The highlighted cells are drawn over them at every
// focus.

function InputPlane(): JSX.Element {
  const planes = planesNow.value
  const { rows, columns } = planes.below
  const model = viewModel.value
  // For a volume: the plane of its first samples.
  const lead = [0, 0, ...model.padded.before.slice(0, -2)]
  const isRow = model.geometry.axes.length === 1
  return (
    <>
      {Array.from({ length: rows * columns }, (_, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns]
        const isBorder = ['padding', 'cropped'].includes(
          kindAt(model, isRow ? [...lead, column] : [...lead, row, column]),
        )
        return (
          <polygon
            key={i}
            points={quad(planes, row, column, 0)}
            class={isBorder ? 'padding' : 'sample'}
          />
        )
      })}
    </>
  )
}

function OutputPlane(): JSX.Element {
  const planes = planesNow.value
  const { rows, columns } = planes.above
  return (
    <>
      {Array.from({ length: rows * columns }, (_, i) => (
        <polygon
          key={i}
          points={quad(planes, Math.floor(i / columns), i % columns, 1)}
          class="sample"
        />
      ))}
    </>
  )
}

interface HighlightedCell {
  readonly row: number
  readonly column: number
  readonly tap: number
}

/** The highlighted cells of one plane. */
function highlightedCells(
  marks: Marks,
  plane: number,
  rows: number,
  columns: number,
): readonly HighlightedCell[] {
  const size = rows * columns
  const { places, taps } = marks.mapPlaces((place) =>
    Math.floor(place / size) === plane ? place % size : undefined,
  )
  return Array.from(places, (place, i) => ({
    row: Math.floor(place / columns),
    column: place % columns,
    tap: taps[i]!,
  }))
}

function highlightedInput(highlight: Highlight): readonly HighlightedCell[] {
  const { rows, columns } = planesNow.value.below
  const marks = highlight.marks('padded')
  const [first = 0] = marks.places
  return highlightedCells(marks, Math.floor(first / (rows * columns)), rows, columns)
}

function highlightedOutput(highlight: Highlight): readonly HighlightedCell[] {
  const { rows, columns } = planesNow.value.above
  const { shapes } = viewModel.value
  const shown = highlight.taps[0]?.output ?? indexAt(outputPlace(), shapes.output)
  return highlightedCells(
    highlight.marks('output'),
    Math.floor(placeOf(shown, shapes.output) / (rows * columns)),
    rows,
    columns,
  )
}

interface HighlightedCells {
  readonly below: ReadonlySignal<readonly HighlightedCell[]>
  readonly above: ReadonlySignal<readonly HighlightedCell[]>
}

/** The outlines of cells as one path, because a weight highlights hundreds of them. */
const outlines = (cells: readonly HighlightedCell[], level: 0 | 1): string =>
  cells.map(({ row, column }) => `M${quad(planesNow.value, row, column, level)}Z`).join('')

function HighlightedInput({ below }: Pick<HighlightedCells, 'below'>): JSX.Element {
  const byTap = new Map<number, HighlightedCell[]>()
  for (const cell of below.value) {
    const cells = byTap.get(cell.tap)
    if (cells) cells.push(cell)
    else byTap.set(cell.tap, [cell])
  }
  return (
    <>
      {[...byTap].map(([tap, cells]) => (
        <path
          key={tap}
          d={outlines(cells, 0)}
          class="lit"
          fill={colourOfTap.value(tap).background}
        />
      ))}
    </>
  )
}

function HighlightedOutput({ above }: Pick<HighlightedCells, 'above'>): JSX.Element {
  return <path d={outlines(above.value, 1)} class="lit" />
}

const corners: readonly (readonly [down: number, right: number])[] = [
  [0, 0],
  [0, 1],
  [1, 1],
  [1, 0],
]

/**
 * Lines from the corners of the window to the corners of its output cell, if the focus is one
 * output.
 */
function Rays({ below, above }: HighlightedCells): JSX.Element | null {
  const planes = planesNow.value
  const [cells, outputs] = [below.value, above.value]
  const [output] = outputs
  if (outputs.length !== 1 || !output || cells.length === 0) return null
  const rows = cells.map(({ row }) => row)
  const columns = cells.map(({ column }) => column)
  return (
    <>
      {corners.map(([down, right]) => {
        const row = down ? Math.max(...rows) + 1 : Math.min(...rows)
        const column = right ? Math.max(...columns) + 1 : Math.min(...columns)
        const [x1, y1] = pointAt(planes, row, column, 0)
        const [x2, y2] = pointAt(planes, output.row + down, output.column + right, 1)
        return <line key={`${down}${right}`} x1={x1} y1={y1} x2={x2} y2={y2} class="ray" />
      })}
    </>
  )
}
