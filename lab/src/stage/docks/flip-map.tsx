/**
 * Convolution − correlation at the outputs of the region. A darker cell is a larger difference.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useDerived } from '../../grid/derived.ts'
import { narrowText, numberText } from '../number.ts'
import { moveTo, place } from '../stage.ts'
import { differences, layout, outputExtents, outputs } from './flip-now.ts'
import { flipText } from './flip-text.ts'
import { cellOf, keepTabStop, onGridKey } from './grid-focus.ts'
import { styleText } from './style-text.ts'
import { narrowLength } from './text-lengths.ts'

export function DifferenceMap(): JSX.Element {
  const text = flipText()
  const { difference, hasDifferences } = layout.value
  const [columns = 1, rows = 1] = outputExtents.value.split(',').map(Number)
  return (
    <div class="flip-map">
      <p>
        <b>{text.differences}</b>{' '}
        <span>
          {useComputed(() => {
            const all = differences.value
            return flipText().differing(all.filter((value) => value !== 0).length, all.length)
          })}
        </span>
      </p>
      <div
        role="grid"
        class="flip-differences"
        data-grid="differences"
        aria-label={text.differences}
        style={{ fontSize: `${difference.type}px` }}
        onKeyDown={onGridKey}
        onFocusIn={keepTabStop}
        onClick={(event) => {
          const cell = cellOf(event)
          if (cell) choose(Number(cell.dataset.row) * columns + Number(cell.dataset.column))
        }}
      >
        {Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus.
          <div key={row} role="row">
            {Array.from({ length: columns }, (_, column) => (
              <Difference
                key={column}
                row={row}
                column={column}
                at={row * columns + column}
                width={difference.width}
                height={difference.height}
                hasDigits={hasDifferences}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

/** Moves the window to an output. */
function choose(at: number): void {
  const output = outputs.peek()[at]
  const { x, y } = place.peek()
  if (output && (output.x !== x || output.y !== y)) moveTo(output, true)
}

interface DifferenceProps {
  readonly row: number
  readonly column: number
  readonly at: number
  readonly width: number
  readonly height: number
  readonly hasDigits: boolean
}

function Difference({ row, column, at, width, height, hasDigits }: DifferenceProps): JSX.Element {
  const value = useDerived(() => differences.value[at] ?? 0, [at])
  const text = useComputed(() => narrowText(value.value, narrowLength))
  const isHere = useDerived(() => {
    const output = outputs.value[at]
    return output?.x === place.value.x && output.y === place.value.y
  }, [at])
  return (
    <div
      role="gridcell"
      tabIndex={at === 0 ? 0 : -1}
      data-row={row}
      data-column={column}
      data-zero={useComputed(() => value.value === 0)}
      aria-selected={isHere}
      aria-label={useDerived(() => {
        const output = outputs.value[at]
        return output ? flipText().differenceName(output, numberText(value.value)) : ''
      }, [at])}
      title={useComputed(() => (text.value.startsWith('≈') ? numberText(value.value) : undefined))}
      style={useDerived(() => {
        const most = Math.max(...differences.value.map(Math.abs))
        const share = most === 0 ? 0 : Math.abs(value.value) / most
        return styleText({
          width: `${width}px`,
          height: `${height}px`,
          '--share': `${(share * (hasDigits ? 26 : 80)).toFixed(1)}%`,
        })
      }, [width, height, hasDigits])}
    >
      {hasDigits && text}
    </div>
  )
}
