/**
 * Pointer and keys of a docked table with the ARIA grid pattern: one tab stop, arrow keys, Enter.
 * Its cells have `data-row` and `data-column`. Pointing and the keyboard focus point at a cell, a
 * click, a tap and Enter pick it.
 */

import type { HTMLAttributes } from 'preact'
import { type Cell, cellAfter, type Extent } from '../../grid/keys.ts'
import { makeOnlyStop } from './grid-focus.ts'

export interface GridActs {
  readonly extent: Extent
  /** undefined: at no cell. */
  point(cell: Cell | undefined): void
  pick(cell: Cell): void
}

export function gridEvents({
  extent,
  point,
  pick,
}: GridActs): Pick<
  HTMLAttributes<HTMLTableElement>,
  'onPointerOver' | 'onPointerLeave' | 'onClick' | 'onKeyDown' | 'onFocusIn' | 'onFocusOut'
> {
  return {
    onPointerOver: (event) => {
      if (event.pointerType !== 'touch') point(cellOf(event.target))
    },
    onPointerLeave: () => point(undefined),
    onClick: (event) => {
      const cell = cellOf(event.target)
      if (!cell) return
      focusCell(event.currentTarget, cell)
      pick(cell)
      point(cell)
    },
    onKeyDown: (event) => {
      const cell = cellOf(event.target)
      if (!cell || event.altKey) return
      const next = cellAfter(event, cell, extent)
      if (next) focusCell(event.currentTarget, next)
      else if (event.key === 'Enter' || event.key === ' ') {
        pick(cell)
        point(cell)
      } else return
      event.preventDefault()
      event.stopPropagation()
    },
    onFocusIn: (event) => {
      const cell = cellOf(event.target)
      if (!cell) return
      // A screen reader can move the focus itself. Keys then act on the new cell.
      makeTabStop(event.currentTarget, cell)
      if ((event.target as Element).matches(':focus-visible')) point(cell)
    },
    onFocusOut: () => point(undefined),
  }
}

/** Only this cell of the grid is reached with Tab. */
export function makeTabStop(grid: Element, cell: Cell): void {
  const element = elementOf(grid, cell)
  if (element) makeOnlyStop(grid, element)
}

/** If the row has no such column, its last cell gets the focus. */
function focusCell(grid: Element, cell: Cell): void {
  const element =
    elementOf(grid, cell) ??
    [...grid.querySelectorAll<HTMLElement>(`[data-row="${cell.row}"]`)].at(-1)
  const found = element && cellOf(element)
  if (!found) return
  makeTabStop(grid, found)
  element.focus()
}

const elementOf = (grid: Element, { row, column }: Cell): HTMLElement | null =>
  grid.querySelector(`[data-row="${row}"][data-column="${column}"]`)

function cellOf(target: EventTarget | null): Cell | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null
  return cell ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : undefined
}
