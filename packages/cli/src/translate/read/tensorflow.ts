/**
 * TensorFlow: `tf.nn` and the layers of Keras. Channels last; `SAME` gives ⌈n/stride⌉ outputs and
 * puts the extra sample after. The weights of a depthwise layer are spatial × channels × filters of
 * a channel.
 */

import type { Boundary } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import {
  type Arguments,
  arrayOf,
  asArray,
  axesOf,
  booleanOf,
  given,
  integerListOf,
  integerOf,
  integersIn,
  numberOf,
  pairsOf,
  perAxisOf,
  wordOf,
} from './arguments.ts'
import { requireLayout, spatialExtents } from './convolution.ts'
import { samePads, transposedSpec } from './layers.ts'
import { convolve, type Library, type Reader, reader, type SpecOf, unchanged } from './library.ts'
import { constant, reshaped } from './numpy.ts'
import { pad, permute, reshape, reverse, withStep } from './tensor.ts'
import { type ArrayValue, described, isKind, type Value } from './values.ts'
import { notRead } from './wording.ts'

export interface Format {
  readonly inputLayout: string
  readonly isChannelsLast: boolean
}

/** A data format such as `NHWC`, by its letters. */
export function formatOf(args: Arguments, name: string, rank: number): Format {
  const names = ['W', 'HW', 'DHW'][rank - 1]!
  const last = `N${names}C`
  const first = `NC${names}`
  const word = wordOf(args, name, [last, first], last)
  const isChannelsLast = word === last
  const spatial = 'S'.repeat(rank)
  return { isChannelsLast, inputLayout: isChannelsLast ? `N${spatial}C` : `NC${spatial}` }
}

/**
 * Strides and dilations: one number, one per spatial axis, or one for every axis of the input,
 * where batch and channels have 1.
 */
export function stepsOf(
  args: Arguments,
  name: string,
  rank: number,
  { isChannelsLast }: Format,
): number[] {
  const numbers = integersIn(given(args, name))
  if (numbers?.length !== rank + 2) return perAxisOf(args, name, rank, 1)
  const inner = isChannelsLast ? numbers.slice(1, -1) : numbers.slice(2)
  const outer = isChannelsLast ? [numbers[0], numbers.at(-1)] : numbers.slice(0, 2)
  if (outer.some((step) => step !== 1) || inner.some((step) => step < 1))
    throw notRead(
      `${args.call}: ${name} is ${described(given(args, name))}`,
      'The steps of batch and channels must be 1.',
    )
  return inner
}

/** The padding for extents of the input and the kernel, strides and dilations. */
export type PadsOf = (
  extents: readonly number[],
  kernels: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
) => Pair[]

/** The padding of a layer: `SAME`, `VALID`, or pairs for every axis of the input. */
export function padsOf(
  args: Arguments,
  name: string,
  rank: number,
  format: Format,
  words: readonly string[] = ['SAME', 'VALID'],
): PadsOf {
  const value = given(args, name)
  if (isKind(value, 'list')) {
    const pairs = pairsOf(args, name)
    const [inner, outer] = format.isChannelsLast
      ? [pairs.slice(1, -1), [pairs[0]!, pairs.at(-1)!]]
      : [pairs.slice(2), pairs.slice(0, 2)]
    if (pairs.length !== rank + 2 || outer.flat().some((n) => n !== 0))
      throw notRead(
        `${args.call}: ${name} is ${described(value)}`,
        `Write ${rank + 2} pairs; those of batch and channels are [0, 0].`,
      )
    return () => inner
  }
  const word = wordOf(args, name, [...words, ...words.map((w) => w.toLowerCase())]).toUpperCase()
  return (extents, kernels, stride, dilation) =>
    word === 'SAME' || word === 'SAME_UPPER'
      ? samePads(extents, kernels, stride, dilation)
      : word === 'CAUSAL'
        ? kernels.map((k, a): Pair => [(k - 1) * dilation[a]!, 0])
        : kernels.map((): Pair => [0, 0])
}

/** The parameters of a forward layer, by their names in the call. */
export interface LayerNames {
  readonly strides: string
  readonly padding: string
  readonly format: string
  readonly dilations: string
}

