/**
 * The sentences with which `translate --from` refuses: what came, and what to do.
 */

import { OptionError } from 'stridefold/sync'

/** The user's word in a sentence. */
export const formatted = (word: string): string => `'${word}'`

/** The error for code that is understood as text but has no meaning here. */
export const notRead = (why: string, instead: string): OptionError =>
  new OptionError('TRANSLATION_REFUSED', `${why}. ${instead}`)

/** `a, b or c`. */
export const oneOf = (words: readonly string[]): string =>
  words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`
