/**
 * The definition of a pipeline: its steps one after the other, in float64. Layers are the public
 * calls on the js backend; poolings, sums and activations are plain loops. Each result comes with a
 * bound of the error that float32 may make, from the bounds of the single steps.
 */

import { activationFunction, epilogueActivation } from '../src/ndarray/activation.ts'
import { elementAt, elementCount } from '../src/ndarray/layout.ts'
import {
  asNdArray,
  contiguous,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type LayerStep,
  type NdArray,
  ndarray,
  type PipelineStep,
  plan,
  type StepSource,
  transpose,
  zeros,
} from '../src/sync.ts'

const calls = { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d }

/** A float64 array with the channels first, and the largest error of a float32 computation. */
export interface Value {
  readonly array: NdArray<'float64'>
  readonly error: number
}

const epsilon = 2 ** -24

/** The largest magnitude. */
export const largest = ({ data }: NdArray): number =>
  Array.from(data).reduce((most, value) => Math.max(most, Math.abs(value)), 0)

export const toFloat64 = (x: NdArray): NdArray<'float64'> =>
  ndarray(Float64Array.from(contiguous(x).data), x.shape)

/** The results of all steps. `input` has the channels first. */
export function defineSteps(
  steps: readonly PipelineStep[],
  input: NdArray,
  weightLayout?: string,
): Value[] {
  const values: Value[] = []
  const start: Value = { array: toFloat64(input), error: 0 }
  const resultOf = (source: StepSource): Value => (source === 'input' ? start : values[source]!)
  for (const [index, step] of steps.entries()) {
    const from = resultOf(step.from ?? (index === 0 ? 'input' : index - 1))
    values.push(defineStep(step, from, resultOf, weightLayout))
  }
  return values
}

function defineStep(
  step: PipelineStep,
  from: Value,
  resultOf: (source: StepSource) => Value,
  weightLayout: string | undefined,
): Value {
  switch (step.call) {
    case 'add': {
      const other = resultOf(step.with)
      const array = map(from.array, (value, i) => value + other.array.data[i]!)
      return { array, error: from.error + other.error + epsilon * largest(array) }
    }
    case 'activation': {
      const activation = epilogueActivation(step.activation)
      const array = map(from.array, activationFunction(activation))
      const slope = activation.kind === 'leaky' ? Math.max(1, Math.abs(activation.slope)) : 1
      return { array, error: from.error * slope + 8 * epsilon * (1 + largest(array)) }
    }
    case 'maxPool1d':
    case 'maxPool2d':
    case 'maxPool3d': {
      const array = pool(from.array, step, (samples) => Math.max(...samples))
      return { array, error: from.error }
    }
    case 'averagePool1d':
    case 'averagePool2d':
    case 'averagePool3d': {
      const includes = step.includePadding !== false
      const array = pool(from.array, step, (samples, size) => {
        const sum = samples.reduce((s, v) => s + v, 0)
        return sum / (includes ? size : samples.length)
      })
      const taps = perAxis(step.size, from.array.shape.length - 2).reduce((n, s) => n * s, 1)
      return { array, error: from.error + (taps + 4) * epsilon * largest(from.array) }
    }
    default:
      return defineLayer(step as LayerStep, from, weightLayout)
  }
}

function defineLayer(step: LayerStep, from: Value, weightLayout: string | undefined): Value {
  const weight = toFloat64(asNdArray(step.weight))
  const { algorithm: _, bias, ...rest } = (step.options ?? {}) as Record<string, unknown>
  const options = {
    ...rest,
    ...(weightLayout === undefined ? {} : { weightLayout }),
    ...(bias === undefined ? {} : { bias: Array.from(asNdArray(bias).data) }),
  }
  const array = calls[step.call](from.array, weight, { ...options, backend: 'js' } as object)
  const planned = plan(step.call, from.array.shape, weight.shape, options as object)
  const factor = Math.max(
    ...planned.candidates.map(({ errorBound }) => (Number.isNaN(errorBound) ? 0 : errorBound)),
  )
  planned.dispose()
  // The largest Σ|k| of one result is at most that of all weights.
  const sum = weight.data.reduce((s, v) => s + Math.abs(v), 0)
  const rounding = factor * largest(from.array) * sum + 8 * epsilon * (1 + largest(array))
  return { array: array as NdArray as NdArray<'float64'>, error: from.error * sum + rounding }
}

function map(
  x: NdArray<'float64'>,
  f: (value: number, index: number) => number,
): NdArray<'float64'> {
  return ndarray(Float64Array.from(x.data, f), x.shape)
}

const perAxis = (value: unknown, rank: number): number[] =>
  typeof value === 'number' ? new Array<number>(rank).fill(value) : [...(value as number[])]

interface Pool {
  readonly size: unknown
  readonly stride?: unknown
  readonly padding?: unknown
}

/** Pools with plain loops. `of` gets the samples of a window inside the input, and its size. */
function pool(
  x: NdArray<'float64'>,
  step: Pool,
  of: (samples: readonly number[], size: number) => number,
): NdArray<'float64'> {
  const [batch, channels, ...extents] = x.shape as [number, number, ...number[]]
  const rank = extents.length
  const sizes = perAxis(step.size, rank)
  const strides = perAxis(step.stride ?? step.size, rank)
  const sides = Array.from({ length: rank }, (_, a): [number, number] => {
    const { padding = 0 } = step
    const side = Array.isArray(padding) ? padding[a] : padding
    return Array.isArray(side) ? (side as [number, number]) : [side as number, side as number]
  })
  const outputs = extents.map(
    (extent, a) => Math.floor((extent + sides[a]![0] + sides[a]![1] - sizes[a]!) / strides[a]!) + 1,
  )
  const y = zeros([batch, channels, ...outputs], 'float64')
  for (const index of indices(y.shape)) {
    const [n, c, ...q] = index as [number, number, ...number[]]
    const samples: number[] = []
    for (const t of indices(sizes)) {
      const at = t.map((i, a) => q[a]! * strides[a]! - sides[a]![0] + i)
      if (at.every((i, a) => i >= 0 && i < extents[a]!))
        samples.push(x.data[elementAt([n, c, ...at], x.strides, 0)]!)
    }
    y.data[elementAt(index, y.strides, 0)] = of(
      samples,
      sizes.reduce((m, s) => m * s, 1),
    )
  }
  return y
}

/** Every index of a shape, in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, extent) =>
      all.flatMap((start) => Array.from({ length: extent }, (_, i) => [...start, i])),
    [[]],
  )
}

/** The array with its channels last, contiguous. */
export function channelsLast(x: NdArray): NdArray {
  const axes = Array.from(x.shape, (_, a) => a).slice(2)
  return contiguous(transpose(x, [0, ...axes, 1]))
}

/** The largest difference of a result from its definition. NaN only where both are NaN counts 0. */
export function difference(actual: NdArray, expected: NdArray): number {
  const [a, b] = [contiguous(actual).data, contiguous(expected).data]
  if (elementCount(actual.shape) !== elementCount(expected.shape)) return Infinity
  let most = 0
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue
    most = Math.max(most, Math.abs(a[i]! - b[i]!))
    if (Number.isNaN(most)) return Number.NaN
  }
  return most
}
