/**
 * What happens to existing files? A folder is written completely and replaces only files that its
 * manifest lists. A file keeps its mode and its link, and its contents if something fails.
 */

import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { replaceFiles, writeFolder } from '../src/folder.ts'
import { writeOutput } from '../src/write-output.ts'
import { noise, png } from './helpers/png.ts'
import { type World, world } from './helpers/world.ts'

const manifest = { file: 'list.json', verb: 'report' }
const isPosix = process.platform !== 'win32'

/** A folder `r` with these files and their manifest. */
const write = (
  w: World,
  files: Readonly<Record<string, string>>,
  force = true,
  path = 'r',
): Promise<void> => {
  const list = JSON.stringify({ verb: 'report', files: Object.keys(files) })
  const all = Object.entries({ 'list.json': list, ...files }).map(([name, text]) => ({
    name,
    bytes: Buffer.from(text),
  }))
  return writeFolder(path, all, manifest, force, w.io().io)
}

/** Every file below the folder of the world, with its text. */
const contents = (w: World): Record<string, string> =>
  Object.fromEntries(
    readdirSync(w.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(w.folder.length + 1), readFileSync(path, 'utf8')]),
  )

describe('--force on a folder', () => {
  test('replaces or removes files of the manifest, and keeps all others', async () => {
    const w = world()
    await write(w, { 'index.html': 'old', 'gone.csv': 'old' }, false)
    w.put('r/mine.txt', 'mine')
    mkdirSync(join(w.folder, 'r/photos'))
    w.put('r/photos/one.jpg', 'precious')
    await write(w, { 'index.html': 'new', 'more.csv': 'new' })
    expect(contents(w)).toEqual({
      'r/index.html': 'new',
      'r/list.json': '{"verb":"report","files":["index.html","more.csv"]}',
      'r/mine.txt': 'mine',
      'r/more.csv': 'new',
      'r/photos/one.jpg': 'precious',
    })
  })

  test('is rejected without a manifest, or with that of another verb', async () => {
    const w = world()
    mkdirSync(join(w.folder, 'r'))
    w.put('r/index.html', 'mine')
    await expect(write(w, { 'index.html': 'new' })).rejects.toThrow(
      'r has files that no report wrote: they are not replaced.',
    )
    w.put('r/list.json', '{"verb":"demo","files":["index.html"]}')
    await expect(write(w, { 'index.html': 'new' })).rejects.toThrow(
      'r has files that no report wrote',
    )
    expect(contents(w)).toMatchObject({ 'r/index.html': 'mine' })
  })

  test('a file that the manifest does not list stays; the new files go elsewhere', async () => {
    const w = world()
    await write(w, { 'a.csv': 'old' }, false)
    w.put('r/b.csv', 'mine')
    await expect(write(w, { 'a.csv': 'new', 'b.csv': 'new' })).rejects.toThrow(
      /b\.csv is in the way.*The new files are in .*r-2\.$/,
    )
    expect(contents(w)).toMatchObject({
      'r/a.csv': 'old',
      'r/b.csv': 'mine',
      'r-2/a.csv': 'new',
      'r-2/b.csv': 'new',
    })
    expect(w.names()).toEqual(['r', 'r-2'])
  })

  test('a manifest that lists files elsewhere, folders or links has no effect', async () => {
    const w = world()
    await write(w, { 'a.csv': 'old' }, false)
    w.put('mine.txt', 'mine')
    mkdirSync(join(w.folder, 'r/sub'))
    w.put('r/sub/mine.txt', 'mine')
    symlinkSync('../mine.txt', join(w.folder, 'r/link.txt'))
    w.put(
      'r/list.json',
      JSON.stringify({
        verb: 'report',
        files: ['../mine.txt', 'sub', 'sub/mine.txt', 'link.txt', '..', '.', 5, 'a.csv'],
      }),
    )
    await write(w, { 'a.csv': 'new' })
    expect(contents(w)).toMatchObject({
      'mine.txt': 'mine',
      'r/sub/mine.txt': 'mine',
      'r/a.csv': 'new',
    })
    expect(existsSync(join(w.folder, 'r/link.txt'))).toBe(true)
  })

  test('all moves are undone if one fails', async () => {
    const w = world()
    await write(w, { 'a.csv': 'old', 'b.csv': 'old' }, false)
    const target = join(w.folder, 'r')
    const beside = mkdtempSync(join(w.folder, 'beside-'))
    mkdirSync(join(beside, 'new'))
    writeFileSync(join(beside, 'new/a.csv'), 'new')
    // b.csv was never written, so its move fails after that of a.csv.
    expect(() =>
      replaceFiles(target, beside, [{ name: 'a.csv' }, { name: 'b.csv' }], ['a.csv', 'b.csv']),
    ).toThrow(/ENOENT/)
    expect(contents(w)).toMatchObject({ 'r/a.csv': 'old', 'r/b.csv': 'old' })
  })

  test('the current folder and its parents are rejected before any work', async () => {
    const w = world()
    for (const path of ['.', '..', '/', w.folder]) {
      for (const force of [[], ['--force']]) {
        const { code, stderr } = await w.run(['report', '--quick', '-o', path, ...force])
        expect(code).toBe(2)
        expect(stderr).toContain(`${path} is the current folder or one of its parents`)
      }
    }
    symlinkSync('.', join(w.folder, 'here'))
    expect((await w.run(['report', '--quick', '-o', 'here', '--force'])).code).toBe(2)
  })

  test.runIf(isPosix)('a private file stays private', async () => {
    const w = world()
    await write(w, { 'a.csv': 'old' }, false)
    chmodSync(join(w.folder, 'r/a.csv'), 0o600)
    await write(w, { 'a.csv': 'new' })
    expect(statSync(join(w.folder, 'r/a.csv')).mode & 0o777).toBe(0o600)
  })
})

