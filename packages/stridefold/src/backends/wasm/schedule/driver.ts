/**
 * The order in which the driver of a contraction calls its microkernels: which loops run outside,
 * and how rows and lanes are cut into tiles.
 *
 *            across                   `along`: consecutive tiles inside one call of a microkernel
 *          ┌────┬────┬──┐             `across`: from call to call
 *    along │tile│tile│  │             Tiles of rows are as equal as possible. Tiles of lanes are
 *          ├────┼────┼──┤             whole, and the last vector may be partial.
 *          │tile│tile│  │
 *          └────┴────┴──┘
 */

import { addStrides, type ByteStrides, scaleStrides, zeroStrides } from './byte-strides.ts'
import { byteStridesOf, type ContractionCode, laneStridesOf } from './contraction-code.ts'
import { rowCount } from './mapping.ts'
import type { NestLoop } from './nest.ts'

/** Consecutive tiles of one size. */
export interface Block {
  /** Rows or vectors of each tile. */
  readonly size: number
  readonly count: number
  /** Elements in the last vector of the tile; 0 if it is full. */
  readonly partial: number
}

/** A block with the bytes from the start of its line to its first tile, and from tile to tile. */
export interface PlacedBlock extends Block {
  readonly start: ByteStrides
  readonly step: ByteStrides
}

export interface Driver {
  readonly code: ContractionCode
  readonly along: readonly PlacedBlock[]
  readonly across: readonly PlacedBlock[]
  readonly rowBlocks: readonly Block[]
  /**
   * Loops in which every operand changes share no data. They run outermost, one contraction after
   * the other.
   */
  readonly independent: readonly NestLoop[]
  /** The other outer loops, outermost first. */
  readonly outer: readonly NestLoop[]
  /**
   * True if `across` runs outside `outer`: one panel of packed weights stays in the cache while
   * everything else moves. Otherwise neighbouring blocks of one line share the values that were
   * read.
   */
  readonly panelsOutside: boolean
}

export function driverOf(code: ContractionCode): Driver {
  const { schedule, element } = code
  const { lane, tile, inner, stationary, moving } = schedule
  const rowBlocks = split(rowCount(schedule), tile.rows).map(
    ([size, count]): Block => ({ size, count, partial: 0 }),
  )
  const rows = placed(rowBlocks, byteStridesOf(schedule.row, code))
  const lanes = placed(laneBlocksOf(lane.extent, tile.vectors, element.lanes), laneStridesOf(code))
  const sorted = schedule.outer.toSorted(
    (x, y) =>
      Number(y[stationary] !== 0) - Number(x[stationary] !== 0) || Math.abs(y.c) - Math.abs(x.c),
  )
  const isIndependent = (loop: NestLoop): boolean =>
    loop[stationary] !== 0 && loop[moving] !== 0 && loop.c !== 0
  return {
    code,
    along: inner === 'lane' ? lanes : rows,
    across: inner === 'lane' ? rows : lanes,
    rowBlocks,
    independent: sorted.filter(isIndependent),
    outer: sorted.filter((loop) => !isIndependent(loop)),
    panelsOutside: schedule.packed && lane[moving] === 0,
  }
}

/** `perUnit`: bytes from one row, or one vector of lanes, to the next. */
function placed(blocks: readonly Block[], perUnit: ByteStrides): PlacedBlock[] {
  let start = zeroStrides
  return blocks.map((block) => {
    const step = scaleStrides(perUnit, block.size)
    const here = { ...block, start, step }
    start = addStrides(start, scaleStrides(step, block.count))
    return here
  })
}

function laneBlocksOf(extent: number, maxSize: number, lanes: number): Block[] {
  const blocks: Block[] = []
  for (const [size, count] of laneSplit(Math.floor(extent / lanes), maxSize))
    blocks.push({ size, count, partial: 0 })
  const remainder = extent % lanes
  if (remainder === 0) return blocks
  const last = blocks.at(-1)
  // The partial vector joins an incomplete last tile. Without one it becomes a tile of its own.
  if (last !== undefined && last.size < maxSize)
    blocks[blocks.length - 1] = { size: last.size + 1, count: 1, partial: remainder }
  else blocks.push({ size: 1, count: 1, partial: remainder })
  return blocks
}

/**
 * Splits an extent into [size, count] runs. Sizes are as equal as possible and at most `maxSize`;
 * the larger size comes first.
 */
function split(extent: number, maxSize: number): [size: number, count: number][] {
  if (extent === 0) return []
  const count = Math.ceil(extent / maxSize)
  const small = Math.floor(extent / count)
  const large = extent - small * count
  const runs: [number, number][] = [
    [small + 1, large],
    [small, count - large],
  ]
  return runs.filter(([, n]) => n > 0)
}

/**
 * Splits vectors into whole tiles and a remainder. Sizes are not balanced here, because all panels
 * of a packed operand have the same width.
 */
function laneSplit(vectors: number, maxSize: number): [size: number, count: number][] {
  const runs: [number, number][] = [
    [maxSize, Math.floor(vectors / maxSize)],
    [vectors % maxSize, 1],
  ]
  return runs.filter(([size, count]) => size > 0 && count > 0)
}
