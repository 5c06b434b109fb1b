/**
 * Settings of the page: presentation, help, link, language and theme.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { languages, themes } from '../state/state.ts'
import { change, part } from '../state/store.ts'
import { Menu } from '../views/choice.tsx'
import { messages } from '../messages/messages.ts'
import { isHelpOpen } from './help-state.ts'
import { present } from './presenter.ts'

const [language, theme, isPresenting] = [part('language'), part('theme'), part('present')]
/** Each language is named in that language. */
const languageNames = { en: 'English', zh: '中文' }

export function Settings(): JSX.Element {
  const w = messages()
  return (
    <div class="row settings">
      <button
        type="button"
        aria-pressed={isPresenting.value}
        onClick={() => present(!isPresenting.value)}
      >
        {w.present}
      </button>
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => {
          isHelpOpen.value = true
        }}
      >
        {w.help}
      </button>
      <CopyLink />
      <Menu
        label={w.languageName}
        names={languages}
        titles={languageNames}
        value={language.value}
        take={(name) => change({ language: name })}
      />
      <Menu
        label={w.themeName}
        names={themes}
        titles={w.themes}
        value={theme.value}
        take={(name) => change({ theme: name })}
      />
    </div>
  )
}

function CopyLink(): JSX.Element {
  const isCopied = useSignal(false)
  const w = messages()
  return (
    <button
      type="button"
      onClick={() =>
        void navigator.clipboard?.writeText(location.href).then(() => {
          isCopied.value = true
        })
      }
    >
      {isCopied.value ? w.copied : w.copyLink}
    </button>
  )
}
