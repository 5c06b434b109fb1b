/**
 * How many cycles does a mapping take with a given tile? The model has two products and two loads
 * per cycle and a latency of four cycles, three without fused multiply-add. Incomplete tiles are
 * priced separately.
 *
 * A planner calls this some hundred times for every plan. Everything that does not depend on the
 * tile is therefore computed once per mapping.
 */

import { iterations } from '../../../ndarray/loops.ts'
import { nominalMachine } from '../../../program/machine.ts'
import { arePairs, isIntegers } from './element.ts'
import {
  type LoopMapping,
  rowCount,
  type Tile,
  tilesAlongRows,
  vectorsPerRegister,
} from './mapping.ts'
import type { NestLoop } from './nest.ts'

/** Rows at this distance or more share no cache lines in time. On every machine the same number. */
const farBytes = nominalMachine.l2Bytes / 2

/**
 * Loads, products and additions of pairs that a processor begins in a cycle: they have no
 * multiply-add, so their number limits the speed, not that of the products.
 */
const issueWidth = 5

/** Operations that a processor can execute out of order. */
const reorderWindow = 400

/**
 * Returns a function from a tile to the predicted cycles of the whole nest. The function returns
 * undefined if the tile does not fit the registers.
 */
export function pricer(mapping: LoopMapping): (tile: Tile) => number | undefined {
  const { lane, row, element, moving } = mapping
  const vectors = Math.ceil(lane.extent / element.lanes)
  const isPartial = lane.extent % element.lanes !== 0
  const rows = rowCount(mapping)
  const cyclesOfTile = tilePricer(mapping)
  // Of two equal mappings, the one whose rows are nearer in memory is cheaper: its cache lines are
  // still in the cache when the neighbouring rows need them.
  const distanceFactor = 1 + Math.min(0.2, (Math.abs(row[moving]) * element.bytes) / farBytes)
  const repetitions = iterations(mapping.outer)
  return (tile) => {
    if (rows === 0 || vectors === 0) return 0
    // Rows are split into tiles of nearly equal size. Lanes are split into whole tiles and a
    // remainder (mapping.ts, `split` and `laneSplit`).
    const rowTiles = Math.ceil(rows / tile.rows)
    const small = Math.floor(rows / rowTiles)
    const large = rows - small * rowTiles
    // A tile with a partial vector is priced apart if the engine joins vectors only in others.
    const lastVectors =
      vectors % tile.vectors || (isPartial && mapping.registers.joined ? tile.vectors : 0)
    const wholeTiles = (vectors - lastVectors) / tile.vectors
    let total = 0
    for (let run = large > 0 ? 0 : 1; run < 2; run++) {
      const [size, count] = run === 0 ? [small + 1, large] : [small, rowTiles - large]
      for (let part = wholeTiles > 0 ? 0 : 1; part < (lastVectors > 0 ? 2 : 1); part++) {
        const tileCycles =
          part === 0 ? cyclesOfTile(size, tile.vectors) : cyclesOfTile(size, lastVectors, isPartial)
        if (tileCycles === undefined) return undefined
        total += tileCycles * count * (part === 0 ? wholeTiles : 1)
      }
    }
    return total * distanceFactor * repetitions
  }
}

/**
 * Cycles of one tile with a given number of rows and vectors. `isPartial`: the last vector is not
 * full.
 */
function tilePricer(
  mapping: LoopMapping,
): (rows: number, vectors: number, isPartial?: boolean) => number | undefined {
  const { kind, lane, sum, moving, stationary, packed, element, registers, overlap } = mapping
  const { hasUnitWeights } = mapping
  const isPairs = arePairs(element)
  const products = iterations(sum)
  const stationaryStride = packed ? 1 : lane[stationary]
  const temporaries = registers.fused && !isIntegers(element) ? 0 : 1
  const cyclesOfProduct = hasUnitWeights ? 1 / 3 : isIntegers(element) ? 2 / 3 : 1 / 2
  const overlapLoop = overlap < 0 ? undefined : sum[overlap]!
  const stationaryCount = tilesAlongRows(mapping) || lane[stationary] === 0 ? 0 : products
  // A sum waits for its last addition, which is shorter alone than with its product.
  const latency = registers.fused ? 4 : 3
  const latencyCycles = kind === 'plain' ? products * latency : products * 2
  const stores = lane.c === 1 || lane.extent === 1 ? 1 : element.lanes
  const loopCycles = kind === 'hoist' ? 0 : 8 + products * 0.15
  const pointerCycles = mapping.outerRow === undefined ? 0 : 4 + products * 0.05
  const loads = (stride: number, vectors: number): number =>
    stride === 0 ? 1 : stride === 1 ? vectors : 1.5 * element.lanes * vectors
  return (rows, vectors, isPartial = false) => {
    const wide = isPartial ? vectors : vectors / vectorsPerRegister(mapping, vectors)
    const accumulators = rows * wide
    const movingValues = lane[moving] === 0 ? 1 : wide
    const stationaryValues = hasUnitWeights ? 0 : stationaryStride === 0 ? 1 : wide
    const movingLoads = loads(lane[moving], wide)
    const stationaryLoads = hasUnitWeights ? 0 : loads(stationaryStride, wide)
    let registerCount: number
    let loadCount: number
    if (kind === 'plain') {
      registerCount =
        accumulators + stationaryValues + (registers.hoistsLoads ? rows * movingValues : 1)
      loadCount = products * (rows * movingLoads + stationaryLoads)
    } else {
      registerCount =
        accumulators + movingValues + (kind === 'hoist' ? products * stationaryValues : 1)
      const reads =
        overlapLoop === undefined
          ? rows * products
          : (products / overlapLoop.extent) *
            distinctReads(mapping.row[moving], rows, overlapLoop, moving)
      loadCount =
        reads * movingLoads +
        (kind === 'hoist' ? stationaryCount : products * rows) * stationaryLoads
      if (kind === 'stencil' && accumulators * overlapLoop!.extent > registers.shared)
        return undefined
    }
    if (registerCount + temporaries > registers.count) return undefined
    const arithmetic = isPairs
      ? (2 * products * accumulators + loadCount) / issueWidth
      : products * accumulators * cyclesOfProduct
    // While the products of one short sum are pending, the processor already starts the next sums.
    const sumsInFlight = Math.min(
      4,
      Math.max(1, reorderWindow / (products * accumulators + loadCount)),
    )
    return (
      Math.max(arithmetic, loadCount / 2, latencyCycles / sumsInFlight) +
      accumulators * stores +
      4 +
      loopCycles +
      rows * pointerCycles
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
