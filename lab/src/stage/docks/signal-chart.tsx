/**
 * The curves of some columns of a row, in four panels: the input, the weights under the window, the
 * products, the output. All panels have the same columns, so a product stands under its sample and
 * a result under the middle of its window.
 */

import { effect } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { exactText } from '../../model/number-text.ts'
import { stageModel } from '../stage.ts'
import type { StageModel } from '../stage-model.ts'
import { inLanguage } from './language.ts'
import { drawSignal, nodesOf } from './signal-draw.ts'
import { type Heights, heightOf, type Panels, type Span, tickStep } from './signal-layout.ts'
import { type Press, pointerMoves } from './signal-pointer.ts'
import { type SignalText, signalText } from './signal-text.ts'

export interface SignalChartProps {
  readonly name: string
  readonly model: StageModel
  readonly span: Span
  readonly width: number
  /** The width of the axis at the left; 0: no axis. */
  readonly axis: number
  readonly panels: Panels
  /** Whether taps, weights and products are drawn; else only the curves and the place. */
  readonly isDetail: boolean
  /** The columns that another chart shows in detail. */
  readonly marked?: Span | undefined
}

/** A narrower axis has numbers only. */
const namesAxis = 80
/** Below the panels: the numbers of the columns. */
export const columnsHeight = 18
const columnWidth = 30
/** Above these numbers of columns there are no dots. */
const mostDots = 120

export function SignalChart(props: SignalChartProps): JSX.Element {
  const { name, model, span, width, axis, panels, isDetail, marked } = props
  const w = inLanguage(signalText)
  const svg = useRef<SVGSVGElement>(null)
  const press = useRef<Press>(undefined)
  const pitch = (width - axis) / span.count
  const x = (column: number): number => axis + (column - span.first + 0.5) * pitch
  useLayoutEffect(() => {
    const nodes = nodesOf(svg.current!)
    return effect(() => {
      if (stageModel.value === model)
        drawSignal(nodes, { model, span, panels, pitch, x, width, isDetail, marked })
    })
  }, [model, span.first, span.count, width, axis, panels, isDetail, marked, w])
  const taps = isDetail ? model.taps : model.kernel.width
  const columns = Array.from({ length: span.count }, (_, i) => span.first + i)
  return (
    <svg
      ref={svg}
      class="signal-chart"
      data-chart={name}
      width={width}
      height={panels.height + columnsHeight}
      role="img"
      aria-label={w.chart(
        span.first - model.before.x,
        span.first + span.count - 1 - model.before.x,
      )}
      {...pointerMoves({ model, span, x, pitch, panels, isDetail }, press)}
    >
      <rect class="detail-band" />
      <rect class="window-band" />
      <Padding model={model} span={span} x={x} pitch={pitch} panels={panels} name={name} />
      <Axes panels={panels} axis={axis} width={width} isDetail={isDetail} text={w} />
      <path class="sum-link" />
      {isDetail &&
        Array.from({ length: model.kernel.height - 1 }, (_, i) => (
          <path key={i} class="other-row" />
        ))}
      <path class="middle-row" />
      {isDetail && span.count <= mostDots && (
        <g class="sample-dots">
          {columns.map((column) => (
            <circle key={column} cx={x(column)} r={Math.min(2.5, pitch * 0.3)} />
          ))}
        </g>
      )}
      {isDetail &&
        Array.from({ length: taps }, (_, i) => (
          <g key={i} class="tap-slot">
            <rect class="tap-mark" y={0} height={5} data-wire-tap={i} />
            <line class="stem" />
            <circle class="stem-head" r={Math.min(2.5, pitch * 0.3)} />
            <rect class="tap-bar" />
          </g>
        ))}
      {Array.from({ length: taps }, (_, i) => (
        <circle key={i} class="tap-dot" />
      ))}
      {isDetail &&
        pitch >= columnWidth - 3 &&
        Array.from({ length: model.kernel.width }, (_, i) => <text key={i} class="sample-text" />)}
      <path class="output-row" />
      {isDetail && span.count <= mostDots && (
        <g class="output-dots">
          {columns.map((column) => (
            <circle key={column} r={Math.min(2.5, pitch * 0.3)} />
          ))}
        </g>
      )}
      <circle class="now-dot" r={isDetail ? 5.5 : 4} />
      {isDetail && <text class="sum-text" />}
      <Columns model={model} columns={columns} x={x} pitch={pitch} top={panels.height} />
      {isDetail && (
        <rect
          class="wire-end"
          data-wire-output
          y={panels.height + columnsHeight - 2}
          width={10}
          height={2}
        />
      )}
    </svg>
  )
}

