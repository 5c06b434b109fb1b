/**
 * The words of the language that the state names. Reading them listens to the language alone: no
 * other change redraws who reads words.
 */

import { part } from '../state/store.ts'
import { en, type Messages } from './en.ts'
import { zh } from './zh.ts'

const all: Readonly<Record<'en' | 'zh', Messages>> = { en, zh }
const language = part('language')

export const messages = (): Messages => all[language.value]
