/**
 * The reference: one page for each section of docs/api.md, with the whole documentation of each
 * name. It is read from the code, as editors read it.
 */

import { firstSentence, sectionOf, sections } from '../scripts/api.ts'
import { entryPoints, namesOfOther, type PublicName, publicNames } from '../scripts/public-names.ts'
import { linkTo } from './links.ts'
import type { Page } from './pages.ts'
import type { Addresses } from './repository.ts'

/** A name with the entry points that export it. */
interface Listed extends PublicName {
  readonly entries: readonly string[]
  readonly section: string
  /** The folder of its file. */
  readonly folder: string
}

/** A package beside the library. Its section is not in docs/api.md. */
interface Other {
  readonly section: string
  readonly folder: string
  /** The entry points by the file in `src`. */
  readonly entries: readonly string[]
}

export const otherPackages: readonly Other[] = [
  { section: 'Arrays larger than memory', folder: 'volumes', entries: ['index'] },
  {
    section: 'Measurement',
    folder: 'measure',
    entries: ['index', 'browser', 'articles', 'rivals/index', 'suites'],
  },
]

/** The address of the page of a section: its title without marks. */
export const sectionAddress = (title: string): string =>
  `api/${title
    .replace(/: .*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')}`

/** The anchor of a name. `Plan` and `plan` are both names, so a type has an own ending. */
const anchorOf = ({ name, isType }: PublicName): string =>
  isType || /^[A-Z]/.test(name) ? `${name.toLowerCase()}-type` : name.toLowerCase()

/** Two hyphens, because a type may have a member `type`. */
const memberAnchor = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\W+/, '--')
    .replaceAll(/[^a-z0-9]+$|[^a-z0-9-]/g, '')

export function referencePages(addresses: Addresses): Page[] {
  const all = publicNames()
  const names = listed(all)
  const members = membersByName(entryPoints.flatMap((entry) => all[entry].members))
  const links = linksTo(names)
  const shown = Object.keys(sections)
    .map((title) => ({ title, names: names.filter(({ section }) => section === title) }))
    .filter((section) => section.names.length > 0)
  const context: Context = { members, links, addresses }
  const others = otherPackages.map((other) => listedOfOther(other))
  return [
    { address: 'api/index', text: indexText([...shown, ...others]) },
    ...shown.map(({ title, names }) => ({
      address: sectionAddress(title),
      text: sectionText(title, names, context),
    })),
    ...others.map(({ title, names, members }) => ({
      address: sectionAddress(title),
      text: sectionText(title, names, {
        ...context,
        members: membersByName(members),
        // A name of this package hides the same name of the library.
        links: new Map([...links, ...linksTo(names)]),
      }),
    })),
  ]
}

const membersByName = (members: readonly PublicName[]): Map<string, PublicName> =>
  new Map(members.map((member) => [member.name, member]))

const linkOf = (name: Listed): string => `/${sectionAddress(name.section)}#${anchorOf(name)}`

const linksTo = (names: readonly Listed[]): Map<string, string> =>
  new Map(names.map((name) => [name.name, linkOf(name)]))

/** The names of a package beside the library, each once, and their members. */
function listedOfOther({ section, folder, entries }: Other): Section & {
  readonly members: readonly PublicName[]
} {
  const all = namesOfOther(folder, entries)
  const found = new Map<string, Listed>()
  for (const entry of entries) {
    const path = entry.replace(/\/?index$/, '')
    const from = `@stridefold/${folder}${path === '' ? '' : `/${path}`}`
    for (const name of all[entry]!.exports) {
      const before = found.get(name.name) ?? {
        ...name,
        section,
        folder: `packages/${folder}/src`,
        entries: [],
      }
      found.set(name.name, { ...before, entries: [...before.entries, from] })
    }
  }
  const members = entries.flatMap((entry) => all[entry]!.members)
  return { title: section, names: [...found.values()], members }
}

interface Context {
  readonly members: ReadonlyMap<string, PublicName>
  /** The link to each public name. */
  readonly links: ReadonlyMap<string, string>
  readonly addresses: Addresses
}

