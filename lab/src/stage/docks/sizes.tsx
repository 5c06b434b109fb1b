/**
 * Sizes and padding: every position of the window along one axis, the size of the output as a
 * formula, the three padding modes on the same data, and what each rule reads outside.
 */

import { type Signal, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { axisOf, type Direction } from '../change-sizes.ts'
import { dockBox } from '../layout.ts'
import { SizeFormula } from '../size-formula.tsx'
import { stageModel } from '../stage.ts'
import { leftOverOf } from './size-line.ts'
import { Borders } from './sizes-borders.tsx'
import { sizesLayout } from './sizes-layout.ts'
import { PositionLine } from './sizes-line.tsx'
import { Modes } from './sizes-modes.tsx'
import { sizesText } from './sizes-text.ts'
import './sizes.css'

/** The axis that the number line shows. */
const shown: Signal<Direction> = signal('x')

export default function SizesDock(): JSX.Element {
  const { geometry } = stageModel.value
  const hasTwoAxes = geometry.axes.length > 1
  const direction = hasTwoAxes ? shown.value : 'x'
  const axis = axisOf(geometry, direction)!
  const hasPadding = geometry.axes.some(({ before, after }) => before + after > 0)
  const { isPhone } = dockBox.value
  const room = sizesLayout(dockBox.value, hasPadding)
  return (
    <div class={`sizes${isPhone ? ' phone' : ''}${room.isLow ? ' low' : ''}`}>
      <PositionLine
        axis={axis}
        direction={direction}
        choose={hasTwoAxes ? (to) => (shown.value = to) : undefined}
        width={room.lineWidth}
        rows={room.barRows}
        gap={room.gap}
      />
      <SizeFormula axis={axis} isX={direction === 'x'} isNamed />
      <div class="size-choices">
        <Modes width={room.mode.width} height={room.mode.pictureHeight} />
        {hasPadding && <Borders direction={direction} {...room.border} />}
      </div>
      <Caption direction={direction} isShort={room.isLow} />
    </div>
  )
}

/** Title, what the bars are, and what is left over. A low box has no room for the bars. */
function Caption({
  direction,
  isShort,
}: {
  readonly direction: Direction
  readonly isShort: boolean
}): JSX.Element {
  const w = sizesText()
  const axis = axisOf(stageModel.value.geometry, direction)!
  const isX = direction === 'x'
  const rest = w.rest(leftOverOf(axis))
  const sentences = isShort ? [rest] : [w.bars, rest, w.threeModes]
  return (
    <p class="caption">
      <b>{w.title(isX, axis.output)}</b>
      {sentences.map((sentence) => `${w.space}${sentence}`)}
    </p>
  )
}
