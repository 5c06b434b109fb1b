/**
 * A number in a cell of the lens: one that is read, and one that can be typed.
 */

import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { texts } from './messages/index.ts'
import { pause } from './player.ts'
import { typedNumber } from './typed-number.ts'

export interface CellProps {
  readonly tap: number
  readonly isStop: boolean
}

/** What a cell shows. `kind`: its classes. */
export interface CellTexts {
  readonly kind: ReadonlySignal<string>
  readonly style: ReadonlySignal<string>
  readonly label: ReadonlySignal<string>
  readonly text: ReadonlySignal<string>
}

export function NumberCell({
  tap,
  isStop,
  kind,
  style,
  label,
  text,
}: CellProps & CellTexts): JSX.Element {
  return (
    <div
      role="gridcell"
      data-tap={tap}
      tabIndex={isStop ? 0 : -1}
      aria-selected="true"
      aria-label={label}
      class={kind}
      style={style}
    >
      <span>{text}</span>
    </div>
  )
}

interface NumberFieldProps extends CellProps, CellTexts {
  readonly isFixed?: boolean
  readonly take: (value: number) => void
}

/**
 * A typed number takes effect at once. What is not a number is marked, changes nothing, and gives
 * way to the number when the field is left.
 */
export function NumberField({
  tap,
  isStop,
  kind,
  style,
  label,
  text,
  isFixed = false,
  take,
}: NumberFieldProps): JSX.Element {
  const typed = useSignal<string | undefined>(undefined)
  const isWrong = typed.value !== undefined && Number.isNaN(typedNumber(typed.value))
  const wrongNote = isWrong ? texts().notNumber : undefined
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field in it has the focus.
    <div role="gridcell" class={kind} style={style} aria-selected="true" title={wrongNote}>
      <input
        data-tap={tap}
        tabIndex={isStop ? 0 : -1}
        inputMode="decimal"
        autocomplete="off"
        spellcheck={false}
        readOnly={isFixed}
        aria-label={label}
        aria-invalid={isWrong}
        value={typed.value ?? text.value}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => {
          pause()
          typed.value = event.currentTarget.value
          const value = typedNumber(event.currentTarget.value)
          if (!Number.isNaN(value)) take(value)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return
          typed.value = undefined
          event.currentTarget.select()
          if (event.key === 'Escape') event.stopPropagation()
        }}
        onBlur={() => {
          typed.value = undefined
        }}
      />
    </div>
  )
}
