/**
 * What the sparse matrix shows now. The form of the matrix, its layout and its values are signals
 * of their own, so that a moved window changes texts and colours, but no cells.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { dockBox } from '../layout.ts'
import { greyOf } from '../scale.ts'
import { place, region, stageModel } from '../stage.ts'
import type { Place } from '../stage-model.ts'
import { mostColumns, type SparseLayout, sparseLayout } from './sparse-layout.ts'
import { fittingMatrix, formOf, type SparseMatrix, sampleNumbers } from './sparse-matrix.ts'
import { longestText, narrowLength, tellingSamples } from './text-lengths.ts'

/** The two pages of the view: the matrix, and the same numbers as a layer of nodes and lines. */
export const page: Signal<'matrix' | 'layer'> = signal('matrix')
/** Whether the layer shows the lines of a fully connected layer instead of the convolution's. */
export const isFree: Signal<boolean> = signal(false)

/** The room of the caption and of the buttons below the figure. */
const captionHeight = 76
const phoneHeight = 300

export const figureBox: ReadonlySignal<{ readonly width: number; readonly height: number }> =
  computed(() => {
    const { width, height, isPhone } = dockBox.value
    return { width, height: isPhone ? phoneHeight : height - captionHeight }
  })

const numbers = computed(() => sampleNumbers(stageModel.value))

export const matrix: ReadonlySignal<SparseMatrix> = computed(() =>
  fittingMatrix(
    stageModel.value,
    numbers.value,
    region.value,
    () => place.value,
    mostColumns(figureBox.value.width),
  ),
)

/** Changes only if cells come, go or move. */
export const form: ReadonlySignal<string> = computed(() => formOf(matrix.value))

/** Numbers of this many characters fit the outputs' cells. */
export const outputLength: ReadonlySignal<number> = computed(() =>
  matrix.value.columns.length <= 16 ? 9 : narrowLength,
)

export const layout: ReadonlySignal<SparseLayout> = computed(() => {
  const model = stageModel.value
  return sparseLayout(matrix.value, figureBox.value, {
    weight: longestText(Array.from(model.kernel.data)),
    sample: longestText(tellingSamples(model)),
    output: outputLength.value,
  })
})

/** The row of the current output. */
export const litRow: ReadonlySignal<number> = computed(() => {
  const { x, y } = place.value
  return matrix.value.rows.findIndex((row) => row.x === x && row.y === y)
})

/** A sample of the flattened input. */
export interface Sample {
  readonly place: Place
  readonly value: number
  readonly grey: number
  /** The taps of the current output that multiply it. */
  readonly taps: readonly number[]
}

export const samples: ReadonlySignal<readonly Sample[]> = computed(() => {
  const { input, inputScale } = stageModel.value
  const { columns, entries } = matrix.value
  const row = litRow.value
  const taps = new Map(
    entries.flatMap((entry) => (entry.row === row ? [[entry.column, entry.taps] as const] : [])),
  )
  return columns.map(({ x, y }, column) => {
    const value = input.data[y * input.width + x]!
    const grey = greyOf(value, inputScale)
    return { place: { x, y }, value, grey, taps: taps.get(column) ?? [] }
  })
})
