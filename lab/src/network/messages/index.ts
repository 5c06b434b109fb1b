/** The texts of the page “Network” in the language of the page. They are loaded with it. */

import { inLanguage } from '../../stage/docks/language.ts'
import { en, type NetworkMessages } from './en.ts'
import { zh } from './zh.ts'

/** Components that call it follow the language. */
export const texts = (): NetworkMessages => inLanguage({ en, zh })
