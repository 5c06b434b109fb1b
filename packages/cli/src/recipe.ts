/**
 * A recipe: a JSON file with flags of `filter`, by their names. Flags on the command line come
 * first.
 *
 *   { "kernel": ["gaussian:sigma=1", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]], "boundary": "edge" }
 *
 * Each value is read as the words of its flag are. A kernel may also be nested lists of numbers.
 */

import { didYouMean } from './did-you-mean.ts'
import { type Failure, inputError, messageOf } from './failure.ts'
import { type FilterFlags, recipeFlags } from './filter-flags.ts'
import type { Io } from './io.ts'
import { printable } from './printable.ts'
import { readInput } from './read-input.ts'

const maxRecipeBytes = 2 ** 20

/** The flags, with those of the recipe for what is not given. */
export async function withRecipe(given: FilterFlags, io: Io): Promise<FilterFlags> {
  if (given.recipe === undefined) return given
  const name = given.recipe
  const text = new TextDecoder().decode(await readInput(name, io, maxRecipeBytes))
  const read = Object.entries(parse(text, name)).map(([key, value]) => [
    key,
    flagValue(key, value, name),
  ])
  const { kernel, ...others } = given
  return { kernel, ...Object.fromEntries(read), ...others, ...(kernel.length > 0 && { kernel }) }
}

function parse(text: string, name: string): object {
  let recipe: unknown
  try {
    recipe = JSON.parse(text)
  } catch (error) {
    throw inputError(`${name} is not valid JSON: ${printable(messageOf(error))}.`, error)
  }
  if (typeof recipe === 'object' && recipe !== null && !Array.isArray(recipe)) return recipe
  throw inputError(`${name} is not a recipe: an object is needed, such as {"kernel": "sobel-x"}.`)
}

function flagValue(key: string, value: unknown, name: string): unknown {
  const read = recipeFlags.get(key)
  if (!read) {
    const known = [...recipeFlags.keys()]
    throw inputError(
      `${name}: '${printable(key)}' is not a flag that a recipe can hold.` +
        `${didYouMean(key, known)} Known are ${known.join(', ')}.`,
    )
  }
  if (key === 'kernel') return kernelTexts(value, name)
  try {
    return read(wordOf(value, () => wrongValue(key, value, name)))
  } catch (error) {
    throw inputError(`${name}: '${key}': ${messageOf(error)}`, error)
  }
}

/** One kernel or a list: names, files, matrices as text, or nested lists of numbers. */
function kernelTexts(value: unknown, name: string): string[] {
  const isMatrix = Array.isArray(value) && value.every(isNumbers)
  const kernels = Array.isArray(value) && !isMatrix ? value : [value]
  const texts = kernels.map((kernel) =>
    typeof kernel === 'string' ? kernel : isNumbers(kernel) ? JSON.stringify(kernel) : undefined,
  )
  if (texts.length === 0 || texts.includes(undefined)) throw wrongValue('kernel', value, name)
  return texts as string[]
}

const isNumbers = (value: unknown): boolean =>
  typeof value === 'number' || (Array.isArray(value) && value.length > 0 && value.every(isNumbers))

/** What one would write after the flag. */
function wordOf(value: unknown, fail: () => Failure): string {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value)
  if (Array.isArray(value)) return value.map((part) => wordOf(part, fail)).join()
  if (typeof value === 'object' && value !== null && 'constant' in value)
    return `constant=${value.constant}`
  throw fail()
}

const wrongValue = (key: string, value: unknown, name: string): Failure =>
  inputError(
    `${name}: '${key}' is ${printable(JSON.stringify(value)).slice(0, 60)}, which is not what ` +
      'the flag takes.',
  )
