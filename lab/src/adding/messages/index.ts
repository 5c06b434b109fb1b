/**
 * The texts of the page “Adding up” in the language of the page. They are loaded with it.
 */

import { inLanguage } from '../../stage/docks/language.ts'
import { type AddingMessages, en } from './en.ts'
import { zh } from './zh.ts'

/** Components that call it follow the language. */
export const texts = (): AddingMessages => inLanguage({ en, zh })
