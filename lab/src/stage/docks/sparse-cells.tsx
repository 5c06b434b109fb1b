/**
 * The flattened input and the flattened output, as the matrix and the layer show them. All cells of
 * a tap are marked while the tap is active.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useDerived } from '../../grid/derived.ts'
import { narrowText, numberText, productLine } from '../number.ts'
import { greyOf, inkOn } from '../scale.ts'
import { activeTap, added, moveTo, passedOutputs, productOf, stageModel } from '../stage.ts'
import { outputAt } from '../stage-model.ts'
import { activateTap } from './grid-focus.ts'
import { kernelColour } from './kernel-colour.ts'
import { litRow, matrix, outputLength, samples } from './sparse-now.ts'
import { sparseText } from './sparse-text.ts'
import { styleText } from './style-text.ts'

/** The background of a cell with several taps has the colour of each. */
export const fill = (taps: readonly number[]): string => {
  const shades = taps.map((tap) => kernelColour(tap).background)
  if (shades.length < 2) return shades[0] ?? ''
  const stops = shades.map((shade, i) => {
    const [from, to] = [i, i + 1].map((at) => `${(100 * at) / shades.length}%`)
    return `${shade} ${from} ${to}`
  })
  return `linear-gradient(90deg, ${stops})`
}

/** Whether Play has added this product already. */
export const isAdded = (tap: number): boolean => added.value === undefined || tap < added.value

interface SampleProps {
  readonly column: number
  readonly left: number
  readonly width: number
  readonly height: number
  readonly hasDigits: boolean
}

/** A sample. Below it is the mark of its tap, with the weight if there is room for it. */
export function Sample({ column, left, width, height, hasDigits }: SampleProps): JSX.Element {
  const sample = useComputed(() => samples.value[column])
  const tap = useComputed(() => {
    const first = sample.value?.taps[0]
    return first !== undefined && isAdded(first) ? first : undefined
  })
  const digits = useDerived(
    () => (hasDigits ? numberText(sample.value?.value ?? 0) : ''),
    [hasDigits],
  )
  const isLit = useComputed(() => tap.value !== undefined)
  return (
    <div
      role="gridcell"
      class="sparse-sample"
      tabIndex={-1}
      data-row={-1}
      data-column={column}
      data-tap={useComputed(() => tap.value)}
      data-wire-tap={useComputed(() => tap.value)}
      data-plain={useComputed(() => !stageModel.value.isPicture)}
      data-on={useComputed(() => isLit.value && sample.value!.taps.includes(activeTap.value ?? -1))}
      aria-selected={isLit}
      aria-label={useComputed(() => {
        if (!sample.value) return ''
        const { place, value } = sample.value
        const name = sparseText().sampleName(place, numberText(value))
        return tap.value === undefined ? name : `${name}; ${productLine(productOf(tap.value))}`
      })}
      style={useDerived(
        () =>
          styleText({
            left: `${left}px`,
            width: `${width}px`,
            height: `${height}px`,
            '--grey': `${sample.value?.grey ?? 0}`,
            '--digits': inkOn(sample.value?.grey ?? 0),
            '--t': isLit.value ? fill(sample.value!.taps) : 'transparent',
          }),
        [left, width, height],
      )}
    >
      {digits}
    </div>
  )
}

interface OutputProps {
  readonly row: number
  readonly dataRow: number
  readonly dataColumn: number
  readonly left: number
  readonly width: number
  readonly hasDigits: boolean
  /** Where the line to the output's place ends: below the cell, or at its left side. */
  readonly wire: 'below' | 'side'
}

/** An output. It is empty until the window has passed it. */
export function Output(props: OutputProps): JSX.Element {
  const { row, dataRow, dataColumn, left, width, hasDigits, wire } = props
  const value = useComputed((): number | undefined => {
    const at = matrix.value.rows[row]
    const model = stageModel.value
    if (!at || (added.value !== undefined && litRow.value === row)) return undefined
    const isPassed = passedOutputs()[at.y * model.output.width + at.x] === 1
    return isPassed ? outputAt(model, at) : undefined
  })
  const text = useComputed(() =>
    value.value === undefined ? '' : narrowText(value.value, outputLength.value),
  )
  const isLit = useComputed(() => litRow.value === row)
  const wireEnd = useDerived(() => (isLit.value ? wire : undefined), [wire])
  return (
    <div
      role="gridcell"
      class="sparse-output"
      tabIndex={isLit.peek() ? 0 : -1}
      data-row={dataRow}
      data-column={dataColumn}
      data-output-row={row}
      data-lit={isLit}
      data-passed={useComputed(() => value.value !== undefined)}
      data-plain={hasDigits}
      data-wire-output={wireEnd}
      aria-selected={isLit}
      title={useComputed(() => (text.value.startsWith('≈') ? numberText(value.value!) : undefined))}
      aria-label={useComputed(() => {
        const at = matrix.value.rows[row]
        return at
          ? sparseText().outputName(at, value.value === undefined ? '?' : numberText(value.value))
          : ''
      })}
      style={useDerived(
        () =>
          styleText({
            left: `${left}px`,
            width: `${width}px`,
            '--grey': `${greyOf(value.value ?? 0, stageModel.value.outputScale)}`,
          }),
        [left, width],
      )}
    >
      {hasDigits && text}
    </div>
  )
}

/** A click moves the window to the output of the row. A tap on a weight makes it active too. */
export function onChoose(event: MouseEvent): void {
  const line =
    event.target instanceof Element
      ? event.target.closest<HTMLElement>('[data-output-row]')
      : undefined
  const row = line ? Number(line.dataset.outputRow) : undefined
  const to = row === undefined ? undefined : matrix.peek().rows[row]
  if (to && row !== litRow.peek()) moveTo(to, true)
  activateTap(event)
}
