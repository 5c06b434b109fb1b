/**
 * The texts in the current language.
 *
 * A component that reads them depends on the language only. Other changes of the state do not
 * redraw it.
 */

import { part } from '../state/store.ts'
import { en, type Messages } from './en.ts'
import { zh } from './zh.ts'

const all: Readonly<Record<'en' | 'zh', Messages>> = { en, zh }
const language = part('language')

export const messages = (): Messages => all[language.value]
