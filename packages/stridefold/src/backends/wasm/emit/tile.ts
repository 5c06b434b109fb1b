/**
 * Writes one microkernel: n consecutive tiles of R rows × V vectors. Each tile is summed in
 * registers (tile-sums.ts), finished and stored. Rows are one stride apart. If rows continue on the
 * next line, each row has its own pointer.
 */

import type { FunctionBody } from '../assembler/body.ts'
import { scaleStrides } from '../schedule/byte-strides.ts'
import { byteStridesOf, type ContractionCode, laneStridesOf } from '../schedule/contraction-code.ts'
import { isIntegers } from '../schedule/element.ts'
import { emitFinish, emitRounding, hasFinish } from './epilogue.ts'
import { advancePointer } from './loops.ts'
import { TileRegisters, type TileSize } from './tile-registers.ts'
import { emitSums, hoistedValues } from './tile-sums.ts'
import { type VectorElement, withOps } from './vector-ops.ts'
import { storeVectors } from './vectors.ts'
import { writeIntegers } from './write-integers.ts'

/** Writes the microkernel of one size of tile. */
export function writeTile(f: FunctionBody, code: ContractionCode, size: TileSize): void {
  const tile = new TileRegisters(f, code, size)
  const { schedule } = code
  const hoists = schedule.kind === 'hoist' && !code.empty
  // Along the lanes every tile has its own weights, unless all lanes share them.
  const isShared = schedule.inner === 'row' || tile.stationaryLane === 0
  const sharedValues = hoists && isShared ? hoistedValues(tile) : undefined
  const step =
    schedule.inner === 'lane'
      ? scaleStrides(laneStridesOf(code), size.vectors)
      : scaleStrides(byteStridesOf(schedule.row, code), size.rows)
  f.loop((again) => {
    startSums(tile)
    const hoisted = hoists && !isShared ? hoistedValues(tile) : sharedValues
    if (!code.empty) emitSums(tile, hoisted)
    finish(tile)
    const { moving, stationary, to, bias, count } = tile.params
    if (schedule.outerRow !== undefined) return
    advancePointer(f, moving[0]!, step.moving)
    advancePointer(f, stationary, step.stationary)
    advancePointer(f, to[0]!, step.to)
    advancePointer(f, bias, step.bias)
    f.get(count).i32(1).op('i32.sub').tee(count).brIf(again)
  })
}

/** Sums start at 0, or at the old results. */
function startSums(tile: TileRegisters): void {
  const { f, code } = tile
  const { accumulate, schedule } = code
  if (accumulate) {
    const laneStride = schedule.lane.extent === 1 ? 0 : schedule.lane.c
    tile.accumulators.forEach((row, r) =>
      tile.loadRow('to', row, r, tile.params.to, schedule.row.c, laneStride),
    )
  } else for (const row of tile.accumulators) for (const acc of row) f.v128Bits(0).set(acc)
}

/** Stores the results of the sums. */
function finish(tile: TileRegisters): void {
  const { element } = tile.code
  if (isIntegers(element)) return writeIntegers(tile, element)
  finishSums(tile, withOps(element))
  store(tile, withOps(element))
}

/** Applies unit, bias, offset and activation to every sum. */
function finishSums(tile: TileRegisters, element: VectorElement): void {
  const { f, code, params } = tile
  const { lane, row: rowLoop } = code.schedule
  const biasValues = code.bias ? tile.vectorLocals(lane.bias) : []
  tile.accumulators.forEach((row, r) => {
    if (code.bias && (r === 0 || rowLoop.bias !== 0))
      tile.loadRow('bias', biasValues, r, [params.bias], rowLoop.bias, lane.bias)
    row.forEach((acc, v) => {
      if (code.unit === undefined && !code.bias && !hasFinish(code)) return
      f.get(acc)
      emitRounding(f, element, code.unit)
      if (code.bias) f.get(biasValues[v] ?? biasValues[0]!).vec(element.add)
      emitFinish(f, element, code)
      f.set(acc)
    })
  })
}

function store(tile: TileRegisters, element: VectorElement): void {
  const { f, code, last } = tile
  const { lane, row, outerRow } = code.schedule
  const rowStep = outerRow === undefined ? row.c * element.bytes : 0
  const lastElement = (tile.vectors - 1) * element.lanes + last - 1
  // The base includes only addresses that are stored to. A pointer below the start of memory would
  // be negative, and the offset of an instruction does not wrap around.
  const base =
    Math.min(0, rowStep * (tile.rows - 1)) + Math.min(0, lane.c * element.bytes * lastElement)
  const to = tile.offsetPointers(tile.params.to, base)
  tile.accumulators.forEach((locals, r) =>
    storeVectors(f, element, { locals, stride: lane.c, last }, to[r] ?? to[0]!, r * rowStep - base),
  )
}
