/**
 * Copies a weight operand into the panels of a schedule: [grid and outer loops][lane block][sum
 * loops, innermost last][lanes of the tile].
 *
 * The copy consists of ordinary Moves in a stage of its own, which runs once per kernel. Lanes past
 * the last filter stay 0.
 */

import type { Contraction, Loop, Move, Operand } from '../../../program/steps.ts'
import { panelLength } from './contraction-code.ts'
import type { Element } from './element.ts'
import type { Schedule } from './mapping.ts'

export interface Packing {
  /** Elements of the packed copy. */
  readonly length: number
  readonly moves: readonly Move[]
  /** The schedule, with outer loops that have the strides of the packed copy. */
  readonly schedule: Schedule
  /**
   * The packed copy as the stationary operand of the contraction. It has strides over the grid
   * only.
   */
  readonly operand: Operand
}

interface Axis {
  readonly name: string
  readonly extent: number
  readonly from: number
  readonly to: number
}

export function packingOf(
  step: Contraction,
  grid: readonly Loop[],
  schedule: Schedule,
  element: Element,
  buffer: string,
): Packing {
  const { stationary, lane, tile } = schedule
  const original = step[stationary]
  const loops = [...grid, ...step.result, ...step.sum]
  const panel = panelLength(schedule, element)
  const width = tile.vectors * element.lanes

  // Inside a panel: the sum loops in the order of the schedule. A merged loop may not have one
  // stride in the original, so its parts are copied one by one.
  const sums: Axis[] = []
  let stride = width
  for (const part of schedule.sum.flatMap((loop) => loop.parts).toReversed()) {
    const { name, extent } = loops[grid.length + part]!
    sums.unshift({ name, extent, from: original.strides[grid.length + part]!, to: stride })
    stride *= extent
  }
  // Outside the panels: the other result loops and the grid, if the operand depends on them.
  const outside: Axis[] = []
  let length = panel * Math.ceil(lane.extent / width)
  const placeAxis = (name: string, extent: number, from: number): number => {
    if (from === 0 || extent === 1) return 0
    outside.unshift({ name, extent, from, to: length })
    length *= extent
    return length / extent
  }
  const outer = schedule.outer.map((loop) => ({
    ...loop,
    [stationary]: placeAxis('outer', loop.extent, loop[stationary]),
  }))
  const block =
    schedule.block === undefined ? undefined : outer[schedule.outer.indexOf(schedule.block)]
  const gridStrides = grid.map((loop, g) => placeAxis(loop.name, loop.extent, original.strides[g]!))

  const wholePanels = Math.floor(lane.extent / width)
  const restLanes = lane.extent % width
  const laneStride = lane[stationary]
  const move = (axes: readonly Axis[], from: number, to: number): Move => ({
    kind: 'move',
    loops: axes.map(({ name, extent }) => ({ name, extent })),
    to: { buffer, offset: to, strides: axes.map((axis) => axis.to) },
    from: {
      buffer: original.buffer,
      offset: original.offset + from,
      strides: axes.map((axis) => axis.from),
    },
    bounds: [],
    outside: 'skip',
  })
  const common = [...outside, ...sums]
  const laneAxis = (extent: number): Axis => ({ name: 'lane', extent, from: laneStride, to: 1 })
  const panelAxis: Axis = {
    name: 'block',
    extent: wholePanels,
    from: laneStride * width,
    to: panel,
  }
  const moves: Move[] = []
  if (wholePanels > 0) moves.push(move([...common, panelAxis, laneAxis(width)], 0, 0))
  if (restLanes > 0)
    moves.push(
      move([...common, laneAxis(restLanes)], wholePanels * width * laneStride, wholePanels * panel),
    )
  return {
    length,
    moves,
    schedule: { ...schedule, outer, block },
    operand: { buffer, offset: 0, strides: gridStrides },
  }
}
