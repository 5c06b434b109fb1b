/**
 * Do output shapes agree with PyTorch, SciPy and NumPy, and does each named padding place the taps
 * as they do? PyTorch 1.13, SciPy 1.10 and NumPy 1.24 printed the tables from random problems. The
 * paddings of TensorFlow are those of its documentation.
 */

import { describe, expect, test } from 'vitest'
import { validateCallOptions, validateTransposedOptions } from '../src/geometry/check-options.ts'
import type { CheckedConvolveOptions } from '../src/geometry/checked-options.ts'
import { convolveGeometry } from '../src/geometry/convolve-geometry.ts'
import type { LayerCall } from '../src/geometry/layer-calls.ts'
import { layerGeometry } from '../src/geometry/layer-geometry.ts'
import type { Mode, PaddingName } from '../src/geometry/padding.ts'
import { outputExtent, padding } from '../src/geometry/padding.ts'
import { geometry, outputShape } from '../src/geometry/shapes.ts'

type LayerRow = readonly [LayerCall, number[], number[], Record<string, unknown>, number[]]

const torchForward: readonly LayerRow[] = [
  [
    'conv2d',
    [1, 2, 9, 2],
    [1, 2, 3, 1],
    { stride: [3, 1], dilation: [1, 1], padding: [3, 3], groups: 1 },
    [1, 1, 5, 8],
  ],
  [
    'conv3d',
    [1, 3, 9, 3, 5],
    [3, 1, 4, 2, 1],
    { stride: [3, 2, 3], dilation: [3, 1, 1], padding: [1, 2, 0], groups: 3 },
    [1, 3, 1, 3, 2],
  ],
  [
    'conv3d',
    [2, 1, 9, 7, 6],
    [1, 1, 4, 4, 3],
    { stride: [2, 1, 1], dilation: [3, 1, 1], padding: [2, 3, 2], groups: 1 },
    [2, 1, 2, 10, 8],
  ],
  [
    'conv3d',
    [1, 6, 5, 8, 2],
    [3, 2, 1, 3, 4],
    { stride: [2, 3, 2], dilation: [3, 2, 1], padding: [3, 2, 1], groups: 3 },
    [1, 3, 6, 3, 1],
  ],
  [
    'conv3d',
    [1, 6, 3, 2, 3],
    [6, 2, 2, 2, 2],
    { stride: [1, 2, 3], dilation: [1, 2, 2], padding: [0, 1, 3], groups: 3 },
    [1, 6, 2, 1, 3],
  ],
  [
    'conv3d',
    [1, 4, 8, 9, 7],
    [2, 2, 4, 4, 4],
    { stride: [1, 2, 3], dilation: [2, 1, 1], padding: [0, 1, 3], groups: 2 },
    [1, 2, 2, 4, 4],
  ],
  [
    'conv1d',
    [1, 2, 1],
    [1, 2, 2],
    { stride: [3], dilation: [1], padding: [2], groups: 1 },
    [1, 1, 2],
  ],
  [
    'conv1d',
    [1, 2, 7],
    [2, 1, 2],
    { stride: [1], dilation: [3], padding: [3], groups: 2 },
    [1, 2, 10],
  ],
  [
    'conv2d',
    [2, 1, 5, 4],
    [2, 1, 3, 4],
    { stride: [3, 2], dilation: [2, 1], padding: [1, 0], groups: 1 },
    [2, 2, 1, 1],
  ],
  [
    'conv1d',
    [1, 3, 8],
    [6, 1, 1],
    { stride: [2], dilation: [3], padding: [2], groups: 3 },
    [1, 6, 6],
  ],
  [
    'conv3d',
    [1, 1, 8, 3, 7],
    [2, 1, 3, 1, 4],
    { stride: [2, 2, 3], dilation: [1, 3, 1], padding: [1, 1, 0], groups: 1 },
    [1, 2, 4, 3, 2],
  ],
  [
    'conv1d',
    [2, 3, 3],
    [6, 1, 2],
    { stride: [1], dilation: [1], padding: [0], groups: 3 },
    [2, 6, 2],
  ],
  [
    'conv3d',
    [1, 2, 1, 5, 4],
    [1, 2, 3, 2, 3],
    { stride: [2, 3, 2], dilation: [1, 1, 3], padding: [2, 3, 3], groups: 1 },
    [1, 1, 2, 4, 2],
  ],
  [
    'conv1d',
    [1, 2, 9],
    [1, 2, 4],
    { stride: [3], dilation: [1], padding: [0], groups: 1 },
    [1, 1, 2],
  ],
  ['conv2d', [1, 1, 6, 9], [1, 1, 5, 5], { dilation: [1, 3], padding: 'same' }, [1, 1, 6, 9]],
  ['conv2d', [1, 1, 8, 9], [1, 1, 5, 4], { dilation: [3, 1], padding: 'same' }, [1, 1, 8, 9]],
  [
    'conv3d',
    [1, 1, 9, 5, 9],
    [1, 1, 2, 4, 2],
    { dilation: [2, 1, 2], padding: 'same' },
    [1, 1, 9, 5, 9],
  ],
  ['conv2d', [1, 1, 6, 2], [1, 1, 2, 4], { dilation: [1, 1], padding: 'same' }, [1, 1, 6, 2]],
]

