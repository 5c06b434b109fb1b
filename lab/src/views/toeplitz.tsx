/**
 * The kernel as a matrix: matrix × flattened input = flattened output, and the same numbers as a
 * fully connected layer. The transposed matrix maps outputs to inputs: the transposed convolution.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { formatCase } from 'stridefold/sync'
import { useHighlight } from '../model/follow-highlight.ts'
import { viewModel } from '../model/shared.ts'
import { transposedResult, transposedCallText } from '../model/transposed.ts'
import { problemWith } from '../state/link.ts'
import { change, part } from '../state/store.ts'
import { messages } from '../messages/messages.ts'
import { Computing } from './computing.tsx'
import { Dense, Vector } from './dense.tsx'
import { MatrixGrid } from './matrix-grid.tsx'

const isTransposed = part('transposed')

export function Toeplitz(): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const { rows, hasRows, shapes, kernel, bias, geometry } = viewModel.value
  const matrix = rows()
  const marks = useComputed(() => highlighted.value.marks('toeplitz'))
  const back = useComputed(() =>
    isTransposed.value ? transposedResult(viewModel.value) : undefined,
  ).value
  const [height, width] = shapes.toeplitz
  const hasMore =
    !back &&
    (bias !== 0 ||
      geometry.boundary.some((border) => typeof border === 'object' && border.constant !== 0))
  const entry = (row: number, column: number): number => {
    if (!matrix) return -1
    // The columns of a row ascend.
    let [from, to] = [matrix.indptr[row]!, matrix.indptr[row + 1]!]
    while (from < to) {
      const middle = (from + to) >> 1
      if (matrix.indices[middle]! < column) from = middle + 1
      else to = middle
    }
    return from < matrix.indptr[row + 1]! && matrix.indices[from] === column ? from : -1
  }
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
      {matrix ? (
        <div class="equation">
          <div class="vector">
            <p class="plane-name">{back ? `${width}×${height}` : `${height}×${width}`}</p>
            <MatrixGrid
              name="toeplitz"
              label={w.matrixName.toeplitz}
              part="matrix"
              marks={marks}
              shape={shapes.toeplitz}
              value={(row, column) => matrix.data[entry(row, column)] ?? 0}
              isZero={(row, column) => entry(row, column) < 0}
              focus={(row, column) => ({ toeplitz: [row, column] })}
              isTransposed={isTransposed.value}
            />
          </div>
          <span aria-hidden="true">×</span>
          <Vector part={back ? 'output' : 'input'} />
          <span aria-hidden="true">=</span>
          <Vector
            part={back ? 'input' : 'output'}
            {...(back && { numbers: back, name: w.transposedResult })}
          />
        </div>
      ) : (
        (hasRows && <Computing />) || <p class="empty">{w.matrixTooLarge(height, width)}</p>
      )}
      {back && (
        <>
          <p class="note">{w.transposedNote}</p>
          <p class="formula" data-transposed>
            {transposedCallText(viewModel.value)}
          </p>
        </>
      )}
      {hasMore && <p class="note">{w.equationMore}</p>}
      {matrix && (
        <p class="note" data-counts={`${height * width - matrix.nonZeros},${matrix.nonZeros}`}>
          {w.counts(
            height * width - matrix.nonZeros,
            matrix.nonZeros,
            matrix.distinctValues,
            kernel.data.length,
            height * width,
          )}
        </p>
      )}
      <Dense />
    </>
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
