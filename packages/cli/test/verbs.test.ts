/**
 * The verbs kernels, plan, demo, doctor and completion.
 */

import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { OptionError } from 'stridefold'
import { algorithms, InternalError, kernels, UnavailableError } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { errorMessage, exitCodeOf } from '../src/failure.ts'
import { readImage } from '../src/images/read.ts'
import { noise, png } from './helpers/png.ts'
import { world } from './helpers/world.ts'

const image = png({ width: 30, height: 20, bits: 8, type: 2, samples: noise(1800, 255) })

async function answerOf(...argv: string[]) {
  const { code, stdout, stderr } = await world().run(argv)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

describe('every verb', () => {
  test.each(['filter', 'kernels', 'plan', 'demo', 'doctor', 'completion'])(
    '%s shows its examples first',
    async (verb) => {
      expect(await answerOf(verb, '--help')).toMatch(
        new RegExp(`^Examples:\n  \\$ .*stridefold ${verb}`),
      )
    },
  )

  test.each([
    ['kernels'],
    ['kernels', 'sobel-x'],
    ['plan', '5x5 * 3x3 same'],
    ['doctor'],
    ['completion', 'bash'],
  ])('%s %s --json', async (...argv) => {
    expect(JSON.parse(await answerOf(...argv, '--json'))).toMatchObject({
      schemaVersion: 1,
      verb: argv[0],
    })
  })

  test('the program shows examples first, and its version', async () => {
    expect(await answerOf('--help')).toMatch(/^Examples:\n/)
    expect(await answerOf('--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('kernels', () => {
  test('lists every named kernel', async () => {
    const lines = (await answerOf('kernels')).split('\n')
    for (const { name } of kernels.list)
      expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(1)
  })

  test('describes the emboss kernel of the article', async () => {
    const text = await answerOf('kernels', '0.1 0.1 0.1; 0.1 -0.8 0.1; 0.1 0.1 0.1')
    for (const row of [
      /^sum +0 /m,
      /^zero-sum +yes$/m,
      /^flipped +equal$/m,
      /^rank +2$/m,
      /Laplacian/,
    ])
      expect(text).toMatch(row)
  })

  test('as JSON, with weights', async () => {
    const answer = JSON.parse(await answerOf('kernels', 'sobel-x', '--json'))
    expect(answer).toMatchObject({
      weights: [-1, 0, 1, -2, 0, 2, -1, 0, 1],
      zeroSum: true,
      flipNegates: true,
      rank: 1,
      sum: 0,
    })
  })
})

describe('plan', () => {
  test.each([
    '2x64x56x56 * 128x64x3x3 p1',
    '9 * 3 same',
    '1080x1920 * 5x5 same reflect',
    '3x1x20x20 * 1x1x3x3 flip',
    '1x4x9 * 6x2x3 g2 s2',
    '1x2x6x6x6 * 3x2x2x2x2 p0:1',
    '8x8 * 3x3 i2',
    '1x4x9 * 6x4x3 flip',
    '1x2x5x5x5x5 * 3x2x2x2x2x2',
  ])('%s is explained, with every algorithm', async (text) => {
    const answer = await answerOf('plan', text)
    for (const { name } of algorithms()) expect(answer).toMatch(new RegExp(`^(→| ) ${name} `, 'm'))
    const json = JSON.parse(await answerOf('plan', text, '--json'))
    expect(answer.split('\n')[0]).toBe(json.case)
    expect(json.candidates.map(({ algorithm }: { algorithm: string }) => algorithm)).toEqual(
      algorithms().map(({ name }) => name),
    )
  })

  test('an algorithm by name, with its program', async () => {
    const answer = await answerOf('plan', '8x8 * 3x3', '--algorithm', 'im2col', '--program')
    expect(answer).toContain('chosen: im2col')
  })
})

describe('demo', () => {
  test('on a given image: the same result as filter, and a signed image', async () => {
    const w = world()
    w.put('photo.png', image)
    const { code, stdout, stderr } = await w.run([
      'demo',
      'photo.png',
      '-k',
      'sobel-x',
      '-o',
      'edges.png',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const text = stdout.toString()
    for (const { name } of algorithms()) {
      // Only for layers: the demo prints why it is skipped.
      if (name === 'winograd') expect(text).toMatch(/winograd was skipped: too few channels/)
      else
        expect(text).toMatch(
          new RegExp(
            `^(→| ) +${name} +[\\d.]+ (ms|s) .* B +${name === 'fft' ? '\\S+' : '0'}$`,
            'm',
          ),
        )
    }
    expect(text).toMatch(/auto chose \w+ on \w+/)
    // Small integers: every algorithm except fft is exact.
    expect(w.names()).toEqual([
      'edges-difference.png',
      'edges-signed.png',
      'edges.png',
      'photo.png',
    ])
    // The demo pads with zeros, as the articles do.
    await w.run([
      ...['filter', 'photo.png', '-k', 'sobel-x', '-o', 'again.png', '--boundary', 'zero'],
    ])
    const [edges, again] = await Promise.all(
      ['edges.png', 'again.png'].map(async (name) => (await readImage(w.bytes(name), name)).image),
    )
    expect([...edges!.samples]).toEqual([...again!.samples])
    expect((await w.run(['demo', 'photo.png', '-o', 'edges.png'])).code).toBe(1)
  })

  test('as JSON, with an image of the differences', async () => {
    const w = world()
    w.put('photo.png', image)
    const { stdout } = await w.run(['demo', 'photo.png', '-k', 'gaussian:sigma=1', '--json'])
    const answer = JSON.parse(stdout.toString())
    expect(answer).toMatchObject({ schemaVersion: 1, verb: 'demo', truth: { whole: true } })
    const separable = answer.algorithms.find(
      ({ algorithm }: { algorithm: string }) => algorithm === 'separable',
    )
    expect(separable.runs).toBeGreaterThanOrEqual(3)
    expect(separable.difference).toBeGreaterThan(0)
    expect(separable.difference).toBeLessThan(81 * 2 ** -23 * 255)
    expect(answer.files.map(({ path }: { path: string }) => path.replace(/.*[/\\]/, ''))).toEqual([
      'input.png',
      'result.png',
      'signed.png',
      'difference.png',
    ])
  })
})

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'] as const)(
    '%s knows verbs, options and choices',
    async (shell) => {
      const script = await answerOf('completion', shell)
      for (const word of ['filter', 'kernels', 'doctor', 'minmax']) expect(script).toContain(word)
      expect(script).toMatch(/(--|-l )channel-axis/)
    },
  )

  test.runIf(process.platform !== 'win32')('bash completes a choice', async () => {
    const script = await answerOf('completion', 'bash')
    const ask =
      'COMP_WORDS=(stridefold filter in.png --output m); COMP_CWORD=4; _stridefold; echo ' +
      `"\${COMPREPLY[*]}"`
    expect(execFileSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })).toBe('minmax\n')
  })
})

describe('the exit code depends on the kind of error', () => {
  test.each([
    [new OptionError('A', 'a sentence'), 2, 'a sentence'],
    [new UnavailableError('A', 'a sentence'), 1, 'a sentence'],
    [new InternalError('VERIFY_FAILED', 'a sentence'), 4, /a sentence/],
    [
      new InternalError('A', 'a sentence'),
      1,
      /^This is a bug in stridefold, please report it: a sentence/,
    ],
    [
      Object.assign(new Error("Cannot find package 'sharp'"), { code: 'ERR_MODULE_NOT_FOUND' }),
      1,
      /^A part of stridefold is not installed/,
    ],
    [
      new Error(
        'Could not load the "sharp" module using the linux-x64 runtime\nPossible solutions:',
      ),
      1,
      /runtime Install/,
    ],
    [new TypeError('x is undefined'), 1, /^This is a bug in stridefold/],
    [new RangeError('Array buffer allocation failed'), 1, /^There is not enough memory/],
  ])('%s', (error, code, sentence) => {
    expect(exitCodeOf(error)).toBe(code)
    expect(errorMessage(error)).toMatch(sentence)
  })
})
