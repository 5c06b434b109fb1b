/**
 * Writes the sums of a tile.
 *
 *   plain     sum loops as loops; per step: the stationary values, then one moving value per row
 *   stencil   each moving value is loaded once, for all rows that use it
 *   hoist     the same, and the stationary values stay in registers for all tiles
 */

import { iterations } from '../../../ndarray/loops.ts'
import { byteStridesOf } from '../schedule/contraction-code.ts'
import type { NestLoop } from '../schedule/nest.ts'
import { readsInSumOrder, type SumStep, sumStepsOf, sumStrideOf } from '../schedule/sum-order.ts'
import { emitRepeatedLoop, offsetPointer } from './loops.ts'
import type { TileRegisters } from './tile-registers.ts'
import { loadVectors } from './vectors.ts'

/** Locals with the stationary values: [sum step][vector]. */
type HoistedValues = readonly (readonly number[])[]

export function emitSums(tile: TileRegisters, hoisted: HoistedValues | undefined): void {
  if (tile.code.schedule.kind === 'plain') plainSums(tile)
  else overlappingSums(tile, hoisted)
}

/** Loads all stationary values into registers. */
export function hoistedValues(tile: TileRegisters): HoistedValues {
  const { f, code, stationaryLane } = tile
  const steps = sumStepsOf(code.schedule.sum, code)
  if (code.schedule.hasUnitWeights) return steps.map(() => tile.stationaryValues)
  const base = minOffset(steps.map((s) => s.stationary))
  const pointer = offsetPointer(f, tile.params.stationary, base)
  return steps.map((s) => {
    const locals = tile.vectorLocals(stationaryLane)
    tile.loadInto('stationary', locals, pointer, s.stationary - base, stationaryLane)
    return locals
  })
}

/** Sum loops as loops. The innermost is unrolled `unroll` times. */
function plainSums(tile: TileRegisters): void {
  const { f, code } = tile
  const { sum, unroll } = code.schedule
  const products = iterations(sum)
  const { moving: start, stationary: panel } = tile.params
  if (products <= 2 * unroll) return plainBody(tile, start, panel, sumStepsOf(sum, code))
  sumLoops(tile, sum.slice(0, -1), start, panel, (moving, stationary) => {
    const last = sum.at(-1)!
    const wholeIterations = Math.floor(last.extent / unroll)
    const remainder = last.extent % unroll
    const steps = sumStepsOf([{ ...last, extent: unroll }], code)
    const movingPointers = tile.offsetPointers(moving, 0)
    const stationaryPointer = offsetPointer(f, stationary, 0)
    const perStep = sumStrideOf(last, code)
    const pointerSteps = [
      ...movingPointers.map((local) => [local, perStep.moving * unroll] as const),
      [stationaryPointer, perStep.stationary * unroll] as const,
    ]
    emitRepeatedLoop(f, wholeIterations, pointerSteps, () =>
      plainBody(tile, movingPointers, stationaryPointer, steps),
    )
    if (remainder > 0)
      plainBody(
        tile,
        movingPointers,
        stationaryPointer,
        sumStepsOf([{ ...last, extent: remainder }], code),
      )
  })
}

/**
 * Loads the stationary values once per sum step. Then multiplies each row's moving value into all
 * its products.
 */
function plainBody(
  tile: TileRegisters,
  moving: readonly number[],
  stationary: number,
  steps: readonly SumStep[],
): void {
  const { schedule } = tile.code
  const rowStep =
    schedule.outerRow === undefined ? byteStridesOf(schedule.row, tile.code).moving : 0
  const movingBase = minOffset(steps.map((s) => s.moving)) + Math.min(0, rowStep * (tile.rows - 1))
  const stationaryBase = minOffset(steps.map((s) => s.stationary))
  const movingPointers = tile.offsetPointers(moving, movingBase)
  const stationaryPointer = offsetPointer(tile.f, stationary, stationaryBase)
  for (const step of steps) {
    tile.loadInto(
      'stationary',
      tile.stationaryValues,
      stationaryPointer,
      step.stationary - stationaryBase,
      tile.stationaryLane,
    )
    for (let r = 0; r < tile.rows; r++) {
      const pointer = movingPointers[r] ?? movingPointers[0]!
      rowOfProducts(tile, r, pointer, step.moving + r * rowStep - movingBase)
    }
  }
}

