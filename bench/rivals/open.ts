/**
 * Who can be measured here? Every rival by name, with what it needs: packages of bench/rivals,
 * fetched when one is wanted that is not there, or a Python. What cannot be had is a sentence that
 * says what to do; the others go on.
 */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import type { Baseline } from '../baseline.ts'
import { jaxJs } from './jax-js.ts'
import { onnxNative, onnxWeb } from './onnx.ts'
import { opencvJs } from './opencv-js.ts'
import { pffft } from './pffft.ts'
import { sharpRival, wasmVips } from './pictures.ts'
import { pythonRival } from './python.ts'
import { tfjsWasm } from './tfjs-wasm.ts'

interface Rival {
  /** What has to be in bench/rivals/node_modules; none for what Python has. */
  readonly packages: readonly string[]
  readonly open: (python: string) => Baseline | Promise<Baseline>
}

const rivals: Readonly<Record<string, Rival>> = {
  'tfjs-wasm': {
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
    open: tfjsWasm,
  },
  'onnx-web': { packages: ['onnxruntime-web'], open: onnxWeb },
  'onnx-native': { packages: ['onnxruntime-node'], open: onnxNative },
  'opencv-js': { packages: ['@techstark/opencv-js'], open: opencvJs },
  'jax-js': { packages: ['@jax-js/jax'], open: jaxJs },
  sharp: { packages: ['sharp'], open: sharpRival },
  'wasm-vips': { packages: ['wasm-vips'], open: wasmVips },
  pffft: { packages: ['@echogarden/pffft-wasm'], open: pffft },
  pytorch: { packages: [], open: (python) => pythonRival('pytorch', python) },
  scipy: { packages: [], open: (python) => pythonRival('scipy', python) },
  opencv: { packages: [], open: (python) => pythonRival('opencv', python) },
}

export const rivalNames = Object.keys(rivals) as readonly string[]

const install = [
  'install',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--prefix',
  import.meta.dirname,
]
const installByHand = 'npm install --ignore-scripts --prefix bench/rivals'

const missing = (name: string): readonly string[] =>
  rivals[name]!.packages.filter(
    (one) => !existsSync(join(import.meta.dirname, 'node_modules', one)),
  )

/** The named rivals that can be had; `say` hears of each that cannot, and why. */
export async function opened(
  names: readonly string[],
  python: string,
  say: (line: string) => void,
): Promise<Baseline[]> {
  if (names.some((name) => missing(name).length > 0)) {
    say(
      `Installing the rivals into ${relative(process.cwd(), import.meta.dirname)}: ` +
        `${installByHand}`,
    )
    const { status } = spawnSync('npm', install, {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
    if (status !== 0)
      say(
        '! They could not be installed, for the reason that npm gave. What is there goes on; ' +
          `later: ${installByHand}`,
      )
  }
  const open: Baseline[] = []
  for (const name of names) {
    try {
      const [first] = missing(name)
      if (first !== undefined) throw new Error(`${first} is not installed; run ${installByHand}`)
      open.push(await rivals[name]!.open(python))
    } catch (error) {
      say(`! ${name} is left out: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    }
  }
  return open
}
