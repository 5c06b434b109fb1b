/**
 * The drawing of the docked sum: bars from each sum to the next, the total, and its grey on the
 * scale of the output.
 */

import { shortText } from '../../model/number-text.ts'
import { greyOf } from '../scale.ts'
import { resultOf, type StageModel } from '../stage-model.ts'
import { setAttribute, setText } from './patch.ts'
import type { SumLayout } from './sum-layout.ts'
import { axis, sums } from './sum-signals.ts'
import type { Axis } from './sum-steps.ts'

/** Numbers beside the axes have at most this many digits. */
const axisDigits = 4
/** Above the largest sum and below the smallest, in px: half the height of a label. */
const margin = 9

/** `isAdded`: whether each product is drawn. `taps`: the colour of each. */
export function drawSum(
  frame: HTMLElement,
  layout: SumLayout,
  model: StageModel,
  isAdded: readonly boolean[],
  taps: readonly string[],
): void {
  const { low, high } = axis.value
  const { chartHeight, columnWidth, lefts, nameWidth, tableWidth } = layout
  const y = (sum: number): number =>
    rounded(margin + ((high - sum) / (high - low)) * (chartHeight - 2 * margin))
  const part = (name: string): Element => frame.querySelector(`.sm-${name}`)!
  const bars = frame.querySelectorAll('.sm-bar')
  const steps: string[] = []
  let sum = 0
  for (const [column, next] of sums.value.entries()) {
    drawBar(bars[column]!, y(sum), y(next), isAdded[column]!)
    setAttribute(bars[column]!, 'fill', taps[column]!)
    // The level after the product, across its bar and up to the next one.
    const from = lefts[column]! + (next === sum ? columnWidth - 1 : 1)
    if (isAdded[column]) steps.push(`M${from} ${y(next)}H${lefts[column + 1]! + 1}`)
    sum = next
  }
  const isComplete = isAdded.every(Boolean)
  drawBar(part('end'), y(0), y(sum), isComplete)
  setAttribute(part('steps'), 'd', steps.join(''))
  const line = (level: number): string => `M${nameWidth - 4} ${y(level)}H${tableWidth}`
  setAttribute(part('zero'), 'd', line(0))
  setAttribute(part('levels'), 'd', [low, high].filter(Boolean).map(line).join(''))
  const label = (name: string, level: number, text: string): void => {
    setText(part(name), text)
    setAttribute(part(name), 'y', String(y(level)))
  }
  // Without an axis its texts are empty: the window may have been wide enough for one before.
  const onAxis = (text: string): string => (layout.hasAxis ? text : '')
  label('high', high, onAxis(high === 0 ? '' : shortText(high, axisDigits)))
  label('none', 0, onAxis('0'))
  label('low', low, onAxis(low === 0 ? '' : shortText(low, axisDigits)))
  if (!layout.hasScale) return
  const output = (level: number): number => resultOf(level, model.divisor, model.bias)
  setAttribute(part('shades'), 'y', String(y(high)))
  setAttribute(part('shades'), 'height', String(y(low) - y(high)))
  drawShades(frame.querySelectorAll('stop'), { low, high }, model, output)
  const end = tableWidth + 5
  setAttribute(part('mark'), 'd', `M${end} ${y(sum)}l-7 -5v10z`)
  setAttribute(part('mark'), 'visibility', visibility(isComplete))
  label('top', high, onAxis(shortText(output(high), axisDigits)))
  label('bottom', low, onAxis(shortText(output(low), axisDigits)))
}

const rounded = (value: number): number => Math.round(value * 10) / 10
const visibility = (isVisible: boolean): string => (isVisible ? 'visible' : 'hidden')

/** A bar between two heights. A product of 0 is a line. */
function drawBar(bar: Element, from: number, to: number, isVisible: boolean): void {
  const height = Math.max(2, Math.abs(from - to))
  setAttribute(bar, 'y', String(rounded((from + to - height) / 2)))
  setAttribute(bar, 'height', String(rounded(height)))
  setAttribute(bar, 'visibility', visibility(isVisible))
}

/** The greys of the outputs from top to bottom. Beyond the scale of the output they are flat. */
function drawShades(
  stops: NodeListOf<Element>,
  { low, high }: Axis,
  { outputScale, divisor, bias }: StageModel,
  output: (sum: number) => number,
): void {
  const shareOf = (value: number): number =>
    Math.max(0, Math.min(1, (high - (value - bias) * divisor) / (high - low)))
  const shares = [0, shareOf(outputScale.low), shareOf(outputScale.high), 1].sort((a, b) => a - b)
  for (const [i, share] of shares.entries()) {
    const grey = greyOf(output(high - share * (high - low)), outputScale)
    setAttribute(stops[i]!, 'offset', String(share))
    setAttribute(stops[i]!, 'stop-color', `rgb(${grey} ${grey} ${grey})`)
  }
}
