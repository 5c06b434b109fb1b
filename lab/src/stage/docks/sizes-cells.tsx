/**
 * The places of the number line: samples with their numbers, hatched padding, and places that no
 * window reads.
 */

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { AxisGeometry } from 'stridefold/sync'
import { spanOf } from '../change-sizes.ts'
import { type LinePlan, numberedPitch, type Piece } from './size-line.ts'

export const cellHeight = 20

/** The places of one piece. A piece in which nothing has changed is not drawn again. */
export function Cells({
  axis,
  plan,
  piece: { from, to, left },
  current,
}: {
  readonly axis: AxisGeometry
  readonly plan: LinePlan
  readonly piece: Piece
  /** The window that is lit. */
  readonly current: number
}): JSX.Element {
  const first = current * axis.stride
  const window = first < to && first + spanOf(axis) > from ? current : undefined
  return useMemo(() => {
    // Where the numbers are wider than the places, every second, fifth or tenth has one.
    const wide = numberedPitch(axis) / plan.pitch
    const every = [1, 2, 5, 10, 20, 50].find((step) => step >= wide) ?? 100
    const places = Array.from({ length: to - from }, (_, i) => from + i)
    return (
      <g transform={`translate(${left} 0)`}>
        {places.map((number, i) => (
          <Cell
            key={i}
            axis={axis}
            number={number}
            left={i * plan.pitch}
            plan={plan}
            window={window}
          />
        ))}
        {places.map((number, i) => {
          const at = number - axis.before
          const isNumbered = at >= 0 && at < axis.input && at % every === 0
          return (
            <text
              key={`number ${i}`}
              class={isRead(axis, number, window) ? 'number read' : 'number'}
              x={(i + 0.5) * plan.pitch}
              y={14}
            >
              {isNumbered ? at : ''}
            </text>
          )
        })}
      </g>
    )
  }, [axis, from, to, left, plan.pitch, window])
}

/** Does the window read this place of the padded axis? */
function isRead(axis: AxisGeometry, number: number, window: number | undefined): boolean {
  if (window === undefined) return false
  const step = number - window * axis.stride
  return step >= 0 && step < spanOf(axis) && step % axis.dilation === 0
}

function Cell({
  axis,
  number,
  left,
  plan,
  window,
}: {
  readonly axis: AxisGeometry
  readonly number: number
  readonly left: number
  readonly plan: LinePlan
  readonly window: number | undefined
}): JSX.Element {
  const at = number - axis.before
  const isPadding = at < 0 || at >= axis.input
  const isLeftOver = number >= axis.before + axis.input + axis.after - plan.leftOver
  const kinds = [
    isPadding ? 'padding' : 'sample',
    ...(isRead(axis, number, window) ? ['read'] : []),
    ...(isLeftOver ? ['left-over'] : []),
  ]
  return (
    <g class={kinds.join(' ')} data-place={at} transform={`translate(${left} 0)`}>
      <rect x={0.5} y={1} width={Math.max(1, plan.pitch - 1)} height={cellHeight - 3} />
      {isPadding && <path class="hatch" d={hatchPath(plan.pitch)} />}
      {isLeftOver && <line class="crossed" x1={2} x2={plan.pitch - 2} y1={cellHeight - 4} y2={3} />}
    </g>
  )
}

/** Diagonal lines in a place of this width. */
function hatchPath(width: number): string {
  const [w, h] = [Math.max(1, width - 1), cellHeight - 3]
  const lines: string[] = []
  for (let at = 4; at < w + h; at += 5) {
    const [x1, x2] = [Math.max(0, at - h), Math.min(w, at)]
    lines.push(`M${x1 + 0.5} ${at - x1 + 1}L${x2 + 0.5} ${at - x2 + 1}`)
  }
  return lines.join('')
}
