/**
 * The code of a page in docs/, and how a test runs it.
 *
 * A snippet is a fenced block of `ts` or `js`. It is a module of its own, without types, so it runs
 * as it is. `console.log(…) // text` means that this line prints this text.
 */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Snippet {
  /** The number of its first line in the page. */
  readonly line: number
  readonly language: string
  readonly code: string
  /** What its comments say that it prints, line by line. */
  readonly printed: readonly string[]
}

/** The text of a page, such as 'docs/memory.md'. */
export const pageText = (page: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${page}`, import.meta.url)), 'utf8')

/** The fenced blocks of a page that have one of these languages. */
export function snippetsOf(page: string, languages: readonly string[]): readonly Snippet[] {
  const text = pageText(page)
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .map(({ 1: language = '', 2: code = '', index }) => ({
      ...{ line: text.slice(0, index).split('\n').length + 1, language, code },
      printed: [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map((match) => match[1]!),
    }))
    .filter(({ language }) => languages.includes(language))
}

/** The snippet of a page whose first line is a comment with this file name. */
export function namedSnippet(page: string, name: string): string {
  const found = snippetsOf(page, ['ts', 'js', 'html']).find(({ code }) =>
    code.split('\n')[0]!.includes(name),
  )
  if (found === undefined) throw new Error(`${page} has no snippet that begins with ${name}`)
  return found.code
}

/**
 * Runs a snippet in this process. `modules` are the values of its imports, by specifier. Returns
 * what it prints. A list prints as its elements do in JSON.
 */
export async function runSnippet(
  { code }: Snippet,
  modules: Readonly<Record<string, object>>,
): Promise<readonly string[]> {
  const body = code.replace(
    /^import (\{[^}]*\}|(?:\* as )?\w+) from '([^']+)'/gm,
    (_, names: string, specifier: string) => `const ${namesOf(names)} = modules['${specifier}']`,
  )
  const lines: string[] = []
  const log = (...values: readonly unknown[]): void => void lines.push(values.map(shown).join(' '))
  const AsyncFunction = (async () => undefined).constructor as new (
    ...parts: readonly string[]
  ) => (modules: object, console: object) => Promise<void>
  await new AsyncFunction('modules', 'console', body)(modules, { ...console, log })
  return lines
}

/** What an import takes from a module, as a declaration takes it from an object. */
const namesOf = (names: string): string =>
  names.startsWith('{') ? names : names.startsWith('*') ? names.slice(5) : `{ default: ${names} }`

/** A value as a snippet prints it. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', ')
