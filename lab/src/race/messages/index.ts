/** The texts of the race in the language of the page. They are loaded with it. */

import { part } from '../../state/store.ts'
import { en, type RaceMessages } from './en.ts'
import { zh } from './zh.ts'

const language = part('language')

/** Components and effects that call it follow the language. */
export const texts = (): RaceMessages => (language.value === 'zh' ? zh : en)

/** The name of a runner. Algorithms of the library keep the names that calls take. */
export const nameOf = (name: string): string => texts().names[name] ?? name
