/**
 * The GPU on the command line: `plan --wgsl`, which needs none, and what is said where Node has no
 * WebGPU. Where `npm run gpu:node` has installed it, a filter runs on it in a process of its own,
 * which must end by itself.
 */

import { execFile } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { isInstalled, openGpuInNode } from '../../../test/gpu/node.ts'
import { readNpy, writeNpy } from '../src/npy.ts'
import { world } from './helpers/world.ts'

const numbers = (height: number, width: number): Uint8Array =>
  writeNpy(
    Float32Array.from({ length: height * width }, (_, i) => ((i * 7) % 23) - 11),
    [height, width],
  )

describe('plan --wgsl', () => {
  test('prints stages with their bytes, and each shader once', async () => {
    const { code, stdout, stderr } = await world().run(['plan', '64x64 * 5x5 same', '--wgsl'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const text = stdout.toString()
    expect(text).toContain('limits: those that every GPU has')
    expect(text).toMatch(/^2 stages, 2 dispatches, 2 shaders$/m)
    expect(text).toMatch(/^stage: contract padded: 18\.2 KiB read, 16\.0 KiB written$/m)
    expect(text.match(/^\/\/ Shader \d+$/gm)).toHaveLength(2)
    expect(text.match(/^@compute /gm)).toHaveLength(2)
    expect(text).toContain('webgpu: not asked for; --backend webgpu or arrays on the GPU take it')
  })

  test('--json has the same', async () => {
    const { stdout } = await world().run(['plan', '64 * 3', '--wgsl', '--json'])
    const { shaders } = JSON.parse(stdout.toString())
    expect(shaders.stages).toMatchObject([{ bytesRead: 268, bytesWritten: 248 }])
    expect(shaders.stages[0].dispatches[0].code).toContain('@compute')
  })
})

describe('where Node has no WebGPU', () => {
  const advice = /Node has no WebGPU of its own\. Install the npm package 'webgpu' .*npm install/

  test('filter --backend webgpu says how to install it, and writes nothing', async () => {
    const here = world()
    here.put('a.npy', numbers(4, 4))
    const argv = ['filter', 'a.npy', '-k', 'sobel-x', '-o', 'b.npy', '--backend', 'webgpu']
    const { code, stderr } = await here.run(argv)
    expect(code).toBe(1)
    expect(stderr).toMatch(advice)
    expect(here.names()).toEqual(['a.npy'])
  })

  test('doctor says so, and that everything else works', async () => {
    const { code, stdout } = await world().run(['doctor', '--json'])
    expect(code).toBe(0)
    const { webgpu, works } = JSON.parse(stdout.toString())
    expect(works).toBe(true)
    expect(webgpu.missing).toMatch(advice)
  })

  test('a volume is refused on it', async () => {
    const here = world()
    const argv = ['filter', 'in.zarr', '-k', 'sobel-x', '-o', 'out.zarr', '--backend', 'webgpu']
    const { code, stderr } = await here.run(argv)
    expect(code).toBe(2)
    expect(stderr).toContain('--backend webgpu is not for volumes')
  })
})

describe.runIf(isInstalled())('where the package webgpu is installed', () => {
  const main = join(import.meta.dirname, '../src/main.ts')
  const installed = join(import.meta.dirname, '../../../test/gpu/node_modules')
  const tsx = import.meta.resolve('tsx')

  test('the results of the GPU are those of the processor', async ({ skip }) => {
    // Also sets the driver of the tests.
    const opened = await openGpuInNode()
    if ('reason' in opened) return skip(`No GPU: ${opened.reason}`)
    const here = world()
    here.put('a.npy', numbers(9, 40))
    symlinkSync(installed, join(here.folder, 'node_modules'))
    const filter = ['filter', 'a.npy', '-k', '1 2 1; 0 1 0; -1 0 2', '-k', 'box:size=2', '-o']
    const run = (...argv: string[]) =>
      promisify(execFile)(
        process.execPath,
        ['--conditions=@stridefold/source', '--import', tsx, main, ...argv],
        { cwd: here.folder, timeout: 100_000 },
      )
    await run(...filter, 'gpu.npy', '--backend', 'webgpu')
    expect((await here.run([...filter, 'wasm.npy'])).code).toBe(0)
    const [gpu, wasm] = ['gpu.npy', 'wasm.npy'].map((name) => readNpy(here.bytes(name), name))
    expect(gpu!.shape).toEqual(wasm!.shape)
    // Sums of small integers, then quarters of them: exact in float32.
    expect(gpu!.data).toEqual(wasm!.data)
  })
})
