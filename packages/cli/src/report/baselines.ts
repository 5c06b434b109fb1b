/**
 * Baselines: other libraries in the same run. They are those installed in the current folder, and
 * those of a Python. A missing library is listed with the reason.
 */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { openRival, type Rival, type RivalName } from '@stridefold/measure/rivals'
import { codeOf } from '../failure.ts'

/** A rival under the name that the report shows. */
export type Baseline = Pick<Rival, 'name' | 'version' | 'unsupportedReason' | 'prepare' | 'close'>

export interface Baselines {
  readonly available: readonly Baseline[]
  readonly missing: readonly { readonly name: string; readonly reason: string }[]
  readonly close: () => void
}

const names: Readonly<Partial<Record<RivalName, string>>> = {
  'tfjs-wasm': 'TensorFlow.js wasm',
  'onnx-web': 'ONNX Runtime Web',
  'opencv-js': 'OpenCV.js',
  'numpy-loops': 'NumPy: loops',
  'numpy-im2col': 'NumPy: im2col',
  'numpy-strides': 'NumPy: strides',
  pytorch: 'PyTorch',
  'scipy-direct': 'SciPy',
  opencv: 'OpenCV',
}

/** Libraries that cannot take part, whatever is installed. */
const neverAvailable = [
  {
    name: 'sharp',
    reason: 'its kernels start at 3×3, and it clips results to sample values of an image',
  },
] as const

/** Opens all available baselines. `folder`: the folder whose node_modules is searched. */
export async function openBaselines(folder: string, python: string): Promise<Baselines> {
  const require = createRequire(join(folder, 'package.json'))
  const available: Baseline[] = []
  const missing: { name: string; reason: string }[] = [...neverAvailable]
  for (const [rival, name] of Object.entries(names)) {
    try {
      available.push({ ...(await openRival(rival as RivalName, { require, python })), name })
    } catch (error) {
      missing.push({ name, reason: reasonOf(error) })
    }
  }
  return {
    available,
    missing,
    close: () => {
      for (const baseline of available) baseline.close()
    },
  }
}

function reasonOf(error: unknown): string {
  if (codeOf(error) === 'MODULE_NOT_FOUND') return 'not installed in this folder'
  if (!(error instanceof Error)) return `${error}`
  // The cause is the message of Python itself, without advice.
  return typeof error.cause === 'string' ? error.cause : error.message.split('\n')[0]!
}
