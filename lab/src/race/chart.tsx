/**
 * The chart: a curve for each runner over the sizes, with the quartiles as bars; what the articles
 * print as pale dashed lines; numbered rings where curves cross; and what `auto` takes, below the
 * axis. A screen reader and the keyboard use it as one slider over the points.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Axes, Choices } from './chart-axes.tsx'
import { type ChartLayout, type Curve, place } from './chart-layout.ts'
import { Printed, PrintedNames } from './chart-printed.tsx'
import { ChartReadout, readingOf } from './chart-readout.tsx'
import { classOf, Mark } from './marks.tsx'
import { nameOf, texts } from './messages/index.ts'
import { results } from './race.ts'
import { latestOf } from './results.ts'
import {
  crossings,
  highlighted,
  layout,
  measure,
  moveSelection,
  room,
  selection,
  selectNear,
} from './view.ts'

/** From this width on, the drawing is larger. */
const largeWidth = 1080
const largeScale = 1.3

export function Chart(): JSX.Element {
  const text = texts()
  const box = useRef<HTMLDivElement>(null)
  const hasFocus = useSignal(false)
  useLayoutEffect(() => {
    const read = (): void => {
      const { clientWidth, clientHeight } = box.current!
      const scale = clientWidth >= largeWidth ? largeScale : 1
      room.value = { width: clientWidth / scale, height: clientHeight / scale, scale }
    }
    read()
    const observer = new ResizeObserver(read)
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])
  const point = ({ clientX, clientY }: PointerEvent): void => {
    const { left, top } = box.current!.getBoundingClientRect()
    const scale = room.peek()?.scale ?? 1
    selectNear((clientX - left) / scale, (clientY - top) / scale)
  }
  const points = layout.value?.curves.flatMap(({ runner, points: own }) =>
    own.map(({ n }) => ({ name: runner.name, n })),
  )
  const at = selection.value
  const index = points?.findIndex(({ name, n }) => name === at?.name && n === at.n) ?? -1
  return (
    <figure class="race-figure">
      <div
        ref={box}
        class={highlighted.value === undefined ? 'race-chart' : 'race-chart has-one'}
        id="race-chart"
        role="slider"
        tabIndex={0}
        aria-label={`${text.chart}. ${text.chartKeys}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, (points?.length ?? 0) - 1)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={readingOf(at) ?? (points?.length ? text.readHint : text.chartEmpty)}
        onKeyDown={(event) => {
          if (event.altKey || event.ctrlKey || event.metaKey) return
          if (event.key === 'Escape') selection.value = undefined
          else if (/^(Arrow|Home|End)/.test(event.key) && moveSelection(event.key))
            event.preventDefault()
        }}
        onFocus={() => {
          hasFocus.value = true
        }}
        onBlur={() => {
          hasFocus.value = false
          selection.value = undefined
        }}
        onPointerMove={(event) => point(event)}
        onPointerDown={(event) => point(event)}
        onPointerLeave={(event) => {
          if (!hasFocus.peek() && event.pointerType === 'mouse') selection.value = undefined
        }}
      >
        {layout.value && <Drawing at={layout.value} />}
      </div>
      <ChartReadout />
    </figure>
  )
}

function Drawing({ at }: { readonly at: ChartLayout }): JSX.Element {
  const { width, height } = at
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" height="100%" aria-hidden="true">
      <Axes at={at} />
      {measure.value === 'time' && <Printed at={at} />}
      <Labels at={at} />
      <Curves at={at} />
      {measure.value === 'time' && <PrintedNames at={at} />}
      {measure.value === 'time' && <Crossings at={at} />}
      <Choices at={at} />
    </svg>
  )
}

function Curves({ at }: { readonly at: ChartLayout }): JSX.Element {
  // The highlighted curve lies over the others.
  const ordered = [...at.curves].sort(
    (a, b) =>
      Number(a.runner.name === highlighted.value) - Number(b.runner.name === highlighted.value),
  )
  return (
    <>
      {ordered.map(({ runner, points }) => (
        <g
          key={runner.name}
          class={runner.name === highlighted.value ? 'runner is-one' : 'runner'}
          data-runner={runner.name}
        >
          <path
            class={`curve ${classOf(runner)}`}
            d={points
              .map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
              .join('')}
          />
          {points.map(({ n, x, y, top, bottom }) => (
            <g
              key={n}
              class={
                selection.value?.n === n && selection.value.name === runner.name
                  ? 'point is-read'
                  : 'point'
              }
              data-n={n}
              data-y={y.toFixed(2)}
            >
              <path
                class={`quartiles ${classOf(runner)}`}
                d={`M${x.toFixed(1)} ${top.toFixed(1)}V${bottom.toFixed(1)}`}
              />
              <Mark runner={runner} x={x} y={y} />
            </g>
          ))}
          <End of={{ runner, points }} />
        </g>
      ))}
    </>
  )
}

/** At the end of a curve: a cross for a fault, a bar where the runner became too slow. */
function End({ of: { runner, points } }: { readonly of: Curve }): JSX.Element | null {
  const last = points.at(-1)
  const kind = latestOf(results.value, runner.name)?.standing.kind
  const isFault = kind === 'wrong' || kind === 'failed'
  if (!last || !(isFault || kind === 'slow')) return null
  return (
    <path
      class="end"
      data-end={kind}
      d={isFault ? 'M-4-4 4 4M-4 4 4-4' : 'M0-6V6'}
      transform={`translate(${(last.x + 14).toFixed(1)} ${last.y.toFixed(1)})`}
    />
  )
}

function Labels({ at: { labels } }: { readonly at: ChartLayout }): JSX.Element {
  return (
    <g class="labels">
      {labels.map(({ runner, fromX, fromY, x, y }) => (
        <g key={runner.name} class={runner.name === highlighted.value ? 'label is-one' : 'label'}>
          <path class="leader" d={`M${fromX + 7} ${fromY}L${x - 6} ${y}`} />
          <text x={x} y={y + 4}>
            {nameOf(runner.name)}
          </text>
        </g>
      ))}
    </g>
  )
}

/** A ring at each crossing, with the number of its sentence beside the first of them. */
function Crossings({ at: { x, y } }: { readonly at: ChartLayout }): JSX.Element {
  return (
    <g class="crossings">
      {crossings.value.flatMap(({ crossings: own }, group) =>
        own.map(({ winner, loser, at }, i) => {
          const [cx, cy] = [place(x, at.n), place(y, at.ms)]
          return (
            <g key={`${winner} ${loser}`} data-crossing={group + 1}>
              <circle class="ring" cx={cx} cy={cy} r={7} />
              {i === 0 && (
                <>
                  <circle class="number-back" cx={cx} cy={cy - 18} r={9} />
                  <text class="number" x={cx} y={cy - 13.5} text-anchor="middle">
                    {group + 1}
                  </text>
                </>
              )}
            </g>
          )
        }),
      )}
    </g>
  )
}
