/**
 * Which geometry is the adjoint of a forward layer? Along an axis, with e = dilation·(kernel − 1):
 *
 *   forward      y[o] = Σ_t x[o·stride + t·dilation − before] · w[t]             n samples → m outputs
 *   transposed   x[i] = Σ_t y[(i + t·dilation − (e − before)) / stride] · w[kernel − 1 − t]
 *
 * so stride becomes inputDilation, the kernel is flipped, e − before samples stand before, and as
 * many after as make n of them. Several n have the same m: outputPadding counts from the smallest,
 * outputShape says which.
 *
 * A forward layer that reads edge, reflect, symmetric or wrap borders sees a longer array; the
 * adjoint makes that one, and a fold adds what lies in its border back to the samples it was copied
 * from. Constants do not depend on x: zero and constant fold nothing.
 */

import { OptionError } from '../errors.ts'
import type { Boundary } from './boundary.ts'
import type { AxisParts } from './geometry.ts'
import type { Sides } from './padding.ts'
import { dilatedExtent, outputExtent, kernelOverlap } from './padding.ts'

/**
 * An axis of the forward layer, and the extent of the array at hand: x's for a forward layer, y's
 * for a transposed one.
 */
export interface ForwardAxis {
  readonly extent: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  /**
   * Whether the padding is that of `'same'`, which follows the extent of x; all other paddings do
   * not depend on it.
   */
  readonly same: boolean
  /** The forward padding for an x of `input` samples. */
  readonly sides: (input: number) => Sides
}

/**
 * Position j of the unfolded axis belongs to sample sourceIndex(j − before, extent, boundary);
 * `before` and `after` are ≥ 0.
 */
export interface AxisPadAdjoint {
  readonly extent: number
  readonly before: number
  readonly after: number
  readonly boundary: Boundary
}

export interface WantedOutput {
  readonly outputPadding: readonly number[] | undefined
  readonly outputExtents: readonly number[] | undefined
}

/**
 * The transposed axes, the extents of the result, and the folds where at least one axis has
 * something to fold.
 */
export function transposedAxes(
  call: string,
  axes: readonly ForwardAxis[],
  boundary: readonly Boundary[],
  wanted: WantedOutput,
): {
  axes: readonly AxisParts[]
  extents: readonly number[]
  padAdjoints?: readonly AxisPadAdjoint[]
} {
  const extents = axes.map((axis, a) => {
    const extent = wanted.outputExtents?.[a]
    return extent === undefined
      ? paddedExtent(call, axis, a, wanted.outputPadding?.[a])
      : checkedExtent(call, axis, a, extent)
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
    const fold = padAdjoints[a]!
    const before = kernelOverlap(axis) - axis.sides(extents[a]!)[0] + fold.before
    const after =
      fold.before +
      fold.extent +
      fold.after -
      dilatedExtent(input, inputDilation) +
      kernelOverlap(axis) -
      before
    return { input, kernel, dilation, inputDilation, before, after }
  })
  const needed = padAdjoints.some((fold) => fold.before > 0 || fold.after > 0)
  return needed ? { axes: adjoint, extents, padAdjoints } : { axes: adjoint, extents }
}

/**
 * The extents of x that a forward layer turns into the m samples at hand: `stride` of them, from
 * the smallest.
 */
function smallestExtent(axis: ForwardAxis): number {
  const { extent: m, stride, same } = axis
  if (same) return (m - 1) * stride + 1
  const [before, after] = axis.sides(0)
  return (m - 1) * stride + kernelOverlap(axis) + 1 - before - after
}

function paddedExtent(
  call: string,
  axis: ForwardAxis,
  a: number,
  wanted: number | undefined,
): number {
  if (axis.extent === 0) return 0
  const { stride, dilation, same } = axis
  const most = (same ? stride : Math.max(stride, dilation)) - 1
  const extra = wanted ?? (same ? most : 0)
  if (extra > most) {
    const why = same
      ? `the stride, ${stride}`
      : `the larger of stride ${stride} and dilation ${dilation}`
    throw new OptionError(
      'OUTPUT_PADDING_TOO_LARGE',
      `${call}: outputPadding ${extra} along spatial axis ${a} must be less than ${why}. Use ` +
        `0 to ${most}.`,
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

function checkedExtent(call: string, axis: ForwardAxis, a: number, extent: number): number {
  const [before, after] = axis.sides(extent)
  if (outputExtent({ ...axis, input: extent, before, after }) === axis.extent) return extent
  const smallest = smallestExtent(axis)
  const range =
    axis.extent === 0 ? '0' : `${Math.max(smallest, 0)} to ${smallest + axis.stride - 1}`
  throw new OptionError(
    'OUTPUT_SHAPE_IMPOSSIBLE',
    `${call}: outputShape wants ${extent} along spatial axis ${a}, but ${axis.extent} ` +
      `samples with stride ${axis.stride}, kernel ${axis.kernel} and this padding can become ` +
      `${range}.`,
  )
}
