/**
 * Runs the other side of every pair in docs/coming-from.md, and writes the results to
 * packages/stridefold/test/fixtures/coming-from.json.
 *
 *     npm install --prefix FOLDER jimp @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu
 *     npx tsx scripts/coming-from.ts FOLDER python3
 *     npx biome format --write packages/stridefold/test/fixtures
 *
 * The Python needs NumPy, SciPy, OpenCV and PyTorch. sharp is the one of the command line. The
 * library and its tests need only the file that this script writes.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import process from 'node:process'
import {
  arrays,
  borders,
  byteNames,
  type PlainArray,
  pairs,
} from '../packages/stridefold/test/coming-from.ts'

const [folder = '', python = 'python3'] = process.argv.slice(2)
const root = join(import.meta.dirname, '..')
const output = join(root, 'packages/stridefold/test/fixtures/coming-from.json')
const inFolder = createRequire(resolve(folder, 'package.json'))
const inRoot = createRequire(join(root, 'packages/cli/package.json'))

type Results = Record<string, PlainArray>

/** Runs one call. Its names are those of the page. */
const evaluate = (code: string, names: Readonly<Record<string, unknown>>): unknown =>
  new Function(...Object.keys(names), `return ${code}`)(...Object.values(names))

const callsOf = (library: string): readonly string[] =>
  pairs.filter((pair) => pair.library === library).map(({ theirs }) => theirs)

const kernel = [0, 1, 2].map((row) => arrays.k!.data.slice(3 * row, 3 * row + 3))

function runTensorFlow(): Results {
  const tf = inFolder('@tensorflow/tfjs-core')
  inFolder('@tensorflow/tfjs-backend-cpu')
  const names = ['nhwc', 'hwio', 'hwim', 'hwoi']
  const tensors = names.map((name) => [name, tf.tensor(arrays[name]!.data, arrays[name]!.shape)])
  const results: Results = {}
  for (const call of callsOf('TensorFlow.js')) {
    const y = evaluate(call, { tf, ...Object.fromEntries(tensors) }) as {
      shape: number[]
      dataSync(): Float32Array
    }
    results[call] = { shape: y.shape, data: [...y.dataSync()] }
  }
  return results
}

async function runSharp(): Promise<Results> {
  const sharp = inRoot('sharp')
  const [height, width, channels] = arrays.rgb!.shape
  const results: Results = {}
  for (const call of callsOf('sharp')) {
    const raw = { width, height, channels }
    const picture = sharp(Buffer.from(arrays.rgb!.data), { raw })
    const { data, info } = await (evaluate(call, { picture }) as ReturnType<typeof sharp>)
      .raw()
      .toBuffer({ resolveWithObject: true })
    results[call] = { shape: [info.height, info.width, info.channels], data: [...data] }
  }
  return results
}

/** The colours only. Throws if alpha has changed: the page says that jimp keeps it. */
function runJimp(): Results {
  const { Jimp } = inFolder('jimp')
  const { shape, data } = arrays.rgba!
  const [height, width] = shape as [number, number]
  // jimp reads the whole ArrayBuffer, which a small Buffer shares with others.
  const own = Buffer.from(Uint8Array.from(data).buffer)
  const rgba = Jimp.fromBitmap({ width, height, data: own })
  const results: Results = {}
  for (const call of callsOf('jimp')) {
    const bytes = (evaluate(call, { rgba, k: kernel }) as typeof rgba).bitmap.data as Buffer
    const isAlpha = (_: unknown, i: number): boolean => i % 4 === 3
    if ([...bytes].filter(isAlpha).join() !== data.filter(isAlpha).join())
      throw new Error(`${call} changed alpha`)
    results[call] = {
      shape: [height, width, 3],
      data: [...bytes].filter((_, i) => i % 4 !== 3),
    }
  }
  return results
}

const question = {
  arrays,
  bytes: byteNames,
  calls: pairs
    .filter(({ library }) => ['SciPy and NumPy', 'OpenCV', 'PyTorch'].includes(library))
    .map(({ library, theirs }) => [library, theirs]),
  borders: borders.map(({ theirs }) => theirs),
}
const answer = JSON.parse(
  execFileSync(python, [join(import.meta.dirname, 'coming-from.py')], {
    input: JSON.stringify(question),
    encoding: 'utf8',
  }),
)
const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version

const results = { ...answer.results, ...(await runSharp()), ...runJimp(), ...runTensorFlow() }
const versions = {
  ...answer.versions,
  sharp: inRoot('sharp').versions.sharp,
  jimp: versionOf('jimp'),
  '@tensorflow/tfjs-core': versionOf('@tensorflow/tfjs-core'),
}
writeFileSync(output, `${JSON.stringify({ versions, borders: answer.borders, results })}\n`)
