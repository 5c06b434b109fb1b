/**
 * The hint beside the frame of the window that it can be dragged.
 */

import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { frameBox } from './plate-geometry.ts'
import { isZoomed } from './stage.ts'

const hintGap = 12

export function MoveHint(): JSX.Element {
  const hint = useRef<HTMLDivElement>(null)
  useSignalEffect(() => {
    const { left, top, width } = frameBox()
    const { input } = layout.value
    const { offsetWidth } = hint.current!
    const before = left - offsetWidth - hintGap
    const style = hint.current!.style
    const after = Math.min(left + width + hintGap, input.width - offsetWidth - 4)
    style.left = `${before >= 4 ? before : after}px`
    style.top = `${Math.max(4, Math.min(top - 4, input.height - 34))}px`
    hint.current!.hidden = isZoomed.value
  })
  return (
    <div ref={hint} class="hint" aria-hidden="true">
      {texts().dragMe}
    </div>
  )
}
