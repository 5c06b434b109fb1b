/**
 * The texts of a docked view in the language of the page. They are loaded with the view.
 */

import type { ReadonlySignal } from '@preact/signals'
import type { Language } from '../../state/state.ts'
import { part } from '../../state/store.ts'

export const language: ReadonlySignal<Language> = part('language')

/** Components and effects that call it follow the language. */
export const inLanguage = <Texts>(texts: Readonly<Record<Language, Texts>>): Texts =>
  texts[language.value]
