/**
 * The texts of the picture page in the language of the page. They are loaded with it.
 */

import { part } from '../../state/store.ts'
import { en, type PhotoMessages } from './en.ts'
import { zh } from './zh.ts'

const language = part('language')

/** Components and effects that call it follow the language. */
export const texts = (): PhotoMessages => (language.value === 'zh' ? zh : en)
