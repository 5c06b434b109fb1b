/**
 * The words of the language that the state names.
 */

import { state } from '../state/store.ts'
import { en, type Words } from './en.ts'
import { zh } from './zh.ts'

const all: Readonly<Record<'en' | 'zh', Words>> = { en, zh }

export const words = (): Words => all[state.value.language]
