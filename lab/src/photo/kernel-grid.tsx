/**
 * The weights as cells: shades of the kernel's colour, with digits where they fit. A cell is one
 * stop of Tab; arrow keys move. What is typed goes into the field below, which has all digits. With
 * the pen, dragging over cells writes its weight.
 */

import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { Weights } from './kernel-weights.ts'
import { texts } from './messages/index.ts'
import { NumberField } from './number-field.tsx'
import { shortText } from './number-text.ts'
import { changeFilter } from './photo.ts'
import { maxKernel } from './settings.ts'

/** Wider kernels show shades only. */
const mostDigits = 7
const typing = /^[-−\d.,/]$/

interface KernelGridProps extends Weights {
  readonly isOwn: boolean
}

export function KernelGrid({ width, height, values, isOwn }: KernelGridProps): JSX.Element {
  const text = texts()
  const grid = useRef<HTMLDivElement>(null)
  const chosen = useSignal<number | undefined>(undefined)
  const isDrawing = useSignal(false)
  const pen = useSignal(1)
  // The middle is what a kernel is known by. Weights at its corner are often almost 0.
  const middle = ((height - 1) >> 1) * width + ((width - 1) >> 1)
  const at = Math.min(chosen.value ?? middle, values.length - 1)
  const write = (cells: readonly number[], value: number): void => {
    const next = [...values]
    for (const cell of cells) next[cell] = value
    changeFilter({ kernel: { width, height, values: next } })
  }
  const focusCell = (cell: number): void => {
    chosen.value = cell
    grid.current!.querySelector<HTMLElement>(`[data-cell="${cell}"]`)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const [row, column] = [Math.floor(at / width), at % width]
    const place: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, width - 1],
    }
    const to = place[event.key]
    if (to)
      focusCell(
        Math.max(0, Math.min(height - 1, to[0])) * width + Math.max(0, Math.min(width - 1, to[1])),
      )
    else if (event.key === 'Delete' || event.key === 'Backspace') write([at], 0)
    else if ((event.key === ' ' || event.key === 'Enter') && isDrawing.value) write([at], pen.value)
    else if (event.key === 'Enter' || typing.test(event.key)) {
      const field = document.getElementById('weight') as HTMLInputElement
      field.focus()
      field.select()
      // The key itself is typed into the field.
      if (event.key !== 'Enter') return
    } else return
    event.preventDefault()
  }
  const cellAt = (event: PointerEvent): number | undefined => {
    const cell = document
      .elementFromPoint(event.clientX, event.clientY)
      ?.closest<HTMLElement>('[data-cell]')
    return cell && grid.current!.contains(cell) ? Number(cell.dataset.cell) : undefined
  }
  const drawn = useRef<number | undefined>(undefined)
  const drawTo = (event: PointerEvent): void => {
    const cell = cellAt(event)
    if (cell === undefined || cell === drawn.current) return
    drawn.current = cell
    chosen.value = cell
    write([cell], pen.value)
  }
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1
  return (
    <div class="weights-editor">
      <div
        ref={grid}
        class={width <= mostDigits ? 'kernel-grid digits' : 'kernel-grid'}
        role="grid"
        aria-label={`${text.grid(height, width)}. ${text.gridKeys}`}
        aria-rowcount={height}
        aria-colcount={width}
        style={`--columns:${width};--rows:${height}`}
        data-drawing={isDrawing.value ? '' : undefined}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          const cell = cellAt(event)
          if (cell === undefined) return
          event.preventDefault()
          focusCell(cell)
          if (!isDrawing.value) return
          grid.current!.setPointerCapture(event.pointerId)
          drawn.current = undefined
          drawTo(event)
        }}
        onPointerMove={(event) => {
          if (grid.current!.hasPointerCapture(event.pointerId)) drawTo(event)
        }}
      >
        {Array.from({ length: height }, (_, row) => (
          // biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus.
          <div key={row} class="contents" role="row" aria-rowindex={row + 1}>
            {values.slice(row * width, (row + 1) * width).map((value, column) => {
              const cell = row * width + column
              return (
                <div
                  key={column}
                  role="gridcell"
                  aria-colindex={column + 1}
                  data-cell={cell}
                  tabIndex={cell === at ? 0 : -1}
                  class={value < 0 ? 'negative' : value > 0 ? 'positive' : 'zero'}
                  style={`--share:${Math.round((100 * Math.abs(value)) / most)}%`}
                  aria-label={`${text.weightAt(row + 1, column + 1)}: ${shortText(value)}`}
                  onFocus={() => {
                    chosen.value = cell
                  }}
                >
                  {width <= mostDigits && <span>{cellText(value)}</span>}
                </div>
              )
            })}
          </div>
        ))}
      </div>
      <div class="weights-side">
        <div class="weight-line">
          <NumberField
            key={at}
            id="weight"
            label={text.weightAt(Math.floor(at / width) + 1, (at % width) + 1)}
            value={values[at]!}
            onChange={(value) => write([at], value)}
          />
          <Pen isDrawing={isDrawing} pen={pen} />
        </div>
      </div>
      <div class="weight-buttons">
        {isOwn ? (
          <Sizes width={width} height={height} values={values} />
        ) : (
          <span class="quiet-text">{text.grid(height, width)}</span>
        )}
        <button
          type="button"
          class="quiet small"
          onClick={() => changeFilter({ kernel: { width, height, values: [...values].reverse() } })}
        >
          {text.turn}
        </button>
        <button type="button" class="quiet small" onClick={() => write([...values.keys()], 0)}>
          {text.zeros}
        </button>
      </div>
    </div>
  )
}

