/**
 * TensorFlow.js: the rules of TensorFlow, with arguments by position. The padding may also be one
 * number for all sides. An array without a batch is a batch of one.
 */

import type { Pair } from '../arrays-and-borders.ts'
import {
  type Arguments,
  arrayOf,
  asArray,
  axesOf,
  given,
  integerListOf,
  integerOf,
  numberOf,
  pairsOf,
  wordOf,
} from './arguments.ts'
import { convolve, type Library, type Reader, reader, type SpecOf } from './library.ts'
import { constant, positional, positionsOf, reshaped } from './numpy.ts'
import { pad, permute, reverse, subscript, withStep } from './tensor.ts'
import { formatOf, forwardSpec, type PadsOf, stepsOf, transposedOf } from './tensorflow-layers.ts'
import { described, isKind, type Value } from './values.ts'
import { notRead } from './wording.ts'

const rounding = "dimRoundingMode rounds the number of outputs: leave it out, or write 'floor'"

const forward = (rank: number, isDepthwise = false): Reader => {
  const [strides, dilations] = rank === 1 ? ['stride', 'dilation'] : ['strides', 'dilations']
  const names = { strides: strides!, dilations: dilations!, padding: 'pad', format: 'dataFormat' }
  return reader(`x, filter, ${strides}, pad, dataFormat, ${dilations}, dimRoundingMode`, (args) => {
    const mode = given(args, 'dimRoundingMode')
    if (mode !== undefined && mode !== 'floor') throw notRead(`${args.call}: ${rounding}`, '')
    const side = given(args, 'pad')
    const pads =
      rank === 2 && typeof side === 'number'
        ? numberPads(args)
        : rank === 3 && side === 'same'
          ? samePads3d
          : undefined
    const specOf = forwardSpec(args, rank, names, { isDepthwise, pads })
    return convolve(args.call, arrayOf(args, 'x'), arrayOf(args, 'filter'), (input, kernel) => {
      if (!isDepthwise && input.axes.length === rank + 2) {
        const channels =
          input.axes[formatOf(args, 'dataFormat', rank).isChannelsLast ? rank + 1 : 1]!
        if (kernel.axes[rank] && kernel.axes[rank].extent !== channels.extent)
          throw notRead(
            `${args.call} gets ${channels.extent} channels, but the weights are for ` +
              `${kernel.axes[rank].extent}`,
            'TensorFlow.js has no groups: check --input and --kernel.',
          )
      }
      return withoutBatch(specOf, rank)(input, kernel)
    })
  })
}

/**
 * A number pads all sides. The number of outputs is then computed from the height of the filter for
 * both axes, and without the dilation.
 */
const numberPads =
  (args: Arguments): PadsOf =>
  (_, kernels, stride, dilation) => {
    const side = integerOf(args, 'pad')
    const isUniform = [kernels, stride].every(([first, second]) => first === second)
    if (!isUniform || dilation.some((d) => d !== 1))
      throw notRead(
        `${args.call}: pad is ${side}, and TensorFlow.js then computes its shape as if the ` +
          'filter were square, with one stride and no dilation',
        'Write the padding as pairs for each axis.',
      )
    return kernels.map((): Pair => [side, side])
  }

/** `conv3d` crops where SAME has more samples than its windows need; `conv2d` does not. */
const samePads3d: PadsOf = (extents, kernels, stride, dilation) =>
  extents.map((n, a): Pair => {
    const windows = (Math.ceil(n / stride[a]!) - 1) * stride[a]!
    const total = windows + (kernels[a]! - 1) * dilation[a]! + 1 - n
    return [Math.floor(total / 2), total - Math.floor(total / 2)]
  })

/** Accepts an input without a batch. */
const withoutBatch =
  (specOf: SpecOf, rank: number): SpecOf =>
  (input, kernel) => {
    if (input.axes.length !== rank + 1) return specOf(input, kernel)
    const batched = subscript(['new', 'rest'])(input, () => [])
    const spec = specOf(batched, kernel)
    return { ...spec, inputLayout: spec.inputLayout.replace('N', '') }
  }

const backward = (rank: number): Reader =>
  reader('x, filter, outputShape, strides, pad, dimRoundingMode', (args) => {
    const format = formatOf(args, 'dataFormat', rank)
    const shape = integerListOf(args, 'outputShape', rank + 2)
    return convolve(
      args.call,
      arrayOf(args, 'x'),
      arrayOf(args, 'filter'),
      transposedOf(args, {
        rank,
        format,
        kernelLayout: `${'S'.repeat(rank)}OI`,
        stride: stepsOf(args, 'strides', rank, format),
        dilation: Array.from({ length: rank }, () => 1),
        isSame: wordOf(args, 'pad', ['same', 'valid']) === 'same',
        outputExtents: shape.slice(1, -1),
      }),
    )
  })

