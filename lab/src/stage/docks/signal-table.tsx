/**
 * The numbers of the curves as a table, for screen readers: one row for each column of the input.
 */

import { effect } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { exactText } from '../../model/number-text.ts'
import { added, passedOutputs, place, products, stageModel } from '../stage.ts'
import { isPaddingAt, roundOff } from '../stage-model.ts'
import { inLanguage } from './language.ts'
import { setText } from './patch.ts'
import { inputRow, middleColumn, middleRow, type Span } from './signal-layout.ts'
import { signalText } from './signal-text.ts'

/** The table follows the window once it stands still. */
const delay = 300

export function SignalTable({ span }: { readonly span: Span }): JSX.Element {
  const w = inLanguage(signalText)
  const body = useRef<HTMLTableSectionElement>(null)
  const caption = useRef<HTMLTableCaptionElement>(null)
  const model = stageModel.value
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const fill = (): void => {
      if (stageModel.peek() !== model || !body.current || !caption.current) return
      const row = inputRow(model, place.peek(), middleRow(model))
      setText(caption.current, w.table(String(row - model.before.y)))
      for (const [i, line] of [...body.current.rows].entries()) {
        const texts = textsAt(span.first + i)
        for (const [c, cell] of [...line.cells].entries()) setText(cell, texts[c] ?? '')
      }
    }
    const textsAt = (column: number): readonly string[] => {
      const row = inputRow(model, place.peek(), middleRow(model))
      const isPadding = isPaddingAt(model, column, row)
      const seen = added.peek() ?? model.taps
      const own = products.peek().filter(({ tap, x }) => x === column && tap < seen)
      const middle = own.find(({ y }) => y === row)
      const output = (column - middleColumn(model, 0)) / model.stride.x
      const number = place.peek().y * model.output.width + output
      const isOutput = Number.isInteger(output) && output >= 0 && output < model.output.width
      const isKnown =
        isOutput &&
        passedOutputs()[number] === 1 &&
        !(added.peek() !== undefined && output === place.peek().x)
      return [
        String(column - model.before.x) + (isPadding ? ` (${w.padding})` : ''),
        exactText(model.padded.data[row * model.padded.width + column]),
        middle ? exactText(middle.weight) : '',
        own.length > 0 ? exactText(roundOff(own.reduce((sum, one) => sum + one.product, 0))) : '',
        isKnown ? exactText(model.output.data[number]) : isOutput ? w.notYet : '',
      ]
    }
    const stop = effect(() => {
      products.value
      added.value
      passedOutputs()
      clearTimeout(timer)
      timer = setTimeout(fill, delay)
    })
    fill()
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [model, span.first, span.count, w])
  return (
    <div class="signal-table">
      <table>
        <caption ref={caption} />
        <thead>
          <tr>
            <th scope="col">{w.column}</th>
            <th scope="col">{w.input}</th>
            <th scope="col">{w.weights}</th>
            <th scope="col">{model.kernel.height > 1 ? w.productsOfColumn : w.products}</th>
            <th scope="col">{w.output}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {Array.from({ length: span.count }, (_, i) => (
            <tr key={i}>
              <th scope="row" />
              <td />
              <td />
              <td />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