const torchTransposed: readonly LayerRow[] = [
  [
    'convTranspose2d',
    [2, 2, 5, 4],
    [2, 1, 4, 1],
    { stride: [2, 2], dilation: [3, 3], padding: [2, 0], outputPadding: [0, 0], groups: 1 },
    [2, 1, 14, 7],
  ],
  [
    'convTranspose1d',
    [1, 2, 2],
    [2, 2, 3],
    { stride: [1], dilation: [2], padding: [2], outputPadding: [1], groups: 1 },
    [1, 2, 3],
  ],
  [
    'convTranspose3d',
    [1, 2, 1, 3, 1],
    [2, 1, 4, 1, 3],
    {
      stride: [3, 2, 2],
      dilation: [3, 1, 1],
      padding: [1, 0, 1],
      outputPadding: [1, 0, 0],
      groups: 1,
    },
    [1, 1, 9, 5, 1],
  ],
  [
    'convTranspose1d',
    [2, 4, 4],
    [4, 1, 2],
    { stride: [2], dilation: [2], padding: [0], outputPadding: [1], groups: 2 },
    [2, 2, 10],
  ],
  [
    'convTranspose1d',
    [2, 1, 2],
    [1, 1, 4],
    { stride: [1], dilation: [3], padding: [3], outputPadding: [2], groups: 1 },
    [2, 1, 7],
  ],
  [
    'convTranspose2d',
    [1, 6, 3, 2],
    [6, 1, 2, 4],
    { stride: [2, 1], dilation: [1, 1], padding: [0, 2], outputPadding: [1, 0], groups: 3 },
    [1, 3, 7, 1],
  ],
  [
    'convTranspose1d',
    [1, 2, 6],
    [2, 2, 3],
    { stride: [1], dilation: [2], padding: [1], outputPadding: [0], groups: 1 },
    [1, 2, 8],
  ],
  [
    'convTranspose1d',
    [1, 6, 5],
    [6, 1, 1],
    { stride: [1], dilation: [2], padding: [0], outputPadding: [0], groups: 3 },
    [1, 3, 5],
  ],
  [
    'convTranspose2d',
    [2, 2, 3, 6],
    [2, 1, 2, 1],
    { stride: [3, 3], dilation: [1, 3], padding: [3, 2], outputPadding: [2, 1], groups: 1 },
    [2, 1, 4, 13],
  ],
  [
    'convTranspose1d',
    [2, 2, 6],
    [2, 1, 2],
    { stride: [3], dilation: [3], padding: [0], outputPadding: [2], groups: 2 },
    [2, 2, 21],
  ],
  [
    'convTranspose3d',
    [1, 1, 2, 6, 3],
    [1, 1, 1, 4, 4],
    {
      stride: [3, 1, 3],
      dilation: [1, 3, 3],
      padding: [1, 3, 2],
      outputPadding: [0, 1, 0],
      groups: 1,
    },
    [1, 1, 2, 10, 12],
  ],
  [
    'convTranspose2d',
    [2, 2, 1, 4],
    [2, 1, 3, 1],
    { stride: [3, 1], dilation: [3, 2], padding: [2, 2], outputPadding: [1, 1], groups: 2 },
    [2, 2, 4, 1],
  ],
  [
    'convTranspose2d',
    [1, 1, 4, 1],
    [1, 2, 3, 4],
    { stride: [1, 3], dilation: [2, 2], padding: [3, 1], outputPadding: [0, 0], groups: 1 },
    [1, 2, 2, 5],
  ],
  [
    'convTranspose1d',
    [2, 6, 1],
    [6, 2, 3],
    { stride: [1], dilation: [2], padding: [2], outputPadding: [1], groups: 3 },
    [2, 6, 2],
  ],
]

