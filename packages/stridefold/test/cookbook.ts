/**
 * The recipes of docs/cookbook.md. The test runs our side of each. scripts/cookbook.ts runs the
 * other side, and writes the fixture.
 */

import { pageText, type Snippet, snippetsOf } from './snippets.ts'

export const page = 'docs/cookbook.md'

export interface Recipe extends Snippet {
  readonly heading: string
}

const lines = pageText(page).split('\n')

/** The snippets of the page in one language, each with the heading above it. */
export const recipesIn = (language: string): readonly Recipe[] =>
  snippetsOf(page, [language]).map((snippet) => ({
    ...snippet,
    heading: lines
      .slice(0, snippet.line)
      .findLast((line) => line.startsWith('## '))!
      .slice('## '.length),
  }))

/** Whether another library runs this snippet. */
export const isTheirs = ({ heading }: Recipe): boolean => heading.startsWith('In place of ')

/** What the comments of a Python snippet say that it prints. */
export const printedByPython = ({ code }: Recipe): readonly string[] =>
  [...code.matchAll(/^print\(.*\) {2}# (.*)$/gm)].map((match) => match[1]!)
