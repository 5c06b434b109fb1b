/**
 * The kernel as a matrix: matrix × flattened input = flattened output, and the same numbers as a
 * fully connected layer. The transposed matrix maps outputs to inputs: the transposed convolution.
 */

import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { formatCase, type NdArray } from 'stridefold/sync'
import { matrixSizes } from '../grid/matrix-size.ts'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { viewModel } from '../model/shared.ts'
import { transposedCallText, transposedResult } from '../model/transposed.ts'
import type { Rows } from '../model/view-model.ts'
import { change, part } from '../state/store.ts'
import { problemWith } from '../state/valid.ts'
import { Computing } from './computing.tsx'
import { Dense } from './dense.tsx'
import { Legend } from './legend.tsx'
import { MatrixGrid } from './matrix-grid.tsx'
import { Vector } from './vector.tsx'

const isTransposed = part('transposed')

export function Toeplitz(): JSX.Element {
  const w = messages()
  const { hasRows, shapes, bias, geometry } = viewModel.value
  const rows = viewModel.value.rows()
  const back = useComputed(() =>
    isTransposed.value ? transposedResult(viewModel.value) : undefined,
  ).value
  const hasMore =
    !back &&
    (bias !== 0 ||
      geometry.boundary.some((border) => typeof border === 'object' && border.constant !== 0))
  return (
    <>
      <div class="row">
        <label class="check">
          <input
            type="checkbox"
            data-transpose
            checked={isTransposed.value}
            onChange={(event) => change({ transposed: event.currentTarget.checked })}
          />
          {w.transposeMatrix}
        </label>
        <Grow />
      </div>
      {rows ? (
        <Product rows={rows} back={back} />
      ) : (
        (hasRows && <Computing />) || <p class="empty">{w.matrixTooLarge(...shapes.toeplitz)}</p>
      )}
      {rows && <p class="note">{w.matrixNote}</p>}
      {back && (
        <>
          <p class="note">{w.transposedNote}</p>
          <p class="formula" data-transposed>
            {transposedCallText(viewModel.value)}
          </p>
        </>
      )}
      {hasMore && <p class="note">{w.equationMore}</p>}
      {rows && <Counts rows={rows} />}
      <Dense />
      <Legend />
    </>
  )
}

interface ProductProps {
  readonly rows: Rows
  /** The result of the transposed matrix, if that is shown. */
  readonly back: NdArray | undefined
}

/** The matrix, the vector that it multiplies above it, and the result at the end of its rows. */
function Product({ rows, back }: ProductProps): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const { shapes, input, output } = viewModel.value
  const [outputs, inputs] = shapes.toeplitz
  const marks = useComputed(() => highlighted.value.marks('toeplitz'))
  // A matrix that is too large to draw, and its vectors, show the same part.
  const [row, column] = [useSignal(0), useSignal(0)]
  const [above, end] = back
    ? ([
        { part: 'output', numbers: output, label: w.output },
        { part: 'input', numbers: back, label: w.transposedResult },
      ] as const)
    : ([
        { part: 'input', numbers: input, label: w.input },
        { part: 'output', numbers: output, label: w.output },
      ] as const)
  const sizes = matrixSizes({
    rows: back ? inputs : outputs,
    columns: back ? outputs : inputs,
    matrix: rows.data,
    above: above.numbers.data,
    end: end.numbers.data,
  })
  const entry = (row: number, column: number): number => {
    for (let i = rows.indptr[row]!; i < rows.indptr[row + 1]!; i++)
      if (rows.indices[i] === column) return i
    return -1
  }
  return (
    <div class="product">
      <div class="product-body">
        <div class="product-above" data-sticky="top">
          <div>
            <p class={`product-name role-${above.part}`}>
              <span class="label">{above.label}</span>
            </p>
            <Vector {...above} isRow cell={sizes.above} origin={{ column }} />
          </div>
          <p class={`product-name product-end role-${end.part}`}>
            = <span class="label">{end.label}</span>
          </p>
        </div>
        <div class="product-line">
          <MatrixGrid
            name="toeplitz"
            label={w.matrixName.toeplitz}
            part="matrix"
            marks={marks}
            shape={shapes.toeplitz}
            value={(row, column) => rows.data[entry(row, column)] ?? 0}
            isZero={(row, column) => entry(row, column) < 0}
            focus={(row, column) => ({ toeplitz: [row, column] })}
            isTransposed={back !== undefined}
            heads="rows"
            cell={sizes.matrix}
            origin={{ row, column }}
            isBare
          />
          <div class="product-end" data-sticky="right">
            <Vector {...end} isRow={false} cell={sizes.end} origin={{ row }} />
          </div>
        </div>
      </div>
    </div>
  )
}

/** How many cells of the matrix are drawn as empty, how many hold a number, and how many hold 0. */
function Counts({ rows }: { readonly rows: Rows }): JSX.Element {
  const { shapes, kernel } = viewModel.value
  const [height, width] = shapes.toeplitz
  const empty = height * width - rows.stored
  return (
    <p class="note" data-counts={`${empty},${rows.stored},${rows.stored - rows.nonZeros}`}>
      {messages().counts({
        empty,
        filled: rows.stored,
        filledWithZero: rows.stored - rows.nonZeros,
        all: height * width,
        weights: kernel.data.length,
      })}
    </p>
  )
}

/** Adds or removes one sample along every axis, to show how the number of zeros changes. */
function Grow(): JSX.Element {
  const w = messages()
  const { geometry: g } = viewModel.value
  const by = (more: number): string =>
    formatCase({ ...g, axes: g.axes.map((axis) => ({ ...axis, input: axis.input + more })) })
  return (
    <>
      {([-1, 1] as const).map((more) => {
        const isOut =
          g.axes.some((axis) => axis.input + more < 1) || problemWith(by(more)) !== undefined
        return (
          <button
            key={more}
            type="button"
            data-grow={more}
            disabled={isOut}
            onClick={() => change({ problem: by(more) })}
          >
            {more < 0 ? w.shrink : w.grow}
          </button>
        )
      })}
    </>
  )
}
