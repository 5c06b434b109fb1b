/**
 * Animates one window on its way into the matrix: in the input, lifted out, flattened, in its
 * column. Each product is one square in all stages. Nothing moves until the user starts it.
 */

import { type Signal, signal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { explain, type Tap } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { paddedPlace } from '../model/highlight.ts'
import { shortText } from '../model/number-text.ts'
import { indexAt, product } from '../model/numbers.ts'
import { planesOf } from '../model/planes.ts'
import { viewModel } from '../model/shared.ts'
import { goToOutput, outputPlace } from '../model/steps.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import { lastStage } from '../state/state.ts'
import { change, part } from '../state/store.ts'
import { DrawingInSight } from './drawing-in-sight.tsx'
import { filled } from './filled.ts'
import { Icon } from './icon.tsx'

const stage = part('stage')

const cellSize = 24
const gap = 20
const maxRows = 20
const maxColumns = 24
const maxPlanes = 3
const maxTaps = 48
/** Columns of the matrix that are drawn on either side of the current one. */
const columnsAround = 4
const stageMs = 900

const isPlaying: Signal<boolean> = signal(false)

export function WindowAnimation(): JSX.Element {
  const w = messages()
  const place = useComputed(outputPlace).value
  const { shapes } = viewModel.value
  const last = product(shapes.output) - 1
  // Advances one stage at a time, up to the last stage.
  useEffect(() => {
    if (!isPlaying.value) return
    const timer = setTimeout(() => {
      if (stage.value < lastStage) change({ stage: stage.value + 1 })
      else isPlaying.value = false
    }, stageMs)
    return () => clearTimeout(timer)
  }, [isPlaying.value, stage.value])
  const go = (to: number): void => {
    isPlaying.value = false
    change({ stage: Math.max(0, Math.min(lastStage, to)) })
  }
  return (
    <>
      <div class="row transport" role="group" aria-label={w.animationTitle}>
        <button
          type="button"
          class="primary"
          data-way="play"
          aria-pressed={isPlaying.value}
          onClick={() => {
            if (!isPlaying.value && stage.value === lastStage) change({ stage: 0 })
            isPlaying.value = !isPlaying.value
          }}
        >
          <Icon name={isPlaying.value ? 'pause' : 'play'} />
          {isPlaying.value ? w.pause : w.playAnimation}
        </button>
        <button
          type="button"
          class="icon"
          aria-label={w.stageBack}
          disabled={stage.value === 0}
          onClick={() => go(stage.value - 1)}
        >
          <Icon name="pixelBack" />
        </button>
        <input
          type="range"
          class="scrub"
          min={0}
          max={lastStage}
          value={stage.value}
          style={filled(stage.value, 0, lastStage)}
          aria-label={w.animationTitle}
          aria-valuetext={w.stages[stage.value]}
          data-way="stage"
          onInput={(event) => go(event.currentTarget.valueAsNumber)}
        />
        <button
          type="button"
          class="icon"
          aria-label={w.stageOn}
          disabled={stage.value === lastStage}
          onClick={() => go(stage.value + 1)}
        >
          <Icon name="pixelOn" />
        </button>
        <span class="count">{w.stages[stage.value]}</span>
        <button type="button" disabled={place === 0} onClick={() => goToOutput(place - 1)}>
          {w.windowBack}
        </button>
        <button type="button" disabled={place >= last} onClick={() => goToOutput(place + 1)}>
          {w.windowOn}
        </button>
      </div>
      <AnimationDrawing place={place} />
    </>
  )
}

interface Square {
  readonly tap: Tap
  /** The plane of the padded input, and row and column in it. */
  readonly at: readonly [plane: number, row: number, column: number]
}

function AnimationDrawing({ place }: { readonly place: number }): JSX.Element {
  const w = messages()
  const { geometry, shapes, padded, input, kernel } = viewModel.value
  const { rows, columns } = planesOf(padded.array.shape)
  const { taps } = explain(geometry, { output: indexAt(place, shapes.output) }, { input, kernel })
  const squares = taps.flatMap((tap): Square[] => {
    const paddedIndex = paddedPlace(tap, viewModel.value)
    if (paddedIndex === undefined) return []
    return [
      {
        tap,
        at: [
          Math.floor(paddedIndex / (rows * columns)),
          Math.floor((paddedIndex % (rows * columns)) / columns),
          paddedIndex % columns,
        ],
      },
    ]
  })
  const planes = [...new Set(squares.map(({ at: [plane] }) => plane))]
  const size = viewModel.value.taps
  if (
    rows > maxRows ||
    columns > maxColumns ||
    planes.length > maxPlanes ||
    size > maxTaps ||
    squares.length === 0
  ) {
    return <p class="note">{w.animationTooLarge(maxRows, maxColumns, maxPlanes, maxTaps)}</p>
  }
  const [windows, slot] = [shapes.im2col[1], taps[0]!.im2col[1]]
  const firstRow = Math.min(...taps.map((tap) => tap.im2col[0]))
  const from = Math.max(0, Math.min(slot - columnsAround, windows - 2 * columnsAround - 1))
  const drawn = Math.min(windows, 2 * columnsAround + 1)
  // From left to right: the planes, the lifted window, the column, the matrix.
  const planeHeight = rows * cellSize + gap
  const extents = geometry.axes.map((axis) => axis.kernel)
  const [high, wide] = [extents.length > 1 ? extents.at(-2)! : 1, extents.at(-1)!]
  const liftedAt = columns * cellSize + gap * 2
  const columnAt = liftedAt + wide * cellSize + gap * 2
  const matrixAt = columnAt + cellSize + gap * 2
  const width = matrixAt + drawn * cellSize
  const height = Math.max(
    planes.length * planeHeight - gap,
    (size / (high * wide)) * (high * cellSize + 6),
    size * cellSize,
  )
  const spot = ({ tap, at: [plane, row, column] }: Square): readonly [x: number, y: number] => {
    const flat = tap.im2col[0] - firstRow
    if (stage.value === 0)
      return [column * cellSize, planes.indexOf(plane) * planeHeight + row * cellSize]
    const [block, inside] = [Math.floor(flat / (high * wide)), flat % (high * wide)]
    if (stage.value === 1)
      return [
        liftedAt + (inside % wide) * cellSize,
        block * (high * cellSize + 6) + Math.floor(inside / wide) * cellSize,
      ]
    return [stage.value === 2 ? columnAt : matrixAt + (slot - from) * cellSize, flat * cellSize]
  }
  const spots = squares.map(spot)
  const [across, down] = [spots.map(([x]) => x), spots.map(([, y]) => y)]
  return (
    <figure class="way">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must reach scrolled content. */}
      <div class="grid-scroll" tabIndex={0} role="group" aria-label={w.animationTitle}>
        <svg
          viewBox={`-2 -2 ${width + 4} ${height + 4}`}
          width={width + 4}
          role="img"
          aria-label={w.animationLabel(w.stages[stage.value] ?? '', slot)}
        >
          <DrawingInSight
            left={Math.min(...across)}
            top={Math.min(...down)}
            right={Math.max(...across) + cellSize}
            bottom={Math.max(...down) + cellSize}
          />
          {planes.map((plane, i) => (
            <rect
              key={plane}
              class="outline role-input"
              x={0}
              y={i * planeHeight}
              width={columns * cellSize}
              height={rows * cellSize}
            />
          ))}
          {planes.flatMap((plane, i) =>
            Array.from({ length: rows * columns }, (_, cell) => (
              <text
                key={`${plane} ${cell}`}
                class="quiet"
                x={((cell % columns) + 0.5) * cellSize}
                y={i * planeHeight + (Math.floor(cell / columns) + 0.5) * cellSize}
              >
                {shortText(padded.array.data[plane * rows * columns + cell])}
              </text>
            )),
          )}
          <rect
            class="outline role-matrix"
            x={matrixAt}
            y={0}
            width={drawn * cellSize}
            height={size * cellSize}
          />
          <MatrixNumbers x={matrixAt} from={from} slot={slot} top={firstRow} rows={size} />
          {squares.map((square) => {
            const { background, ink } = colourOfTap.value(square.tap.tap)
            const [x, y] = spot(square)
            return (
              <g
                key={square.tap.im2col[0]}
                class="square"
                style={{ transform: `translate(${x}px, ${y}px)` }}
                data-square={square.tap.im2col[0]}
              >
                <rect
                  width={cellSize}
                  height={cellSize}
                  fill={background}
                  class={square.tap.padded ? 'is-padded' : ''}
                />
                <text x={cellSize / 2} y={cellSize / 2} fill={ink}>
                  {shortText(square.tap.value)}
                </text>
              </g>
            )
          })}
        </svg>
      </div>
      <figcaption>{w.animationCaption}</figcaption>
    </figure>
  )
}

interface Numbers {
  readonly x: number
  /**
   * The first drawn column, and the column of the current window. Only the columns between them
   * hold numbers.
   */
  readonly from: number
  readonly slot: number
  readonly top: number
  readonly rows: number
}

function MatrixNumbers({ x, from, slot, top, rows }: Numbers): JSX.Element {
  const { windowAt } = viewModel.value
  return (
    <>
      {Array.from({ length: slot - from }, (_, i) =>
        Array.from({ length: rows }, (_, row) => (
          <text
            key={`${i} ${row}`}
            class="quiet"
            x={x + (i + 0.5) * cellSize}
            y={(row + 0.5) * cellSize}
          >
            {shortText(windowAt(top + row, from + i))}
          </text>
        )),
      )}
    </>
  )
}
