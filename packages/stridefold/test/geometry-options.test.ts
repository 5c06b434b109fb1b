/**
 * Which error does bad input throw? The tables give each wrong value of each option, with its code
 * and its message.
 */

import { describe, expect, test } from 'vitest'
import { OptionError } from '../src/errors.ts'
import {
  validateCallOptions,
  validateLayerOptions,
  validateTransposedOptions,
} from '../src/geometry/check-options.ts'
import type { Call } from '../src/geometry/shapes.ts'
import { geometry } from '../src/geometry/shapes.ts'

type Row = readonly [Call, unknown, string, string]

const arrays: Readonly<Record<string, readonly [number[], number[]]>> = {
  convolve: [
    [8, 9],
    [3, 3],
  ],
  correlate: [
    [8, 9],
    [3, 3],
  ],
  conv1d: [
    [1, 4, 9],
    [6, 4, 3],
  ],
  conv2d: [
    [1, 4, 9, 9],
    [6, 4, 3, 3],
  ],
  convTranspose2d: [
    [1, 4, 9, 9],
    [4, 6, 3, 3],
  ],
}

const samples =
  'a whole number (negative crops), or a list with a number or [before, after] per axis'
const integers = 'a whole number ≥ 1, or a list with one per axis'
const borders = "'zero', 'edge', 'reflect', 'symmetric', 'wrap' or { constant: v }"

