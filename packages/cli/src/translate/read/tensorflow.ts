/**
 * TensorFlow: `tf.nn` and the layers of Keras. Channels last; `SAME` gives ⌈n/stride⌉ outputs and
 * puts the extra sample after. The weights of a depthwise layer are spatial × channels × filters of
 * a channel.
 */

import type { Boundary } from 'stridefold/sync'
import {
  arrayOf,
  axesOf,
  given,
  integerListOf,
  integerOf,
  literalOf,
  numberOf,
  pairsOf,
  wordOf,
} from './arguments.ts'
import { kerasLayers, layerOf } from './keras.ts'
import { convolve, type Library, type Reader, reader, unchanged } from './library.ts'
import { constant, reshaped } from './numpy.ts'
import { pad, permute, reshape, reverse, withStep } from './tensor.ts'
import { formatOf, forwardSpec, stepsOf, transposedOf, withDefault } from './tensorflow-layers.ts'
import type { Value } from './values.ts'

const tfNames = { padding: 'padding', format: 'data_format', dilations: 'dilations' }

const forward = (rank: number, strides: string, kernel: string, isDepthwise = false): Reader => {
  const signature = `input, ${kernel}, ${strides}, padding, data_format, dilations, name`
  return reader(signature, (args) =>
    convolve(
      args.call,
      arrayOf(args, 'input'),
      arrayOf(args, kernel),
      forwardSpec(args, rank, { ...tfNames, strides }, { isDepthwise }),
    ),
  )
}

/** `tf.nn.convolution`: the rank is that of the input. */
const anyRank: Reader = reader(
  'input, filters, strides, padding, data_format, dilations, name',
  (args) =>
    convolve(args.call, arrayOf(args, 'input'), arrayOf(args, 'filters'), (input, kernel) =>
      forwardSpec(withDefault(args, 'padding', 'VALID'), input.axes.length - 2, {
        ...tfNames,
        strides: 'strides',
      })(input, kernel),
    ),
)

const backward = (rank: number): Reader =>
  reader('input, filters, output_shape, strides, padding, data_format, dilations, name', (args) => {
    const format = formatOf(args, 'data_format', rank)
    const word = wordOf(args, 'padding', ['SAME', 'VALID', 'same', 'valid'], 'SAME')
    const shape = integerListOf(args, 'output_shape')
    const outputExtents =
      shape.length === rank ? shape : format.isChannelsLast ? shape.slice(1, -1) : shape.slice(2)
    return convolve(
      args.call,
      arrayOf(args, 'input'),
      arrayOf(args, 'filters'),
      transposedOf(args, {
        rank,
        format,
        kernelLayout: `${'S'.repeat(rank)}OI`,
        stride: stepsOf(args, 'strides', rank, format),
        dilation: stepsOf(args, 'dilations', rank, format),
        isSame: word.toUpperCase() === 'SAME',
        outputExtents,
      }),
    )
  })

const padModes: Readonly<Record<string, Boundary>> = {
  CONSTANT: 'zero',
  REFLECT: 'reflect',
  SYMMETRIC: 'symmetric',
}

const padded = reader('tensor, paddings, mode, constant_values, name', (args) => {
  const words = [...Object.keys(padModes), ...Object.keys(padModes).map((w) => w.toLowerCase())]
  const mode = wordOf(args, 'mode', words, 'CONSTANT').toUpperCase()
  const border =
    mode === 'CONSTANT' ? constant(numberOf(args, 'constant_values', 0)) : padModes[mode]!
  return withStep(arrayOf(args, 'tensor'), pad(args.call, pairsOf(args, 'paddings'), border, true))
})

const literal = (signature: string): Reader => reader(signature, (args) => literalOf(args, 'value'))

const filled = reader('shape, dtype, name', (args): Value => {
  const shape = integerListOf(args, 'shape')
  return {
    kind: 'array',
    source: { name: `${args.call}([${shape.join(', ')}])`, shape },
    steps: [],
  }
})

export const tensorflow: Library = {
  name: 'tensorflow',
  title: 'TensorFlow',
  dialect: 'python',
  aliases: {
    tf: 'tf',
    tensorflow: 'tf',
    keras: 'tf.keras',
    'tensorflow.keras': 'tf.keras',
    layers: 'tf.keras.layers',
    'tensorflow.keras.layers': 'tf.keras.layers',
    'keras.layers': 'tf.keras.layers',
    'tensorflow.nn': 'tf.nn',
  },
  functions: {
    'tf.nn.conv1d': forward(1, 'stride', 'filters'),
    'tf.nn.conv2d': forward(2, 'strides', 'filters'),
    'tf.nn.conv3d': forward(3, 'strides', 'filters'),
    'tf.nn.depthwise_conv2d': forward(2, 'strides', 'filter', true),
    'tf.nn.convolution': anyRank,
    'tf.nn.conv1d_transpose': backward(1),
    'tf.nn.conv2d_transpose': backward(2),
    'tf.nn.conv3d_transpose': backward(3),
    ...Object.fromEntries(kerasLayers.map(([name, read]) => [`tf.keras.layers.${name}`, read])),
    'tf.pad': padded,
    'tf.reverse': reader('tensor, axis, name', (args) =>
      withStep(arrayOf(args, 'tensor'), reverse(axesOf(args, 'axis'), args.call)),
    ),
    'tf.transpose': reader('a, perm, name', (args) =>
      withStep(arrayOf(args, 'a'), permute(axesOf(args, 'perm'), args.call)),
    ),
    'tf.reshape': reader('tensor, shape, name', (args) =>
      reshaped(args, arrayOf(args, 'tensor'), [given(args, 'shape') ?? null]),
    ),
    'tf.expand_dims': reader('input, axis, name', (args) => {
      const axis = integerOf(args, 'axis')
      return withStep(arrayOf(args, 'input'), (tensor, bind) => {
        const shape = tensor.axes.map(({ extent }) => extent)
        const place = axis < 0 ? axis + shape.length + 1 : axis
        return reshape(() => shape.toSpliced(place, 0, 1), args.call)(tensor, bind)
      })
    }),
    'tf.constant': literal('value, dtype, shape, name'),
    'tf.convert_to_tensor': literal('value, dtype, name'),
    'tf.ones': filled,
    'tf.random.normal': filled,
    'tf.cast': unchanged('x, dtype, name'),
  },
  methods: {
    'layer.()': reader('self, input', (args) =>
      layerOf(given(args, 'self'))!(arrayOf(args, 'input')),
    ),
    numpy: unchanged('self'),
  },
  finish: (value) => layerOf(value)?.({ kind: 'array', source: { name: 'x' }, steps: [] }),
}
