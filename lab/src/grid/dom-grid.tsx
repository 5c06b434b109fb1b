/**
 * The plane as a table with the ARIA grid pattern: one tab stop, arrow keys move, Enter pins,
 * Escape clears the focus, F2 or a digit edits.
 */

import { effect, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { TapColour } from '../model/colours.ts'
import type { Mark } from '../model/marks.ts'
import { shortText } from '../model/number-text.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import { headWidth } from './canvas-heads.tsx'
import { CellEditor, type EditEnd, RejectedText } from './cell-editor.tsx'
import type { CellSize, GridProps } from './grid-types.ts'
import { type Cell, cellAfter, isNumberStart, isPinKey } from './keys.ts'
import { markedCells } from './marked-cells.ts'
import { around, keepInSight, type Rect } from './reveal.ts'
import { cellText } from './text-fit.ts'
import { typedCharacter } from './typed-character.ts'

/** The cell that is being edited. */
interface Edited {
  readonly cell: Cell
  readonly typed?: string
}

export function DomGrid(props: GridProps): JSX.Element {
  const { rows, columns, name, part, label, value, kind, describe, onEdit, paint } = props
  const table = useRef<HTMLTableElement>(null)
  const active = useRef<Cell>({ row: 0, column: 0 })
  const highlighted = useRef<ReadonlySet<HTMLElement>>(new Set())
  const editing = useSignal<Edited | undefined>(undefined)
  const rejected = useSignal<string | undefined>(undefined)
  if (active.current.row >= rows || active.current.column >= columns)
    active.current = { row: 0, column: 0 }

  const cellAt = ({ row, column }: Cell): HTMLElement | null | undefined =>
    table.current?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`)
  const sight = useRef<{ readonly reveal: () => void } | undefined>(undefined)
  // The highlighted cells are kept in sight. This must start before they are highlighted.
  useLayoutEffect(() => {
    const cellRect = ({ row, column }: Cell): Rect | undefined =>
      bodyCell(table.current, row, column)?.getBoundingClientRect()
    const kept = keepInSight(table.current!, () => {
      const cells = markedCells(props.marks.peek(), columns)
      const main = cells && cellRect(cells.main)
      const start = cells && cellRect({ row: cells.top, column: cells.left })
      const end = cells && cellRect({ row: cells.bottom, column: cells.right })
      return main && start && end && { all: around(start, end), first: main }
    })
    sight.current = kept
    return kept.stop
  }, [props.marks, columns])
  // The marks are applied again after every change of the extents, because the same place may then
  // be another cell. The highlighted cells are stored as elements, not as places. So every cell
  // that is no longer marked is cleared.
  useLayoutEffect(
    () =>
      effect(() => {
        const marks = props.marks.value
        const colours = colourOfTap.value
        // If many cells have one colour, the table sets it. Browsers style this faster than one
        // colour per cell.
        const areAlike =
          marks.size > maxLabelledCells && marks.taps.every((tap) => tap === marks.taps[0])
        if (areAlike) colour(table.current!, colours(marks.taps[0]!))
        const cells = new Set<HTMLElement>()
        for (const [i, place] of marks.places.entries()) {
          const cell = bodyCell(table.current, Math.floor(place / columns), place % columns)
          if (!cell) continue
          const mark = marks.at(i)
          if (areAlike) cell.removeAttribute('style')
          else colour(cell, colours(mark.tap))
          setHighlight(cell, mark, marks.size <= maxLabelledCells)
          cells.add(cell)
        }
        for (const cell of highlighted.current) if (!cells.has(cell)) clearHighlight(cell)
        highlighted.current = cells
        sight.current?.reveal()
      }),
    [props.marks, rows, columns],
  )

  /** Makes a cell the target of keys and of Tab. */
  const makeActive = (cell: Cell): void => {
    cellAt(active.current)?.setAttribute('tabindex', '-1')
    active.current = cell
    cellAt(cell)?.setAttribute('tabindex', '0')
  }
  const moveTo = (cell: Cell): void => {
    if (cell !== active.current) rejected.value = undefined
    makeActive(cell)
    cellAt(cell)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (editing.value) return
    const next = cellAfter(event, active.current, { rows, columns })
    const { row, column } = active.current
    const typed = typedCharacter(event)
    if (next) moveTo(next)
    else if (isPinKey(event)) props.onPin?.(row, column)
    else if (onEdit && event.key === 'F2') edit(active.current)
    else if (onEdit && typed !== undefined && isNumberStart(typed)) edit(active.current, typed)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const eventCell = (event: Event): Cell | undefined => {
    const cell =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null
    return cell ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : undefined
  }
  const onPointer = (event: PointerEvent): void => {
    const cell = eventCell(event)
    if (!cell || editing.value) return
    if (
      paint !== undefined &&
      onEdit &&
      event.buttons === 1 &&
      value(cell.row, cell.column) !== paint
    )
      onEdit(cell.row, cell.column, paint)
    else if (event.pointerType !== 'touch' && event.type === 'pointerover')
      props.onPreview?.(cell.row, cell.column)
  }
  const onClick = (event: MouseEvent): void => {
    const cell = eventCell(event)
    if (!cell || editing.value || paint !== undefined) return
    moveTo(cell)
    props.onPin?.(cell.row, cell.column)
  }
  /** `typed`: the key that started the edit. It is the first character of the new number. */
  const edit = (cell: Cell, typed?: string): void => {
    rejected.value = undefined
    editing.value = typed === undefined ? { cell } : { cell, typed }
  }
  const finish = (end: EditEnd): void => {
    const cell = editing.value?.cell
    editing.value = undefined
    rejected.value = end.rejected
    if (!cell) return
    // The cell takes the focus while the editor still exists. So the focus is never lost.
    if (end.isHere) moveTo(cell)
    if (end.number !== undefined) onEdit?.(cell.row, cell.column, end.number)
  }

  const text = (row: number, column: number): string =>
    props.cell ? cellText(value(row, column), props.cell.width) : shortText(value(row, column))
  const { rowHead = String, columnHead = String, heads = 'both', cell } = props
  return (
    <div class="grid-scroll">
      <table
        ref={table}
        class={
          `grid role-${part} with-${heads}${props.small ? ' small' : ''}` +
          `${paint === undefined ? '' : ' painting'}${cell ? ' fixed' : ''}`
        }
        {...(cell && { style: fixedSize(cell, columns, heads) })}
        role="grid"
        aria-label={label}
        aria-rowcount={rows}
        aria-colcount={columns}
        aria-readonly={onEdit === undefined}
        data-grid={name}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDblClick={(event) => {
          const cell = onEdit && paint === undefined ? eventCell(event) : undefined
          if (cell) edit(cell)
        }}
        onPointerOver={onPointer}
        onPointerDown={onPointer}
        onPointerLeave={() => props.onLeave?.()}
        onFocusIn={(event) => {
          const cell = eventCell(event)
          if (!cell || editing.value || !(event.target instanceof Element)) return
          // A screen reader can move the focus itself. Keys then act on the new cell.
          makeActive(cell)
          if (event.target.matches(':focus-visible')) props.onPreview?.(cell.row, cell.column)
        }}
        onFocusOut={() => props.onLeave?.()}
      >
        {/* The label of a cell names its place. Screen readers would read a header again. */}
        <thead aria-hidden="true">
          <tr>
            <td />
            {Array.from({ length: columns }, (_, column) => (
              <th scope="col" key={column}>
                {columnHead(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={row}>
              <th scope="row" aria-hidden="true" {...(row === 0 && { 'data-sticky': 'left' })}>
                {rowHead(row)}
              </th>
              {Array.from({ length: columns }, (_, column) => {
                const edited =
                  editing.value?.cell.row === row && editing.value.cell.column === column
                    ? editing.value
                    : undefined
                return (
                  <td
                    key={column}
                    role="gridcell"
                    data-row={row}
                    data-column={column}
                    data-kind={kind?.(row, column) ?? 'value'}
                    tabIndex={
                      active.current.row === row && active.current.column === column ? 0 : -1
                    }
                    aria-label={describe(row, column)}
                  >
                    {edited ? (
                      <CellEditor
                        number={value(row, column)}
                        typed={edited.typed}
                        label={describe(row, column)}
                        finish={finish}
                      />
                    ) : (
                      text(row, column)
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <RejectedText text={rejected.value} />
    </div>
  )
}

/** The cell of a row and a column. The first cell of a table row is its header. */
const bodyCell = (
  table: HTMLTableElement | null,
  row: number,
  column: number,
): HTMLElement | undefined => table?.tBodies[0]?.rows[row]?.cells[column + 1]

/** Cells of a fixed size need the width of the table. */
function fixedSize(
  { width, height }: CellSize,
  columns: number,
  heads: GridProps['heads'],
): Readonly<Record<string, string>> {
  const gutter = heads === 'both' || heads === 'rows' ? headWidth : 0
  return {
    '--wide': `${width}px`,
    '--high': `${height}px`,
    width: `${gutter + columns * width}px`,
  }
}

/**
 * The largest number of highlighted cells that show the number of their tap. More numbers would be
 * too many to read.
 */
const maxLabelledCells = 144

function colour(element: HTMLElement, { background, ink }: TapColour): void {
  if (element.style.getPropertyValue('--tap') === background) return
  element.style.setProperty('--tap', background)
  element.style.setProperty('--on-tap', ink)
}

function setHighlight(
  cell: HTMLElement,
  { tap, count, isMixed, isFocused, active }: Mark,
  isLabelled: boolean,
): void {
  updateAttribute(cell, 'data-tap', String(tap))
  updateAttribute(cell, 'data-count', String(count))
  updateAttribute(
    cell,
    'data-note',
    !isLabelled || tap < 0 ? undefined : count === 1 ? String(tap) : `×${count}`,
  )
  updateAttribute(cell, 'data-mixed', isMixed ? 'true' : undefined)
  updateAttribute(cell, 'data-self', String(isFocused))
  updateAttribute(cell, 'data-active', String(active))
  updateAttribute(cell, 'aria-selected', 'true')
}

/** Writes an attribute only if it changes. */
function updateAttribute(cell: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) cell.removeAttribute(name)
  else if (cell.getAttribute(name) !== value) cell.setAttribute(name, value)
}

const markAttributes = [
  'data-tap',
  'data-count',
  'data-note',
  'data-mixed',
  'data-self',
  'data-active',
]

function clearHighlight(cell: HTMLElement): void {
  cell.removeAttribute('aria-selected')
  for (const name of markAttributes) cell.removeAttribute(name)
}
