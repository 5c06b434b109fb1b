/** The texts of the page “FFT” in the language of the page. They are loaded with it. */

import { inLanguage } from '../../stage/docks/language.ts'
import { en, type FftMessages } from './en.ts'
import { zh } from './zh.ts'

/** Components that call it follow the language. */
export const texts = (): FftMessages => inLanguage({ en, zh })
