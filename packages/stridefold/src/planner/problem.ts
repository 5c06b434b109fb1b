/**
 * A call with its arrays as one problem: the geometry, and every array seen as [batch or filters,
 * channels, ...axes].
 *
 * Which array axis plays which part was decided in geometry/; here strides are put in that order,
 * so that nothing further on knows a layout.
 */

import type { OperandDescriptors, OperandLayout } from '../algorithms/algorithm.ts'
import { checkedCallOptions } from '../geometry/check-options.ts'
import { type ConvolveCall, convolveGeometry } from '../geometry/convolve-geometry.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { type LayerRoles, layerGeometry } from '../geometry/layer-geometry.ts'
import type {
  Activation,
  CallOptions,
  ConvolveOptions,
  TransposedOptions,
} from '../geometry/options.ts'
import type { Call } from '../geometry/shapes.ts'
import type { AxisPadAdjoint } from '../geometry/transposed.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type ComputeDType, computeDType, type DType, dtypes } from '../ndarray/dtype.ts'
import { rowMajorStrides } from '../ndarray/layout.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { reshape, transpose } from '../ndarray/views.ts'
import type { EpilogueActivation } from '../program/steps.ts'

/**
 * An array of which only shape and type are known: what a plan is made for before there are data.
 */
export function placeholder(shape: readonly number[], dtype: DType): NdArray {
  return { ...view(dtypes[dtype].create(0), [0]), shape, strides: rowMajorStrides(shape) }
}

/** What a call asks for, before its arrays are looked at. */
export interface Problem {
  /** The name that messages use. */
  readonly call: string
  readonly geometry: ConvGeometry
  readonly outputShape: readonly number[]
  readonly resultDType: DType
  readonly offset: number
  readonly activation: EpilogueActivation | undefined
  readonly padAdjoints: readonly AxisPadAdjoint[] | undefined
  /** The input, or the result, in canonical order: [batch, channels, ...axes]. */
  toCanonicalAxes(x: NdArray): NdArray
  /**
   * The kernel in canonical order: [filters, channels of a group, ...axes]; a copy only where no
   * view can say it.
   */
  kernelToCanonicalAxes(k: NdArray): NdArray
  /** A bias, or undefined. */
  readonly bias: unknown
}

export const isSignal = (call: Call): call is ConvolveCall =>
  call === 'convolve' || call === 'correlate'

/**
 * The problem of a call on arrays of these shapes, in the type in which their elements are summed.
 */
export function problemOf(
  call: Call,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  given: CallOptions,
  operands: ComputeDType,
): Problem {
  const options = checkedCallOptions(call, given)
  const asked = options.dtype
  const dtype = asked === undefined ? operands : computeDType(operands, asked)
  const resultDType = asked ?? dtype
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
  const question = layerGeometry(call, inputShape, kernelShape, options as TransposedOptions, dtype)
  const { geometry, roles, outputShape, padAdjoints } = question
  return {
    ...{
      call,
      geometry,
      outputShape,
      resultDType,
      offset: 0,
      activation: tailActivation(options.activation),
      padAdjoints,
    },
    bias: options.bias,
    toCanonicalAxes: (x) => permuted(x, [roles.batch, roles.channel, ...roles.axes]),
    kernelToCanonicalAxes: (k) => layerKernel(k, roles, geometry),
  }
}

/** The same memory with the axes in this order; `undefined` stands for an axis of extent 1. */
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
  // Transposed weights hold all input channels and one group's filters: [O/g, I, …] becomes [g,
  // O/g, I/g, …], then [O, I/g, …].
  const spatial = axes.map((axis) => k.shape[axis]!)
  const [filters, channels] = [g.filters / g.groups, g.channels / g.groups]
  if (k.data.length === 0) return placeholder([g.filters, channels, ...spatial], k.dtype)
  const split = reshape(contiguousCopy(view), [filters, g.groups, channels, ...spatial])
  const ordered = transpose(split, [1, 0, 2, ...spatial.map((_, a) => a + 3)])
  return reshape(contiguousCopy(ordered), [g.filters, channels, ...spatial])
}

function tailActivation(activation: Activation | undefined): EpilogueActivation | undefined {
  if (activation === undefined) return undefined
  if (typeof activation === 'object') {
    return activation.name === 'clamp'
      ? { kind: 'clamp', min: activation.min, max: activation.max }
      : { kind: 'leaky', slope: activation.slope }
  }
  if (activation === 'relu') return { kind: 'clamp', min: 0, max: Infinity }
  if (activation === 'relu6') return { kind: 'clamp', min: 0, max: 6 }
  return { kind: activation }
}

/** Strides and type of a canonical array. */
export function layoutOf(x: NdArray): OperandLayout {
  return { dtype: x.dtype, outer: x.strides[0]!, channel: x.strides[1]!, axes: x.strides.slice(2) }
}

/**
 * Facts for algorithms, from canonical arrays. The output is one in memory already, or will be
 * dense in the order of `output`.
 */
export function describeOperands(
  problem: Problem,
  input: NdArray,
  kernel: NdArray,
  output: OperandLayout,
  bias: boolean,
): OperandDescriptors {
  const { offset, padAdjoints } = problem
  // What is folded is finished after that.
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
