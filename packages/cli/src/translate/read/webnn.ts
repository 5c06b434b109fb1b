/**
 * WebNN: `conv2d`, `convTranspose2d`, `pad`, `reverse`, `slice` and `transpose` of an
 * MLGraphBuilder. Padding is top, bottom, left, right.
 */

import type { Boundary } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import {
  type Arguments,
  arrayOf,
  biasOf,
  given,
  integerListOf,
  integerOf,
  numberOf,
  optionsOf,
  wordOf,
} from './arguments.ts'
import { spatialExtents } from './convolution.ts'
import { transposedSpec } from './layers.ts'
import { convolve, type Library, type Reader, reader } from './library.ts'
import { constant, reshaped } from './numpy.ts'
import { pad, permute, reverse, subscript, withStep } from './tensor.ts'
import type { Value } from './values.ts'
import { notRead } from './wording.ts'

/** A layout such as `nhwc` in letters of a convolution. */
const layoutOf = (args: Arguments, name: string, words: readonly string[]): string =>
  wordOf(args, name, words, words[0]).toUpperCase().replace('HW', 'SS')

const listOr = (args: Arguments, name: string, length: number, fallback: number): number[] =>
  given(args, name) === undefined
    ? Array.from({ length }, () => fallback)
    : integerListOf(args, name, length)

const pairsOfPadding = (args: Arguments): Pair[] => {
  const [top, bottom, left, right] = listOr(args, 'padding', 4, 0) as [
    number,
    number,
    number,
    number,
  ]
  return [
    [top, bottom],
    [left, right],
  ]
}

const conv2d: Reader = reader('self, input, filter, options', (args) => {
  const options = optionsOf(args, 'options', [
    'padding',
    'strides',
    'dilations',
    'groups',
    'inputLayout',
    'filterLayout',
    'bias',
    'label',
  ])
  return convolve(args.call, arrayOf(args, 'input'), arrayOf(args, 'filter'), () => ({
    inputLayout: layoutOf(options, 'inputLayout', ['nchw', 'nhwc']),
    kernelLayout: layoutOf(options, 'filterLayout', ['oihw', 'hwio', 'ohwi', 'ihwo']),
    stride: listOr(options, 'strides', 2, 1),
    dilation: listOr(options, 'dilations', 2, 1),
    own: pairsOfPadding(options),
    groups: integerOf(options, 'groups', 1),
    bias: biasOf(options, 'bias'),
  }))
})

const convTranspose2d: Reader = reader('self, input, filter, options', (args) => {
  const options = optionsOf(args, 'options', [
    'padding',
    'strides',
    'dilations',
    'outputPadding',
    'outputSizes',
    'groups',
    'inputLayout',
    'filterLayout',
    'bias',
    'label',
  ])
  const inputLayout = layoutOf(options, 'inputLayout', ['nchw', 'nhwc'])
  const kernelLayout = layoutOf(options, 'filterLayout', ['iohw', 'hwoi', 'ohwi'])
  const [stride, dilation] = [listOr(options, 'strides', 2, 1), listOr(options, 'dilations', 2, 1)]
  const padding = pairsOfPadding(options)
  return convolve(args.call, arrayOf(args, 'input'), arrayOf(args, 'filter'), (input, kernel) => {
    const sizes = given(options, 'outputSizes')
    const kernels = spatialExtents(kernel, kernelLayout)
    const outputPadding =
      sizes === undefined
        ? listOr(options, 'outputPadding', 2, 0)
        : integerListOf(options, 'outputSizes', 2).map((size, a) => {
            const m = spatialExtents(input, inputLayout)[a]!
            const window = (kernels[a]! - 1) * dilation[a]! + 1
            const [before, after] = padding[a]!
            return size - ((m - 1) * stride[a]! + window - before - after)
          })
    if (outputPadding.some((extra) => extra < 0))
      throw notRead(`${args.call}: outputSizes are too small`, 'Correct them.')
    return transposedSpec(args.call, kernel, {
      inputLayout,
      kernelLayout,
      stride,
      dilation,
      padding,
      outputPadding,
      groups: integerOf(options, 'groups', 1),
      bias: biasOf(options, 'bias'),
    })
  })
})

const padModes: Readonly<Record<string, Boundary>> = {
  constant: 'zero',
  edge: 'edge',
  reflection: 'reflect',
}

const padded: Reader = reader('self, input, beginningPadding, endingPadding, options', (args) => {
  const options = optionsOf(args, 'options', ['mode', 'value', 'label'])
  const mode = wordOf(options, 'mode', Object.keys(padModes), 'constant')
  const border = mode === 'constant' ? constant(numberOf(options, 'value', 0)) : padModes[mode]!
  const before = integerListOf(args, 'beginningPadding')
  const after = integerListOf(args, 'endingPadding', before.length)
  const pairs = before.map((n, a): Pair => [n, after[a]!])
  return withStep(arrayOf(args, 'input'), pad(args.call, pairs, border, true))
})

/** The builder may have any name: its methods are read, whatever the object. */
export const webnn: Library = {
  name: 'webnn',
  title: 'WebNN',
  dialect: 'javascript',
  aliases: {},
  functions: {
    MLGraphBuilder: reader('context', () => ({ kind: 'opaque', text: 'MLGraphBuilder' })),
  },
  methods: {
    conv2d,
    convTranspose2d,
    pad: padded,
    reverse: reader('self, input, options', (args) => {
      const options = optionsOf(args, 'options', ['axes', 'label'])
      const axes = given(options, 'axes') && integerListOf(options, 'axes')
      return withStep(arrayOf(args, 'input'), reverse(axes as number[] | undefined, args.call))
    }),
    transpose: reader('self, input, options', (args) => {
      const options = optionsOf(args, 'options', ['permutation', 'label'])
      const order = given(options, 'permutation') && integerListOf(options, 'permutation')
      return withStep(arrayOf(args, 'input'), permute(order as number[] | undefined, args.call))
    }),
    reshape: reader('self, input, newShape, options', (args) =>
      reshaped(args, arrayOf(args, 'input'), [given(args, 'newShape') ?? null]),
    ),
    slice: reader('self, input, starts, sizes, options', (args) => {
      const starts = integerListOf(args, 'starts')
      const sizes = integerListOf(args, 'sizes', starts.length)
      return withStep(
        arrayOf(args, 'input'),
        subscript(starts.map((start, a) => ({ start, stop: start + sizes[a]!, step: 1 }))),
      )
    }),
    input: operand(),
    constant: operand(),
    cast: reader('self, input, type', (args) => arrayOf(args, 'input')),
  },
}

/** `builder.input('x', { dataType, shape })`: an operand whose shape is known. */
function operand(): Reader {
  return reader('self, name, descriptor, buffer', (args): Value => {
    const name = given(args, 'name')
    const at = typeof name === 'string' ? 'descriptor' : 'name'
    const descriptor = optionsOf(args, at, ['dataType', 'shape', 'dimensions'])
    const key = given(descriptor, 'shape') === undefined ? 'dimensions' : 'shape'
    const shape = integerListOf(descriptor, key)
    const label = typeof name === 'string' ? name : 'constant'
    return { kind: 'array', source: { name: label, shape }, steps: [] }
  })
}
