/**
 * An array as bars, one column for each place: real numbers, real and imaginary parts, or
 * magnitudes with the phase as a hand. It is one slider over its places: arrow keys move, and a
 * press chooses.
 */

import type { JSX, TargetedKeyboardEvent } from 'preact'
import { fittedText } from '../stage/docks/fitted-text.ts'
import { type Complex, magnitude } from './fft-model.ts'

export type Form = 'real' | 'parts' | 'polar'

interface BarsProps {
  readonly id: string
  readonly kind: 'input' | 'kernel' | 'product' | 'output'
  readonly title: string
  readonly form: Form
  readonly values: readonly Complex[]
  /** How many of the values are computed. */
  readonly shown: number
  /** From here on there are only zeros, which fill the array. */
  readonly filledFrom?: number
  /** The share of each value that has wrapped around. */
  readonly wrapped?: readonly number[]
  readonly labels: readonly string[]
  readonly lit: readonly number[]
  readonly framed: number | undefined
  readonly width: number
  readonly height: number
  readonly spoken: (place: number) => string
  readonly onChoose: (place: number) => void
}

/** Above and below the bars: their numbers, or a margin; the names of the places; the hands. */
const [numberRoom, margin, labelRoom, handRoom] = [16, 5, 18, 24]
const digitWidth = 7.2

/** The place of a number on the axis of values, in pixels. */
type Axis = (value: number) => number

function axisOf({ values, form, height, shown, wrapped }: BarsProps): Axis {
  const ends = values.slice(0, shown).flatMap((value, place) => {
    if (form === 'polar') return [magnitude(value)]
    if (form === 'parts') return [value.re, value.im]
    return [value.re, value.re - (wrapped?.[place] ?? 0)]
  })
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)]
  const above = form === 'real' ? numberRoom : margin
  const below = form === 'polar' ? handRoom : form === 'real' && low < 0 ? numberRoom : 0
  const room = height - above - below - labelRoom
  return (value) => above + ((high - value) / (high - low || 1)) * room
}

export function Bars(props: BarsProps): JSX.Element {
  const { id, kind, title, values, framed, lit, width, height, spoken, onChoose } = props
  const at = framed ?? lit[0] ?? 0
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: Math.max(0, at - 1),
      ArrowRight: Math.min(values.length - 1, at + 1),
      Home: 0,
      End: values.length - 1,
    }
    const place = to[event.key]
    if (place === undefined) return
    event.preventDefault()
    onChoose(place)
  }
  return (
    <figure class={`bars of-${kind}`}>
      <figcaption>{title}</figcaption>
      <div
        id={id}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={1}
        aria-valuemax={values.length}
        aria-valuenow={at + 1}
        aria-valuetext={spoken(at)}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const place = (event.target as Element)
            .closest('[data-place]')
            ?.getAttribute('data-place')
          if (place != null) onChoose(Number(place))
        }}
      >
        <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
          <Columns {...props} />
        </svg>
      </div>
    </figure>
  )
}

function Columns(props: BarsProps): JSX.Element {
  const { id, values, shown, filledFrom = values.length, labels, lit, framed } = props
  const { width, height } = props
  const axis = axisOf(props)
  const column = width / values.length
  const labelled = Math.ceil(
    (Math.max(...labels.map((label) => label.length)) * digitWidth + 4) / column,
  )
  return (
    <>
      <pattern id={`${id}-zeros`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path d="M0 6 6 0" />
      </pattern>
      {values.map((value, place) => (
        <g
          key={place}
          data-place={place}
          class={`column${lit.includes(place) ? ' lit' : ''}${place === framed ? ' framed' : ''}`}
          transform={`translate(${(place * column).toFixed(2)} 0)`}
        >
          <rect class="ground" x={1} width={column - 2} y={0.75} height={height - 1.5} rx={3} />
          {place >= filledFrom && (
            <rect
              class="zeros"
              fill={`url(#${id}-zeros)`}
              x={2}
              width={column - 4}
              y={2}
              height={height - labelRoom - 2}
            />
          )}
          {place < shown && (
            <Bar {...props} value={value} place={place} axis={axis} column={column} />
          )}
          {place % labelled === 0 && (
            <text class="place-name" x={column / 2} y={height - 5} text-anchor="middle">
              {labels[place]}
            </text>
          )}
        </g>
      ))}
      <path class="zero" d={`M0 ${axis(0)}H${width}`} />
    </>
  )
}

interface BarProps extends BarsProps {
  readonly value: Complex
  readonly place: number
  readonly axis: Axis
  readonly column: number
}

function Bar(props: BarProps): JSX.Element {
  const { form, value, place, axis, column, wrapped, height } = props
  const inner = Math.min(column - 6, 44)
  const left = (column - inner) / 2
  if (form === 'parts')
    return (
      <>
        <Box class="bar-solid" x={left} width={inner / 2 - 1} axis={axis} from={0} to={value.re} />
        <Box
          class="bar-outline"
          x={column / 2 + 1}
          width={inner / 2 - 1}
          axis={axis}
          from={0}
          to={value.im}
        />
      </>
    )
  if (form === 'polar') {
    const size = magnitude(value)
    const [y, radius] = [height - labelRoom - handRoom / 2, Math.min(9, inner / 2)]
    const [dx, dy] = size === 0 ? [0, 0] : [(value.re / size) * radius, (value.im / size) * radius]
    return (
      <>
        <Box class="bar-solid" x={left} width={inner} axis={axis} from={0} to={size} />
        <circle class="dial" cx={column / 2} cy={y} r={radius} />
        <path class="hand" d={`M${column / 2} ${y}l${dx.toFixed(2)} ${(-dy).toFixed(2)}`} />
      </>
    )
  }
  const share = wrapped?.[place] ?? 0
  const own = value.re - share
  const text = fittedText(value.re, Math.floor(column / digitWidth))
  return (
    <>
      <Box class="bar-solid" x={left} width={inner} axis={axis} from={0} to={own} />
      {share !== 0 && (
        <Box class="bar-wrapped" x={left} width={inner} axis={axis} from={own} to={value.re} />
      )}
      <text
        class="number"
        x={column / 2}
        y={value.re < 0 ? axis(Math.min(0, value.re, own)) + 13 : axis(Math.max(value.re, own)) - 4}
        text-anchor="middle"
      >
        {text}
      </text>
    </>
  )
}

interface BoxProps {
  readonly class: string
  readonly x: number
  readonly width: number
  readonly axis: Axis
  readonly from: number
  readonly to: number
}

function Box({ class: kind, x, width, axis, from, to }: BoxProps): JSX.Element {
  const [top, bottom] = [axis(Math.max(from, to)), axis(Math.min(from, to))]
  return <rect class={kind} x={x} width={width} y={top} height={bottom - top} />
}
