/**
 * The copies of a box (box-arrays.ts) in pieces, between which the event loop of a page goes on.
 *
 * The outermost axes are split first. If one index of them is still too large, it is a piece of
 * memory, which is copied in parts.
 */

import { sliceBytes } from '../ndarray/work.ts'
import { type CopyOrder, copyResults, copyWindow, type Place, type Run } from './box-arrays.ts'

/** Copies one piece. `from` and `to` are those of the whole copy. */
type CopyPiece = (from: Place, to: Place) => void

/** The pieces of `copyWindow`. */
export function* windowPieces(
  order: CopyOrder,
  runs: readonly (readonly Run[])[],
  bytesPerElement: number,
): Iterable<CopyPiece> {
  const most = sliceBytes / bytesPerElement
  for (const part of partsOfRuns(order, runs, most, 0)) {
    const isFilled = part.some((axis) => axis.some(({ fill }) => fill !== undefined))
    if (elementsOf(order, countsOf(part)) <= most || isFilled)
      yield (from, to) => copyWindow(order, part, from, to)
    else
      for (const { start, piece } of partsOfPiece(order, most))
        yield (from, to) =>
          copyWindow({ ...order, piece }, part, movedBy(from, start), movedBy(to, start))
  }
}

/** The pieces of `copyResults`. */
export function* resultPieces(
  order: CopyOrder,
  counts: readonly number[],
  bytesPerElement: number,
): Iterable<CopyPiece> {
  const most = sliceBytes / bytesPerElement
  for (const part of partsOfCounts(order, { counts, from: 0, to: 0 }, most, 0))
    for (const { start, piece } of partsOfPiece(order, most))
      yield (from, to) =>
        copyResults(
          ...([{ ...order, piece }, part.counts] as const),
          movedBy(from, part.from + start),
          movedBy(to, part.to + start),
        )
}

/** Copies piece by piece. It yields behind each. */
export function* copyPieces(pieces: Iterable<CopyPiece>, from: Place, to: Place): Iterable<void> {
  for (const copy of pieces) yield copy(from, to)
}

const movedBy = ({ data, at }: Place, by: number): Place => ({ data, at: at + by })

const countsOf = (runs: readonly (readonly Run[])[]): number[] =>
  runs.map((axis) => axis.reduce((sum, { count }) => sum + count, 0))

/** The elements that are copied, if so many of each axis are. */
const elementsOf = ({ axes, pieceFrom, piece }: CopyOrder, counts: readonly number[]): number =>
  axes.slice(0, pieceFrom).reduce((n, { axis }) => n * counts[axis]!, piece)

/** Parts of at most so many elements, or of one index along each axis that is no piece. */
function* partsOfRuns(
  order: CopyOrder,
  runs: readonly (readonly Run[])[],
  most: number,
  level: number,
): Iterable<readonly (readonly Run[])[]> {
  const counts = countsOf(runs)
  const elements = elementsOf(order, counts)
  if (elements <= most || level === order.pieceFrom) {
    yield runs
    return
  }
  const { axis } = order.axes[level]!
  const step = Math.max(1, Math.floor((most / elements) * counts[axis]!))
  for (const run of runs[axis]!)
    for (let i = 0; i < run.count; i += step) {
      const count = Math.min(step, run.count - i)
      const part = { ...run, count, start: run.start + i, source: run.source + i * run.step }
      yield* partsOfRuns(order, runs.with(axis, [part]), most, level + 1)
    }
}

/** Some results, and how far they are from the first one: in the box, and in the array. */
interface Results {
  readonly counts: readonly number[]
  readonly from: number
  readonly to: number
}

function* partsOfCounts(
  order: CopyOrder,
  { counts, from, to }: Results,
  most: number,
  level: number,
): Iterable<Results> {
  const elements = elementsOf(order, counts)
  if (elements <= most || level === order.pieceFrom) {
    yield { counts, from, to }
    return
  }
  const { axis, from: arrayStride, to: boxStride } = order.axes[level]!
  const all = counts[axis]!
  const step = Math.max(1, Math.floor((most / elements) * all))
  for (let i = 0; i < all; i += step) {
    const part = {
      counts: counts.with(axis, Math.min(step, all - i)),
      from: from + i * boxStride,
      to: to + i * arrayStride,
    }
    yield* partsOfCounts(order, part, most, level + 1)
  }
}

function* partsOfPiece(
  { piece }: CopyOrder,
  most: number,
): Iterable<{ readonly start: number; readonly piece: number }> {
  for (let start = 0; start < piece; start += most)
    yield { start, piece: Math.min(most, piece - start) }
}
