/** The texts of the menu "More" in the language of the page. They are loaded with it. */

import { part } from '../../state/store.ts'
import { en, type MenuMessages } from './en.ts'
import { zh } from './zh.ts'

const language = part('language')

export const texts = (): MenuMessages => (language.value === 'zh' ? zh : en)
