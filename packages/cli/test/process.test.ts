/**
 * What only a real process shows: its exit code, what Ctrl-C and a full disk leave behind, and that plain Node starts it.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { writeNpy } from '../src/npy.ts'
import { noise, png } from './helpers/png.ts'
import { type World, world } from './helpers/world.ts'

const sourceOf = (name: string): string => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))
const command = (name = 'main'): string[] => ['--conditions=@stridefold/source', '--import', import.meta.resolve('tsx'), sourceOf(name)]
const small = png({ width: 20, height: 10, bits: 8, type: 2, samples: noise(600, 255) })
const isPosix = process.platform !== 'win32'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const started = (w: World, argv: readonly string[], entry?: string): ChildProcess =>
  spawn(process.execPath, [...command(entry), ...argv], { cwd: w.folder, stdio: ['ignore', 'pipe', 'pipe'] })

function ended(program: string, args: readonly string[], w: World, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { cwd: w.folder, env: { ...process.env, ...env } }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

describe('interruption', () => {
  /** A 4-megapixel array, which takes some time to write. */
  const large = (w: World): void => w.put('in.npy', writeNpy(new Float32Array(4096 * 4096), [4096, 4096]))

  test.runIf(isPosix)('in the middle of writing leaves nothing and ends with 130', async () => {
    const w = world()
    large(w)
    const child = started(w, ['filter', 'in.npy', '-k', '1', '-o', 'out.npy'])
    let stderr = ''
    child.stderr!.on('data', (chunk) => {
      stderr += chunk
    })
    const isWriting = (): boolean => readdirSync(w.folder).some((name) => name.endsWith('.tmp'))
    const end = once(child, 'exit')
    while (!isWriting() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1))
    child.kill('SIGINT')
    const [code] = await end
    expect({ code, stderr }).toEqual({ code: 130, stderr: '\nInterrupted: the file that was being written was removed.\n' })
    expect(w.names()).toEqual(['in.npy'])
  })

  test.runIf(isPosix)('in the middle of computing ends at once', async () => {
    const w = world()
    large(w)
    const size = 151
    w.put('kernel.npy', writeNpy(new Float32Array(size * size), [size, size]))
    const child = started(w, ['filter', 'in.npy', '-k', 'kernel.npy', '-o', 'out.npy', '--backend', 'js', '--algorithm', 'naive'])
    const end = once(child, 'exit')
    await new Promise((resolve) => setTimeout(resolve, 3000))
    expect(child.exitCode).toBe(null)
    const asked = performance.now()
    child.kill('SIGINT')
    const [code, signal] = await end
    expect(performance.now() - asked).toBeLessThan(3000)
    // A shell makes 130 of either.
    expect(code === 130 || signal === 'SIGINT').toBe(true)
    expect(w.names()).toEqual(['in.npy', 'kernel.npy'])
  })
})

describe('a disk without room', () => {
  test.runIf(isPosix)('gives one sentence and leaves no file', async () => {
    const w = world()
    w.put('in.png', small)
    // Blocks of 512 or 1024 bytes: the 2528 bytes of the result pass them.
    const limited = `ulimit -f 1; exec "$@"`
    const argv = [...command(), 'filter', 'in.png', '-k', '1', '-o', 'out.npy']
    const { code, stderr } = await ended('bash', ['-c', limited, 'bash', process.execPath, ...argv], w)
    expect(stderr).toBe('stridefold: out.npy cannot be written: it would be too large for the file system. Nothing was left there.\n')
    expect(code).toBe(1)
    expect(w.names()).toEqual(['in.png'])
  })

  test.runIf(process.platform === 'linux')('so does a folder where nothing may be made, even for root', async () => {
    const w = world()
    w.put('in.png', small)
    const { code, stderr } = await w.run(['filter', 'in.png', '-k', '1', '-o', '/sys/out.png'])
    expect(stderr).toMatch(/^stridefold: \/sys\/out.png cannot be written: (permission denied|the file system is read-only)\./)
    expect(code).toBe(1)
  })
})

test('the start command filters a picture and says last where the pictures are, from where the user stands', async () => {
  const w = world()
  w.put('photo.png', small)
  mkdirSync(join(w.folder, 'sub'))
  const { code, stdout, stderr } = await ended(process.execPath, [...command('start'), '../photo.png', '-k', 'sobel-x'], w, {
    INIT_CWD: join(w.folder, 'sub'),
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(`The result pictures are in ${join(w.folder, 'sub', 'stridefold-out')}.`)
  expect(existsSync(join(w.folder, 'sub', 'stridefold-out', 'result.png'))).toBe(true)
})

test('a closed pipe ends it in peace', async () => {
  const w = world()
  w.put('in.png', small)
  const line = `"$0" "$@" | head -c 1 > /dev/null; exit "\${PIPESTATUS[0]}"`
  const { code, stderr } = await ended('bash', ['-c', line, process.execPath, ...command(), 'kernels', '--json'], w)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