const invalid: readonly Row[] = [
  ['convolve', null, 'options are null', 'an object such as { stride: 2 } is needed'],
  ['convolve', 3, 'options are 3', 'an object such as { stride: 2 } is needed'],
  ['convolve', [2], 'options are [2]', 'an object such as { stride: 2 } is needed'],
  ['convolve', { stride: 0 }, "option 'stride' is 0", integers],
  ['convolve', { stride: Number.NaN }, "option 'stride' is NaN", integers],
  ['convolve', { stride: 1.5 }, "option 'stride' is 1.5", integers],
  ['convolve', { stride: '2' }, "option 'stride' is '2'", integers],
  ['convolve', { stride: [1, -1] }, "option 'stride' is [1, -1]", integers],
  ['convolve', { stride: null }, "option 'stride' is null", integers],
  ['convolve', { stride: [] }, "option 'stride' is []", integers],
  ['conv2d', { dilation: 0 }, "option 'dilation' is 0", integers],
  ['conv2d', { dilation: Number.POSITIVE_INFINITY }, "option 'dilation' is Infinity", integers],
  [
    'convolve',
    { mode: 'sane' },
    "option 'mode' is 'sane'",
    "one of 'full', 'same', 'same-upper', 'same-lower', 'valid', or a list with one per axis",
  ],
  [
    'convolve',
    { mode: ['same', 'causal'] },
    "option 'mode' is ['same', 'causal']",
    "one of 'full', 'same', 'same-upper', 'same-lower', 'valid'",
  ],
  [
    'convolve',
    { padding: 'same' },
    "option 'padding' is 'same'",
    `${samples}; use 'mode' for a name`,
  ],
  ['convolve', { padding: [[1, 2, 3], 0] }, "option 'padding' is [[1,2,3], 0]", samples],
  ['convolve', { padding: [[1, Number.NaN], 0] }, "option 'padding' is [[1,NaN], 0]", samples],
  [
    'conv2d',
    { padding: 'sames' },
    "option 'padding' is 'sames'",
    `${samples}, or one of 'full', 'same', 'same-upper', 'same-lower', 'valid', 'causal'`,
  ],
  ['conv2d', { padding: 0.5 }, "option 'padding' is 0.5", samples],
  [
    'convolve',
    { mode: ['same', 'vaild'] },
    "option 'mode' is ['same', 'vaild']",
    "one of 'full', 'same', 'same-upper', 'same-lower', 'valid', or a list with one per axis. " +
      "Did you mean 'valid'?",
  ],
  [
    'conv2d',
    { padding: 'smae' },
    "option 'padding' is 'smae'",
    `${samples}, or one of 'full', 'same', 'same-upper', 'same-lower', 'valid', 'causal'. Did ` +
      "you mean 'same'?",
  ],
  [
    'convolve',
    { boundary: 'mirror' },
    "option 'boundary' is 'mirror'",
    `${borders}. 'scipy:mirror' means 'reflect'`,
  ],
  [
    'convolve',
    { boundary: ['edge', 'edgy'] },
    "option 'boundary' is ['edge', 'edgy']",
    `${borders}. Did you mean 'edge'?`,
  ],
  ['conv2d', { boundary: { constant: 'x' } }, "option 'boundary' is { constant: 'x' }", borders],
  [
    'convolve',
    { channelAxis: 0.5 },
    "option 'channelAxis' is 0.5",
    'the number of an axis; negative numbers count from the end',
  ],
  ['convolve', { bias: [1] }, "option 'bias' is [1]", 'a number'],
  ['convolve', { bias: Number.NaN }, "option 'bias' is NaN", 'a number'],
  ['conv2d', { bias: 1 }, "option 'bias' is 1", 'an array'],
  ['conv2d', { groups: 0 }, "option 'groups' is 0", 'a whole number ≥ 1'],
  ['conv2d', { groups: [2] }, "option 'groups' is [2]", 'a whole number ≥ 1'],
  [
    'conv2d',
    { layout: 'NHCW' },
    "option 'layout' is 'NHCW'",
    "one of 'channels-first', 'channels-last', 'NCW', 'NWC', 'NCHW', 'NHWC', 'NCDHW', 'NDHWC'",
  ],
  [
    'conv2d',
    { weightLayout: 'OIWH' },
    "option 'weightLayout' is 'OIWH'",
    "one of 'OIW', 'WIO', 'OWI', 'IWO', 'IOW', 'WOI', 'WIM', 'OIHW'",
  ],
  [
    'conv2d',
    { activation: 'gelu' },
    "option 'activation' is 'gelu'",
    "one of 'relu', 'relu6', 'sigmoid', 'tanh', { name: 'leaky-relu', slope }",
  ],
  [
    'conv2d',
    { activation: { name: 'leaky-relu' } },
    "{ name: 'leaky-relu' }",
    "{ name: 'leaky-relu', slope }",
  ],
  [
    'conv2d',
    { activation: { name: 'leaky-relu', slope: Number.NaN } },
    "{ name: 'leaky-relu', slope: NaN }",
    "{ name: 'leaky-relu', slope }",
  ],
  [
    'conv2d',
    { activation: { name: 'clamp', min: 2, max: 1 } },
    "{ name: 'clamp', min: 2, max: 1 }",
    'with min ≤ max',
  ],
  [
    'conv2d',
    { activation: { name: 'clamp', min: 0, max: 6, slope: 1 } },
    'slope: 1',
    'with min ≤ max',
  ],
  [
    'convTranspose2d',
    { outputPadding: -1 },
    "option 'outputPadding' is -1",
    'a whole number ≥ 0, or a list with one per axis',
  ],
  ['convTranspose2d', { outputShape: 9 }, "option 'outputShape' is 9", 'a list of extents'],
  [
    'convTranspose2d',
    { outputShape: [9, 1.5] },
    "option 'outputShape' is [9, 1.5]",
    'a list of extents',
  ],
  ['conv2d', { algorithm: 3 }, "option 'algorithm' is 3", "'auto' or a name from algorithms()"],
  ['conv2d', { accuracy: 'exact' }, "option 'accuracy' is 'exact'", "one of 'fast', 'strict'"],
  ['conv2d', { deterministic: 1 }, "option 'deterministic' is 1", 'true or false'],
  ['conv2d', { backend: 'cuda' }, "option 'backend' is 'cuda'", "one of 'auto', 'wasm', 'js'"],
  ['conv2d', { threads: 0 }, "option 'threads' is 0", "'auto' or a whole number ≥ 1"],
  ['conv2d', { threads: 2.5 }, "option 'threads' is 2.5", "'auto' or a whole number ≥ 1"],
  ['conv2d', { memoryLimit: -1 }, "option 'memoryLimit' is -1", 'a number of bytes ≥ 0'],
  ['conv2d', { memoryLimit: Number.NaN }, "option 'memoryLimit' is NaN", 'a number of bytes ≥ 0'],
  [
    'conv2d',
    { dtype: 'bfloat16' },
    "option 'dtype' is 'bfloat16'",
    "one of 'float32', 'float64', 'int32'",
  ],
  ['conv2d', { out: 3 }, "option 'out' is 3", 'an array'],
  ['conv2d', { signal: true }, "option 'signal' is true", 'an AbortSignal'],
  ['conv2d', { verify: 'yes' }, "option 'verify' is 'yes'", 'true or false'],
]