const scipyConvolve: readonly (readonly [number[], number[], Mode, number[]])[] = [
  [[5], [3], 'full', [7]],
  [[5], [3], 'same', [5]],
  [[5], [3], 'valid', [3]],
  [[7, 4], [2, 3], 'full', [8, 6]],
  [[7, 4], [2, 3], 'same', [7, 4]],
  [[7, 4], [2, 3], 'valid', [6, 2]],
  [[6, 5, 4], [3, 2, 4], 'full', [8, 6, 7]],
  [[6, 5, 4], [3, 2, 4], 'same', [6, 5, 4]],
  [[6, 5, 4], [3, 2, 4], 'valid', [4, 4, 1]],
  [[9, 9], [4, 4], 'full', [12, 12]],
  [[9, 9], [4, 4], 'same', [9, 9]],
  [[9, 9], [4, 4], 'valid', [6, 6]],
]

describe('layers', () => {
  test.each(torchForward)(
    '%s %j * %j %j has the shape of PyTorch',
    (call, input, weight, options, expected) => {
      expect(outputShape(call, input, weight, options)).toEqual(expected)
    },
  )

  test.each(torchTransposed)(
    '%s %j * %j %j has the shape of PyTorch',
    (call, input, weight, options, expected) => {
      expect(outputShape(call, input, weight, options)).toEqual(expected)
      const g = geometry(call, input, weight, options)
      expect(g.axes.map((axis) => axis.output)).toEqual(expected.slice(2))
      expect(g.flip).toBe(true)
      expect(g.axes.map((axis) => axis.stride)).toEqual(g.axes.map(() => 1))
    },
  )

  // Expected: the n in 1 … 29 that nn.ConvTranspose1d(1, 1, k, s, p)(m samples, output_size=[n])
  // accepts.
  test.each([
    [3, 2, 1, 4, [7, 8]],
    [4, 3, 0, 3, [10, 11, 12]],
    [2, 3, 1, 5, [12, 13, 14]],
  ])(
    'outputShape accepts the extents of PyTorch: kernel %i, stride %i, padding %i, %i samples → %j',
    (kernel, stride, padding, m, possible) => {
      const accepted = Array.from({ length: 29 }, (_, index) => index + 1).filter((n) => {
        try {
          const options = { stride, padding, outputShape: [n] }
          return outputShape('convTranspose1d', [1, 1, m], [1, 1, kernel], options)[2] === n
        } catch {
          return false
        }
      })
      expect(accepted).toEqual(possible)
    },
  )

  test(
    "transposed 'same' gives n·stride; outputPadding and outputShape reach every other input " +
      'extent of the forward layer',
    () => {
      const same = { padding: 'same', stride: 3 } as const
      for (const kernel of [1, 2, 3, 4, 7]) {
        expect(outputShape('convTranspose1d', [1, 1, 5], [1, 1, kernel], same)).toEqual([1, 1, 15])
        expect(
          outputShape('convTranspose1d', [1, 1, 5], [1, 1, kernel], { ...same, outputPadding: 0 }),
        ).toEqual([1, 1, 13])
        expect(
          outputShape('convTranspose1d', [1, 1, 5], [1, 1, kernel], { ...same, outputShape: [14] }),
        ).toEqual([1, 1, 14])
        expect(() =>
          outputShape('convTranspose1d', [1, 1, 5], [1, 1, kernel], { ...same, outputShape: [16] }),
        ).toThrow('can become 13 to 15')
      }
    },
  )

  test('outputShape may be the whole shape in the layout of the result', () => {
    const options = {
      stride: 2,
      layout: 'channels-last',
      weightLayout: 'HWOI',
      outputShape: [2, 8, 7, 5],
    } as const
    expect(outputShape('convTranspose2d', [2, 4, 4, 3], [2, 1, 5, 3], options)).toEqual([
      2, 8, 7, 5,
    ])
    expect(() =>
      outputShape('convTranspose2d', [2, 4, 4, 3], [2, 1, 5, 3], {
        ...options,
        outputShape: [2, 8, 7, 4],
      }),
    ).toThrow('outputShape [2,8,7,4] does not fit the batch and channels of the result')
  })

  test('every weight layout of every rank describes the same layer', () => {
    const extents = { O: 6, I: 2, D: 2, H: 3, W: 4 }
    for (const [call, spatial] of [
      ['conv1d', 'W'],
      ['conv2d', 'HW'],
      ['conv3d', 'DHW'],
    ] as const) {
      for (const last of [false, true]) {
        const space = Array.from(spatial, () => 9)
        const input = last ? [1, ...space, 4] : [1, 4, ...space]
        const layout = last ? 'channels-last' : 'channels-first'
        const keys = [
          `OI${spatial}`,
          `${spatial}IO`,
          `O${spatial}I`,
          `I${spatial}O`,
          `IO${spatial}`,
          `${spatial}OI`,
        ].map((letters) => {
          const weight = Array.from(letters, (letter) => extents[letter as keyof typeof extents])
          const spec = layerGeometry(
            call,
            input,
            weight,
            validateTransposedOptions(call, {
              weightLayout: letters as 'OIW',
              groups: 2,
              layout,
            }),
            'float32',
          )
          const { filter, channel, axes } = spec.roles.weight
          expect([filter, channel, ...axes].map((axis) => letters[axis])).toEqual([
            'O',
            'I',
            ...spatial,
          ])
          expect(spec.outputShape[last ? input.length - 1 : 1]).toBe(6)
          return spec.geometry.key
        })
        expect(new Set(keys).size).toBe(1)
        expect(keys[0]).toMatch(/^1x4(x9)+ \* 6x2x/)
      }
    }
  })

  test('a transposed layer has groups × filters output channels, as in PyTorch', () => {
    const g = geometry('convTranspose2d', [1, 6, 5, 5], [6, 2, 3, 3], {
      groups: 3,
      stride: 2,
      padding: 1,
    })
    expect([g.channels, g.filters, g.groups]).toEqual([6, 6, 3])
    expect(g.key).toBe('1x6x5x5 * 6x2x3x3 i2 p1 g3 flip')
  })

  test('empty batches, channels and axes give empty shapes', () => {
    expect(outputShape('conv2d', [0, 3, 8, 8], [4, 3, 3, 3])).toEqual([0, 4, 6, 6])
    expect(outputShape('conv1d', [2, 0, 5], [1, 0, 3], { padding: 2 })).toEqual([2, 1, 7])
    expect(
      outputShape('conv2d', [1, 1, 0, 5], [1, 1, 3, 3], { padding: 'same', stride: 2 }),
    ).toEqual([1, 1, 0, 3])
    expect(outputShape('convTranspose1d', [1, 1, 0], [1, 1, 3], { stride: 2 })).toEqual([1, 1, 0])
  })
})

