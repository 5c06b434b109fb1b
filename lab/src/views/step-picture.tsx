/**
 * One step in three dimensions: the output plane floats above the padded input; from the corners of the window lines run up to the cell
 * that it makes. Drawn from taps alone: the window is where the taps are.
 */

import type { JSX } from 'preact'
import { tapColour } from '../model/colours.ts'
import { indexAt, placeOf } from '../model/numbers.ts'
import { planesOf } from '../model/planes.ts'
import { light, scene } from '../model/shared.ts'
import { outputPlace } from '../model/steps.ts'
import { words } from '../words/words.ts'

type Point = readonly [x: number, y: number]

const MOST = 40

export function StepPicture(): JSX.Element {
  const { padded, output, shapes, geometry } = scene.value
  const w = words()
  const below = planesOf(padded.array.shape)
  const above = planesOf(output.shape)
  if (Math.max(below.rows, below.columns) > MOST) return <p class="note">{w.pictureTooLarge(MOST)}</p>
  const marks = light.value.marks('padded')
  const [first] = marks.keys()
  const plane = first === undefined ? 0 : Math.floor(first / (below.rows * below.columns))
  const shownOutput = light.value.taps[0]?.output ?? indexAt(outputPlace(), shapes.output)
  const upper = Math.floor(placeOf(shownOutput, shapes.output) / (above.rows * above.columns))
  const cell = 22
  const [wide, deep] = [below.columns * cell, below.rows * cell]
  const slant = 0.5
  const height = 70 + deep * 0.35
  const at = (row: number, column: number, level: 0 | 1): Point => {
    const [dr, dc] = level === 1 ? [(below.rows - above.rows) / 2, (below.columns - above.columns) / 2] : [0, 0]
    const [x, y] = [(column + dc) * cell, (row + dr) * cell]
    return [x + (deep - y) * slant, y * slant + (level === 0 ? height : 0)]
  }
  const quad = (row: number, column: number, level: 0 | 1, rows = 1, columns = 1): string =>
    [at(row, column, level), at(row, column + columns, level), at(row + rows, column + columns, level), at(row + rows, column, level)]
      .map((point) => point.map((n) => n.toFixed(1)).join())
      .join(' ')
  const inPlane = [...marks].flatMap(([place, mark]) => {
    const size = below.rows * below.columns
    return Math.floor(place / size) === plane
      ? [{ row: Math.floor((place % size) / below.columns), column: place % below.columns, mark }]
      : []
  })
  const outputs = [...light.value.marks('output').keys()].flatMap((place) => {
    const size = above.rows * above.columns
    return Math.floor(place / size) === upper ? [{ row: Math.floor((place % size) / above.columns), column: place % above.columns }] : []
  })
  const isPadding = (row: number, column: number): boolean => {
    const [rowsBefore, columnsBefore] = [geometry.axes.length > 1 ? padded.before.at(-2)! : 0, padded.before.at(-1)!]
    const [r, c] = [row - rowsBefore, column - columnsBefore]
    const rowAxis = geometry.axes.at(-2)
    const columnAxis = geometry.axes.at(-1)!
    return (
      r < 0 ||
      c < 0 ||
      c > (columnAxis.input - 1) * columnAxis.inputDilation ||
      (rowAxis !== undefined && r > (rowAxis.input - 1) * rowAxis.inputDilation)
    )
  }
  const isOneOutput = outputs.length === 1 && inPlane.length > 0
  const box = isOneOutput && {
    row: Math.min(...inPlane.map(({ row }) => row)),
    column: Math.min(...inPlane.map(({ column }) => column)),
    bottom: Math.max(...inPlane.map(({ row }) => row)) + 1,
    right: Math.max(...inPlane.map(({ column }) => column)) + 1,
  }
  const corners: readonly (readonly [number, number])[] = [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 0],
  ]
  const width = wide + deep * slant
  const total = height + deep * slant
  return (
    <figure class="step-picture">
      <svg
        viewBox={`-4 -4 ${width + 8} ${total + 8}`}
        role="img"
        aria-label={w.pictureTitle}
        style={{ maxWidth: `${Math.min(720, width * 1.3)}px` }}
      >
        <g class="plane-input">
          {Array.from({ length: below.rows * below.columns }, (_, i) => {
            const [row, column] = [Math.floor(i / below.columns), i % below.columns]
            return <polygon key={i} points={quad(row, column, 0)} class={isPadding(row, column) ? 'padding' : 'sample'} />
          })}
          {inPlane.map(({ row, column, mark }) => (
            <polygon
              key={`${row},${column}`}
              points={quad(row, column, 0)}
              class="lit"
              fill={tapColour(Math.max(0, mark.tap), light.value.of).ground}
            />
          ))}
        </g>
        {box &&
          corners.map(([down, right]) => {
            const [x1, y1] = at(down ? box.bottom : box.row, right ? box.right : box.column, 0)
            const [x2, y2] = at(outputs[0]!.row + down, outputs[0]!.column + right, 1)
            return <line key={`${down}${right}`} x1={x1} y1={y1} x2={x2} y2={y2} class="ray" />
          })}
        <g class="plane-output">
          {Array.from({ length: above.rows * above.columns }, (_, i) => (
            <polygon key={i} points={quad(Math.floor(i / above.columns), i % above.columns, 1)} class="sample" />
          ))}
          {outputs.map(({ row, column }) => (
            <polygon key={`${row},${column}`} points={quad(row, column, 1)} class="lit" />
          ))}
        </g>
      </svg>
      <figcaption>{w.pictureCaption}</figcaption>
    </figure>
  )
}
