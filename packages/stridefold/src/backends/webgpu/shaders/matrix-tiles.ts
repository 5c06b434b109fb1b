/**
 * How large are the tiles of a product of matrices on a GPU? A workgroup computes rows × columns
 * results, each invocation a few rows × a few columns of them, in registers.
 *
 *   rows       ┌────────┐     Each step brings `depth` terms of all rows and columns into memory
 *   of a, or   │ tile   │     that the workgroup shares. Larger tiles read each number less often;
 *   of b       └────────┘     smaller ones leave less of the last tile empty, and use more cores.
 */

import type { ShaderLimits } from './limits.ts'

export interface MatrixTile {
  /** Results of a workgroup. */
  readonly rows: number
  readonly columns: number
  /** Results of an invocation. */
  readonly rowsEach: number
  readonly columnsEach: number
  /** Terms of a step. */
  readonly depth: number
}

/** Each invocation loads equally many terms of the rows, and of the columns. */
export const matrixTiles: readonly MatrixTile[] = [
  { rows: 128, columns: 64, rowsEach: 8, columnsEach: 8, depth: 16 },
  { rows: 64, columns: 128, rowsEach: 8, columnsEach: 8, depth: 16 },
  { rows: 64, columns: 64, rowsEach: 8, columnsEach: 4, depth: 16 },
  { rows: 32, columns: 64, rowsEach: 4, columnsEach: 4, depth: 16 },
  { rows: 64, columns: 32, rowsEach: 4, columnsEach: 4, depth: 16 },
  { rows: 32, columns: 32, rowsEach: 4, columnsEach: 4, depth: 16 },
  { rows: 16, columns: 64, rowsEach: 4, columnsEach: 4, depth: 16 },
  { rows: 16, columns: 32, rowsEach: 2, columnsEach: 4, depth: 16 },
  { rows: 64, columns: 16, rowsEach: 4, columnsEach: 4, depth: 16 },
  { rows: 128, columns: 8, rowsEach: 8, columnsEach: 2, depth: 16 },
  { rows: 256, columns: 4, rowsEach: 8, columnsEach: 4, depth: 8 },
  { rows: 8, columns: 128, rowsEach: 8, columnsEach: 2, depth: 16 },
  { rows: 4, columns: 256, rowsEach: 4, columnsEach: 4, depth: 16 },
  { rows: 2, columns: 256, rowsEach: 2, columnsEach: 8, depth: 16 },
]

/** The invocations of a workgroup. */
export const invocationsOfTile = ({ rows, columns, rowsEach, columnsEach }: MatrixTile): number =>
  (rows / rowsEach) * (columns / columnsEach)

/** One more element after each row of shared memory: neighbours then lie in different banks. */
export const pitchOf = (extent: number): number => extent + 1

/** The bytes of shared memory. */
export const sharedBytes = ({ rows, columns, depth }: MatrixTile): number =>
  4 * depth * (pitchOf(rows) + pitchOf(columns))

/** Reading a number from memory takes as long as so many products; from shared memory, as one. */
export const memoryCost = 8

/** So many invocations keep the cores of a usual GPU busy. */
export const busyInvocations: number = 2 ** 14

/** The cost of one result's term on average, in products, for a product of this size. */
export function costPerTerm(
  tile: MatrixTile,
  rows: number,
  columns: number,
  batch: number,
): number {
  const { rowsEach, columnsEach } = tile
  const each = rowsEach * columnsEach
  const invocations = invocationsOfTile(tile)
  const tilesOfRows = Math.ceil(rows / tile.rows)
  const tilesOfColumns = Math.ceil(columns / tile.columns)
  const padded = (tilesOfRows * tile.rows * tilesOfColumns * tile.columns) / (rows * columns)
  const reads = (memoryCost * (tile.rows + tile.columns)) / invocations
  const used = batch * tilesOfRows * tilesOfColumns * invocations
  const idle = Math.max(1, busyInvocations / used)
  return (padded * (each + rowsEach + columnsEach + reads) * idle) / each
}

/** The cheapest tile that a device can run; undefined if there is none. */
export function bestTile(
  rows: number,
  columns: number,
  batch: number,
  limits: ShaderLimits,
): MatrixTile | undefined {
  let best: MatrixTile | undefined
  let least = Infinity
  for (const tile of matrixTiles) {
    if (invocationsOfTile(tile) > limits.invocations) continue
    if (sharedBytes(tile) > limits.workgroupBytes) continue
    const cost = costPerTerm(tile, rows, columns, batch)
    if (cost < least) [best, least] = [tile, cost]
  }
  return best
}
