/**
 * Writes the numbers of the docked sum and its drawing to their nodes. Each function listens to the
 * signals that it reads, and writes only what changed.
 */

import { tapColour } from '../../model/colours.ts'
import { exactText } from '../../model/number-text.ts'
import { colours } from '../colours.ts'
import { greyOf, inkOn } from '../scale.ts'
import { activeTap, added, place, stageModel } from '../stage.ts'
import { outputAt, type Product, type StageModel } from '../stage-model.ts'
import { fittedText } from './fitted-text.ts'
import { setAttribute, setClass, setStyle, setText } from './patch.ts'
import { drawSum } from './sum-draw.ts'
import { type NumberRow, numberRows, type SumLayout } from './sum-layout.ts'
import { ordered, sums } from './sum-signals.ts'
import type { SumText } from './sum-text.ts'

export function writeSum(frame: HTMLElement, layout: SumLayout, text: SumText): void {
  const [model, terms, running] = [stageModel.value, ordered.value, sums.value]
  const [count, { isDark }] = [added.value, colours.value]
  // After a change of the kernel the nodes are still those of the old one.
  if (terms.length !== layout.lefts.length - 1) return
  const isAdded = ({ tap }: Product): boolean => count === undefined || tap < count
  const largest = Math.max(...terms.map(({ product }) => Math.abs(product)))
  const heaviest = Math.max(...terms.map(({ weight }) => Math.abs(weight)))
  const rows = numberRows.map((name) => ({
    name,
    cells: [...frame.querySelectorAll<HTMLElement>(`.sm-${name} > .sm-cell`)],
  }))
  const { width, height } = model.kernel
  const tapColours = terms.map(({ tap }) => tapColour(tap, width, height, isDark).background)
  for (const [column, term] of terms.entries()) {
    const { tap, value, weight, product } = term
    const isShown = isAdded(term)
    const grey = greyOf(value, model.inputScale)
    const numbers: Readonly<Record<NumberRow, number>> = {
      value,
      weight,
      product,
      sum: running[column]!,
    }
    for (const { name, cells } of rows) {
      const cell = cells[column]!
      const number = numbers[name]
      const isHidden = !isShown && name !== 'value' && name !== 'weight'
      const characters = layout.characters[name]
      setText(cell, isHidden || characters === 0 ? '' : fittedText(number, characters))
      setClass(
        cell,
        `sm-cell${isHidden ? ' sm-waiting' : ''}${term.isPadding ? ' sm-padding' : ''}`,
      )
      cell.title = isHidden ? '' : exactText(number)
      setAttribute(
        cell,
        'aria-label',
        isHidden ? text.notAdded(tap + 1) : text.cell(name, tap + 1, exactText(number)),
      )
      setStyle(cell, '--tap', tapColours[column]!)
    }
    const [first, second, third] = [rows[0]!, rows[1]!, rows[2]!].map(({ cells }) => cells[column]!)
    setAttribute(first!, 'data-wire-tap', String(tap))
    setAttribute(first!, 'data-plain', String(model.isSmall))
    setStyle(first!, '--grey', String(grey))
    setStyle(first!, '--on-grey', inkOn(grey))
    setStyle(second!, '--share', percent(weight, heaviest))
    setAttribute(second!, 'data-is-zero', String(weight === 0))
    setStyle(third!, '--share', percent(product, largest))
    setAttribute(third!, 'data-is-zero', String(product === 0))
  }
  writeTotal(frame, layout, model, count === undefined || count >= model.taps, text)
  drawSum(frame, layout, model, terms.map(isAdded), tapColours)
}

const percent = (value: number, largest: number): string =>
  `${largest === 0 ? 0 : Math.round((100 * Math.abs(value)) / largest)}%`

function writeTotal(
  frame: HTMLElement,
  layout: SumLayout,
  model: StageModel,
  isComplete: boolean,
  text: SumText,
): void {
  const { divisor, bias } = model
  const change = frame.querySelector<HTMLElement>('.sm-change')!
  const parts = [
    ...(divisor === 1 ? [] : [`÷ ${exactText(divisor)}`]),
    ...(bias === 0 ? [] : [bias < 0 ? `− ${exactText(-bias)}` : `+ ${exactText(bias)}`]),
  ]
  setText(change, parts.join('\n'))
  setAttribute(change, 'aria-label', parts.join(', ') || text.noChange)
  const output = frame.querySelector<HTMLElement>('.sm-output')!
  const value = outputAt(model, place.value)
  setText(output, isComplete ? fittedText(value, layout.totalCharacters) : '')
  setAttribute(
    output,
    'aria-label',
    isComplete ? text.output(exactText(value)) : text.outputMissing,
  )
  output.title = isComplete ? exactText(value) : ''
  setClass(output, isComplete ? 'sm-total sm-output' : 'sm-total sm-output sm-blank')
}

/** The frame around the column that is pointed at. */
export function writePointed(frame: HTMLElement, { lefts }: SumLayout): void {
  const tap = activeTap.value
  const column = ordered.value.findIndex((product) => product.tap === tap)
  const ring = frame.querySelector<HTMLElement>('.sm-column')!
  ring.hidden = column === -1
  if (column !== -1) setStyle(ring, 'left', `${lefts[column]}px`)
  for (const cell of frame.querySelectorAll<HTMLElement>('.sm-cell'))
    setAttribute(cell, 'aria-selected', String(Number(cell.dataset.column) === column))
}
