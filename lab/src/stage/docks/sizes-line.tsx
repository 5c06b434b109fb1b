/**
 * The positions of the window along one axis: samples and padding, a bar for each window that is
 * drawn, and the places that are left over. Arrow keys and clicks move the window along the axis.
 */

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { AxisGeometry } from 'stridefold/sync'
import { type Direction, outputNear, spanOf } from '../change-sizes.ts'
import { moveTo, place } from '../stage.ts'
import { type Bar, type LinePlan, linePlan, placeAt } from './size-line.ts'
import { Cells, cellHeight } from './sizes-cells.tsx'
import { barPitch, lineHeight } from './sizes-layout.ts'
import { sizesText } from './sizes-text.ts'

const barHeight = 9

export function PositionLine({
  axis,
  direction,
  choose,
  width,
  rows,
  gap,
}: {
  readonly axis: AxisGeometry
  readonly direction: Direction
  /** Undefined if there is one axis only. */
  readonly choose: ((direction: Direction) => void) | undefined
  readonly width: number
  readonly rows: number
  /** The width of the text in place of windows that are not drawn. */
  readonly gap: number
}): JSX.Element {
  const w = sizesText()
  const current = place.value[direction]
  const isX = direction === 'x'
  const plan = linePlan(axis, current, { width, rows, label: 26, gap })
  // Windows between two bars whose samples touch are told by no gap.
  const told = plan.gaps.reduce((sum, { windows }) => sum + windows, plan.bars.length)
  const isUntold = told < axis.output
  return (
    <div class="positions">
      <div class="axis-choice">
        {choose && (
          <div class="axis-switch" role="group" aria-label={w.axis}>
            {(['x', 'y'] as const).map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={name === direction}
                onClick={() => choose(name)}
              >
                {name === 'x' ? w.width : w.height}
              </button>
            ))}
          </div>
        )}
        {isUntold && <small>{w.drawn(plan.bars.length, axis.output)}</small>}
      </div>
      <div
        class="position-line"
        data-axis={direction}
        role="slider"
        tabIndex={0}
        aria-label={w.line(isX)}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={axis.output - 1}
        aria-valuenow={current}
        aria-valuetext={w.position(
          current,
          axis.output,
          current * axis.stride - axis.before,
          current * axis.stride - axis.before + spanOf(axis) - 1,
        )}
        onKeyDown={(event) => step(event, axis, direction)}
        onClick={(event) => {
          const { left, top } = event.currentTarget.getBoundingClientRect()
          moveToPoint(axis, direction, plan, event.clientX - left, event.clientY - top)
        }}
      >
        <svg width={width} height={lineHeight(rows)} aria-hidden="true">
          {plan.pieces.map((piece, i) => (
            <Cells key={`piece ${i}`} axis={axis} plan={plan} piece={piece} current={current} />
          ))}
          {plan.gaps.map(({ left, windows }, i) => (
            <text key={`gap ${i}`} class="gap" x={left + gap / 2} y={14}>
              {w.more(windows, gap < 70)}
            </text>
          ))}
          {plan.bars.map((bar, i) => (
            <BarShape
              key={`bar ${i}`}
              axis={axis}
              pitch={plan.pitch}
              bar={bar}
              isLit={bar.output === current}
            />
          ))}
          <LeftOver axis={axis} plan={plan} rows={rows} />
        </svg>
      </div>
    </div>
  )
}

/** The kernel at one position. */
function BarShape({
  axis,
  pitch,
  bar: { output, row, left },
  isLit,
}: {
  readonly axis: AxisGeometry
  readonly pitch: number
  readonly bar: Bar
  readonly isLit: boolean
}): JSX.Element {
  return useMemo(() => {
    const inset = pitch > 6 ? 1 : 0
    return (
      <g
        class={isLit ? 'bar lit' : 'bar'}
        data-output={output}
        transform={`translate(${left} ${cellHeight + 3 + row * barPitch})`}
      >
        <line
          x1={pitch / 2}
          x2={(spanOf(axis) - 0.5) * pitch}
          y1={barHeight / 2}
          y2={barHeight / 2}
        />
        {Array.from({ length: axis.kernel }, (_, k) => (
          <rect
            key={k}
            x={k * axis.dilation * pitch + inset}
            width={pitch - 2 * inset}
            height={barHeight}
          />
        ))}
        <text x={spanOf(axis) * pitch + 4} y={barHeight}>
          {output}
        </text>
      </g>
    )
  }, [axis, pitch, output, row, left, isLit])
}

const leftOverWidth = 62

/** Names the places that no window reads, where no bar is in the way. */
function LeftOver({
  axis,
  plan,
  rows,
}: {
  readonly axis: AxisGeometry
  readonly plan: LinePlan
  readonly rows: number
}): JSX.Element | null {
  if (plan.leftOver === 0) return null
  const last = plan.pieces.at(-1)!
  const right = last.left + (last.to - last.from) * plan.pitch
  const isFree = (row: number): boolean =>
    plan.bars.every(
      (bar) => bar.row !== row || bar.left + spanOf(axis) * plan.pitch + 26 < right - leftOverWidth,
    )
  const row = Array.from({ length: rows }, (_, i) => i).find(isFree)
  if (row === undefined) return null
  return (
    <text class="left-over-name" x={right} y={cellHeight + 3 + row * barPitch + barHeight}>
      {sizesText().leftOver}
    </text>
  )
}

function step(event: KeyboardEvent, axis: AxisGeometry, direction: Direction): void {
  const now = place.peek()
  const at = now[direction]
  const to: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    PageUp: at + 5,
    PageDown: at - 5,
    Home: 0,
    End: axis.output - 1,
  }
  const next = to[event.key]
  if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  event.stopPropagation()
  moveTo({ ...now, [direction]: next })
}

/** A click on a bar takes that window; a click on a sample, the window around it. */
function moveToPoint(
  axis: AxisGeometry,
  direction: Direction,
  plan: LinePlan,
  left: number,
  top: number,
): void {
  const row = Math.floor((top - cellHeight - 3) / barPitch)
  const bar = plan.bars.find(
    (bar) =>
      bar.row === row && left >= bar.left && left < bar.left + spanOf(axis) * plan.pitch + 24,
  )
  const number = placeAt(plan, left)
  const to =
    bar?.output ?? (number === undefined ? undefined : outputNear(axis, number - axis.before))
  if (to !== undefined) moveTo({ ...place.peek(), [direction]: to }, true)
}