describe('padding by name', () => {
  test("'same-upper' is another name of 'same', in mode and in padding", () => {
    const layer = (padding: 'same' | 'same-upper') =>
      geometry('conv2d', [1, 1, 8, 7], [1, 1, 2, 4], { padding, stride: 2 })
    expect(layer('same-upper')).toEqual(layer('same'))
    const signal = (mode: 'same' | 'same-upper') =>
      geometry('correlate', [9, 9], [2, 4], { mode: [mode, 'full'] })
    expect(signal('same-upper')).toEqual(signal('same'))
  })

  // [before, after] of layers. In TensorFlow, n = 224, k = 7, s = 2 gives (2, 3) and n = 8, k = 2,
  // s = 2 gives (0, 0). SAME with stride 5 on 3 samples gives one output.
  test.each<[PaddingName, number, number, number, number, [number, number], number]>([
    ['same', 224, 7, 2, 1, [2, 3], 112],
    ['same', 8, 2, 2, 1, [0, 0], 4],
    ['same-lower', 224, 7, 2, 1, [3, 2], 112],
    ['same', 3, 3, 5, 1, [0, 0], 1],
    ['same', 1, 3, 5, 1, [1, 1], 1],
    ['same', 10, 3, 3, 2, [2, 2], 4],
    ['full', 5, 3, 1, 2, [4, 4], 9],
    ['valid', 5, 3, 2, 1, [0, 0], 2],
    ['causal', 5, 3, 1, 2, [4, 0], 5],
  ])(
    'layers: %s of %i samples, kernel %i, stride %i, dilation %i',
    (name, input, kernel, stride, dilation, paddingPair, output) => {
      const axis = { input, kernel, stride, dilation }
      expect(padding(name, axis, 'layer')).toEqual(paddingPair)
      expect(outputExtent({ ...axis, before: paddingPair[0], after: paddingPair[1] })).toBe(output)
    },
  )

  // scipy.signal.correlate2d(x, k, 'same') and F.conv1d(padding='same') start at these taps. For an
  // even kernel, np.correlate(x, k, 'same') starts one tap earlier. The article's own SAME of an
  // even kernel has its extra row after.
  test.each<[Mode, number, number, [number, number]]>([
    ['same', 5, 2, [0, 1]],
    ['same', 5, 3, [1, 1]],
    ['same', 6, 4, [1, 2]],
    ['same', 3, 5, [2, 2]],
    ['same-lower', 5, 2, [1, 0]],
    ['same-lower', 5, 3, [1, 1]],
    ['same-lower', 6, 4, [2, 1]],
    ['full', 3, 5, [4, 4]],
    ['valid', 5, 3, [0, 0]],
  ])(
    'signals: %s of %i samples, kernel %i is %j at every stride',
    (mode, input, kernel, paddingPair) => {
      for (const stride of [1, 2, 3]) {
        expect(padding(mode, { input, kernel, stride, dilation: 1 }, 'signal')).toEqual(paddingPair)
        for (const call of ['convolve', 'correlate'] as const) {
          const [axis] = geometry(call, [input], [kernel], { mode, stride }).axes
          expect([axis!.before, axis!.after]).toEqual(paddingPair)
          const dense = geometry(call, [input], [kernel], { mode }).axes[0]!.output
          expect(axis!.output).toBe(Math.ceil(dense / stride))
        }
      }
    },
  )
})

