/**
 * All planes of the layer in one drawing. Drag to turn it; a press on an output, or on a sample of
 * the input, moves the window. For keyboard and screen reader the drawing is one slider over all
 * outputs.
 */

import { useComputed, useSignal } from '@preact/signals'
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { numberText } from '../stage/number.ts'
import { layoutOf } from './layout.ts'
import { texts } from './messages/index.ts'
import { moveToPosition, pause } from './player.ts'
import { transformOf } from './projection.ts'
import { Sheet } from './sheet.tsx'
import {
  added,
  camera,
  keepPlace,
  model,
  moveTo,
  place,
  position,
  shownOutputs,
  turnTo,
} from './stack.ts'
import { channelsOf, outputAt, sampleOf } from './stack-model.ts'
import { wiresOf } from './wires.ts'

const dragStart = 4
const degreesPerPixel = 0.25
const turnStep = 6
const belowHead = 356
const [lowest, highest] = [300, 700]
const leastMargin = 10

export function Scene(): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const room = useSignal({ width: 900, height: 400 })
  useLayoutEffect(() => {
    const node = box.current!
    const measure = (): void => {
      const height = Math.max(lowest, Math.min(highest, innerHeight - belowHead))
      room.value = { width: node.clientWidth, height: height - 2 * leastMargin }
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(node)
    return () => observer.disconnect()
  }, [])
  const layout = useComputed(() => layoutOf(model.value, camera.value, room.value))
  const text = texts()
  const now = model.value
  const at = place.value
  const count = now.output.count * now.output.rows * now.output.columns
  return (
    <div
      ref={box}
      id="scene"
      class={layout.value.size.width > room.value.width ? 'scene scrolls' : 'scene'}
      role="slider"
      tabIndex={0}
      aria-label={text.scene}
      aria-describedby="scene-keys"
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={position.value + 1}
      aria-valuetext={text.spoken(at.filter, at.row, at.column, numberText(outputAt(now, at)))}
      onKeyDown={onKey}
      onPointerDown={(event) => startDrag(event, box.current!)}
    >
      <Drawing layout={layout.value} height={room.value.height + 2 * leastMargin} />
    </div>
  )
}

function Drawing({
  layout,
  height,
}: {
  readonly layout: ReturnType<typeof layoutOf>
  readonly height: number
}): JSX.Element {
  const text = texts()
  const now = model.value
  const { geometry: g, padded, weights, output, groupChannels } = now
  const { groups } = g
  const at = place.value
  const channels = channelsOf(now, at.filter)
  const taps = Array.from(
    { length: weights.rows * weights.columns },
    (_, i) => [Math.floor(i / weights.columns), i % weights.columns] as const,
  )
  const read = taps.map((tap) => sampleOf(g, at, tap))
  const [top, left] = read[0]!
  const [bottom, right] = read.at(-1)!
  const frame = [top, left, bottom - top + 1, right - left + 1] as const
  const [y, x] = g.axes
  const hasBorder = padded.rows > y!.input || padded.columns > x!.input
  const inner = [y!.before, x!.before, y!.input, x!.input] as const
  const { directions, kinds, font, size } = layout
  const wires = wiresOf(layout, { channels, filter: at.filter, frame, place: [at.row, at.column] })
  const isBuilding = added.value !== undefined
  const common = { font, inner: undefined, shown: Number.POSITIVE_INFINITY }
  const margin = Math.max(leastMargin, (height - size.height) / 2)
  return (
    <svg
      width={size.width}
      height={size.height + 2 * margin}
      viewBox={`0 ${-margin} ${size.width} ${size.height + 2 * margin}`}
      aria-hidden="true"
    >
      <defs>
        <pattern id="stack-hatch" width="6" height="6" patternUnits="userSpaceOnUse">
          <path d="M-1 1 1-1M0 6 6 0M5 7 7 5" />
        </pattern>
      </defs>
      <path class="wire of-input edges" d={wires.edges} />
      <path class="wire of-input" d={wires.toFilter} />
      {Array.from({ length: padded.count }, (_, channel) => (
        <Sheet
          {...common}
          key={channel}
          name="input"
          planes={padded}
          plane={channel}
          kind={kinds.input}
          transform={transformOf(directions, layout.input[channel]!)}
          tab={text.channel(channel)}
          isAside={!channels.includes(channel)}
          read={channels.includes(channel) ? read : []}
          frame={channels.includes(channel) ? frame : undefined}
          inner={hasBorder ? inner : undefined}
        />
      ))}
      {layout.rows.map(({ name }, filter) => (
        <text
          key={filter}
          class={`filter-name${filter === at.filter ? ' chosen' : ''}`}
          x={name.x}
          y={name.y}
          data-filter={filter}
        >
          {text.filterName(filter, groups > 1 ? channelsOf(now, filter) : undefined)}
        </text>
      ))}
      {Array.from({ length: weights.count }, (_, plane) => {
        const [filter, i] = [Math.floor(plane / groupChannels), plane % groupChannels]
        const isChosen = filter === at.filter
        return (
          <Sheet
            {...common}
            key={plane}
            name="weights"
            planes={weights}
            plane={plane}
            kind={kinds.weights}
            transform={transformOf(directions, layout.weights[plane]!)}
            tab={String(channelsOf(now, filter)[i])}
            isAside={!isChosen}
            read={isChosen ? taps : []}
            frame={isChosen ? [0, 0, weights.rows, weights.columns] : undefined}
          />
        )
      })}
      <path class="wire of-output" d={wires.toOutput} />
      <g class="sum-sign" transform={`translate(${wires.sum.x} ${wires.sum.y})`}>
        <circle r="11" />
        <text text-anchor="middle" y="5">
          Σ
        </text>
      </g>
      {Array.from({ length: output.count }, (_, filter) => {
        const isChosen = filter === at.filter
        const cell = [at.row, at.column] as const
        return (
          <Sheet
            {...common}
            key={filter}
            name="output"
            planes={output}
            plane={filter}
            kind={kinds.output}
            transform={transformOf(directions, layout.output[filter]!)}
            tab={text.outputPlane(filter)}
            isAside={!isChosen}
            read={isChosen && !isBuilding ? [cell] : []}
            frame={isChosen ? [...cell, 1, 1] : undefined}
            shown={shownOutputs.value ?? Number.POSITIVE_INFINITY}
          />
        )
      })}
    </svg>
  )
}

