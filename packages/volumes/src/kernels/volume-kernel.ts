/**
 * Which weights does a kernel have along the axes of a volume? A kernel is an array, or a text such
 * as `gaussian:sigma=2`, `gaussian:sigma=1.5x2x3` or `gaussian:sigma=2um`.
 *
 * - A named kernel of any rank (`gaussian`, `box`, `identity`) takes the rank of the volume.
 * - A kernel of fewer axes is applied along the last ones, slice by slice: an image filter.
 * - A matrix of one row is a line for an array with one axis.
 * - A length with a unit is divided by the distance of two samples, along each axis.
 */

import {
  type ArrayInput,
  asNdArray,
  contiguous,
  kernelByName,
  kernels,
  type NdArray,
  ndarray,
} from 'stridefold'
import type { Axis } from '../arrays/stored-array.ts'
import { VolumeError } from '../errors.ts'
import { countText, shapeText } from '../text.ts'
import { inSamples } from './physical.ts'

/** The weights of a kernel, with an extent for every axis that it filters. */
export interface VolumeKernel {
  /** The text of the caller, or `3×3 weights`. */
  readonly text: string
  readonly shape: readonly number[]
  /** Row-major. */
  readonly weights: Float64Array
  /** Whether the sums must be formed in float64: the caller gave weights of that type. */
  readonly isFloat64: boolean
}

/** The kernel for a volume whose axes of space are these. */
export function volumeKernel(kernel: string | ArrayInput, axes: readonly Axis[]): VolumeKernel {
  const array = typeof kernel === 'string' ? namedKernel(kernel, axes) : asNdArray(kernel)
  const isLine = axes.length === 1 && array.shape.length === 2 && array.shape[0] === 1
  const shape = isLine ? array.shape.slice(1) : array.shape
  const text = typeof kernel === 'string' ? kernel : `${shapeText(shape)} weights`
  if (shape.length === 0 || shape.includes(0))
    throw new VolumeError(
      'request',
      `The kernel has shape (${shape.join(', ')}), but it needs at least one weight along every ` +
        'axis.',
    )
  const missing = axes.length - shape.length
  if (missing < 0)
    throw new VolumeError(
      'request',
      `The kernel has ${countText(shape.length, 'axis', 'axes')} (${shapeText(shape)}), but the ` +
        `array has ${axes.length} to filter: ${namesOf(axes)}. Name the axes of the array, or ` +
        'give a kernel of fewer axes.',
    )
  const weights = weightsOf(array)
  const bad = weights.findIndex((weight) => !Number.isFinite(weight))
  if (bad >= 0)
    throw new VolumeError(
      'request',
      `Weight ${bad} of the kernel is ${weights[bad]}, which is not a finite number.`,
    )
  const isFloat64 = array.dtype === 'float64'
  return { text, shape: [...new Array<number>(missing).fill(1), ...shape], weights, isFloat64 }
}

const namesOf = (axes: readonly Axis[]): string => axes.map(({ name }) => name).join(', ')

/** Lists of numbers and named kernels keep the digits that float32 does not have. */
function weightsOf(array: NdArray): Float64Array {
  const { untyped, shape, strides, offset } = array
  const exact = untyped === undefined ? array : ndarray(untyped, shape, { strides, offset })
  return Float64Array.from(contiguous(exact).data as ArrayLike<number>)
}

/** Kernels that exist for any rank, by the parameter that says it. */
function namedKernel(text: string, axes: readonly Axis[]): NdArray {
  const [name = '', ...parts] = text.trim().split(':')
  const known = kernels.list.find((entry) => entry.name === name.trim())
  const parameters = known?.parameters.map((parameter) => parameter.name) ?? []
  const words = parts
    .join(':')
    .split(',')
    .filter((word) => word.trim() !== '')
    .map((word) => inSamples(word, text, axes))
  const hasRank = words.some(({ isList, parameter }) => isList || parameter === 'rank')
  const rank = parameters.includes('rank') && !hasRank ? [`rank=${axes.length}`] : []
  const all = [...words.map(({ word }) => word), ...rank]
  return kernelByName(all.length === 0 ? name : `${name}:${all.join(',')}`)
}
