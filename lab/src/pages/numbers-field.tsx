/**
 * A field for a few numbers, row by row. What is typed stays as it is until the field is left; a
 * text that is not these numbers changes nothing, and a sentence names what is needed.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { matrixOf } from '../exchange/matrix-text.ts'

interface NumbersFieldProps {
  readonly id: string
  readonly label: string
  readonly values: readonly number[]
  /** How many numbers a row of the field has. */
  readonly columns: number
  readonly allows: (values: readonly number[]) => boolean
  /** What is needed, where the typed text is not allowed. */
  readonly needed: string
  readonly onChange: (values: readonly number[]) => void
}

export function NumbersField(props: NumbersFieldProps): JSX.Element {
  const { id, label, values, columns, allows, needed, onChange } = props
  const text = rowsText(values, columns)
  const draft = useSignal<string | undefined>(undefined)
  // Other numbers, by a link or by another part of the page, end what was typed.
  useEffect(() => {
    if (draft.peek() !== undefined && read(draft.peek()!)?.join() !== values.join())
      draft.value = undefined
  }, [text])
  const typed = draft.value === undefined ? values : read(draft.value)
  const isFault = typed === undefined || !allows(typed)
  return (
    <div class="numbers-field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={Math.ceil(values.length / columns)}
        spellcheck={false}
        value={draft.value ?? text}
        aria-invalid={isFault}
        aria-describedby={`${id}-fault`}
        onInput={(event) => {
          draft.value = event.currentTarget.value
          const now = read(draft.value)
          if (now && allows(now)) onChange(now)
        }}
        onBlur={() => {
          if (!isFault) draft.value = undefined
        }}
      />
      <p id={`${id}-fault`} class="fault" role="status">
        {isFault && needed}
      </p>
    </div>
  )
}

/** The numbers of a text; undefined if it is something else. */
function read(text: string): readonly number[] | undefined {
  const matrix = matrixOf(text)
  return 'kind' in matrix ? undefined : matrix.values
}

const rowsText = (values: readonly number[], columns: number): string =>
  Array.from({ length: Math.ceil(values.length / columns) }, (_, row) =>
    values.slice(row * columns, (row + 1) * columns).join(' '),
  ).join('\n')
