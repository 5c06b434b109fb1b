/**
 * What does a filter of a volume do? Checked plain data, as a job file holds it: with the weights
 * themselves, so that every machine filters with the same ones.
 */

import type { ArrayInput, Boundary, ConvolveOptions, DType } from 'stridefold'
import { boundaryNames } from 'stridefold'
import type { ArrayInfo, Axis } from '../arrays/stored-array.ts'
import { VolumeError } from '../errors.ts'
import { volumeKernel } from '../kernels/volume-kernel.ts'
import { countText } from '../text.ts'
import { dtypeNames, elementsOf } from './elements.ts'
import type { Border } from './window-border.ts'

/** How a volume is filtered. What is left out has its default. */
export interface OperationOptions
  extends Pick<
    ConvolveOptions,
    'mode' | 'stride' | 'dilation' | 'algorithm' | 'backend' | 'accuracy' | 'deterministic'
  > {
  /** `'convolve'` flips the kernel. Default `'correlate'`. */
  readonly call?: 'correlate' | 'convolve'
  /**
   * The samples outside the array, for all axes or one per axis of space. Default `'zero'`.
   * `'missing'`: they are left out of every sum.
   */
  readonly boundary?: ConvolveOptions['boundary'] | 'missing' | readonly (Boundary | 'missing')[]
  /** `'nan'`: samples that are NaN are missing; the mean of the others stands for them. */
  readonly missing?: 'nan'
  /** From 0 (default) to 1: NaN where less of the weights meets samples that are not missing. */
  readonly minimumPresent?: number
  /**
   * The type of the results. Integers round half to even and saturate. Default: the type of the
   * sums, as with `correlate`: float32, or float64 where the array holds float64 or integers of 32
   * bits and more.
   */
  readonly dtype?: DType
  /**
   * The names of all axes of the array, such as `['t', 'z', 'y', 'x']` or `'t,z,y,x'`. Default:
   * those of the metadata. Kernels lie along all axes but `t`, `time`, `c` and `channel`, over
   * which the filter loops.
   */
  readonly axes?: string | readonly string[]
  /**
   * The one axis of channels, instead of those of the metadata: a number, from the end if negative,
   * or `'none'`. Not together with `axes`.
   */
  readonly channelAxis?: number | 'none'
}

