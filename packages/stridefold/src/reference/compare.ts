/**
 * Is a result right? The one comparison of a result with the definition: `verify: true`, the tests,
 * the benchmarks and the report all use it.
 *
 * Rounding to the type of the result is monotone. So a correct result lies between the rounded ends
 * of the interval [definition − bound, definition + bound]. NaN and infinities must be where the
 * definition has them.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { AxisPadAdjoint } from '../geometry/transposed.ts'
import {
  activatedBound,
  activationFunction,
  type EpilogueActivation,
} from '../ndarray/activation.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { type DType, toDType } from '../ndarray/dtype.ts'
import { indexAt } from '../ndarray/indices.ts'
import { elementCount } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { boxOf, type OutputBox, referenceBox } from './definition.ts'
import {
  type FilterMagnitude,
  filterMagnitudes,
  outputBound,
  type SumOperands,
} from './error-bound.ts'
import { padAdjointSums } from './pad-adjoint-sums.ts'

/** The operands of a problem in canonical order, and what follows its sums. */
export interface DefinedOperands extends SumOperands {
  /** Is applied to every result after bias and offset. */
  readonly activation?: EpilogueActivation | undefined
  /** For a transposed layer with a border that repeats samples. */
  readonly padAdjoints?: readonly AxisPadAdjoint[] | undefined
}

/** Which outputs are computed. The default is all. */
export interface OutputSelection {
  /**
   * A range of outputs along each axis, of all batches and filters: `start` is its first output,
   * `shape` their number. Default: all outputs.
   */
  readonly region?: { readonly start: readonly number[]; readonly shape: readonly number[] }
  /**
   * At most this many outputs of the region, evenly spread, including the first and the last one.
   * Default: all outputs of the region.
   */
  readonly outputs?: number
}

/** Outputs of the definition in float64, and what their error bounds are computed from. */
export interface Definition {
  readonly geometry: ConvGeometry
  /** The shape of a result that can be compared: [batch, filters, ...outputs]. */
  readonly shape: readonly number[]
  /**
   * The outputs, not rounded to the type of a result: row-major over [batch, filters, ...region],
   * or only the selected ones of these.
   */
  readonly values: Float64Array<ArrayBuffer>
  readonly box: OutputBox
  /** The row-major positions of `values` in the box. Undefined if there are all of them. */
  readonly places: readonly number[] | undefined
  readonly activation: EpilogueActivation | undefined
  readonly magnitudes: readonly FilterMagnitude[]
  /** The number of sums that each of `values` adds up. Undefined if it is 1 for all. */
  readonly counts: Float64Array | undefined
}

/** An output whose error is larger than its bound. */
export interface Fault {
  /** [batch, filter, ...output] */
  readonly index: readonly number[]
  /** The row-major position of that index in the result. */
  readonly at: number
  readonly actual: number
  /** The value of the definition, rounded to the type of the result. */
  readonly expected: number
  /** The largest difference that was allowed before that rounding. */
  readonly bound: number
}

/** The answer of a comparison. */
export interface Comparison {
  /** The number of compared outputs. */
  readonly outputs: number
  /** The largest |result − definition|; NaN if any difference is NaN. */
  readonly difference: number
  /** The largest bound of all compared outputs. */
  readonly bound: number
  /** The output that exceeds its bound by most; undefined if the result is right. */
  readonly fault: Fault | undefined
}

/** What a comparison allows. */
export interface Tolerance {
  /**
   * How much a result may differ, as a share of max|x|·Σ|k| of its filter. Plans state it for each
   * of their algorithms; a direct sum of n products of float32 has at most (n + 1)·2⁻²³. With 0 the
   * result must be the rounded definition.
   */
  readonly errorBound: number
  /** A difference that is allowed in addition, in units of the result. Default 0. */
  readonly slack?: number
  /** The type to which the results were rounded. Default: that of the array. */
  readonly dtype?: DType
}

