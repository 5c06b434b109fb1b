/**
 * The verbs `explain` and `shape`: which products make up a value, and how large is the result?
 */

import { describe, expect, test } from 'vitest'
import { world } from './helpers/world.ts'

async function answerOf(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await world().run(argv)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

describe('explain', () => {
  test('a table of taps, the border named', async () => {
    const text = await answerOf('explain', '7x7 * 3x3 same reflect', '--at', '0,0')
    expect(text).toContain('output [0,0,0,0]: 9 taps, 5 on the border')
    expect(text).toMatch(/^ +0 +0,0,0,0 +0,0,1,1 from border \(-1,-1\) +0,0,0,0 +0,0 +0,8 +32$/m)
    expect(text).toMatch(/^ +8 +0,0,0,0 +0,0,1,1 +0,0,2,2 +8,0 +0,8 +32$/m)
  })

  test.each([
    ['output:0,3,4', { output: [0, 0, 3, 4] }, 27],
    ['output:1,0,0', { output: [0, 1, 0, 0] }, 27],
    ['input:2,0,0', { input: [0, 2, 0, 0] }, 16],
    ['kernel:3,2,1,1', { kernel: [3, 2, 1, 1] }, 64],
    ['im2col:13,0', { im2col: [13, 0] }, 4],
    ['toeplitz:0,0', { toeplitz: [0, 0] }, 1],
    ['byte:5', { byte: 5 }, 24],
  ])('--at %s as JSON', async (at, focus, count) => {
    const answer = JSON.parse(
      await answerOf('explain', '1x3x8x8 * 4x3x3x3 p1', '--at', at, '--json'),
    )
    expect(answer).toMatchObject({
      schemaVersion: 1,
      verb: 'explain',
      case: '1x3x8x8 * 4x3x3x3 p1',
      focus,
    })
    expect(answer.taps).toHaveLength(count)
  })

  test(
    'with the numbers of the operands, products and their running sum: the worked example of ' +
      'article 1',
    async () => {
      const text = await answerOf(
        'explain',
        '3x3 * 2x2',
        '--at',
        '1,1',
        '--input',
        '3 9 0; 2 8 1; 1 4 8',
        '-k',
        '8 9; 4 4',
      )
      expect(text).toMatch(/^tap .* value +weight +product +sum$/m)
      expect(text).toMatch(/^ +1 .* 1 +9 +9 +73$/m)
      expect(text).toMatch(/^ +3 .* 8 +4 +32 +121$/m)
      const wrong = await world().run([
        'explain',
        '3x3 * 2x2',
        '--at',
        '1,1',
        '--input',
        '3 9; 2 8',
      ])
      expect(wrong).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--input has 2×2 numbers, but the case needs 1×1×3×3'),
      })
    },
  )

  test('of a hundred thousand taps it lists the first hundred, and the total', async () => {
    const text = await answerOf('explain', '100000 * 100000', '--at', '0')
    expect(text).toContain('output [0,0,0]: 100000 taps, the first 100\n')
    expect(text).toContain('99900 more: --all shows them, --json lists them.')
    expect(text.match(/^ *\d+ +0,0,0 /gm)).toHaveLength(100)
    const all = await answerOf('explain', '100000 * 100000', '--at', '0', '--all')
    expect(all.match(/^ *\d+ +0,0,0 /gm)).toHaveLength(100_000)
    expect(
      JSON.parse(await answerOf('explain', '1000 * 1000', '--at', '0', '--json')).taps,
    ).toHaveLength(1000)
  })

  // A hundred million taps do not fit into memory, so only a hundred are created.
  test('taps that are not listed are not created', async () => {
    const text = await answerOf('explain', '1x1x10000x10000 * 1x1x3x3', '--at', 'kernel:0,0,1,1')
    expect(text).toContain('99960004 taps, the first 100\n')
    const all = await world().run([
      'explain',
      '1x1x10000x10000 * 1x1x3x3',
      '--at',
      'kernel:0,0,1,1',
      '--all',
    ])
    expect(all).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('at most 200000 can be listed'),
    })
  })

  test('no taps: the reason', async () => {
    expect(await answerOf('explain', '3x3 * 2x2', '--at', 'toeplitz:0,8')).toMatch(
      /no taps\. No connection: /,
    )
  })

  test.each([
    [['3x3 * 2x2', '--at', 'pixel:0,0'], /--at pixel:0,0 is not a cell/],
    [['3x3 * 2x2', '--at', '0,x'], /is not a cell/],
    [['3x3 * 2x2', '--at', '5,5'], /is no index of output/],
    [['3x3 * 5x5', '--at', '0,0'], /does not fit/],
    [['3x3 * 2x2'], /--at/],
  ])('%j is a mistake of usage', async (argv, message) => {
    expect(await world().run(['explain', ...argv])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    })
  })
})

describe('shape', () => {
  test.each([
    [['--input', '224', '--kernel', '7', '--stride', '2', '--padding', '3'], /^output 112 = /],
    [
      ['--input', '7', '--kernel', '3', '--stride', '2', '--output', '4'],
      /^padding 1: output 4 = /,
    ],
    [
      ['--input', '7', '--kernel', '3', '--stride', '2', '--padding', '1', '--dilation', '1'],
      /^output 4 = /,
    ],
    [
      ['--input', '10', '--kernel', '4', '--padding', 'same', '--dialect', 'tensorflow'],
      /^output 10 = /,
    ],
    [['--kernel', '3', '--padding', '0:1', '--output', '4'], /^input 5: output 4 = /],
  ])('%j', async (argv, sentence) => {
    expect(await answerOf('shape', ...argv)).toMatch(sentence)
  })

  test('as JSON, and with the reason if there is no solution', async () => {
    const question = [
      'shape',
      '--input',
      '7',
      '--kernel',
      '3',
      '--padding',
      '0',
      '--dilation',
      '1',
      '--output',
      '6',
    ]
    expect(await answerOf(...question)).toMatch(/^No stride gives output 6: stride 1 gives 5/)
    expect(JSON.parse(await answerOf(...question, '--json'))).toMatchObject({
      schemaVersion: 1,
      verb: 'shape',
      unknown: 'stride',
      solutions: [],
    })
  })

  test.each([
    [['--input', 'seven'], /whole number/],
    [['--input', '7', '--kernel', '3', '--padding', '1:'], /BEFORE:AFTER/],
    [['--input', '7', '--kernel', '3', '--dialect', 'caffe'], /pytorch/],
    [['--stride', '2'], /Give --input and --kernel/],
    [
      [
        '--input',
        '7',
        '--kernel',
        '3',
        '--stride',
        '2',
        '--padding',
        '1',
        '--dilation',
        '1',
        '--output',
        '4',
      ],
      /there is nothing to find/,
    ],
  ])('%j is a mistake of usage', async (argv, message) => {
    expect(await world().run(['shape', ...argv])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    })
  })
})
