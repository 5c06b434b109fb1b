/**
 * Is a result right? The one comparison of a result with the definition: `verify: true`, the tests,
 * the benchmarks and the report all use it.
 *
 * Rounding to the type of the result is monotone. So a correct result lies between the rounded ends
 * of the interval [definition − bound, definition + bound]. NaN and infinities must be where the
 * definition has them.
 */

import { OptionError } from '../errors.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { AxisPadAdjoint } from '../geometry/transposed.ts'
import {
  activatedBound,
  activationFunction,
  type EpilogueActivation,
} from '../ndarray/activation.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { type DType, toDType } from '../ndarray/dtype.ts'
import { indexAt, rowMajorPosition } from '../ndarray/indices.ts'
import { elementAt, elementCount, rowMajorStrides } from '../ndarray/layout.ts'
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
  /** A function that is applied to every result after bias and offset. Default: none. */
  readonly activation?: EpilogueActivation | undefined
  /**
   * For a transposed layer with a border that repeats samples: how each axis adds its border back.
   * Default: none.
   */
  readonly padAdjoints?: readonly AxisPadAdjoint[] | undefined
}

/** Which outputs are computed. The default is all. */
export interface OutputSelection {
  /**
   * A range of outputs along each axis, of all batches and filters: `start` is its first output,
   * `shape` their number. Default: all outputs.
   */
  readonly region?: {
    /** The first output along each axis. */
    readonly start: readonly number[]
    /** The number of outputs along each axis. */
    readonly shape: readonly number[]
  }
  /**
   * At most this many outputs of the region, evenly spread, including the first and the last one.
   * Default: all outputs of the region.
   */
  readonly outputs?: number
}

/** Outputs of the definition in float64, and what their error bounds are computed from. */
export interface Definition {
  /** The problem, as it was given. */
  readonly geometry: ConvGeometry
  /** The shape of a result that can be compared: [batch, filters, ...outputs]. */
  readonly shape: readonly number[]
  /**
   * The outputs, not rounded to the type of a result: row-major over [batch, filters, ...region],
   * or only the selected ones of these.
   */
  readonly values: Float64Array<ArrayBuffer>
  /** The range of outputs that `values` covers. */
  readonly box: OutputBox
  /** The row-major positions of `values` in the box. Undefined if there are all of them. */
  readonly places: readonly number[] | undefined
  /** The activation that was applied; undefined if there is none. */
  readonly activation: EpilogueActivation | undefined
  /** How large the sums of each filter can be, for their error bounds. */
  readonly magnitudes: readonly FilterMagnitude[]
  /** The number of sums that each of `values` adds up. Undefined if it is 1 for all. */
  readonly counts: Float64Array | undefined
}

