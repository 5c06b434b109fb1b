/**
 * The GPU of the tests. The setup files put it here, one per environment, and the tests take it
 * with `gpuOfTests`. So the same files run in a page and in Node. Where there is no GPU, every test
 * of the file is skipped, and the note of the skipped test is the reason.
 */

import { beforeEach, inject } from 'vitest'
import { noGpu, type OpenedGpu } from './opened.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** How many random cases a test of the GPU runs. */
    readonly gpuCases: number
  }
}

/** A symbol, since a setup file and a test may each have a copy of this module. */
const key = Symbol.for('stridefold.gpu-of-tests')
const place = globalThis as { [key]?: OpenedGpu }

/** Makes this GPU the one of the tests. Without one, skips the tests of the file. */
export function useGpu(opened: OpenedGpu): void {
  place[key] = opened
  if ('reason' in opened) beforeEach(({ skip }) => skip(`${noGpu}${opened.reason}`))
}

/** Returns the GPU. Call it inside a test: where there is no GPU, no test gets that far. */
export function gpuOfTests(): GPU {
  const opened = place[key]
  if (opened && 'gpu' in opened) return opened.gpu
  throw new Error(
    `${opened?.reason ?? 'No setup file has opened a GPU.'} Call gpuOfTests inside a test, in a ` +
      'file named *.gpu.test.ts.',
  )
}

/** Opens a device that the caller destroys. */
export async function openDevice(descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> {
  const adapter = await gpuOfTests().requestAdapter()
  return adapter!.requestDevice(descriptor)
}

/** How many random cases a test runs: few in `npm test`, thousands in `npm run gpu:proof`. */
export const gpuCases = (): number => inject('gpuCases')
