/**
 * An array of any rank, as planes side by side, each a grid. Of many planes only a few are shown.
 * The planes with highlighted cells are brought into view.
 */

import { effect, type ReadonlySignal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import type { NdArray } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import type { Marks } from '../model/marks.ts'
import { exactText } from '../model/number-text.ts'
import { indexAt } from '../model/numbers.ts'
import { planesOf } from '../model/planes.ts'
import { useDerived } from './derived.ts'
import { Grid } from './grid.tsx'
import type { CellKind, Role } from './grid-types.ts'

export interface TensorProps {
  readonly name: string
  readonly label: string
  readonly part: Role
  readonly array: NdArray
  /** The shape in the caption. Default: the shape of the array. */
  readonly shape?: readonly number[]
  /** More text for the caption. */
  readonly more?: string
  readonly marks: ReadonlySignal<Marks>
  /** The name of a plane, from the leading axes of its index. */
  readonly planeName?: (lead: readonly number[]) => string
  readonly kind?: (index: readonly number[]) => CellKind
  /**
   * Padding before the first sample, per axis. Rows and columns are counted from the first sample.
   */
  readonly before?: readonly number[]
  readonly onPreview?: (index: readonly number[] | undefined) => void
  readonly onPin?: (index: readonly number[]) => void
  readonly onEdit?: ((index: readonly number[], value: number) => void) | undefined
  readonly paint?: number | undefined
  readonly small?: boolean
}

const planesPerPage = 4

export function Tensor(props: TensorProps): JSX.Element {
  const { array, marks, name } = props
  const { count, rows, columns, lead } = planesOf(array.shape)
  const first = useSignal(0)
  const size = rows * columns
  useLayoutEffect(
    () =>
      effect(() => {
        const { places } = marks.value
        const [firstPlace] = places
        if (firstPlace === undefined || count <= planesPerPage) return
        const isShown = (place: number): boolean =>
          place >= first.peek() * size && place < (first.peek() + planesPerPage) * size
        if (!places.some(isShown))
          first.value = Math.min(Math.floor(firstPlace / size), count - planesPerPage)
      }),
    [marks, count, size],
  )
  const start = Math.min(first.value, Math.max(0, count - planesPerPage))
  const shown = Array.from({ length: Math.min(count, planesPerPage) }, (_, i) => start + i)
  const w = messages()
  return (
    <figure class={`tensor role-${props.part}`} data-tensor={name}>
      <figcaption>
        <span class="label">{props.label}</span>{' '}
        <span class="shape">
          {(props.shape ?? array.shape).join('×')}
          {props.more !== undefined && ` · ${props.more}`}
        </span>
      </figcaption>
      {count > planesPerPage && (
        <p class="note planes-turn">
          <button
            type="button"
            aria-label={w.planesBack}
            disabled={start === 0}
            onClick={() => {
              first.value = Math.max(0, start - planesPerPage)
            }}
          >
            ‹
          </button>
          {w.planes(start, start + shown.length - 1, count)}
          <button
            type="button"
            aria-label={w.planesOn}
            disabled={start + planesPerPage >= count}
            onClick={() => {
              first.value = start + planesPerPage
            }}
          >
            ›
          </button>
        </p>
      )}
      <div class="planes">
        {shown.map((plane) => (
          <Plane
            key={plane}
            {...props}
            plane={plane}
            lead={indexAt(plane, lead)}
            rows={rows}
            columns={columns}
            isOnly={count === 1}
          />
        ))}
      </div>
    </figure>
  )
}

interface PlaneProps extends TensorProps {
  readonly plane: number
  readonly lead: readonly number[]
  readonly rows: number
  readonly columns: number
  readonly isOnly: boolean
}

function Plane({ plane, lead, rows, columns, isOnly, marks, ...props }: PlaneProps): JSX.Element {
  const { array, before, kind } = props
  const isRow = array.shape.length === 3
  const size = rows * columns
  const planeMarks = useDerived((): Marks => {
    if (isOnly) return marks.value
    return marks.value.mapPlaces((place) =>
      Math.floor(place / size) === plane ? place - plane * size : undefined,
    )
  }, [marks, isOnly, plane, size])
  const indexOf = (row: number, column: number): readonly number[] =>
    isRow ? [...lead, column] : [...lead, row, column]
  const value = (row: number, column: number): number | undefined => {
    const number = array.data[plane * size + row * columns + column]!
    // Outside the memory the array holds NaN.
    return Number.isNaN(number) && kind?.(indexOf(row, column)) === 'outside' ? undefined : number
  }
  const [rowsBefore, columnsBefore] = before ? [isRow ? 0 : before.at(-2)!, before.at(-1)!] : [0, 0]
  const planeName = isOnly ? '' : (props.planeName?.(lead) ?? lead.join(', '))
  const w = messages()
  const { onPin, onEdit, onPreview } = props
  return (
    <div class="plane">
      {!isOnly && <p class="plane-name">{planeName}</p>}
      <Grid
        name={isOnly ? props.name : `${props.name}-${plane}`}
        label={planeName ? `${props.label}, ${planeName}` : props.label}
        part={props.part}
        rows={rows}
        columns={columns}
        value={value}
        marks={planeMarks}
        rowHead={(row) => exactText(row - rowsBefore)}
        columnHead={(column) => exactText(column - columnsBefore)}
        describe={(row, column) => {
          const what = kind?.(indexOf(row, column))
          const place = w.cellAt(row - rowsBefore, column - columnsBefore)
          return (
            `${planeName ? `${planeName}, ` : ''}${place}: ` +
            `${[exactText(value(row, column)), what && what !== 'value' ? w.kinds[what] : ''].filter(Boolean).join(', ')}`
          )
        }}
        {...(kind && { kind: (row: number, column: number) => kind(indexOf(row, column)) })}
        {...(onPreview && {
          onPreview: (row: number, column: number) => onPreview(indexOf(row, column)),
          onLeave: () => onPreview(undefined),
        })}
        {...(onPin && { onPin: (row: number, column: number) => onPin(indexOf(row, column)) })}
        {...(onEdit && {
          onEdit: (row: number, column: number, number: number) =>
            onEdit(indexOf(row, column), number),
        })}
        paint={props.paint}
        small={props.small ?? false}
      />
    </div>
  )
}
