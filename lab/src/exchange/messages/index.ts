/** The texts of the dialogs in the language of the page. They are loaded with the dialogs. */

import { part } from '../../state/store.ts'
import { en } from './en.ts'
import type { ExchangeMessages } from './types.ts'
import { zh } from './zh.ts'

const language = part('language')

export const texts = (): ExchangeMessages => (language.value === 'zh' ? zh : en)
