/**
 * How does a word on the command line become the value of a flag? One parser per kind of value. A
 * parser throws commander's `InvalidArgumentError`, whose message says what is needed.
 */

import { InvalidArgumentError, Option } from 'commander'
import { didYouMean } from './did-you-mean.ts'

/** Returns a parser of one value, or of a list with a comma between axes: `2` or `2,1`. */
export function perAxis<T>(parse: (word: string) => T): (text: string) => T | T[] {
  return (text) => {
    const values = text.split(',').map((word) => parse(word.trim()))
    return values.length === 1 ? values[0]! : values
  }
}

/** A border. The library checks names; here only `constant=V` becomes an object. */
export function border(word: string): string | { readonly constant: number } {
  const value = /^constant[=:](.*)$/.exec(word)?.[1]
  if (value !== undefined) return { constant: number(value) }
  if (word === 'constant') throw new InvalidArgumentError("Write the value after it: 'constant=0'.")
  return word
}

/** Returns a parser that accepts only these words, and suggests one for a misspelt word. */
export function oneOf<T extends string>(words: readonly T[]): (word: string) => T {
  return (word) => {
    const found = words.find((candidate) => candidate === word)
    if (found !== undefined) return found
    throw new InvalidArgumentError(
      `Allowed choices are ${words.join(', ')}.${didYouMean(word, words)}`,
    )
  }
}

/** An option with a fixed list of words, which help and completion show too. */
export const choiceOption = (syntax: string, help: string, words: readonly string[]): Option =>
  new Option(syntax, help).choices(words).argParser(oneOf(words))

/** A finite number. */
export function number(word: string): number {
  const value = Number(word)
  if (word.trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError(`'${word}' is not a number.`)
  return value
}

/** A whole number from 0. */
export function wholeNumber(word: string): number {
  if (!/^\d+$/.test(word) || !Number.isSafeInteger(Number(word)))
    throw new InvalidArgumentError('Give a whole number.')
  return Number(word)
}

const bytesPerUnit: Readonly<Record<string, number>> = {
  '': 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
}

/** A number of bytes. K, M and G stand for powers of 1024. */
export function bytes(word: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)\s*([kmg]?)(?:i?b)?$/i.exec(word) ?? []
  if (digits === '')
    throw new InvalidArgumentError("Give bytes, or a number with K, M or G, such as '64M'.")
  return number(digits) * bytesPerUnit[unit.toLowerCase()]!
}

/** Extents such as `1x64x56x56`, in any notation of a list. */
export function extents(word: string): number[] {
  const list = word.replace(/^[[(]\s*|\s*,?\s*[\])]$/g, '')
  if (!/^\d+(?:\s*[xX×,]\s*\d+)*$/.test(list))
    throw new InvalidArgumentError("Give whole numbers with x between them, such as '512x512'.")
  const values = list.split(/[xX×,]/).map(Number)
  if (!values.every((value) => Number.isSafeInteger(value) && value >= 1))
    throw new InvalidArgumentError('Give extents ≥ 1.')
  return values
}
