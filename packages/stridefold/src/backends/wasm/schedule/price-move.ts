/**
 * How many cycles does a move take, if its data are in a cache? Its elements by the kind of code
 * that copies them, each of its rows, and its start in each grid item.
 */

import { dtypes } from '../../../ndarray/dtype.ts'
import { iterations } from '../../../ndarray/loops.ts'
import type { Program, Stage } from '../../../program/program.ts'
import type { Move } from '../../../program/steps.ts'
import { type MoveForm, moveForm } from './move.ts'

/**
 * Cycles at 2.5 GHz, fitted to the times of 300 problems on an AMD EPYC (Node 20.20, 2026-11-29,
 * under load).
 */
const fitted = {
  /**
   * Of a vector of 16 bytes: from neighbours, and from elements that lie apart: a load for each of
   * four.
   */
  ...{ vector: 1.15, gathered: 4 },
  /** Of an element: in a transposed copy, beside one of another row, and one at a time. */
  ...{ transposed: 0.65, interleaved: 0.25, single: 2.5 },
  /** Of a row: its address and its rest. */
  row: 15,
  /** Of a grid item, without and with bounds, which are computed for each item. */
  ...{ item: 50, boundedItem: 230 },
}

/** The cycles of one grid item. */
export function moveCycles(move: Move, { grid }: Stage, program: Program): number {
  const typeOf = (name: string): keyof typeof dtypes =>
    program.buffers.find((buffer) => buffer.name === name)!.dtype
  const toType = typeOf(move.to.buffer)
  const fromType = typeof move.from === 'number' ? toType : typeOf(move.from.buffer)
  const form = moveForm(move, grid, toType, fromType)
  const elements = iterations(move.loops)
  const rows = elements / form.row.extent / ((form.across ?? form.pair)?.extent ?? 1)
  return (
    elements * elementCycles(form) +
    rows * fitted.row +
    (move.bounds.length > 0 ? fitted.boundedItem : fitted.item)
  )
}

/** The cycles of an element, by the kind of code. */
function elementCycles({ constant, pair, across, width, row, toType }: MoveForm): number {
  if (pair !== undefined) return fitted.interleaved
  if (across !== undefined) return fitted.transposed
  if (width === 1) return fitted.single
  const isGathered = constant === undefined && row.from !== 1
  return ((isGathered ? fitted.gathered : fitted.vector) * dtypes[toType].bytes) / 16
}
