/**
 * Which geometry does a call of `convolve` or `correlate` have? It has one channel and one filter,
 * and every axis is spatial. A channel axis becomes the batch, because each channel is filtered
 * alone.
 */

import { OptionError } from '../errors.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { validateShape } from '../ndarray/ndarray.ts'
import { boundaryFrom } from './boundary.ts'
import type { ConvGeometry } from './geometry.ts'
import { checkedFit, makeGeometry, rejectEmptyKernel } from './geometry.ts'
import type { CheckedConvolveOptions } from './options.ts'
import { padding } from './padding.ts'
import { perAxis, sidesPerAxis } from './per-axis.ts'

export type ConvolveCall = 'convolve' | 'correlate'

/** The roles of the axes of the input and of the result. */
export interface ConvolveRoles {
  /** The channel axis, which is the batch of the geometry. Undefined if there is none: batch 1. */
  readonly outer: number | undefined
  /** The array axis of each spatial axis. The kernel has these axes only, in this order. */
  readonly axes: readonly number[]
}

export interface ConvolveSpec {
  readonly geometry: ConvGeometry
  readonly roles: ConvolveRoles
  readonly outputShape: readonly number[]
}

/**
 * The geometry of a convolution (flipped kernel) or correlation, in any rank. Throws `OptionError`
 * for ranks or extents that do not fit together.
 */
export function convolveGeometry(
  call: ConvolveCall,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: CheckedConvolveOptions,
  dtype: ComputeDType,
): ConvolveSpec {
  const { stride, dilation, boundary } = options
  const shape = validateShape(inputShape)
  const kernel = validateShape(kernelShape)
  const outer = channelAxisOf(call, options.channelAxis, shape)
  const axes = shape.map((_, axis) => axis).filter((axis) => axis !== outer)
  const rank = axes.length
  if (rank === 0) {
    throw new OptionError(
      'RANK_MISMATCH',
      `${call}: input [${shape}] has no axis to move the kernel along. Give it at least one.`,
    )
  }
  if (kernel.length !== rank) {
    const channels = outer === undefined ? '' : ' besides its channel axis'
    const advice =
      outer === undefined
        ? `Reshape the kernel to rank ${rank}, or name the channelAxis.`
        : `Reshape the kernel to rank ${rank}.`
    throw new OptionError(
      'RANK_MISMATCH',
      `${call}: kernel [${kernel}] has rank ${kernel.length}, input [${shape}] has ${rank} ` +
        `axes${channels}. ${advice}`,
    )
  }
  rejectEmptyKernel(call, kernel)
  const strides = perAxis(call, 'stride', stride, rank)
  const dilations = perAxis(call, 'dilation', dilation, rank)
  const modes = options.mode === undefined ? undefined : perAxis(call, 'mode', options.mode, rank)
  const explicitPadding =
    options.padding === undefined ? undefined : sidesPerAxis(call, options.padding, rank)
  const parts = axes.map((axis, a) => {
    const unpadded = {
      input: shape[axis]!,
      kernel: kernel[a]!,
      stride: strides[a]!,
      dilation: dilations[a]!,
    }
    const [before, after] = explicitPadding?.[a] ?? padding(modes![a]!, unpadded, 'signal')
    return { ...unpadded, before, after }
  })
  const geometry = checkedFit(
    makeGeometry({
      batch: outer === undefined ? 1 : shape[outer]!,
      axes: parts,
      boundary: perAxis(call, 'boundary', boundary, rank).map((border) => boundaryFrom(border)!),
      flip: call === 'convolve',
      dtype,
    }),
  )
  const outputShape = [...shape]
  for (const [a, axis] of axes.entries()) outputShape[axis] = geometry.axes[a]!.output
  return { geometry, roles: { outer, axes }, outputShape }
}

function channelAxisOf(
  call: string,
  axis: number | undefined,
  shape: readonly number[],
): number | undefined {
  if (axis === undefined) return undefined
  const fromStart = axis < 0 ? axis + shape.length : axis
  if (fromStart >= 0 && fromStart < shape.length) return fromStart
  throw new OptionError(
    'AXIS_OUT_OF_RANGE',
    `${call}: channelAxis ${axis} is not an axis of input [${shape}]. Use ${-shape.length} to ` +
      `${shape.length - 1}.`,
  )
}
