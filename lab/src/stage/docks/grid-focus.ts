/**
 * Keys in a grid that has no cell in some columns, by the ARIA grid pattern: one tab stop; arrows,
 * Home and End in the row, with Ctrl in the whole grid. Up and down go to the cell of the same tap,
 * or else to the nearest column.
 *
 * A cell has `data-row`, `data-column` and, if it belongs to one, `data-tap`.
 */

import type { HTMLAttributes } from 'preact'
import { activeTap } from '../stage.ts'

export const cellOf = (event: Event): HTMLElement | null =>
  event.target instanceof Element ? event.target.closest<HTMLElement>('[data-column]') : null

/** Moves the focus. Enter and Space click the cell. */
export function onGridKey(event: KeyboardEvent): void {
  const grid = event.currentTarget as HTMLElement
  const cell = cellOf(event)
  // Other combinations belong to the browser.
  const isCombination = event.ctrlKey || event.metaKey
  if (!cell || event.altKey || (isCombination && !/^(Home|End)$/.test(event.key))) return
  if (event.key === 'Enter' || event.key === ' ') cell.click()
  else {
    const next = cellAfterKey(event, cell, grid)
    if (!next) return
    next.focus()
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  event.preventDefault()
  event.stopPropagation()
}

function cellAfterKey(
  { key, ctrlKey, metaKey }: KeyboardEvent,
  cell: HTMLElement,
  grid: HTMLElement,
): HTMLElement | undefined {
  const cellsOf = (row: string | undefined): HTMLElement[] =>
    [...grid.querySelectorAll<HTMLElement>(`[data-row="${row}"]`)].sort(
      (a, b) => column(a) - column(b),
    )
  const all = [...new Set([...grid.querySelectorAll<HTMLElement>('[data-row]')].map(rowOf))].sort(
    (a, b) => a - b,
  )
  const isFar = ctrlKey || metaKey
  const here = cellsOf(cell.dataset.row)
  const at = here.indexOf(cell)
  const beside = (by: number): HTMLElement => {
    const to = all[Math.max(0, Math.min(all.length - 1, all.indexOf(rowOf(cell)) + by))]
    return nearest(cellsOf(String(to)), cell)
  }
  switch (key) {
    case 'ArrowLeft':
      return here[Math.max(0, at - 1)]
    case 'ArrowRight':
      return here[Math.min(here.length - 1, at + 1)]
    case 'ArrowUp':
      return beside(-1)
    case 'ArrowDown':
      return beside(1)
    case 'Home':
      return isFar ? cellsOf(String(all[0]))[0] : here[0]
    case 'End':
      return (isFar ? cellsOf(String(all.at(-1))) : here).at(-1)
    default:
      return undefined
  }
}

const column = ({ dataset }: HTMLElement): number => Number(dataset.column)
const rowOf = ({ dataset }: HTMLElement): number => Number(dataset.row)

function nearest(cells: readonly HTMLElement[], from: HTMLElement): HTMLElement {
  const sameTap = cells.find((cell) => cell.dataset.tap && cell.dataset.tap === from.dataset.tap)
  if (sameTap) return sameTap
  const distance = (cell: HTMLElement): number => Math.abs(column(cell) - column(from))
  return cells.reduce((best, cell) => (distance(cell) < distance(best) ? cell : best))
}

/** Keeps the cell that has the focus as the only tab stop of the grid. */
export function keepTabStop(event: FocusEvent): void {
  const cell = cellOf(event)
  if (cell) makeOnlyStop(event.currentTarget as HTMLElement, cell)
}

/** Only this cell of the grid is reached with Tab. */
export function makeOnlyStop(grid: Element, cell: HTMLElement): void {
  for (const other of grid.querySelectorAll<HTMLElement>('[tabindex="0"]')) other.tabIndex = -1
  cell.tabIndex = 0
}

/** Pointer and focus in a grid: the product of the cell becomes the active one. */
export const tapPointing: Pick<
  HTMLAttributes<HTMLElement>,
  'onFocusIn' | 'onFocusOut' | 'onPointerOver' | 'onPointerLeave'
> = {
  onFocusIn: (event) => {
    keepTabStop(event)
    activateTap(event)
  },
  onFocusOut: deactivateTap,
  onPointerOver: (event) => {
    if (event.pointerType !== 'touch') activateTap(event)
  },
  onPointerLeave: deactivateTap,
}

/** The product of the cell becomes the active one. */
export function activateTap(event: Event): void {
  const tap = cellOf(event)?.dataset.tap
  activeTap.value = tap === undefined ? undefined : Number(tap)
}

function deactivateTap(): void {
  activeTap.value = undefined
}
