/** The drawing: pointer or keys draw on it. The receptive field of the chosen cell is framed. */

import { useSignal } from '@preact/signals'
import type { JSX, TargetedPointerEvent } from 'preact'
import { useRef } from 'preact/hooks'
import { mostInk, side, stroke } from './drawing.ts'
import { texts } from './messages/index.ts'
import { drawing, isErasing, keepDrawing, network, settings, stroking } from './network.ts'
import { receptiveField } from './network-model.ts'
import { Plane, Shades } from './plane.tsx'
import { shadePaths } from './plane-paths.ts'

type Point = readonly [x: number, y: number]

export function DrawingPlane(): JSX.Element {
  const text = texts()
  const last = useRef<Point | undefined>(undefined)
  const at = useSignal(Math.floor((side * side + side) / 2))
  const [row, column] = [Math.floor(at.value / side), at.value % side]
  const draw = (to: Point): void => {
    stroking.value = stroke(drawing.peek(), last.current ?? to, to, isErasing.peek() ? 0 : mostInk)
    last.current = to
  }
  const end = (): void => {
    last.current = undefined
    keepDrawing()
  }
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: column > 0 ? -1 : 0,
    ArrowRight: column < side - 1 ? 1 : 0,
    ArrowUp: row > 0 ? -side : 0,
    ArrowDown: row < side - 1 ? side : 0,
  }
  return (
    <Plane
      id="network-drawing"
      kind="input"
      title={text.drawing}
      width={side}
      height={side}
      spoken={text.spokenPixel(row, column, Math.round((100 * drawing.value[at.value]!) / mostInk))}
      slider={{
        at: at.value,
        count: side * side,
        moved: (key) => (key in moves ? at.peek() + moves[key]! : undefined),
        choose: (place) => {
          at.value = place
        },
        press: () => {
          draw([column + 0.5, row + 0.5])
          end()
        },
      }}
      pointer={{
        onPointerDown: (event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          draw(pointOf(event))
        },
        onPointerMove: (event) => {
          if (last.current) draw(pointOf(event))
        },
        onPointerUp: end,
        onPointerCancel: end,
      }}
    >
      <Shades kind="ink" paths={shadePaths(drawing.value, mostInk, { columns: side })} />
      <rect class="cursor" x={column} y={row} width={1} height={1} />
      <Field />
    </Plane>
  )
}

function pointOf(event: TargetedPointerEvent<HTMLDivElement>): Point {
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect()
  return [((event.clientX - left) / width) * side, ((event.clientY - top) / height) * side]
}

/** The frame around what the chosen cell sees. */
export function Field(): JSX.Element | null {
  const { cell } = settings.value
  if (!cell) return null
  const { rows, columns } = receptiveField(network, cell)
  const box = {
    x: columns[0] + 0.1,
    y: rows[0] + 0.1,
    width: columns[1] - columns[0] - 0.2,
    height: rows[1] - rows[0] - 0.2,
  }
  return (
    <g data-field={`${rows},${columns}`}>
      <rect class="halo" {...box} />
      <rect class="frame" {...box} />
    </g>
  )
}
