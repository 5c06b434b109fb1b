/**
 * A plane that is too large for an HTML table, drawn on a canvas. If the plane is too large for the
 * canvas too, only a part is drawn. The active cell is a real table cell, so keyboard, screen
 * reader and editing work as in a small plane.
 *
 * There are two canvases. The lower one shows the numbers as greys and is redrawn when they change.
 * The upper one shows the highlighted cells and is redrawn at every focus.
 */

import { effect, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ConvGeometry } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { viewModel } from '../model/shared.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import { preview } from '../state/store.ts'
import { CanvasHeads, headWidth } from './canvas-heads.tsx'
import { CellEditor, type EditEnd, RejectedText } from './cell-editor.tsx'
import { drawSoon, forgetDrawing } from './drawing.ts'
import type { GridProps } from './grid-types.ts'
import { drawHeatmap } from './heatmap.ts'
import { type Cell, cellAfter, isNumberStart, isPinKey } from './keys.ts'
import { markedCells } from './marked-cells.ts'
import { drawMarks, isAnyDrawn, type Overlay } from './overlay.ts'
import { palette, roleColours } from './palette.ts'
import { keepInSight, type Rect } from './reveal.ts'
import { typedCharacter } from './typed-character.ts'

/** The largest number of cells that are drawn per axis. */
export const maxDrawnCells = 160
const targetPixels = 520

/** Width and height of a cell, so that the drawn part has the usual size. */
export const canvasCellSize = (rows: number, columns: number): number =>
  Math.max(
    3,
    Math.min(
      24,
      Math.floor(
        targetPixels /
          Math.max(Math.min(columns, maxDrawnCells), Math.min(rows, maxDrawnCells) * 0.8),
      ),
    ),
  )

