/**
 * The current output as a sum of products: a column for each product, and below it a bar that
 * starts where the sum before it ended. The total ends at its grey on the scale of the output.
 *
 * The nodes stay while the window moves. Effects write what changes.
 */

import { effect, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useDerived } from '../../grid/derived.ts'
import { exactText } from '../../model/number-text.ts'
import { dockBox } from '../layout.ts'
import { activeTap, products, stageModel } from '../stage.ts'
import { RoleWords } from './caption.tsx'
import { decimalText } from './decimal.ts'
import { digitFont, digitShare } from './digit-share.ts'
import { charactersFor } from './fitted-text.ts'
import { gridEvents, makeTabStop } from './grid-events.ts'
import { useKept } from './kept.ts'
import { inLanguage } from './language.ts'
import { productText } from './product-text.ts'
import { CopySum, Orders } from './sum-controls.tsx'
import { type NumberRow, numberRows, type SumLayout, sumLayout } from './sum-layout.ts'
import { order, ordered, sums, whole } from './sum-signals.ts'
import { exactSum, float32Sum } from './sum-steps.ts'
import { type SumText, sumText } from './sum-text.ts'
import { writePointed, writeSum } from './sum-write.ts'
import './sum.css'

/** Caption and note below the drawing, in px. */
const captionHeight = 88
/** The order of summation, where it does not fit beside the buttons of the stage. */
const orderHeight = 36
const besideButtons = 620
/** An output with a fraction gets this many characters. */
const longestOutput = 8

export default function SumDock(): JSX.Element {
  const layout = useKept((): SumLayout => {
    const model = stageModel.value
    const { kernel, padded, output, taps } = model
    const { width, height, isPhone } = dockBox.value
    const { low, high } = whole.value
    const ends = [Math.min(0, ...minMax(padded.data)), Math.max(...minMax(padded.data))]
    const parts = Array.from(kernel.data).flatMap((weight) => ends.map((end) => end * weight))
    return sumLayout({
      width,
      height: isPhone
        ? undefined
        : height - captionHeight - (width < besideButtons ? orderHeight : 0),
      columns: taps,
      groupSize: order.value === 'rows' ? kernel.width : taps,
      needed: {
        value: charactersFor(padded.data),
        weight: charactersFor(kernel.data),
        product: charactersFor(parts),
        sum: charactersFor([low, high, ...parts]),
      },
      totalNeeded: isWhole(output.data) ? charactersFor(output.data) : longestOutput,
      isPhone,
      digitShare: digitShare(),
      hasScale: !model.isSmall,
    })
  }).value
  const isBeside = useComputed(() => !dockBox.value.isPhone && dockBox.value.width >= besideButtons)
  return (
    <figure class="sum-view">
      <Sum layout={layout} />
      <Caption hasAllDigits={Object.values(layout.characters).every((count) => count > 0)} />
      <Orders isBeside={isBeside.value} />
    </figure>
  )
}

function minMax(values: ArrayLike<number>): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!)
    most = Math.max(most, values[i]!)
  }
  return [least, most]
}

function isWhole(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isInteger(values[i])) return false
  return true
}

