/**
 * The same numbers as a layer of nodes and lines: samples above, outputs below, one line for each
 * entry of the matrix. Lines of one weight have one colour. A fully connected layer has a line for
 * every pair, and each has a weight of its own.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useDerived } from '../../grid/derived.ts'
import { numberText } from '../number.ts'
import { activeTap, stageModel } from '../stage.ts'
import { onGridKey, tapPointing } from './grid-focus.ts'
import { kernelColour } from './kernel-colour.ts'
import { isAdded, Output, onChoose, Sample } from './sparse-cells.tsx'
import { type LayerLayout, layerLayout } from './sparse-layout.ts'
import { figureBox, form, isFree, layout, litRow, matrix, outputLength } from './sparse-now.ts'
import { sparseText } from './sparse-text.ts'
import { styleText } from './style-text.ts'

export function LayerPage(): JSX.Element {
  form.value
  const { rows, columns, entries } = matrix.peek()
  const text = sparseText()
  const at = layerLayout(layout.value, rows.length, figureBox.value, outputLength.peek())
  const shown = isFree.value ? rows.length * columns.length : entries.length
  return (
    <div
      class="sparse layer"
      style={{
        height: `${at.height}px`,
        fontSize: `${layout.value.type}px`,
        '--output-type': `${Math.min(14, layout.value.outputType)}px`,
      }}
    >
      <span class="sparse-name of-input" aria-hidden="true">
        {text.input}
      </span>
      <span class="sparse-name of-output" aria-hidden="true">
        {text.output}
      </span>
      <svg
        class="sparse-lines"
        role="img"
        aria-label={text.lines(shown)}
        width={at.left + at.width}
        height={at.height}
      >
        {isFree.value ? <FreeLines at={at} /> : <SharedLines at={at} />}
      </svg>
      {!isFree.value &&
        at.hasWeights &&
        columns.map((_, column) => <Chip key={column} column={column} at={at} />)}
      <div
        role="grid"
        aria-label={text.grid.layer}
        aria-rowcount={2}
        onKeyDown={onGridKey}
        {...tapPointing}
        onClick={onChoose}
      >
        {/* biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus. */}
        <div role="row" class="sparse-samples" style={{ left: `${at.left}px` }}>
          {columns.map((_, column) => (
            <Sample
              key={column}
              column={column}
              left={at.samples[column]!}
              width={at.sampleWidth}
              height={at.sampleHeight}
              hasDigits={at.hasSamples}
            />
          ))}
        </div>
        {/* biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus. */}
        <div role="row" class="sparse-outputs" style={{ top: `${at.outputTop}px` }}>
          {rows.map((_, row) => (
            <Output
              key={row}
              row={row}
              dataRow={0}
              dataColumn={row}
              left={at.left + at.outputs[row]!}
              width={at.outputWidth}
              wire="below"
              hasDigits={at.hasOutputs}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

const lineOf = (at: LayerLayout, column: number, row: number): string => {
  const [from, to] = [
    at.samples[column]! + at.sampleWidth / 2,
    at.outputs[row]! + at.outputWidth / 2,
  ]
  return `M${at.left + from} ${at.lineTop}L${at.left + to} ${at.outputTop}`
}

interface LinesProps {
  readonly at: LayerLayout
}

/** One path for all lines of a tap, and one for its line to the current output. */
function SharedLines({ at }: LinesProps): JSX.Element {
  const { taps } = stageModel.value
  return (
    <>
      {Array.from({ length: taps }, (_, tap) => (
        <path
          key={`all ${tap}`}
          class="shared"
          data-line-tap={tap}
          data-on={useDerived(() => activeTap.value === tap, [tap])}
          stroke={kernelColour(tap).background}
          d={matrix
            .peek()
            .entries.filter((entry) => entry.taps.includes(tap))
            .map(({ column, row }) => lineOf(at, column, row))
            .join('')}
        />
      ))}
      {Array.from({ length: taps }, (_, tap) => (
        <path
          key={`lit ${tap}`}
          class="lit"
          data-lit-tap={tap}
          data-on={useDerived(() => activeTap.value === tap, [tap])}
          stroke={kernelColour(tap).background}
          d={useDerived(
            () =>
              matrix.value.entries
                .filter(({ row, taps: all }) => row === litRow.value && all.includes(tap))
                .filter(() => isAdded(tap))
                .map(({ column, row }) => lineOf(at, column, row))
                .join(''),
            [at],
          )}
        />
      ))}
    </>
  )
}

/** A line for every pair of a sample and an output. */
function FreeLines({ at }: LinesProps): JSX.Element {
  const { rows, columns } = matrix.peek()
  const toRow = (row: number): string =>
    columns.map((_, column) => lineOf(at, column, row)).join('')
  return (
    <>
      <path class="free" d={rows.map((_, row) => toRow(row)).join('')} />
      <path
        class="free lit"
        d={useDerived(() => (litRow.value < 0 ? '' : toRow(litRow.value)), [at])}
      />
    </>
  )
}

interface ChipProps {
  readonly column: number
  readonly at: LayerLayout
}

/** The weight that multiplies a sample for the current output. */
function Chip({ column, at }: ChipProps): JSX.Element {
  const taps = useDerived(
    () =>
      matrix.value.entries.find((entry) => entry.row === litRow.value && entry.column === column)
        ?.taps,
    [column],
  )
  const tap = useComputed(() => (taps.value?.every(isAdded) ? taps.value[0] : undefined))
  return (
    <span
      class="sparse-chip"
      aria-hidden="true"
      data-tap-chip={tap}
      hidden={useComputed(() => tap.value === undefined)}
      style={useDerived(
        () =>
          styleText({
            left: `${at.left + at.samples[column]!}px`,
            top: `${at.sampleHeight}px`,
            width: `${at.sampleWidth}px`,
            height: `${at.lineTop - at.sampleHeight}px`,
            '--t': tap.value === undefined ? '' : kernelColour(tap.value).background,
            '--ti': tap.value === undefined ? '' : kernelColour(tap.value).ink,
          }),
        [at, column],
      )}
    >
      {useComputed(() =>
        tap.value === undefined ? '' : numberText(stageModel.value.kernel.data[tap.value]!),
      )}
    </span>
  )
}
