/**
 * `filter` with many files, several kernels, and recipes. The truth is the library's result, or
 * that of the same command for one file.
 */

import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { correlate, kernels, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { readNpy, writeNpy } from '../src/npy.ts'
import { noise, png } from './helpers/png.ts'
import { type World, world } from './helpers/world.ts'

const [height, width] = [6, 8]
const samples = noise(height * width, 255)
const grey = png({ width, height, bits: 8, type: 0, samples })
const x = ndarray(Float32Array.from(samples), [height, width])

function photos(): World {
  const w = world()
  mkdirSync(join(w.folder, 'photos/2024'), { recursive: true })
  for (const name of ['a.png', 'b.png', '2024/a.png']) w.put(`photos/${name}`, grey)
  w.put('photos/notes.txt', 'not a picture')
  w.put('photos/.hidden.png', grey)
  return w
}

const namesIn = (w: World, folder: string): string[] =>
  (readdirSync(join(w.folder, folder), { recursive: true }) as string[])
    .filter((name) => /\.\w+$/.test(name))
    .map((name) => name.replaceAll('\\', '/'))
    .sort()

const arrayIn = (w: World, name: string): number[] => [...readNpy(w.bytes(name), '').data]

describe('many files', () => {
  test('a pattern, a list and a folder keep the names', async () => {
    const w = photos()
    const of = (...words: string[]) => w.run(['filter', ...words, '-k', 'box:size=3'])
    expect(await of('photos/*.png', '-o', 'one')).toMatchObject({
      code: 0,
      stderr: '2 files written. No sample was clipped.\n',
    })
    expect(namesIn(w, 'one')).toEqual(['a.png', 'b.png'])
    expect((await of('photos/a.png', 'photos/b.png', '-o', 'two/')).code).toBe(0)
    expect(namesIn(w, 'two')).toEqual(['a.png', 'b.png'])
    expect(await of('photos', '--recursive', '-o', 'three', '--format', 'npy')).toMatchObject({
      code: 0,
      stderr: '3 files written.\n1 file in the folders: neither image nor array, left out.\n',
    })
    expect(namesIn(w, 'three')).toEqual(['2024/a.npy', 'a.npy', 'b.npy'])
    expect((await of('photos/a.png', '-o', 'alone.png')).code).toBe(0)
    for (const name of ['one/a.png', 'two/b.png'])
      expect(w.bytes(name).equals(w.bytes('alone.png'))).toBe(true)
  })

  test('a folder as -o takes one file too', async () => {
    const w = photos()
    expect((await w.run(['filter', 'photos/a.png', '-k', '1', '-o', 'new/'])).code).toBe(0)
    expect((await w.run(['filter', 'photos/b.png', '-k', '1', '-o', 'new'])).code).toBe(0)
    expect(namesIn(w, 'new')).toEqual(['a.png', 'b.png'])
  })

  test('a failure does not stop the rest, and is listed at the end', async () => {
    const w = photos()
    w.put('photos/broken.png', grey.subarray(0, 60))
    const { code, stderr } = await w.run(['filter', 'photos/*.png', '-k', '1', '-o', 'out'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^2 files written\. No sample was clipped\.\nphotos\/broken\.png: .+\n/)
    expect(stderr).toContain('1 of 3 files failed (listed above); 2 were written to out.')
    expect(namesIn(w, 'out')).toEqual(['a.png', 'b.png'])
  })

  test('nothing is replaced without --force, and nothing done before', async () => {
    const w = photos()
    mkdirSync(join(w.folder, 'out'))
    w.put('out/b.png', 'mine')
    const argv = ['filter', 'photos/*.png', '-k', '1', '-o', 'out']
    const { code, stderr } = await w.run(argv)
    expect({ code, stderr }).toMatchObject({ code: 1 })
    expect(stderr).toContain('1 result exist already: out/b.png. Nothing was done.')
    expect(namesIn(w, 'out')).toEqual(['b.png'])
    expect((await w.run([...argv, '--force'])).code).toBe(0)
    expect(w.bytes('out/b.png').subarray(1, 4).toString()).toBe('PNG')
  })

  test('two inputs never share a result', async () => {
    const w = photos()
    const { code, stderr } = await w.run([
      'filter',
      'photos/a.png',
      'photos/2024/a.png',
      '-k',
      '1',
      '-o',
      'out',
    ])
    expect(code).toBe(2)
    expect(stderr).toContain(
      'photos/a.png and photos/2024/a.png would both be written to out/a.png',
    )
    expect(existsSync(join(w.folder, 'out'))).toBe(false)
  })

  test('results inside the input folder are not read, nor a link in a circle', async () => {
    const w = photos()
    symlinkSync('.', join(w.folder, 'photos/circle'))
    const argv = ['filter', 'photos', '--recursive', '-k', '1', '-o', 'photos/out']
    expect((await w.run(argv)).code).toBe(0)
    expect((await w.run([...argv, '--force'])).code).toBe(0)
    expect(namesIn(w, 'photos/out')).toEqual(['2024/a.png', 'a.png', 'b.png'])
  })

  test.each([
    ['a pattern without a file', ['photos/*.tif', '-o', 'out'], 3, /matches no file/],
    ['a file as -o', ['photos/*.png', '-o', 'out.png'], 2, /several results need a folder/],
    ['stdout', ['photos/*.png', '-o', '-'], 2, /'-o -' is one result/],
    ['stdin beside files', ['-', 'photos/a.png', '-o', 'out'], 2, /'-' is one input/],
    ['no job', ['photos/*.png', '-o', 'out', '--jobs', '0'], 2, /Give a whole number ≥ 1/],
    ['a folder without --recursive', ['photos', '-o', 'out'], 2, /Give --recursive/],
  ])('%s', async (_, words, code, message) => {
    const w = photos()
    const ran = await w.run(['filter', ...words, '-k', '1'])
    expect(ran).toMatchObject({ code, stderr: expect.stringMatching(message) })
    expect(existsSync(join(w.folder, 'out'))).toBe(false)
  })

  test('--json has every file, and every failure', async () => {
    const w = photos()
    w.put('photos/broken.png', 'no')
    const ran = await w.run(['filter', 'photos/*.png', '-k', '9', '-o', 'out', '--json'])
    const { files, failed } = JSON.parse(ran.stdout.toString())
    expect(
      files.map(({ input, output }: { input: string; output: string }) => [input, output]),
    ).toEqual([
      ['photos/a.png', 'out/a.png'],
      ['photos/b.png', 'out/b.png'],
    ])
    expect(files[0].bytes).toBe(w.bytes('out/a.png').length)
    expect(files[0].clipping.above).toBe(samples.filter((value) => value * 9 > 255).length)
    expect(failed).toMatchObject([{ input: 'photos/broken.png', exitCode: 3 }])
  })
})

describe('several kernels', () => {
  const border = { boundary: 'reflect' } as const
  const own = ndarray(Float32Array.of(0, -1, 0, -1, 5, -1, 0, -1, 0), [3, 3])

  test('one after the other', async () => {
    const w = photos()
    const argv = ['photos/a.png', '-k', 'gaussian:sigma=1', '-k', '0 -1 0; -1 5 -1; 0 -1 0']
    expect((await w.run(['filter', ...argv, '-o', 'out.npy'])).code).toBe(0)
    const soft = correlate(x, kernels.gaussian({ sigma: 1 }), border)
    expect(arrayIn(w, 'out.npy')).toEqual([...correlate(soft, own, border).data])
  })

  const results = [kernels.sobelX(), kernels.sobelY()].map((k) => [...correlate(x, k, border).data])
  const [across, down] = results as [number[], number[]]

  test.each([
    ['magnitude', across.map((value, i) => Math.hypot(value, down[i]!))],
    ['max', across.map((value, i) => Math.max(value, down[i]!))],
    ['sum', across.map((value, i) => value + down[i]!)],
  ])('combined: %s', async (combine, expected) => {
    const w = photos()
    const argv = ['photos/a.png', '-o', 'out.npy', '--combine', combine]
    for (const words of [
      ['-k', 'sobel'],
      ['-k', 'sobel-x', '-k', 'sobel-y'],
    ]) {
      expect((await w.run(['filter', ...argv, ...words, '--force'])).code).toBe(0)
      const values = arrayIn(w, 'out.npy')
      for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 3)
    }
  })

  test('alpha is kept, whatever the kernels; colours are summed once', async () => {
    const w = world()
    const rgba = noise(height * width * 4, 255)
    w.put('in.png', png({ width, height, bits: 8, type: 6, samples: rgba }))
    const run = (name: string, ...words: string[]) =>
      w.run(['filter', 'in.png', '-k', 'box:size=3', '-k', 'sobel-x', '-o', name, ...words])
    expect((await run('each.npy')).code).toBe(0)
    const alpha = rgba.filter((_, i) => i % 4 === 3)
    expect(arrayIn(w, 'each.npy').filter((_, i) => i % 4 === 3)).toEqual(alpha)
    expect((await run('sum.npy', '--channels', 'sum')).code).toBe(0)
    const sums = arrayIn(w, 'sum.npy').filter((_, i) => i % 2 === 0)
    const each = arrayIn(w, 'each.npy')
    for (const [i, sum] of sums.entries())
      expect(sum).toBeCloseTo(each[4 * i]! + each[4 * i + 1]! + each[4 * i + 2]!, 3)
  })

  test.each([
    ['a pair without --combine', ['-k', 'sobel'], /sobel is sobel-x and sobel-y.*--combine/],
    [
      'results of two sizes',
      ['-k', 'box:size=3', '-k', '1 1', '--combine', 'sum', '--mode', 'valid'],
      /4×6.*6×7|4×6×1.*6×7×1/,
    ],
    ['a bias for several', ['-k', '1', '-k', '2', '--bias', '1'], /--bias is for one kernel/],
  ])('%s', async (_, words, message) => {
    const w = photos()
    const ran = await w.run(['filter', 'photos/a.png', '-o', 'out.npy', ...words])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  })
})

describe('a recipe', () => {
  test('gives what its flags give, and flags come first', async () => {
    const w = photos()
    writeFileSync(
      join(w.folder, 'filter.json'),
      JSON.stringify({
        kernel: [
          'gaussian:sigma=1',
          [
            [0, -1, 0],
            [-1, 5, -1],
            [0, -1, 0],
          ],
        ],
        boundary: ['edge', { constant: 3 }],
        flip: true,
        format: 'npy',
      }),
    )
    const run = (...words: string[]) => w.run(['filter', 'photos/a.png', ...words])
    expect((await run('--recipe', 'filter.json', '-o', 'a.npy')).code).toBe(0)
    const words = ['-k', 'gaussian:sigma=1', '-k', '0 -1 0; -1 5 -1; 0 -1 0', '--flip']
    expect((await run(...words, '--boundary', 'edge,constant=3', '-o', 'b.npy')).code).toBe(0)
    expect(arrayIn(w, 'a.npy')).toEqual(arrayIn(w, 'b.npy'))
    expect((await run('--recipe', 'filter.json', '-k', '2', '-o', 'c.npy')).code).toBe(0)
    expect(arrayIn(w, 'c.npy')).toEqual(samples.map((value) => 2 * value))
  })

  test.each([
    ['no JSON', '{', /is not valid JSON/],
    ['no object', '[1]', /is not a recipe/],
    ['an unknown flag', '{"kernal": "box"}', /'kernal' is not a flag.*Did you mean 'kernel'\?/],
    ['a flag of the call', '{"force": true}', /'force' is not a flag that a recipe can hold/],
    [
      'a wrong word',
      '{"kernel": "1", "alpha": "lose"}',
      /'alpha': Allowed choices are keep, filter/,
    ],
    ['no kernel in the list', '{"kernel": []}', /'kernel' is \[\]/],
    ['an object for a number', '{"kernel": "1", "stride": {"x": 1}}', /'stride' is/],
    ['a word for on or off', '{"kernel": "1", "flip": "yes"}', /true or false is needed/],
  ])('%s', async (_, text, message) => {
    const w = photos()
    w.put('r.json', text)
    const ran = await w.run(['filter', 'photos/a.png', '--recipe', 'r.json', '-o', 'out.npy'])
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringMatching(message) })
  })

  test('an array of any rank goes the same way', async () => {
    const w = world()
    w.put('v.npy', writeNpy(Float32Array.from(noise(60, 9)), [3, 4, 5]))
    w.put('r.json', '{"kernel": ["[[[1, 2]]]", "[[[1], [1]]]"], "channelAxis": "none"}')
    expect((await w.run(['filter', 'v.npy', '--recipe', 'r.json', '-o', 'o.npy'])).code).toBe(0)
    const v = ndarray(Float32Array.from(noise(60, 9)), [3, 4, 5])
    const first = correlate(v, ndarray(Float32Array.of(1, 2), [1, 1, 2]), border3)
    const both = correlate(first, ndarray(Float32Array.of(1, 1), [1, 2, 1]), border3)
    expect(arrayIn(w, 'o.npy')).toEqual([...both.data])
  })
  const border3 = { boundary: 'reflect' } as const
})