export function CanvasGrid(props: GridProps): JSX.Element {
  const { rows, columns, name, part, label, value, kind, describe, onEdit } = props
  const { rowHead = String, columnHead = String, heads = 'both' } = props
  const base = useRef<HTMLCanvasElement>(null)
  const over = useRef<HTMLCanvasElement>(null)
  const proxy = useRef<HTMLTableCellElement>(null)
  const drawn = useRef<ConvGeometry>(undefined)
  const active = useSignal<Cell>({ row: 0, column: 0 })
  const editing = useSignal<{ readonly typed?: string } | undefined>(undefined)
  const rejected = useSignal<string | undefined>(undefined)
  const ownOrigin = { row: useSignal(0), column: useSignal(0) }
  const origin = { ...ownOrigin, ...props.origin }
  const [shownRows, shownColumns] = [
    Math.min(rows, maxDrawnCells),
    Math.min(columns, maxDrawnCells),
  ]
  const top = Math.min(origin.row.value, rows - shownRows)
  const left = Math.min(origin.column.value, columns - shownColumns)
  const size = canvasCellSize(rows, columns)
  const { width, height } = props.cell ?? { width: size, height: size }
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
        width,
        height,
        value: (row, column) => value(top + row, left + column),
        kind: (row, column) => kind?.(top + row, left + column) ?? 'value',
        colours: palette.peek(),
      }),
    )
    return () => forgetDrawing(canvas)
  }, [value, kind, top, left, shownRows, shownColumns, width, height, palette.value])

  // The effect starts again when another part is drawn, so that the marks match the visible part.
  useEffect(() => {
    const canvas = over.current
    if (!canvas) return
    const sight = keepInSight(canvas, () => {
      const cells = markedCells(props.marks.peek(), columns)
      if (!cells) return undefined
      const origin = canvas.getBoundingClientRect()
      const rect = (firstRow: number, firstColumn: number, row: number, column: number): Rect => ({
        left: origin.left + (firstColumn - left) * width,
        top: origin.top + (firstRow - top) * height,
        right: origin.left + (column - left + 1) * width,
        bottom: origin.top + (row - top + 1) * height,
      })
      const { main } = cells
      return {
        all: rect(cells.top, cells.left, cells.bottom, cells.right),
        first: rect(main.row, main.column, main.row, main.column),
      }
    })
    const stop = effect(() => {
      const marks = props.marks.value
      const context = canvas.getContext('2d')
      const colours = palette.value
      const overlay: Overlay = {
        drawnPart: { top, left, rows: shownRows, columns: shownColumns },
        planeColumns: columns,
        width,
        height,
        colourOf: colourOfTap.value,
        mixed: { background: roleColours.value[part], ink: colours.paper.css },
        ink: colours.ink.css,
        halo: colours.paper.css,
        isPinned: preview.peek() === undefined,
        value,
        kind: (row, column) => kind?.(row, column) ?? 'value',
      }
      // If no highlighted cell is visible, the drawn part moves to the first one, unless the user
      // is in this grid.
      const [first] = marks.places
      const isFar =
        first !== undefined &&
        proxy.current !== document.activeElement &&
        !isAnyDrawn(marks, overlay)
      if (isFar) centre({ row: Math.floor(first / columns), column: first % columns })
      else if (context) drawMarks(context, marks, overlay)
      sight.reveal()
    })
    return () => {
      stop()
      sight.stop()
    }
  }, [props.marks, value, kind, top, left, shownRows, shownColumns, columns, width, height])

  /** Moves the drawn part, so that the cell is in its middle. */
  const centre = ({ row, column }: Cell): void => {
    origin.row.value = Math.max(0, Math.min(rows - shownRows, row - (shownRows >> 1)))
    origin.column.value = Math.max(
      0,
      Math.min(columns - shownColumns, column - (shownColumns >> 1)),
    )
  }
  const moveTo = (cell: Cell): void => {
    active.value = cell
    rejected.value = undefined
    const isOut =
      cell.row < top ||
      cell.row >= top + shownRows ||
      cell.column < left ||
      cell.column >= left + shownColumns
    if (isOut) centre(cell)
    props.onPreview?.(cell.row, cell.column)
    requestAnimationFrame(() =>
      proxy.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    )
  }
  const cellUnder = (event: MouseEvent): Cell => ({
    row: Math.max(0, Math.min(rows - 1, top + Math.floor(event.offsetY / height))),
    column: Math.max(0, Math.min(columns - 1, left + Math.floor(event.offsetX / width))),
  })
  /** `typed`: the key that started the edit. It is the first character of the new number. */
  const edit = (typed?: string): void => {
    rejected.value = undefined
    editing.value = typed === undefined ? {} : { typed }
  }
  const finish = (end: EditEnd): void => {
    editing.value = undefined
    rejected.value = end.rejected
    if (end.isHere) proxy.current?.focus()
    if (end.number !== undefined) onEdit?.(at.row, at.column, end.number)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (editing.value) return
    const next = cellAfter(event, at, { rows, columns })
    const typed = typedCharacter(event)
    if (next) moveTo(next)
    else if (isPinKey(event)) props.onPin?.(at.row, at.column)
    else if (onEdit && event.key === 'F2') edit()
    else if (onEdit && typed !== undefined && isNumberStart(typed)) edit(typed)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const isPart = shownRows < rows || shownColumns < columns
  const [stackWidth, stackHeight] = [shownColumns * width, shownRows * height]
  const gutter = heads === 'both' || heads === 'rows' ? headWidth : 0
  return (
    <div class={`canvas-grid role-${part}`}>
      <div class="canvas-body" style={{ width: `${gutter + stackWidth}px` }}>
        {(heads === 'both' || heads === 'columns') && (
          <div class="canvas-top" style={{ marginInlineStart: `${gutter}px` }}>
            <CanvasHeads
              axis="column"
              first={left}
              count={shownColumns}
              pitch={width}
              text={columnHead}
            />
          </div>
        )}
        <div class="canvas-middle">
          {gutter > 0 && (
            <CanvasHeads axis="row" first={top} count={shownRows} pitch={height} text={rowHead} />
          )}
          <div
            class="canvas-stack"
            style={{ width: `${stackWidth}px`, height: `${stackHeight}px` }}
            onPointerLeave={() => props.onLeave?.()}
          >
            <canvas ref={base} width={stackWidth} height={stackHeight} aria-hidden="true" />
            <canvas
              ref={over}
              width={stackWidth}
              height={stackHeight}
              aria-hidden="true"
              data-canvas={name}
              data-part={`${top},${left},${width},${height}`}
              onPointerMove={(event) => {
                const cell = cellUnder(event)
                if (props.paint !== undefined && event.buttons === 1)
                  onEdit?.(cell.row, cell.column, props.paint)
                else if (event.pointerType !== 'touch' && !editing.value)
                  props.onPreview?.(cell.row, cell.column)
              }}
              onClick={(event) => {
                const cell = cellUnder(event)
                active.value = cell
                rejected.value = undefined
                if (props.paint !== undefined) onEdit?.(cell.row, cell.column, props.paint)
                else props.onPin?.(cell.row, cell.column)
              }}
              onDblClick={(event) => {
                if (!onEdit || props.paint !== undefined) return
                active.value = cellUnder(event)
                edit()
              }}
            />
            <table
              role="grid"
              class="proxy"
              aria-label={label}
              aria-rowcount={rows}
              aria-colcount={columns}
              aria-readonly={onEdit === undefined}
              data-grid={name}
              onKeyDown={onKeyDown}
              // Screen readers press a cell with a click.
              onClick={() => {
                if (!editing.value) props.onPin?.(at.row, at.column)
              }}
            >
              <tbody>
                <tr aria-rowindex={at.row + 1}>
                  <td
                    ref={proxy}
                    role="gridcell"
                    class={editing.value ? 'is-edited' : ''}
                    tabIndex={0}
                    aria-colindex={at.column + 1}
                    aria-label={describe(at.row, at.column)}
                    data-row={at.row}
                    data-column={at.column}
                    style={{
                      left: `${(at.column - left) * width}px`,
                      top: `${(at.row - top) * height}px`,
                      width: `${width}px`,
                      height: `${height}px`,
                    }}
                    onFocus={(event) => {
                      if (event.target === proxy.current) props.onPreview?.(at.row, at.column)
                    }}
                    onBlur={() => props.onLeave?.()}
                  >
                    {editing.value && (
                      <CellEditor
                        number={value(at.row, at.column)}
                        typed={editing.value.typed}
                        label={describe(at.row, at.column)}
                        finish={finish}
                      />
                    )}
                    <RejectedText text={rejected.value} />
                  </td>
                </tr>
              </tbody>
            </table>
          </div>
        </div>
      </div>
      {(isPart || props.isBare !== true) && (
        <p class="note canvas-note">
          {[
            props.isBare === true ? '' : describe(at.row, at.column),
            isPart
              ? messages().partShown(
                  top,
                  top + shownRows - 1,
                  rows,
                  left,
                  left + shownColumns - 1,
                  columns,
                )
              : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </div>
  )
}