/** An output whose error is larger than its bound. */
export interface Fault {
  /** Its index, [batch, filter, ...output]. */
  readonly index: readonly number[]
  /** The row-major position of that index in the result. */
  readonly at: number
  /** The element of the result. */
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
 * Returns outputs of the definition in float64, the sums as they are written, without any
 * algorithm. `compareWithDefinition` compares results with them; one definition serves several
 * results.
 *
 * - `geometry`: the problem, from `geometry()`, `parseCase()` or a plan.
 * - `operands`: the arrays in canonical order, with any strides: `input` [batch, channels, ...axes]
 *   and `kernel` [filters, channels / groups, ...axes]. To every sum `bias` [filters] (default:
 *   none) and `offset` (default 0) are added. Then comes `activation` (default: none).
 * - `selection`: `region` and `outputs` choose some of the outputs. Default: all.
 *
 * Throws `OptionError`: `SHAPE_MISMATCH` for arrays of other shapes, `INDEX_INVALID` for a region
 * outside of the outputs. Computes about 70 million products per second (Node 20), and allocates 8
 * bytes per output.
 *
 * @example
 * const input = ndarray([1, 2, 3, 4], [1, 1, 4])
 * const kernel = ndarray([1, 10], [1, 1, 2])
 * definition(parseCase('4 * 2'), { input, kernel }).values // [21, 32, 43]
 */
export function definition(
  geometry: ConvGeometry,
  operands: DefinedOperands,
  selection: OutputSelection = {},
): Definition {
  const { input, kernel, bias, offset = 0, activation, padAdjoints } = operands
  const g = geometry
  const shapes = canonicalShapes(g)
  checkShape('input', input, shapes.input)
  checkShape('kernel', kernel, shapes.kernel)
  if (bias !== undefined) checkShape('bias', bias, [g.filters])
  const whole = boxOf(g)
  const sums =
    padAdjoints === undefined
      ? undefined
      : padAdjointSums(referenceBox(g, input, kernel, whole, undefined), whole.shape, padAdjoints)
  const shape = sums?.shape ?? whole.shape
  const { start = whole.start, shape: extents = shape.slice(2) } = selection.region ?? {}
  checkRegion(start, extents, shape.slice(2))
  const box = { start, shape: [g.batch, g.filters, ...extents] }
  const places = placesOf(elementCount(box.shape), selection.outputs)
  const atEach = (all: Float64Array): Float64Array<ArrayBuffer> => {
    const picked = new Float64Array(places?.length ?? elementCount(box.shape))
    forEachOutput({ box, places }, { strides: rowMajorStrides(shape), offset: 0 }, (i, _, at) => {
      picked[i] = all[at]!
    })
    return picked
  }
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
  const activate = activationFunction(activation)
  forEachOutput({ box, places }, { strides: rowMajorStrides(shape), offset: 0 }, (i, f) => {
    const biasOfFilter = bias === undefined ? 0 : bias.data[bias.offset + f * bias.strides[0]!]!
    values[i] = activate(values[i]! + biasOfFilter + offset)
  })
  return {
    ...{ geometry, shape, values, box, places, activation, counts },
    magnitudes: filterMagnitudes(g, { input, kernel, bias, offset }),
  }
}

function checkRegion(
  start: readonly number[],
  extents: readonly number[],
  outputs: readonly number[],
): void {
  const isInside = outputs.every(
    (count, a) => start[a]! >= 0 && extents[a]! >= 0 && start[a]! + extents[a]! <= count,
  )
  if (isInside && start.length === outputs.length && extents.length === outputs.length) return
  throw new OptionError(
    'INDEX_INVALID',
    `definition: the region from [${start}] of shape [${extents}] does not lie inside the ` +
      `outputs [${outputs}].`,
  )
}

/** Evenly spread positions, the first and the last one included; undefined for all. */
function placesOf(count: number, outputs = Infinity): readonly number[] | undefined {
  if (count <= outputs) return undefined
  return Array.from({ length: outputs }, (_, i) =>
    outputs === 1 ? 0 : Math.round((i * (count - 1)) / (outputs - 1)),
  )
}

/** The index in the result of the i-th output. */
function indexOf({ box, places }: Pick<Definition, 'box' | 'places'>, i: number): number[] {
  const [n, f, ...q] = indexAt(box.shape, places?.[i] ?? i)
  return [n!, f!, ...q.map((output, a) => output + box.start[a]!)]
}

/** Calls `visit` for each output: with its number, its filter and its place in an array. */
function forEachOutput(
  { box, places }: Pick<Definition, 'box' | 'places'>,
  { strides, offset }: Pick<NdArray, 'strides' | 'offset'>,
  visit: (i: number, f: number, at: number) => void,
): void {
  if (places !== undefined) {
    for (const i of places.keys()) {
      const index = indexOf({ box, places }, i)
      visit(i, index[1]!, elementAt(index, strides, offset))
    }
    return
  }
  const length = box.shape.at(-1)!
  const step = strides.at(-1)!
  const outputs = elementCount(box.shape)
  for (let line = 0; line < outputs; line += length) {
    const index = indexOf({ box, places }, line)
    const at = elementAt(index, strides, offset)
    for (let i = 0; i < length; i++) visit(line + i, index[1]!, at + i * step)
  }
}

/**
 * Returns how far a result is from the definition, and the output that exceeds its error bound by
 * most. The result may come from this library or from any other.
 *
 * - `expected`: from `definition()`.
 * - `result`: [batch, filters, ...outputs] with any strides, such as a view of another layout. It
 *   has all outputs of the problem, also if the definition has only some.
 * - `tolerance`: `errorBound`, as a share of max|x|·Σ|k| of the filter; `slack` in units of the
 *   result (default 0); `dtype`, to which the result was rounded (default: that of the array).
 * - `visit`: is called with |result − definition| of each compared output, in the order of
 *   `expected.values`. Default: none.
 *
 * Constants of the border count in max|x| where a window reads them. NaN and infinities must be
 * where the definition has them. If a sum of the filter may overflow, its bound is infinite, and
 * any result is accepted. Throws `OptionError` (`SHAPE_MISMATCH`) for a result of another shape.
 * Costs one pass over the outputs.
 *
 * @example
 * const [input, kernel] = [ndarray([1, 2, 3], [1, 1, 3]), ndarray([1, 10], [1, 1, 2])]
 * const expected = definition(parseCase('3 * 2'), { input, kernel })
 * const { fault } = compareWithDefinition(expected, ndarray([[[21, 33]]]), { errorBound: 1e-6 })
 * fault.index // [0, 0, 1]
 */
export function compareWithDefinition(
  expected: Definition,
  result: NdArray,
  tolerance: Tolerance,
  visit?: (difference: number, i: number) => void,
): Comparison {
  const { geometry: g, shape, values, activation, counts, magnitudes } = expected
  const { errorBound, slack = 0, dtype = result.dtype } = tolerance
  checkShape('result', result, shape)
  const filterBounds = magnitudes.map((magnitude) => outputBound(g, magnitude, errorBound))
  let [difference, maxBound, maxExcess, worst] = [0, 0, 0, -1]
  let fault: Pick<Fault, 'actual' | 'expected' | 'bound'> | undefined
  forEachOutput(expected, result, (i, f, at) => {
    const value = values[i]!
    const actual = result.data[at]!
    const ofSums =
      counts === undefined
        ? filterBounds[f]!
        : outputBound(g, magnitudes[f]!, errorBound, counts[i]!)
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
  })
  const answer = { outputs: values.length, difference, bound: maxBound }
  if (fault === undefined) return { ...answer, fault }
  const index = indexOf(expected, worst)
  return { ...answer, fault: { ...fault, index, at: rowMajorPosition(shape, index) } }
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
