/**
 * Behaviour that only a real process shows: the exit code, the state after Ctrl-C and after a full
 * disk, and the start with plain Node. The processes run the built command, which starts in a third
 * of the time of the sources, so `npm run build` comes first (as in `npm test`).
 */

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { readImage } from '../src/images/read.ts'
import { writeNpy } from '../src/npy.ts'
import { noise, png } from './helpers/png.ts'
import { type World, world } from './helpers/world.ts'

const command = fileURLToPath(new URL('../bin/stridefold.js', import.meta.url))
/** `npm start`, which runs the sources. */
const startCommand = [
  '--conditions=@stridefold/source',
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('../src/start.ts', import.meta.url)),
]
const small = png({ width: 20, height: 10, bits: 8, type: 2, samples: noise(600, 255) })
const isPosix = process.platform !== 'win32'

beforeAll(() => {
  if (!existsSync(new URL('../dist/main.js', import.meta.url)))
    throw new Error(
      "packages/cli/dist is missing: 'npm run build' first, or all tests by 'npm test'.",
    )
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const begin = (w: World, argv: readonly string[]): ChildProcess =>
  spawn(process.execPath, [command, ...argv], {
    cwd: w.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })

function exitOf(
  program: string,
  args: readonly string[],
  w: World,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { cwd: w.folder, env: { ...process.env, ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

describe('interruption', () => {
  /** A 4-megapixel array, which takes some time to write. */
  const large = (w: World): void =>
    w.put('in.npy', writeNpy(new Float32Array(4096 * 4096), [4096, 4096]))

  // Ended by the signal itself, which a shell reports as 130.
  test.runIf(isPosix)(
    'in the middle of writing leaves no samples and ends by the signal',
    async () => {
      const w = world()
      large(w)
      const child = begin(w, ['filter', 'in.npy', '-k', '1', '-o', 'out.npy'])
      let stderr = ''
      child.stderr!.on('data', (chunk) => {
        stderr += chunk
      })
      const isWriting = (): boolean => readdirSync(w.folder).some((name) => name.endsWith('.tmp'))
      const end = once(child, 'exit')
      while (!isWriting() && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 1))
      child.kill('SIGINT')
      const [, signal] = await end
      expect({ signal, stderr }).toEqual({
        signal: 'SIGINT',
        stderr: '\nInterrupted: the unfinished file was removed.\n',
      })
      expect(w.names()).toEqual(['in.npy'])
    },
  )

  test.runIf(isPosix)('in the middle of many files leaves whole ones only', async () => {
    const w = world()
    const size = { width: 400, height: 300, bits: 8, type: 2 } as const
    const photo = png({ ...size, samples: noise(3 * 400 * 300, 255) })
    for (let i = 0; i < 60; i++) w.put(`p${i}.png`, photo)
    const child = begin(w, ['filter', '*.png', '-k', 'gaussian', '-o', 'out/', '--jobs', '16'])
    let stderr = ''
    child.stderr!.on('data', (chunk) => {
      stderr += chunk
    })
    const written = (): string[] =>
      existsSync(join(w.folder, 'out')) ? readdirSync(join(w.folder, 'out')) : []
    const end = once(child, 'exit')
    while (written().length < 3 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 1))
    child.kill('SIGINT')
    expect(await end).toEqual([null, 'SIGINT'])
    const names = written()
    expect(names.length).toBeLessThan(60)
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(stderr).not.toContain('Warning')
    for (const name of names) {
      const bytes = readFileSync(join(w.folder, 'out', name))
      expect((await readImage(bytes, name)).image).toMatchObject({ width: 400, height: 300 })
    }
  })

  test.runIf(isPosix)(
    'in the middle of a volume says what is done, and the next run goes on',
    async () => {
      const w = world()
      w.put('in.npy', writeNpy(new Float32Array(64 * 512 * 512), [64, 512, 512]))
      const line = 'filter in.npy -k box:size=5 -o out.zarr --chunks 8x64x64 --memory-limit 200M'
      const child = begin(w, line.split(' '))
      let stderr = ''
      child.stderr!.on('data', (chunk) => {
        stderr += chunk
      })
      const end = once(child, 'exit')
      while (!existsSync(join(w.folder, 'out.zarr', '0')) && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5))
      child.kill('SIGINT')
      expect(await end).toEqual([null, 'SIGINT'])
      expect(stderr).toMatch(
        /^\nInterrupted: \d+ of \d+ boxes of out\.zarr (is|are) done, \d+ of them/,
      )
      expect(stderr).toMatch(/The same command goes on where it was\.\n$/)
      const again = await exitOf(process.execPath, [command, ...line.split(' ')], w)
      expect(again).toMatchObject({ code: 0, stderr: expect.stringMatching(/It is whole/) })
    },
  )

  // A signal with a listener waits until JavaScript returns. So verbs that may compute for long
  // must have no listener.
  test.runIf(isPosix)('in the middle of computing ends at once', async () => {
    const w = world()
    large(w)
    const size = 151
    w.put('kernel.npy', writeNpy(new Float32Array(size * size), [size, size]))
    const child = begin(w, [
      'filter',
      'in.npy',
      '-k',
      'kernel.npy',
      '-o',
      'out.npy',
      '--backend',
      'js',
      '--algorithm',
      'naive',
    ])
    const end = once(child, 'exit')
    await new Promise((resolve) => setTimeout(resolve, 3000))
    expect(child.exitCode).toBe(null)
    child.kill('SIGINT')
    expect(await end).toEqual([null, 'SIGINT'])
    expect(w.names()).toEqual(['in.npy', 'kernel.npy'])
  })
})

describe.runIf(isPosix)('what keeps what it measured', () => {
  // The first signal is handled only after the run, which would take minutes. The terminal sends it
  // to the whole group.
  test('ends at once at the second Ctrl-C', async () => {
    const slow = [
      'bench',
      '1x64x112x112 * 64x64x7x7 p3',
      '--algorithm',
      'naive',
      '--backend',
      'js',
      '--seconds',
      '10000',
    ]
    const child = spawn(process.execPath, [command, ...slow], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const end = once(child, 'exit')
    const stderrData = once(child.stderr, 'data')
    // The machine is measured first; an interrupt then would end the command by itself.
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    process.kill(-child.pid!, 'SIGINT')
    expect(String(await stderrData)).toContain('Ctrl-C again ends at once')
    expect(child.exitCode).toBe(null)
    process.kill(-child.pid!, 'SIGINT')
    expect((await end)[1]).toMatch(/SIGTERM|SIGINT/)
  })
})

describe('a full disk', () => {
  test.runIf(isPosix)('gives one sentence and leaves no file', async () => {
    const w = world()
    w.put('in.png', small)
    // The limit is in blocks of 512 or 1024 bytes; the 2528 bytes of the result exceed it.
    const limited = `ulimit -f 1; exec "$@"`
    const argv = [command, 'filter', 'in.png', '-k', '1', '-o', 'out.npy']
    const { code, stderr } = await exitOf(
      'bash',
      ['-c', limited, 'bash', process.execPath, ...argv],
      w,
    )
    expect(stderr).toBe(
      'stridefold: out.npy cannot be written: it is too large for the file system. ' +
        'Nothing was written there.\n',
    )
    expect(code).toBe(1)
    expect(w.names()).toEqual(['in.png'])
  })

  test.runIf(process.platform === 'linux')(
    'so does a folder where nothing may be made, even for root',
    async () => {
      const w = world()
      w.put('in.png', small)
      const { code, stderr } = await w.run(['filter', 'in.png', '-k', '1', '-o', '/sys/out.png'])
      expect(stderr).toMatch(
        /^stridefold: \/sys\/out.png cannot be written: (permission denied|.* is read-only)\./,
      )
      expect(code).toBe(1)
    },
  )
})

test('doctor works without WebAssembly and reports it', async () => {
  const { code, stdout } = await exitOf(process.execPath, ['--jitless', command, 'doctor'], world())
  expect(code).toBe(0)
  expect(stdout).toMatch(/^WebAssembly +no: the js backend computes everything, slowly$/m)
  expect(stdout).toMatch(/^peak +not measured: no SIMD$/m)
  expect(stdout).toMatch(/^memory speed +not measured: no SIMD$/m)
  expect(stdout).toMatch(/^smallest filter +works$/m)
})

test(
  'the start command filters a picture and prints the paths of the images last, relative to the ' +
    'current folder',
  async () => {
    const w = world()
    w.put('photo.png', small)
    mkdirSync(join(w.folder, 'sub'))
    const { code, stdout, stderr } = await exitOf(
      process.execPath,
      [...startCommand, '../photo.png', '-k', 'sobel-x'],
      w,
      {
        INIT_CWD: join(w.folder, 'sub'),
      },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      `The result images are in ${join(w.folder, 'sub', 'stridefold-out')}.`,
    )
    expect(existsSync(join(w.folder, 'sub', 'stridefold-out', 'result.png'))).toBe(true)
  },
)

test('npm start runs a verb, too', async () => {
  const w = world()
  w.put('photo.png', small)
  const args = ['filter', 'photo.png', '-k', 'box', '-o', 'out.png']
  const { code } = await exitOf(process.execPath, [...startCommand, ...args], w, {
    INIT_CWD: w.folder,
  })
  expect([code, w.names()]).toEqual([0, ['out.png', 'photo.png']])
})

describe.runIf(process.platform === 'linux')('streams that take nothing', () => {
  /** Runs `shell` with the command line as "$@". Returns the result of the last `exit`. */
  const inShell = (shell: string, argv: readonly string[], w = world()): Promise<Ended> =>
    exitOf('bash', ['-c', shell, 'bash', process.execPath, command, ...argv], w)

  test.each([
    [['plan', '8 * 3']],
    [['kernels', '--json']],
    [['--help']],
    [['filter', 'in.png', '-k', '1', '-o', '-']],
  ])('a full disk on stdout is one sentence: %j', async (argv) => {
    const w = world()
    w.put('in.png', small)
    const { code, stderr } = await inShell('"$@" > /dev/full', argv, w)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'stridefold: stdout cannot be written: the disk is full. The result is incomplete.\n',
    })
  })

  test.each([
    [0, ['kernels', '--json']],
    [2, ['plan', 'three by three']],
    // It prints first, then fails.
    [1, ['bench', '8x8 * 3x3', '--seconds', '1e-9']],
  ])('a closed pipe is no failure, and hides none: %i', async (code, argv) => {
    const ran = await inShell(`"$@" | head -c 0; exit "\${PIPESTATUS[0]}"`, argv)
    expect(ran.code).toBe(code)
    if (code === 0) expect(ran.stderr).toBe('')
  })

  test.each(['2> /dev/full', '2>&-'])('the exit code outlives stderr: %s', async (lost) => {
    expect(await inShell(`"$@" ${lost}`, ['plan', 'three by three'])).toMatchObject({ code: 2 })
    const w = world()
    w.put('in.png', small)
    expect(
      await inShell(`"$@" ${lost}`, ['filter', 'in.png', '-k', '1', '-o', 'out.png'], w),
    ).toMatchObject({ code: 0 })
  })

  // The pipe that Node gives to a child is a socket, which cannot be opened by name.
  test('stdin and stdout have the names that the system gives them', async () => {
    const w = world()
    w.put('in.png', small)
    const { status, stdout } = spawnSync(
      process.execPath,
      [command, 'filter', '/dev/stdin', '-k', '1', '-o', '/dev/stdout'],
      {
        input: small,
      },
    )
    expect(status).toBe(0)
    expect((await readImage(stdout, 'stdout')).image).toMatchObject({ width: 20, height: 10 })
    expect(
      (await inShell('"$@" > out.png', ['filter', 'in.png', '-k', '1', '-o', '/dev/stdout'], w))
        .code,
    ).toBe(0)
    expect(w.bytes('out.png')).toEqual(stdout)
  })
})

describe.runIf(process.platform === 'linux')('a working folder that is gone', () => {
  const gone = 'mkdir gone && cd gone && rmdir ../gone && "$@"'
  const inGone = (w: World, ...argv: string[]): Promise<Ended> =>
    exitOf('bash', ['-c', gone, 'bash', process.execPath, command, ...argv], w)

  test('is an error only for verbs that need it', async () => {
    const w = world()
    w.put('in.png', small)
    expect(await inGone(w, 'plan', '8 * 3')).toMatchObject({ code: 0, stderr: '' })
    expect(
      await inGone(
        w,
        'filter',
        join(w.folder, 'in.png'),
        '-k',
        '1',
        '-o',
        join(w.folder, 'out.png'),
      ),
    ).toMatchObject({ code: 0 })
    expect(
      await inGone(w, 'filter', 'in.png', '-k', '1', '-o', join(w.folder, 'again.png')),
    ).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'stridefold: The working folder no longer exists. Change to an existing folder, or give ' +
        'absolute paths.\n',
    })
  })
})
