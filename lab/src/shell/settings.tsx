/**
 * The buttons of the page: first screen, language, theme, link, presentation, help.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { fitsStage } from '../state/fits-stage.ts'
import { firstState, languages, themes } from '../state/state.ts'
import { change, part, state } from '../state/store.ts'
import { Icon } from '../views/icon.tsx'
import { isHelpOpen } from './help-state.ts'
import { present } from './presenter.ts'

const [language, theme, isPresenting] = [part('language'), part('theme'), part('present')]
/** Each language is named in that language. */
const languageNames = { en: 'English', zh: '中文' }
const languageTags = { en: 'en', zh: 'zh-Hans' }

/** The name after this one. After the last comes the first. */
const nameAfter = <Name extends string>(names: readonly Name[], name: Name): Name =>
  names[(names.indexOf(name) + 1) % names.length]!

/** A problem that the first screen cannot show gives way to its picture. */
function openStage(): void {
  const { problem, input, kernel, focus } = firstState
  change(
    fitsStage(state.value)
      ? { views: [] }
      : { views: [], problem, input, kernel, focus, bias: 0, tap: undefined, wrote: undefined },
  )
}

export function Settings(): JSX.Element {
  const w = messages()
  const nextLanguage = nameAfter(languages, language.value)
  const themeText = `${w.themeName}${w.colon}${w.themes[theme.value]}`
  return (
    <div class="settings">
      <button type="button" data-first-screen aria-label={w.firstScreen} onClick={openStage}>
        <Icon name="first" />
        <span class="words">{w.firstScreen}</span>
      </button>
      <button
        type="button"
        data-language={nextLanguage}
        lang={languageTags[nextLanguage]}
        onClick={() => change({ language: nextLanguage })}
      >
        {languageNames[nextLanguage]}
      </button>
      <button
        type="button"
        data-theme-now={theme.value}
        aria-label={themeText}
        title={themeText}
        onClick={() => change({ theme: nameAfter(themes, theme.value) })}
      >
        <Icon name={theme.value} />
      </button>
      <CopyLink />
      <button
        type="button"
        data-present-button
        aria-label={w.present}
        aria-pressed={isPresenting.value}
        onClick={() => present(!isPresenting.value)}
      >
        <Icon name="present" />
        <span class="words">{w.present}</span>
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
    </div>
  )
}

function CopyLink(): JSX.Element {
  const isCopied = useSignal(false)
  const w = messages()
  return (
    <button
      type="button"
      class="copy-link"
      aria-label={isCopied.value ? w.copied : w.copyLink}
      onClick={() =>
        void navigator.clipboard?.writeText(location.href).then(() => {
          isCopied.value = true
        })
      }
      onBlur={() => {
        isCopied.value = false
      }}
    >
      <Icon name="share" />
      <span class="words">{isCopied.value ? w.copied : w.copyLink}</span>
    </button>
  )
}
