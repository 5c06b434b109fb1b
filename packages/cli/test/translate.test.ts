/**
 * Are translations right, and are unsupported cases rejected? The expected texts were run in the
 * libraries themselves (scripts/translate). Translations to stridefold and sharp are run here.
 */

import * as stridefold from 'stridefold/sync'
import {
  contiguous,
  formatCase,
  type NdArray,
  ndarray,
  OptionError,
  parseCase,
  planCase,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { systemNames } from '../src/translate/names.ts'
import { systems } from '../src/translate/systems.ts'
import { world } from './helpers/world.ts'

const systemOf = (name: string) => systems.find((system) => system.name === name)!

const codeOf = (text: string, name: string): string =>
  systemOf(name).translate(parseCase(text)).code

/** The last line, which is the call. */
const callOf = (text: string, name: string): string => codeOf(text, name).split('\n').at(-1)!

const rejection = (text: string, name: string): string => {
  try {
    systemOf(name).translate(parseCase(text))
  } catch (error) {
    if (error instanceof OptionError && error.code === 'TRANSLATION_REFUSED') return error.message
    throw error
  }
  return ''
}

test('help and completion list every library', () =>
  expect(systems.map(({ name }) => name)).toEqual(systemNames))

describe('the call in each language', () => {
  test.each([
    ['scipy', '9x9 * 3x3 same', "y = ndimage.correlate(x, k, mode='constant', cval=0)"],
    ['scipy', '9x9 * 3x3 same reflect', "y = ndimage.correlate(x, k, mode='mirror')"],
    ['scipy', '9x9 * 3x3 same symmetric', "y = ndimage.correlate(x, k, mode='reflect')"],
    ['scipy', '9x9 * 4x3 same edge', "y = ndimage.correlate(x, k, mode='nearest', origin=(-1, 0))"],
    ['scipy', '9 * 4 same flip wrap s2', "y = ndimage.convolve(x, k, mode='wrap')[::2]"],
    ['scipy', '9 * 4 same-lower flip wrap', "y = ndimage.convolve(x, k, mode='wrap', origin=-1)"],
    ['scipy', '9x9 * 3x3 d2', "y = signal.correlate(x, kd, mode='valid', method='direct')"],
    [
      'pytorch',
      '2x4x9x9 * 6x2x3x3 s2,1 p1,0 d2 g2',
      'y = F.conv2d(x, k, stride=(2, 1), padding=(1, 0), dilation=2, groups=2)',
    ],
    ['pytorch', '1x1x9 * 1x1x4 same flip', 'y = F.conv1d(xp, k.flip(2))'],
    [
      'tensorflow',
      '1x3x224x224 * 64x3x7x7 s2 same',
      "y = tf.nn.conv2d(x, k, strides=[2, 2], padding='SAME')",
    ],
    [
      'tensorflow',
      '1x3x224x224 * 64x3x7x7 s2 p3',
      "y = tf.nn.conv2d(xp, k, strides=[2, 2], padding='VALID')",
    ],
    [
      'tensorflow',
      '1x4x9x9 * 8x1x3x3 g4',
      "y = tf.nn.depthwise_conv2d(x, k, strides=[1, 1, 1, 1], padding='VALID')",
    ],
    [
      'opencv',
      '9x8 * 3x4 same reflect',
      'y = cv2.filter2D(x, cv2.CV_32F, k, anchor=(1, 1), borderType=cv2.BORDER_REFLECT_101)',
    ],
    [
      'opencv',
      '9x8 * 3x4 f64',
      'y = cv2.filter2D(x, cv2.CV_64F, k, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)[:7, :5]',
    ],
    [
      'tfjs',
      '1x4x9x9 * 8x1x3x3 g4 d2',
      "const y = tf.depthwiseConv2d(x, k, [1, 1], 'valid', 'NHWC', [2, 2])",
    ],
    [
      'imagemagick',
      '9x8 * 3x4 same wrap flip',
      'magick in.png -virtual-pixel Tile -channel RGB -morphology Convolve "4x3+2+1: $K" out.png',
    ],
    [
      'stridefold',
      '9x8 * 3x4 same reflect flip',
      "const y = convolve(x, k, { padding: [[1, 1], [1, 2]], boundary: 'reflect' })",
    ],
  ])('%s: %s', (name, text, call) => expect(callOf(text, name)).toBe(call))

  test('pytorch lists the last axis first, and pads the first axis last', () => {
    const lines = codeOf('5x6 * 3x3 p1:2,3:4 border=edge,constant=2', 'pytorch').split('\n')
    expect(lines.slice(2, 4)).toEqual([
      'xp = F.pad(x, [3, 4, 0, 0], value=2)',
      "xp = F.pad(xp, [0, 0, 1, 2], mode='replicate')",
    ])
  })

  test('onnx lists all paddings before, then all after', () => {
    expect(codeOf('1x3x224x224 * 64x3x7x7 s2 same', 'onnx')).toContain(
      'strides=[2, 2], dilations=[1, 1], group=1, pads=[2, 2, 3, 3])',
    )
  })

  test('webnn pads top, bottom, left, right', () => {
    expect(codeOf('1x3x224x200 * 64x3x7x5 p1:2,3:4', 'webnn')).toContain('padding: [1, 2, 3, 4],')
  })
})

describe('unsupported cases are rejected, with a hint', () => {
  test.each([
    ['scipy', '1x3x9x9 * 4x3x3x3', /no channels.*pytorch/],
    [
      'pytorch',
      '9x9 * 3x3 same symmetric',
      /no border 'symmetric'.*replicate|no border 'symmetric'/,
    ],
    [
      'pytorch',
      '3 * 9 same reflect',
      /covers at most 2 samples for an extent of 3, but axis 0 needs 4/,
    ],
    ['tensorflow', '9x9 * 3x3 same edge', /no border 'edge'/],
    ['tensorflow', '9x9 * 3x3 s2 d2', /strides together with dilations/],
    ['tfjs', '1x4x9x9 * 4x2x3x3 g2', /no groups/],
    ['tfjs', '9 * 3 f64', /no float64/],
    ['opencv', '1x1x9x9x9 * 1x1x3x3x3', /2 axes, not 3/],
    ['webnn', '9x9 * 3x3 same wrap', /no border 'wrap'/],
    ['imagemagick', '9x9 * 3x3 same reflect', /no border 'reflect'/],
    ['imagemagick', '9x9 * 3x3', /the size of the image/],
    ['sharp', '9x9 * 3x3 same', /no border 'zero'/],
    ['sharp', '9x9 * 4x4 same edge', /has 2 samples before the output, not 1.*same-lower/],
    ['numpy', '9 * 3 i2 p1 edge', /input dilation/],
  ])('%s: %s', (name, text, sentence) => expect(rejection(text, name)).toMatch(sentence))
})

/** A case with every kind of token, then with fewer and fewer. */
const cases = [
  '2x4x7x6 * 6x2x3x2 s2,1 p1:2,0:3 d2,1 g2 border=edge,wrap flip',
  '1x8x16 * 8x8x3 i2 p1',
  '9x8 * 3x4 same reflect flip',
  '5x6 * 3x3 p1:2,3:4 border=symmetric,constant=2',
  '12 * 5 p-1:2 f64',
  '1x1x5x6x7 * 1x1x3x2x2 p1 s2',
]

describe('laws', () => {
  test.each(cases)(
    '%s: every system translates or refuses by its own name; shapes hold as many samples as ' +
      'the case',
    (text) => {
      const g = parseCase(text)
      const samples = g.batch * g.filters * g.axes.reduce((all, { output }) => all * output, 1)
      for (const { name } of systems) {
        if (rejection(text, name) !== '') {
          expect(rejection(text, name)).toMatch(
            new RegExp(`^${name} does not support this case: .+\\. .+\\.$`),
          )
          continue
        }
        const { code, y } = systemOf(name).translate(g)
        expect(y.shape.reduce((a, b) => a * b, 1)).toBe(samples)
        expect(code).not.toMatch(/undefined|NaN|\[object/)
      }
    },
  )

  test.each(cases)('%s: stridefold says it in its own words, and they compute the same', (text) => {
    const { code, x, k } = systemOf('stridefold').translate(parseCase(text))
    const numbers = (shape: readonly number[], step: number): NdArray => {
      const data = Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        (_, i) => ((i * step) % 19) - 9,
      )
      return ndarray(
        parseCase(text).dtype === 'float64' ? Float64Array.from(data) : Float32Array.from(data),
        shape,
      )
    }
    const plan = planCase(formatCase(parseCase(text)), { algorithm: 'naive' })
    const layerCase = (array: NdArray, lead: number[]): NdArray =>
      array.shape.length === parseCase(text).axes.length
        ? stridefold.reshape(array, [...lead, ...array.shape])
        : array
    const expected = plan.runSync(
      layerCase(numbers(x.shape, 7), [1, 1]),
      layerCase(numbers(k.shape, 5), [1, 1]),
    )
    plan.dispose()
    const names = Object.keys(stridefold)
    const run = new Function('x', 'k', ...names, `{${code.replace(/^import .*$/gm, '')}\nreturn y}`)
    const y: NdArray = run(numbers(x.shape, 7), numbers(k.shape, 5), ...Object.values(stridefold))
    expect([...contiguous(y).data]).toEqual([...contiguous(expected).data])
  })

  test('the translation to sharp gives the result of stridefold', async () => {
    const { default: sharp } = await import('sharp')
    const text = '7x9 * 3x4 same-lower edge flip'
    const x = Uint8Array.from({ length: 63 }, (_, i) => (i * 37) % 11)
    const k = Float32Array.from({ length: 12 }, (_, i) => ((i * 5) % 7) - 2)
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor
    const code = codeOf(text, 'sharp').replace(/^import .*$/gm, '')
    const y: Uint8Array = await new AsyncFunction('x', 'k', 'sharp', `{${code}\nreturn y}`)(
      x,
      k,
      sharp,
    )
    const expected = stridefold.convolve(ndarray(x, [7, 9]), ndarray(k, [3, 4]), {
      mode: 'same-lower',
      boundary: 'edge',
      dtype: 'uint8',
    })
    expect([...y]).toEqual([...contiguous(expected).data])
    expect(new Set(y).size).toBeGreaterThan(10)
  })
})

describe('the verb', () => {
  test('text that can be pasted: comments, then code', async () => {
    const { code, stdout } = await world().run([
      'translate',
      '9x8 * 3x3 same reflect',
      '--to',
      'scipy',
    ])
    expect(code).toBe(0)
    expect(stdout.toString()).toBe(
      `# 1x1x9x8 * 1x1x3x3 p1 reflect in SciPy
# x: float32 [9, 8], k: float32 [3, 3] → y: float32 [9, 8]
# ndimage returns the dtype of x, and integers wrap around: convert x to floats first.

from scipy import ndimage

y = ndimage.correlate(x, k, mode='mirror')
`,
    )
  })

  test('as JSON', async () => {
    const { stdout } = await world().run([
      'translate',
      '1x3x9x8 * 4x3x3x3',
      '--to',
      'tensorflow',
      '--json',
    ])
    expect(JSON.parse(stdout.toString())).toMatchObject({
      schemaVersion: 1,
      verb: 'translate',
      to: 'tensorflow',
      language: 'python',
      x: { shape: [1, 9, 8, 3], axes: 'N H W C', dtype: 'float32' },
      k: { shape: [3, 3, 3, 4], axes: 'H W I O' },
      y: { shape: [1, 7, 6, 4] },
    })
  })

  test.each([
    [
      ['translate', '9x9 * 3x3 same edge', '--to', 'tensorflow'],
      /tensorflow does not support this case: it has no border 'edge'/,
    ],
    [['translate', '9x9 * 3x3'], /--to/],
    [['translate', '9x9 * 3x3', '--to', 'matlab'], /Allowed choices are numpy/],
    [['translate', '9x9 3x3', '--to', 'numpy'], /expected '\*'/],
    [['translate', '3 * 9', '--to', 'numpy'], /does not fit/],
    [['translate', '0x9 * 1x3', '--to', 'numpy'], /extent of 0/],
  ])('%j is rejected as usage', async (argv, sentence) => {
    const { code, stdout, stderr } = await world().run(argv)
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(sentence)
  })

  test('shows its examples first', async () => {
    const { stdout } = await world().run(['translate', '--help'])
    expect(stdout.toString()).toMatch(/^Examples:\n {2}\$ stridefold translate/)
  })
})
