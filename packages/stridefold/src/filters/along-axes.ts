/**
 * How is a filter of any rank computed from one-dimensional ones? The definition is that of SciPy:
 * one axis after the other, each with its own border.
 *
 *   y = Σ_terms  line_n ∘ … ∘ line_2 ∘ line_1 (x)
 *
 * Usually this is one correlation with the product of the lines. Its separable algorithm runs the
 * passes of all axes on boxes that stay in the cache, without a copy of the whole input in float.
 * The axes are computed one after the other, with whole arrays between them, in two cases: the
 * product has very many weights, or the constant of a border differs from what the passes before
 * would make of it.
 */

import { OptionError, withCallName } from '../errors.ts'
import { boundaryFrom, fillValue, isConstant } from '../geometry/boundary.ts'
import { validateSignalOptions } from '../geometry/check-options.ts'
import type { LowRankFactors } from '../geometry/operands.ts'
import type { BoundaryOption } from '../geometry/options.ts'
import { convolutionWithMissing } from '../missing/signal.ts'
import { ndarray } from '../ndarray/create.ts'
import { type ComputeDType, computeDType, type DType } from '../ndarray/dtype.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { correlateFactors } from '../runtime/call.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import type { CheckedRunOptions, MissingValues } from './check-options.ts'
import { mayMiss } from './frame.ts'
import type { Line } from './line-weights.ts'
import { type Combination, combineInto } from './slices.ts'
import { finish, type RunFrame } from './whole-arrays.ts'

/** The lines of one term, in the order of their passes. All terms have equal axes and extents. */
export type Term = readonly Line[]

/** A filter: the sum of terms. `borders` has one entry per axis of the input. */
export interface AxesFilter extends MissingValues {
  readonly terms: readonly Term[]
  readonly borders: readonly (BoundaryOption | 'missing')[]
}

/** A product with more weights takes longer to make and to compare than a pass saves. */
const maxProductWeights = 2 ** 18

/** A missing sample belongs to a window of all axes, so there are no passes. */
const maxMissingWeights = 2 ** 22

/** Filters `x`; `run` says how, and what the result is. */
export function filterAxes<D extends DType>(
  call: string,
  x: NdArray,
  filter: AxesFilter,
  run: CheckedRunOptions,
  turn: Turn | undefined,
): Eventual<NdArray<D>> {
  return withCallName(call, () => {
    const [first = []] = filter.terms
    const weights = first.reduce((count, line) => count * line.weights.length, 1)
    if (mayMiss(filter)) {
      rejectPasses(call, filter, weights)
      return product(x, filter, run, turn)
    }
    if (weights <= maxProductWeights && isOneProduct(filter)) return product(x, filter, run, turn)
    if (filter.terms.length === 1) return passes(x, first, filter, run, turn)
    return sumOfPasses(call, x, filter, run, turn)
  })
}

/** The compute type of a call with these options. */
export const sumDType = (x: NdArray, run: Pick<CheckedRunOptions, 'dtype'>): ComputeDType =>
  run.dtype === undefined ? operandDType(x) : computeDType(operandDType(x), run.dtype)

/**
 * Whether one correlation with the product gives what the passes give. It does if all constants
 * outside are 0, or if they are equal and the passes before keep them.
 */
function isOneProduct({ terms, borders }: AxesFilter): boolean {
  const [first = []] = terms
  const constants = first
    .flatMap(({ axis }) => boundaryFrom(borders[axis]) ?? [])
    .filter(isConstant)
    .map(fillValue)
  if (constants.every((value) => value === 0) || first.length === 1) return true
  const keepsConstants = (term: Term): boolean =>
    term.slice(0, -1).every(({ weights }) => Math.abs(sum(weights) - 1) < 1e-12)
  return constants.every((value) => value === constants[0]) && terms.every(keepsConstants)
}

