/**
 * Invalid command lines: each gives one sentence and the right exit code, no stack and no output
 * file.
 */

import { describe, expect, test } from 'vitest'
import { writeNpy } from '../src/npy.ts'
import { noise, png } from './helpers/png.ts'
import { world } from './helpers/world.ts'

interface Row {
  readonly name: string
  readonly argv: readonly string[]
  readonly code: number
  readonly message: string | RegExp
}

const filter = (...args: string[]): string[] => ['filter', 'in.png', '-o', 'out.png', ...args]
const identityKernel = ['-k', '1']

const rows: readonly Row[] = [
  {
    name: 'a missing file',
    argv: ['filter', 'no.png', ...identityKernel, '-o', 'out.png'],
    code: 3,
    message: 'no.png does not exist.',
  },
  {
    name: 'an empty file',
    argv: ['filter', 'empty.png', ...identityKernel, '-o', 'out.png'],
    code: 3,
    message: 'empty.png is empty: it has 0 bytes.',
  },
  {
    name: 'a cut file',
    argv: ['filter', 'cut.png', ...identityKernel, '-o', 'out.png'],
    code: 3,
    message: /^cut.png is a PNG file that is damaged, cut off/,
  },
  {
    name: 'text',
    argv: ['filter', 'text.png', ...identityKernel, '-o', 'out.png'],
    code: 3,
    message: /^text.png is not an image in a supported format/,
  },
  {
    name: 'an absurd size',
    argv: ['filter', 'huge.png', ...identityKernel, '-o', 'out.png'],
    code: 3,
    message:
      /^huge.png is 60000×60000 with 1 channel .*: 3.35 GiB of samples.* --picture-limit 3434M/,
  },
  { name: 'an unknown kernel', argv: filter('-k', 'sobelx'), code: 2, message: /sobel-x/ },
  { name: 'an empty kernel', argv: filter('-k', ''), code: 2, message: /^The kernel is empty/ },
  {
    name: 'a ragged matrix',
    argv: filter('-k', '1 2; 3'),
    code: 2,
    message: 'The kernel: row 2 has 1 number, but row 1 has 2. All rows need the same length.',
  },
  {
    name: 'a word in a matrix',
    argv: filter('-k', '1 x; 3 4'),
    code: 2,
    message: "The kernel: row 1, column 2 is 'x', which is not a finite number.",
  },
  {
    name: 'NaN in a kernel',
    argv: filter('-k', '1 nan 1'),
    code: 2,
    message: "The kernel: row 1, column 2 is 'nan', which is not a finite number.",
  },
  {
    name: 'NaN in front',
    argv: filter('-k', 'NaN 1'),
    code: 2,
    message: "The kernel: row 1, column 1 is 'NaN', which is not a finite number.",
  },
  {
    name: 'NaN in a kernel file',
    argv: filter('-k', 'nan.npy'),
    code: 3,
    message: 'nan.npy: element 1 is NaN, which is not a finite number.',
  },
  {
    name: 'a ragged file',
    argv: filter('-k', 'ragged.csv'),
    code: 3,
    message: 'ragged.csv: row 2 has 1 number, but row 1 has 2. All rows need the same length.',
  },
  {
    name: 'ragged nesting',
    argv: filter('-k', 'ragged.json'),
    code: 3,
    message: /^ragged.json: entry \[1\] has 1 entry, but 2 entries are needed there/,
  },
  {
    name: 'JSON that is none',
    argv: filter('-k', 'broken.json'),
    code: 3,
    message: /^broken.json is not valid JSON/,
  },
  {
    name: 'a missing kernel file',
    argv: filter('-k', 'no.csv'),
    code: 3,
    message: 'no.csv does not exist.',
  },
  {
    name: 'a kernel larger than the image',
    argv: filter('-k', 'box:size=9', '--mode', 'valid'),
    code: 2,
    message: /^-k box:size=9 \(9×9\) covers 9×9 samples, but in\.png has 4×5/,
  },
  { name: 'no verb', argv: [], code: 2, message: /Usage: stridefold/ },
  { name: 'an unknown verb', argv: ['filtre'], code: 2, message: /unknown command 'filtre'/ },
  {
    name: 'no kernel',
    argv: ['filter', 'in.png', '-o', 'out.png'],
    code: 2,
    message: /A kernel is needed: -k sobel-x, .*, or a --recipe that names one/,
  },
  {
    name: 'an unknown option',
    argv: filter(...identityKernel, '--strid', '2'),
    code: 2,
    message: /unknown option '--strid'/,
  },
  {
    name: 'two ways to combine',
    argv: filter(...identityKernel, '--combine', 'max', '--combine', 'sum'),
    code: 2,
    message: /option '--combine <how>' is given twice/,
  },
  {
    name: 'two limits',
    argv: ['plan', '8 * 3', '--memory-limit', '1', '--memory-limit', '2'],
    code: 2,
    message: /is given twice/,
  },
  {
    name: 'an unknown mode',
    argv: filter(...identityKernel, '--mode', 'sme'),
    code: 2,
    message: /mode/,
  },
  {
    name: 'an unknown border',
    argv: filter(...identityKernel, '--boundary', 'mirror'),
    code: 2,
    message: /'reflect'/,
  },
  {
    name: 'a border without its value',
    argv: filter(...identityKernel, '--boundary', 'constant'),
    code: 2,
    message: /constant=0/,
  },
  {
    name: 'a stride that is none',
    argv: filter(...identityKernel, '--stride', '0'),
    code: 2,
    message: /stride/,
  },
  {
    name: 'a stride that is no number',
    argv: filter(...identityKernel, '--stride', 'two'),
    code: 2,
    message: /'two' is not a number/,
  },
  {
    name: 'an unknown algorithm',
    argv: filter(...identityKernel, '--algorithm', 'strded'),
    code: 2,
    message: /'strided'/,
  },
  {
    name: 'an unknown policy',
    argv: filter(...identityKernel, '--output', 'wrap'),
    code: 2,
    message: /clip, abs, offset, minmax/,
  },
  {
    name: 'a policy for an array',
    argv: ['filter', 'in.png', ...identityKernel, '-o', 'out.npy', '--output', 'abs'],
    code: 2,
    message: /^--output abs computes sample values of an image file/,
  },
  {
    name: 'alpha where there is none',
    argv: filter(...identityKernel, '--alpha', 'keep'),
    code: 2,
    message: '--alpha keep: in.png has no alpha channel. Leave it out.',
  },
  {
    name: 'a channel axis of a image',
    argv: filter(...identityKernel, '--channel-axis', '0'),
    code: 2,
    message: /^--channel-axis is for .npy arrays/,
  },
  {
    name: 'an unknown format',
    argv: ['filter', 'in.png', ...identityKernel, '-o', 'out.bmp'],
    code: 2,
    message: /^out.bmp has no known file extension/,
  },
  {
    name: 'a missing folder',
    argv: ['filter', 'in.png', ...identityKernel, '-o', 'no/out.png'],
    code: 1,
    message: 'no/out.png cannot be written: its folder does not exist. Nothing was written there.',
  },
  {
    name: 'RGB into .pgm',
    argv: ['filter', 'in.png', ...identityKernel, '-o', 'out.pgm'],
    code: 2,
    message: /^out.pgm can store grey only/,
  },
  {
    name: 'stdout for two',
    argv: ['filter', 'in.png', ...identityKernel, '-o', '-', '--json'],
    code: 2,
    message: /both write to stdout/,
  },
  {
    name: 'an array of complex numbers',
    argv: ['filter', 'complex.npy', ...identityKernel, '-o', 'out.npy'],
    code: 3,
    message: /^complex.npy has elements of type '<c8'/,
  },
  {
    name: 'lists 20,000 deep in a file',
    argv: filter('-k', 'deep.json'),
    code: 3,
    message: 'deep.json has 20000 nested axes. A kernel may have at most 32.',
  },
  {
    name: 'and on the command line',
    argv: filter('-k', `${'['.repeat(20_000)}1${']'.repeat(20_000)}`),
    code: 2,
    message: 'The kernel has 20000 nested axes. A kernel may have at most 32.',
  },
  {
    name: 'lists of a list where numbers are needed',
    argv: filter('-k', `[[1, 2], [3, ${'['.repeat(20_000)}1${']'.repeat(20_000)}]]`),
    code: 2,
    message: 'The kernel: entry [1][1] is a list of 1, which is not a finite number.',
  },
  {
    name: 'a kernel of 30,000 axes',
    argv: filter('-k', 'axes.npy'),
    code: 3,
    message: 'axes.npy has 30000 axes: arrays with at most 64 axes are supported.',
  },
  {
    name: 'a case that is none',
    argv: ['plan', 'three by three'],
    code: 2,
    message: /three by three/,
  },
]