/**
 * Computes outputs of the definition in float64. `compareWithDefinition` compares results with
 * them; one definition serves several results.
 *
 * - `geometry`: the problem, from `geometry()`, `parseCase()` or a plan.
 * - `operands`: the arrays in canonical order, with any strides: `input` [batch, channels, ...axes]
 *   and `kernel` [filters, channels / groups, ...axes]. To every sum `bias` [filters] (default:
 *   none) and `offset` (default 0) are added. Then comes `activation` (default: none).
 * - `selection`: `region` and `outputs` choose some of the outputs. Default: all.
 *
 * Throws `OptionError` (`SHAPE_MISMATCH`) for arrays of other shapes. Computes about 70 million
 * products per second (Node 20).
 *
 * ```ts
 * import { conv2d, ndarray, parseCase } from 'stridefold/sync'
 * import { compareWithDefinition, definition } from 'stridefold/verify'
 *
 * const input = ndarray(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), [1, 1, 3, 3])
 * const kernel = ndarray(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2])
 * const expected = definition(parseCase('3x3 * 2x2'), { input, kernel })
 * console.log([...expected.values]) // [ 37, 47, 67, 77 ]
 * const result = conv2d(input, kernel)
 * console.log(compareWithDefinition(expected, result, { errorBound: 2 ** -20 }).fault) // undefined
 * ```
 */
export function definition(
  geometry: ConvGeometry,
  operands: DefinedOperands,
  selection: OutputSelection = {},
): Definition {
  const { input, kernel, bias, offset = 0, activation, padAdjoints } = operands
  const g = geometry
  checkShape('input', input, [g.batch, g.channels, ...g.axes.map((axis) => axis.input)])
  const taps = g.axes.map((axis) => axis.kernel)
  checkShape('kernel', kernel, [g.filters, g.channels / g.groups, ...taps])
  if (bias !== undefined) checkShape('bias', bias, [g.filters])
  const whole = boxOf(g)
  const sums =
    padAdjoints === undefined
      ? undefined
      : padAdjointSums(referenceBox(g, input, kernel, whole, undefined), whole.shape, padAdjoints)
  const shape = sums?.shape ?? whole.shape
  const { start = whole.start, shape: extents = shape.slice(2) } = selection.region ?? {}
  const box = { start, shape: [g.batch, g.filters, ...extents] }
  const places = placesOf(elementCount(box.shape), selection.outputs)
  const atEach = (all: Float64Array): Float64Array<ArrayBuffer> =>
    selection.region === undefined && places === undefined
      ? Float64Array.from(all)
      : Float64Array.from({ length: places?.length ?? elementCount(box.shape) }, (_, i) => {
          const at = indexAt(box.shape, places?.[i] ?? i)
          return all[positionOf(resultIndex(at, start), shape)]!
        })
  const values =
    sums === undefined ? referenceBox(g, input, kernel, box, places) : atEach(sums.sums)
  const counts =
    padAdjoints === undefined
      ? undefined
      : atEach(
          padAdjointSums(
            new Float64Array(elementCount(whole.shape)).fill(1),
            whole.shape,
            padAdjoints,
          ).sums,
        )
  const result: Definition = {
    ...{ geometry, shape, values, box, places, activation, counts },
    magnitudes: filterMagnitudes(g, { input, kernel, bias, offset }),
  }
  const activate = activationFunction(activation)
  for (let i = 0; i < values.length; i++) {
    const f = filterOf(result, i)
    const biasOfFilter = bias === undefined ? 0 : bias.data[bias.offset + f * bias.strides[0]!]!
    values[i] = activate(values[i]! + biasOfFilter + offset)
  }
  return result
}

/** Evenly spread positions, the first and the last one included; undefined for all. */
function placesOf(count: number, outputs = Infinity): readonly number[] | undefined {
  if (count <= outputs) return undefined
  return Array.from({ length: outputs }, (_, i) =>
    outputs === 1 ? 0 : Math.round((i * (count - 1)) / (outputs - 1)),
  )
}

