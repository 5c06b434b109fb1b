/** The texts of the page “Winograd” in the language of the page. They are loaded with it. */

import { inLanguage } from '../../stage/docks/language.ts'
import { en, type WinogradMessages } from './en.ts'
import { zh } from './zh.ts'

/** Components that call it follow the language. */
export const texts = (): WinogradMessages => inLanguage({ en, zh })
