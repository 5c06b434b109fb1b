/**
 * Does every mistake in a pipeline get a message that names the step, what came and what was
 * needed?
 */

import { describe, expect, test } from 'vitest'
import { type NdArray, OptionError, pipeline, zeros } from '../src/sync.ts'

const weight = zeros([4, 3, 3, 3])
const conv = { call: 'conv2d', weight } as const
const options = { inputShape: [1, 3, 8, 8] }

/** The error of a pipeline with these steps. The types forbid most of them. */
function mistake(steps: unknown, given: unknown = options): OptionError {
  try {
    pipeline(steps as [], given as typeof options)
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('nothing was thrown')
}

describe('steps', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['no list', { call: 'add' }, 'STEP_INVALID', /^pipeline: steps is \{ call: 'add' \}; a list/],
    ['no steps', [], 'STEP_INVALID', /^pipeline: steps is \[\]; a list with at least one step/],
    [
      'no object',
      [conv, 'relu'],
      'STEP_INVALID',
      /^pipeline, step 1, is 'relu'; an object such as/,
    ],
    [
      'a call that is close',
      [{ call: 'conv2D', weight }],
      'STEP_INVALID',
      /^pipeline, step 0, has call 'conv2D'; one of 'conv1d', .*Did you mean 'conv2d'\?$/,
    ],
    ['no call', [{ weight }], 'STEP_INVALID', /^pipeline, step 0, has call undefined; one of/],
    [
      'another name of a property',
      [conv, { call: 'maxPool2d', sizes: 2 }],
      'OPTION_UNKNOWN',
      /^pipeline, step 1, maxPool2d: it has no property 'sizes'\. Did you mean 'size'\?/,
    ],
    [
      'an option beside the options',
      [{ ...conv, stride: 2 }],
      'OPTION_UNKNOWN',
      /^pipeline, step 0, conv2d: it has no property 'stride'.* options: \{ stride: 2 \}/,
    ],
    [
      'no weight',
      [{ call: 'conv2d' }],
      'STEP_INVALID',
      /^pipeline, step 0, conv2d: weight is missing/,
    ],
    [
      'a weight that is no array',
      [{ call: 'conv2d', weight: 'zeros' }],
      'ARRAY_UNKNOWN',
      /^pipeline, step 0, conv2d: weight is/,
    ],
    [
      'other channels',
      [conv, { ...conv, call: 'conv2d' }],
      'CHANNELS_MISMATCH',
      /^pipeline, step 1, conv2d: input has 4 channels, but weight \[4,3,3,3\] takes 3/,
    ],
    [
      'another rank',
      [conv, { call: 'conv1d', weight: zeros([2, 4, 3]) }],
      'RANK_MISMATCH',
      /^pipeline, step 1, conv1d: input \[1,4,6,6\] has rank 4, but 3 axes are needed/,
    ],
    [
      'a kernel that does not fit',
      [{ call: 'conv2d', weight: zeros([4, 3, 9, 9]) }],
      'WINDOW_TOO_LARGE',
      /^pipeline, step 0, conv2d: kernel 9×9 does not fit input 8×8/,
    ],
    [
      'another bias',
      [{ ...conv, options: { bias: [1, 2] } }],
      'BIAS_MISMATCH',
      /^pipeline, step 0, conv2d: bias has shape \[2\].*4 output channels/,
    ],
    [
      'an option of the pipeline',
      [{ ...conv, options: { dtype: 'float64' } }],
      'OPTION_UNKNOWN',
      /^pipeline, step 0, conv2d has no option 'dtype' in a pipeline.*beside inputShape/,
    ],
    [
      'an unknown option',
      [{ ...conv, options: { strid: 2 } }],
      'OPTION_UNKNOWN',
      /^pipeline, step 0, conv2d has no option 'strid'\. Did you mean 'stride'\?/,
    ],
    [
      'a value of an option',
      [conv, { ...conv, options: { stride: 0 } }],
      'OPTION_INVALID',
      /^pipeline, step 1, conv2d: option 'stride' is 0; it must be a whole number ≥ 1/,
    ],
    [
      'an algorithm that cannot compute it',
      [{ ...conv, options: { algorithm: 'winograd', stride: 3 } }],
      'ALGORITHM_REFUSED',
      /^pipeline, step 0, conv2d: winograd cannot compute/,
    ],
    [
      'no size',
      [{ call: 'averagePool2d' }],
      'OPTION_INVALID',
      /^pipeline, step 0, averagePool2d: size is missing/,
    ],
    [
      'a size of 0',
      [{ call: 'maxPool2d', size: [2, 0] }],
      'OPTION_INVALID',
      /^pipeline, step 0, maxPool2d: option 'size' is \[2, 0\]; it must be a whole number ≥ 1/,
    ],
    [
      'too many sizes',
      [{ call: 'maxPool2d', size: [2, 2, 2] }],
      'AXES_MISMATCH',
      /^pipeline, step 0, maxPool2d: option 'size' is \[2, 2, 2\] with 3 entries for 2 spatial/,
    ],
    [
      'a window that does not fit',
      [{ call: 'maxPool2d', size: 9 }],
      'WINDOW_TOO_LARGE',
      /^pipeline, step 0, maxPool2d: a window of 9 does not fit an axis of 8 samples/,
    ],
    [
      'a window without a sample',
      [{ call: 'maxPool2d', size: 2, padding: 2 }],
      'OPTION_INVALID',
      /^pipeline, step 0, maxPool2d: with padding 2 and 2, a window of 2 holds no sample/,
    ],
    [
      'a padding',
      [{ call: 'maxPool2d', size: 2, padding: 'sam' }],
      'OPTION_INVALID',
      /^pipeline, step 0, maxPool2d: option 'padding' is 'sam'; .*Did you mean 'same'\?/,
    ],
    [
      'includePadding',
      [{ call: 'averagePool2d', size: 2, includePadding: 1 }],
      'OPTION_INVALID',
      /^pipeline, step 0, averagePool2d: option 'includePadding' is 1; it must be true or false/,
    ],
    [
      'a pooling of another rank',
      [{ call: 'maxPool3d', size: 2 }],
      'RANK_MISMATCH',
      /^pipeline, step 0, maxPool3d: input \[1,3,8,8\] has rank 4, but 5 axes are needed/,
    ],
    [
      'a later step',
      [conv, { call: 'add', with: 2 }, conv],
      'STEP_INVALID',
      /^pipeline, step 1, add: with is 2; it must be the index of an earlier step, 0 … 0, or/,
    ],
    [
      'no other array',
      [{ call: 'add' }],
      'STEP_INVALID',
      /^pipeline, step 0, add: with is undefined; it must be 'input' \(no step is earlier\)/,
    ],
    [
      'a source',
      [conv, { call: 'activation', activation: 'relu', from: -1 }],
      'STEP_INVALID',
      /^pipeline, step 1, activation: from is -1; it must be/,
    ],
    [
      'shapes that differ',
      [conv, { call: 'add', with: 'input' }],
      'SHAPE_MISMATCH',
      /step 1, add: the shapes \[1,4,6,6\] \(step 0\) and \[1,3,8,8\] \(the input\) differ/,
    ],
    [
      'an activation',
      [{ call: 'activation', activation: 'gelu' }],
      'OPTION_INVALID',
      /^pipeline, step 0, activation: option 'activation' is 'gelu'; it must be one of 'relu'/,
    ],
    [
      'no activation',
      [{ call: 'activation' }],
      'STEP_INVALID',
      /^pipeline, step 0, activation: activation is missing/,
    ],
  ])('%s', (_, steps, code, message) => {
    const error = mistake(steps)
    expect(error.message).toMatch(message)
    expect(error.code).toBe(code)
  })
})