const filterOf = ({ box: { shape }, places }: Definition, i: number): number =>
  Math.floor((places?.[i] ?? i) / elementCount(shape.slice(2))) % shape[1]!

const resultIndex = ([n, f, ...q]: readonly number[], start: readonly number[]): number[] => [
  n!,
  f!,
  ...q.map((output, a) => output + start[a]!),
]

const positionOf = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((position, coordinate, axis) => position * shape[axis]! + coordinate, 0)

/**
 * Compares a result with outputs of the definition.
 *
 * - `expected`: from `definition()`.
 * - `result`: [batch, filters, ...outputs] with any strides, such as a view of another layout. It
 *   has all outputs of the problem, also if the definition has only some.
 * - `tolerance`: `errorBound`, as a share of max|x|·Σ|k| of the filter; `slack` in units of the
 *   result (default 0); `dtype`, to which the result was rounded (default: that of the array).
 * - `visit`: is called with |result − definition| of each compared output, in the order of
 *   `expected.values`.
 *
 * Constants of the border count in max|x| where a window reads them. NaN and infinities must be
 * where the definition has them. If a sum of the filter may overflow, its bound is infinite, and
 * any result is accepted. Throws `OptionError` (`SHAPE_MISMATCH`) for a result of another shape.
 */
export function compareWithDefinition(
  expected: Definition,
  result: NdArray,
  { errorBound, slack = 0, dtype = result.dtype }: Tolerance,
  visit?: (difference: number, i: number) => void,
): Comparison {
  const { geometry: g, box, places, values, activation, counts, magnitudes } = expected
  checkShape('result', result, expected.shape)
  const filterBounds = magnitudes.map((magnitude) => outputBound(g, magnitude, errorBound))
  let [difference, maxBound, maxExcess, worst] = [0, 0, 0, -1]
  let fault: Omit<Fault, 'index' | 'at'> | undefined
  for (let i = 0; i < values.length; i++) {
    const index = resultIndex(indexAt(box.shape, places?.[i] ?? i), box.start)
    const value = values[i]!
    const actual =
      result.data[index.reduce((at, j, axis) => at + j * result.strides[axis]!, result.offset)]!
    const ofSums =
      counts === undefined
        ? filterBounds[index[1]!]!
        : outputBound(g, magnitudes[index[1]!]!, errorBound, counts[i]!)
    const bound = activatedBound(ofSums, Math.abs(value), activation, g.dtype) + slack
    const error = Object.is(actual, value) ? 0 : Math.abs(actual - value)
    visit?.(error, i)
    if (error > difference || Number.isNaN(error)) difference = error
    if (bound > maxBound) maxBound = bound
    const excess = excessOf(actual, value, bound, dtype)
    if (excess > maxExcess) {
      maxExcess = excess
      worst = i
      fault = { actual, expected: toDType(value, dtype), bound }
    }
  }
  const answer = { outputs: values.length, difference, bound: maxBound }
  if (fault === undefined) return { ...answer, fault }
  const index = resultIndex(indexAt(box.shape, places?.[worst] ?? worst), box.start)
  return { ...answer, fault: { ...fault, index, at: positionOf(index, expected.shape) } }
}

/** Returns by how much a result lies outside of its interval; 0 if it lies inside. */
function excessOf(actual: number, value: number, bound: number, dtype: DType): number {
  if (bound === Infinity) return 0
  const expected = toDType(value, dtype)
  if (Object.is(actual, expected) || actual === expected) return 0
  const [low, high] = [toDType(value - bound, dtype), toDType(value + bound, dtype)]
  if (actual >= low && actual <= high) return 0
  const excess = Math.max(low - actual, actual - high)
  return excess > 0 ? excess : Infinity
}
