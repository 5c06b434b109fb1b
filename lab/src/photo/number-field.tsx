/** A field for a number or a fraction. It applies while it is typed, as soon as it is a number. */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { exactText } from '../model/number-text.ts'
import { numberOf } from './kernel-text.ts'

interface NumberFieldProps {
  readonly id: string
  readonly label: string
  readonly value: number
  readonly isOff?: boolean
  readonly allows?: (value: number) => boolean
  readonly onChange: (value: number) => void
}

export function NumberField({
  id,
  label,
  value,
  isOff = false,
  allows = () => true,
  onChange,
}: NumberFieldProps): JSX.Element {
  // What is typed, until the field is left.
  const typed = useSignal<string | undefined>(undefined)
  const isValid = (word: string): boolean => {
    const number = numberOf(word.trim().replace(/^(-?\d*),(\d+)$/, '$1.$2'))
    return !Number.isNaN(number) && allows(number)
  }
  return (
    <label class="number" for={id}>
      <span>{label}</span>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        spellcheck={false}
        disabled={isOff}
        value={typed.value ?? exactText(Number(value.toPrecision(9)))}
        aria-invalid={typed.value !== undefined && !isValid(typed.value)}
        onInput={(event) => {
          const word = event.currentTarget.value
          typed.value = word
          if (isValid(word)) onChange(numberOf(word.trim().replace(/^(-?\d*),(\d+)$/, '$1.$2')))
        }}
        onBlur={() => {
          typed.value = undefined
        }}
      />
    </label>
  )
}
