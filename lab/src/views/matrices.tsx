/**
 * The three flat pictures: the windows as columns, the kernel as a matrix, the input as a tape of addresses. Each is one grid whose cells
 * are a focus.
 */

import { type ReadonlySignal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { Focus } from 'stridefold/sync'
import { cellText, Grid, type Role } from '../grid/grid.tsx'
import type { LightName, Marks } from '../model/light.ts'
import { light, scene } from '../model/shared.ts'
import { pin, preview } from '../state/store.ts'
import { words } from '../words/words.ts'
import { Dense, Vector } from './dense.tsx'

interface Matrix {
  readonly name: 'im2col' | 'toeplitz' | 'memory'
  readonly part: Role
  readonly marks: LightName
  readonly shape: readonly [rows: number, columns: number]
  readonly value: (row: number, column: number) => number | undefined
  readonly focus: (row: number, column: number) => Focus | undefined
  readonly isZero?: (row: number, column: number) => boolean
  readonly rowHead?: (row: number) => string
}

function MatrixGrid({ name, part, marks, shape: [rows, columns], value, focus, isZero, rowHead }: Matrix): JSX.Element {
  const lit: ReadonlySignal<Marks> = useComputed(() => light.value.marks(marks))
  const w = words()
  return (
    <Grid
      name={name}
      label={w.matrixName[name]}
      part={part}
      rows={rows}
      columns={columns}
      value={value}
      {...(isZero && { kind: (row: number, column: number) => (isZero(row, column) ? 'zero' : 'value') })}
      {...(rowHead && { rowHead })}
      marks={lit}
      of={scene.value.taps}
      describe={(row, column) =>
        `${w.cellAt(row, column)}: ${cellText(value(row, column))}${isZero?.(row, column) ? `, ${w.kinds.zero}` : ''}`
      }
      onPreview={(row, column) => {
        preview.value = focus(row, column)
      }}
      onLeave={() => {
        preview.value = undefined
      }}
      onPin={(row, column) => pin(focus(row, column))}
      small
    />
  )
}

export function Im2col(): JSX.Element {
  const { columns, shapes, input } = scene.value
  const matrix = columns()
  const bytes = input.data.BYTES_PER_ELEMENT
  return (
    <>
      <MatrixGrid
        name="im2col"
        part="matrix"
        marks="im2col"
        shape={shapes.im2col}
        value={(row, column) => matrix.data[row * shapes.im2col[1] + column]}
        focus={(row, column) => ({ im2col: [row, column] })}
      />
      <p class="note">{words().columnBytes(...shapes.im2col, matrix.data.length * bytes, input.data.length * bytes)}</p>
    </>
  )
}

export function Toeplitz(): JSX.Element {
  const { rows, shapes, kernel, bias, geometry } = scene.value
  const matrix = rows()
  const [height, width] = shapes.toeplitz
  if (!matrix) return <p class="empty">{words().matrixTooLarge(height, width)}</p>
  const hasMore = bias !== 0 || geometry.boundary.some((border) => typeof border === 'object' && border.constant !== 0)
  const entry = (row: number, column: number): number => {
    const found = matrix.indices.subarray(matrix.indptr[row]!, matrix.indptr[row + 1]!).indexOf(column)
    return found < 0 ? -1 : matrix.indptr[row]! + found
  }
  return (
    <>
      <div class="flow equation">
        <MatrixGrid
          name="toeplitz"
          part="matrix"
          marks="toeplitz"
          shape={shapes.toeplitz}
          value={(row, column) => matrix.data[entry(row, column)] ?? 0}
          isZero={(row, column) => entry(row, column) < 0}
          focus={(row, column) => ({ toeplitz: [row, column] })}
        />
        <span aria-hidden="true">×</span>
        <Vector part="input" />
        <span aria-hidden="true">=</span>
        <Vector part="output" />
      </div>
      {hasMore && <p class="note">{words().equationMore}</p>}
      <p class="note">
        {words().counts(height * width - matrix.nonZeros, matrix.nonZeros, matrix.distinctValues, kernel.data.length, height * width)}
      </p>
      <Dense />
    </>
  )
}

const LINE = 64

export function Memory(): JSX.Element {
  const { input } = scene.value
  const bytes = input.data.BYTES_PER_ELEMENT
  const across = LINE / bytes
  const inside = (row: number, column: number): number | undefined => {
    const element = row * across + column
    return element < input.data.length ? element : undefined
  }
  return (
    <MatrixGrid
      name="memory"
      part="memory"
      marks="element"
      shape={[Math.ceil(input.data.length / across), across]}
      value={(row, column) => input.data[inside(row, column) ?? -1]}
      focus={(row, column) => {
        const element = inside(row, column)
        return element === undefined ? undefined : { byte: element * bytes }
      }}
      rowHead={(row) => String(row * LINE)}
    />
  )
}
