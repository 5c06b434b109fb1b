/**
 * The forms that vector code of a nest can take: which loop runs along the lanes and which along
 * the rows, what is kept in registers, how large a tile is; and what follows from them for everyone
 * who prices or writes them.
 *
 *            lane loop, V vectors             One operand is *moving*: it changes from row to row. The other is *stationary*: all rows share it.
 *          ┌────┬────┐                        plain    per sum step load stationary (V), then per row one moving value: R·V products
 *   rows R │acc │acc │                        stencil  neighbouring rows read overlapping moving values: each is loaded once
 *          │acc │acc │                        hoist    so few stationary values that they stay in registers for the whole row of tiles
 *          └────┴────┘
 */

import type { Element } from './element.ts'
import type { NestLoop } from './nest.ts'

export type OperandName = 'a' | 'b'

export interface Tile {
  readonly rows: number
  readonly vectors: number
}

/** What an engine makes of a body of code (registers.ts). */
export interface Registers {
  /** Vector registers the compiler will really use. */
  readonly count: number
  /** Whether multiply and add are one instruction. */
  readonly fused: boolean
  /** How many products one unrolled body may hold before the compiler loses its way. */
  readonly body: number
  /** The same for a body in which rows share what they read. */
  readonly shared: number
}

export const unitLoop: NestLoop = { extent: 1, a: 0, b: 0, c: 0, bias: 0, parts: [] }

export interface Kind {
  readonly kind: 'plain' | 'stencil' | 'hoist'
  /**
   * Index in `sum` of the loop along which rows overlap, for stencil and hoist; −1 where none does.
   */
  readonly overlap: number
}

export const plainKind: Kind = { kind: 'plain', overlap: -1 }

/** A form before its tile is chosen. */
export interface LoopMapping extends Kind {
  readonly lane: NestLoop
  readonly row: NestLoop
  /**
   * Where rows run on: behind the last index of `row` follows its first at the next index of this
   * loop. Every row has a pointer of its own then.
   */
  readonly line: NestLoop | undefined
  readonly outer: readonly NestLoop[]
  /**
   * The one of the outer loops that walks parts of the sum: results are started in its first turn
   * and finished in its last.
   */
  readonly block: NestLoop | undefined
  readonly sum: readonly NestLoop[]
  readonly moving: OperandName
  readonly stationary: OperandName
  /**
   * True where the stationary operand must be copied into panels [lane block][sum][lanes] first.
   */
  readonly packed: boolean
  readonly element: Element
  readonly registers: Registers
}

export interface Schedule extends LoopMapping {
  readonly tile: Tile
  /** Which loop the tiles follow one another along inside the microkernel. */
  readonly inner: 'lane' | 'row'
  /** Sum steps written out in one iteration of the innermost sum loop. */
  readonly unroll: number
  /** Predicted time. */
  readonly cycles: number
}

/**
 * Whether tiles follow one another along the rows: stationary values then serve them all. Not where
 * every row begins in another cache line and lanes are neighbours, as with the channels of a
 * depthwise layer: there a line is used up before the next is fetched.
 */
export function walksRows({ kind, lane, row, stationary, moving, element }: LoopMapping): boolean {
  if (lane[stationary] === 0 || row === unitLoop) return false
  return !(
    kind === 'hoist' &&
    lane[moving] === 1 &&
    Math.abs(row[moving]) * element.bytes >= cacheLine
  )
}

const cacheLine = 64

/** Rows of the tiles in all. */
export const rowCount = ({ row, line }: Pick<LoopMapping, 'row' | 'line'>): number =>
  row.extent * (line?.extent ?? 1)

/**
 * An extent as [size, count] runs, sizes as equal as possible and none above `most`, larger first.
 */
export function split(extent: number, most: number): [size: number, count: number][] {
  if (extent === 0) return []
  const count = Math.ceil(extent / most)
  const small = Math.floor(extent / count)
  const large = extent - small * count
  const runs: [number, number][] = [
    [small + 1, large],
    [small, count - large],
  ]
  return runs.filter(([, n]) => n > 0)
}

/**
 * Vectors as whole tiles and what is left: panels of packed operands have one width, so tiles are
 * not balanced here.
 */
export function laneSplit(vectors: number, most: number): [size: number, count: number][] {
  const runs: [number, number][] = [
    [most, Math.floor(vectors / most)],
    [vectors % most, 1],
  ]
  return runs.filter(([size, count]) => size > 0 && count > 0)
}