/** Every name once, with all entry points that have it. Twins named …Sync stand with theirs. */
function listed(all: ReturnType<typeof publicNames>): Listed[] {
  const found = new Map<string, Listed>()
  for (const entry of entryPoints)
    for (const name of all[entry].exports) {
      if (name.name.endsWith('Sync')) continue
      const before = found.get(name.name)
      const from = entry === 'index' ? 'stridefold' : `stridefold/${entry}`
      found.set(name.name, {
        ...(before ?? { ...name, section: sectionOf(name), folder: 'packages/stridefold/src' }),
        entries: [...(before?.entries ?? []), from],
      })
    }
  return [...found.values()]
}

interface Section {
  readonly title: string
  readonly names: readonly Listed[]
}

const indexText = (shown: readonly Section[]): string => `---
aside: false
---

# API

Every public name. Each entry has the whole documentation from the code: parameters with shapes and
units, defaults, errors, costs, and an example whose comments are results that a test checks.

- \`stridefold\`: calls that compute return promises. Each has a twin that returns its result, such
  as \`conv2dSync\`.
- \`stridefold/sync\`: the same names without the twins. There the calls return their results.
- \`stridefold/npy\`, \`stridefold/boxes\` and \`stridefold/verify\` have their own sections. So
  have \`@stridefold/volumes\` and \`@stridefold/measure\`, which are packages of their own.

${shown
  .map(
    ({ title, names }) => `## ${plainTitle(title)}

| name | what it is |
|---|---|
${names.map((name) => `| [\`${name.name}\`](${linkOf(name)}) | ${summaryOf(name)} |`).join('\n')}
`,
  )
  .join('\n')}`

const plainTitle = (title: string): string => title.replaceAll('`', '')

function sectionText(title: string, names: readonly Listed[], context: Context): string {
  const calls = names.filter(({ isType }) => !isType)
  const types = names.filter(({ isType }) => isType)
  return `---
outline: 2
---

# ${plainTitle(title)} {#page}

${[...calls, ...types].map((name) => entryText(name, context)).join('\n')}`
}

function entryText(name: Listed, context: Context): string {
  const own = membersOf(name, context)
  const inherited = inheritedOf(name, own)
  return [
    `## \`${name.name}\` {#${anchorOf(name)}}\n`,
    ...(name.signature === ''
      ? name.declaration === ''
        ? []
        : [code(withoutDeepIndent(name.declaration))]
      : [code(`${name.name}${name.signature}`)]),
    `${documentationText(name, context)}\n`,
    ...name.examples.map(exampleText),
    ...(inherited.length === 0 ? [] : [`${inheritedText(inherited, context)}\n`]),
    ...own.map((member) => memberText(member, context)),
    `${sourceText(name)}\n`,
  ].join('\n')
}

const code = (text: string): string => `\`\`\`ts\n${text}\n\`\`\`\n`

/** An example with a button that runs it, unless it needs Node. */
const exampleText = (example: string): string =>
  /\bDuplex\b/.test(example) ? code(example) : `<RunExample>\n\n${code(example)}\n</RunExample>\n`

const withoutDeepIndent = (text: string): string =>
  text.replaceAll(/^ {12}/gm, '      ').replaceAll(/^ {4}\}/gm, '    }')

