/**
 * A plane of numbers that is one slider over its places: arrow keys move, and a press chooses. A
 * plane without `onChoose` is only looked at.
 */

import type { JSX, TargetedKeyboardEvent } from 'preact'
import { charactersFor, fittedText } from '../stage/docks/fitted-text.ts'
import type { Plane as Numbers } from './adding-model.ts'

/** The caption with its margin, and the lines around the cells. */
const captionHeight = 28

interface PlaneProps {
  readonly id: string
  readonly kind: 'input' | 'kernel' | 'product' | 'output'
  readonly title: string
  readonly numbers: Numbers
  /** Columns beside which the plane has to stand, so that all have one size of cells. */
  readonly size: number
  readonly lit: readonly number[]
  readonly framed: number | undefined
  /** Per place from 0 to 1: how dark its ground is. */
  readonly shades?: readonly number[]
  /** Places that show no number. */
  readonly empty?: readonly number[]
  /** All numbers that may stand here: cells keep their width. */
  readonly widest?: ArrayLike<number>
  /** A plane for which there is room, too. */
  readonly room?: Numbers
  readonly spoken?: string
  readonly onChoose?: (place: number) => void
}

export function Plane(props: PlaneProps): JSX.Element {
  const { id, kind, title, numbers, size, lit, framed, shades, spoken, onChoose } = props
  const { rows, columns, data } = numbers
  const characters = charactersFor(props.widest ?? data)
  const isLit = new Set(lit)
  const isEmpty = new Set(props.empty ?? [])
  const at = framed ?? lit[0] ?? 0
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const column = at % columns
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: column > 0 ? at - 1 : at,
      ArrowRight: column < columns - 1 ? at + 1 : at,
      ArrowUp: at >= columns ? at - columns : at,
      ArrowDown: at + columns < rows * columns ? at + columns : at,
      Home: 0,
      End: rows * columns - 1,
    }
    const place = to[event.key]
    if (place === undefined) return
    event.preventDefault()
    onChoose!(place)
  }
  const cells = Array.from({ length: rows * columns }, (_, place) => (
    <span
      key={place}
      data-place={place}
      class={`${isLit.has(place) ? 'lit' : ''}${place === framed ? ' framed' : ''}`}
      style={shades ? { '--share': `${Math.round(shades[place]! * 100)}%` } : undefined}
    >
      {isEmpty.has(place) ? '' : fittedText(data[place]!, characters)}
    </span>
  ))
  const style = {
    gridTemplateColumns: `repeat(${columns}, ${size}px)`,
    fontSize: `${Math.max(12, Math.min(size * 0.46, (size - 4) / (characters * 0.6)))}px`,
    '--size': `${size}px`,
  }
  return (
    <figure
      class={`plane of-${kind}`}
      style={
        props.room && {
          minWidth: `${props.room.columns * size + 3}px`,
          minHeight: `${props.room.rows * size + captionHeight}px`,
        }
      }
    >
      <figcaption>{title}</figcaption>
      {onChoose ? (
        <div
          id={id}
          class={`cells${shades ? ' shaded' : ''}`}
          style={style}
          role="slider"
          tabIndex={0}
          aria-label={title}
          aria-valuemin={1}
          aria-valuemax={rows * columns}
          aria-valuenow={at + 1}
          aria-valuetext={spoken}
          onKeyDown={onKeyDown}
          onClick={(event) => {
            const place = (event.target as HTMLElement).dataset.place
            if (place !== undefined) onChoose(Number(place))
          }}
        >
          {cells}
        </div>
      ) : (
        <div id={id} class="cells" style={style} aria-hidden="true">
          {cells}
        </div>
      )}
    </figure>
  )
}
