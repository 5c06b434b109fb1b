/**
 * Translates messages of the library, and those of the state, into Chinese. Both are written in
 * English only, so each message is recognised by its words (library-sentences.ts).
 *
 * A sentence has holes: {1} is kept, {1*} is a list of names, {1!} is a part that is translated on
 * its own.
 */

import { librarySentences } from './library-sentences.ts'

interface Sentence {
  readonly pattern: RegExp
  readonly chinese: string
}

export const hole: RegExp = /\{(\d)([*!]?)\}/g

/**
 * The pattern of an English sentence: its words, with any text in the holes. The full stop at the
 * end may be missing.
 */
export function patternOf(english: string): RegExp {
  const words = english.split(hole).filter((_, i) => i % 3 === 0)
  const escaped = words.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${escaped.join('([^]*?)').replace(/\\\.$/, String.raw`\.?`)}$`)
}

let compiled: readonly Sentence[] | undefined

/** The message in Chinese. A message that is not in the table stays in English. */
export function translateSentence(message: string): string {
  compiled ??= librarySentences.map(([english, chinese]) => ({
    pattern: patternOf(english),
    chinese,
  }))
  for (const { pattern, chinese } of compiled) {
    const match = pattern.exec(message)
    if (match) return filled(chinese, match, /\.$/.test(message))
  }
  return message
}

function filled(chinese: string, match: RegExpExecArray, hasStop: boolean): string {
  const text = chinese.replace(hole, (_, number: string, kind: string) => {
    const part = match[Number(number)]!
    if (kind === '!') return translateSentence(part)
    return kind === '*' ? part.replaceAll(', ', '、') : part
  })
  return hasStop ? text : text.replace(/。$/, '')
}
