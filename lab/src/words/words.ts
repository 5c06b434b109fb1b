/**
 * The words of the language that the state names. Reading them listens to the language alone: no other change redraws who reads words.
 */

import { part } from '../state/store.ts'
import { en, type Words } from './en.ts'
import { zh } from './zh.ts'

const all: Readonly<Record<'en' | 'zh', Words>> = { en, zh }
const language = part('language')

export const words = (): Words => all[language.value]
