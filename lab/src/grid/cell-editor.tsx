/**
 * The number of a cell while it is changed. Enter, Tab and leaving the cell keep the new number;
 * Escape and empty text keep the old one. Text that is no number never goes in silence: after Enter
 * it stays in the editor with a message, after leaving only the message stays.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { numberFrom } from '../model/number-text.ts'
import { messages } from '../messages/messages.ts'

/** How a change ended. */
export interface EditEnd {
  /** The new number; undefined where the old one stays. */
  readonly number?: number
  /** Text that was typed but is no number. */
  readonly rejected?: string
  /** Whether the keyboard stays on the cell. */
  readonly isHere: boolean
}

interface Props {
  readonly start: string
  /** Whether `start` was typed just now, so that typing goes on behind it. */
  readonly isTyped: boolean
  readonly label: string
  readonly finish: (end: EditEnd) => void
}

export function CellEditor({ start, isTyped, label, finish }: Props): JSX.Element {
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
          if (isTyped) input.setSelectionRange(start.length, start.length)
          else input.select()
        }}
        onKeyDown={(event) => {
          event.stopPropagation()
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

/** What could not be taken as a number, over the page so that nothing moves. */
export function RejectedText({ text }: { readonly text: string | undefined }): JSX.Element | null {
  if (text === undefined) return null
  return (
    <span class="cell-fault" role="alert">
      {messages().noNumber(text)}
    </span>
  )
}
