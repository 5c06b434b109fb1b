/**
 * Sums and comparisons of numbers of the lab: `output:0,0,0,1 - 0.06`, `3 < other.products /
 * products < 5`. Words stand between blanks. `other.` reads another state, and `*` as an index
 * stands for the cell that the reader points at.
 *
 *     condition = sum { ("=" | "<" | ">" | "<=" | ">=") sum }
 *     sum       = term { ("+" | "-") term }
 *     term      = word { ("*" | "/") word }
 */

import { roundOff } from '../stage/stage-model.ts'
import { type Numbers, quantity } from './quantities.ts'

export interface Scope {
  readonly here: Numbers
  readonly other: Numbers | undefined
  /** The index of the cell that `*` stands for. */
  readonly cell?: readonly number[]
}

/** Whether two numbers are the same to all digits that a reader sees. */
export const isSame = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': isSame,
  '<': (a, b) => a < b && !isSame(a, b),
  '>': (a, b) => a > b && !isSame(a, b),
  '<=': (a, b) => a < b || isSame(a, b),
  '>=': (a, b) => a > b || isSame(a, b),
}

const wordsOf = (text: string): string[] => text.trim().split(/\s+/)

/** The number of an expression. */
export const numberOf = (text: string, scope: Scope): number => sumOf(wordsOf(text), scope)

/** Whether a condition holds. */
export function holds(text: string, scope: Scope): boolean {
  const sums: string[][] = [[]]
  const signs: string[] = []
  for (const word of wordsOf(text)) {
    if (Object.hasOwn(comparisons, word)) {
      signs.push(word)
      sums.push([])
    } else sums.at(-1)!.push(word)
  }
  if (signs.length === 0)
    throw new Error(`'${text}' compares nothing: write = < > <= or >= between blanks`)
  const values = sums.map((words) => sumOf(words, scope))
  return signs.every((sign, i) => comparisons[sign]!(values[i]!, values[i + 1]!))
}

function sumOf(words: readonly string[], scope: Scope): number {
  let sum = 0
  let sign = 1
  let term: string[] = []
  const addTerm = (): void => {
    sum += sign * termOf(term, scope)
    term = []
  }
  for (const word of words) {
    if (word !== '+' && word !== '-') term.push(word)
    else {
      addTerm()
      sign = word === '+' ? 1 : -1
    }
  }
  addTerm()
  return roundOff(sum)
}

function termOf([first = '', ...rest]: readonly string[], scope: Scope): number {
  let value = wordValue(first, scope)
  for (let i = 0; i < rest.length; i += 2) {
    const [sign, word = ''] = [rest[i], rest[i + 1]]
    if (sign !== '*' && sign !== '/')
      throw new Error(`found '${sign}', expected + - * or / between blanks`)
    value = sign === '*' ? value * wordValue(word, scope) : value / wordValue(word, scope)
  }
  return value
}

function wordValue(word: string, { here, other, cell }: Scope): number {
  if (word === '') throw new Error('a number is missing')
  if (!Number.isNaN(Number(word))) return Number(word)
  const isOther = word.startsWith('other.')
  if (isOther && !other) throw new Error(`'${word}' needs "other", the link of another state`)
  const name = isOther ? word.slice('other.'.length) : word
  if (name.endsWith(':*') && !cell) throw new Error(`'${word}' has no cell: * needs "cell"`)
  return quantity(isOther ? other! : here, cell ? name.replace(/:\*$/, `:${cell}`) : name)
}
