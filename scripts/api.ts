/**
 * `npm run api`: writes docs/api.md from the documentation in the code. The page lists every public
 * name with its parameters, the first sentence of its documentation, and its examples. Editors show
 * the rest.
 */

import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { maxColumns } from './columns.ts'
import { type EntryPoint, type PublicName, publicNames } from './public-names.ts'

export const apiPage: string = fileURLToPath(new URL('../docs/api.md', import.meta.url))

/** The sections, and the files or folders of `src` whose names they list. */
export const sections: Readonly<Record<string, readonly string[]>> = {
  Images: ['asynchronous.ts filterImage'],
  'Filters by name': [
    ...['Filter', 'savitzky', 'sobel', 'prewitt', 'scharr', 'laplace', 'gaussianL', 'Magnitude'],
    ...['correlateN', 'autoc'],
  ].map((part) => `asynchronous.ts ${part}`),
  'Filters of any rank': ['asynchronous.ts convolve', 'asynchronous.ts correlate'],
  Gradients: ['asynchronous.ts Gradient'],
  'Network layers': ['asynchronous.ts conv'],
  'Options of the calls': ['geometry/options.ts', 'filters/', 'ndarray/activation.ts'],
  Streams: ['streams/'],
  Plans: [
    ...['runtime/make-plan.ts', 'runtime/plan.ts', 'runtime/plan-shaders.ts', 'runtime/parts.ts'],
    'planner/',
  ],
  Arrays: ['ndarray/'],
  'Geometry and case notation': ['geometry/'],
  Kernels: ['kernels/'],
  'Products and matrices': ['explain/', 'matrices/'],
  'The library and its errors': ['runtime/', 'errors.ts'],
  'Files of NumPy: `stridefold/npy`': ['npy/'],
  'Boxes of large arrays: `stridefold/boxes`': ['boxes/'],
  'The definition: `stridefold/verify`': ['reference/'],
}

const introduction = `# API

Every public name: its parameters, the first sentence of its documentation, and its examples. The
comments in the examples are results, and a test checks them. Editors show the whole documentation
with options, errors and costs. \`npm run api\` writes this page.

\`stridefold\` has all names of the sections before the last three. Its calls that compute return
promises. Each has a twin that returns its result, such as \`conv2dSync\`. \`stridefold/sync\` has
the same names without these twins. There the calls return their results, and the examples need no
\`await\`.
`

/** The text of the page. */
export function apiText(): string {
  const all = publicNames()
  const entries: readonly EntryPoint[] = ['index', 'npy', 'boxes', 'verify']
  const names = entries
    .flatMap((entry) => all[entry].exports)
    .filter(({ name }) => !name.endsWith('Sync'))
  const titles = names.map(sectionOf)
  const texts = Object.keys(sections).map((title) =>
    sectionText(
      title,
      names.filter((_, i) => titles[i] === title),
      all.index.members,
    ),
  )
  return [introduction, ...texts].join('\n')
}

/** The first section with a place that fits: the beginning of the file, and a part of the name. */
export function sectionOf({ file, name }: PublicName): string {
  const found = Object.entries(sections).find(([, places]) =>
    places.some((place) => {
      const [path = '', part = ''] = place.split(' ')
      return file.startsWith(path) && name.includes(part)
    }),
  )
  if (found === undefined) throw new Error(`scripts/api.ts has no section for ${name} of ${file}.`)
  return found[0]
}

function sectionText(
  title: string,
  names: readonly PublicName[],
  members: readonly PublicName[],
): string {
  const membersOf = (owner: string): PublicName[] =>
    members.filter(({ name }) => [`${owner}.`, `${owner}[`].some((part) => name.startsWith(part)))
  const types = names.filter(({ isType }) => isType)
  const entries = names
    .filter(({ isType }) => !isType)
    .map((name) => {
      if (name.name === 'kernels')
        return [entryText(name), listText(membersOf('Kernels'))].join('\n')
      if (name.name !== 'Plan') return entryText(name)
      const [methods, properties] = [true, false].map((isCallable) =>
        membersOf('Plan').filter((member) => member.isCallable === isCallable),
      )
      return [entryText(name), listText(properties!), ...methods!.map(entryText)].join('\n')
    })
  return [`## ${title}\n`, ...entries, ...(types.length > 0 ? [listText(types)] : [])].join('\n')
}

const entryText = ({ name, signature, documentation, examples }: PublicName): string =>
  [
    `### \`${name}${signature}\`\n`,
    `${wrapped(firstSentence(documentation), '')}\n`,
    ...examples.map((example) => `\`\`\`ts\n${example}\n\`\`\`\n`),
  ].join('\n')

const listText = (names: readonly PublicName[]): string =>
  names.map((name) => `${itemText(name)}\n`).join('')

const itemText = ({ name, documentation }: PublicName): string =>
  wrapped(`- \`${name.replace('Kernels.', 'kernels.')}\`: ${firstSentence(documentation)}`, '  ')

/** The first sentence of the first paragraph, without a formula behind it. */
export const firstSentence = (documentation: string): string =>
  /^[\s\S]*?(?:\.(?=\s+[A-Z`'⌊])|(?=:\s+\w+\[)|$)/
    .exec(documentation.split(/\n\n|\n(?=-)/)[0]!)![0]
    .replace(/\s+/g, ' ')
    .replace(/\.?$/, '.')

/** Breaks a text into lines; all but the first begin with `indent`. */
function wrapped(text: string, indent: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!
    if (last !== '' && [...last, ' ', ...word].length > maxColumns) lines.push(indent + word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(apiPage, apiText())
