/**
 * The frame of the window in the input: the grid of the samples in the window. Screen readers read
 * it, and keys move it.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { texts } from './messages/index.ts'
import { numberText } from './number.ts'
import { boxStyle, frameBox, plateGeometry } from './plate-geometry.ts'
import { nudge } from './player.ts'
import { activeTap, moveTo, place, productOf, stageModel } from './stage.ts'
import type { Place } from './stage-model.ts'

/** Steps of the arrow keys with Shift. */
const farSteps = 5

export function WindowFrame({ onKey }: { readonly onKey: () => void }): JSX.Element {
  const border = 2
  const style = useComputed(() => {
    const { left, top, width, height } = frameBox()
    return boxStyle(left - border, top - border, width + 2 * border, height + 2 * border)
  })
  const label = useComputed(() => {
    const text = texts()
    const { stride, before } = stageModel.value
    const { x, y } = place.value
    const at = text.windowAt(y * stride.y - before.y + 1, x * stride.x - before.x + 1)
    return `${text.input}. ${at}. ${text.windowKeys}`
  })
  const { kernel } = stageModel.value
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps = event.shiftKey ? farSteps : 1
    const { output } = stageModel.value
    const moves: Readonly<Record<string, Place>> = {
      ArrowLeft: nudge(-steps, 0),
      ArrowRight: nudge(steps, 0),
      ArrowUp: nudge(0, -steps),
      ArrowDown: nudge(0, steps),
      Home: { x: 0, y: event.ctrlKey ? 0 : place.value.y },
      End: { x: output.width - 1, y: event.ctrlKey ? output.height - 1 : place.value.y },
    }
    const to = moves[event.key]
    if (!to || event.altKey || event.metaKey) return
    onKey()
    moveTo(to)
    event.preventDefault()
  }
  return (
    <div
      id="frame"
      class="frame"
      role="grid"
      tabIndex={0}
      aria-label={label}
      style={style}
      onKeyDown={onKeyDown}
    >
      {Array.from({ length: kernel.height }, (_, row) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the frame has the focus.
        <div key={row} role="row" class="contents">
          {Array.from({ length: kernel.width }, (_, column) => (
            <FrameCell key={column} tap={row * kernel.width + column} />
          ))}
        </div>
      ))}
    </div>
  )
}

function FrameCell({ tap }: { readonly tap: number }): JSX.Element {
  const style = useComputed(() => {
    const { inputCell: cell } = plateGeometry.value
    const { kernel, dilation } = stageModel.value
    return boxStyle(
      (tap % kernel.width) * dilation.x * cell - 1,
      Math.floor(tap / kernel.width) * dilation.y * cell - 1,
      cell + 2,
      cell + 2,
    )
  })
  const label = useComputed(() => {
    const { x, y, isPadding, value } = productOf(tap)
    const { before } = stageModel.value
    const at = texts().sampleAt(y - before.y + 1, x - before.x + 1, isPadding)
    return `${at}: ${numberText(value)}`
  })
  const kind = useComputed(() => {
    const { dilation } = stageModel.value
    const isApart = dilation.x > 1 || dilation.y > 1
    return `frame-cell${activeTap.value === tap ? ' active' : ''}${isApart ? ' apart' : ''}`
  })
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the frame has the focus.
    <div role="gridcell" aria-selected="true" aria-label={label} class={kind} style={style} />
  )
}
