/**
 * The quiet line above the headline: language, theme, link, presentation, help.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { change, state } from '../state/store.ts'
import { colours } from './colours.ts'
import { texts } from './messages/index.ts'
import { isHelpOpen, present } from './stage-keys.ts'

const copiedMs = 1600

export function Bar(): JSX.Element {
  const text = texts()
  const isCopied = useSignal(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(location.href)
    isCopied.value = true
    setTimeout(() => {
      isCopied.value = false
    }, copiedMs)
  }
  return (
    <div class="bar">
      <span class="brand">{text.brand}</span>
      <button
        type="button"
        lang={state.value.language === 'en' ? 'zh-Hans' : 'en'}
        onClick={() => change({ language: state.value.language === 'en' ? 'zh' : 'en' })}
      >
        {text.otherLanguage}
      </button>
      <IconButton
        label={text.theme}
        onClick={() => change({ theme: colours.value.isDark ? 'light' : 'dark' })}
      >
        <circle cx="8" cy="8" r="6" />
        <path d="M8 2a6 6 0 0 1 0 12z" class="solid" />
      </IconButton>
      <IconButton
        label={isCopied.value ? text.shared : text.share}
        isNamed
        onClick={() => void copy()}
      >
        <path d="M8 10V2M5 4.5 8 1.8l3 2.7M3 8v6h10V8" />
      </IconButton>
      <IconButton label={text.present} isNamed onClick={() => present(true)}>
        <path d="M1.5 3h13v8.5h-13zM8 11.5v3M5 14.5h6" />
      </IconButton>
      <IconButton
        label={text.help}
        onClick={() => {
          isHelpOpen.value = true
        }}
      >
        <circle cx="8" cy="8" r="6.3" />
        <path d="M6 6.3a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1M8 11v.8" />
      </IconButton>
      <span class="hidden" role="status">
        {isCopied.value ? text.shared : ''}
      </span>
    </div>
  )
}

interface IconButtonProps {
  readonly label: string
  /** Whether the name stands beside the icon where there is room. */
  readonly isNamed?: boolean
  readonly onClick: () => void
  readonly children: JSX.Element | JSX.Element[]
}

function IconButton({ label, isNamed = false, onClick, children }: IconButtonProps): JSX.Element {
  return (
    <button type="button" aria-label={label} title={label} onClick={onClick}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {children}
      </svg>
      {isNamed && <span class="icon-name">{label}</span>}
    </button>
  )
}
