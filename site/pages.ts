/**
 * Which pages does the site have, and what is the text of each? Pages from the repository are read
 * where they are. The text is theirs, only its links lead to the pages of the site.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchmarksPage } from './benchmarks.ts'
import { withSiteLinks } from './links.ts'
import { referencePages } from './reference.ts'
import { startPage } from './start.ts'

export const root: string = fileURLToPath(new URL('..', import.meta.url))

/** A page of the site. */
export interface Page {
  /** Its address without the ending, such as `guide/walk`; `index` is the first of a folder. */
  readonly address: string
  readonly text: string
}

/** Addresses by the file in the repository that they show. */
export type Addresses = ReadonlyMap<string, string>

const single: Readonly<Record<string, string>> = {
  'README.md': 'readme',
  'README.zh.md': 'zh/readme',
  'CHANGELOG.md': 'changelog',
  'CONTRIBUTING.md': 'contributing',
  'SECURITY.md': 'security',
  'CODE_OF_CONDUCT.md': 'code-of-conduct',
}

/** Pages that are written here, by the file or folder that links to them name. */
const written: Readonly<Record<string, string>> = {
  'docs/api.md': 'api/index',
  'docs/decisions': 'decisions/index',
}

const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
    .sort()

/** The address of every page that is a file of the repository, in order of the files. */
export function pageAddresses(): Addresses {
  const guides = markdownIn('docs')
    .filter((file) => !(file in written))
    .map((file): [string, string] => {
      const name = file.slice('docs/'.length, -'.md'.length)
      return [file, name.endsWith('.zh') ? `zh/guide/${name.slice(0, -3)}` : `guide/${name}`]
    })
  const inFolders = ['algorithms', 'decisions'].flatMap((folder) =>
    markdownIn(`docs/${folder}`).map((file): [string, string] => [
      file,
      file.slice('docs/'.length, -'.md'.length),
    ]),
  )
  const packages = readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'README.md')))
    .map((name): [string, string] => [`packages/${name}/README.md`, `packages/${name}`])
  return new Map([...Object.entries(single), ...guides, ...inFolders, ...packages])
}

/** The text below the first `# `, without marks of emphasis. */
export const titleOf = (text: string): string =>
  /^# (.+)$/m.exec(text)?.[1]?.replaceAll(/[`*]/g, '') ?? ''

export const readText = (file: string): string => readFileSync(join(root, file), 'utf8')

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
    ...referencePages(linked, root),
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