export function forwardSpec(
  args: Arguments,
  rank: number,
  names: LayerNames,
  options: { readonly isDepthwise?: boolean; readonly pads?: PadsOf | undefined } = {},
): SpecOf {
  const format = formatOf(args, names.format, rank)
  const stride = stepsOf(args, names.strides, rank, format)
  const dilation = stepsOf(args, names.dilations, rank, format)
  const pads = options.pads ?? padsOf(args, names.padding, rank, format)
  const { inputLayout } = format
  const spatial = 'S'.repeat(rank)
  const kernelLayout = options.isDepthwise ? `${spatial}GM` : `${spatial}IO`
  return (input, kernel) => {
    requireLayout(input, inputLayout, args.call)
    requireLayout(kernel, kernelLayout, args.call)
    // The groups of conv2d follow from the shapes.
    const channels = input.axes[inputLayout.indexOf('C')]!.extent
    const perGroup = kernel.axes[rank]!.extent
    const inferred = channels % perGroup === 0 ? channels / perGroup : 1
    return {
      inputLayout,
      kernelLayout,
      stride,
      dilation,
      own: pads(
        spatialExtents(input, inputLayout),
        spatialExtents(kernel, kernelLayout),
        stride,
        dilation,
      ),
      groups: inferred,
    }
  }
}

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
      forwardSpec(args, input.axes.length - 2, { ...tfNames, strides: 'strides' })(input, kernel),
    ),
)

/**
 * A transposed layer: `outputShape` is that of the result, spatial axes only; without it, the
 * result of SAME has n·stride samples.
 */
export function transposedOf(
  args: Arguments,
  options: {
    readonly rank: number
    readonly format: Format
    readonly kernelLayout: string
    readonly stride: readonly number[]
    readonly dilation: readonly number[]
    readonly isSame: boolean
    readonly outputExtents?: readonly number[] | undefined
    readonly outputPadding?: readonly number[] | undefined
    readonly bias?: string | undefined
  },
): SpecOf {
  const { rank, format, kernelLayout, stride, dilation, isSame } = options
  return (input, kernel) => {
    requireLayout(input, format.inputLayout, args.call)
    requireLayout(kernel, kernelLayout, args.call)
    const kernels = spatialExtents(kernel, kernelLayout)
    const sizes = spatialExtents(input, format.inputLayout)
    const windows = kernels.map((k, a) => (k - 1) * dilation[a]! + 1)
    const extents = sizes.map((m, a) => {
      const asked = options.outputExtents?.[a]
      if (asked !== undefined) return asked
      const extra = options.outputPadding?.[a]
      if (isSame && extra === undefined) return m * stride[a]!
      const smallest = isSame
        ? (m - 1) * stride[a]! + windows[a]! - 2 * Math.floor(windows[a]! / 2)
        : (m - 1) * stride[a]! + windows[a]!
      return isSame
        ? smallest + extra!
        : extra === undefined
          ? smallest + Math.max(stride[a]! - windows[a]!, 0)
          : smallest + extra
    })
    const padding = isSame
      ? samePads(extents, kernels, stride, dilation)
      : Array.from({ length: rank }, (): Pair => [0, 0])
    const outputPadding = extents.map((n, a) => {
      const [before, after] = padding[a]!
      return n - ((sizes[a]! - 1) * stride[a]! + windows[a]! - before - after)
    })
    outputPadding.forEach((extra, a) => {
      const outputs = isSame ? Math.ceil(extents[a]! / stride[a]!) : sizes[a]!
      if (extra < 0 || outputs !== sizes[a])
        throw notRead(
          `${args.call}: no forward layer maps ${extents[a]} samples to ${sizes[a]} along axis ` +
            `${a}`,
          'Correct the shape of the result.',
        )
    })
    return transposedSpec(args.call, kernel, {
      inputLayout: format.inputLayout,
      kernelLayout,
      stride,
      dilation,
      padding,
      outputPadding,
      groups: 1,
      bias: options.bias,
    })
  }
}

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

const kerasFormats: Readonly<Record<string, boolean>> = {
  channels_last: true,
  channels_first: false,
}

