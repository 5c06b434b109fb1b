/**
 * Which libraries centre an even kernel in which way? The numbers were computed by NumPy 1.24,
 * SciPy 1.10, OpenCV 4.6 and PyTorch 1.13, with zeros outside. The page docs/even-kernels.md has
 * the same table; its snippets run here.
 */

import { readFileSync } from 'node:fs'
import { createContext, Script } from 'node:vm'
import * as library from 'stridefold/sync'
import { convolve, correlate, lint, toNested } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'

const x = [3, 1, 4, 1, 5, 9, 2, 6]
const k = [1, 2, 4, 8]

const afterFlip = [7, 18, 37, 31, 55, 48, 86, 92]
const beforeOutput = [20, 42, 29, 53, 98, 63, 79, 37]
const afterOutput = [42, 29, 53, 98, 63, 79, 37, 14]

const truth = [
  ['NumPy convolve', convolve, 'same-lower', afterFlip],
  ['SciPy signal.convolve', convolve, 'same-lower', afterFlip],
  ['SciPy signal.convolve2d', convolve, 'same-lower', afterFlip],
  ['SciPy ndimage.convolve', convolve, 'same', [18, 37, 31, 55, 48, 86, 92, 40]],
  ['NumPy correlate', correlate, 'same-lower', beforeOutput],
  ['SciPy signal.correlate', correlate, 'same-lower', beforeOutput],
  ['SciPy ndimage.correlate', correlate, 'same-lower', beforeOutput],
  ['OpenCV filter2D', correlate, 'same-lower', beforeOutput],
  ['SciPy signal.correlate2d', correlate, 'same', afterOutput],
  ['PyTorch conv1d', correlate, 'same', afterOutput],
] as const

test.each(truth)('%s', (_, call, mode, expected) =>
  expect(toNested(call(x, k, { mode }))).toEqual(expected),
)

test('same-upper is same', () =>
  expect(toNested(correlate(x, k, { mode: 'same-upper' }))).toEqual(afterOutput))

describe('lint', () => {
  const message = (options: Parameters<typeof lint>[1]): string =>
    lint(
      [
        [0.25, 0.25],
        [0.25, 0.25],
      ],
      { boundary: 'reflect', ...options },
    ).find(({ code }) => code === 'HALF_SAMPLE_SHIFT')?.message ?? ''

  test.each([
    [{ call: 'convolve' }, 'same', 'after', 'ndimage.convolve', 'same-lower', 'NumPy convolve'],
    [
      { call: 'convolve', mode: 'same-lower' },
      ...(['same-lower', 'before', 'NumPy convolve', 'same', 'ndimage.convolve'] as const),
    ],
    [{ call: 'correlate' }, 'same', 'after', 'PyTorch', 'same-lower', 'OpenCV'],
    [
      { call: 'correlate', mode: 'same-lower' },
      ...(['same-lower', 'before', 'OpenCV', 'same', 'PyTorch'] as const),
    ],
    [{ mode: 'same-upper' }, 'same', 'after', 'PyTorch', 'same-lower', 'OpenCV'],
  ] as const)(
    '%j: names the mode, who agrees, and the other mode',
    (options, mode, side, agreeing, other, others) => {
      const text = message(options)
      expect(text).toMatch(
        new RegExp(
          `^A kernel of 2×2 has no centre sample along axes 0, 1: .*Mode '${mode}', used here, ` +
            `puts it ${side}, as .*${agreeing}.*Mode '${other}' puts it .*${others}`,
        ),
      )
    },
  )

  test('only the libraries of the call are named', () => {
    expect(message({ call: 'convolve' })).not.toMatch(/PyTorch|OpenCV/)
    expect(message({ call: 'correlate' })).not.toMatch(/conv2|ndimage\.convolve/)
    expect(message({})).toMatch(/for correlate, .* for convolve/)
  })

  test('axes with different modes get both sentences', () => {
    expect(message({ mode: ['same', 'same-lower'] })).toMatch(
      /Mode 'same' puts it after, as .*Mode 'same-lower' puts it before/,
    )
    expect(message({ mode: ['same-lower', 'full'] })).toMatch(/along axis 0: .*'same-lower', used/)
  })

  test('no message where nothing is centred', () => {
    expect(message({ mode: 'valid' })).toBe('')
    expect(lint([1 / 3, 1 / 3, 1 / 3], { boundary: 'reflect' })).toEqual([])
  })
})

describe('docs/even-kernels.md', () => {
  const page = readFileSync(new URL('../../../docs/even-kernels.md', import.meta.url), 'utf8')
  const snippets = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)
  const shown = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'strides' in value
      ? toNested(value as library.NdArray)
      : value

  test('the snippets return what their comments say', () => {
    let checked = 0
    for (const snippet of snippets) {
      const lines = snippet.replace(/^import .*$/gm, '').split('\n')
      const context = createContext({ ...library })
      for (const line of lines) {
        const [, code, comment] = /^(?!\/\/)(.*?)(?: \/\/ (.*))?$/.exec(line) ?? []
        if (!code) continue
        const value = new Script(code).runInContext(context)
        if (comment === undefined) continue
        expect(shown(value), code).toEqual(JSON.parse(comment.replaceAll("'", '"')))
        checked++
      }
    }
    expect(checked).toBe(5)
  })
})
