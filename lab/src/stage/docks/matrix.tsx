/**
 * The windows of the region as columns of a matrix (im2col), with the weights beside it and the
 * results below it. The column of the current window is drawn in its true greys.
 *
 * The nodes stay while the window moves. Effects write what changes.
 */

import { computed, effect } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useDerived } from '../../grid/derived.ts'
import { exactText } from '../../model/number-text.ts'
import { dockBox } from '../layout.ts'
import { activeSample, activeTap, moveTo, place, region, stageModel } from '../stage.ts'
import { roundOff, sampleOf } from '../stage-model.ts'
import { RoleWords } from './caption.tsx'
import { digitFont, digitShare } from './digit-share.ts'
import { charactersFor } from './fitted-text.ts'
import { gridEvents, makeTabStop } from './grid-events.ts'
import { useKept } from './kept.ts'
import { inLanguage } from './language.ts'
import { matrixCells, sampleKind } from './matrix-cells.ts'
import { type MatrixLayout, matrixLayout, tightening } from './matrix-layout.ts'
import { matrixText } from './matrix-text.ts'
import { type MatrixNodes, writeMarks, writeNumbers } from './matrix-write.ts'
import { productText } from './product-text.ts'
import { copiesOf, isSamePlace, placeOfColumn, samplesIn } from './window-columns.ts'
import './matrix.css'

/** Caption and note below the matrix, in px. */
const captionHeight = 84

interface Shape {
  readonly rows: number
  readonly width: number
  readonly height: number
  readonly layout: MatrixLayout
}

export default function MatrixDock(): JSX.Element {
  const shape = useKept((): Shape => {
    const { kernel, taps, padded, output } = stageModel.value
    const { width, height } = region.value.output
    const box = dockBox.value
    const layout = matrixLayout({
      width: box.width,
      height: box.isPhone ? undefined : box.height - captionHeight,
      rows: taps,
      columns: width * height,
      groups: height,
      characters: charactersFor(padded.data),
      resultCharacters: charactersFor(output.data),
      weightCharacters: charactersFor(kernel.data),
      isPhone: box.isPhone,
      digitShare: digitShare(),
    })
    return { rows: taps, width, height, layout }
  })
  return (
    <figure class="matrix-view">
      <Matrix shape={shape.value} />
      <Caption inSight={shape.value.layout.inSight} />
    </figure>
  )
}

