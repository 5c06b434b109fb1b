/**
 * Which geometry has the adjoint of a forward layer? Along an axis, with e = dilation·(kernel − 1):
 *
 *   forward      y[o] = Σ_t x[o·stride + t·dilation − before] · w[t]    n samples → m outputs
 *   transposed   x[i] = Σ_t y[(i + t·dilation − (e − before)) / stride] · w[kernel − 1 − t]
 *
 * The stride becomes the input dilation, and the kernel is flipped. The padding before is e −
 * before; the padding after makes n samples. Several n have the same m: `outputPadding` counts from
 * the smallest of them, `outputShape` gives n.
 *
 * A forward layer with an edge, reflect, symmetric or wrap border reads an array that the border
 * makes longer. Its adjoint computes that longer array. The pad adjoint then adds each value in the
 * border to the sample that the border copied. Zero and constant borders do not depend on x, so
 * they add nothing.
 */

import { OptionError } from '../errors.ts'
import type { Boundary } from './boundary.ts'
import type { AxisParts } from './geometry.ts'
import type { Sides } from './padding.ts'
import { dilatedExtent, kernelOverlap, outputExtent } from './padding.ts'

/** An axis of the forward layer. */
export interface ForwardAxis {
  /** The extent of the call's input: that of x for a forward layer, of y for a transposed one. */
  readonly extent: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  /** Whether the padding is `'same'`, the only one that depends on the extent of x. */
  readonly same: boolean
  /** The padding of the forward layer if x has `input` samples. */
  readonly sides: (input: number) => Sides
}

/**
 * How one axis adds its border back. The value at position j of the longer axis is added to sample
 * sourceIndex(j − before, extent, boundary). `before` and `after` are ≥ 0.
 */
export interface AxisPadAdjoint {
  /** Samples of the result along this axis. */
  readonly extent: number
  /** Values of the longer axis before the first sample. */
  readonly before: number
  /** Values of the longer axis after the last sample. */
  readonly after: number
  /** The border, which names the sample that each value is added to. */
  readonly boundary: Boundary
}

export interface TargetOutput {
  readonly outputPadding: readonly number[] | undefined
  readonly outputExtents: readonly number[] | undefined
}

/**
 * The axes of the adjoint and the extents of the result. Has `padAdjoints` if at least one axis
 * adds a border back.
 */
export function transposedAxes(
  call: string,
  axes: readonly ForwardAxis[],
  boundary: readonly Boundary[],
  target: TargetOutput,
): {
  axes: readonly AxisParts[]
  extents: readonly number[]
  padAdjoints?: readonly AxisPadAdjoint[]
} {
  const extents = axes.map((axis, a) => {
    const extent = target.outputExtents?.[a]
    return extent === undefined
      ? extentWithPadding(call, axis, a, target.outputPadding?.[a])
      : validateExtent(call, axis, a, extent)
  })
  const padAdjoints = axes.map((axis, a): AxisPadAdjoint => {
    const border = boundary[a]!
    const [before, after] =
      border === 'zero' || typeof border === 'object' ? [0, 0] : axis.sides(extents[a]!)
    return {
      extent: extents[a]!,
      before: Math.max(before, 0),
      after: Math.max(after, 0),
      boundary: border,
    }
  })
  const adjoint = axes.map((axis, a): AxisParts => {
    const { kernel, dilation, stride: inputDilation, extent: input } = axis
    const padAdjoint = padAdjoints[a]!
    const before = kernelOverlap(axis) - axis.sides(extents[a]!)[0] + padAdjoint.before
    const after =
      padAdjoint.before +
      padAdjoint.extent +
      padAdjoint.after -
      dilatedExtent(input, inputDilation) +
      kernelOverlap(axis) -
      before
    return { input, kernel, dilation, inputDilation, before, after }
  })
  const hasBorder = padAdjoints.some(({ before, after }) => before > 0 || after > 0)
  return hasBorder ? { axes: adjoint, extents, padAdjoints } : { axes: adjoint, extents }
}

/**
 * The smallest extent of x that the forward layer maps to m = `axis.extent` samples. The next
 * stride − 1 extents map to m as well.
 */
function smallestExtent(axis: ForwardAxis): number {
  const { extent: m, stride, same } = axis
  if (same) return (m - 1) * stride + 1
  const [before, after] = axis.sides(0)
  return (m - 1) * stride + kernelOverlap(axis) + 1 - before - after
}

function extentWithPadding(
  call: string,
  axis: ForwardAxis,
  a: number,
  outputPadding: number | undefined,
): number {
  if (axis.extent === 0) return 0
  const { stride, dilation, same } = axis
  const maxExtra = (same ? stride : Math.max(stride, dilation)) - 1
  const extra = outputPadding ?? (same ? maxExtra : 0)
  if (extra > maxExtra) {
    const limit = same
      ? `the stride, ${stride}`
      : `the larger of stride ${stride} and dilation ${dilation}`
    throw new OptionError(
      'OUTPUT_PADDING_TOO_LARGE',
      `${call}: outputPadding ${extra} along spatial axis ${a} must be less than ${limit}. Use ` +
        `0 to ${maxExtra}.`,
    )
  }
  const extent = smallestExtent(axis) + extra
  if (extent >= 1) return extent
  throw new OptionError(
    'OUTPUT_EMPTY',
    `${call}: ${axis.extent} samples along spatial axis ${a} with kernel ${axis.kernel} and ` +
      `this padding would give ${extent}. Use less padding.`,
  )
}

function validateExtent(call: string, axis: ForwardAxis, a: number, extent: number): number {
  const [before, after] = axis.sides(extent)
  if (outputExtent({ ...axis, input: extent, before, after }) === axis.extent) return extent
  const smallest = smallestExtent(axis)
  const range =
    axis.extent === 0 ? '0' : `${Math.max(smallest, 0)} to ${smallest + axis.stride - 1}`
  throw new OptionError(
    'OUTPUT_SHAPE_IMPOSSIBLE',
    `${call}: outputShape has ${extent} along spatial axis ${a}, but ${axis.extent} samples ` +
      `with stride ${axis.stride}, kernel ${axis.kernel} and this padding can become ${range}.`,
  )
}
