/** Which links of a built site lead nowhere? Files and anchors are looked up, hosts are not. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** The pages of a built site, relative to its folder. The lab has tests of its own. */
export const builtPages = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.html') && !name.startsWith('lab/') && name !== '404.html')
    .sort()

interface Found {
  readonly links: number
  /** Each with the page that has it. */
  readonly dead: readonly string[]
}

export function checkLinks(folder: string): Found {
  const anchors = new Map<string, ReadonlySet<string>>()
  const anchorsOf = (file: string): ReadonlySet<string> => {
    const known = anchors.get(file)
    if (known !== undefined) return known
    const html = readFileSync(file, 'utf8')
    const found = new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => unescaped(id!)))
    anchors.set(file, found)
    return found
  }
  const dead: string[] = []
  let links = 0
  for (const page of builtPages(folder)) {
    const file = join(folder, page)
    const targets = readFileSync(file, 'utf8').matchAll(/\s(?:href|src)="([^"]*)"/g)
    for (const target of new Set([...targets].map(([, text]) => unescaped(text!)))) {
      if (/^[a-z]+:/.test(target)) continue
      links++
      const [path = '', anchor = ''] = target.split('#')
      const found = fileAt(folder, file, decodeURIComponent(path))
      const isPage = found?.endsWith('.html') && !relative(folder, found).startsWith('lab')
      if (found === undefined) dead.push(`${page}: ${target} is no file of the site`)
      else if (anchor !== '' && isPage && !anchorsOf(found).has(decodeURIComponent(anchor)))
        dead.push(`${page}: ${target} has no such anchor`)
    }
  }
  return { links, dead }
}

/** The file that a path of a page means. A path from the root of the host is none. */
function fileAt(folder: string, page: string, path: string): string | undefined {
  if (path.startsWith('/')) return undefined
  const file = path === '' ? page : resolve(dirname(page), path)
  if (relative(folder, file).startsWith('..') || !existsSync(file)) return undefined
  if (!statSync(file).isDirectory()) return file
  return existsSync(join(file, 'index.html')) ? join(file, 'index.html') : undefined
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' }

const unescaped = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16))
  })
