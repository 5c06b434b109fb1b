/**
 * The search, which works without a connection. All pages are in one index, in both languages. On
 * a Chinese page, Chinese pages come first.
 */

import MiniSearch, { type Options } from 'minisearch'
import type { Plugin } from 'vitepress'
import { linkTo } from './links.ts'

/** A part of a page under one heading. */
interface Section {
  readonly anchor: string
  readonly titles: string[]
  readonly text: string
}

/**
 * The words of a text. The page gets this function as text, so it needs nothing around it. Words of
 * Chinese have no spaces between them. The engine finds those of its dictionary, which has 填充
 * (padding), but not 卷积 (convolution): so each two signs in a row are a word, too. A name such as `convInputGradient` is a word, and so are its parts.
 */
export const tokenize = (text: string): string[] => {
  const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })
  return text.split(/[\s\p{P}\p{S}]+/u).flatMap((word) => {
    const signs = word.match(/\p{Script=Han}+/gu) ?? []
    if (signs.length > 0)
      return [
        ...[...segmenter.segment(word)].map((part) => part.segment),
        ...signs.flatMap((run) => [...run].slice(1).map((sign, i) => [...run][i] + sign)),
      ]
    const parts = word.split(/(?<=[a-z0-9])(?=[A-Z])/)
    return parts.length > 1 ? [word, ...parts] : [word]
  })
}

/** The options of the index, for the build and for the page. */
export const indexOptions: Options & { tokenize: (text: string) => string[] } = {
  fields: ['title', 'titles', 'text'],
  storeFields: ['title', 'titles'],
  tokenize,
}

const sections = new Map<string, readonly Section[]>()
const baseMark = '%base%'

const heading = /<h([1-6]) id="([^"]*)"[^>]*>([\s\S]*?)<a class="header-anchor"[\s\S]*?<\/h\1>/

/** Cuts a page into sections, and keeps them for the index. VitePress calls it for each page. */
export function keepSections(file: string, html: string): Section[] {
  const [, ...parts] = html.split(heading)
  const above: string[] = []
  const found: Section[] = []
  for (let i = 0; i < parts.length; i += 4) {
    const level = Number(parts[i])
    above.splice(level - 1, above.length, plainText(parts[i + 2]!))
    const titles = above.filter(Boolean)
    found.push({ anchor: level === 1 ? '' : parts[i + 1]!, titles, text: plainText(parts[i + 3]!) })
  }
  sections.set(file, found)
  return found
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' }

const plainText = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(lt|gt|quot|amp);/g, (_, name: string) => entities[name]!)
    .replaceAll(/\s+/g, ' ')
    .trim()

/** Replaces the indexes of VitePress, one for each language, by one of all pages. */
export const oneIndex = (folder: string): Plugin => ({
  name: 'one-search-index',
  enforce: 'pre',
  load(id: string) {
    if (id === '/@localSearchIndexzh') return "export { default } from '@localSearchIndexroot'"
    if (id !== '/@localSearchIndexroot') return undefined
    const index = JSON.stringify(indexOf(folder))
    const base = `replaceAll('${baseMark}', import.meta.env.BASE_URL)`
    return `export default ${JSON.stringify(index)}.${base}`
  },
})

function indexOf(folder: string): MiniSearch {
  const index = new MiniSearch(indexOptions)
  const seen = new Set<string>()
  for (const [file, found] of [...sections].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const address = file.slice(folder.length + 1).replace(/\.md$/, '')
    for (const { anchor, titles, text } of found) {
      const path = linkTo(address).slice(1)
      const ending = path === '' || path.endsWith('/') ? '' : '.html'
      const id = `${baseMark}${path}${ending}${anchor === '' ? '' : `#${anchor}`}`
      if (seen.has(id)) continue
      seen.add(id)
      index.add({ id, text, title: titles.at(-1), titles: titles.slice(0, -1) })
    }
  }
  return index
}
