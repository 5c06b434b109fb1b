/** The result of a layer: its maps beside each other, as one slider over all their cells. */

import type { JSX } from 'preact'
import { numberText } from '../stage/number.ts'
import { texts } from './messages/index.ts'
import { changeSettings, pass, settings } from './network.ts'
import type { Cell } from './network-model.ts'
import { Plane, Shades } from './plane.tsx'
import { shadePaths } from './plane-paths.ts'

const gap = 1

export function Maps({ layer }: { readonly layer: number }): JSX.Element {
  const text = texts()
  const { data, shape } = pass.value.values[layer + 1]!
  const [, maps = 1, rows = 1, columns = 1] = shape
  const across = maps / 2
  const area = rows * columns
  const values = data as Float32Array
  const most = values.reduce((largest, value) => Math.max(largest, value), 0)
  const corner = (map: number): readonly [left: number, top: number] => [
    (map % across) * (columns + gap),
    Math.floor(map / across) * (rows + gap),
  ]
  const { cell } = settings.value
  const own = cell?.layer === layer ? cell : undefined
  const at = own ?? { layer, map: 0, row: 0, column: 0 }
  const placeOf = ({ map, row, column }: Cell): number => (map * rows + row) * columns + column
  const choose = (next: Cell): void => changeSettings({ cell: next })
  const cellAt = (place: number): Cell => ({
    layer,
    map: Math.floor(place / area),
    row: Math.floor((place % area) / columns),
    column: place % columns,
  })
  return (
    <Plane
      id={`network-maps-${layer}`}
      kind="output"
      title={text.maps(layer + 1, maps, rows, columns)}
      width={across * (columns + gap) - gap}
      height={2 * (rows + gap) - gap}
      spoken={
        own
          ? text.spokenCell(own.map, own.row, own.column, numberText(values[placeOf(own)]!))
          : text.noCell
      }
      slider={{
        at: placeOf(at),
        count: maps * area,
        moved: (key) => movedPlace(key, at, { maps, rows, columns, across }),
        choose: (place) => choose(cellAt(place)),
      }}
      pointer={{
        onClick: (event) => {
          const { left, top, width } = event.currentTarget.getBoundingClientRect()
          const unit = width / (across * (columns + gap) - gap)
          const [x, y] = [(event.clientX - left) / unit, (event.clientY - top) / unit]
          const [mapColumn, mapRow] = [
            Math.floor(x / (columns + gap)),
            Math.floor(y / (rows + gap)),
          ]
          const column = Math.floor(x - mapColumn * (columns + gap))
          const row = Math.floor(y - mapRow * (rows + gap))
          if (column < columns && row < rows)
            choose({ layer, map: mapRow * across + mapColumn, row, column })
        },
      }}
    >
      {Array.from({ length: maps }, (_, map) => {
        const [left, top] = corner(map)
        const paths = shadePaths(values.subarray(map * area, (map + 1) * area), most, {
          columns,
          left,
          top,
        })
        return (
          <g key={map}>
            <rect class="ground" x={left} y={top} width={columns} height={rows} />
            <Shades kind="result" paths={paths} />
          </g>
        )
      })}
      {own && (
        <rect
          class="chosen"
          x={corner(own.map)[0] + own.column}
          y={corner(own.map)[1] + own.row}
          width={1}
          height={1}
        />
      )}
    </Plane>
  )
}

interface Extents {
  readonly maps: number
  readonly rows: number
  readonly columns: number
  readonly across: number
}

/** The neighbouring cell, in the next map behind the edge of this one. */
function movedPlace(
  key: string,
  { map, row, column }: Cell,
  { maps, rows, columns, across }: Extents,
): number | undefined {
  const steps: Readonly<Record<string, readonly [right: number, down: number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  }
  const step = steps[key]
  if (!step) return undefined
  const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value))
  const x = within((map % across) * columns + column + step[0], across * columns)
  const y = within(Math.floor(map / across) * rows + row + step[1], (maps / across) * rows)
  const next = Math.floor(y / rows) * across + Math.floor(x / columns)
  return (next * rows + (y % rows)) * columns + (x % columns)
}
