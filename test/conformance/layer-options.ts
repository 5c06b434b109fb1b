/**
 * Converts the attributes of TensorFlow.js to options of stridefold.
 *
 * TensorFlow.js passes padding as attributes, and computes their effect itself. This file converts
 * them to one number per side, so that rounding modes and 'explicit' paddings need no separate
 * code.
 */

import * as tf from '@tensorflow/tfjs-core'
import type { LayerOptions } from 'stridefold/sync'

type Options = LayerOptions & { readonly padding: readonly (readonly [number, number])[] }

/** One axis of a layer, with the extents that TensorFlow.js computed. */
interface Axis {
  readonly input: number
  readonly output: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
}

/**
 * Returns the padding that gives the output extent of TensorFlow.js, independent of its rounding.
 */
const paddingPair = ({
  input,
  output,
  kernel,
  stride,
  dilation,
  before,
}: Axis): readonly [number, number] => [
  before,
  (output - 1) * stride + dilation * (kernel - 1) + 1 - input - before,
]

export interface Info2D {
  readonly dataFormat: string
  readonly inHeight: number
  readonly inWidth: number
  readonly outHeight: number
  readonly outWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly filterHeight: number
  readonly filterWidth: number
  readonly dilationHeight: number
  readonly dilationWidth: number
  readonly padInfo: { readonly top: number; readonly left: number }
}

/** `groups` is undefined for a depthwise layer: its weight [H, W, C, multiplier] defines them. */
export function options2D(info: Info2D, groups: number | undefined): Options {
  const y: Axis = {
    ...{ input: info.inHeight, output: info.outHeight, kernel: info.filterHeight },
    ...{ stride: info.strideHeight, dilation: info.dilationHeight, before: info.padInfo.top },
  }
  const x: Axis = {
    ...{ input: info.inWidth, output: info.outWidth, kernel: info.filterWidth },
    ...{ stride: info.strideWidth, dilation: info.dilationWidth, before: info.padInfo.left },
  }
  return {
    ...{
      stride: [y.stride, x.stride],
      dilation: [y.dilation, x.dilation],
      padding: [paddingPair(y), paddingPair(x)],
      layout: info.dataFormat === 'channelsFirst' ? 'NCHW' : 'NHWC',
    },
    ...(groups === undefined ? { weightLayout: 'HWIM' } : { groups, weightLayout: 'HWIO' }),
  }
}

type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4]
type Rounding = Parameters<typeof tf.backend_util.computeConv2DInfo>[5]

export function info2D(
  attrs: Record<string, unknown>,
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise: boolean,
): Info2D & { readonly outShape: number[] } {
  const { strides, pad, dimRoundingMode, dataFormat = 'NHWC' } = attrs
  const dilations = attrs.dilations ?? [1, 1]
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides as [number, number],
    dilations as [number, number],
    pad as Pad,
    dimRoundingMode as Rounding,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat as 'NHWC' | 'NCHW'),
  ) as unknown as Info2D & { readonly outShape: number[] }
}

export function options3D(
  attrs: Record<string, unknown>,
  inputShape: readonly number[],
  filterShape: readonly number[],
): { options: Options; outShape: number[] } {
  const { strides, pad, dilations = 1 } = attrs
  const info = tf.backend_util.computeConv3DInfo(
    inputShape as [number, number, number, number, number],
    filterShape as [number, number, number, number, number],
    strides as [number, number, number],
    dilations as [number, number, number],
    pad as 'same' | 'valid' | number,
  )
  const before = [info.padInfo.front, info.padInfo.top, info.padInfo.left]
  const stride = [info.strideDepth, info.strideHeight, info.strideWidth]
  const dilation = [info.dilationDepth, info.dilationHeight, info.dilationWidth]
  const padding = [0, 1, 2].map((a) =>
    paddingPair({
      ...{ input: inputShape[a + 1]!, output: info.outShape[a + 1]!, kernel: filterShape[a]! },
      ...{ stride: stride[a]!, dilation: dilation[a]!, before: before[a]! },
    }),
  )
  return {
    options: { stride, dilation, padding, layout: 'NDHWC', weightLayout: 'DHWIO' },
    outShape: info.outShape,
  }
}
