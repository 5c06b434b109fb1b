/**
 * Do both entry points have the same calls? Does an editor show the same documentation for both,
 * from the source and from the published declarations?
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import * as promises from 'stridefold'
import * as library from 'stridefold/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asynchronousCalls, generatedFile, withAwait } from '../../../scripts/asynchronous.ts'
import { type QuickInfo, quickInfo } from './language-server.ts'

const sourceOf = (name: string): string => `packages/stridefold/src/${name}.ts`
const others = new Map<string, unknown>(Object.entries(promises))
const computing = Object.entries(library).flatMap(([name, value]) =>
  others.get(name) === value ? [] : [name],
)

test('both entry points have the same names, and those that compute differ', () => {
  const names = [...others.keys()].filter((name) => !name.endsWith('Sync'))
  expect(names.sort()).toEqual(Object.keys(library).sort())
  expect(computing.sort()).toEqual([
    'autocorrelate',
    'conv1d',
    'conv2d',
    'conv3d',
    'convBiasGradient',
    'convInputGradient',
    'convTranspose1d',
    'convTranspose2d',
    'convTranspose3d',
    'convTransposeInputGradient',
    'convTransposeWeightGradient',
    'convWeightGradient',
    'convolve',
    'correlate',
    'correlateNormalized',
    'filterImage',
    'gaussianFilter',
    'gaussianGradientMagnitude',
    'gaussianLaplace',
    'gradientMagnitude',
    'laplace',
    'prewitt',
    'savitzkyGolay',
    'scharr',
    'sobel',
    'uniformFilter',
  ])
})

test('each asynchronous call has a synchronous twin beside it', () => {
  const twins = [...others.keys()].filter((name) => name.endsWith('Sync'))
  expect(twins.sort()).toEqual(computing.map((name) => `${name}Sync`).sort())
  const direct = new Map<string, unknown>(Object.entries(library))
  for (const name of computing) expect(others.get(`${name}Sync`)).toBe(direct.get(name))
})

test("asynchronous.ts is what 'npm run asynchronous' writes", () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(asynchronousCalls())
})

test('a bundle of one call contains no other call', async () => {
  const code = `export { correlate } from ${JSON.stringify(join(repository, sourceOf('index')))}`
  const bundle = await rolldown({
    input: 'page',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? id : null),
        load: (id) => (id === 'page' ? code : null),
      },
    ],
    logLevel: 'silent',
  })
  const { modules } = (await bundle.generate({ format: 'esm' })).output[0]
  const contains = (name: string): boolean => join(repository, sourceOf(name)) in modules
  expect(contains('runtime/call')).toBe(true)
  for (const name of [
    'convolve',
    'layers',
    'filters/gaussian',
    'filters/check-options',
    'filters/similarity',
    'gradients/input',
    'gradients/options',
    'gradients/weight-as-convolution',
  ])
    expect(contains(name), name).toBe(false)
})

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const built = mkdtempSync(join(tmpdir(), 'stridefold-types-'))

beforeAll(() => {
  execFileSync(process.execPath, [
    join(repository, 'node_modules/typescript/bin/tsc'),
    ...['-p', join(repository, 'packages/stridefold/tsconfig.build.json'), '--outDir', built],
  ])
  writeFileSync(join(built, 'package.json'), '{ "type": "module" }')
}, 120_000)

afterAll(() => rmSync(built, { recursive: true, force: true }))

describe.each([
  [
    'source',
    join(repository, 'packages/stridefold/test/editor.ts'),
    'stridefold',
    'stridefold/sync',
  ],
  ['built', join(built, 'editor.ts'), './index.js', './sync.js'],
])('an editor that opens the %s library', (_, file, asynchronous, synchronous) => {
  test('shows the same documentation for both, and a promise of the result', async () => {
    const twins = computing.map((name) => `${name}Sync`)
    const shown = await quickInfo(file, asynchronous, [...computing, ...twins])
    const [later, sync] = [shown.slice(0, computing.length), shown.slice(computing.length)]
    const now = await quickInfo(file, synchronous, computing)
    const expected = now.map(
      ({ declaration, documentation }): QuickInfo => ({
        declaration: declaration.replace(/: ((?:NdArray|FilteredImage).*)$/, ': Promise<$1>'),
        documentation: withAwait(documentation),
      }),
    )
    expect(later).toEqual(expected)
    expect(sync).toEqual(now)
    for (const [i, { declaration, documentation }] of later.entries()) {
      expect(declaration).toMatch(
        new RegExp(`function ${computing[i]}<.*>\\(.*\\): Promise<(?:NdArray|FilteredImage)<.*>>$`),
      )
      expect(documentation).toMatch(/^Returns the .*/)
      expect(documentation).toContain(`await ${computing[i]}(`)
    }
  }, 120_000)
})