test('the demo replaces the images of the previous demo, and no other files', async () => {
  const w = world()
  w.put('in.png', png({ width: 5, height: 4, bits: 8, type: 2, samples: noise(60, 255) }))
  const demo = ['demo', 'in.png', '-k', '1 2 1', '--json']
  const { stdout } = await w.run(demo)
  expect(JSON.parse(stdout.toString()).files[0]).toMatchObject({ path: 'stridefold-out/input.png' })
  w.put('stridefold-out/mine.png', 'mine')
  expect((await w.run(demo)).code).toBe(0)
  expect(w.bytes('stridefold-out/mine.png').toString()).toBe('mine')
  w.put('stridefold-out/demo.json', '{}')
  const expectRejected = await w.run(demo)
  expect(expectRejected.code).toBe(1)
  expect(expectRejected.stderr).toContain('stridefold-out has files that no demo wrote')
})

describe.runIf(isPosix)('a file that is replaced', () => {
  const put = (w: World, path: string, text: string, force: boolean): Promise<void> =>
    writeOutput(path, Buffer.from(text), force, w.io().io)
  const modeOf = (w: World, name: string): number => statSync(join(w.folder, name)).mode & 0o777

  test.each([0o600, 0o640, 0o755, 0o444])('keeps its mode %o', async (mode) => {
    const w = world()
    w.put('a.csv', 'old')
    chmodSync(join(w.folder, 'a.csv'), mode)
    await put(w, 'a.csv', 'new', true)
    expect(w.bytes('a.csv').toString()).toBe('new')
    expect(modeOf(w, 'a.csv')).toBe(mode)
  })

  test('and a new file gets the mode of any new file', async () => {
    const w = world()
    w.put('usual', '')
    await put(w, 'a.csv', 'new', false)
    await put(w, 'b.csv', 'new', true)
    expect([modeOf(w, 'a.csv'), modeOf(w, 'b.csv')]).toEqual([
      modeOf(w, 'usual'),
      modeOf(w, 'usual'),
    ])
  })

  test('a link to a missing file is not replaced, with or without --force', async () => {
    const w = world()
    symlinkSync('missing.csv', join(w.folder, 'link.csv'))
    for (const force of [true, false]) {
      await expect(put(w, 'link.csv', 'new', force)).rejects.toThrow(
        'link.csv is a link to missing.csv, which does not exist.',
      )
    }
    expect(w.names()).toEqual(['link.csv'])
  })

  test('a pipe is written when it has a reader', async () => {
    const w = world()
    execFileSync('mkfifo', [join(w.folder, 'pipe')])
    const bytes = Buffer.alloc(300_000, 7)
    const write = writeOutput('pipe', bytes, false, w.io().io)
    const read = promisify(execFile)('cat', [join(w.folder, 'pipe')], {
      encoding: 'buffer',
      maxBuffer: 1e6,
    })
    await write
    expect((await read).stdout.equals(bytes)).toBe(true)
    expect(w.names()).toEqual(['pipe'])
  })

  test('a name may be as long as the file system allows', async () => {
    const w = world()
    const name = `${'n'.repeat(251)}.csv`
    await put(w, name, 'new', false)
    expect(w.names()).toEqual([name])
  })

  test.each([
    [
      'a link in a circle',
      'loop.png',
      /^loop\.png cannot be written: it is a symbolic link that points to itself/,
    ],
    [
      'a name that is too long',
      `${'n'.repeat(252)}.png`,
      /cannot be written: its name is too long/,
    ],
    [
      'a folder that is a file',
      'in.png/out.png',
      /cannot be written: a part of its path is not a folder/,
    ],
    ['a folder that is missing', 'no/out.png', /cannot be written: its folder does not exist/],
  ])('%s is one sentence of the user', async (_, out, message) => {
    const w = world()
    w.put('in.png', png({ width: 2, height: 2, bits: 8, type: 0, samples: [1, 2, 3, 4] }))
    symlinkSync('loop.png', join(w.folder, 'loop.png'))
    const { code, stderr } = await w.run(['filter', 'in.png', '-k', '1', '-o', out])
    expect(stderr.replace(/^stridefold: /, '')).toMatch(message)
    expect(code).toBe(1)
    expect((await w.run(['filter', 'loop.png', '-k', '1', '-o', 'out.png'])).stderr).toContain(
      'points to itself',
    )
  })
})