/** Four bytes, low byte first. */
const sizeOf = (text: string): Buffer => Buffer.from(Uint32Array.of(text.length).buffer)

describe('one sentence and the right exit code', () => {
  test.each(rows)('$name', async ({ argv, code, message }) => {
    const w = world()
    const image = png({ width: 5, height: 4, bits: 8, type: 2, samples: noise(60, 255) })
    const largeImage = png({ width: 50, height: 40, bits: 8, type: 2, samples: noise(6000, 255) })
    const complex = Buffer.from(writeNpy(Float64Array.of(1, 2), [2]))
    complex.write('c8', complex.indexOf('f8'), 'latin1')
    const axes = `{'descr': '<f8', 'fortran_order': False, 'shape': (${'1,'.repeat(30_000)}), }`
    w.put('in.png', image)
    w.put('empty.png', '')
    w.put('cut.png', largeImage.subarray(0, 3000))
    w.put('text.png', 'not a picture')
    w.put('huge.png', png({ width: 60000, height: 60000, bits: 8, type: 0, samples: [] }))
    w.put('nan.npy', writeNpy(Float32Array.of(1, Number.NaN), [1, 2]))
    w.put('ragged.csv', '1,2\n3\n')
    w.put('ragged.json', '[[1, 2], [3]]')
    w.put('broken.json', '[[1, 2')
    w.put('cube.json', '[[[1]]]')
    w.put('complex.npy', complex)
    w.put('deep.json', `${'['.repeat(20_000)}1${']'.repeat(20_000)}`)
    w.put(
      'axes.npy',
      Buffer.concat([
        Buffer.from('\x93NUMPY\x02\0', 'latin1'),
        sizeOf(axes),
        Buffer.from(axes),
        Buffer.alloc(8),
      ]),
    )
    const before = w.names()
    const ran = await w.run(argv)
    const sentence = ran.stderr.replace(/^stridefold: /, '').trimEnd()
    if (typeof message === 'string') expect(sentence).toBe(message)
    else expect(sentence).toMatch(message)
    expect(ran.code).toBe(code)
    expect(ran.stdout.length).toBe(0)
    expect(ran.stderr).not.toMatch(/\n\s+at |bug in stridefold/)
    expect(w.names()).toEqual(before)
  })
})

test('STRIDEFOLD_DEBUG shows where an error came from', async () => {
  const w = world()
  const { io, ran } = w.io()
  const { run } = await import('../src/run.ts')
  const code = await run(['filter', 'no.png', '-k', '1', '-o', 'out.png'], {
    ...io,
    env: { STRIDEFOLD_DEBUG: '1' },
  })
  expect(ran(code)).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/no.png does not exist\.\n.*\n\s+at /),
  })
})
