/**
 * A call in which samples may be missing, as numbers: the axes of its windows, its weights in the
 * order of a correlation, and the options of the plain calls of which it consists.
 */

import { OptionError } from '../errors.ts'
import type { Boundary } from '../geometry/boundary.ts'
import type { CheckedConvolveOptions, CheckedSignalOptions } from '../geometry/checked-options.ts'
import {
  type ConvolveCall,
  type ConvolveSpec,
  convolveGeometry,
} from '../geometry/convolve-geometry.ts'
import type { LowRankFactors } from '../geometry/operands.ts'
import type { BoundaryOption } from '../geometry/options.ts'
import { perAxis } from '../geometry/per-axis.ts'
import { readable } from '../ndarray/allocations.ts'
import { asShaped } from '../ndarray/check-shape.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { type ComputeDType, computeDType, type DType, dtypes, epsilon } from '../ndarray/dtype.ts'
import { checkResultOnHeap } from '../ndarray/given-on-gpu.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType, promoteUntyped } from '../ndarray/untyped.ts'
import { flip } from '../ndarray/views.ts'
import { checkOut, outArray, toComputeType } from '../runtime/arrays.ts'
import type { Turn } from '../runtime/turns.ts'

/** A call of `convolve` or `correlate` in which samples may be missing. */
export interface MissingCall {
  readonly call: ConvolveCall
  readonly x: NdArray
  readonly k: NdArray
  readonly options: CheckedSignalOptions
  /** The separable terms of the kernel, if they are known. */
  readonly factors: LowRankFactors | undefined
  readonly turn: Turn | undefined
}

/**
 * One axis of the input. Output o reads the coordinates o·stride + t·dilation − before, t < taps.
 * A channel axis has one tap.
 */
export interface WindowAxis {
  readonly input: number
  readonly output: number
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly boundary: Boundary
  /** Whether samples outside are missing. */
  readonly isMissingOutside: boolean
}

export interface Frame extends MissingCall {
  /** One per axis of the input. */
  readonly axes: readonly WindowAxis[]
  /** Those without the channel axis, as options with one value per axis count them. */
  readonly spatialAxes: readonly WindowAxis[]
  readonly outputShape: readonly number[]
  /** The axis along which each channel has its own kernel. */
  readonly kernelAxis: number | undefined
  /** The type of the sums, and of the result. */
  readonly dtype: ComputeDType
  readonly resultDType: DType
  /** 0 where a sample is missing. Undefined: where it is NaN. */
  readonly mask: NdArray | undefined
  /** The kernel in the type of the sums. */
  readonly kernel: NdArray
  readonly weights: Weights
  /** Options of plain calls: how they compute, and where the windows lie. */
  readonly settings: Settings
}

/** The weights of all taps, row-major, as a correlation reads them. */
export interface Weights {
  readonly values: Float64Array
  readonly magnitudes: Float64Array
  /** Σ|k| */
  readonly total: number
  /** The smallest Σ|k| over present samples that gives a result, if it is not 0. */
  readonly smallest: number
  /** Whether no two weights have different signs. */
  readonly isOneSign: boolean
}

/** Options of plain calls; what the result is comes with each call. */
export type Settings = Omit<CheckedConvolveOptions, 'bias' | 'dtype' | 'memory' | 'out'>

/** Throws `OptionError` for arrays and options that do not fit together. */
export function frameOf(given: MissingCall): Frame {
  const { call, k, options } = given
  checkResultOnHeap(`${call} with missing samples`, options)
  const { missing, minimumPresent = 0, bias, dtype: requested, memory, out, ...others } = options
  const operandType = operandDType(given.x, k)
  const dtype = requested === undefined ? operandType : computeDType(operandType, requested)
  const resultDType = requested ?? dtype
  rejectInteger(call, resultDType)
  const settings: Settings = { ...others, boundary: plainBorder(options.boundary) }
  const spec = convolveGeometry(call, given.x.shape, k.shape, { ...settings, bias }, dtype)
  const { outputShape, roles } = spec
  const mask =
    missing === undefined || missing === 'nan'
      ? undefined
      : readable(asShaped(`${call}: missing`, missing, given.x.shape), `${call}: missing`)
  if (out !== undefined)
    checkOut(
      outArray(call, out, outputShape),
      { call, outputShape, resultDType },
      mask === undefined ? [given.x, k] : [given.x, k, mask],
    )
  const borders = perAxis(call, 'boundary', options.boundary, roles.axes.length)
  const axes = windowAxes(spec, given.x.shape, borders)
  const kernel = toComputeType(promoteUntyped(k, dtype), dtype)
  return {
    ...given,
    ...{ dtype, resultDType, outputShape, mask, kernel, settings },
    x: promoteUntyped(given.x, dtype),
    kernelAxis: roles.channel,
    axes,
    spatialAxes: roles.axes.map((axis) => axes[axis]!),
    weights: weightsOf(call === 'convolve' ? flip(kernel) : kernel, dtype, minimumPresent),
  }
}

/** Throws `OptionError` for a type that has no NaN. */
export function rejectInteger(call: string, dtype: DType): void {
  if (!dtypes[dtype].integer) return
  throw new OptionError(
    'OPTION_CONFLICT',
    `${call}: dtype '${dtype}' has no NaN, which is the result where too few samples are ` +
      "present. Leave dtype out, or use 'float32' or 'float64'.",
  )
}

/** The border of the plain calls: samples outside count as 0 where they are missing. */
const plainBorder = (
  boundary: CheckedSignalOptions['boundary'],
): CheckedConvolveOptions['boundary'] =>
  typeof boundary === 'object' && Array.isArray(boundary)
    ? boundary.map(plainEntry)
    : plainEntry(boundary as BorderEntry)

type BorderEntry = BoundaryOption | 'missing'
const plainEntry = (border: BorderEntry): BoundaryOption => (border === 'missing' ? 'zero' : border)

function windowAxes(
  { geometry, roles }: ConvolveSpec,
  shape: readonly number[],
  borders: readonly BorderEntry[],
): readonly WindowAxis[] {
  return shape.map((extent, axis) => {
    const a = roles.axes.indexOf(axis)
    if (a < 0)
      return {
        ...{ input: extent, output: extent, taps: 1, stride: 1, dilation: 1, before: 0 },
        ...{ boundary: 'zero', isMissingOutside: false },
      }
    const { input, output, kernel, stride, dilation, before } = geometry.axes[a]!
    return {
      ...{ input, output, taps: kernel, stride, dilation, before },
      ...{ boundary: geometry.boundary[a]!, isMissingOutside: borders[a] === 'missing' },
    }
  })
}

function weightsOf(kernel: NdArray, dtype: ComputeDType, minimumPresent: number): Weights {
  const values = Float64Array.from(contiguousCopy(kernel).data)
  const magnitudes = values.map(Math.abs)
  const total = magnitudes.reduce((sum, weight) => sum + weight, 0)
  // The rounding of a sum must not decide.
  const rounding = (values.length + 2) * epsilon[dtype]
  return {
    ...{ values, magnitudes, total },
    smallest: minimumPresent * total * (1 - rounding),
    isOneSign: !(values.some((weight) => weight > 0) && values.some((weight) => weight < 0)),
  }
}
