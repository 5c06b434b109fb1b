/**
 * Does `translate --from` read calls as people write them, and reject what it does not know? The
 * cases follow from the documentation of each library; scripts/translate/from.ts runs random calls
 * in the libraries themselves.
 */

import * as stridefold from 'stridefold/sync'
import {
  contiguous,
  geometry,
  type NdArray,
  ndarray,
  OptionError,
  parseCase,
} from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import type { SystemName } from '../src/translate/names.ts'
import { ownCall } from '../src/translate/own-call.ts'
import { readCode } from '../src/translate/read/readers.ts'
import { world } from './helpers/world.ts'

const shapes = (input: string, kernel = '') => ({
  input: input === '' ? undefined : input.split('x').map(Number),
  kernel: kernel === '' ? undefined : kernel.split('x').map(Number),
})

const caseOf = (system: SystemName, code: string, input = '', kernel = ''): string =>
  readCode(code, system, shapes(input, kernel)).geometry.key

/** The same case in the words of the notation. */
const canonical = (text: string): string => parseCase(text).key

type Row = readonly [
  system: SystemName,
  code: string,
  input: string,
  kernel: string,
  expected: string,
]

const rows: readonly Row[] = [
  // NumPy: the middle of the full result, ⌊k/2⌋ before; the longer array is the input of `same`.
  ['numpy', 'np.convolve(a, v)', '9', '4', '9 * 4 p3 flip'],
  ['numpy', "np.convolve(a, v, 'same')", '9', '4', '9 * 4 same-lower flip'],
  ['numpy', "np.convolve(a, v, mode='valid')", '9', '4', '9 * 4 flip'],
  ['numpy', "np.convolve(a, v, 'same')", '4', '7', '4 * 7 p5:4 flip'],
  ['numpy', 'np.correlate(a, v)', '9', '4', '9 * 4'],
  ['numpy', "np.correlate(a, v, 'same')", '9', '4', '9 * 4 same-lower'],
  ['numpy', 'np.convolve([1, 2, 3], [0, 1, 0.5])', '', '', '3 * 3 p2 flip'],
  [
    'numpy',
    "np.convolve(np.pad(a, 2, 'edge'), np.ones(5) / 5, mode='valid')",
    '9',
    '',
    '9 * 5 p2 edge flip',
  ],
  [
    'numpy',
    "from numpy.lib.stride_tricks import sliding_window_view\nnp.einsum('yxij,ij->yx', sliding_window_view(img, (3, 3))[::2, ::2], k)",
    '9x8',
    '3x3',
    '9x8 * 3x3 s2',
  ],
  // SciPy ndimage: origin, and the flip that moves the extra sample of convolve.
  ['scipy', "scipy.ndimage.correlate(x, k, mode='mirror')", '9x8', '5x5', '9x8 * 5x5 p2 reflect'],
  ['scipy', 'ndimage.correlate(x, k)', '9', '4', '9 * 4 same-lower symmetric'],
  ['scipy', 'ndimage.convolve(x, k)', '9', '4', '9 * 4 same symmetric flip'],
  [
    'scipy',
    "ndimage.convolve(x, k, mode='nearest', origin=-1)",
    '9',
    '4',
    '9 * 4 same-lower edge flip',
  ],
  [
    'scipy',
    "ndimage.correlate(x, k, mode='constant', cval=2.5, origin=(1, -1))",
    '9x8',
    '3x3',
    '9x8 * 3x3 p2:0,0:2 constant=2.5',
  ],
  [
    'scipy',
    "ndimage.correlate1d(x, w, axis=0, mode='wrap')",
    '9x8',
    '3',
    '9x8 * 3x1 p1,0 border=wrap,zero',
  ],
  [
    'scipy',
    "signal.convolve2d(x, k, 'same', boundary='symm')",
    '9x8',
    '4x3',
    '9x8 * 4x3 p2:1,1 symmetric flip',
  ],
  [
    'scipy',
    "signal.correlate2d(x, k, 'same', 'fill', 3)",
    '9x8',
    '4x3',
    '9x8 * 4x3 p1:2,1 constant=3',
  ],
  ['scipy', "signal.correlate(x, k, mode='same')", '9', '4', '9 * 4 same-lower'],
  ['scipy', 'signal.fftconvolve(x, k)', '9x8', '4x3', '9x8 * 4x3 p3,2 flip'],
  ['scipy', 'signal.upfirdn(h, x, up=3, down=2)', '9', '4', '9 * 4 s2 i3 p3 flip'],
  // PyTorch: the order of arguments differs for transposed layers.
  [
    'pytorch',
    'F.conv2d(x, w, stride=2, padding=1, groups=4)',
    '1x64x56x56',
    '64x16x3x3',
    '1x64x56x56 * 64x16x3x3 s2 p1 g4',
  ],
  [
    'pytorch',
    'torch.nn.functional.conv2d(x, self.conv.weight, None, 1, "same", 2)',
    '2x3x9x9',
    '4x3x2x3',
    '2x3x9x9 * 4x3x2x3 d2 p1,2',
  ],
  ['pytorch', 'nn.Conv2d(64, 128, 3, padding=1)', '1x64x28x28', '', '1x64x28x28 * 128x64x3x3 p1'],
  [
    'pytorch',
    "nn.Conv1d(8, 8, 5, padding=2, groups=8, padding_mode='circular', bias=False)(x)",
    '1x8x30',
    '',
    '1x8x30 * 8x1x5 p2 g8 wrap',
  ],
  [
    'pytorch',
    'self.up = torch.nn.ConvTranspose2d(6, 4, 3, 2, 1, 1, groups=2)',
    '1x6x5x5',
    '',
    '1x6x5x5 * 4x3x3x3 i2 p1:2 g2 flip',
  ],
  [
    'pytorch',
    'F.conv_transpose1d(x, w, None, 2, 0, 1, 1, 3)',
    '1x6x5',
    '6x4x3',
    '1x6x5 * 4x6x3 d3 i2 p6:7 flip',
  ],
  [
    'pytorch',
    "F.conv2d(F.pad(x, (1, 2, 0, 3), mode='reflect'), w.flip(2, 3))",
    '1x1x9x9',
    '1x1x3x3',
    '9x9 * 3x3 p0:3,1:2 reflect flip',
  ],
  ['pytorch', 'F.conv1d(x[None, None], w[None, None], padding=2)', '9', '3', '9 * 3 p2'],
  // TensorFlow: SAME with a stride, the order of the weights.
  [
    'tensorflow',
    "tf.nn.conv2d(x, w, strides=2, padding='SAME')",
    '1x224x224x3',
    '7x7x3x64',
    '1x3x224x224 * 64x3x7x7 s2 p2:3',
  ],
  [
    'tensorflow',
    "tf.nn.conv2d(x, w, [1, 2, 2, 1], 'VALID')",
    '1x9x8x3',
    '3x3x3x4',
    '1x3x9x8 * 4x3x3x3 s2',
  ],
  [
    'tensorflow',
    'tf.nn.conv2d(x, w, 1, [[0, 0], [1, 2], [3, 4], [0, 0]])',
    '1x9x8x3',
    '3x3x3x4',
    '1x3x9x8 * 4x3x3x3 p1:2,3:4',
  ],
  [
    'tensorflow',
    "tf.nn.conv2d(x, w, 1, 'SAME', data_format='NCHW')",
    '1x3x9x8',
    '2x2x3x4',
    '1x3x9x8 * 4x3x2x2 p0:1',
  ],
  [
    'tensorflow',
    "tf.nn.depthwise_conv2d(x, w, strides=[1, 1, 1, 1], padding='SAME')",
    '1x9x8x3',
    '3x3x3x2',
    '1x3x9x8 * 6x1x3x3 p1 g3',
  ],
  [
    'tensorflow',
    "tf.nn.conv2d_transpose(x, w, [1, 10, 10, 4], 2, 'SAME')",
    '1x5x5x3',
    '3x3x4x3',
    '1x3x5x5 * 4x3x3x3 i2 p2:1 flip',
  ],
  [
    'tensorflow',
    "tf.keras.layers.Conv1D(8, 3, padding='causal', dilation_rate=2)",
    '1x20x4',
    '',
    '1x4x20 * 8x4x3 d2 p4:0',
  ],
  [
    'tensorflow',
    "tf.keras.layers.Conv2D(8, (3, 3), strides=(2, 2), padding='same')(x)",
    '1x9x8x4',
    '',
    '1x4x9x8 * 8x4x3x3 s2 p1:1,0:1',
  ],
  // ONNX: as Python, as text, as JSON of both kinds.
  [
    'onnx',
    "helper.make_node('Conv', ['x', 'w'], ['y'], strides=[2, 2], pads=[0, 1, 2, 3])",
    '1x3x9x8',
    '4x3x3x3',
    '1x3x9x8 * 4x3x3x3 s2 p0:2,1:3',
  ],
  [
    'onnx',
    "Conv<auto_pad = 'SAME_LOWER', kernel_shape = [4]>(X, W)",
    '1x3x9',
    '4x3x4',
    '1x3x9 * 4x3x4 p2:1',
  ],
  ['onnx', 'Conv(strides=[2], dilations=[3], group=3)', '1x3x9', '3x1x2', '1x3x9 * 3x1x2 s2 d3 g3'],
  [
    'onnx',
    '{"op_type": "Conv", "attributes": {"pads": [1, 1], "strides": [2]}}',
    '1x3x9',
    '4x3x3',
    '1x3x9 * 4x3x3 s2 p1',
  ],
  [
    'onnx',
    '{"opType": "ConvTranspose", "input": ["x", "w"], "attribute": [{"name": "strides", "ints": ["2"]}, {"name": "output_padding", "ints": ["1"]}]}',
    '1x3x9',
    '3x4x3',
    '1x3x9 * 4x3x3 i2 p2:3 flip',
  ],
  // OpenCV: the anchor is column first, −1 is ⌊k/2⌋.
  [
    'opencv',
    'cv2.filter2D(img, -1, k, borderType=cv2.BORDER_REFLECT_101)',
    '9x8',
    '5x5',
    '9x8 * 5x5 p2 reflect',
  ],
  ['opencv', 'cv2.filter2D(img, cv2.CV_64F, k)', '9x8', '4x2', '9x8 * 4x2 p2:1,1:0 reflect f64'],
  [
    'opencv',
    'cv2.filter2D(img, cv2.CV_32F, k, anchor=(0, 2), borderType=cv2.BORDER_CONSTANT)',
    '9x8',
    '3x4',
    '9x8 * 3x4 p2:0,0:3',
  ],
  [
    'opencv',
    'img = cv2.imread("a.png")\nk = np.ones((5, 5), np.float32) / 25\nout = cv2.filter2D(img, -1, cv2.flip(k, -1))',
    '9x8x3',
    '',
    '3x1x9x8 * 1x1x5x5 p2 reflect flip',
  ],
  // ImageMagick: Convolve flips together with the position.
  [
    'imagemagick',
    "magick in.png -morphology Convolve '3x3: 1,0,-1 2,0,-2 1,0,-1' out.png",
    '9x8',
    '',
    '9x8 * 3x3 p1 edge flip',
  ],
  [
    'imagemagick',
    "convert in.png -virtual-pixel Tile -morphology Correlate '4x2: 1 2 3 4 5 6 7 8' out.png",
    '9x8',
    '',
    '9x8 * 2x4 p0:1,1:2 wrap',
  ],
  [
    'imagemagick',
    "convert in.png -morphology Convolve '2x1+1+0: 1,-1' out.png",
    '9x8',
    '',
    '9x8 * 1x2 p0,0:1 border=zero,edge flip',
  ],
  [
    'sharp',
    'sharp(x).convolve({width:3,height:4,kernel:[1,0,-1,2,0,-2,1,0,-1,0,0,0]})',
    '9x8',
    '',
    '9x8 * 4x3 p2:1,1 edge',
  ],
  [
    'sharp',
    "const out = await sharp('in.png')\n  .convolve({ width: 3, height: 3, kernel, scale: 1, offset: 128 })\n  .png()\n  .toFile('out.png')",
    '9x8x3',
    '',
    '3x1x9x8 * 1x1x3x3 p1 edge',
  ],
  ['tfjs', "tf.conv2d(x, w, 2, 'same')", '1x9x8x3', '4x3x3x5', '1x3x9x8 * 5x3x4x3 s2 p1:2,0:1'],
  ['tfjs', "x.conv1d(w, 1, 'valid', 'NWC', 2)", '1x20x3', '4x3x5', '1x3x20 * 5x3x4 d2'],
  [
    'tfjs',
    "tf.conv2dTranspose(x, w, [1, 10, 10, 4], 2, 'same')",
    '1x5x5x3',
    '3x3x4x3',
    '1x3x5x5 * 4x3x3x3 i2 p2:1 flip',
  ],
  [
    'webnn',
    "builder.conv2d(x, w, { padding: [1, 2, 3, 4], inputLayout: 'nhwc', filterLayout: 'ohwi' })",
    '1x9x8x3',
    '4x3x3x3',
    '1x3x9x8 * 4x3x3x3 p1:2,3:4',
  ],
  [
    'webnn',
    'builder.convTranspose2d(x, w, { strides: [2, 2], outputSizes: [12, 11] })',
    '1x3x5x5',
    '3x4x3x3',
    '1x3x5x5 * 4x3x3x3 i2 p2:3,2 flip',
  ],
  [
    'stridefold',
    "convolve(x, k, { mode: 'same-lower', boundary: 'scipy:reflect' })",
    '9',
    '4',
    '9 * 4 same-lower symmetric flip',
  ],
  [
    'stridefold',
    "plan('conv2d', [1, 64, 56, 56], [64, 64, 3, 3], { padding: 1 })",
    '',
    '',
    '1x64x56x56 * 64x64x3x3 p1',
  ],
  [
    'stridefold',
    'await convTranspose1d(x, k, { stride: 2, outputPadding: 1 })',
    '1x3x9',
    '3x4x3',
    '1x3x9 * 4x3x3 i2 p2:3 flip',
  ],
]