function Sum({ layout }: { readonly layout: SumLayout }): JSX.Element {
  const text = inLanguage(sumText)
  const frame = useRef<HTMLDivElement>(null)
  const columns = layout.lefts.length - 1
  const last = numberRows.length - 1
  useLayoutEffect(() => {
    const table = frame.current!.querySelector('table')!
    makeTabStop(table, { row: 0, column: 0 })
    const stops = [
      effect(() => writeSum(frame.current!, layout, text)),
      effect(() => writePointed(frame.current!, layout)),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [layout, text])
  const { chartHeight, tableWidth, scaleWidth, lefts, columnWidth } = layout
  return (
    <div ref={frame} class="sm-box" style={sizesOf(layout)}>
      <table
        role="grid"
        aria-label={text.grid}
        aria-readonly="true"
        {...gridEvents({
          extent: { rows: last + (layout.hasResultRow ? 2 : 1), columns: columns + 1 },
          point,
          pick,
        })}
      >
        <tbody>
          {numberRows.map((name, row) => (
            <tr key={name} class={`sm-${name}`} data-digits={layout.characters[name] > 0}>
              <th scope="row">
                <span class={`dock-role sm-of-${name}`} aria-hidden="true">
                  {rowName(name, layout, text)}
                </span>
                <span class="hidden">{fullName(name, text)}</span>
              </th>
              {lefts.slice(0, -1).map((left, column) => (
                <td
                  key={left}
                  role="gridcell"
                  tabIndex={-1}
                  class="sm-cell"
                  data-row={row}
                  data-column={column}
                  data-starts={left - lefts[column - 1]! > columnWidth}
                />
              ))}
              {!layout.hasResultRow && row === 0 && (
                <Total name="sm-change" row={last - 1} column={columns} rowSpan={last} />
              )}
              {!layout.hasResultRow && row === last && (
                <Total name="sm-output" row={last} column={columns} />
              )}
            </tr>
          ))}
          {layout.hasResultRow && (
            <tr class="sm-result">
              <th scope="row">
                <span class="hidden">{text.result}</span>
              </th>
              <Total name="sm-change" row={last + 1} column={0} colSpan={Math.ceil(columns / 2)} />
              <Total
                name="sm-output"
                row={last + 1}
                column={1}
                colSpan={Math.floor(columns / 2) + 1}
              />
            </tr>
          )}
        </tbody>
      </table>
      <svg
        role="img"
        aria-label={text.chart}
        width={tableWidth + scaleWidth}
        height={chartHeight}
        onPointerMove={(event) => {
          if (event.pointerType !== 'touch') pointAt(event.offsetX, layout)
        }}
        onPointerLeave={() => point(undefined)}
        onPointerDown={(event) => pointAt(event.offsetX, layout)}
      >
        <defs>
          <linearGradient id="sum-shades" x1="0" y1="0" x2="0" y2="1">
            <stop />
            <stop />
            <stop />
            <stop />
          </linearGradient>
        </defs>
        <path class="sm-zero" />
        <path class="sm-levels" />
        <text class="sm-high" x={layout.nameWidth - 8} />
        <text class="sm-none" x={layout.nameWidth - 8} />
        <text class="sm-low" x={layout.nameWidth - 8} />
        {lefts.slice(0, -1).map((left) => (
          <rect key={left} class="sm-bar" x={left + 1} width={columnWidth - 2} />
        ))}
        <rect class="sm-end" x={lefts.at(-1)! + 1} width={layout.totalWidth - 2} />
        <path class="sm-steps" />
        {scaleWidth > 0 && (
          <>
            <rect class="sm-shades" x={tableWidth + 6} y="0.5" width="8" height={chartHeight - 1} />
            <path class="sm-mark" />
            <text class="sm-top" x={tableWidth + 20} />
            <text class="sm-bottom" x={tableWidth + 20} />
          </>
        )}
      </svg>
      <div class="sm-column" aria-hidden="true" />
    </div>
  )
}

interface TotalCell {
  readonly name: 'sm-change' | 'sm-output'
  readonly row: number
  readonly column: number
  readonly rowSpan?: number
  readonly colSpan?: number
}

/** Divisor and bias, or the output. */
const Total = ({ name, row, column, rowSpan = 1, colSpan = 1 }: TotalCell): JSX.Element => (
  <td
    role="gridcell"
    tabIndex={-1}
    class={`sm-total ${name}`}
    rowSpan={rowSpan}
    colSpan={colSpan}
    data-row={row}
    data-column={column}
    data-wire-output={name === 'sm-output' ? '' : undefined}
  />
)

/** A phone has room for a sign only. */
function rowName(name: NumberRow, layout: SumLayout, text: SumText): string {
  if (name === 'sum' && layout.characters.sum === 0) return ''
  if (layout.hasResultRow) return { value: '', weight: '×', product: '=', sum: 'Σ' }[name]
  return fullName(name, text)
}

const fullName = (name: NumberRow, text: SumText): string =>
  name === 'value' && stageModel.value.isPicture ? text.pixel : text.rows[name]

const sizesOf = (layout: SumLayout): Record<string, string> => ({
  '--name': `${layout.nameWidth}px`,
  '--column': `${layout.columnWidth}px`,
  '--total': `${layout.totalWidth}px`,
  '--group-gap': `${layout.groupGap}px`,
  '--total-gap': `${layout.totalGap}px`,
  '--table': `${layout.tableWidth}px`,
  '--digit-font': digitFont,
  '--row': `${layout.rowHeight}px`,
  '--digits': `${layout.fontSize}px`,
})

function point(cell: { readonly column: number } | undefined): void {
  activeTap.value = cell && ordered.peek()[cell.column]?.tap
}

/** The column below a place of the drawing. */
function pointAt(x: number, { lefts, columnWidth }: SumLayout): void {
  const column = lefts.findIndex((left) => x >= left && x < left + columnWidth)
  point(column === -1 ? undefined : { column })
}

const pick = (): void => undefined

/** What the sum says: the largest product, and what rounding does. Below: the pointed product. */
function Caption({ hasAllDigits }: { readonly hasAllDigits: boolean }): JSX.Element {
  const text = inLanguage(sumText)
  const words = useComputed(() => {
    const largest = products.value.reduce((a, b) =>
      Math.abs(b.product) > Math.abs(a.product) ? b : a,
    )
    const exact = exactSum(ordered.value)
    const sum = float32Sum(ordered.value)
    const exactDigits = exact ? decimalText(exact) : 'NaN'
    return inLanguage(sumText).caption(
      largest.product === 0 ? undefined : productText(largest),
      exactDigits === exactText(sum) ? undefined : { rounded: exactText(sum), exact: exactDigits },
    )
  })
  const taps = useComputed(() => stageModel.value.taps)
  const note = useDerived(() => {
    const tap = activeTap.value
    const at = ordered.value.findIndex((one) => one.tap === tap)
    if (at === -1) return hasAllDigits ? '' : inLanguage(sumText).pointHint
    return inLanguage(sumText).pointed(productText(ordered.value[at]!), exactText(sums.value[at]))
  }, [hasAllDigits])
  return (
    <figcaption>
      <p class="dock-caption">
        <b>{text.title(taps.value)}</b> <RoleWords words={words.value} />
      </p>
      <div class="sm-last">
        <p class="dock-note">{note}</p>
        <CopySum />
      </div>
    </figcaption>
  )
}
