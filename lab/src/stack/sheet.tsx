/**
 * One plane of numbers, drawn by the map of its stack: its tab, its cells, the window in it. The
 * numbers stay when the window moves.
 */

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { fittedText } from '../stage/docks/fitted-text.ts'
import { type Kind, type KindName, tabHeight } from './layout.ts'
import type { Planes } from './stack-model.ts'

export type CellPlace = readonly [row: number, column: number]

interface SheetProps {
  readonly name: KindName
  readonly planes: Planes
  readonly plane: number
  readonly kind: Kind
  readonly font: number
  readonly transform: string
  readonly tab: string
  /** Whether the chosen output has nothing to do with the plane. */
  readonly isAside: boolean
  /** The cells of the window. */
  readonly read: readonly CellPlace[]
  /** Outlined: the window, or the chosen cell. */
  readonly frame: readonly [top: number, left: number, rows: number, columns: number] | undefined
  /** Which cells are of the border. */
  readonly inner: readonly [top: number, left: number, rows: number, columns: number] | undefined
  /** Cells from this one on are empty. */
  readonly shown: number
}

export function Sheet(props: SheetProps): JSX.Element {
  const { name, planes, plane, kind, font, transform, tab, isAside, read, frame, inner } = props
  const { width, height } = kind.cell
  const [wide, high] = [width * planes.columns, height * planes.rows]
  return (
    <g
      class={`sheet of-${name}${isAside ? ' aside' : ''}`}
      transform={transform}
      data-sheet={name}
      data-plane={plane}
    >
      <rect class="tab" y={-tabHeight} width={wide} height={tabHeight} />
      <text class="tab-name" x={wide / 2} y={-5} text-anchor="middle">
        {tab}
      </text>
      <rect class="paper" width={wide} height={high} />
      {inner && (
        <path class="border-cells" fill-rule="evenodd" d={ringOf(wide, high, inner, kind)} />
      )}
      {read.map(([row, column]) => (
        <rect
          key={`${row},${column}`}
          class="read"
          x={column * width}
          y={row * height}
          width={width}
          height={height}
        />
      ))}
      <path class="lines" d={linesOf(planes, width, height)} />
      <Digits planes={planes} plane={plane} kind={kind} font={font} shown={props.shown} />
      {frame && (
        <rect
          class="window"
          x={frame[1] * width}
          y={frame[0] * height}
          width={frame[3] * width}
          height={frame[2] * height}
        />
      )}
    </g>
  )
}

/** The part of a plane around its inner cells. */
function ringOf(
  wide: number,
  high: number,
  [top, left, rows, columns]: readonly [number, number, number, number],
  { cell: { width, height } }: Kind,
): string {
  const inside = `M${left * width} ${top * height}h${columns * width}v${rows * height}`
  return `M0 0H${wide}V${high}H0Z${inside}h${-columns * width}Z`
}

const linesOf = ({ rows, columns }: Planes, width: number, height: number): string =>
  [
    ...Array.from({ length: rows + 1 }, (_, i) => `M0 ${i * height}H${columns * width}`),
    ...Array.from({ length: columns + 1 }, (_, i) => `M${i * width} 0V${rows * height}`),
  ].join('')

type DigitsProps = Pick<SheetProps, 'planes' | 'plane' | 'kind' | 'font' | 'shown'>

/** Drawn again only if a number or its place changes. */
function Digits({ planes, plane, kind, font, shown }: DigitsProps): JSX.Element {
  const { rows, columns, data } = planes
  const { characters } = kind
  const { width, height } = kind.cell
  // The outputs of a plane that is shown or hidden as a whole do not change with the others.
  const size = rows * columns
  const first = plane * size
  const visible = Math.max(0, Math.min(size, shown - first))
  return useMemo(
    () => (
      <g class="digits" font-size={font} text-anchor="middle">
        {Array.from({ length: size }, (_, i) => (
          <text
            key={i}
            x={((i % columns) + 0.5) * width}
            y={(Math.floor(i / columns) + 0.5) * height + font * 0.36}
          >
            {i < visible ? fittedText(data[first + i]!, characters) : ''}
          </text>
        ))}
      </g>
    ),
    [data, first, size, columns, characters, width, height, font, visible],
  )
}