/** A weight in a narrow cell, with at most three decimals. The field below has all digits. */
function cellText(value: number): string {
  const rounded = Number(value.toFixed(Math.abs(value) < 10 ? 3 : 1))
  const text = shortText(rounded).replace(/^(−?)0\./, '$1.')
  return rounded === value ? text : `≈${text.replace('≈', '')}`
}

function Pen({
  isDrawing,
  pen,
}: {
  readonly isDrawing: Signal<boolean>
  readonly pen: Signal<number>
}): JSX.Element {
  const text = texts()
  return (
    <div class="pen">
      <label class="check">
        <input
          type="checkbox"
          id="draw"
          checked={isDrawing.value}
          onChange={(event) => {
            isDrawing.value = event.currentTarget.checked
          }}
        />
        {text.draw}
      </label>
      <NumberField
        id="pen"
        label={text.pen}
        value={pen.value}
        onChange={(value) => {
          pen.value = value
        }}
      />
    </div>
  )
}

function Sizes({ width, height, values }: Weights): JSX.Element {
  const text = texts()
  const sizeField = (
    label: string,
    id: string,
    value: number,
    change: (extent: number) => Weights,
  ): JSX.Element => (
    <label class="size-field" for={id}>
      <span>{label}</span>
      <input
        id={id}
        type="number"
        min={1}
        max={maxKernel}
        value={value}
        onInput={(event) => {
          const extent = event.currentTarget.valueAsNumber
          if (Number.isInteger(extent) && extent >= 1 && extent <= maxKernel)
            changeFilter({ kernel: change(extent) })
        }}
      />
    </label>
  )
  const old = { width, height, values }
  return (
    <>
      {sizeField(text.rows, 'rows', height, (extent) => resized(old, width, extent))}
      {sizeField(text.columns, 'columns', width, (extent) => resized(old, extent, height))}
    </>
  )
}

/** A kernel of another size. Its weights stay around the middle; new places are 0. */
function resized({ width, height, values }: Weights, columns: number, rows: number): Weights {
  const left = ((columns - 1) >> 1) - ((width - 1) >> 1)
  const top = ((rows - 1) >> 1) - ((height - 1) >> 1)
  return {
    width: columns,
    height: rows,
    values: Array.from({ length: columns * rows }, (_, i) => {
      const [x, y] = [(i % columns) - left, Math.floor(i / columns) - top]
      return x >= 0 && y >= 0 && x < width && y < height ? values[y * width + x]! : 0
    }),
  }
}
