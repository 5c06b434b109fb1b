/**
 * How the page is shown: presenter, help, the link, language and theme.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { languages, themes } from '../state/state.ts'
import { change, part } from '../state/store.ts'
import { words } from '../words/words.ts'
import { isHelpOpen } from './help.tsx'
import { present } from './presenter.ts'

const [language, theme, isPresenting] = [part('language'), part('theme'), part('present')]

export function Settings(): JSX.Element {
  const w = words()
  return (
    <div class="row settings">
      <button type="button" aria-pressed={isPresenting.value} onClick={() => present(!isPresenting.value)}>
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
      <label>
        {w.languageName}{' '}
        <select
          value={language.value}
          onChange={(event) => change({ language: languages.find((each) => each === event.currentTarget.value) ?? 'en' })}
        >
          <option value="en">English</option>
          <option value="zh">中文</option>
        </select>
      </label>
      <label>
        {w.themeName}{' '}
        <select
          value={theme.value}
          onChange={(event) => change({ theme: themes.find((each) => each === event.currentTarget.value) ?? 'system' })}
        >
          {themes.map((each) => (
            <option key={each} value={each}>
              {w.themes[each]}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}

function CopyLink(): JSX.Element {
  const isCopied = useSignal(false)
  const w = words()
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
