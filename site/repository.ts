/** The files of the repository that are pages, and where each one is on the site. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('..', import.meta.url))

/** Addresses by the file in the repository that they show. */
export type Addresses = ReadonlyMap<string, string>

const single: Readonly<Record<string, string>> = {
  'README.md': 'readme',
  'README.zh.md': 'zh/readme',
  'CHANGELOG.md': 'changelog',
  'CONTRIBUTING.md': 'contributing',
  'SECURITY.md': 'security',
  'CODE_OF_CONDUCT.md': 'code-of-conduct',
  'examples/README.md': 'examples/index',
}

/** Pages that are written here, by the file or folder that links to them name. */
export const written: Readonly<Record<string, string>> = {
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
  const starters = readdirSync(join(root, 'examples'))
    .filter((name) => existsSync(join(root, 'examples', name, 'README.md')))
    .map((name): [string, string] => [`examples/${name}/README.md`, `examples/${name}`])
  return new Map([...Object.entries(single), ...guides, ...inFolders, ...packages, ...starters])
}

/** The text below the first `# `, without marks of emphasis. */
export const titleOf = (text: string): string =>
  /^# (.+)$/m.exec(text)?.[1]?.replaceAll(/[`*]/g, '') ?? ''

export const readText = (file: string): string => readFileSync(join(root, file), 'utf8')