describe('calls by hand', () => {
  test.each(rows)('%s: %s, %s, %s', (system, code, input, kernel, expected) => {
    expect(caseOf(system, code, input, kernel)).toBe(canonical(expected))
  })

  test.each(rows)(
    '%s: the call of stridefold for %s has this case',
    (system, code, input, kernel) => {
      const reading = readCode(code, system, shapes(input, kernel))
      const { code: own, x, k } = ownCall(reading)
      const call = /const y = (\w+)\(/.exec(own)?.[1]
      if (call === undefined) {
        expect(own).toContain(`planCase('${reading.geometry.key}')`)
        return
      }
      // A layer never flips: its call gets a flipped view of the weights.
      const key = own.includes('flip(k')
        ? reading.geometry.key.replace(' flip', '')
        : reading.geometry.key
      const f64 = reading.geometry.dtype === 'float64'
      const record = (input: NdArray, weight: NdArray, options: object): string => {
        const { bias: _, ...rest } = options as { bias?: unknown }
        return geometry(call as 'conv2d', input.shape, weight.shape, {
          ...rest,
          ...(f64 ? { dtype: 'float64' } : {}),
        }).key
      }
      const zeros = (shape: readonly number[]): NdArray =>
        ndarray(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)
      const body = `{${own.replace(/^import .*$/gm, '')}\nreturn y}`
      const { flip, reshape } = stridefold
      const run = new Function('x', 'k', 'bias', 'flip', 'reshape', call, body)
      expect(run(zeros(x.shape), zeros(k.shape), [], flip, reshape, record)).toBe(key)
    },
  )
})

test('the weights of TensorFlow are used as they are', () => {
  const code = "tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], 'SAME')"
  const own = ownCall(readCode(code, 'tensorflow', shapes('1x4x5x2', '2x2x2x3'))).code
  const x = ndarray(
    Float32Array.from({ length: 40 }, (_, i) => i % 7),
    [1, 4, 5, 2],
  )
  const k = ndarray(
    Float32Array.from({ length: 24 }, (_, i) => (i % 5) - 2),
    [2, 2, 2, 3],
  )
  const run = new Function('x', 'k', 'conv2d', `{${own.replace(/^import .*$/gm, '')}\nreturn y}`)
  const y: NdArray = run(x, k, stridefold.conv2d)
  // The definition: y[h, w, c·3 + m] = Σ x[h + i, w + j, c] · k[i, j, c, m], zeros after the end.
  const at = (h: number, w: number, c: number): number =>
    h < 4 && w < 5 ? ((h * 5 + w) * 2 + c) % 7 : 0
  const expected = []
  for (let h = 0; h < 4; h++)
    for (let w = 0; w < 5; w++)
      for (let c = 0; c < 2; c++)
        for (let m = 0; m < 3; m++) {
          let sum = 0
          for (let i = 0; i < 2; i++)
            for (let j = 0; j < 2; j++)
              sum += at(h + i, w + j, c) * (((((i * 2 + j) * 2 + c) * 3 + m) % 5) - 2)
          expected.push(sum)
        }
  expect([...contiguous(y).data]).toEqual(expected)
})

const rejection = (system: SystemName, code: string, input = '', kernel = ''): string => {
  try {
    readCode(code, system, shapes(input, kernel))
  } catch (error) {
    if (error instanceof OptionError) return `${error.code} ${error.message}`
    throw error
  }
  return ''
}

test('notes say what x and k stand for', () => {
  const notes = (code: string): readonly string[] => readCode(code, 'numpy', { input: [9] }).notes
  expect(notes('np.convolve(a / 2, [0, 1, 0.5])')).toEqual(['x is a / 2', 'k is [0, 1, 0.5]'])
  expect(readCode('np.convolve(a, v)', 'numpy', shapes('9', '3')).notes).toEqual([])
})

test('TensorFlow: the default padding of convolution, and what changes no sums', () => {
  expect(caseOf('tensorflow', 'tf.nn.convolution(x, w, 2)', '1x9x3', '3x3x4')).toBe(
    canonical('1x3x9 * 4x3x3 s2'),
  )
  expect(
    caseOf('tensorflow', "layers.Conv2D(4, 3, kernel_initializer='zeros', name='a')", '1x9x9x2'),
  ).toBe(canonical('1x2x9x9 * 4x2x3x3'))
})

describe('what is not known is rejected by name', () => {
  test.each<readonly [SystemName, string, string, string, RegExp]>([
    [
      'pytorch',
      'F.max_pool2d(x, 2)',
      '',
      '',
      /'F\.max_pool2d' is not a function that --from pytorch reads/,
    ],
    ['pytorch', 'F.conv2d(x, w, strides=2)', '', '', /has the argument 'strides'.*stride, padding/],
    [
      'pytorch',
      'F.conv2d(x, w, stride=s)',
      '',
      '',
      /stride is 's', a variable.*write a whole number ≥ 1/,
    ],
    [
      'pytorch',
      'F.conv2d(x, w, padding="SAME")',
      '',
      '',
      /padding is 'SAME'\. Write 'same' or 'valid'/,
    ],
    ['pytorch', "F.conv2d(x, w, padding='same', stride=2)", '', '', /padding 'same' and a stride/],
    [
      'pytorch',
      'F.conv2d(x, w)',
      '',
      '',
      /The shape of 'x' is not in the code\. Give --input, such as --input 1x64x56x56/,
    ],
    ['pytorch', 'F.conv2d(x, w)', '1x3x9x9', '', /The shape of 'w'.*Give --kernel/],
    [
      'pytorch',
      'F.conv2d(x, w)',
      '1x3x9x9',
      '4x2x3x3',
      /gets 3 channels, but the weights are for 2/,
    ],
    ['pytorch', 'F.conv2d(x, w)', '9x9', '3x3', /needs an array of 4 axes, but 'x' has 2/],
    ['pytorch', 'F.conv2d(F.conv2d(x, w), v)', '', '', /the result of another convolution/],
    [
      'pytorch',
      'y = F.conv2d(x, w)\nz = F.conv2d(x, v)',
      '',
      '',
      /2 convolutions\. Translate one at a time/,
    ],
    [
      'pytorch',
      'for i in x: F.conv2d(i, w)',
      '',
      '',
      /CODE_INVALID.*character 1: found 'for', expected an import/,
    ],
    ['pytorch', 'F.conv2d(x, w', '', '', /CODE_INVALID.*found the end, expected ',' or '\)'/],
    ['pytorch', '__import__("os").system("ls")', '', '', /'__import__' is not a function/],
    [
      'pytorch',
      'F.conv2d(F.pad(x, (5, 5), mode="reflect"), w)',
      '1x1x4x4',
      '1x1x3x3',
      /at most 3 samples/,
    ],
    ['pytorch', 'x = 1', '', '', /no convolution of PyTorch/],
    [
      'scipy',
      "ndimage.correlate(x, k, mode='edge')",
      '9',
      '3',
      /mode is 'edge'\. Write 'constant'/,
    ],
    [
      'scipy',
      'ndimage.correlate(x, k, origin=2)',
      '9',
      '3',
      /origin 2 is outside of the 3 weights/,
    ],
    ['scipy', 'ndimage.gaussian_filter(x, 2)', '', '', /gaussian_filter' is not a function/],
    ['scipy', "signal.convolve(x, k, 'valid')", '3x9', '9x3', /at least as large/],
    [
      'numpy',
      "np.einsum('yx,xz->yz', a, b)",
      '3x3',
      '3x3',
      /has no windows|has two axes|no meaning/,
    ],
    ['numpy', "np.convolve(np.pad(a, 1, 'wrap')[2:], v)", '9', '3', /pads axis 0 after it was cut/],
    [
      'numpy',
      "np.convolve(np.pad(a, 1, 'edge'), v)",
      '9',
      '3',
      /one border before the call, and with another/,
    ],
    ['tensorflow', "tf.nn.conv2d(x, w, 1, 'SAME_UPPER')", '', '', /padding is 'SAME_UPPER'/],
    [
      'tensorflow',
      "tf.nn.conv2d(x, w, [2, 1, 1, 1], 'SAME')",
      '1x9x9x1',
      '3x3x1x1',
      /steps of batch and channels must be 1/,
    ],
    [
      'tensorflow',
      "tf.keras.layers.Conv2D(8, 3, activation='relu')",
      '',
      '',
      /has the activation 'relu'/,
    ],
    ['tfjs', "tf.conv2d(x, w, 1, 'same')", '1x9x8x4', '3x3x2x6', /TensorFlow\.js has no groups/],
    [
      'opencv',
      'cv2.filter2D(img, -1, k, borderType=cv2.BORDER_WRAP)',
      '9x9',
      '3x3',
      /BORDER_WRAP, which filter2D rejects/,
    ],
    ['opencv', 'cv2.GaussianBlur(img, (5, 5), 0)', '', '', /GaussianBlur' is not a function/],
    [
      'imagemagick',
      "magick in.png -morphology Convolve 'Gaussian:0x2' out.png",
      '9x9',
      '',
      /computed by ImageMagick/,
    ],
    ['imagemagick', 'magick in.png -blur 0x2 out.png', '9x9', '', /'-blur' is not read/],
    [
      'imagemagick',
      "magick in.png -morphology Convolve '3x3: 1,2' out.png",
      '9x9',
      '',
      /2 weights for 3x3/,
    ],
    [
      'sharp',
      'sharp(x).resize(9).convolve({width:3,height:3,kernel:k})',
      '9x9',
      '',
      /resize' is not a function/,
    ],
    [
      'sharp',
      'sharp(x).convolve({width:3,height:3,kernel:[1,2]})',
      '9x9',
      '',
      /2 weights, but width and height make 9/,
    ],
    [
      'sharp',
      'sharp(x).convolve({width:3,height:3,kernel:k,scale:0.5})',
      '9x9',
      '',
      /sharp ignores fractions/,
    ],
    ['onnx', "helper.make_node('MaxPool', ['x'], ['y'])", '', '', /operator 'MaxPool' is not read/],
    [
      'onnx',
      '{"op_type": "Conv", "attributes": {"stride": [2]}}',
      '',
      '',
      /attribute 'stride'.*strides/,
    ],
    ['webnn', 'builder.conv2d(x, w, { pads: [1, 1, 1, 1] })', '', '', /argument 'pads'/],
    [
      'stridefold',
      "conv2d(x, k, { padding: 1, activation: 'relu' })",
      '1x1x9x9',
      '1x1x3x3',
      /activation/,
    ],
    ['stridefold', 'correlate(x, k, { modes: 1 })', '9x9', '3x3', /modes/],
  ])('%s: %s', (system, code, input, kernel, sentence) => {
    expect(rejection(system, code, input, kernel)).toMatch(sentence)
  })

  test.each<readonly [SystemName, string]>([
    ['opencv', 'cv2.filter2D(x, -1, k, borderType=cv2.BORDER_constructor)'],
    ['imagemagick', "magick in.png -virtual-pixel __proto__ -morphology Convolve '1: 1' out.png"],
    ['onnx', '{"op_type": "Conv", "attribute": [{"ints": [1]}]}'],
    ['onnx', '{"op_type": "constructor"}'],
    ['numpy', "np.convolve(a, v, mode='constructor')"],
    ['pytorch', 'constructor(x)'],
    ['stridefold', 'plan("__proto__", [9], [3])'],
  ])(
    '%s: names of the language itself are not taken for entries of a table: %s',
    (system, code) => {
      expect(rejection(system, code, '9x9', '3x3')).toMatch(/^TRANSLATION_REFUSED /)
    },
  )

  test('nesting and long input end with a message', () => {
    expect(rejection('numpy', `${'('.repeat(5000)}1`)).toMatch(/CODE_INVALID.*nested/)
    expect(rejection('numpy', 'constructor.prototype')).not.toBe('')
  })
})

describe('the verb', () => {
  test('prints the case and the call of stridefold', async () => {
    const { code, stdout } = await world().run([
      'translate',
      "scipy.ndimage.correlate(x, k, mode='mirror')",
      ...['--from', 'scipy', '--input', '512x512', '--kernel', '4x4'],
    ])
    expect(code).toBe(0)
    expect(stdout.toString()).toBe(
      `// 1x1x512x512 * 1x1x4x4 p2:1 reflect in stridefold, read from SciPy
// x: float32 [512, 512], k: float32 [4, 4] → y: float32 [512, 512]
// ndimage returns the dtype of its input, and integers wrap around there.
// x and k are { data, shape } with a Float32Array, or nested numbers.

import { correlate } from 'stridefold/sync'

const y = correlate(x, k, { padding: [[2, 1], [2, 1]], boundary: 'reflect' })
`,
    )
  })

  test('reads a file or stdin, and writes for another library', async () => {
    const here = world()
    here.put('layer.py', 'import torch.nn as nn\nlayer = nn.Conv2d(3, 8, 3, padding=1)\n')
    const flags = ['--from', 'pytorch', '--input', '1x3x9x8', '--to', 'tensorflow', '--json']
    const { stdout } = await here.run(['translate', 'layer.py', ...flags])
    const answer = JSON.parse(stdout.toString())
    expect(answer).toMatchObject({
      from: 'pytorch',
      to: 'tensorflow',
      case: '1x3x9x8 * 8x3x3x3 p1',
      notes: expect.arrayContaining(['A case has no bias: add bias to y afterwards.']),
    })
    const piped = await here.run(
      ['translate', '-', '--from', 'tensorflow', '--input', '1x9x8x3', '--kernel', '3x3x3x8'],
      Buffer.from(answer.code),
    )
    expect(piped.stdout.toString()).toMatch(/^\/\/ 1x3x9x8 \* 8x3x3x3 p1 in stridefold/)
  })

  test.each([
    [['translate', 'F.conv2d(x, w)', '--from', 'pytorch'], 2, /Give --input/],
    [['translate', '9 * 3', '--from', 'pytorch'], 2, /no convolution/],
    [['translate', 'missing.py', '--from', 'pytorch'], 3, /missing\.py does not exist/],
    [['translate', '9 * 3'], 2, /--to NAME for a case, or --from NAME/],
    [['translate', '9 * 3', '--to', 'numpy', '--input', '9'], 2, /belong to --from/],
    [
      ['translate', 'F.conv2d(x, w)', '--from', 'pytorch', '--input', '9xy'],
      2,
      /whole numbers with x/,
    ],
  ])('%j ends with code %i', async (argv, expected, sentence) => {
    const { code, stdout, stderr } = await world().run(argv)
    expect({ code, stdout: stdout.toString() }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toMatch(sentence)
  })
})
