/**
 * A plane of numbers that is one slider over its places: arrow keys move, and a press chooses. A
 * plane without `onChoose` is only looked at.
 */

import './plane.css'
import type { JSX, TargetedKeyboardEvent } from 'preact'
import { exactText } from '../model/number-text.ts'
import { charactersFor, fittedText } from '../stage/docks/fitted-text.ts'
import type { PlaneNumbers } from './plane-numbers.ts'

/** The caption with its margin, and the lines around the cells. */
const captionHeight = 28
/** The width of a digit in sizes of the font, the smallest font, and the margin of a cell. */
const [digitWidth, smallestFont, cellMargin] = [0.6, 12, 4]

/**
 * The characters of the longest number, but no more than a cell has room for, and no long row of
 * digits behind the point.
 */
export function charactersWithin(size: number, data: ArrayLike<number>): number {
  const room = Math.floor((size - cellMargin / 2) / (digitWidth * smallestFont))
  const longest = Math.max(...Array.from(data, (value) => exactText(value).length))
  return Math.min(room, longest, Math.max(usualCharacters, charactersFor(data)))
}

const usualCharacters = 6

/** Where no digit has room, a number is about 0, or about a digit times a power of ten. */
function cellText(value: number, characters: number): string {
  const text = fittedText(value, characters)
  if (text !== '') return text
  if (Math.abs(value) < 0.5) return '≈0'
  const power = `≈${value.toExponential(0).replace('-', '−').replace('e+', 'e')}`
  return power.length <= characters ? power : ''
}

interface PlaneProps {
  readonly id: string
  readonly kind: 'input' | 'kernel' | 'product' | 'output'
  readonly title: string
  readonly numbers: PlaneNumbers
  /** The width of a cell, and its height if that is another one. */
  readonly size: number
  readonly height?: number
  readonly lit: readonly number[]
  readonly framed: number | undefined
  /** Per place from 0 to 1: how dark its ground is. */
  readonly shades?: readonly number[]
  /** Places that show no number. */
  readonly empty?: readonly number[]
  /** All numbers that may stand here: cells keep their width. */
  readonly widest?: ArrayLike<number>
  /** The most characters of a number. Default: what `widest` needs. */
  readonly characters?: number
  /** A plane for which there is room, too. */
  readonly room?: PlaneNumbers
  /** Texts of the cells, instead of their numbers. */
  readonly words?: readonly string[]
  /** What is read for a place. */
  readonly spoken?: (place: number) => string
  readonly onChoose?: (place: number) => void
}

export function Plane(props: PlaneProps): JSX.Element {
  const { id, kind, title, numbers, size, lit, framed, shades, words, spoken, onChoose } = props
  const { height = size } = props
  const { rows, columns, data } = numbers
  const characters = words
    ? Math.max(...words.map((word) => word.length))
    : (props.characters ?? charactersFor(props.widest ?? data))
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
      {isEmpty.has(place) ? '' : (words?.[place] ?? cellText(data[place]!, characters))}
    </span>
  ))
  const widest = (size - cellMargin) / (characters * digitWidth)
  const font = Math.max(smallestFont, Math.min(size * 0.46, height * 0.56, widest))
  const style = {
    gridTemplateColumns: `repeat(${columns}, ${size}px)`,
    fontSize: `${font}px`,
    '--size': `${height}px`,
  }
  return (
    <figure
      class={`plane of-${kind}`}
      style={
        props.room && {
          minWidth: `${props.room.columns * size + 3}px`,
          minHeight: `${props.room.rows * height + captionHeight}px`,
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
          aria-valuetext={spoken?.(at)}
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
