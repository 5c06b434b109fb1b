/**
 * The pointer in the chart of a signal: dragging moves the window along the row. In the detailed
 * chart, pointing at a product of the window selects it, and so does a tap with the finger.
 */

import type { SVGAttributes } from 'preact'
import { activeTap, moveTo, place, products } from '../stage.ts'
import type { StageModel } from '../stage-model.ts'
import { heightOf, outputNear, type Panels, type Span } from './signal-layout.ts'

interface PointerView {
  readonly model: StageModel
  readonly span: Span
  readonly x: (column: number) => number
  readonly pitch: number
  readonly panels: Panels
  readonly isDetail: boolean
}

type Handlers = Pick<
  SVGAttributes<SVGSVGElement>,
  'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel' | 'onPointerLeave'
>

/** Less movement is a click. */
const dragDistance = 4

/** A pointer that is down. The chart keeps it, because it is drawn again while it is dragged. */
export interface Press {
  readonly x: number
  /** The product that a click would select. */
  readonly tap: number | undefined
  readonly isDrag: boolean
}

export function pointerMoves(view: PointerView, press: { current: Press | undefined }): Handlers {
  const { model, x, pitch } = view
  const point = (event: PointerEvent): { readonly at: number; readonly y: number } => {
    const { left, top } = (event.currentTarget as Element).getBoundingClientRect()
    return { at: (event.clientX - left - x(0)) / pitch, y: event.clientY - top }
  }
  const moveNear = (at: number): void => {
    const to = outputNear(model, at)
    if (to !== place.peek().x) moveTo({ x: to, y: place.peek().y })
  }
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return
      const { at, y } = point(event)
      press.current = { x: event.clientX, tap: tapNear(view, at, y), isDrag: false }
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove: (event) => {
      const { at, y } = point(event)
      const now = press.current
      if (now) {
        const isDrag = now.isDrag || Math.abs(event.clientX - now.x) >= dragDistance
        press.current = { ...now, isDrag }
        if (isDrag) moveNear(at)
      } else if (event.pointerType === 'mouse') activeTap.value = tapNear(view, at, y)
    },
    onPointerUp: (event) => {
      const now = press.current
      press.current = undefined
      if (!now || now.isDrag) return
      if (now.tap === undefined) moveNear(point(event).at)
      else activeTap.value = now.tap
    },
    onPointerCancel: () => {
      press.current = undefined
    },
    onPointerLeave: (event) => {
      if (event.pointerType === 'mouse' && !press.current) activeTap.value = undefined
    },
  }
}

/** The product under a point: in the input the nearest dot, below it the nearest slot. */
function tapNear(
  { model, panels, pitch, isDetail }: PointerView,
  at: number,
  y: number,
): number | undefined {
  if (!isDetail || y > panels.products.bottom + 3) return undefined
  const { kernel } = model
  let [nearest, least] = [undefined as number | undefined, Number.POSITIVE_INFINITY]
  for (const { tap, x, value } of products.peek()) {
    const row = Math.floor(tap / kernel.width)
    const slot = Math.min(10, (pitch * 0.86) / kernel.height)
    const offset = kernel.height > 1 ? ((row - (kernel.height - 1) / 2) * slot) / pitch : 0
    const isInput = y <= panels.input.bottom + 3 && y > panels.input.top
    const distance = isInput
      ? Math.abs(x - at) * pitch + Math.abs(heightOf(value, panels.input) - y) / 4
      : Math.abs(x + offset - at) * pitch
    if (Math.abs(x - at) <= 0.5 && distance < least) [nearest, least] = [tap, distance]
  }
  return nearest
}
