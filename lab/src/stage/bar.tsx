/**
 * The quiet line above the headline: language, theme, link, presentation, help, own picture.
 */

import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { isMenuOpen } from '../pages/menu-state.ts'
import { filterOf, maxKernel, usualPhoto } from '../photo/settings.ts'
import { change, state } from '../state/store.ts'
import { colours } from './colours.ts'
import { IconButton } from './icon-button.tsx'
import { texts } from './messages/index.ts'
import { pause } from './player.ts'
import { stageModel } from './stage.ts'
import { isHelpOpen, present } from './stage-keys.ts'

const copiedMs = 1600

/** Opens the picture page with the kernel of the first screen as it multiplies. */
function openPhoto(): void {
  pause()
  const { kernel, divisor, bias } = stageModel.peek()
  const { width, height } = kernel
  const fits = Math.max(width, height) <= maxKernel
  const filter = {
    ...filterOf({ width, height, values: Array.from(kernel.data) }),
    divisor,
    offset: bias,
  }
  change({ photo: fits ? { ...usualPhoto, filters: [filter] } : usualPhoto })
}

export function Bar(): JSX.Element {
  const text = texts()
  return (
    <div class="bar">
      <span class="brand">{text.brand}</span>
      <Settings />
      <IconButton label={text.present} isNamed kind="present" onClick={() => present(true)}>
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
      <IconButton
        label={text.more}
        isNamed
        onClick={() => {
          isMenuOpen.value = true
        }}
      >
        <path d="M2 4h12M2 8h12M2 12h12" />
      </IconButton>
      <IconButton label={text.yourPicture} isNamed kind="your-picture" onClick={openPhoto}>
        <path d="M1.5 4.5h3L6 2.5h4l1.5 2h3v9h-13z" />
        <circle cx="8" cy="8.7" r="2.6" />
      </IconButton>
    </div>
  )
}

/** Language, theme and link, as on every face. */
export function Settings(): JSX.Element {
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
    <>
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
      <span class="hidden" role="status">
        {isCopied.value ? text.shared : ''}
      </span>
    </>
  )
}
