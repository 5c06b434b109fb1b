/**
 * Writes the numbers and the marks of the docked matrix to its nodes. Each function listens to the
 * signals that it reads, and writes only what changed.
 */

import { tapColour } from '../../model/colours.ts'
import { exactText } from '../../model/number-text.ts'
import { colours } from '../colours.ts'
import { inkOn } from '../scale.ts'
import {
  activeSample,
  activeTap,
  added,
  passedOutputs,
  place,
  region,
  stageModel,
} from '../stage.ts'
import { outputAt } from '../stage-model.ts'
import { fittedText } from './fitted-text.ts'
import type { MatrixCell } from './matrix-cells.ts'
import type { MatrixLayout } from './matrix-layout.ts'
import type { MatrixText } from './matrix-text.ts'
import { setAttribute, setClass, setStyle, setText } from './patch.ts'
import { columnOf, isSamePlace, placeOfColumn } from './window-columns.ts'

/** The padding of the box that scrolls, in px. */
const scrollPadding = 6

export interface MatrixNodes {
  readonly grid: HTMLElement
  readonly layout: MatrixLayout
  readonly rows: readonly {
    readonly row: HTMLElement
    readonly header: HTMLElement
    readonly weight: HTMLElement | null
    readonly cells: readonly HTMLElement[]
  }[]
  readonly results: readonly HTMLElement[]
  /** The frame around the current column, and the ends of the strands above it. */
  readonly window: HTMLElement
  readonly strands: readonly HTMLElement[]
  readonly scroll: HTMLElement
}

/** The samples, the weights, and the colours of the taps. */
export function writeNumbers(
  { grid, layout, rows, strands }: MatrixNodes,
  all: readonly (readonly MatrixCell[])[],
  text: MatrixText,
): void {
  const [model, { isDark }] = [stageModel.value, colours.value]
  if (!fits(rows, all)) return
  const { kernel } = model
  const heaviest = Math.max(...Array.from(kernel.data, Math.abs))
  setAttribute(grid, 'data-plain', String(model.isSmall))
  for (const [tap, { row, header, weight, cells }] of rows.entries()) {
    const factor = kernel.data[tap]!
    setStyle(row, '--tap', tapColour(tap, kernel.width, kernel.height, isDark).background)
    setAttribute(header, 'aria-label', text.weight(tap + 1, exactText(factor)))
    setText(weight!, layout.hasDigits ? fittedText(factor, layout.weightCharacters) : '')
    weight!.title = exactText(factor)
    // Without digits the tint shows the size of the weight.
    const share = layout.hasDigits ? Number(factor !== 0) : Math.abs(factor) / (heaviest || 1)
    setStyle(weight!, '--share', `${Math.round(100 * share)}%`)
    for (const [column, { grey, isPadding }] of all[tap]!.entries()) {
      const cell = cells[column]!
      setStyle(cell, '--grey', String(grey))
      setAttribute(cell, 'data-padding', String(isPadding))
    }
  }
  const step = (layout.columnWidth - 6) / Math.max(1, strands.length - 1)
  for (const [tap, strand] of strands.entries())
    setStyle(strand, 'left', `${strands.length === 1 ? layout.columnWidth / 2 : 3 + tap * step}px`)
}

/** After a change of the problem the nodes are still those of the old one. */
const fits = (rows: MatrixNodes['rows'], cells: readonly (readonly MatrixCell[])[]): boolean =>
  rows.length === cells.length && rows[0]!.cells.length === cells[0]!.length

/** The current column and its result, the tap and the sample that are pointed at. */
export function writeMarks(
  nodes: MatrixNodes,
  all: readonly (readonly MatrixCell[])[],
  text: MatrixText,
): void {
  const { layout, rows, results, window, scroll } = nodes
  const [shown, now] = [region.value, place.value]
  const [tapNow, sampleNow, count] = [activeTap.value, activeSample.value, added.value]
  if (!fits(rows, all)) return
  const current = columnOf(shown, now)
  for (const [tap, { row, cells }] of rows.entries()) {
    setClass(row, tap === tapNow ? 'mx-pointed' : '')
    for (const [column, { sample, place: at, text: digits, label, grey }] of all[tap]!.entries()) {
      const cell = cells[column]!
      const isCurrent = column === current
      const isHidden = isCurrent && count !== undefined && tap >= count
      const isCopy = sampleNow !== undefined && isSamePlace(sample, sampleNow)
      setClass(
        cell,
        'mx-cell' +
          (isCurrent ? ' mx-now' : '') +
          (isHidden ? ' mx-waiting' : '') +
          (isCopy ? ' mx-copy' : ''),
      )
      setText(cell, isHidden ? '' : digits)
      // Only the current column has its true greys.
      if (isCurrent) setStyle(cell, '--on-grey', inkOn(grey))
      setAttribute(cell, 'aria-selected', String(isCurrent))
      setAttribute(cell, 'aria-label', isHidden ? text.hiddenCell(at) : label)
    }
  }
  writeResults(nodes, current, text)
  window.hidden = current === undefined
  if (current === undefined) return
  const left =
    layout.numberWidth +
    layout.weightWidth +
    layout.ledgerGap +
    current * layout.columnWidth +
    Math.floor(current / shown.output.width) * layout.groupGap
  setStyle(window, 'left', `${left}px`)
  if (layout.inSight < results.length) keepInSight(scroll, left, layout)
}

function writeResults(
  { layout, results }: MatrixNodes,
  current: number | undefined,
  text: MatrixText,
): void {
  const [model, shown, count, passed] = [
    stageModel.value,
    region.value,
    added.value,
    passedOutputs(),
  ]
  for (const [column, cell] of results.entries()) {
    const at = placeOfColumn(shown, column)
    const isCurrent = column === current
    const isAdding = isCurrent && count !== undefined && count < model.taps
    const isComputed = passed[at.y * model.output.width + at.x] === 1 && !isAdding
    const exact = isComputed ? exactText(outputAt(model, at)) : undefined
    setClass(cell, `mx-cell${isCurrent ? ' mx-now' : ''}${isComputed ? '' : ' mx-blank'}`)
    setText(cell, isComputed ? fittedText(outputAt(model, at), layout.resultCharacters) : '')
    setAttribute(cell, 'aria-selected', String(isCurrent))
    setAttribute(cell, 'aria-label', text.result(exact, at))
    setAttribute(cell, 'title', exact ?? '')
    if (isCurrent) setAttribute(cell, 'data-wire-output', '')
    else cell.removeAttribute('data-wire-output')
  }
}

/**
 * Scrolls the matrix in its own box until the current column is in sight, with a column on each
 * side. The weights stay at the left. Reading sizes makes the browser lay out the page, so this
 * waits for the next frame.
 */
function keepInSight(
  scroll: HTMLElement,
  left: number,
  { numberWidth, weightWidth, ledgerGap, columnWidth }: MatrixLayout,
): void {
  requestAnimationFrame(() => {
    const ledger = numberWidth + weightWidth + ledgerGap
    const [least, most] = [
      left + 2 * columnWidth + scrollPadding - scroll.clientWidth,
      left - ledger - columnWidth,
    ]
    if (scroll.scrollLeft > most) scroll.scrollLeft = most
    else if (scroll.scrollLeft < least) scroll.scrollLeft = least
  })
}
