/**
 * A grid of the lens with one cell for each product. It is one tab stop; the arrow keys move in it.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { activeTap, added, stageModel } from './stage.ts'

interface LensGridProps {
  readonly name: 'window' | 'weights' | 'products'
  readonly label: string
  /** The cell of a tap. Only one cell of the grid is a tab stop. */
  readonly children: (tap: number, isStop: boolean) => JSX.Element
}

/** The arrow keys move the focus. In a field, left and right leave it only at the ends. */
export function LensGrid({ name, label, children }: LensGridProps): JSX.Element {
  const grid = useRef<HTMLDivElement>(null)
  const current = useSignal(0)
  const { kernel, taps } = stageModel.value
  const columns = kernel.width
  const cells = (): HTMLElement[] => [...grid.current!.querySelectorAll<HTMLElement>('[data-tap]')]
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const at = Number((event.target as HTMLElement).dataset.tap)
    const by: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -(at % columns),
      End: columns - 1 - (at % columns),
    }
    const step = by[event.key]
    if (step === undefined || isInsideText(event)) return
    const next = at + step
    const isRowEnd = Math.abs(step) === 1 && Math.floor(next / columns) !== Math.floor(at / columns)
    if (next < 0 || next >= taps || isRowEnd) return
    event.preventDefault()
    const cell = cells()[next]!
    cell.focus()
    if (cell instanceof HTMLInputElement) cell.select()
  }
  return (
    <div
      ref={grid}
      class={`lens-grid ${name}`}
      role="grid"
      aria-label={label}
      onKeyDown={onKeyDown}
      onFocusIn={(event) => {
        const tap = (event.target as HTMLElement).dataset.tap
        if (tap === undefined) return
        current.value = Number(tap)
        activeTap.value = Number(tap)
      }}
      onFocusOut={() => {
        activeTap.value = undefined
      }}
      onPointerOver={(event) => {
        const tap = (event.target as HTMLElement).closest<HTMLElement>('[data-tap]')?.dataset.tap
        if (tap !== undefined && added.value === undefined) activeTap.value = Number(tap)
      }}
      onPointerLeave={() => {
        if (added.value === undefined) activeTap.value = undefined
      }}
    >
      {Array.from({ length: kernel.height }, (_, row) => (
        // biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus.
        <div key={row} role="row" class="contents">
          {Array.from({ length: columns }, (_, column) => {
            const tap = row * columns + column
            return children(tap, tap === Math.min(current.value, taps - 1))
          })}
        </div>
      ))}
    </div>
  )
}

/**
 * Left and right move in the text of a field, unless all of it is selected or the caret is at an
 * end.
 */
function isInsideText({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLInputElement) || !/^Arrow(Left|Right)$|^Home$|^End$/.test(key))
    return false
  const { selectionStart: start, selectionEnd: end, value } = target
  if (start === 0 && end === value.length) return false
  return key === 'ArrowLeft' || key === 'Home' ? start !== 0 : end !== value.length
}
