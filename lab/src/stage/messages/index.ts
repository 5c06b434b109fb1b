/**
 * The texts of the first screen in the current language. A language is loaded when it is first
 * needed; until it arrives, the texts stay as they are.
 */

import { effect, type Signal, signal } from '@preact/signals'
import type { Language } from '../../state/state.ts'
import { part } from '../../state/store.ts'
import type { StageMessages } from './types.ts'

const language = part('language')
const loaders: Readonly<Record<Language, () => Promise<{ messages: StageMessages }>>> = {
  en: () => import('./en.ts'),
  zh: () => import('./zh.ts'),
}
const shown: Signal<StageMessages | undefined> = signal(undefined)

async function load(name: Language): Promise<void> {
  const { messages } = await loaders[name]()
  if (language.peek() === name) shown.value = messages
}

/** Loads the texts of the page's language, and again whenever the language changes. */
export function followLanguage(): Promise<void> {
  let first: Promise<void> | undefined
  effect(() => {
    const loading = load(language.value)
    first ??= loading
  })
  return first!
}

export function texts(): StageMessages {
  if (!shown.value) throw new Error('The texts of the page are not loaded.')
  return shown.value
}
