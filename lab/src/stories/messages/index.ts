/** The texts of the stories in the language of the page. They are loaded with the panel. */

import { part } from '../../state/store.ts'
import type { Text } from '../story.ts'
import { en, type StoryMessages } from './en.ts'
import { zh } from './zh.ts'

const language = part('language')

export const texts = (): StoryMessages => (language.value === 'zh' ? zh : en)

/** A text of a story in the language of the page. */
export const inLanguage = (text: Text): string => text[language.value]
