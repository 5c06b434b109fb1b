/**
 * How many cycles does a mapping take with a given tile? The model has two products and two loads
 * per cycle and a latency of four cycles. Incomplete tiles are priced separately.
 *
 * A planner calls this some hundred times for every plan. Everything that does not depend on the
 * tile is therefore computed once per mapping.
 */

import { rowCount, type LoopMapping, type Tile, walksRows } from './mapping.ts'
import type { NestLoop } from './nest.ts'

/** Operations that a processor can execute out of order. */
const reorder = 400

/**
 * Returns a function from a tile to the predicted cycles of the whole nest. The function returns
 * undefined if the tile does not fit the registers.
 */
export function pricer(shape: LoopMapping): (tile: Tile) => number | undefined {
  const { lane, row, element, moving } = shape
  const vectors = Math.ceil(lane.extent / element.lanes)
  const rows = rowCount(shape)
  const tilePrice = tilePricer(shape)
  // Of two equal mappings, the one whose rows are nearer in memory is cheaper: its cache lines are
  // still in the cache when the neighbouring rows need them.
  const nearness = 1 + Math.min(0.2, (Math.abs(row[moving]) * element.bytes) / 2 ** 20)
  const times = extentOf(shape.outer)
  return (tile) => {
    if (rows === 0 || vectors === 0) return 0
    // Rows are split into tiles of nearly equal size. Lanes are split into whole tiles and a
    // remainder (mapping.ts, `split` and `laneSplit`).
    const rowTiles = Math.ceil(rows / tile.rows)
    const small = Math.floor(rows / rowTiles)
    const large = rows - small * rowTiles
    const whole = Math.floor(vectors / tile.vectors)
    const rest = vectors % tile.vectors
    let total = 0
    for (let run = large > 0 ? 0 : 1; run < 2; run++) {
      const [size, count] = run === 0 ? [small + 1, large] : [small, rowTiles - large]
      for (let part = whole > 0 ? 0 : 1; part < (rest > 0 ? 2 : 1); part++) {
        const one = tilePrice(size, part === 0 ? tile.vectors : rest)
        if (one === undefined) return undefined
        total += one * count * (part === 0 ? whole : 1)
      }
    }
    return total * nearness * times
  }
}

/** Cycles of one tile with a given number of rows and vectors. */
function tilePricer(shape: LoopMapping): (rows: number, vectors: number) => number | undefined {
  const { kind, lane, sum, moving, stationary, packed, element, registers, overlap } = shape
  const products = extentOf(sum)
  const stationaryStride = packed ? 1 : lane[stationary]
  const temporaries = registers.fused ? 0 : 1
  const along = overlap < 0 ? undefined : sum[overlap]!
  const stationaryCount = walksRows(shape) || lane[stationary] === 0 ? 0 : products
  const latencies = kind === 'plain' ? products * 4 : products * 2
  const stores = lane.c === 1 || lane.extent === 1 ? 1 : element.lanes
  const looped = kind === 'hoist' ? 0 : 8 + products * 0.15
  const pointers = shape.line === undefined ? 0 : 4 + products * 0.05
  const loads = (stride: number, vectors: number): number =>
    stride === 0 ? 1 : stride === 1 ? vectors : 1.5 * element.lanes * vectors
  return (rows, vectors) => {
    const accumulators = rows * vectors
    const streamValues = lane[moving] === 0 ? 1 : vectors
    const stationaryValues = stationaryStride === 0 ? 1 : vectors
    const movingLoads = loads(lane[moving], vectors)
    const stationaryLoads = loads(stationaryStride, vectors)
    let used: number
    let loadCount: number
    if (kind === 'plain') {
      used =
        accumulators +
        stationaryValues +
        (streamValues > 1 && stationaryValues > 1 ? 1 : Math.min(streamValues, 1))
      loadCount = products * (rows * movingLoads + stationaryLoads)
    } else {
      used = accumulators + streamValues + (kind === 'hoist' ? products * stationaryValues : 1)
      const reads =
        along === undefined
          ? rows * products
          : (products / along.extent) * distinctReads(shape.row[moving], rows, along, moving)
      loadCount =
        reads * movingLoads +
        (kind === 'hoist' ? stationaryCount : products * rows) * stationaryLoads
      if (kind === 'stencil' && accumulators * along!.extent > registers.shared) return undefined
    }
    if (used + temporaries > registers.count) return undefined
    const arithmetic = (products * accumulators) / 2
    // While the products of one short sum are pending, the processor already starts the next sums.
    const atOnce = Math.min(4, Math.max(1, reorder / (products * accumulators + loadCount)))
    return (
      Math.max(arithmetic, loadCount / 2, latencies / atOnce) +
      accumulators * stores +
      4 +
      looped +
      rows * pointers
    )
  }
}

/**
 * Number of different elements of the moving operand that `rows` neighbouring rows read along one
 * sum loop.
 */
function distinctReads(rowStride: number, rows: number, loop: NestLoop, moving: 'a' | 'b'): number {
  const step = rowStride / loop[moving]
  return step >= loop.extent ? rows * loop.extent : (rows - 1) * step + loop.extent
}

const extentOf = (loops: readonly NestLoop[]): number =>
  loops.reduce((count, loop) => count * loop.extent, 1)