describe('signals, images, volumes', () => {
  test.each(scipyConvolve)('%j * %j %s has the shape of SciPy', (input, kernel, mode, expected) => {
    expect(outputShape('convolve', input, kernel, { mode })).toEqual(expected)
    expect(outputShape('correlate', input, kernel, { mode })).toEqual(expected)
  })

  test('a channel axis at any position becomes the batch and keeps its extent', () => {
    for (const [shape, channelAxis, outer, axes] of [
      [[9, 8, 3], -1, 2, [0, 1]],
      [[3, 9, 8], 0, 0, [1, 2]],
      [[9, 3, 8], 1, 1, [0, 2]],
    ] as const) {
      const spec = convolveGeometry(
        'correlate',
        shape,
        [3, 2],
        validateCallOptions('correlate', { channelAxis, mode: 'valid' }) as CheckedConvolveOptions,
        'float64',
      )
      expect(spec.roles).toEqual({ batch: outer, axes, kernelAxes: [0, 1] })
      expect(spec.geometry.key).toBe('3x1x9x8 * 1x1x3x2 f64')
      expect(axes.map((axis) => spec.outputShape[axis])).toEqual([7, 7])
      expect(spec.outputShape[outer]).toBe(3)
    }
  })

  test("an axis that 'valid' sums to one value keeps extent 1", () => {
    expect(
      outputShape('correlate', [5, 6, 3], [3, 3, 3], { mode: ['same', 'same', 'valid'] }),
    ).toEqual([5, 6, 1])
  })

  test('padding uses input coordinates with and without a flip, and negative padding crops', () => {
    for (const call of ['convolve', 'correlate'] as const) {
      const options = {
        padding: [
          [2, 0],
          [-1, 1],
        ] as const,
        boundary: ['edge', 'scipy:reflect'] as const,
        stride: [1, 2],
      }
      const g = geometry(call, [5, 5], [3, 3], options)
      expect(g.axes.map(({ before, after, output }) => [before, after, output])).toEqual([
        [2, 0, 5],
        [-1, 1, 2],
      ])
      expect(g.boundary).toEqual(['edge', 'symmetric'])
      expect(g.flip).toBe(call === 'convolve')
    }
    expect(geometry('correlate', [5], [3], { padding: [2, 1] }).key).toBe('1x1x5 * 1x1x3 p2:1')
    expect(geometry('correlate', [5, 5], [3, 3], { padding: [2, 1] }).key).toBe(
      '1x1x5x5 * 1x1x3x3 p2,1',
    )
  })

  test(
    'with a kernel larger than the input, same keeps the extent and valid throws; empty arrays ' +
      'give empty results',
    () => {
      expect(outputShape('convolve', [2, 3], [5, 7])).toEqual([2, 3])
      expect(() => outputShape('convolve', [2, 3], [5, 7], { mode: 'valid' })).toThrow(
        'kernel 5×7 does not fit input 2×3 without padding: the window needs at least 5×7. Add ' +
          "padding, or use 'same' or 'full'.",
      )
      expect(outputShape('convolve', [0], [3])).toEqual([0])
      expect(outputShape('convolve', [0, 4], [1, 3], { mode: 'valid' })).toEqual([0, 2])
      expect(outputShape('convolve', [4, 0], [3, 3])).toEqual([4, 0])
      expect(outputShape('convolve', [4, 0], [3], { channelAxis: 1 })).toEqual([4, 0])
    },
  )

  test('five axes follow the same rules', () => {
    expect(
      outputShape('convolve', [4, 5, 6, 7, 8], [1, 2, 3, 2, 1], {
        mode: 'valid',
        stride: [1, 2, 1, 3, 2],
      }),
    ).toEqual([4, 2, 4, 2, 4])
  })

  test('the compute type is wide enough for the dtype of the result', () => {
    expect(geometry('convolve', [5], [3], { dtype: 'int32' }).dtype).toBe('float64')
    expect(geometry('convolve', [5], [3], { dtype: 'uint8' }).dtype).toBe('float32')
    expect(geometry('conv1d', [1, 1, 5], [1, 1, 3]).dtype).toBe('float32')
  })
})