/** A layer of Keras. Its weights get their channels from the input. */
function kerasLayer(
  args: Arguments,
  rank: number,
  kind: 'plain' | 'depthwise' | 'transposed',
): Value {
  const word = wordOf(args, 'data_format', Object.keys(kerasFormats), 'channels_last')
  const isChannelsLast = kerasFormats[word]!
  const spatial = 'S'.repeat(rank)
  const format: Format = {
    isChannelsLast,
    inputLayout: isChannelsLast ? `N${spatial}C` : `NC${spatial}`,
  }
  const kernels = perAxisOf(args, 'kernel_size', rank, 0)
  const stride = perAxisOf(args, 'strides', rank, 1)
  const dilation = perAxisOf(args, 'dilation_rate', rank, 1)
  if (given(args, 'activation') !== undefined && given(args, 'activation') !== 'linear')
    throw notRead(
      `${args.call} has the activation ${described(given(args, 'activation'))}`,
      'A case has none: leave it out, and apply it to the result.',
    )
  const words = rank === 1 && kind === 'plain' ? ['VALID', 'SAME', 'CAUSAL'] : ['VALID', 'SAME']
  const withDefault: Arguments = {
    ...args,
    values: new Map([['padding', 'valid'], ...args.values]),
  }
  const pads = padsOf(withDefault, 'padding', rank, format, words)
  const isSame = given(withDefault, 'padding') === 'same'
  const groups = kind === 'plain' ? integerOf(args, 'groups', 1) : 1
  const bias = booleanOf(args, 'use_bias', true) ? 'bias' : undefined
  const outputPadding =
    kind === 'transposed' && given(args, 'output_padding') !== undefined
      ? perAxisOf(args, 'output_padding', rank, 0, 0)
      : undefined
  const apply = (input: ArrayValue): Value => ({
    kind: 'convolution',
    input: input.source,
    kernel: { name: 'kernel', shape: [] },
    build: (bind) => {
      const channels = (tensorShape: readonly number[]): number =>
        tensorShape[format.inputLayout.indexOf('C')] ?? 1
      const shape = channels(bind(input.source))
      const filters = kind === 'depthwise' ? 0 : integerOf(args, 'filters')
      const weights =
        kind === 'depthwise'
          ? [...kernels, shape, integerOf(args, 'depth_multiplier', 1)]
          : kind === 'transposed'
            ? [...kernels, filters, shape]
            : [...kernels, shape / groups, filters]
      const kernel: ArrayValue = {
        kind: 'array',
        source: { name: 'kernel', shape: weights },
        steps: [],
      }
      const specOf: SpecOf =
        kind === 'transposed'
          ? transposedOf(args, {
              rank,
              format,
              kernelLayout: `${spatial}OI`,
              stride,
              dilation,
              isSame,
              outputPadding,
              bias,
            })
          : (x, k) => {
              requireLayout(x, format.inputLayout, args.call)
              const kernelLayout = kind === 'depthwise' ? `${spatial}GM` : `${spatial}IO`
              return {
                inputLayout: format.inputLayout,
                kernelLayout,
                stride,
                dilation,
                own: pads(
                  spatialExtents(x, format.inputLayout),
                  spatialExtents(k, kernelLayout),
                  stride,
                  dilation,
                ),
                groups,
                bias,
              }
            }
      return convolve(args.call, input, kernel, specOf).build(bind)
    },
  })
  return { kind: 'object', type: 'layer', parts: { apply } }
}

const kerasOptions =
  'strides, padding, data_format, dilation_rate, groups, activation, use_bias, name, input_shape'

const keras = ([1, 2, 3] as const).flatMap((rank): [string, Reader][] => [
  [
    `Conv${rank}D`,
    reader(`filters, kernel_size, ${kerasOptions}`, (args) => kerasLayer(args, rank, 'plain')),
  ],
  [
    `Conv${rank}DTranspose`,
    reader(
      'filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate, ' +
        'activation, use_bias, name, input_shape',
      (args) => kerasLayer(args, rank, 'transposed'),
    ),
  ],
  ...(rank === 3
    ? []
    : [
        [
          `DepthwiseConv${rank}D`,
          reader(
            'kernel_size, strides, padding, depth_multiplier, data_format, dilation_rate, ' +
              'activation, use_bias, name, input_shape',
            (args) => kerasLayer(args, rank, 'depthwise'),
          ),
        ] as [string, Reader],
      ]),
])

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

const literal = (signature: string): Reader =>
  reader(signature, (args) => {
    const value = given(args, 'value')
    const array = value === undefined ? undefined : asArray(value)
    if (array) return array
    throw notRead(`${args.call} has ${described(value)}`, 'Write nested lists of numbers.')
  })

const filled = reader('shape, dtype, name', (args): Value => {
  const shape = integerListOf(args, 'shape')
  return {
    kind: 'array',
    source: { name: `${args.call}([${shape.join(', ')}])`, shape },
    steps: [],
  }
})

const layerOf = (value: Value | undefined): ((input: ArrayValue) => Value) | undefined =>
  isKind(value, 'object') && value.type === 'layer'
    ? (value.parts.apply as (input: ArrayValue) => Value)
    : undefined

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
    ...Object.fromEntries(keras.map(([name, read]) => [`tf.keras.layers.${name}`, read])),
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
