/**
 * Copies a weight operand into the panels of a schedule: [grid and outer loops][lane block][sum
 * loops, innermost last][lanes of the tile].
 *
 * The copy consists of ordinary Moves in a stage of its own, which runs once per kernel. Lanes past
 * the last filter stay 0.
 */

import type { Contraction, Loop, Move, Operand } from '../../../program/steps.ts'
import { panelLength } from './contraction-code.ts'
import type { SumElement } from './element.ts'
import type { Schedule } from './mapping.ts'
import { moveOfPairs } from './pairs.ts'

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

/** The packing of pairs, whose moves copy the numbers of 16 bits. */
export const packingOfPairs = ({ length, moves, schedule, operand }: Packing): Packing => ({
  length: length * 2,
  moves: moves.map(moveOfPairs),
  schedule,
  operand: { ...operand, strides: operand.strides.map((stride) => stride * 2) },
})

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
  element: SumElement,
  buffer: string,
): Packing {
  const { stationary, lane, tile } = schedule
  const original = step[stationary]
  const panel = panelLength(schedule, element)
  const width = tile.vectors * element.lanes
  const sums = sumAxes(step, grid, schedule, width)
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
  const strides = grid.map((loop, g) => placeAxis(loop.name, loop.extent, original.strides[g]!))
  const copy: PanelCopy = { axes: [...outside, ...sums], panel, width, lane, stationary }
  return {
    length,
    moves: panelMoves(original, buffer, copy),
    schedule: { ...schedule, outer, block },
    operand: { buffer, offset: 0, strides },
  }
}

/**
 * Inside a panel: the sum loops in the order of the schedule. A merged loop may not have one stride
 * in the original, so its parts are copied one by one.
 */
function sumAxes(
  step: Contraction,
  grid: readonly Loop[],
  { stationary, sum }: Schedule,
  width: number,
): Axis[] {
  const loops = [...step.result, ...step.sum]
  const { strides } = step[stationary]
  const axes: Axis[] = []
  let stride = width
  for (const part of sum.flatMap((loop) => loop.parts).toReversed()) {
    const { name, extent } = loops[part]!
    axes.unshift({ name, extent, from: strides[grid.length + part]!, to: stride })
    stride *= extent
  }
  return axes
}

interface PanelCopy extends Pick<Schedule, 'lane' | 'stationary'> {
  /** The axes outside the lanes. */
  readonly axes: readonly Axis[]
  /** Elements of a panel, and of one of its rows. */
  readonly panel: number
  readonly width: number
}

/** One move for all whole panels, and one for the lanes of the last panel. */
function panelMoves(
  original: Operand,
  buffer: string,
  { axes, panel, width, lane, stationary }: PanelCopy,
): Move[] {
  const wholePanels = Math.floor(lane.extent / width)
  const restLanes = lane.extent % width
  const stride = lane[stationary]
  const move = (all: readonly Axis[], from: number, to: number): Move => ({
    kind: 'move',
    loops: all.map(({ name, extent }) => ({ name, extent })),
    to: { buffer, offset: to, strides: all.map((axis) => axis.to) },
    from: {
      buffer: original.buffer,
      offset: original.offset + from,
      strides: all.map((axis) => axis.from),
    },
    bounds: [],
    outside: 'skip',
  })
  const lanes = (extent: number): Axis => ({ name: 'lane', extent, from: stride, to: 1 })
  const panels: Axis = { name: 'block', extent: wholePanels, from: stride * width, to: panel }
  const moves: Move[] = []
  if (wholePanels > 0) moves.push(move([...axes, panels, lanes(width)], 0, 0))
  if (restLanes > 0) {
    const first = wholePanels * width
    moves.push(move([...axes, lanes(restLanes)], first * stride, wholePanels * panel))
  }
  return moves
}
