/**
 * Maps keys to moves in a grid, by the ARIA grid pattern: arrows, Home and End in the row, with
 * Ctrl in the whole grid, PageUp and PageDown by ten rows.
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

/** Whether the key starts to type a number. */
export const isNumberKey = ({
  key,
  ctrlKey,
  metaKey,
}: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>): boolean =>
  /^[-−+.,\d]$/.test(key) && !ctrlKey && !metaKey

/** The cell that a key moves to; undefined for all other keys. */
export function cellAfter(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  { row, column }: Cell,
  { rows, columns }: Extent,
): Cell | undefined {
  const isFar = event.ctrlKey || event.metaKey
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
