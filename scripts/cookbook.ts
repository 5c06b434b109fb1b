/**
 * Runs the other side of every recipe in docs/cookbook.md, and writes what it prints to
 * packages/stridefold/test/fixtures/cookbook.json: snippets of other libraries as they stand on the
 * page, and cookbook.py for all other recipes.
 *
 *     npm install --prefix FOLDER jimp ml-convolution @techstark/opencv-js \
 *       @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu
 *     npx tsx scripts/cookbook.ts FOLDER python3
 *     npx biome format --write packages/stridefold/test/fixtures
 *
 * The Python needs NumPy, SciPy and OpenCV. sharp is the one of the command line.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { isTheirs, recipesIn } from '../packages/stridefold/test/cookbook.ts'
import { runSnippet } from '../packages/stridefold/test/snippets.ts'

const [folder = '', python = 'python3'] = process.argv.slice(2)
const root = join(import.meta.dirname, '..')
const output = join(root, 'packages/stridefold/test/fixtures/cookbook.json')
const inFolder = createRequire(resolve(folder, 'package.json'))
const inRoot = createRequire(join(root, 'packages/cli/package.json'))

const load = (name: string): Promise<object> =>
  import(pathToFileURL(inFolder.resolve(name)).href) as Promise<object>

/** OpenCV.js is a thenable that resolves to itself, so nothing awaits it. */
async function loadOpenCV(): Promise<object> {
  const cv = inFolder('@techstark/opencv-js') as {
    Mat?: unknown
    then?: unknown
    onRuntimeInitialized?: () => void
  }
  if (cv.Mat === undefined)
    await new Promise<void>((ready) => {
      if (typeof cv.then === 'function') cv.then(() => ready())
      else cv.onRuntimeInitialized = () => ready()
    })
  return { default: cv }
}

const names = ['jimp', 'ml-convolution', '@techstark/opencv-js', '@tensorflow/tfjs-core']
const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version

await load('@tensorflow/tfjs-backend-cpu')
const modules = {
  sharp: { default: inRoot('sharp') },
  jimp: await load('jimp'),
  'ml-convolution': await load('ml-convolution'),
  '@tensorflow/tfjs-core': await load('@tensorflow/tfjs-core'),
  '@techstark/opencv-js': await loadOpenCV(),
}

const runPython = (file: readonly string[]): string =>
  execFileSync(python, file, { encoding: 'utf8' })

const { versions, printed } = JSON.parse(runPython([join(import.meta.dirname, 'cookbook.py')]))
for (const recipe of recipesIn('python'))
  printed[recipe.heading] = runPython(['-c', recipe.code]).trim().split('\n')
for (const recipe of recipesIn('js').filter(isTheirs))
  printed[recipe.heading] = await runSnippet(recipe, modules)
for (const name of names) versions[name] = versionOf(name)
versions.sharp = inRoot('sharp').versions.sharp
writeFileSync(output, `${JSON.stringify({ versions, printed })}\n`)
