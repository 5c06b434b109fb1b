/**
 * The editor of one number. Enter, Tab and leaving the cell accept the new number. Escape and empty
 * text keep the old one.
 *
 * Text that is not a number always shows a message. After Enter the text stays in the editor; after
 * leaving the cell only the message stays.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { messages } from '../messages/messages.ts'
import { exactText, numberFrom } from '../model/number-text.ts'

/** The result of an edit. */
export interface EditEnd {
  /** The new number; undefined if the old one stays. */
  readonly number?: number
  /** The typed text if it is not a number. */
  readonly rejected?: string
  /** Whether the keyboard focus stays on the cell. */
  readonly isHere: boolean
}

interface Props {
  readonly number: number | undefined
  /** The key that started the edit: the first character of the new number. */
  readonly typed: string | undefined
  readonly label: string
  readonly finish: (end: EditEnd) => void
}

export function CellEditor({ number, typed, label, finish }: Props): JSX.Element {
  const start = typed ?? exactText(number)
  const isDone = useRef(false)
  const rejected = useSignal<string | undefined>(undefined)
  const end = (result: EditEnd): void => {
    if (isDone.current) return
    isDone.current = true
    finish(result)
  }
  const read = (text: string): Pick<EditEnd, 'number' | 'rejected'> => {
    const number = numberFrom(text)
    return text.trim() === '' ? {} : Number.isFinite(number) ? { number } : { rejected: text }
  }
  return (
    <>
      <input
        class="cell-editor"
        inputMode="decimal"
        aria-label={`${messages().edit}: ${label}`}
        aria-invalid={rejected.value !== undefined}
        defaultValue={start}
        ref={(input) => {
          if (!input || document.activeElement === input || isDone.current) return
          input.focus()
          if (typed !== undefined) input.setSelectionRange(start.length, start.length)
          else input.select()
        }}
        onKeyDown={(event) => {
          event.stopPropagation()
          // These keys belong to the input method while it composes a character.
          if (event.isComposing) return
          if (event.key === 'Escape') end({ isHere: true })
          if (event.key !== 'Enter') return
          const typed = read(event.currentTarget.value)
          if (typed.rejected === undefined) return end({ ...typed, isHere: true })
          rejected.value = typed.rejected
          event.currentTarget.select()
        }}
        onInput={() => {
          rejected.value = undefined
        }}
        onBlur={(event) => end({ ...read(event.currentTarget.value), isHere: false })}
      />
      <RejectedText text={rejected.value} />
    </>
  )
}

/**
 * The message for text that is not a number. It lies over the page, so the layout does not change.
 */
export function RejectedText({ text }: { readonly text: string | undefined }): JSX.Element | null {
  if (text === undefined) return null
  return (
    <span class="cell-fault" role="alert">
      {messages().noNumber(text)}
    </span>
  )
}