function failure(run: () => unknown): OptionError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('no error was thrown')
}

const optionError = (
  call: Call,
  options: unknown,
  shapes: readonly [number[], number[]] = arrays[call]!,
): OptionError => failure(() => geometry(call, ...shapes, options as never))

test.each(invalid)('%s %j throws OPTION_INVALID', (call, options, came, needed) => {
  const error = optionError(call, options)
  expect(error.code).toBe('OPTION_INVALID')
  expect(error.message).toContain(`${call}: `)
  expect(error.message).toContain(came)
  expect(error.message).toContain(needed)
})

test.each<readonly [Call, unknown, string]>([
  [
    'convolve',
    { strides: 2 },
    "convolve has no option 'strides'. Did you mean 'stride'? It takes algorithm, ",
  ],
  ['convolve', { chanelAxis: 2 }, "Did you mean 'channelAxis'?"],
  [
    'convolve',
    { groups: 2 },
    "convolve has no option 'groups'. It is an option of conv1d, conv2d and conv3d. It takes",
  ],
  [
    'conv2d',
    { mode: 'same' },
    "conv2d has no option 'mode'. It is an option of convolve and correlate. It takes",
  ],
  ['conv2d', { pad: 1 }, "Did you mean 'padding'?"],
  ['correlate', { border: 'edge' }, "Write boundary, such as 'edge'."],
  ['conv2d', { padding_mode: 'circular' }, "Write boundary, such as 'edge'."],
  ['correlate', { cval: 3 }, 'Write boundary: { constant: v }, with this value as v.'],
  ['conv2d', { dataFormat: 'NHWC' }, "Write layout, such as 'channels-last'."],
  ['correlate', { data_format: 'NHWC' }, 'Write channelAxis, such as -1.'],
  ['correlate', { method: 'fft' }, "Write algorithm, such as 'fft'."],
  ['conv2d', { dilation_rate: 2 }, 'Write dilation.'],
  ['conv2d', { outputPadding: 1 }, 'It is an option of convTranspose1d, 2d and 3d. It takes'],
  ['conv2d', { colour: 1 }, "conv2d has no option 'colour'. It takes algorithm, accuracy"],
  ['conv2d', { toString: 1 }, "conv2d has no option 'toString'. It takes"],
  ['conv2d', { colour: undefined }, "conv2d has no option 'colour'"],
])('%s %j is unknown', (call, options, message) => {
  const error = optionError(call, options)
  expect(error.code).toBe('OPTION_UNKNOWN')
  expect(error.message).toContain(message)
})

