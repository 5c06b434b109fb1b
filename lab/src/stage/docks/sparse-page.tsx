/**
 * The sparse matrix: outputs at the left, the flattened input above, and weights in the colours of
 * their taps. The weights of one tap form a diagonal in each block.
 */

import { effect, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useDerived } from '../../grid/derived.ts'
import { numberText } from '../number.ts'
import { activeTap, stageModel } from '../stage.ts'
import { onGridKey, tapPointing } from './grid-focus.ts'
import { kernelColour } from './kernel-colour.ts'
import { fill, isAdded, Output, onChoose, Sample } from './sparse-cells.tsx'
import { matrixLeft, matrixTop, type SparseLayout } from './sparse-layout.ts'
import { type Entry, entryWeight, type SparseMatrix } from './sparse-matrix.ts'
import { form, layout, litRow, matrix } from './sparse-now.ts'
import { sparseText } from './sparse-text.ts'
import { styleText } from './style-text.ts'

export function MatrixPage(): JSX.Element {
  const rowsBox = useRef<HTMLDivElement>(null)
  // The cells are made again only if their places change.
  form.value
  const { rows, columns, entries } = matrix.peek()
  const at = layout.value
  const text = sparseText()
  const left = matrixLeft(at)

  // The row of the current output is always in sight.
  useLayoutEffect(
    () =>
      effect(() => {
        const box = rowsBox.current
        const row = litRow.value
        const { rows: tops, pitch, shownHeight } = layout.value
        if (!box || row < 0 || tops[row] === undefined) return
        const [top, bottom] = [tops[row], tops[row] + pitch.y]
        if (top < box.scrollTop) box.scrollTop = top
        else if (bottom > box.scrollTop + shownHeight) box.scrollTop = bottom - shownHeight
      }),
    [at],
  )
  return (
    <div
      role="grid"
      class="sparse"
      data-digits={at.hasWeights}
      data-sparse={at.pitch.x >= 30 ? 'large' : 'small'}
      aria-label={text.grid.matrix}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      style={{
        height: `${matrixTop(at) + at.shownHeight}px`,
        fontSize: `${at.type}px`,
        '--output-type': `${at.outputType}px`,
      }}
      onKeyDown={onGridKey}
      {...tapPointing}
      onClick={onChoose}
    >
      <Corner width={at.outputWidth} height={matrixTop(at)} />
      {/* biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus. */}
      <div role="row" class="sparse-samples" style={{ left: `${left}px` }}>
        {columns.map((_, column) => (
          <Sample
            key={column}
            column={column}
            left={at.columns[column]!}
            width={at.pitch.x}
            height={at.sampleHeight}
            hasDigits={at.hasSamples}
          />
        ))}
      </div>
      <div
        role="rowgroup"
        ref={rowsBox}
        class="sparse-rows"
        style={{ top: `${matrixTop(at)}px`, height: `${at.shownHeight}px` }}
      >
        <Blocks rows={rows} columns={columns} at={at} />
        {rows.map((_, row) => (
          <Line key={row} row={row} at={at}>
            {entries
              .filter((entry) => entry.row === row)
              .map((entry) => (
                <EntryCell key={entry.column} entry={entry} at={at} />
              ))}
          </Line>
        ))}
      </div>
    </div>
  )
}

interface CornerProps {
  readonly width: number
  readonly height: number
}

/** The names of the two vectors. */
export function Corner({ width, height }: CornerProps): JSX.Element {
  const { input, output } = sparseText()
  return (
    <div
      class="sparse-corner"
      aria-hidden="true"
      style={{ width: `${width}px`, height: `${height}px` }}
    >
      <span class="of-input">{input}</span>
      <span class="of-output">{output}</span>
    </div>
  )
}

interface BlocksProps extends Pick<SparseMatrix, 'rows' | 'columns'> {
  readonly at: SparseLayout
}

/** The blocks of zeros: one for each row of outputs and each row of samples. */
function Blocks({ rows, columns, at }: BlocksProps): JSX.Element {
  const ranges = (
    places: SparseMatrix['rows'],
    edges: readonly number[],
    pitch: number,
  ): (readonly [from: number, size: number])[] =>
    places.flatMap(({ y }, first) => {
      if (first > 0 && places[first - 1]!.y === y) return []
      const last = places.findLastIndex((place) => place.y === y)
      return [[edges[first]!, edges[last]! + pitch - edges[first]!] as const]
    })
  const across = ranges(columns, at.columns, at.pitch.x)
  return (
    <div class="sparse-blocks" aria-hidden="true" style={{ height: `${at.height}px` }}>
      {ranges(rows, at.rows, at.pitch.y).flatMap(([top, height]) =>
        across.map(([x, width]) => (
          <i
            key={`${top} ${x}`}
            style={{
              left: `${matrixLeft(at) + x}px`,
              top: `${top}px`,
              width: `${width}px`,
              height: `${height}px`,
            }}
          />
        )),
      )}
    </div>
  )
}

interface LineProps {
  readonly row: number
  readonly at: SparseLayout
  readonly children: JSX.Element[]
}

/** One output, and the weights that make it. */
function Line({ row, at, children }: LineProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus.
    <div
      role="row"
      class="sparse-line"
      aria-rowindex={row + 2}
      data-output-row={row}
      data-lit={useComputed(() => litRow.value === row)}
      style={{
        top: `${at.rows[row]}px`,
        height: `${at.pitch.y}px`,
        width: `${matrixLeft(at) + at.width}px`,
      }}
    >
      <Output
        row={row}
        dataRow={row}
        dataColumn={-1}
        hasDigits={at.hasOutputs}
        left={0}
        width={at.outputWidth}
        wire="side"
      />
      {children}
    </div>
  )
}

interface EntryProps {
  readonly entry: Entry
  readonly at: SparseLayout
}

function EntryCell({ entry, at }: EntryProps): JSX.Element {
  const { row, column, taps } = entry
  const { hasWeights, pitch } = at
  const left = matrixLeft(at) + at.columns[column]!
  const inputs = [row, column, taps.join()]
  const weight = useDerived(() => numberText(entryWeight(stageModel.value, entry)), inputs)
  return (
    <div
      role="gridcell"
      class="sparse-entry"
      tabIndex={-1}
      data-row={row}
      data-column={column}
      data-tap={taps[0]}
      data-on={useDerived(() => taps.includes(activeTap.value ?? -1), inputs)}
      data-waits={useDerived(() => litRow.value === row && !taps.every(isAdded), inputs)}
      aria-colindex={column + 2}
      aria-selected={useDerived(() => litRow.value === row, inputs)}
      aria-label={useDerived(() => {
        const { rows, columns } = matrix.value
        return rows[row] && columns[column]
          ? sparseText().entryName(rows[row], columns[column], weight.value)
          : ''
      }, inputs)}
      style={useDerived(
        () =>
          styleText({
            left: `${left}px`,
            width: `${pitch.x}px`,
            '--t': fill(taps),
            '--c': kernelColour(taps[0]!).background,
            '--ti': kernelColour(taps[0]!).ink,
          }),
        [...inputs, left, pitch.x],
      )}
    >
      {hasWeights && weight}
    </div>
  )
}
