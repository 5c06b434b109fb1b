/**
 * Messages about mistakes on the command line: do they name the flags of the user, and suggest what
 * the user may have meant?
 */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatName, formatNames, readOnlyImageNames } from '../src/images/formats.ts'
import { writeNpy } from '../src/npy.ts'
import { noise, png } from './helpers/png.ts'
import { world } from './helpers/world.ts'

/** Words of the library that no user of the command line typed. */
const libraryWords =
  /option '\w|memoryLimit|channelAxis|correlate:|convolve:|solveShape|\{ constant/

async function mistake(...args: string[]): Promise<string> {
  const w = world()
  w.put('in.png', png({ width: 4, height: 3, bits: 8, type: 2, samples: noise(36, 255) }))
  w.put('in.npy', writeNpy(new Float32Array(24), [2, 3, 4]))
  const { code, stderr, stdout } = await w.run(args)
  expect(code).not.toBe(0)
  expect(stdout.length).toBe(0)
  expect(stderr).not.toMatch(libraryWords)
  return stderr
}

describe('filter', () => {
  test.each([
    [
      ['--boundary', 'mirorr'],
      /^--boundary is 'mirorr'; .* or constant=V\. Did you mean 'reflect'/,
    ],
    [['--boundary', 'mirror'], /^--boundary is 'mirror'; .*'scipy:mirror' means 'reflect'/],
    [['--boundary', 'scipy:mirorr'], /^--boundary is 'scipy:mirorr'; .*scipy's names/],
    [['--boundary', 'edge,edgy'], /^--boundary is edge,edgy; .*Did you mean 'edge'\?/],
    [['--boundary', 'edge,edge,edge'], /^--boundary has 3 values, but the kernel moves along 2/],
    [['--mode', 'smae'], /^--mode is 'smae'; .*Did you mean 'same'\?/],
    [['--mode', 'same,vaild'], /^--mode is same,vaild; .*Did you mean 'valid'\?/],
    [['--stride', '0'], /^--stride is 0; it must be a whole number ≥ 1, or one per axis/],
    [['--dilation', '1.5'], /^--dilation is 1\.5; it must be/],
    [['--threads', '0'], /^--threads is 0; it must be/],
    [['--algorithm', 'winogard'], /^--algorithm 'winogard' is not known.*mean 'winograd'\?/],
    [['--algorithm', 'winograd'], /winograd cannot compute .*Use another --algorithm/],
    [['--memory-limit', '0'], /within --memory-limit 0: .*Raise --memory-limit/],
    [['--channel-axis', '1'], /^--channel-axis is for \.npy arrays/],
    [['--output', 'clp'], /'--output <policy>' argument 'clp' .*Did you mean 'clip'\?/],
    [['--channels', 'eech'], /Did you mean 'each'\?/],
    [['--backend', 'wams'], /Did you mean 'wasm'\?/],
  ])('%j', async (args, message) => {
    const stderr = await mistake('filter', 'in.png', '-k', 'sobel-x', '-o', 'o.png', ...args)
    expect(stderr.replace(/^stridefold: /, '')).toMatch(message)
  })

  test('a kernel that does not fit with --mode valid', async () => {
    for (const args of [
      ['in.png', '-k', 'box:size=51'],
      ['in.png', '-k', 'box:size=3', '--dilation', '2'],
      ['in.png', '-k', 'box:size=51', '--channels', 'sum'],
      ['in.npy', '-k', 'box:size=4', '--channel-axis', '0'],
    ]) {
      const stderr = await mistake('filter', ...args, '-o', 'o.npy', '--mode', 'valid')
      expect(stderr).toContain('Use --mode same or full, or a smaller kernel.')
      expect(stderr).not.toMatch(/padding/i)
    }
  })

  test.each(['0,5;0,25', '0,5', '-0,5; 0,1; 00,7'])('decimal commas %s', async (kernel) => {
    const stderr = await mistake('filter', 'in.png', `-k${kernel}`, '-o', 'o.png')
    expect(stderr).toContain('Write 0.5, not 0,5')
  })

  test.each([
    ['1 0 -1; 2 0 -2', '2×3'],
    ['[[1, 2], [3, 4]]', '2×2'],
    ['1,2;3,4', '2×2'],
    ['0,1;1,0', '2×2'],
  ])('the shape of the matrix %s is printed', async (kernel, shape) => {
    const w = world()
    w.put('in.npy', writeNpy(new Float32Array(24), [4, 6]))
    const { code, stderr } = await w.run(['filter', 'in.npy', '-k', kernel, '-o', 'o.npy'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: `The kernel is ${shape}.\n` })
  })

  test('GIF is read, but not written', async () => {
    expect(await mistake('filter', 'in.png', '-k', 'box', '-o', 'o.gif')).toContain(
      'o.gif is of a format that is read, but not written',
    )
  })
})

describe('other verbs', () => {
  test.each([
    [['plan', '5x5 * 3x3 smae'], "Did you mean 'same'?"],
    [['plan', '5x5 * 3x3', '--algorithm', 'winogard'], "--algorithm 'winogard' is not known"],
    [['plan', '5x5 * 3x3', '--backend', 'wams'], "Did you mean 'wasm'?"],
    [['plan', '5x5', '*', '3x3'], 'A case needs quotes around it'],
    [['translate', '5x5 * 3x3', '--to', 'torch'], "Did you mean 'pytorch'?"],
    [['translate', '5x5 * 3x3 mirorr', '--to', 'numpy'], "Did you mean 'reflect'"],
    [['explain', '5x5 * 3x3', '--at', '9,9'], '--at output [9, 9] is no index'],
    [['shape'], 'Give --input and --kernel.'],
    [['shape', '--input', '5', '--kernel', '3', '--stride', '0'], '--stride is 0'],
    [['shape', '--input', '5', '--kernel', '3', '--padding', 'smae'], "Did you mean 'same'?"],
    [['shape', '--input', '5', '--kernel', '3', '--dialect', 'pytroch'], "mean 'pytorch'?"],
    [
      [
        ...['shape', '--input', '5', '--kernel', '3', '--output', '3', '--stride', '1'],
        ...['--padding', '0', '--dilation', '1'],
      ],
      'Every number is given, so there is nothing to find. Leave one out.',
    ],
    [['kernels', 'sobl'], "Did you mean 'sobel-x'?"],
    [['kernels', 'box:size=3,5'], 'numbers of several axes like 3x5'],
    [['bench', 'articel'], "Did you mean 'articles'?"],
    [['completion', 'bsh'], "Did you mean 'bash'?"],
    [['demo', 'in.npy'], 'in.npy is a .npy array, but an image is needed here'],
    [['profile', '--input', 'wrong=in.npy'], "has no input 'wrong'. Its inputs are "],
  ])('%j: %s', async (args, message) => {
    expect(await mistake(...args)).toContain(message)
  })
})

test('help, README and doctor name the formats that are read', async () => {
  const w = world()
  const help = (await w.run(['filter', '--help'])).stdout.toString().replace(/\s+/g, ' ')
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const row = readme.split('\n').find((line) => line.startsWith('| `filter'))!
  for (const name of [...formatNames.map(formatName), ...readOnlyImageNames]) {
    expect(help.toLowerCase()).toContain(name.toLowerCase())
    expect(row.toLowerCase()).toContain(name.toLowerCase())
  }
})

test('the README has a row for every verb', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const help = (await world().run(['--help'])).stdout.toString()
  const verbs = [...help.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+)/gm)].map(([, verb]) => verb)
  expect(verbs.length).toBeGreaterThan(12)
  for (const verb of verbs.filter((name) => name !== 'help'))
    expect(readme).toMatch(new RegExp(`^\\| \`${verb}\\b`, 'm'))
})