/**
 * The products of one row with the stationary values. Each moving vector is loaded right before its
 * use, because loading all of them first would need more registers.
 */
function rowOfProducts(tile: TileRegisters, row: number, pointer: number, offset: number): void {
  const { movingValues, stationaryValues } = tile
  const { schedule } = tile.code
  const element = tile.elementOf('moving')
  const stride = schedule.lane[schedule.moving]
  tile.accumulators[row]!.forEach((acc, v) => {
    const [x, y] = [
      movingValues[v] ?? movingValues[0]!,
      stationaryValues[v] ?? stationaryValues[0]!,
    ]
    if (v < movingValues.length) {
      const last = v === tile.vectors - 1 ? tile.last : element.lanes
      const at = offset + v * element.lanes * stride * element.bytes
      loadVectors(tile.f, element, { locals: [x], stride, last }, pointer, at)
    }
    tile.multiplyAdd(acc, x, y)
  })
}

/**
 * Loads each distinct moving element once, and multiplies it into every (row, sum step) that reads
 * it.
 */
function overlappingSums(tile: TileRegisters, hoisted: HoistedValues | undefined): void {
  const { code } = tile
  const { sum, overlap } = code.schedule
  const { moving: start, stationary: panel } = tile.params
  if (hoisted !== undefined)
    return overlapBody(tile, start[0]!, panel, sumStepsOf(sum, code), hoisted)
  const others = sum.filter((_, index) => index !== overlap)
  sumLoops(tile, others, start, panel, ([moving], stationary) =>
    overlapBody(tile, moving!, stationary, sumStepsOf([sum[overlap]!], code), undefined),
  )
}

function overlapBody(
  tile: TileRegisters,
  moving: number,
  stationary: number,
  steps: readonly SumStep[],
  hoisted: HoistedValues | undefined,
): void {
  const { f, movingValues, stationaryLane } = tile
  const { schedule } = tile.code
  const laneStride = schedule.lane[schedule.moving]
  const rowStep = byteStridesOf(schedule.row, tile.code).moving
  const reads = readsInSumOrder(steps, tile.rows, rowStep)
  const movingBase = minOffset(reads.map((read) => read.at))
  const stationaryBase = minOffset(steps.map((s) => s.stationary))
  const movingPointer = offsetPointer(f, moving, movingBase)
  const stationaryPointer =
    hoisted === undefined ? offsetPointer(f, stationary, stationaryBase) : stationary
  const stationaryValuesOf = (step: number): readonly number[] => {
    if (hoisted !== undefined) return hoisted[step]!
    const at = steps[step]!.stationary - stationaryBase
    tile.loadInto('stationary', tile.stationaryValues, stationaryPointer, at, stationaryLane)
    return tile.stationaryValues
  }
  for (const { at, users } of reads) {
    tile.loadInto('moving', movingValues, movingPointer, at - movingBase, laneStride)
    for (const { row, step } of users) {
      const values = stationaryValuesOf(step)
      tile.accumulators[row]!.forEach((acc, v) =>
        tile.multiplyAdd(acc, movingValues[v] ?? movingValues[0]!, values[v] ?? values[0]!),
      )
    }
  }
}

/** Writes nested sum loops. `write` gets the pointers of each step. */
function sumLoops(
  tile: TileRegisters,
  loops: readonly NestLoop[],
  moving: readonly number[],
  stationary: number,
  write: (moving: readonly number[], stationary: number) => void,
): void {
  const [loop, ...innerLoops] = loops
  if (loop === undefined) return write(moving, stationary)
  const movingPointers = tile.offsetPointers(moving, 0)
  const stationaryPointer = offsetPointer(tile.f, stationary, 0)
  const step = sumStrideOf(loop, tile.code)
  const pointerSteps = [
    ...movingPointers.map((local) => [local, step.moving] as const),
    [stationaryPointer, step.stationary] as const,
  ]
  emitRepeatedLoop(tile.f, loop.extent, pointerSteps, () =>
    sumLoops(tile, innerLoops, movingPointers, stationaryPointer, write),
  )
}

const minOffset = (offsets: readonly number[]): number => Math.min(...offsets)
