/**
 * A problem with one plane, as the first screen shows it: the padded input, the kernel as it
 * multiplies, the output, and the grey of every number. All results are from the library.
 *
 * The input may have one or two axes. A signal is a plane with one row. Places in a plane are
 * columns x and rows y, from 0.
 */

import { type ConvGeometry, parseCase } from 'stridefold/sync'
import { arrayOf, product } from '../model/numbers.ts'
import { paddedInput } from '../model/padded.ts'
import { inputRange, kernelRange, plainValues } from '../model/plain-values.ts'
import { planeSums } from '../model/plane-sums.ts'
import { isPlain } from '../state/fits-stage.ts'
import type { LabState } from '../state/state.ts'
import { type Scale, scaleOf } from './scale.ts'

export interface Place {
  readonly x: number
  readonly y: number
}

export interface Plane {
  readonly width: number
  readonly height: number
  readonly data: ArrayLike<number>
}

export interface StageModel {
  readonly geometry: ConvGeometry
  readonly input: Plane
  /** The input with its border. Its first sample is at `before`. */
  readonly padded: Plane
  readonly before: Place
  /**
   * The weights as they multiply. For a convolution (`flip`) they are the given kernel turned by
   * 180°.
   */
  readonly kernel: Plane
  /** The sum of products is divided by this, then the bias is added. */
  readonly divisor: number
  readonly bias: number
  readonly stride: Place
  readonly dilation: Place
  /** The extents of the window in the input: the kernel with its dilation. */
  readonly window: Place
  readonly output: Plane
  /** The number of products of one output. */
  readonly taps: number
  readonly inputScale: Scale
  readonly outputScale: Scale
  /** Whether the input is a picture: 0 is black, 255 is white. */
  readonly isPicture: boolean
  /** Whether the planes are small enough to show every number instead of its grey. */
  readonly isSmall: boolean
}

/** Planes up to these extents show every number. */
const maxSmallWidth = 9
const maxSmallHeight = 9

export function stageModelOf({
  problem,
  input,
  kernel,
  divisor,
  bias,
}: Pick<LabState, 'problem' | 'input' | 'kernel' | 'divisor' | 'bias'>): StageModel {
  // float64, so that the digits are those that were typed.
  const g: ConvGeometry = { ...parseCase(problem), dtype: 'float64' }
  const inputShape = [1, 1, ...g.axes.map((axis) => axis.input)]
  const kernelShape = [1, 1, ...g.axes.map((axis) => axis.kernel)]
  if (!isPlain(input) || !isPlain(kernel)) throw new Error('The stage has no such numbers.')
  const samples = arrayOf(plainValues(input, inputShape, inputRange), inputShape, g)
  const given = plainValues(kernel, kernelShape, kernelRange)
  const weights = g.flip ? [...given].reverse() : given
  const padded = paddedInput(g, samples)
  const sums = planeSums(g, { input: samples, kernel: arrayOf(given, kernelShape, g), padded })
  const values = Float64Array.from(sums, (sum) => resultOf(sum, divisor, bias))
  const size = (name: 'input' | 'kernel' | 'output'): Place => placeOfAxes(g, (axis) => axis[name])
  const outputPlane = planeOf(values, size('output'))
  const isPicture = 'picture' in input
  const border = placeOfAxes(g, ({ input: extent, before, after }) => extent + before + after)
  return {
    geometry: g,
    input: planeOf(samples.data, size('input')),
    padded: planeOf(padded.array.data, border),
    before: { x: g.axes.at(-1)!.before, y: g.axes.length > 1 ? g.axes[0]!.before : 0 },
    kernel: planeOf(weights, size('kernel')),
    divisor,
    bias,
    stride: placeOfAxes(g, (axis) => axis.stride),
    dilation: placeOfAxes(g, (axis) => axis.dilation),
    window: placeOfAxes(g, (axis) => (axis.kernel - 1) * axis.dilation + 1),
    output: outputPlane,
    taps: product(kernelShape),
    inputScale: isPicture
      ? { low: 0, high: 255, isSigned: false }
      : scaleOf(samples.data, undefined),
    outputScale: scaleOf(
      values,
      isPicture ? weights.reduce((sum, weight) => sum + weight, 0) / divisor : undefined,
    ),
    isPicture,
    isSmall: !isPicture && border.x <= maxSmallWidth && border.y <= maxSmallHeight,
  }
}

/** The output of a sum of products. */
export const resultOf = (sum: number, divisor: number, bias: number): number =>
  roundOff(sum / divisor + bias)

/** A number of each axis. Without a second axis, y is that of a plane with one row: 1. */
const placeOfAxes = (
  g: ConvGeometry,
  of: (axis: ConvGeometry['axes'][number]) => number,
): Place => ({
  x: of(g.axes.at(-1)!),
  y: g.axes.length > 1 ? of(g.axes[0]!) : 1,
})

const planeOf = (data: ArrayLike<number>, { x, y }: Place): Plane => ({ width: x, height: y, data })

/** One product of an output. */
export interface Product {
  /** The number of the product in the window, row by row. */
  readonly tap: number
  /** Its sample in the padded input. */
  readonly x: number
  readonly y: number
  readonly isPadding: boolean
  readonly value: number
  readonly weight: number
  readonly product: number
}

/** The sample of the padded input that a tap reads in the window of an output place. */
export const sampleOf = (
  { kernel, stride, dilation }: Pick<StageModel, 'kernel' | 'stride' | 'dilation'>,
  tap: number,
  { x, y }: Place,
): Place => ({
  x: x * stride.x + (tap % kernel.width) * dilation.x,
  y: y * stride.y + Math.floor(tap / kernel.width) * dilation.y,
})

/** The products of the output at a place, in the order of the weights. */
export function productsAt(model: StageModel, place: Place): readonly Product[] {
  const { kernel, padded } = model
  return Array.from({ length: model.taps }, (_, tap): Product => {
    const { x: column, y: row } = sampleOf(model, tap, place)
    const value = padded.data[row * padded.width + column]!
    const weight = kernel.data[tap]!
    return {
      tap,
      x: column,
      y: row,
      isPadding: isPaddingAt(model, column, row),
      value,
      weight,
      product: roundOff(value * weight),
    }
  })
}

/** Is a place of the padded input outside the input? */
export const isPaddingAt = ({ before, input }: StageModel, x: number, y: number): boolean =>
  x < before.x || y < before.y || x >= before.x + input.width || y >= before.y + input.height

/**
 * Removes the error of float64 from products and sums of numbers with few digits: 0.1 × 3 is 0.3.
 * A number that needs more digits stays as it is, so that it is shown as rounded.
 */
export function roundOff(value: number): number {
  // Whole numbers and binary fractions have no error. Most numbers are of this kind.
  if (Number.isInteger(value * binaryUnits)) return value
  const rounded = Number(value.toPrecision(12))
  return Math.abs(rounded - value) <= Math.abs(value) * largestError ? rounded : value
}

const largestError = 64 * Number.EPSILON
const binaryUnits = 2 ** 20

export const outputAt = ({ output }: StageModel, { x, y }: Place): number =>
  output.data[y * output.width + x]!
