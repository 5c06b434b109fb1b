/**
 * A plane that is too large for an HTML table, drawn on a canvas. If the plane is too large for the
 * canvas too, only a part is drawn. The active cell is a real table cell, so keyboard and screen
 * reader work as in a small plane.
 *
 * There are two canvases. The lower one shows the numbers as a heatmap and is redrawn when they
 * change. The upper one shows the highlighted cells and is redrawn at every focus.
 */

import { effect, useSignal } from '@preact/signals'
import { exactText } from '../model/number-text.ts'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ConvGeometry } from 'stridefold/sync'
import { viewModel } from '../model/shared.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import { messages } from '../messages/messages.ts'
import { drawSoon, forgetDrawing } from './drawing.ts'
import { drawMarks, isAnyDrawn } from './overlay.ts'
import type { GridProps } from './grid-types.ts'
import { palette } from './palette.ts'
import { type Cell, cellAfter, isPinKey } from './keys.ts'
import { drawHeatmap } from './heatmap.ts'

/** The largest number of cells that are drawn per axis. */
const maxDrawnCells = 160
const targetPixels = 520

export function CanvasGrid(props: GridProps): JSX.Element {
  const { rows, columns, name, part, label, value, kind, describe } = props
  const base = useRef<HTMLCanvasElement>(null)
  const over = useRef<HTMLCanvasElement>(null)
  const proxy = useRef<HTMLTableCellElement>(null)
  const drawn = useRef<ConvGeometry>(undefined)
  const active = useSignal<Cell>({ row: 0, column: 0 })
  const origin = useSignal<Cell>({ row: 0, column: 0 })
  const [shownRows, shownColumns] = [
    Math.min(rows, maxDrawnCells),
    Math.min(columns, maxDrawnCells),
  ]
  const top = Math.min(origin.value.row, rows - shownRows)
  const left = Math.min(origin.value.column, columns - shownColumns)
  const size = Math.max(
    3,
    Math.min(24, Math.floor(targetPixels / Math.max(shownColumns, shownRows * 0.8))),
  )
  const at = {
    row: Math.min(active.value.row, rows - 1),
    column: Math.min(active.value.column, columns - 1),
  }

  useEffect(() => {
    const canvas = base.current
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return
    // Numbers of another problem must not stay until the new ones are drawn.
    const { geometry } = viewModel.peek()
    if (drawn.current !== geometry) context.clearRect(0, 0, canvas.width, canvas.height)
    drawn.current = geometry
    drawSoon(canvas, () =>
      drawHeatmap(context, {
        rows: shownRows,
        columns: shownColumns,
        size,
        value: (row, column) => value(top + row, left + column),
        kind: (row, column) => kind?.(top + row, left + column) ?? 'value',
        colours: palette.peek(),
      }),
    )
    return () => forgetDrawing(canvas)
  }, [value, kind, top, left, shownRows, shownColumns, size, palette.value])

  // The effect starts again when another part is drawn, so that the marks match the visible part.
  useEffect(
    () =>
      effect(() => {
        const marks = props.marks.value
        const context = over.current?.getContext('2d')
        const drawnPart = { top, left, rows: shownRows, columns: shownColumns }
        const overlay = {
          drawnPart,
          planeColumns: columns,
          size,
          colourOf: colourOfTap.value,
          ink: palette.value.ink.css,
          value,
        }
        // If no highlighted cell is visible, the drawn part moves to the first one, unless the user
        // is in this grid.
        const [first] = marks.places
        const isFar =
          first !== undefined &&
          proxy.current !== document.activeElement &&
          !isAnyDrawn(marks, overlay)
        if (isFar)
          origin.value = centred({ row: Math.floor(first / columns), column: first % columns })
        else if (context) drawMarks(context, marks, overlay)
      }),
    [props.marks, value, top, left, shownRows, shownColumns, columns, size],
  )

  const centred = ({ row, column }: Cell): Cell => ({
    row: Math.max(0, Math.min(rows - shownRows, row - (shownRows >> 1))),
    column: Math.max(0, Math.min(columns - shownColumns, column - (shownColumns >> 1))),
  })
  const moveTo = (cell: Cell): void => {
    active.value = cell
    const isOut =
      cell.row < top ||
      cell.row >= top + shownRows ||
      cell.column < left ||
      cell.column >= left + shownColumns
    if (isOut) origin.value = centred(cell)
    props.onPreview?.(cell.row, cell.column)
  }
  const cellUnder = (event: MouseEvent): Cell => ({
    row: Math.max(0, Math.min(rows - 1, top + Math.floor(event.offsetY / size))),
    column: Math.max(0, Math.min(columns - 1, left + Math.floor(event.offsetX / size))),
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = cellAfter(event, at, { rows, columns })
    if (next) moveTo(next)
    else if (isPinKey(event)) props.onPin?.(at.row, at.column)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const isPart = shownRows < rows || shownColumns < columns
  return (
    <div class={`canvas-grid role-${part}`}>
      <div
        class="canvas-stack"
        style={{ width: `${shownColumns * size}px`, height: `${shownRows * size}px` }}
      >
        <canvas
          ref={base}
          width={shownColumns * size}
          height={shownRows * size}
          aria-hidden="true"
        />
        <canvas
          ref={over}
          width={shownColumns * size}
          height={shownRows * size}
          aria-hidden="true"
          data-canvas={name}
          data-part={`${top},${left},${size}`}
          onPointerMove={(event) => {
            const cell = cellUnder(event)
            if (props.paint !== undefined && event.buttons === 1)
              props.onEdit?.(cell.row, cell.column, props.paint)
            else if (event.pointerType !== 'touch') props.onPreview?.(cell.row, cell.column)
          }}
          onPointerLeave={() => props.onLeave?.()}
          onClick={(event) => {
            const cell = cellUnder(event)
            active.value = cell
            if (props.paint !== undefined) props.onEdit?.(cell.row, cell.column, props.paint)
            else props.onPin?.(cell.row, cell.column)
          }}
        />
        <table
          role="grid"
          class="proxy"
          aria-label={label}
          aria-rowcount={rows}
          aria-colcount={columns}
          data-grid={name}
          onKeyDown={onKeyDown}
          // Screen readers press a cell with a click.
          onClick={() => props.onPin?.(at.row, at.column)}
        >
          <tbody>
            <tr aria-rowindex={at.row + 1}>
              <td
                ref={proxy}
                role="gridcell"
                tabIndex={0}
                aria-colindex={at.column + 1}
                aria-label={describe(at.row, at.column)}
                data-row={at.row}
                data-column={at.column}
                style={{
                  left: `${(at.column - left) * size}px`,
                  top: `${(at.row - top) * size}px`,
                  width: `${size}px`,
                  height: `${size}px`,
                }}
                onFocus={() => props.onPreview?.(at.row, at.column)}
                onBlur={() => props.onLeave?.()}
              />
            </tr>
          </tbody>
        </table>
      </div>
      <p class="note">
        {messages().cellAt(at.row, at.column)}: {exactText(value(at.row, at.column))}
        {isPart
          ? ' · ' +
            `${messages().partShown(top, top + shownRows - 1, rows, left, left + shownColumns - 1, columns)}`
          : ''}
      </p>
    </div>
  )
}
