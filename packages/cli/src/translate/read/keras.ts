/**
 * The layers of Keras. A layer knows its filters and its kernel; the channels come from the input.
 */

import { type Arguments, booleanOf, given, integerOf, perAxisOf, wordOf } from './arguments.ts'
import { requireLayout, spatialExtents } from './convolution.ts'
import { convolve, type Reader, reader, type SpecOf } from './library.ts'
import { type Format, padsOf, transposedOf, withDefault } from './tensorflow-layers.ts'
import { type ArrayValue, described, isKind, type Value } from './values.ts'
import { notRead } from './wording.ts'

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
  const complete = withDefault(args, 'padding', 'valid')
  const pads = padsOf(complete, 'padding', rank, format, words)
  const isSame = given(complete, 'padding') === 'same'
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

/** What changes neither the shapes nor the sums. */
const passedOver =
  'name, input_shape, kernel_initializer, bias_initializer, kernel_regularizer, trainable, dtype'

const kerasOptions = [
  'strides, padding, data_format, dilation_rate, groups, activation, use_bias',
  passedOver,
].join(', ')

/** The layers by name. */
export const kerasLayers: readonly (readonly [string, Reader])[] = ([1, 2, 3] as const).flatMap(
  (rank): [string, Reader][] => [
    [
      `Conv${rank}D`,
      reader(`filters, kernel_size, ${kerasOptions}`, (args) => kerasLayer(args, rank, 'plain')),
    ],
    [
      `Conv${rank}DTranspose`,
      reader(
        'filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate, ' +
          'activation, use_bias, ' +
          passedOver,
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
                'activation, use_bias, ' +
                passedOver,
              (args) => kerasLayer(args, rank, 'depthwise'),
            ),
          ] as [string, Reader],
        ]),
  ],
)

/** Applies a layer; undefined if the value is none. */
export const layerOf = (value: Value | undefined): ((input: ArrayValue) => Value) | undefined =>
  isKind(value, 'object') && value.type === 'layer'
    ? (value.parts.apply as (input: ArrayValue) => Value)
    : undefined
