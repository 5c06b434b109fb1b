/**
 * Interprets a Move row by row. A row is one run of copied elements between two runs of fill.
 *
 *   row:   fill … | copied elements | … fill    one division per row finds the limits
 */

import { dtypes, toDType } from '../../ndarray/dtype.ts'
import { elementAt } from '../../ndarray/layout.ts'
import { isEmpty, Odometer, type StridedLoop } from '../../ndarray/loops.ts'
import type { Move, Operand } from '../../program/steps.ts'
import { type Memory, type Slot, startOf } from './memory.ts'
import { extractLoop, nestOf, once } from './nest.ts'

/** Compiles the Move to a function that runs it for one item of the stage's grid. */
export function compileMove(
  step: Move,
  gridRank: number,
  memory: Memory,
): (item: readonly number[]) => void {
  if (isEmpty(step.loops)) return () => {}
  const { bounds, outside } = step
  const to = memory.slot(step.to.buffer)
  const stepStrides = ({ strides }: { strides: readonly number[] }): readonly number[] =>
    strides.slice(gridRank)
  const sequences = [
    stepStrides(step.to),
    typeof step.from === 'number' ? step.loops.map(() => 0) : stepStrides(step.from),
    ...bounds.map(stepStrides),
  ]
  const { inner, outer } = extractLoop(
    nestOf(step.loops, sequences),
    once(sequences.length),
    rowRank,
  )
  const rows = new Odometer(outer, new Array<number>(sequences.length).fill(0))
  const write = writer(step.from, memory, to, inner)
  const fill = outside === 'skip' ? undefined : filler(to, outside, inner.strides[0]!)

  return (item) => {
    rows.at[0] = startOf(to, step.to, item)
    rows.at[1] =
      typeof step.from === 'number' ? 0 : startOf(memory.slot(step.from.buffer), step.from, item)
    for (const [b, { offset, strides }] of bounds.entries())
      rows.at[b + 2] = elementAt(item, strides, offset)
    do {
      let [first, end] = [0, inner.extent]
      for (const [b, { extent }] of bounds.entries())
        [first, end] = validRange(rows.at[b + 2]!, inner.strides[b + 2]!, extent, first, end)
      const at = rows.at[0]!
      if (end > first)
        write(at + first * inner.strides[0]!, rows.at[1]! + first * inner.strides[1]!, end - first)
      fill?.(at, first)
      fill?.(at + end * inner.strides[0]!, inner.extent - end)
    } while (rows.next())
  }
}

// The engine itself copies a contiguous row. For a short row this costs more than copying a longer
// row with gaps.
const isDense = ({ strides }: StridedLoop): boolean =>
  strides[0] === 1 && (strides[1] === 1 || strides[1] === 0)
const rowRank = (loop: StridedLoop): number => loop.extent * (isDense(loop) ? 8 : 1)

/**
 * The part of [first, end) in which start + i·step stays in [0, extent). If there is none, an empty
 * part inside [first, end].
 */
function validRange(
  start: number,
  step: number,
  extent: number,
  first: number,
  end: number,
): [first: number, end: number] {
  if (step === 0) return start >= 0 && start < extent ? [first, end] : [end, end]
  const [enters, leaves] = step > 0 ? [-start, extent - start] : [start - extent + 1, start + 1]
  const low = Math.min(Math.max(first, Math.ceil(enters / Math.abs(step))), end)
  return [low, Math.max(low, Math.min(end, Math.ceil(leaves / Math.abs(step))))]
}

/** Returns a function that writes `count` elements of a row, starting at the given addresses. */
function writer(
  from: Operand | number,
  memory: Memory,
  to: Slot,
  row: StridedLoop,
): (to: number, from: number, count: number) => void {
  const [toStep, fromStep] = [row.strides[0]!, row.strides[1]!]
  if (typeof from === 'number') {
    const fill = filler(to, from, toStep)
    return (at, _, count) => fill(at, count)
  }
  const source = memory.slot(from.buffer)
  if (!isExact(source, to)) {
    return (at, start, count) => {
      for (let i = 0; i < count; i++)
        to.data[at + i * toStep] = toDType(source.data[start + i * fromStep]!, to.dtype)
    }
  }
  if (toStep === 1 && fromStep === 1)
    return (at, start, count) => to.data.set(source.data.subarray(start, start + count), at)
  return (at, start, count) => {
    const [target, data] = [to.data, source.data]
    for (let i = 0; i < count; i++) target[at + i * toStep] = data[start + i * fromStep]!
  }
}

/**
 * Whether a store alone converts the values correctly: into floats always, into integers if every
 * value fits.
 */
function isExact(from: Slot, to: Slot): boolean {
  const [source, target] = [dtypes[from.dtype], dtypes[to.dtype]]
  return !target.integer || (source.integer && source.min >= target.min && source.max <= target.max)
}

function filler(to: Slot, value: number, step: number): (at: number, count: number) => void {
  const converted = toDType(value, to.dtype)
  if (step === 1) return (at, count) => to.data.fill(converted, at, at + count)
  return (at, count) => {
    for (let i = 0; i < count; i++) to.data[at + i * step] = converted
  }
}