const tensor = reader('values, shape, dtype', (args): Value => {
  const values = given(args, 'values')
  const array = values === undefined ? undefined : asArray(values)
  if (given(args, 'shape') === undefined) {
    if (array) return array
    throw notRead(`${args.call} has ${described(values)}`, 'Write nested lists, or give a shape.')
  }
  const shape = integerListOf(args, 'shape')
  return { kind: 'array', source: { name: described(values), shape }, steps: [] }
})

const filled = reader('shape, dtype', (args): Value => {
  const shape = integerListOf(args, 'shape')
  return { kind: 'array', source: { name: args.call, shape }, steps: [] }
})

export const tfjs: Library = {
  name: 'tfjs',
  title: 'TensorFlow.js',
  dialect: 'javascript',
  aliases: {
    tf: 'tf',
    '@tensorflow/tfjs': 'tf',
    '@tensorflow/tfjs-core': 'tf',
    '@tensorflow/tfjs-node': 'tf',
  },
  functions: {
    'tf.conv1d': forward(1),
    'tf.conv2d': forward(2),
    'tf.conv3d': forward(3),
    'tf.depthwiseConv2d': forward(2, true),
    'tf.conv2dTranspose': backward(2),
    'tf.conv3dTranspose': backward(3),
    'tf.pad': reader('x, paddings, constantValue', (args) =>
      withStep(
        arrayOf(args, 'x'),
        pad(args.call, pairsOf(args, 'paddings'), constant(numberOf(args, 'constantValue', 0))),
      ),
    ),
    'tf.mirrorPad': reader('x, paddings, mode', (args) =>
      withStep(
        arrayOf(args, 'x'),
        pad(
          args.call,
          pairsOf(args, 'paddings'),
          wordOf(args, 'mode', ['reflect', 'symmetric']) as 'reflect' | 'symmetric',
          true,
        ),
      ),
    ),
    'tf.slice': reader('x, begin, size', (args) => {
      const begin = integerListOf(args, 'begin')
      const size = integerListOf(args, 'size', begin.length)
      return withStep(
        arrayOf(args, 'x'),
        subscript(
          begin.map((start, a) => ({
            start,
            ...(size[a] === -1 ? {} : { stop: start + size[a]! }),
            step: 1,
          })),
        ),
      )
    }),
    'tf.reverse': reader('x, axis', (args) =>
      withStep(arrayOf(args, 'x'), reverse(axesOf(args, 'axis'), args.call)),
    ),
    'tf.transpose': reader('x, perm', (args) =>
      withStep(arrayOf(args, 'x'), permute(axesOf(args, 'perm'), args.call)),
    ),
    'tf.reshape': reader('x, shape', (args) =>
      reshaped(args, arrayOf(args, 'x'), [given(args, 'shape') ?? null]),
    ),
    ...Object.fromEntries(
      ['', '1d', '2d', '3d', '4d', '5d'].map((rank) => [`tf.tensor${rank}`, tensor]),
    ),
    'tf.ones': filled,
    'tf.zeros': filled,
  },
  methods: {
    ...methodsOfFunctions(),
    reshape: reader(positional, (args) => {
      const self = given(args, 'self')
      return reshaped(args, isKind(self, 'array') ? self : undefined, positionsOf(args))
    }),
    reverse: reader('self, axis', (args) =>
      withStep(arrayOf(args, 'self'), reverse(axesOf(args, 'axis'), args.call)),
    ),
    transpose: reader('self, perm', (args) =>
      withStep(arrayOf(args, 'self'), permute(axesOf(args, 'perm'), args.call)),
    ),
    expandDims: reader('self, axis', (args) => {
      const axis = integerOf(args, 'axis', 0)
      return withStep(
        arrayOf(args, 'self'),
        axis === -1
          ? subscript(['rest', 'new'])
          : subscript([...Array.from({ length: axis }, () => ({ step: 1 })), 'new', 'rest']),
      )
    }),
  },
}

/** The layers as methods of a tensor: `x.conv2d(filter, …)`. */
function methodsOfFunctions(): Readonly<Record<string, Reader>> {
  return {
    conv1d: forward(1),
    conv2d: forward(2),
    depthwiseConv2d: forward(2, true),
    conv2dTranspose: backward(2),
  }
}
