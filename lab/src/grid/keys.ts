/**
 * Maps keys to moves in a grid, by the ARIA grid pattern: arrows, Home and End in the row, with
 * Ctrl in the whole grid, PageUp and PageDown by ten rows. All other combinations with Ctrl, Alt or
 * Meta belong to the browser, such as Alt+← for Back.
 */

export interface Cell {
  readonly row: number
  readonly column: number
}

export interface Extent {
  readonly rows: number
  readonly columns: number
}

const rowsPerPage = 10

type Modifiers = Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey'>

/** Whether a typed character starts a number. */
export const isNumberStart = (typed: string): boolean => /^[-−+.,\d]$/.test(typed)

/** The cell that a key moves to; undefined for all other keys. */
export function cellAfter(
  event: Pick<KeyboardEvent, 'key'> & Modifiers,
  { row, column }: Cell,
  { rows, columns }: Extent,
): Cell | undefined {
  const isFar = event.ctrlKey || event.metaKey
  if (event.altKey || (isFar && event.key !== 'Home' && event.key !== 'End')) return undefined
  const inside = (r: number, c: number): Cell => ({
    row: Math.max(0, Math.min(rows - 1, r)),
    column: Math.max(0, Math.min(columns - 1, c)),
  })
  switch (event.key) {
    case 'ArrowUp':
      return inside(row - 1, column)
    case 'ArrowDown':
      return inside(row + 1, column)
    case 'ArrowLeft':
      return inside(row, column - 1)
    case 'ArrowRight':
      return inside(row, column + 1)
    case 'PageUp':
      return inside(row - rowsPerPage, column)
    case 'PageDown':
      return inside(row + rowsPerPage, column)
    case 'Home':
      return inside(isFar ? 0 : row, 0)
    case 'End':
      return inside(isFar ? rows - 1 : row, columns - 1)
    default:
      return undefined
  }
}

/** Whether the key pins the active cell: Enter or Space, alone. */
export const isPinKey = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  (key === 'Enter' || key === ' ') && !ctrlKey && !metaKey && !altKey
