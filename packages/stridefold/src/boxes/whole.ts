/**
 * The whole problem of which boxes are computed. No array of it exists, so its shape may be larger
 * than any memory: then a smaller problem of the same kind stands for it where a program is made.
 */

import { OptionError } from '../errors.ts'
import type { CheckedConvolveOptions } from '../geometry/checked-options.ts'
import type { ConvolveCall } from '../geometry/convolve-geometry.ts'
import { formatValue } from '../geometry/format-value.ts'
import { type ConvGeometry, formatCase, makeGeometry } from '../geometry/geometry.ts'
import { type ComputeDType, computeDType, type DType } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import { validateShape } from '../ndarray/ndarray.ts'
import type { Question } from '../problem/problem.ts'
import { signalQuestion } from '../problem/question.ts'

export interface Whole {
  readonly geometry: ConvGeometry
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  readonly inputDType: DType
  /** The question of `nominalShape`. */
  readonly question: Question
  /** The shape of the input, or a smaller one. The form of the problem is chosen for it. */
  readonly nominalShape: readonly number[]
}

/** The types of the samples, of the sums, and of the results. */
export interface BoxTypes {
  readonly input: DType
  readonly sums: ComputeDType
  readonly output: DType
}

/**
 * The types of a problem. Defaults: those of the call with such arrays. Throws `OptionError`
 * (`OPTION_CONFLICT`) if the sums are asked in a type that rounds samples, weights or results.
 */
export function boxTypes(
  input: DType,
  kernel: ComputeDType,
  sums: ComputeDType | undefined,
  output: DType | undefined,
): BoxTypes {
  const needed = computeDType(input, kernel, ...(output === undefined ? [] : [output]))
  if (sums === 'float32' && needed === 'float64') {
    throw new OptionError(
      'OPTION_CONFLICT',
      `planBoxes: dtype is 'float32', but samples of ${input} and weights of ${kernel}` +
        `${output === undefined ? '' : ` with results of ${output}`} are summed in float64. ` +
        "Leave dtype out, or give dtype: 'float64'.",
    )
  }
  const dtype = sums ?? needed
  return { input, sums: dtype, output: output ?? dtype }
}

/** Arrays with more elements than this exist in no memory. */
const mostElements = 2 ** 35

/** The whole problem. Throws `OptionError` as the call does. */
export function wholeOf(
  call: ConvolveCall,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: CheckedConvolveOptions,
  { input, sums, output }: BoxTypes,
): Whole {
  const shape = extentsOf(inputShape)
  const nominalShape = shrunken(shape, kernelShape, options)
  const question = signalQuestion(
    call,
    nominalShape,
    kernelShape,
    { ...options, dtype: output },
    sums,
  )
  const geometry = grown(question, shape)
  const { orders } = question
  const outputShape = [...shape]
  for (const [a, axis] of orders.input.slice(2).entries())
    outputShape[axis!] = geometry.axes[a]!.output
  return { geometry, inputShape: shape, outputShape, inputDType: input, question, nominalShape }
}

/** The extents. Each may be up to 2⁵³, whatever their product is. */
function extentsOf(shape: readonly number[]): readonly number[] {
  if (!Array.isArray(shape)) return validateShape(shape)
  validateShape(shape.map(() => 1))
  for (const extent of shape) if (!Number.isSafeInteger(extent) || extent < 0) validateShape(shape)
  return Object.freeze(shape.map((extent) => extent + 0))
}

/** The shape, with its largest extents halved until it has at most 2³⁵ elements. */
function shrunken(
  shape: readonly number[],
  kernelShape: readonly number[],
  { stride, dilation, padding, channelAxis }: CheckedConvolveOptions,
): number[] {
  const nominal = [...shape]
  if (elementCount(shape) <= mostElements) return nominal
  const largest = (...values: readonly unknown[]): number =>
    Math.max(...(values.flat(2) as number[]).map(Math.abs))
  // So many samples have windows that lie inside, and both borders.
  const least = 8 * (largest(kernelShape) * largest(dilation) + largest(stride, padding ?? 0))
  const fixed =
    channelAxis !== undefined && kernelShape.length === shape.length
      ? (channelAxis + shape.length) % shape.length
      : -1
  while (elementCount(nominal) > mostElements) {
    const axis = nominal.reduce(
      (best, extent, a) => (a !== fixed && (best < 0 || extent > nominal[best]!) ? a : best),
      -1,
    )
    const half = Math.ceil(nominal[axis]! / 2)
    if (half < least) break
    nominal[axis] = half
  }
  return nominal
}

/** The geometry of the question for the whole shape. Windows and paddings stay. */
function grown({ geometry: g, orders }: Question, shape: readonly number[]): ConvGeometry {
  const [batchAxis, , ...spatial] = orders.input
  const batch = batchAxis === undefined ? g.batch : shape[batchAxis]!
  const axes = g.axes.map((axis, a) => {
    const input = shape[spatial[a]!]!
    return input === axis.input ? axis : makeGeometry({ axes: [{ ...axis, input }] }).axes[0]!
  })
  const parts = { ...g, batch, axes }
  return Object.freeze({ ...parts, key: formatCase(parts) })
}

/** Throws `OptionError` unless it is a type of sums. */
export function validateSumDType(dtype: unknown): ComputeDType | undefined {
  if (dtype === undefined || dtype === 'float32' || dtype === 'float64') return dtype
  throw new OptionError(
    'OPTION_INVALID',
    `planBoxes: option "dtype" is ${formatValue(dtype)}; it must be the type of the sums, ` +
      "'float32' or 'float64'. The type of the results is outputDType.",
  )
}