/** Plain data. */
export interface Operation {
  readonly call: 'correlate' | 'convolve'
  readonly kernel: StoredKernel
  /** The axes of the array along which the kernel lies. */
  readonly spatialAxes: readonly number[]
  /** One per axis of space. */
  readonly mode: readonly string[]
  readonly boundary: readonly Border[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly missing?: 'nan'
  readonly minimumPresent?: number
  readonly dtype: DType
  readonly algorithm: string
  readonly backend: string
  readonly accuracy: 'fast' | 'strict'
  readonly deterministic: boolean
}

/** A kernel as JSON: its weights as float32 if that keeps all digits, in base 64. */
export interface StoredKernel {
  readonly text: string
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'float64'
  readonly weights: string
  /** Whether sums are formed in float64 because of it. */
  readonly isFloat64: boolean
}

/** Checks the options, and the kernel, for this array. Throws `VolumeError`. */
export function operationOf(
  kernel: string | ArrayInput,
  info: ArrayInfo,
  options: OperationOptions = {},
): Operation {
  const spatialAxes = info.axes.flatMap(({ type }, a) => (type === 'space' ? [a] : []))
  const axes = spatialAxes.map((a) => info.axes[a]!)
  if (axes.length === 0)
    throw new VolumeError(
      'request',
      `All axes are channels or times: ${namesOf(info.axes)}. A kernel needs an axis of space. ` +
        'Name the axes, such as z,y,x.',
    )
  const stored = storedKernel(kernel, axes)
  const isDouble = stored.isFloat64 || elementsOf(info.dtype).compute === 'float64'
  const { dtype = isDouble ? 'float64' : 'float32', missing, minimumPresent } = options
  if (!dtypeNames.includes(dtype))
    throw new VolumeError('request', `dtype is '${dtype}'. Give one of ${dtypeNames.join(', ')}.`)
  const boundary = perAxis('boundary', options.boundary ?? 'zero', axes).map(borderOf)
  const leavesOut = missing !== undefined || boundary.includes('missing')
  if (leavesOut && elementsOf(dtype).isInteger)
    throw new VolumeError(
      'request',
      `dtype '${dtype}' has no NaN, which is the result where too few samples are present. Use ` +
        'float32.',
    )
  if (missing === 'nan' && elementsOf(info.dtype).isInteger)
    throw new VolumeError(
      'request',
      `The array holds ${info.dtype}, which has no NaN: no sample is missing. Leave missing out.`,
    )
  if (minimumPresent !== undefined && !leavesOut)
    throw new VolumeError(
      'request',
      "minimumPresent is given, but no sample can be missing. Give missing: 'nan', or boundary " +
        "'missing'.",
    )
  return {
    call: options.call ?? 'correlate',
    kernel: stored,
    spatialAxes,
    mode: perAxis('mode', options.mode ?? 'same', axes),
    boundary,
    stride: perAxis('stride', options.stride ?? 1, axes),
    dilation: perAxis('dilation', options.dilation ?? 1, axes),
    ...(missing && { missing }),
    ...(minimumPresent !== undefined && { minimumPresent }),
    dtype,
    algorithm: options.algorithm ?? 'auto',
    backend: options.backend ?? 'auto',
    accuracy: options.accuracy ?? 'fast',
    deterministic: options.deterministic ?? false,
  }
}

function perAxis<T>(name: string, value: T | readonly T[], axes: readonly Axis[]): readonly T[] {
  if (!Array.isArray(value)) return axes.map(() => value as T)
  if (value.length === axes.length) return [...(value as readonly T[])]
  throw new VolumeError(
    'request',
    `${name} has ${countText(value.length, 'value')}, but the array has ` +
      `${countText(axes.length, 'axis', 'axes')} of space: ${namesOf(axes)}. Give one value, or ` +
      'one per axis.',
  )
}

const namesOf = (axes: readonly Axis[]): string => axes.map(({ name }) => name).join(', ')

function borderOf(given: unknown): Border {
  if (given === 'missing') return given
  const name = boundaryNames.find((candidate) => candidate === given)
  if (name !== undefined) return name
  if (typeof given === 'object' && given !== null && 'constant' in given) {
    const { constant } = given
    if (typeof constant === 'number') return constant === 0 ? 'zero' : { constant }
  }
  throw new VolumeError(
    'request',
    `boundary is ${JSON.stringify(given)}. Give one of ${boundaryNames.join(', ')}, missing, or ` +
      '{ constant: v }.',
  )
}

function storedKernel(kernel: string | ArrayInput, axes: readonly Axis[]): StoredKernel {
  const { text, shape, weights, isFloat64 } = volumeKernel(kernel, axes)
  const single = Float32Array.from(weights)
  const isExact = single.every((weight, i) => weight === weights[i])
  const bytes = isExact ? single : weights
  return {
    ...{ text, shape, isFloat64 },
    dtype: isExact ? 'float32' : 'float64',
    weights: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  }
}

/** The weights of a stored kernel. Throws `VolumeError` if they are damaged. */
export function weightsOf({ shape, dtype, weights }: StoredKernel): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(weights, 'base64'))
  const count = shape.reduce((n, extent) => n * extent, 1)
  if (bytes.length !== count * elementsOf(dtype).bytes)
    throw new VolumeError(
      'data',
      `The job holds ${bytes.length} bytes of weights, but a kernel of ${shape.join('×')} ` +
        `${dtype} has ${count * elementsOf(dtype).bytes}. Plan the job again.`,
    )
  return Float64Array.from(
    dtype === 'float32' ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer),
  )
}
