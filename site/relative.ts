/**
 * Makes the built site work below any path. VitePress writes one absolute path, the base, into all
 * files. It is built with a base that stands for the real one. In pages it becomes a relative path,
 * and in scripts what the page found out about its own address.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { parseAst } from 'rolldown/parseAst'

/** Stands for the path of the site. */
export const basePath = '/path-of-the-site/'

/** Stands for the relative path from a page to the first one, in the script below. */
const upwards = 'path-to-the-first-page'

/** The first script of every page: the path of the site, from the address of this page. */
export const baseScript: string = `globalThis.siteBase=new URL("${upwards}",location.href).pathname`

const baseOfPage = 'globalThis.siteBase'

/** Rewrites all files of a built site. Throws if a base is left. */
export function makeRelative(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name)
    const rewrite = /\.html$/.test(name)
      ? relativePage
      : /\.js$/.test(name)
        ? relativeScript
        : /\.css$/.test(name)
          ? relativePage
          : undefined
    if (rewrite === undefined) continue
    const text = readFileSync(file, 'utf8')
    const up = relative(dirname(file), folder).split(sep).join('/')
    const result = rewrite(text, up === '' ? './' : `${up}/`)
    if (result.includes(basePath)) throw new Error(`${file} contains the base ${basePath}.`)
    if (result !== text) writeFileSync(file, result)
  }
}

/** A page or a style sheet: the base becomes the way up. */
export const relativePage = (text: string, up: string): string =>
  text.replaceAll(basePath, up).replaceAll(upwards, up)

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly value?: unknown
}

/** A script: in strings and templates, the base becomes that of the page. */
export function relativeScript(code: string): string {
  if (!code.includes(basePath)) return code
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = []
  const visit = (node: Node, parent: string): void => {
    const { type, start, end, value } = node
    if (type === 'Literal' && typeof value === 'string' && value.includes(basePath)) {
      if (/^(Import|Export)/.test(parent))
        throw new Error(`A script imports ${value}, which is not relative.`)
      const parts = value.split(basePath).map((part) => JSON.stringify(part))
      edits.push({ start, end, text: `(${parts.join(`+${baseOfPage}+`)})` })
    } else if (type === 'TemplateElement' && code.slice(start, end).includes(basePath)) {
      const text = code.slice(start, end).replaceAll(basePath, `\${${baseOfPage}}`)
      edits.push({ start, end, text })
    }
    for (const child of Object.values(node).flat())
      if (typeof child === 'object' && child !== null && 'type' in child) visit(child as Node, type)
  }
  visit(parseAst(code) as unknown as Node, '')
  let result = ''
  let done = 0
  for (const { start, end, text } of edits.sort((a, b) => a.start - b.start)) {
    result += code.slice(done, start) + text
    done = end
  }
  return result + code.slice(done)
}