const impossible: readonly (readonly [
  Call,
  unknown,
  string,
  string,
  (readonly [number[], number[]])?,
])[] = [
  [
    'convolve',
    { mode: 'same', padding: 1 },
    'OPTION_CONFLICT',
    "mode ('same') and padding (1) cannot be used together. Leave one out.",
  ],
  [
    'convTranspose2d',
    { outputPadding: 0, outputShape: [9, 9] },
    'OPTION_CONFLICT',
    'outputPadding (0) and outputShape ([9, 9]) cannot be used together',
  ],
  [
    'convolve',
    { stride: [1, 2, 3] },
    'AXES_MISMATCH',
    "option 'stride' is [1, 2, 3] with 3 entries for 2 spatial axes. Give one value, or 2.",
  ],
  [
    'convolve',
    { boundary: ['edge'] },
    'AXES_MISMATCH',
    "option 'boundary' is ['edge'] with 1 entry for 2 spatial axes",
  ],
  [
    'conv2d',
    { padding: [[1, 2]] },
    'AXES_MISMATCH',
    "option 'padding' is [[1,2]] with 1 entry for 2 spatial axes. Give one value, or 2, " +
      'each a number or [before, after].',
  ],
  [
    'conv1d',
    { padding: [1, 2, 3] },
    'AXES_MISMATCH',
    'with 3 entries for 1 spatial axis. Give one value, or 1, each',
  ],
  [
    'conv1d',
    { weightLayout: 'OIHW' },
    'LAYOUT_MISMATCH',
    "weightLayout 'OIHW' does not name the axes of a weight of rank 3. Use the letters O, I " +
      "and W, such as 'OIW'.",
  ],
  [
    'conv2d',
    {},
    'CHANNELS_MISMATCH',
    'input has 4 channels, but weight [6,3,3,3] takes 3 input channels. ' + 'Change groups',
    [
      [1, 4, 9, 9],
      [6, 3, 3, 3],
    ],
  ],
  [
    'convTranspose2d',
    {},
    'CHANNELS_MISMATCH',
    'input has 4 channels, but weight [3,6,3,3] takes 3 input channels. Change groups',
    [
      [1, 4, 9, 9],
      [3, 6, 3, 3],
    ],
  ],
  [
    'conv2d',
    { groups: 4 },
    'GROUPS_MISMATCH',
    '4 groups do not divide the 6 output channels',
    [
      [1, 4, 9, 9],
      [6, 1, 3, 3],
    ],
  ],
  [
    'convTranspose2d',
    { groups: 3 },
    'GROUPS_MISMATCH',
    '3 groups do not divide the 4 input channels',
  ],
  [
    'conv2d',
    {},
    'RANK_MISMATCH',
    'input [4,9,9] has rank 3, but 4 axes are needed: batch, channels and 2 spatial. Add a ' +
      'batch axis of extent 1.',
    [
      [4, 9, 9],
      [6, 4, 3, 3],
    ],
  ],
  [
    'conv2d',
    {},
    'RANK_MISMATCH',
    'weight [3,3] has rank 2, but 4 axes are needed: output channels, input channels and 2 ' +
      'spatial.',
    [
      [1, 4, 9, 9],
      [3, 3],
    ],
  ],
  [
    'convolve',
    {},
    'RANK_MISMATCH',
    'kernel [3] has rank 1, input [8,9] has 2 axes. Reshape the kernel to rank 2, or name ' +
      'the channelAxis.',
    [[8, 9], [3]],
  ],
  [
    'convolve',
    { channelAxis: -1 },
    'CHANNELS_MISMATCH',
    'kernel [3,3] has 3 channels along axis 1, but input [8,9] has 9. Give one kernel per ' +
      'channel, or a kernel of rank 1 for all channels.',
  ],
  [
    'convolve',
    { channelAxis: 0 },
    'RANK_MISMATCH',
    'kernel [3,3,3] has rank 3, input [8,9] has rank 2, and axis 0 is its channelAxis. Reshape ' +
      'the kernel to rank 1 (one for all channels) or 2 (one per channel).',
    [
      [8, 9],
      [3, 3, 3],
    ],
  ],
  ['convolve', {}, 'RANK_MISMATCH', 'input [] has no axis to move the kernel along', [[], []]],
  [
    'convolve',
    { channelAxis: 2 },
    'AXIS_OUT_OF_RANGE',
    'channelAxis 2 is not an axis of input [8,9]. Use -2 to 1.',
  ],
  [
    'convolve',
    {},
    'KERNEL_EMPTY',
    'kernel 0×3 has no weights',
    [
      [8, 9],
      [0, 3],
    ],
  ],
  [
    'conv1d',
    {},
    'KERNEL_EMPTY',
    'kernel 0 has no weights',
    [
      [1, 4, 9],
      [6, 4, 0],
    ],
  ],
  [
    'convolve',
    {},
    'SHAPE_INVALID',
    'shape [8,-1] has extent -1 along axis 1',
    [
      [8, -1],
      [3, 3],
    ],
  ],
  [
    'conv2d',
    { padding: [1, 0] },
    'WINDOW_TOO_LARGE',
    'kernel 5×5 does not fit input 3×3 padded to 5×3: the window needs at least 5×5. Add ' +
      "padding, or use 'same' or 'full'.",
    [
      [1, 1, 3, 3],
      [1, 1, 5, 5],
    ],
  ],
  [
    'conv2d',
    { padding: -5 },
    'WINDOW_TOO_LARGE',
    'kernel 3×3 does not fit input 9×9 padded to -1×-1',
  ],
  [
    'convTranspose2d',
    { stride: 2, outputPadding: 2 },
    'OUTPUT_PADDING_TOO_LARGE',
    'outputPadding 2 along spatial axis 0 must be less than the larger of stride 2 and ' +
      'dilation 1. Use 0 to 1.',
  ],
  [
    'convTranspose2d',
    { padding: 9 },
    'OUTPUT_EMPTY',
    '9 samples along spatial axis 0 with kernel 3 and this padding would give -7. Use less ' +
      'padding.',
  ],
  [
    'convTranspose2d',
    { stride: 2, outputShape: [19, 21] },
    'OUTPUT_SHAPE_IMPOSSIBLE',
    'outputShape has 21 along spatial axis 1, but 9 samples with stride 2, kernel 3 and ' +
      'this padding can become 19 to 20.',
  ],
  [
    'convTranspose2d',
    { outputShape: [11, 11, 6] },
    'OUTPUT_SHAPE_IMPOSSIBLE',
    'Give the 2 spatial extents, or a shape like [1,6,',
  ],
]