describe('options', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['no shape', {}, 'OPTION_INVALID', /^pipeline: option 'inputShape' is undefined; a list/],
    ['none', null, 'OPTION_INVALID', /^pipeline: options are null; an object/],
    ['a text', 'wide', 'OPTION_INVALID', /^pipeline: options are 'wide'; an object/],
    ['a shape', { inputShape: [1, 3, 2.5, 8] }, 'SHAPE_INVALID', /2\.5/],
    ['a rank', { inputShape: [3, 8] }, 'RANK_MISMATCH', /^pipeline: inputShape \[3,8\] has rank 2/],
    [
      'a name',
      { ...options, shape: [1] },
      'OPTION_UNKNOWN',
      /^pipeline has no option 'shape'.*inputShape, layout/,
    ],
    [
      'an element type',
      { ...options, dtype: 'uint8' },
      'OPTION_INVALID',
      /^pipeline: option 'dtype' is 'uint8'; it must be 'float32' or 'float64'/,
    ],
    [
      'an algorithm',
      { ...options, algorithm: 'fft' },
      'OPTION_UNKNOWN',
      /^pipeline has no option 'algorithm': it belongs to the options of a step/,
    ],
    [
      'a layout',
      { ...options, layout: 'last' },
      'OPTION_INVALID',
      /^pipeline: option 'layout' is .*'channels-first'/,
    ],
    [
      'a layout of another rank',
      { ...options, layout: 'NWC' },
      'LAYOUT_MISMATCH',
      /^pipeline: layout 'NWC' has 1 spatial axis/,
    ],
    [
      'no layout of the weight',
      { inputShape: [1, 8, 8, 3], layout: 'channels-last' },
      'WEIGHT_LAYOUT_MISSING',
      /^pipeline, step 0, conv2d: layout 'channels-last' requires weightLayout/,
    ],
  ])('%s', (_, given, code, message) => {
    const error = mistake([conv], given)
    expect(error.message).toMatch(message)
    expect(error.code).toBe(code)
  })
})