function onKey(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  const { turn, tilt } = camera.peek()
  const { output } = model.peek()
  const at = place.peek()
  const last = output.count * output.rows * output.columns - 1
  const move = (row: number, column: number, filter = 0): void => {
    const to = { filter: at.filter + filter, row: at.row + row, column: at.column + column }
    pause()
    if (to.filter < 0 || to.row < 0 || to.column < 0) return
    moveTo(to)
    keepPlace()
  }
  const actions: Readonly<Record<string, () => void>> = event.shiftKey
    ? {
        ArrowLeft: () => turnTo(turn - turnStep, tilt),
        ArrowRight: () => turnTo(turn + turnStep, tilt),
        ArrowUp: () => turnTo(turn, tilt - turnStep),
        ArrowDown: () => turnTo(turn, tilt + turnStep),
      }
    : {
        ArrowLeft: () => move(0, -1),
        ArrowRight: () => move(0, 1),
        ArrowUp: () => move(-1, 0),
        ArrowDown: () => move(1, 0),
        PageUp: () => move(0, 0, -1),
        PageDown: () => move(0, 0, 1),
        Home: () => moveToPosition(0),
        End: () => moveToPosition(last),
      }
  const action = actions[event.key]
  if (!action) return
  event.preventDefault()
  action()
}

/** A drag turns the scene. A press without a drag chooses what is under the pointer. */
function startDrag(event: TargetedPointerEvent<HTMLDivElement>, box: HTMLDivElement): void {
  if (event.button !== 0) return
  const { clientX, clientY, target, pointerId } = event
  const { turn, tilt } = camera.peek()
  let isDrag = false
  const move = (at: PointerEvent): void => {
    const [dx, dy] = [at.clientX - clientX, at.clientY - clientY]
    if (!isDrag && Math.hypot(dx, dy) < dragStart) return
    if (!isDrag) box.setPointerCapture(pointerId)
    isDrag = true
    turnTo(turn + dx * degreesPerPixel, tilt + dy * degreesPerPixel)
  }
  const end = (at: PointerEvent): void => {
    box.removeEventListener('pointermove', move)
    box.removeEventListener('pointerup', end)
    box.removeEventListener('pointercancel', end)
    if (!isDrag && at.type === 'pointerup') choose(target as Element, clientX, clientY)
  }
  box.addEventListener('pointermove', move)
  box.addEventListener('pointerup', end)
  box.addEventListener('pointercancel', end)
}

/** Moves the window to what was pressed. */
function choose(target: Element, clientX: number, clientY: number): void {
  const sheet = target.closest<SVGGElement>('[data-sheet]')
  const name = target.closest<SVGElement>('[data-filter]')
  const now = model.peek()
  const at = place.peek()
  if (name) moveTo({ ...at, filter: Number(name.dataset.filter) })
  else if (sheet) {
    const plane = Number(sheet.dataset.plane)
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(sheet.getScreenCTM()!.inverse())
    const paper = sheet.querySelector<SVGRectElement>('.paper')!
    const within = (value: number, extent: SVGAnimatedLength, count: number): number =>
      Math.max(0, Math.min(count - 1, Math.floor((value / extent.baseVal.value) * count)))
    if (sheet.dataset.sheet === 'output') {
      const { rows, columns } = now.output
      const [row, column] = [within(y, paper.height, rows), within(x, paper.width, columns)]
      moveTo({ filter: plane, row, column })
    } else if (sheet.dataset.sheet === 'weights')
      moveTo({ ...at, filter: Math.floor(plane / now.groupChannels) })
    else {
      const { rows, columns } = now.padded
      const sample = [within(y, paper.height, rows), within(x, paper.width, columns)] as const
      const [row, column] = now.geometry.axes.map((axis, a) => {
        const span = (axis.kernel - 1) * axis.dilation
        return Math.max(0, Math.round((sample[a]! - span / 2) / axis.stride))
      })
      const first = Math.floor(plane / now.groupChannels) * now.groupFilters
      const reads = channelsOf(now, at.filter).includes(plane)
      moveTo({ filter: reads ? at.filter : first, row: row!, column: column! })
    }
  } else return
  pause()
  keepPlace()
}
