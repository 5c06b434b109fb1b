/**
 * A field for one number. What is typed stays as it is until the field is left. It takes effect at
 * once if it is a number, and is marked if it is not.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { exactText } from '../model/number-text.ts'
import { pause } from './player.ts'
import { typedNumber } from './typed-number.ts'

export function NumberField({
  label,
  value,
  allows = () => true,
  onChange,
  isHidden = false,
}: {
  readonly label: string
  readonly value: number
  readonly allows?: (value: number) => boolean
  readonly onChange: (value: number) => void
  /** Whether the label is for screen readers only. */
  readonly isHidden?: boolean
}): JSX.Element {
  const typed = useSignal<string | undefined>(undefined)
  const isValid = (text: string): boolean => {
    const number = typedNumber(text)
    return !Number.isNaN(number) && allows(number)
  }
  return (
    <label class="drawer-number">
      <span class={isHidden ? 'hidden' : undefined}>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        autocomplete="off"
        value={typed.value ?? exactText(value)}
        aria-invalid={typed.value !== undefined && !isValid(typed.value)}
        onInput={(event) => {
          const text = event.currentTarget.value
          typed.value = text
          if (!isValid(text)) return
          pause()
          onChange(typedNumber(text))
        }}
        onBlur={() => {
          typed.value = undefined
        }}
      />
    </label>
  )
}