/** Throws `OptionError` for a filter with missing samples that is no single correlation. */
function rejectPasses(call: string, filter: AxesFilter, weights: number): void {
  if (weights > maxMissingWeights) {
    throw new OptionError(
      'OPTION_CONFLICT',
      `${call}: the windows of all axes have ${weights} weights; with missing samples at most ` +
        `${maxMissingWeights} are possible. Give a smaller sigma, radius or size.`,
    )
  }
  if (isOneProduct(filter)) return
  throw new OptionError(
    'OPTION_CONFLICT',
    `${call}: with missing samples, a constant outside cannot be applied axis by axis. Use ` +
      "another border, such as 'missing' or 'symmetric'.",
  )
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** One correlation with the sum of the products of the lines. */
function product<D extends DType>(
  x: NdArray,
  filter: AxesFilter,
  run: CheckedRunOptions,
  turn: Turn | undefined,
): Eventual<NdArray<D>> {
  const { terms, borders } = filter
  const [first = []] = terms
  const { channelAxis, axes } = movingAxes(
    x,
    first.map((line) => line.axis),
  )
  const lineOf = (term: Term, axis: number): Line =>
    term.find((line) => line.axis === axis) ?? { axis, weights: [1], before: 0 }
  const factors = terms.map((term) => axes.map((axis) => lineOf(term, axis).weights))
  const shape = factors[0]!.map((factor) => factor.length)
  const dtype = sumDType(x, run)
  const { values, residual } = productOf(factors, dtype)
  const kernel = ndarray(dtype === 'float64' ? values : Float32Array.from(values), shape)
  const options = {
    ...run,
    ...(channelAxis !== undefined && { channelAxis }),
    boundary: axes.map((axis) => borders[axis]!),
    padding: axes.map((axis) => {
      const { weights, before } = lineOf(first, axis)
      return [before, weights.length - 1 - before] as const
    }),
  }
  const known = { terms: factors, residual }
  if (!mayMiss(filter)) return correlateFactors(x, kernel, known, options, turn)
  const { missing, minimumPresent } = filter
  const given = validateSignalOptions('correlate', { ...options, missing, minimumPresent })
  // The type of the result follows the rule of every call.
  return convolutionWithMissing({
    ...{ call: 'correlate', x, k: kernel, options: given, factors: known, turn },
  }) as Eventual<NdArray> as Eventual<NdArray<D>>
}

/**
 * The axes that the kernel of a correlation has. A single axis that is not filtered is the channel
 * axis: its slices are a batch. Along several of them the kernel has extent 1.
 */
export function movingAxes(
  { shape }: NdArray,
  filtered: readonly number[],
): { readonly channelAxis: number | undefined; readonly axes: readonly number[] } {
  const all = [...shape.keys()]
  const others = all.filter((axis) => !filtered.includes(axis))
  const channelAxis = others.length === 1 && all.length > 1 ? others[0] : undefined
  return { channelAxis, axes: all.filter((axis) => axis !== channelAxis) }
}

/** The weights of the product, and how much they may differ from it where they are rounded. */
function productOf(
  terms: LowRankFactors['terms'],
  dtype: ComputeDType,
): { readonly values: Float64Array; readonly residual: number } {
  const [values, ...others] = terms.map(outerProduct) as [Float64Array, ...Float64Array[]]
  const magnitudes = values.map(Math.abs)
  for (const term of others) {
    for (let i = 0; i < values.length; i++) {
      values[i]! += term[i]!
      magnitudes[i]! += Math.abs(term[i]!)
    }
  }
  let [largest, total, isWhole] = [0, 0, true]
  for (let i = 0; i < values.length; i++) {
    largest = Math.max(largest, magnitudes[i]!)
    total += Math.abs(values[i]!)
    isWhole &&= Number.isInteger(values[i])
  }
  const count = terms.length + terms[0]!.length
  const rounding = dtype === 'float32' ? 2 ** -24 : count * 2 ** -53
  return { values, residual: isWhole || total === 0 ? 0 : (rounding * largest) / total }
}

/** The product of one factor per axis, in row-major order. */
function outerProduct(factors: readonly (readonly number[])[]): Float64Array {
  let product = Float64Array.of(1)
  for (const factor of factors) {
    const next = new Float64Array(product.length * factor.length)
    let i = 0
    for (const value of product) for (const weight of factor) next[i++] = value * weight
    product = next
  }
  return product
}

/** One correlation per line, each over the whole result of the one before. */
function passes<D extends DType>(
  x: NdArray,
  term: Term,
  filter: AxesFilter,
  run: CheckedRunOptions,
  turn: Turn | undefined,
): Eventual<NdArray<D>> {
  const [line, ...others] = term
  const pass = { ...filter, terms: [line === undefined ? [] : [line]] }
  if (others.length === 0) return product(x, pass, run, turn)
  const between = { ...withoutResult(run), dtype: sumDType(x, run) }
  return after(product(x, pass, between, turn), (y) => passes(y, others, filter, run, turn))
}

/** The sum of the passes of several terms. */
function sumOfPasses<D extends DType>(
  call: string,
  x: NdArray,
  filter: AxesFilter,
  run: CheckedRunOptions,
  turn: Turn | undefined,
): Eventual<NdArray<D>> {
  const frame: RunFrame = { call, x, run, turn }
  const parts = filter.terms.map(
    (term) => (): Eventual<NdArray> =>
      passes(x, term, filter, { ...withoutResult(run), dtype: sumDType(x, run) }, turn),
  )
  return after(combined(parts, 'sum', turn), (result) => finish<D>(frame, result))
}

/** The options of a run whose result is not that of the call. */
export function withoutResult({
  out,
  dtype,
  memory,
  ...run
}: CheckedRunOptions): CheckedRunOptions {
  return run
}

/** The parts combined element by element; each is computed when the one before is done. */
export function combined(
  parts: readonly (() => Eventual<NdArray>)[],
  combine: Combination,
  turn: Turn | undefined,
): Eventual<NdArray> {
  const [first, ...others] = parts
  return others.reduce<Eventual<NdArray>>(
    (before, part) =>
      after(before, (total) =>
        after(part(), (next) =>
          after(combineInto(total.data, next.data, combine, turn), () => total),
        ),
      ),
    first!(),
  )
}
