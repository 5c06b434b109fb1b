/**
 * Do the published types work, and are they right? A file of a user is checked against the built
 * declarations: by the oldest TypeScript that they support and by the current one, with the types
 * of a browser and with those of Node. No check of the declarations is skipped.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { someOf } from './random-count.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const library = join(repository, 'packages/stridefold')
const project = mkdtempSync(join(tmpdir(), 'stridefold-user-'))
const compiler = (name: string): string => join(repository, 'node_modules', name, 'bin/tsc')

beforeAll(() => {
  const installed = join(project, 'node_modules/stridefold')
  execFileSync(process.execPath, [
    compiler('typescript'),
    ...['-p', join(library, 'tsconfig.build.json'), '--outDir', join(installed, 'dist')],
  ])
  cpSync(join(library, 'package.json'), join(installed, 'package.json'))
  mkdirSync(join(project, 'node_modules/@types'))
  symlinkSync(
    join(repository, 'node_modules/@types/node'),
    join(project, 'node_modules/@types/node'),
  )
  symlinkSync(
    join(repository, 'node_modules/undici-types'),
    join(project, 'node_modules/undici-types'),
  )
  cpSync(join(library, 'test/types'), project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
}, 120_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

interface Environment {
  readonly lib: readonly string[]
  readonly types: readonly string[]
}

const environments: Readonly<Record<string, Environment>> = {
  'a browser': { lib: ['es2022', 'dom'], types: [] },
  Node: { lib: ['es2022'], types: ['node'] },
}

/** The messages of a compiler about these files, one a line. */
function messages(name: string, environment: Environment, files: string[]): string[] {
  const compilerOptions = {
    ...environment,
    ...{ target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', strict: true },
    ...{ noEmit: true, allowImportingTsExtensions: true, skipLibCheck: false },
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const { stdout } = spawnSync(
    process.execPath,
    [compiler(name), '-p', project, '--pretty', 'false'],
    {
      encoding: 'utf8',
    },
  )
  return stdout.split('\n').filter((line) => /error TS\d+/.test(line))
}

/** The user's file, with another type in every assertion. */
function withWrongTypes(): { readonly source: string; readonly count: number } {
  const source = readFileSync(join(project, 'user.ts'), 'utf8')
  return {
    source: source.replace(/\bis<(.*)>\(\)\(/g, 'is<[$1]>()('),
    count: source.match(/\bis<.*>\(\)\(/g)!.length,
  }
}

// One compilation has both files: the declarations take most of its time.
describe.each(['typescript-5.4', 'typescript'])('%s', (name) => {
  test.each(Object.entries(environments))(
    "accepts a user's file with the types of %s, and rejects every assertion with another type",
    (_, environment) => {
      const { source, count } = withWrongTypes()
      writeFileSync(join(project, 'wrong.ts'), source)
      const all = messages(name, environment, ['user.ts', 'wrong.ts'])
      const rejected = all.filter((line) => /\bwrong\.ts\(/.test(line))
      expect(all.filter((line) => !rejected.includes(line))).toEqual([])
      expect(rejected).toHaveLength(count)
    },
    60_000,
  )
})

describe.each(['typescript-5.4', 'typescript'])('%s', (name) => {
  // The other entry points have no declarations of the main one beside them.
  test.each(someOf(['sync', 'verify', 'audio-worklet', 'npy', 'boxes'], 2))(
    'accepts the declarations of stridefold/%s alone',
    (entry) => {
      writeFileSync(join(project, 'alone.ts'), `import type * as All from 'stridefold/${entry}'\n`)
      expect(messages(name, environments['a browser']!, ['alone.ts'])).toEqual([])
    },
    60_000,
  )
})

const halves = `import { correlateSync, type NdArray, ndarray, zeros } from 'stridefold'
import { is } from './assert.ts'
type Halves = InstanceType<typeof Float16Array>
export function halves(x: Halves, shared: Float16Array<SharedArrayBuffer>): void {
  is<Halves>()(zeros([2], 'float16').data)
  is<NdArray<'float16'>>()(ndarray(x))
  is<NdArray<'float32'>>()(correlateSync(x, x))
  is<Halves>()(correlateSync(shared, x, { dtype: 'float16' }).data)
}
`

test('a compiler that knows Float16Array has it in the types', () => {
  writeFileSync(join(project, 'halves.ts'), halves)
  const environment = { lib: ['es2025', 'dom'], types: [] }
  expect(messages('typescript', environment, ['halves.ts'])).toEqual([])
}, 60_000)

test('the oldest compiler is the one that the documentation names', () => {
  const { version } = JSON.parse(
    readFileSync(join(repository, 'node_modules/typescript-5.4/package.json'), 'utf8'),
  ) as { version: string }
  expect(version).toMatch(/^5\.4\./)
  expect(readFileSync(join(library, 'README.md'), 'utf8')).toContain('TypeScript 5.4')
})
