/** Where the pasted output differs from the nearest that was found, in words and as a picture. */

import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { indexAt } from '../model/numbers.ts'
import { numberText } from '../stage/number.ts'
import type { Difference } from './difference.ts'
import { texts } from './messages/index.ts'

const lastWords = (difference: Difference, place: number): string => {
  const [, filter = 0, ...index] = indexAt(place, difference.shape)
  return texts().place(difference.shape[1]! > 1 ? filter : undefined, index)
}

export function NearestWords({ difference }: { readonly difference: Difference }): JSX.Element {
  const text = texts()
  const { places, got, expected, largest, areOutside } = difference
  return (
    <p class="nearest-words">
      <b>{text.differs(places.length, got.length)}</b>{' '}
      {largest !== undefined &&
        text.largest(
          lastWords(difference, largest),
          numberText(got[largest]!),
          numberText(expected[largest]!),
        )}{' '}
      {areOutside && places.length > 1 && text.outside}
      {places.length === 1 && text.oneNumber}
    </p>
  )
}

const classOf = (isApart: boolean, isLargest: boolean): string =>
  `${isApart ? 'apart' : ''}${isLargest ? ' largest' : ''}`

/** More columns or rows are a picture without numbers. */
const [maxColumns, maxRows] = [12, 16]

/** The plane with the largest difference. */
export function DifferenceFigure({ difference }: { readonly difference: Difference }): JSX.Element {
  const text = texts()
  const { shape, got, expected, largest = 0, places } = difference
  const [rows, columns] = [1, ...shape.slice(2)].slice(-2) as [number, number]
  const area = rows * columns
  const plane = Math.floor(largest / area)
  const start = plane * area
  const apart = (i: number): number => got[start + i]! - expected[start + i]!
  const differing = new Set(places)
  const isTable = columns <= maxColumns && rows <= maxRows
  const largestText = (i: number): string => {
    if (!differing.has(start + i)) return '0'
    return apart(i) > 0 ? `+${numberText(apart(i))}` : numberText(apart(i))
  }
  return (
    <figure class="difference">
      <figcaption>
        {text.picture}
        {shape[1]! > 1 && `, ${text.pictureOf(plane % shape[1]!)}`}
      </figcaption>
      {isTable ? (
        <div class="difference-box">
          <table>
            <tbody>
              {Array.from({ length: rows }, (_, row) => (
                <tr key={row}>
                  <th scope="row">{text.rowHead(row)}</th>
                  {Array.from({ length: columns }, (_, column) => {
                    const i = row * columns + column
                    const isApart = differing.has(start + i)
                    return (
                      <td key={column} class={classOf(isApart, start + i === largest)}>
                        {largestText(i)}
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <DifferencePicture rows={rows} columns={columns} apart={apart} />
      )}
    </figure>
  )
}

interface PictureProps {
  readonly rows: number
  readonly columns: number
  readonly apart: (place: number) => number
}

/** One pixel for each number: blue where it is too small, orange where it is too large. */
function DifferencePicture({ rows, columns, apart }: PictureProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    const context = canvas.current!.getContext('2d')!
    const image = context.createImageData(columns, rows)
    let most = 0
    for (let i = 0; i < rows * columns; i++) most = Math.max(most, Math.abs(apart(i)))
    for (let i = 0; i < rows * columns; i++) {
      const share = apart(i) / (most || 1)
      const colour = share > 0 ? [200, 100, 20] : [20, 100, 200]
      image.data.set([...colour, Math.round(255 * Math.abs(share))], 4 * i)
    }
    context.putImageData(image, 0, 0)
  }, [rows, columns, apart])
  return (
    <canvas
      ref={canvas}
      width={columns}
      height={rows}
      role="img"
      aria-label={texts().picture}
      style={{ aspectRatio: `${columns} / ${rows}` }}
    />
  )
}
