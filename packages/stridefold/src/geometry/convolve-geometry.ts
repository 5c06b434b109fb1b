/**
 * Which geometry does a call of `convolve` or `correlate` have? Every axis is spatial, except a
 * channel axis. Each channel is filtered alone:
 *
 *   one kernel for all channels   the channels are the batch; one channel, one filter
 *   one kernel per channel        depthwise: as many groups, channels and filters as channels
 */

import { OptionError } from '../errors.ts'
import { countText } from '../ndarray/count-text.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { validateShape } from '../ndarray/ndarray.ts'
import { boundaryFrom } from './boundary.ts'
import type { CheckedConvolveOptions } from './checked-options.ts'
import type { ConvGeometry, GeometryParts } from './geometry.ts'
import { checkedFit, makeGeometry, rejectEmptyKernel } from './geometry.ts'
import { padding } from './padding.ts'
import { perAxis, sidesPerAxis } from './per-axis.ts'

export type ConvolveCall = 'convolve' | 'correlate'

/** The roles of the axes of input, result and kernel. */
export interface ConvolveRoles {
  /** The channel axis, if all channels share one kernel. Undefined: batch 1. */
  readonly batch: number | undefined
  /** The channel axis, if each channel has a kernel. It is the filter axis of the kernel too. */
  readonly channel: number | undefined
  /** The axis of input and result of each spatial axis. */
  readonly axes: readonly number[]
  /** The axis of the kernel of each spatial axis. */
  readonly kernelAxes: readonly number[]
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
  const wholeKernel = validateShape(kernelShape)
  const channelAxis = channelAxisOf(call, options.channelAxis, shape)
  const axes = shape.map((_, axis) => axis).filter((axis) => axis !== channelAxis)
  const rank = axes.length
  if (rank === 0) {
    throw new OptionError(
      'RANK_MISMATCH',
      `${call}: input [${shape}] has no axis to move the kernel along. Give it at least one.`,
    )
  }
  const isPerChannel = hasKernelPerChannel(call, shape, wholeKernel, channelAxis)
  const kernelAxes = isPerChannel ? axes : [...axes.keys()]
  const kernel = kernelAxes.map((axis) => wholeKernel[axis]!)
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
      ...channelCounts(channelAxis === undefined ? undefined : shape[channelAxis]!, isPerChannel),
      axes: parts,
      boundary: perAxis(call, 'boundary', boundary, rank).map((border) => boundaryFrom(border)!),
      flip: call === 'convolve',
      dtype,
    }),
  )
  const outputShape = [...shape]
  for (const [a, axis] of axes.entries()) outputShape[axis] = geometry.axes[a]!.output
  const roles = {
    ...(isPerChannel
      ? { batch: undefined, channel: channelAxis }
      : { batch: channelAxis, channel: undefined }),
    axes,
    kernelAxes,
  }
  return { geometry, roles, outputShape }
}

/** The counts of a geometry whose input has `extent` channels, or no channel axis. */
function channelCounts(
  extent: number | undefined,
  isPerChannel: boolean,
): Pick<GeometryParts, 'batch' | 'groups' | 'channels' | 'filters'> {
  if (extent === undefined || !isPerChannel) return { batch: extent ?? 1 }
  return { groups: Math.max(extent, 1), channels: extent, filters: extent }
}

/**
 * Whether the kernel has a channel axis. Throws `OptionError` for ranks or numbers of channels that
 * do not fit together.
 */
function hasKernelPerChannel(
  call: string,
  shape: readonly number[],
  kernel: readonly number[],
  channelAxis: number | undefined,
): boolean {
  if (channelAxis === undefined) {
    if (kernel.length === shape.length) return false
    throw new OptionError(
      'RANK_MISMATCH',
      `${call}: kernel [${kernel}] has rank ${kernel.length}, input [${shape}] has ` +
        (kernel.length > shape.length
          ? `${countText(shape.length, 'axis', 'axes')}. Give the input its shape: { data, shape }.`
          : `${countText(shape.length, 'axis', 'axes')}. Reshape the kernel to rank ` +
            `${shape.length}, or name the channelAxis.`),
    )
  }
  if (kernel.length === shape.length - 1) return false
  if (kernel.length !== shape.length) {
    throw new OptionError(
      'RANK_MISMATCH',
      `${call}: kernel [${kernel}] has rank ${kernel.length}, input [${shape}] has rank ` +
        `${shape.length}, and axis ${channelAxis} is its channelAxis. Reshape the kernel to rank ` +
        `${shape.length - 1} (one for all channels) or ${shape.length} (one per channel).`,
    )
  }
  if (kernel[channelAxis] === shape[channelAxis]) return true
  throw new OptionError(
    'CHANNELS_MISMATCH',
    `${call}: kernel [${kernel}] has ${kernel[channelAxis]} channels along axis ${channelAxis}, ` +
      `but input [${shape}] has ${shape[channelAxis]}. Give one kernel per channel, or a kernel ` +
      `of rank ${shape.length - 1} for all channels.`,
  )
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
