/**
 * Rules that layers of several libraries share: the padding SAME, and what a transposed layer is as
 * a convolution.
 *
 * A transposed layer puts stride − 1 zeros between the samples of its input and flips the kernel.
 * Its padding is that of the forward layer: e − before samples of zeros, e = dilation·(k − 1).
 */

import type { Pair } from '../arrays-and-borders.ts'
import { type ConvolutionSpec, spatialExtents } from './convolution.ts'
import type { Tensor } from './tensor.ts'
import { notRead } from './wording.ts'

export type SameKind = 'upper' | 'lower'

/** The samples of a padding on both sides: the extra one after (upper) or before. */
export const splitPads = (total: number, kind: SameKind): Pair => {
  const [smaller, larger] = [Math.floor(total / 2), Math.ceil(total / 2)]
  return kind === 'upper' ? [smaller, larger] : [larger, smaller]
}

/** What ⌈n/stride⌉ windows need in addition to n samples: SAME of TensorFlow and ONNX. */
export function samePads(
  extents: readonly number[],
  kernels: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  kind: SameKind = 'upper',
): Pair[] {
  return extents.map((n, a) => {
    const s = stride[a]!
    const window = (kernels[a]! - 1) * dilation[a]! + 1
    return splitPads(Math.max((Math.ceil(n / s) - 1) * s + window - n, 0), kind)
  })
}

export interface TransposedOptions {
  readonly inputLayout: string
  /** With I for the input channels and O for the filters of a group. */
  readonly kernelLayout: string
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly padding: readonly Pair[]
  readonly outputPadding: readonly number[]
  readonly groups: number
  readonly bias?: string | undefined
}

export function transposedSpec(
  call: string,
  kernel: Tensor,
  options: TransposedOptions,
): Omit<ConvolutionSpec, 'call'> {
  const { stride, dilation, padding, outputPadding, ...rest } = options
  const kernels = spatialExtents(kernel, options.kernelLayout)
  outputPadding.forEach((extra, a) => {
    if (extra >= Math.max(stride[a]!, dilation[a]!))
      throw notRead(
        `${call}: output padding ${extra} along axis ${a} is not less than stride and dilation`,
        'Use a smaller one.',
      )
  })
  return {
    ...rest,
    // As a convolution, O are the filters; the weights are stored by input channel.
    stride: stride.map(() => 1),
    dilation,
    inputDilation: stride,
    own: kernels.map((k, a): Pair => {
      const e = dilation[a]! * (k - 1)
      const [before, after] = padding[a]!
      return [e - before, e - after + outputPadding[a]!]
    }),
    flip: true,
    transposed: { stride, dilation, padding, outputPadding },
  }
}
