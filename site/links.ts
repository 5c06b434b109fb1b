/**
 * Links between files of the repository become links between pages of the site. A link to a file
 * that is no page becomes the name of the file: the site names no host.
 */

import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { Addresses } from './repository.ts'

interface Place {
  /** The file that contains the links, relative to the root. */
  readonly file: string
  readonly addresses: Addresses
  readonly root: string
}

/** Pictures that pages show, by their file. The site keeps them in one folder. */
export const pictures: Readonly<Record<string, string>> = {
  'docs/lab.webp': 'lab.webp',
  'docs/lab-matrix-light.webp': 'lab-matrix-light.webp',
  'docs/lab-matrix-dark.webp': 'lab-matrix-dark.webp',
  'packages/cli/assets/sample.png': 'sample.png',
}

const link = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g

/** The text with links of the site. Throws for a link to a file that does not exist. */
export function withSiteLinks(text: string, place: Place): string {
  // Links are found in a text whose code is blank, and changed in the text itself.
  const blank = withoutCode(text)
  let result = ''
  let done = 0
  for (const { 0: whole, 1: mark, 3: target, index } of blank.matchAll(link)) {
    const end = index + whole.length
    const name = text.slice(index + mark!.length + 1, end - target!.length - ']('.length - 1)
    result += text.slice(done, index) + siteLink(mark!, name, target!, place)
    done = end
  }
  return result + text.slice(done)
}

/** The text with code of equal length that holds no links. */
export const withoutCode = (text: string): string =>
  text
    .replace(/^( *)(```+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, blankOf)
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, blankOf)

const blankOf = (code: string): string => code.replace(/[^\n]/g, 'x')

function siteLink(
  mark: string,
  name: string,
  target: string,
  { file, addresses, root }: Place,
): string {
  if (/^[a-z]+:/.test(target) || target.startsWith('#')) return `${mark}[${name}](${target})`
  const [path = '', anchor] = target.split('#')
  const found = normalize(join(dirname(file), path)).replace(/\/$/, '')
  const behind = anchor === undefined ? '' : `#${anchor}`
  if (mark === '!') {
    const picture = pictures[found]
    if (picture === undefined)
      throw new Error(`${file} shows ${found}. Name it in the pictures of site/links.ts.`)
    return `![${name}](/pictures/${picture})`
  }
  const address = addresses.get(found)
  if (address !== undefined) return `[${name}](${linkTo(address)}${behind})`
  if (!existsSync(join(root, found)))
    throw new Error(`${file} links to ${found}, which is neither a file nor a page.`)
  const plain = name.replaceAll('`', '')
  return found === plain || found.endsWith(`/${plain}`) ? `\`${found}\`` : `${name} (\`${found}\`)`
}

/** The link to a page from any other. */
export const linkTo = (address: string): string => `/${address.replace(/(^|\/)index$/, '$1')}`
