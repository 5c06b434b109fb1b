/**
 * Opens the rivals of the benchmark by name. Their npm packages are installed into bench/rivals on
 * first use. If one is not available, a message tells what to do, and the others are still
 * measured.
 */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import process from 'node:process'
import { openRival, type Rival, type RivalName, rivalPackages } from '@stridefold/measure/rivals'

export const baselineNames: readonly RivalName[] = [
  'tfjs-wasm',
  'onnx-web',
  'onnx-native',
  'opencv-js',
  'jax-js',
  'sharp',
  'wasm-vips',
  'pffft',
  'pytorch',
  'scipy',
  'opencv',
]

const install = [
  'install',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--prefix',
  import.meta.dirname,
]
const installByHand = 'npm install --ignore-scripts --prefix bench/rivals'

const missingPackages = (name: RivalName): readonly string[] =>
  rivalPackages(name).filter(
    (library) => !existsSync(join(import.meta.dirname, 'node_modules', library)),
  )

/** Opens the named rivals. Calls `say` with the reason for each that is not available. */
export async function openBaselines(
  names: readonly RivalName[],
  python: string,
  threads: number,
  say: (line: string) => void,
): Promise<Rival[]> {
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
  const require = createRequire(join(import.meta.dirname, 'package.json'))
  const rivals: Rival[] = []
  for (const name of names) {
    try {
      const [first] = missingPackages(name)
      if (first !== undefined) throw new Error(`${first} is not installed. Run ${installByHand}`)
      rivals.push(await openRival(name, { require, python, threads }))
    } catch (error) {
      say(`! ${name} is left out: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    }
  }
  return rivals
}