function Matrix({ shape }: { readonly shape: Shape }): JSX.Element {
  const { rows, width, height, layout } = shape
  const columns = width * height
  const text = inLanguage(matrixText)
  const grid = useRef<HTMLTableElement>(null)
  useLayoutEffect(() => {
    const nodes = nodesOf(grid.current!, layout)
    makeTabStop(grid.current!, { row: 0, column: 0 })
    const cells = computed(() => matrixCells(stageModel.value, region.value, layout, text))
    const stops = [
      effect(() => writeNumbers(nodes, cells.value, text)),
      effect(() => writeMarks(nodes, cells.value, text)),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [shape, text])
  const cells = (row: number): JSX.Element[] =>
    Array.from({ length: columns }, (_, column) => (
      <td
        key={column}
        role="gridcell"
        tabIndex={-1}
        class="mx-cell"
        data-row={row}
        data-column={column}
        data-starts={column % width === 0 && column > 0}
      />
    ))
  return (
    <div class="mx-scroll" style={sizesOf(layout)}>
      <div class="mx-box">
        <table
          ref={grid}
          role="grid"
          aria-label={text.grid}
          aria-readonly="true"
          data-digits={layout.hasDigits}
          {...gridEvents({ extent: { rows: rows + 1, columns }, point, pick })}
        >
          <tbody>
            {Array.from({ length: rows }, (_, tap) => (
              <tr key={tap}>
                <th scope="row">
                  <div class="mx-ledger">
                    <span class="mx-number">{layout.hasDigits ? tap + 1 : ''}</span>
                    <span class="mx-weight" />
                  </div>
                </th>
                {cells(tap)}
              </tr>
            ))}
          </tbody>
          <tbody class="mx-results">
            <tr>
              <th scope="row">
                <span class="dock-role dock-output">{text.output}</span>
              </th>
              {cells(rows)}
            </tr>
          </tbody>
        </table>
        <div class="mx-window" aria-hidden="true">
          {Array.from({ length: rows }, (_, tap) => (
            <i key={tap} data-wire-tap={tap} />
          ))}
        </div>
      </div>
    </div>
  )
}

const sizesOf = (layout: MatrixLayout): Record<string, string> => ({
  '--digit-font': digitFont,
  '--row': `${layout.rowHeight}px`,
  '--result': `${layout.resultHeight}px`,
  '--column': `${layout.columnWidth}px`,
  '--number': `${layout.numberWidth}px`,
  '--weight': `${layout.weightWidth}px`,
  '--ledger-gap': `${layout.ledgerGap}px`,
  '--group-gap': `${layout.groupGap}px`,
  '--table': `${layout.tableWidth}px`,
  '--digits': `${layout.fontSize}px`,
  '--result-digits': `${layout.resultFontSize}px`,
  '--tightening': layout.isTight ? `-${tightening}em` : 'normal',
})

/** Collects the nodes that the effects write to. */
function nodesOf(grid: HTMLTableElement, layout: MatrixLayout): MatrixNodes {
  const all = [...grid.rows].map((row) => ({
    row,
    header: row.querySelector('th')!,
    weight: row.querySelector<HTMLElement>('.mx-weight'),
    cells: [...row.querySelectorAll<HTMLElement>('.mx-cell')],
  }))
  const frame = grid.parentElement!
  return {
    grid,
    layout,
    rows: all.slice(0, -1),
    results: all.at(-1)!.cells,
    window: frame.querySelector<HTMLElement>('.mx-window')!,
    strands: [...frame.querySelectorAll<HTMLElement>('[data-wire-tap]')],
    scroll: frame.parentElement!,
  }
}

function point(cell: { readonly row: number; readonly column: number } | undefined): void {
  const model = stageModel.peek()
  const isTap = cell !== undefined && cell.row < model.taps
  activeTap.value = isTap ? cell.row : undefined
  const sample = isTap
    ? sampleOf(model, cell.row, placeOfColumn(region.peek(), cell.column))
    : undefined
  if (!isSamePlace(activeSample.peek(), sample)) activeSample.value = sample
}

function pick({ column }: { readonly column: number }): void {
  const to = placeOfColumn(region.peek(), column)
  if (!isSamePlace(to, place.peek())) moveTo(to, true)
}

/** What the matrix says, and below it the copies of the sample that is pointed at. */
function Caption({ inSight }: { readonly inSight: number }): JSX.Element {
  const text = inLanguage(matrixText)
  const counts = useKept(() => {
    const { output, divisor, bias } = stageModel.value
    return {
      columns: region.value.output.width * region.value.output.height,
      places: output.width * output.height,
      divisor: divisor === 1 ? undefined : exactText(divisor),
      bias: bias === 0 ? undefined : exactText(bias),
    }
  }).value
  const note = useDerived(() => {
    const [model, shown] = [stageModel.value, region.value]
    const [sample, tap] = [activeSample.value, activeTap.value]
    const words = inLanguage(matrixText)
    const columns = shown.output.width * shown.output.height
    if (!sample || tap === undefined)
      return [
        words.cells(model.taps, columns, samplesIn(model, shown)),
        ...(inSight < columns ? [words.inSight(inSight, columns)] : []),
      ].join(words.space)
    const value = model.padded.data[sample.y * model.padded.width + sample.x]!
    const weight = model.kernel.data[tap]!
    const product = productText({ value, weight, product: roundOff(value * weight) })
    return words.copies(sampleKind(model, sample), product, copiesOf(model, shown, sample), columns)
  }, [inSight])
  return (
    <figcaption>
      <p class="dock-caption">
        <b>{text.title}</b> <RoleWords words={text.caption(counts)} />
      </p>
      <p class="dock-note">{note}</p>
    </figcaption>
  )
}
