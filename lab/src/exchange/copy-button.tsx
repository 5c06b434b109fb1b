/** Copies a text, and says so. Disabled without one. */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { texts } from './messages/index.ts'

const copiedMs = 1600

interface CopyButtonProps {
  readonly text: string | undefined
  readonly kind: string
}

export function CopyButton({ text, kind }: CopyButtonProps): JSX.Element {
  const isCopied = useSignal(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(text ?? '')
    isCopied.value = true
    setTimeout(() => {
      isCopied.value = false
    }, copiedMs)
  }
  return (
    <>
      <button
        type="button"
        class="copy"
        data-copy={kind}
        disabled={text === undefined}
        onClick={() => void copy()}
      >
        {isCopied.value ? texts().copied : texts().copy}
      </button>
      <span class="hidden" role="status">
        {isCopied.value ? texts().copied : ''}
      </span>
    </>
  )
}
