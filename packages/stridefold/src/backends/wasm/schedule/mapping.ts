/**
 * How can a loop nest map to vector code? A mapping fixes the lane loop, the row loop, and the
 * values that stay in registers. A tile fixes how many sums are computed at a time.
 *
 *            lane loop, V vectors    One operand is *moving*: it changes from row to row.
 *          ┌────┬────┐               The other is *stationary*: all rows share it.
 *   rows R │acc │acc │
 *          │acc │acc │
 *          └────┴────┘
 *
 *   plain    per sum step: load the stationary values (V), then one moving value per row: R·V
 *            products
 *   stencil  neighbouring rows read overlapping moving values: each value is loaded once
 *   hoist    few stationary values: they stay in registers for the whole row of tiles
 */

import type { Machine } from '../../../program/machine.ts'
import type { Element } from './element.ts'
import type { NestLoop } from './nest.ts'

export type OperandName = 'a' | 'b'

export interface Tile {
  readonly rows: number
  readonly vectors: number
}

/** How an engine compiles a function body (registers.ts), and the processor that runs it. */
export interface Registers {
  /** Vector registers that the compiler actually uses. */
  readonly count: number
  /** Whether multiply and add are one instruction. */
  readonly fused: boolean
  /**
   * Whether the compiler moves all loads of a body to its start. Then each of them needs a register
   * of its own.
   */
  readonly hoistsLoads: boolean
  /**
   * Maximum number of products in one unrolled body. The compiler produces slow code for longer
   * bodies.
   */
  readonly body: number
  /** The same limit for a body whose rows share loads. */
  readonly shared: number
  /** The processor: some code keeps its values in a cache. */
  readonly machine: Machine
}

export const unitLoop: NestLoop = { extent: 1, a: 0, b: 0, c: 0, bias: 0, parts: [] }

export interface Kind {
  readonly kind: 'plain' | 'stencil' | 'hoist'
  /**
   * Index in `sum` of the loop along which rows overlap, for stencil and hoist; −1 if there is
   * none.
   */
  readonly overlap: number
}

export const plainKind: Kind = { kind: 'plain', overlap: -1 }

/** How the nest maps to vector code, before the tile is chosen. */
export interface LoopMapping extends Kind {
  readonly lane: NestLoop
  readonly row: NestLoop
  /**
   * The loop outside `row`, if both run as one flattened loop: after the last row of one line comes
   * the first row of the next. Each row of the tile then needs its own pointer. Undefined if rows
   * end with their line.
   */
  readonly outerRow: NestLoop | undefined
  readonly outer: readonly NestLoop[]
  /**
   * The outer loop over parts of the sum. Its first iteration starts the results, its last
   * iteration finishes them.
   */
  readonly block: NestLoop | undefined
  readonly sum: readonly NestLoop[]
  readonly moving: OperandName
  readonly stationary: OperandName
  /** True if the stationary operand must first be copied into panels [lane block][sum][lanes]. */
  readonly packed: boolean
  readonly element: Element
  readonly registers: Registers
}

export interface Schedule extends LoopMapping {
  readonly tile: Tile
  /** The loop along which consecutive tiles lie inside the microkernel. */
  readonly inner: 'lane' | 'row'
  /** Sum steps that are unrolled in one iteration of the innermost sum loop. */
  readonly unroll: number
  /** Predicted time in cycles. */
  readonly cycles: number
}

/**
 * Whether consecutive tiles lie along the rows. All of them then use the same stationary values.
 * False if lanes are neighbours and every row begins in another cache line, as with the channels of
 * a depthwise layer. There each cache line is used up before the next one is fetched.
 */
export function tilesAlongRows({
  kind,
  lane,
  row,
  stationary,
  moving,
  element,
}: LoopMapping): boolean {
  if (lane[stationary] === 0 || row === unitLoop) return false
  return !(
    kind === 'hoist' &&
    lane[moving] === 1 &&
    Math.abs(row[moving]) * element.bytes >= cacheLine
  )
}

const cacheLine = 64

/** Number of rows of all tiles together. */
export const rowCount = ({ row, outerRow }: Pick<LoopMapping, 'row' | 'outerRow'>): number =>
  row.extent * (outerRow?.extent ?? 1)
