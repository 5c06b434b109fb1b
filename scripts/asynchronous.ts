/**
 * `npm run asynchronous`: writes the asynchronous calls of the library from the synchronous ones.
 *
 * The documentation of a function belongs to its declaration: no type and no alias passes it on to
 * another function. So that editors show it for both entry points, each asynchronous call is a
 * declaration of its own, and this script copies what both have in common. It adds `await` to the
 * examples (docs/decisions/0014-asynchronous-calls-are-generated.md).
 *
 * Regular expressions suffice, because the formatter fixes how a declaration looks.
 */

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const folder = fileURLToPath(new URL('../packages/stridefold/src/', import.meta.url))
export const generatedFile: string = `${folder}asynchronous.ts`

/** The files with synchronous calls, and the check of their options with its file. */
const sources: Readonly<Record<string, readonly [check: string, file: string]>> = {
  'convolve.ts': ['validateSignalOptions', 'geometry/check-options.ts'],
  'filters/smoothing.ts': ['filterOptions', 'filters/check-options.ts'],
  'filters/derivatives.ts': ['filterOptions', 'filters/check-options.ts'],
  'filters/correlations.ts': ['filterOptions', 'filters/check-options.ts'],
  'filters/images.ts': ['filterOptions', 'filters/check-options.ts'],
  'layers.ts': ['validateCallOptions', 'geometry/check-options.ts'],
  'gradients/input.ts': ['gradientOptions', 'gradients/options.ts'],
  'gradients/weight.ts': ['gradientOptions', 'gradients/options.ts'],
  'gradients/bias.ts': ['gradientOptions', 'gradients/options.ts'],
}

/** Names to import, by file. */
type Imports = Map<string, Set<string>>

const declaration = new RegExp(
  [
    /(\/\*\*\n(?: \*.*\n)*? \*\/\n)export function (\w+)/,
    /<([\s\S]*?)>\(([\s\S]*?)\): ((?:NdArray|FilteredImage)<.*>) \{\n/,
    // A body that waits for a backend in an asynchronous call.
    /(?: {2}return now\((\w+)\((.*)\)\)\n\})?/,
  ]
    .map(({ source }) => source)
    .join(''),
  'g',
)
const importOf = /^import (type )?\{([^}]*)\} from '([^']+)'$/gm
const parameter = /(?:^|,)\s*(\w+)\??:/g
const typeParameter = /(?:^|,)\s*(\w+) extends/g

/** The text of the file of asynchronous calls. */
export function asynchronousCalls(): string {
  const imports: Imports = new Map([['compute-later.ts', new Set(['computeLater'])]])
  const calls = Object.entries(sources).flatMap(([file, check]) => {
    const text = readFileSync(`${folder}${file}`, 'utf8')
    const files = filesOfTypes(text, file)
    addImport(imports, check[1], check[0])
    const declarations = [...text.matchAll(declaration)]
    if (declarations.length !== text.match(/^export /gm)?.length)
      throw new Error(
        `${file} has an export that is not a documented function that returns an array or an image.`,
      )
    return declarations.map((parts) => {
      const [, documentation, name, typeParameters, parameters, result, waiting, given] = parts
      const names = namesIn(parameters!, parameter)
      const own = namesIn(typeParameters!, typeParameter)
      if (names.pop() !== 'options') throw new Error(`${name}: the last parameter is not options.`)
      if (waiting === undefined) addImport(imports, file, `${name} as ${name}Sync`)
      else addImport(imports, files.get(waiting)!, waiting)
      for (const type of `${typeParameters}${parameters}${result}`.match(/\b[A-Z]\w*/g) ?? [])
        if (!own.includes(type)) addImport(imports, files.get(type) ?? file, `type ${type}`)
      // A call that waits for a backend is `now(f(…, options))`; others compute at once.
      const call =
        waiting === undefined
          ? `(checkedOptions) => ${name}Sync(${[...names, 'checkedOptions'].join(', ')})`
          : `(checkedOptions, turn) => ${waiting}(${withTurn(given!)})`
      return (
        `${withAwait(documentation!)}export function ${name}<${typeParameters}>(${parameters}): ` +
        `Promise<${result}> {\n` +
        `  return computeLater(${check[0]}, '${name}', options, ${call})\n}\n`
      )
    })
  })
  return formatted(`${head}\n${importLines(imports)}\n${calls.join('\n')}`)
}

/** The arguments of a call with the checked options and the turn in place of the options. */
const withTurn = (given: string): string => given.replace(/options$/, 'checkedOptions, turn')

/** The documentation with `await` before every computing call of its examples. */
export function withAwait(documentation: string): string {
  const start = documentation.indexOf('@example')
  return start < 0
    ? documentation
    : documentation.slice(0, start) + documentation.slice(start).replace(computingCall, 'await $&')
}

/** A call of a function that one of the files declares, not a method or a twin. */
const computingCall = new RegExp(
  `(?<![\\w.])(?:${Object.keys(sources)
    .flatMap((file) => [
      ...readFileSync(`${folder}${file}`, 'utf8').matchAll(/^export function (\w+)/gm),
    ])
    .map(([, name]) => name)
    .join('|')})\\(`,
  'g',
)

const head = `/**
 * The asynchronous calls. Do not change this file: \`npm run asynchronous\` writes it from the
 * synchronous calls and their documentation.
 */
`

/** The names that `pattern` finds in a list of parameters. */
const namesIn = (list: string, pattern: RegExp): string[] =>
  [...list.matchAll(pattern)].map(([, name]) => name!)

/** The file of each type that \`text\` imports, relative to the folder of the library. */
function filesOfTypes(text: string, file: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(importOf)].flatMap(([, , names, specifier]) =>
      names!
        .split(',')
        .map((name) => [
          name.replace(/\btype\b/, '').trim(),
          posix.join(posix.dirname(file), specifier!),
        ]),
    ) as [string, string][],
  )
}

function addImport(imports: Imports, file: string, name: string): void {
  imports.set(file, (imports.get(file) ?? new Set()).add(name))
}

const importLines = (imports: Imports): string =>
  [...imports]
    .map(([file, names]) => `import { ${[...names].join(', ')} } from './${file}'\n`)
    .join('')

/** Sorts the imports and breaks the lines, as the checks of this repository require. */
function formatted(text: string): string {
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['biome', 'check', '--write', '--linter-enabled=true', `--stdin-file-path=${generatedFile}`],
    { input: text, encoding: 'utf8', shell: process.platform === 'win32' },
  )
  if (status !== 0) throw new Error(`biome could not format the asynchronous calls: ${stderr}`)
  return stdout
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(generatedFile, asynchronousCalls())