describe('runs', () => {
  const net = pipeline([conv], options)

  test.each<[string, unknown, unknown, string, RegExp]>([
    ['a shape', zeros([1, 3, 9, 8]), undefined, 'SHAPE_MISMATCH', /^pipeline: input has shape/],
    ['too few numbers', new Float32Array(9), undefined, 'SHAPE_MISMATCH', /9 elements/],
    ['no array', 'x', undefined, 'ARRAY_UNKNOWN', /pipeline: input/],
    [
      'a smaller out',
      zeros([1, 3, 8, 8]),
      zeros([1, 4, 6, 5]),
      'SHAPE_MISMATCH',
      /^pipeline: out has shape \[1,4,6,5\], but \[1,4,6,6\]/,
    ],
    [
      'out of another type',
      zeros([1, 3, 8, 8]),
      zeros([1, 4, 6, 6], 'float64'),
      'DTYPE_MISMATCH',
      /^pipeline: out is float64, but the result is float32/,
    ],
    ['a list as out', zeros([1, 3, 8, 8]), { out: [1] }, 'OPTION_INVALID', /'out'/],
    ['a signal', zeros([1, 3, 8, 8]), { signal: 1 }, 'OPTION_INVALID', /^pipeline: .*'signal'/],
    ['a name', zeros([1, 3, 8, 8]), { into: 1 }, 'OPTION_UNKNOWN', /'into'/],
    ['a bias', zeros([1, 3, 8, 8]), { bias: [1] }, 'OPTION_UNKNOWN', /bias/],
  ])('%s', async (_, x, out, code, message) => {
    const run = (): unknown => net.runSync(x as NdArray, out as object)
    expect(run).toThrow(message)
    expect(run).toThrow(expect.objectContaining({ code }))
    await expect(net.run(x as NdArray, out as object)).rejects.toMatchObject({ code })
  })
})