test.each(impossible.map((row) => [...row] as const))(
  '%s %j throws %s',
  (call, options, code, message, shapes) => {
    const error = optionError(call, options, shapes)
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
  },
)

test('an unknown call throws, and so does a shape that is no list', () => {
  expect(failure(() => geometry('conv2' as never, [1], [1])).message).toContain(
    "'conv2' is not a call with a geometry. Did you mean 'conv2d'?",
  )
  expect(failure(() => geometry('convolve', 5 as never, [1])).message).toBe(
    'convolve: the input shape is 5; a list of extents such as [5, 5] is needed.',
  )
})

describe('valid options reach the geometry unchanged', () => {
  const run = {
    algorithm: 'winograd',
    accuracy: 'strict',
    deterministic: true,
    backend: 'js',
    threads: 2,
    memoryLimit: 0,
    dtype: 'uint8',
    out: new Uint8Array(4),
    signal: new AbortController().signal,
    verify: false,
    tune: 'predict',
  }
  const layer = {
    ...run,
    bias: [1, 2],
    stride: [1, 2],
    padding: [1, [2, -1]],
    dilation: 2,
    groups: 2,
    boundary: [{ constant: Number.NaN }, 'tf:REFLECT'],
  }

  test('every option of every call is accepted', () => {
    const convolve = {
      ...run,
      mode: ['same', 'valid'],
      boundary: 'wrap',
      stride: 2,
      dilation: [1, 2],
      channelAxis: -1,
      bias: 0.5,
    }
    expect(validateCallOptions('convolve', convolve)).toEqual(convolve)
    const forward = {
      ...layer,
      layout: 'channels-last',
      weightLayout: 'HWIO',
      activation: { name: 'clamp', min: -Infinity, max: 6 },
    }
    expect(validateLayerOptions('conv2d', forward)).toEqual(forward)
    const transposed = {
      ...forward,
      activation: 'tanh',
      outputShape: [3, 3],
      outputPadding: undefined,
    }
    expect(validateTransposedOptions('convTranspose2d', transposed)).toEqual(transposed)
  })

  test('an undefined option has its default', () => {
    const g = geometry('conv2d', ...arrays.conv2d!, {
      stride: undefined,
      padding: undefined,
      boundary: undefined,
    } as never)
    expect(g).toEqual(geometry('conv2d', ...arrays.conv2d!))
    expect(geometry('convolve', [5], [3], { mode: undefined, padding: 1 } as never).key).toBe(
      '1x1x5 * 1x1x3 p1 flip',
    )
  })
})
