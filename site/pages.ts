/**
 * Which pages does the site have, and what is the text of each? Pages from the repository are read
 * where they are. The text is theirs, only its links lead to the pages of the site.
 */

import { benchmarksPage } from './benchmarks.ts'
import { withSiteLinks } from './links.ts'
import { referencePages } from './reference.ts'
import { type Addresses, pageAddresses, readText, root, titleOf, written } from './repository.ts'
import { startPage } from './start.ts'

/** A page of the site. */
export interface Page {
  /** Its address without the ending, such as `guide/walk`; `index` is the first of a folder. */
  readonly address: string
  readonly text: string
}

/** All pages. Takes some seconds, most of them for the reference. */
export function pages(): Page[] {
  const addresses = pageAddresses()
  const linked = new Map([...addresses, ...Object.entries(written)])
  const copied = [...addresses].map(([file, address]): Page => {
    const text = withSiteLinks(readText(file), { file, addresses: linked, root })
    return { address, text: `${frontMatter(file, address)}${text}` }
  })
  return [
    { address: 'index', text: startPage('en') },
    { address: 'zh/index', text: startPage('zh') },
    ...copied,
    { address: 'decisions/index', text: decisionsText(addresses) },
    { address: 'benchmarks/index', text: benchmarksPage() },
    ...referencePages(linked),
  ]
}

/** Says where a page comes from, so that a reader finds what to change. */
const frontMatter = (file: string, address: string): string =>
  [
    '---',
    `source: ${file}`,
    ...(address === 'changelog' ? ['outline: 2'] : []),
    '---',
    '',
    '',
  ].join('\n')

function decisionsText(addresses: Addresses): string {
  const rows = [...addresses]
    .filter(([file]) => file.startsWith('docs/decisions/'))
    .map(([file, address]) => {
      const text = readText(file)
      const date = /\*\*Decided\*\* (\d{4}-\d{2}-\d{2})/.exec(text)?.[1] ?? ''
      const [, number, title] = /^(\d+)\. (.*)$/.exec(titleOf(text))!
      return `| ${number} | [${title}](/${address}) | ${date} |`
    })
  return `# Decisions

What took a day or more to decide, with what was tried and what would change our mind.

| number | decision | date |
|---|---|---|
${rows.join('\n')}
`
}
