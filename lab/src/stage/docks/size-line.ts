/**
 * The number line of one axis: the places of the padded input, and a bar for every window. A long
 * axis is drawn in pieces: its two ends, and the places around the current window.
 *
 *   ▨▨0 1 2 3   … 17 more   18 19 20 21 22   … 38 more   61 62 63▨▨
 *   ■■■                        ■■■                           ■■■
 *    ■■■                                                    ■■■
 */

import type { AxisGeometry } from 'stridefold/sync'
import { spanOf } from '../change-sizes.ts'

/** Places of the padded axis, from `from` up to before `to`. */
export interface Piece {
  readonly from: number
  readonly to: number
  /** In CSS pixels. */
  readonly left: number
}

export interface Bar {
  readonly output: number
  readonly row: number
  readonly left: number
}

export interface Gap {
  readonly left: number
  /** The windows whose bars would be here. */
  readonly windows: number
}

export interface LinePlan {
  /** The width of a place in CSS pixels. */
  readonly pitch: number
  readonly pieces: readonly Piece[]
  readonly gaps: readonly Gap[]
  readonly bars: readonly Bar[]
  readonly rowCount: number
  /** Places at the end that no window reads. */
  readonly leftOver: number
  readonly width: number
}

export interface LineRoom {
  readonly width: number
  readonly rows: number
  /** The width of the number after a bar, and of the text in a gap. */
  readonly label: number
  readonly gap: number
}

const widestPitch = 40
const digitWidth = 6.7

/** The width of a place that holds its number. */
export const numberedPitch = ({ input, after }: AxisGeometry): number =>
  digitWidth * String(input + after - 1).length + 2.6

/** The places that no window reads, because the next step would leave the input. */
export const leftOverOf = (axis: AxisGeometry): number =>
  (axis.input + axis.before + axis.after - spanOf(axis)) % axis.stride

/** All windows if they fit, else as many at each end as there are rows, or fewer. */
export function linePlan(axis: AxisGeometry, current: number, room: LineRoom): LinePlan {
  const leastPitch = numberedPitch(axis)
  const whole = planWith(axis, current, room, axis.output)
  if (whole.pitch >= leastPitch && whole.rowCount <= room.rows) return whole
  for (let ends = room.rows; ends > 1; ends--) {
    const plan = planWith(axis, current, room, ends)
    if (plan.pitch >= leastPitch && plan.rowCount <= room.rows) return plan
  }
  return planWith(axis, current, room, 1)
}

function planWith(
  axis: AxisGeometry,
  current: number,
  { width, label, gap }: LineRoom,
  ends: number,
): LinePlan {
  const [span, total] = [spanOf(axis), axis.input + axis.before + axis.after]
  const outputs = Array.from({ length: axis.output }, (_, o) => o).filter(
    (o) => o < ends || o === current || o >= axis.output - ends,
  )
  const parts: { from: number; to: number; first: number; last: number }[] = []
  for (const o of outputs) {
    const isLast = o === axis.output - 1
    const [from, to] = [o * axis.stride, isLast ? total : o * axis.stride + span]
    const part = parts.at(-1)
    if (part && from <= part.to) Object.assign(part, { to, last: o })
    else parts.push({ from, to, first: o, last: o })
  }
  const places = parts.reduce((sum, { from, to }) => sum + to - from, 0)
  const free = width - label - (parts.length - 1) * gap
  const pitch = Math.min(widestPitch, free / places)
  const whole = pitch > 4 ? Math.floor(pitch) : pitch
  const pieces: Piece[] = []
  const gaps: Gap[] = []
  let left = 0
  parts.forEach(({ from, to, first }, i) => {
    if (i > 0) {
      gaps.push({ left, windows: first - parts[i - 1]!.last - 1 })
      left += gap
    }
    pieces.push({ from, to, left })
    left += (to - from) * whole
  })
  const bars = barsOf(axis, outputs, pieces, whole, label)
  return {
    pitch: whole,
    pieces,
    gaps,
    bars,
    rowCount: Math.max(...bars.map(({ row }) => row)) + 1,
    leftOver: leftOverOf(axis),
    width: left + label,
  }
}

/** Each bar is in the first row in which it does not touch another. */
function barsOf(
  axis: AxisGeometry,
  outputs: readonly number[],
  pieces: readonly Piece[],
  pitch: number,
  label: number,
): readonly Bar[] {
  const ends: number[] = []
  return outputs.map((output) => {
    const first = output * axis.stride
    const piece = pieces.find(({ from, to }) => first >= from && first < to)!
    const left = piece.left + (first - piece.from) * pitch
    const free = ends.findIndex((end) => end <= left)
    const row = free < 0 ? ends.length : free
    ends[row] = left + spanOf(axis) * pitch + label
    return { output, row, left }
  })
}

/** The place of the padded axis at a distance from the left; undefined between two pieces. */
export function placeAt({ pieces, pitch }: LinePlan, left: number): number | undefined {
  const piece = pieces.find(
    ({ left: start, from, to }) => left >= start && left < start + (to - from) * pitch,
  )
  return piece && piece.from + Math.floor((left - piece.left) / pitch)
}