/** Where it comes from: the entry points, the file with its line, and the twin of a call. */
function sourceText({ name, entries, folder, file, line, signature }: Listed): string {
  const from = entries.map((entry) => `\`${entry}\``).join(', ')
  const twin =
    signature.includes('Promise<') &&
    ['stridefold', 'stridefold/sync'].every((entry) => entries.includes(entry))
      ? ` \`${name}Sync\`, and \`${name}\` of \`stridefold/sync\`, return the result itself.`
      : ''
  return `<p class="source">From ${html(from)}. Source: ${html(
    `\`${folder}/${file}\``,
  )}, line ${line}.${html(twin)}</p>`
}

const html = (text: string): string => text.replaceAll(/`([^`]*)`/g, '<code>$1</code>')

/** The members that the type itself declares; those of `Kernels` for `kernels`. */
function membersOf({ name, members, type }: Listed, context: Context): PublicName[] {
  const keys = members.length > 0 ? members : [...context.members.keys()]
  const owner = members.length > 0 ? name : type
  if (members.length === 0 && (context.links.has(type) || !/^[A-Z]\w*$/.test(type))) return []
  return keys
    .filter((key) => key.startsWith(`${owner}.`) || key.startsWith(`${owner}[`))
    .flatMap((key) => context.members.get(key) ?? [])
}

/** The types whose members a type has, too, with these members. */
function inheritedOf(
  { members }: Listed,
  own: readonly PublicName[],
): (readonly [string, readonly string[]])[] {
  const owners = new Map<string, string[]>()
  for (const key of members) {
    if (own.some(({ name }) => name === key)) continue
    const [, owner, member] = /^(\w+)\.(\w+)$/.exec(key) ?? []
    if (owner === undefined || member === undefined) continue
    owners.set(owner, [...(owners.get(owner) ?? []), member])
  }
  return [...owners]
}

function inheritedText(
  inherited: ReturnType<typeof inheritedOf>,
  { links, members }: Context,
): string {
  const parts = inherited.map(([owner, names]) => {
    const link = links.get(owner)
    const title = link === undefined ? `\`${owner}\`` : `[\`${owner}\`](${link})`
    const items = names.map((name) => {
      const target = members.has(`${owner}.${name}`) ? link : undefined
      const anchor = memberAnchor(`${owner}.${name}`)
      return target === undefined
        ? `\`${name}\``
        : `[\`${name}\`](${target.replace(/#.*/, `#${anchor}`)})`
    })
    return `${items.join(', ')} of ${title}`
  })
  return `Also has ${parts.join('; ')}.`
}

function memberText(member: PublicName, context: Context): string {
  const access = member.name.replace(/^\w+/, '')
  const shown = `${access.replace(/^\./, '')}${member.isOption ? '?' : ''}${member.signature}`
  const anchor = memberAnchor(member.name)
  const type = member.type === '' || member.type.length > 300 ? '' : member.type
  return [
    `### \`${shown}\` {#${anchor}}\n`,
    ...(type === '' ? [] : [`\`${type}\`{.type}\n`]),
    `${documentationText(member, context)}\n`,
    ...member.examples.map(exampleText),
  ].join('\n')
}

/**
 * The documentation, with what is thrown and what it costs in paragraphs of their own, and with
 * links at names of the library and at pages.
 */
function documentationText({ name, documentation }: PublicName, context: Context): string {
  const paragraphs = documentation
    .split('\n\n')
    .flatMap((paragraph) =>
      /^- /m.test(paragraph)
        ? [paragraph]
        : paragraph
            .split(/(?<=[.)])\s+(?=(?:Throws|Costs)\b)/)
            .map((part) => part.replace(/^(Throws|Costs|Allocates)\b/, '**$1**')),
    )
  return withLinks(paragraphs.join('\n\n'), name, context)
}

/** Links at the names of the library and at `docs/…`; angle brackets outside of code are text. */
const withLinks = (text: string, own: string, { links, addresses }: Context): string =>
  text
    .replaceAll(/`[^`]+`|[<{]|\bdocs\/[\w/-]+\.md\b|\bdecision (\d+)\b/g, (part, number) => {
      if (part === '<') return '&lt;'
      if (part === '{') return '&#123;'
      if (number !== undefined) {
        const address = [...addresses.values()].find((address) =>
          address.startsWith(`decisions/${String(number).padStart(4, '0')}-`),
        )
        return address === undefined ? part : `[${part}](${linkTo(address)})`
      }
      const address = addresses.get(part)
      if (address !== undefined) return `[${part}](${linkTo(address)})`
      if (!part.startsWith('`')) return part
      const name = /^`(\w+)(?:\([^`]*\))?`$/.exec(part)?.[1] ?? ''
      const link = name === own.split('.')[0] ? undefined : links.get(name)
      return link === undefined ? part : `[${part}](${link})`
    })
    // A star or an underscore of a formula is no emphasis.
    .replaceAll(/(?<=[\w\]])\*(?=[\w[])|_(?=[\w{])/g, (mark, at: number, whole: string) =>
      isInCode(whole, at) ? mark : `\\${mark}`,
    )

const isInCode = (text: string, at: number): boolean =>
  (text.slice(text.lastIndexOf('\n\n', at) + 1, at).match(/`/g)?.length ?? 0) % 2 === 1 ||
  /\]\([^)\s]*$/.test(text.slice(0, at))

/** The first sentence, if there is documentation. */
const summaryOf = ({ documentation }: PublicName): string =>
  documentation === '' ? '' : inTable(firstSentence(documentation))

const inTable = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/_(?=\w)/g, '\\_')
