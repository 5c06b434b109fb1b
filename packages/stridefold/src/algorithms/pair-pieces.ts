/**
 * The pieces of an axis with one sample for each tap of each output, for constant and edge borders.
 *
 *   outputs →
 *   before │ before      │         Pairs of an output and a tap whose sample lies before the input,
 *          │ · · inside  │ after   inside it, or after it. Boxes on one side need no bound; the box
 *          │     · ·     │         in the middle is copied once per side, with a bound.
 */

import { firstAt } from '../geometry/border-segments.ts'
import { type Boundary, fillValue, isConstant } from '../geometry/boundary.ts'
import {
  type AxisPieces,
  type Filling,
  maxCoordinate,
  type Piece,
  type PieceBound,
  type Reads,
} from './pieces.ts'

/**
 * At most this many lines of pairs are cut one by one, if windows reach farther than
 * `maxCoordinate`.
 */
const maxLines = 64

type Side = 'before' | 'inside' | 'after'
type Range = readonly [start: number, end: number]

/** The outputs q and taps u of some pairs. `isPartial`: only some of them lie on this side. */
interface PairBox {
  readonly side: Side
  readonly q: Range
  readonly u: Range
  readonly isPartial: boolean
}

const sampleAt = ({ first, stride, dilation }: Reads, q: number, u: number): number =>
  first + q * stride + u * dilation

/** Returns the pieces of a copy with one sample for each tap of each output. */
export function pairPieces(reads: Reads, boundary: Boundary): AxisPieces {
  const isFilled = reads.input === 0 || isConstant(boundary)
  const [pieces, fillings]: [Piece[], Filling[]] = [[], []]
  const { boxes, isTooFar } = pairBoxes(reads)
  for (const box of boxes) {
    const piece = pieceOf(reads, box)
    if (piece === undefined) continue
    if (box.side === 'inside' || !isFilled) pieces.push(piece)
    else fillings.push({ ...piece, fill: fillValue(boundary) })
  }
  return { pieces, fillings, isTooFar }
}

/** The piece of a box. Undefined if it has no pairs on its side. */
function pieceOf(reads: Reads, { side, q, u, isPartial }: PairBox): Piece | undefined {
  const { input, outputs, stride, dilation } = reads
  if (q[1] <= q[0] || u[1] <= u[0]) return undefined
  const steps = [dilation, stride]
  const [corner, last] = [sampleAt(reads, q[0], u[0]), sampleAt(reads, q[1] - 1, u[1] - 1)]
  const bounds: Record<Side, PieceBound> = {
    before: { extent: -corner, offset: -1 - corner, steps: steps.map((step) => -step) },
    inside: { extent: input, offset: corner, steps },
    after: { extent: last - input + 1, offset: corner - input, steps },
  }
  if (isPartial && bounds[side].extent <= 0) return undefined
  const isInside = side === 'inside'
  return {
    loops: [
      { extent: u[1] - u[0], to: outputs, from: isInside ? dilation : 0 },
      { extent: q[1] - q[0], to: 1, from: isInside ? stride : 0 },
    ],
    at: u[0] * outputs + q[0],
    source: isInside ? corner : side === 'before' ? 0 : input - 1,
    ...(isPartial ? { bound: bounds[side] } : {}),
  }
}

/**
 * Cuts all pairs into boxes: first the outputs whose windows lie completely before or behind the
 * input; then, for the other outputs, the taps that do; then the rest.
 */
function pairBoxes(reads: Reads): {
  readonly boxes: readonly PairBox[]
  readonly isTooFar: boolean
} {
  const { input, outputs, taps, stride, dilation } = reads
  const early = firstAt(stride, sampleAt(reads, 0, taps - 1), 0, outputs)
  const late = firstAt(stride, sampleAt(reads, 0, 0), input, outputs)
  const boxes: PairBox[] = [
    { side: 'before', q: [0, early], u: [0, taps], isPartial: false },
    { side: 'after', q: [late, outputs], u: [0, taps], isPartial: false },
  ]
  if (early >= late) return { boxes, isTooFar: false }
  const q: Range = [early, late]
  const low = firstAt(dilation, sampleAt(reads, late - 1, 0), 0, taps)
  const high = firstAt(dilation, sampleAt(reads, early, 0), input, taps)
  boxes.push(
    { side: 'before', q, u: [0, low], isPartial: false },
    { side: 'after', q, u: [high, taps], isPartial: false },
  )
  if (low >= high) return { boxes, isTooFar: false }
  const u: Range = [low, high]
  const reach = Math.max(-sampleAt(reads, early, low), sampleAt(reads, late - 1, high - 1))
  if (reach + Math.max(stride, dilation) >= maxCoordinate) {
    const lines = boxesByLine(reads, q, u)
    return { boxes: [...boxes, ...(lines ?? [])], isTooFar: lines === undefined }
  }
  const sides = ['before', 'inside', 'after'] as const
  return {
    boxes: [...boxes, ...sides.map((side) => ({ side, q, u, isPartial: true }))],
    isTooFar: false,
  }
}

/** Cuts pairs line by line, without bounds. Undefined if there are too many lines. */
function boxesByLine(reads: Reads, q: Range, u: Range): PairBox[] | undefined {
  const byOutputs = q[1] - q[0] <= u[1] - u[0]
  const [lines, along] = byOutputs ? [q, u] : [u, q]
  if (lines[1] - lines[0] > maxLines) return undefined
  const [step, count] = [byOutputs ? reads.dilation : reads.stride, along[1] - along[0]]
  return Array.from({ length: lines[1] - lines[0] }, (_, i) => lines[0] + i).flatMap((line) => {
    const start = byOutputs ? sampleAt(reads, line, along[0]) : sampleAt(reads, along[0], line)
    const enters = along[0] + firstAt(step, start, 0, count)
    const leaves = along[0] + firstAt(step, start, reads.input, count)
    const box = (side: Side, start: number, end: number): PairBox => {
      const [one, segment]: [Range, Range] = [
        [line, line + 1],
        [start, end],
      ]
      const [q, u] = byOutputs ? [one, segment] : [segment, one]
      return { side, q, u, isPartial: false }
    }
    return [
      box('before', along[0], enters),
      box('inside', enters, leaves),
      box('after', leaves, along[1]),
    ]
  })
}
