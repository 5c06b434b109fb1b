/**
 * The start pages. Their example is the one of the README, which a test runs. Their links are
 * written as in Markdown, also where the page has elements of its own.
 */

import { basePath } from './relative.ts'
import { readText } from './repository.ts'

const readmes = { en: 'README.md', zh: 'README.zh.md' } as const

/** The first block of TypeScript of the README. */
export function exampleOf(language: keyof typeof readmes): string {
  const example = /^```ts\n[\s\S]*?^```$/m.exec(readText(readmes[language]))?.[0]
  if (example === undefined) throw new Error(`${readmes[language]} has no example.`)
  return example
}

export const startPage = (language: keyof typeof readmes): string =>
  readText(`site/start/${language}.md`)
    .replace('<!-- example -->', exampleOf(language))
    .replaceAll(
      /href="\/([\w/-]*)/g,
      (_, address) => `href="${basePath}${address}${/(^|\/)$/.test(address) ? '' : '.html'}`,
    )
