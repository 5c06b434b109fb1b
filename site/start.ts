/** The start page. Its example is the one of README.md, which a test runs. */

import { readText } from './pages.ts'

const readmes = { en: 'README.md', zh: 'README.zh.md' } as const

/** The first block of TypeScript of the README. */
export function exampleOf(language: keyof typeof readmes): string {
  const example = /^```ts\n[\s\S]*?^```$/m.exec(readText(readmes[language]))?.[0]
  if (example === undefined) throw new Error(`${readmes[language]} has no example.`)
  return example
}

export const startPage = (language: keyof typeof readmes): string =>
  readText(`site/start/${language}.md`).replace('<!-- example -->', exampleOf(language))
