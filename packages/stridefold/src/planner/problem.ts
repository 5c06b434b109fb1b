/**
 * A call as one problem: the geometry, and views of its arrays in canonical axis order, [batch or
 * filters, channels, ...axes].
 *
 * geometry/ decides the role of each array axis. This file reorders the strides to match. The code
 * after it is therefore the same for every layout.
 */

import { validateCallOptions } from '../geometry/check-options.ts'
import { type ConvolveCall, convolveGeometry } from '../geometry/convolve-geometry.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { type LayerRoles, layerGeometry } from '../geometry/layer-geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import type { CallOptions, ConvolveOptions, TransposedOptions } from '../geometry/options.ts'
import type { Call } from '../geometry/shapes.ts'
import type { AxisPadAdjoint } from '../geometry/transposed.ts'
import { type EpilogueActivation, epilogueActivation } from '../ndarray/activation.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type ComputeDType, computeDType, type DType, dtypes } from '../ndarray/dtype.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { reshape, transpose } from '../ndarray/views.ts'

/** A placeholder: an array with a shape and a dtype, but no data. */
export function placeholder(shape: readonly number[], dtype: DType): NdArray {
  return { ...view(dtypes[dtype].create(0), [0]), shape, strides: rowMajorStrides(shape) }
}

/** What a call computes, without the data of its arrays. */
export interface Problem {
  /** The name of the call, for messages. */
  readonly call: string
  readonly geometry: ConvGeometry
  readonly outputShape: readonly number[]
  readonly resultDType: DType
  /** A number that is added to every result. */
  readonly offset: number
  readonly activation: EpilogueActivation | undefined
  /** For a transposed layer with a border that repeats samples: one adjoint of it for each axis. */
  readonly padAdjoints: readonly AxisPadAdjoint[] | undefined
  /** Returns the input, or the result, in canonical order: [batch, channels, ...axes]. */
  toCanonicalAxes(x: NdArray): NdArray
  /**
   * Returns the kernel in canonical order: [filters, channels per group, ...axes]. It is a view, or
   * a copy if no strides can express that order.
   */
  kernelToCanonicalAxes(k: NdArray): NdArray
  /** The bias of a layer, as the caller gave it; or undefined. */
  readonly bias: unknown
}

/** Whether a call filters signals; all other calls are layers. */
export const isSignal = (call: Call): call is ConvolveCall =>
  call === 'convolve' || call === 'correlate'

/** Returns the problem of a call on arrays of these shapes. `operands` is their compute type. */
export function problemOf(
  call: Call,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  callOptions: CallOptions,
  operands: ComputeDType,
): Problem {
  const options = validateCallOptions(call, callOptions)
  const requestedDType = options.dtype
  const dtype = requestedDType === undefined ? operands : computeDType(operands, requestedDType)
  const resultDType = requestedDType ?? dtype
  if (isSignal(call)) {
    const { geometry, roles, outputShape } = convolveGeometry(
      call,
      inputShape,
      kernelShape,
      options as ConvolveOptions,
      dtype,
    )
    const offset = typeof options.bias === 'number' ? options.bias : 0
    return {
      ...{
        call,
        geometry,
        outputShape,
        resultDType,
        offset,
        activation: undefined,
        padAdjoints: undefined,
        bias: undefined,
      },
      toCanonicalAxes: (x) => permuted(x, [roles.outer, undefined, ...roles.axes]),
      kernelToCanonicalAxes: (k) => permuted(k, [undefined, undefined, ...k.shape.keys()]),
    }
  }
  const spec = layerGeometry(call, inputShape, kernelShape, options as TransposedOptions, dtype)
  const { geometry, roles, outputShape, padAdjoints } = spec
  return {
    ...{
      call,
      geometry,
      outputShape,
      resultDType,
      offset: 0,
      activation: options.activation && epilogueActivation(options.activation),
      padAdjoints,
    },
    bias: options.bias,
    toCanonicalAxes: (x) => permuted(x, [roles.batch, roles.channel, ...roles.axes]),
    kernelToCanonicalAxes: (k) => layerKernel(k, roles, geometry),
  }
}

/** A view with the axes in this order. `undefined` adds an axis of extent 1. */
function permuted(x: NdArray, order: readonly (number | undefined)[]): NdArray {
  return {
    ...x,
    shape: order.map((axis) => (axis === undefined ? 1 : x.shape[axis]!)),
    strides: order.map((axis) => (axis === undefined ? 0 : x.strides[axis]!)),
  }
}

function layerKernel(k: NdArray, roles: LayerRoles, g: ConvGeometry): NdArray {
  const { filter, channel, axes, allGroups } = roles.weight
  const view = permuted(k, [filter, channel, ...axes])
  if (allGroups === 'filter' || g.groups === 1) return view
  // A transposed weight has all input channels, but the filters of one group only. So [O/g, I, …]
  // becomes [g, O/g, I/g, …], and then [O, I/g, …].
  const spatial = axes.map((axis) => k.shape[axis]!)
  const [filters, channels] = [g.filters / g.groups, g.channels / g.groups]
  if (k.data.length === 0) return placeholder([g.filters, channels, ...spatial], k.dtype)
  const split = reshape(contiguousCopy(view), [filters, g.groups, channels, ...spatial])
  const ordered = transpose(split, [1, 0, 2, ...spatial.map((_, a) => a + 3)])
  return reshape(contiguousCopy(ordered), [g.filters, channels, ...spatial])
}

/** The dtype and the strides of an array in canonical order. */
export function layoutOf(x: NdArray): OperandLayout {
  return { dtype: x.dtype, outer: x.strides[0]!, channel: x.strides[1]!, axes: x.strides.slice(2) }
}

/**
 * Returns the operand descriptors for the algorithms. All arrays are in canonical order. `output`
 * is the layout of an existing array, or of a contiguous one that a later step allocates.
 */
export function describeOperands(
  problem: Problem,
  input: NdArray,
  kernel: NdArray,
  output: OperandLayout,
  bias: boolean,
): OperandDescriptors {
  const { offset, padAdjoints } = problem
  // A padding adjoint runs after the program, and the activation after the padding adjoint.
  const activation = padAdjoints === undefined ? problem.activation : undefined
  return {
    input: layoutOf(input),
    kernel: layoutOf(kernel),
    output,
    bias,
    offset,
    ...(activation === undefined ? {} : { activation }),
  }
}
