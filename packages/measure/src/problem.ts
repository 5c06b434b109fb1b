/**
 * A case with operands: the same on every machine, between −1 and 1, or bytes.
 */

import { type ConvGeometry, formatCase, type NdArray, ndarray, parseCase } from 'stridefold/sync'
import { type Definition, definition } from 'stridefold/verify'
import { signedUniform } from './random.ts'
import { elements, indexOf } from './shapes.ts'
import type { Weights } from './suites.ts'

/** A case with its operands, and what a right result is. */
export interface Problem {
  readonly geometry: ConvGeometry
  /** The case in its canonical spelling. */
  readonly text: string
  /** [batch, channels, …axes], between −1 and 1; integers from 0 to 255 for an image of bytes. */
  readonly x: NdArray
  /** [filters, channels of a group, …axes]. */
  readonly k: NdArray
  readonly weights: Weights
  readonly inputShape: readonly number[]
  readonly kernelShape: readonly number[]
  readonly outputShape: readonly number[]
  /** Whether input and output are images of bytes, with the batch as colour channels. */
  readonly isBytes: boolean
  /** Two per product of the definition. Products with inserted zeros do not count. */
  readonly flops: number
  /** Smallest memory traffic in bytes: input, kernel and output once each. */
  readonly traffic: number
  /** The checked outputs by the definition. Computed at the first access. */
  readonly expected: Definition
}

/** What the operands of a case are, and how many outputs are checked. */
export interface ProblemOptions {
  /** Default `'random'`. */
  readonly weights?: Weights
  /** An image of bytes. Default false. */
  readonly isBytes?: boolean
  /** The largest number of outputs that are checked. Default 48. */
  readonly outputs?: number
}

/** A case with operands. Throws `OptionError` for an invalid case. */
export function problem(
  text: string,
  { weights = 'random', isBytes = false, outputs = 48 }: ProblemOptions = {},
): Problem {
  const geometry = parseCase(text)
  const { batch, channels, filters, groups, axes, dtype } = geometry
  const inputShape = [batch, channels, ...axes.map((axis) => axis.input)]
  const kernelShape = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
  const outputShape = [batch, filters, ...axes.map((axis) => axis.output)]
  const array = (values: Float32Array, shape: readonly number[]): NdArray =>
    ndarray(dtype === 'float64' ? Float64Array.from(values) : values, shape)
  const inserted = axes.reduce((n, axis) => n * axis.inputDilation, 1)
  const fractions = signedUniform(elements(inputShape), 1)
  const samples = isBytes ? fractions.map((value) => Math.floor(128 * (value + 1))) : fractions
  const x = array(samples, inputShape)
  const k = array(weightsOf(weights, kernelShape), kernelShape)
  let expected: Definition | undefined
  return {
    ...{ geometry, text: formatCase(geometry), x, k, weights, isBytes },
    ...{ inputShape, kernelShape, outputShape },
    flops: Math.round((2 * elements(outputShape) * elements(kernelShape.slice(1))) / inserted),
    traffic:
      (elements(inputShape) + elements(kernelShape) + elements(outputShape)) *
      (dtype === 'float64' ? 8 : 4),
    get expected() {
      expected ??= definition(geometry, { input: x, kernel: k }, { outputs })
      return expected
    },
  }
}

const kernels: Readonly<Record<Weights, (shape: readonly number[]) => Float32Array>> = {
  random: (shape) => signedUniform(elements(shape), 2),
  gaussian,
  box: (shape) => new Float32Array(elements(shape)).fill(1 / elements(shape.slice(2))),
}

/** Weights of shape [filters, channels of a group, …axes], the same in every call. */
const weightsOf = (weights: Weights, shape: readonly number[]): Float32Array =>
  kernels[weights](shape)

/** Each filter is the product of one bell curve per axis: sum 1, σ a sixth of the extent. */
function gaussian(shape: readonly number[]): Float32Array {
  const curves = shape.map((extent, axis) => {
    const bell = Array.from({ length: extent }, (_, i) =>
      Math.exp(-0.5 * ((6 * (i - (extent - 1) / 2)) / extent) ** 2),
    )
    const sum = bell.reduce((a, b) => a + b, 0)
    return axis < 2 ? bell.map(() => 1) : bell.map((value) => value / sum)
  })
  return Float32Array.from({ length: elements(shape) }, (_, i) =>
    indexOf(i, shape).reduce((value, j, axis) => value * curves[axis]![j]!, 1),
  )
}
