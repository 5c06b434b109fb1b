/**
 * What can be told of the starters without a network: are they projects of their own, with the
 * versions of this repository, and do their READMEs keep to what the others do? `npm run examples`
 * installs and runs them.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { importedSpecifiers, sourceFiles } from '../../scripts/imports.ts'
import { makeStarter, starters } from '../../scripts/starter.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Project {
  readonly name: string
  readonly version?: string
  readonly private?: boolean
  readonly workspaces?: readonly string[]
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const projectIn = (folder: string): Project =>
  JSON.parse(textOf(join(folder, 'package.json'))) as Project

/** Packages of this repository, and packages that it uses, with the versions that starters need. */
const versions: Readonly<Record<string, string>> = {
  ...Object.assign(
    {},
    ...['.', 'packages/cli', 'packages/volumes'].map((folder) => {
      const { dependencies, devDependencies } = projectIn(folder)
      return { ...dependencies, ...devDependencies }
    }),
  ),
  ...Object.fromEntries(
    ['packages/stridefold', 'packages/volumes'].map((folder) => {
      const { name, version } = projectIn(folder)
      return [name, `^${version}`]
    }),
  ),
}

/** Packages that only starters use. */
const others: readonly string[] = ['express', '@types/express']

test('there are six, and none is a part of the workspace', () => {
  expect(starters).toEqual([
    'audio-reverb',
    'cnn-forward',
    'image-server',
    'live-canvas',
    'web-worker',
    'zarr-volume',
  ])
  expect(projectIn('.').workspaces?.filter((folder) => folder.startsWith('examples'))).toEqual([])
})

describe.each(starters)('%s', (name) => {
  const folder = `examples/${name}`
  const { dependencies = {}, devDependencies = {}, scripts = {}, ...project } = projectIn(folder)
  const readme = textOf(`${folder}/README.md`)
  const sources = sourceFiles(join(root, folder))

  test('is private, and depends on packages by the versions of this repository', () => {
    expect(project).toMatchObject({ name: `stridefold-${name}`, private: true })
    for (const [key, version] of Object.entries({ ...dependencies, ...devDependencies }))
      if (!others.includes(key)) expect(`${key} ${version}`).toBe(`${key} ${versions[key]}`)
  })

  test('imports its own files, its packages, and no other', () => {
    const known = [...Object.keys(dependencies), ...Object.keys(devDependencies)]
    for (const file of sources)
      for (const specifier of importedSpecifiers(textOf(`${folder}/${file}`))) {
        if (specifier.startsWith('.')) {
          const path = join(root, folder, dirname(file), specifier)
          expect(existsSync(path), `${file} imports ${specifier}`).toBe(true)
          expect(path.startsWith(join(root, folder))).toBe(true)
        } else if (specifier.startsWith('node:'))
          expect(builtinModules).toContain(specifier.slice('node:'.length))
        else {
          const [scope = '', rest = ''] = specifier.split('/')
          expect(known).toContain(scope.startsWith('@') ? `${scope}/${rest}` : scope)
        }
      }
  })

  test('has a README that is read in half a minute, with commands and files that exist', () => {
    expect(readme.split(/\s+/).length).toBeLessThan(330)
    const [commands = ''] = /(?<=```sh\n)[\s\S]*?(?=```)/.exec(readme) ?? []
    const [install, start, ...rest] = commands.trim().split('\n')
    expect([install, rest]).toEqual(['npm install', []])
    const script = start!.replace(/^npm (run )?/, '')
    expect(scripts).toHaveProperty(script)
    for (const [, path] of readme.matchAll(/`((?:src|sample)\/[\w./-]+|[\w-]+\.config\.ts)`/g))
      expect(existsSync(join(root, folder, path!)), path).toBe(true)
  })

  test('is listed, and has a check that runs it', () => {
    expect(textOf('examples/README.md')).toContain(`[${name}](${name}/README.md)`)
    expect(textOf(`examples/checks/${name}.test.ts`)).toContain(`installed('${name}')`)
  })

  test('few and short files', () => {
    expect(sources.length).toBeLessThanOrEqual(8)
    for (const file of sources)
      expect(textOf(`${folder}/${file}`).split('\n').length, file).toBeLessThanOrEqual(260)
  })
})

test('all pages have one sheet', () => {
  const pages = starters.filter((name) => existsSync(join(root, `examples/${name}/index.html`)))
  expect(pages).toHaveLength(5)
  expect(new Set(pages.map((name) => textOf(`examples/${name}/src/style.css`))).size).toBe(1)
})

test('the network is that of the command line', () => {
  expect(textOf('examples/cnn-forward/src/shapes.json')).toBe(
    textOf('packages/cli/assets/shapes.json'),
  )
})

test('a starter is not made from an unknown name, nor into a folder that is in use', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-starter-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  await expect(makeStarter('canvas', folder)).rejects.toThrow(
    "There is no starter 'canvas'. There are audio-reverb,",
  )
  writeFileSync(join(folder, 'mine.txt'), 'mine')
  await expect(makeStarter('live-canvas', folder)).rejects.toThrow('is not empty')
  expect(readdirSync(folder)).toEqual(['mine.txt'])
})