interface AxesProps {
  readonly panels: Panels
  readonly axis: number
  readonly width: number
  readonly isDetail: boolean
  readonly text: SignalText
}

const names = ['input', 'weights', 'products', 'output'] as const

/** The name of each panel in the colour of its role, its ends, and the line of 0. */
function Axes({ panels, axis, width, isDetail, text }: AxesProps): JSX.Element {
  const shown = names.filter((name) => isDetail || name === 'input' || name === 'output')
  const hasNames = axis >= namesAxis
  return (
    <>
      {shown.map((name) => {
        const panel = panels[name]
        const zero = heightOf(0, panel)
        return (
          <g key={name} class="axis" data-panel={name}>
            <path class="zero-line" d={`M${axis} ${zero}H${width}`} />
            {axis > 0 && (
              <>
                <path class="axis-side" d={`M${axis - 0.5} ${panel.top}V${panel.bottom}`} />
                {hasNames && (
                  <text class="panel-name" x={0} y={(panel.top + panel.bottom) / 2 + 4}>
                    {text[name]}
                  </text>
                )}
                {ticksOf(panel).map(([value, y]) => (
                  <text key={value} class="axis-tick" x={axis - 5} y={y}>
                    {exactText(value)}
                  </text>
                ))}
              </>
            )}
          </g>
        )
      })}
    </>
  )
}

/** Heights of digits: a number needs this much, and its middle is above its foot. */
const [tickHeight, digitMiddle] = [12, 4]

/** The ends of an axis, and 0 if it has room, with the feet of their digits inside the panel. */
function ticksOf(panel: Heights): readonly (readonly [value: number, y: number])[] {
  const { low, high, top, bottom } = panel
  const zero = heightOf(0, panel)
  if (bottom - top < 2 * tickHeight) return [high >= -low ? [high, top + 10] : [low, bottom]]
  const hasZero =
    low < 0 && high > 0 && zero - top >= 1.5 * tickHeight && bottom - zero >= 1.5 * tickHeight
  return [[high, top + 10], ...(hasZero ? ([[0, zero + digitMiddle]] as const) : []), [low, bottom]]
}

interface ColumnsProps {
  readonly model: StageModel
  readonly columns: readonly number[]
  readonly x: (column: number) => number
  readonly pitch: number
  readonly top: number
}

/** The columns of the input. Padding has none. */
function Columns({ model, columns, x, pitch, top }: ColumnsProps): JSX.Element {
  const step = tickStep(pitch, columnWidth)
  const isShown = (column: number): boolean =>
    column >= 0 && column < model.input.width && column % step === 0
  return (
    <g class="column-texts">
      {columns
        .filter((column) => isShown(column - model.before.x))
        .map((column) => (
          <text key={column} x={x(column)} y={top + 12}>
            {column - model.before.x}
          </text>
        ))}
    </g>
  )
}

interface PaddingProps {
  readonly model: StageModel
  readonly span: Span
  readonly x: (column: number) => number
  readonly pitch: number
  readonly panels: Panels
  readonly name: string
}

/** Hatched: the columns of padding. */
function Padding({ model, span, x, pitch, panels, name }: PaddingProps): JSX.Element {
  const [left, right] = [model.before.x, model.before.x + model.input.width]
  const end = span.first + span.count
  const parts = [
    [span.first, Math.min(left, end)],
    [Math.max(right, span.first), end],
  ] as const
  return (
    <>
      <defs>
        <pattern
          id={`hatch-${name}`}
          width={5}
          height={5}
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <path class="hatch-line" d="M0.5 0V5" />
        </pattern>
      </defs>
      {parts.map(
        ([from, to], i) =>
          to > from && (
            <rect
              key={i}
              x={x(from) - pitch / 2}
              y={panels.input.top}
              width={(to - from) * pitch}
              height={panels.input.bottom - panels.input.top}
              fill={`url(#hatch-${name})`}
            />
          ),
      )}
    </>
  )
}
