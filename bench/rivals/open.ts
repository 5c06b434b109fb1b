/**
 * Opens the baselines by name. A baseline needs npm packages, which are installed into bench/rivals
 * on first use, or a Python with the library. If one is not available, a message tells what to do,
 * and the others are still measured.
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
import { sharpBaseline, wasmVips } from './pictures.ts'
import { pythonBaseline } from './python.ts'
import { tfjsWasm } from './tfjs-wasm.ts'

interface BaselineSource {
  /** Packages needed in bench/rivals/node_modules; none for libraries of Python. */
  readonly packages: readonly string[]
  readonly open: (python: string) => Baseline | Promise<Baseline>
}

const sources: Readonly<Record<string, BaselineSource>> = {
  'tfjs-wasm': {
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
    open: tfjsWasm,
  },
  'onnx-web': { packages: ['onnxruntime-web'], open: onnxWeb },
  'onnx-native': { packages: ['onnxruntime-node'], open: onnxNative },
  'opencv-js': { packages: ['@techstark/opencv-js'], open: opencvJs },
  'jax-js': { packages: ['@jax-js/jax'], open: jaxJs },
  sharp: { packages: ['sharp'], open: sharpBaseline },
  'wasm-vips': { packages: ['wasm-vips'], open: wasmVips },
  pffft: { packages: ['@echogarden/pffft-wasm'], open: pffft },
  pytorch: { packages: [], open: (python) => pythonBaseline('pytorch', python) },
  scipy: { packages: [], open: (python) => pythonBaseline('scipy', python) },
  opencv: { packages: [], open: (python) => pythonBaseline('opencv', python) },
}

export const baselineNames = Object.keys(sources) as readonly string[]

const install = [
  'install',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--prefix',
  import.meta.dirname,
]
const installByHand = 'npm install --ignore-scripts --prefix bench/rivals'

const missingPackages = (name: string): readonly string[] =>
  sources[name]!.packages.filter(
    (library) => !existsSync(join(import.meta.dirname, 'node_modules', library)),
  )

/** Opens the named baselines. Calls `say` with the reason for each that is not available. */
export async function openBaselines(
  names: readonly string[],
  python: string,
  say: (line: string) => void,
): Promise<Baseline[]> {
  if (names.some((name) => missingPackages(name).length > 0)) {
    say(
      `Installing the baselines into ${relative(process.cwd(), import.meta.dirname)}: ` +
        `${installByHand}`,
    )
    const { status } = spawnSync('npm', install, {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
    if (status !== 0)
      say(
        '! The installation failed; see the message of npm above. Installed baselines still run. ' +
          `To try again: ${installByHand}`,
      )
  }
  const baselines: Baseline[] = []
  for (const name of names) {
    try {
      const [first] = missingPackages(name)
      if (first !== undefined) throw new Error(`${first} is not installed. Run ${installByHand}`)
      baselines.push(await sources[name]!.open(python))
    } catch (error) {
      say(`! ${name} is left out: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    }
  }
  return baselines
}
