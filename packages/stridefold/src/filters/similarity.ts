/**
 * How similar are two arrays at every shift? `correlateNormalized` and `autocorrelate`.
 *
 *   y = Σ (x − x̄)(t − t̄) / √(Σ (x − x̄)² · Σ (t − t̄)²)      sums and x̄ over one window of x
 *
 * Σ (x − x̄)(t − t̄) is the correlation with t − t̄. Σ (x − x̄)² = Σ x² − (Σ x)²/n needs two boxes.
 * All sums are formed in float64, after the mean of the whole input is subtracted, because the last
 * difference cancels.
 */

import { OptionError, withCallName } from '../errors.ts'
import { contiguousCopy, copy } from '../ndarray/copy.ts'
import { type DType, dtypes, epsilon } from '../ndarray/dtype.ts'
import { asReadable } from '../ndarray/interop.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import { correlateFactors } from '../runtime/call.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { sumDType, withoutResult } from './along-axes.ts'
import { type CheckedRunOptions, filterOptions, runOnly } from './check-options.ts'
import { inputOf } from './frame.ts'
import { correlateBlocks } from './kernel-blocks.ts'
import { inSlices } from './slices.ts'
import { checkResult, finish } from './whole-arrays.ts'

/** See `autocorrelate`. */
export function selfCorrelation<D extends DType>(
  input: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const call = 'autocorrelate'
  const checked = filterOptions(call, options)
  const x = inputOf(call, input)
  const run = runOnly(checked)
  const outputs = x.shape.map((extent) => (checked.mode === 'same' ? extent : 2 * extent - 1))
  // The shift 0 is the output at this place.
  const before = x.shape.map((extent) =>
    checked.mode === 'same' ? Math.floor(extent / 2) : extent - 1,
  )
  const frame = { call, x, run, turn }
  return withCallName(call, () => {
    checkResult(frame, outputs)
    const between = { ...withoutResult(run), dtype: sumDType(x, run) }
    return after(correlateBlocks(x, x, { before, outputs }, between, turn), (result) =>
      finish<D>(frame, result),
    )
  })
}

/** See `correlateNormalized`. */
export function normalizedCorrelation<D extends DType>(
  input: unknown,
  template: unknown,
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const call = 'correlateNormalized'
  const run = runOnly(filterOptions(call, options))
  const x = inputOf(call, input)
  const t = templateOf(template, x)
  return withCallName(call, () => {
    const outputs = x.shape.map((extent, axis) => extent - t.shape[axis]! + 1)
    const frame = { call, x, run: { ...run, dtype: run.dtype ?? operandDType(x, t) }, turn }
    checkResult(frame, outputs)
    const pattern = withoutMean(t, false)
    const samples = withoutMean(x, dtypes[x.dtype].integer)
    const range = { before: outputs.map(() => 0), outputs }
    const sums = { ...withoutResult(run), dtype: 'float64' } as const
    return after(correlateBlocks(samples, pattern, range, sums, turn), (products) =>
      after(windowVariances(samples, pattern.shape, sums, turn), (variances) =>
        after(divide(products, variances, norm(pattern, largestOf(t)), turn), () =>
          finish<D>(frame, products),
        ),
      ),
    )
  })
}

/** The template, which must fit into the input. */
function templateOf(template: unknown, x: NdArray): NdArray {
  const call = 'correlateNormalized'
  const t = asReadable(template, 'template')
  const shapes = `template [${t.shape}]`
  if (t.shape.length !== x.shape.length) {
    throw new OptionError(
      'RANK_MISMATCH',
      `${call}: ${shapes} has rank ${t.shape.length}, input [${x.shape}] has rank ` +
        `${x.shape.length}. Give both the same rank.`,
    )
  }
  if (t.shape.every((extent, axis) => extent > 0 && extent <= x.shape[axis]!)) return t
  throw new OptionError(
    'WINDOW_TOO_LARGE',
    `${call}: ${shapes} does not fit input [${x.shape}]. Give a template with at least one ` +
      'sample and at most as many as the input, per axis.',
  )
}

/**
 * A dense float64 copy minus the mean of all elements. A `whole` mean keeps integers integers:
 * their sums are exact then, and a flat window has no variance.
 */
function withoutMean(x: NdArray, whole: boolean): NdArray<'float64'> {
  const result = allocateArray(x.shape, 'float64')
  if (result.data.length === 0) return result
  copy(x, result)
  const { data } = result
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  const shift = whole ? Math.round(mean) : mean
  if (!Number.isFinite(shift)) return result
  for (let i = 0; i < data.length; i++) data[i]! -= shift
  return result
}

interface Sums extends CheckedRunOptions {
  readonly dtype: 'float64'
}

/** Σ x² − (Σ x)²/n for every window; 0 where it is not more than the rounding of these sums. */
function windowVariances(
  x: NdArray<'float64'>,
  shape: readonly number[],
  settings: Sums,
  turn: Turn | undefined,
): Eventual<NdArray> {
  const count = elementCount(shape)
  const ones = allocateArray(shape, 'float64')
  ones.data.fill(1)
  const factors = {
    terms: [shape.map((extent) => new Array<number>(extent).fill(1))],
    residual: 0,
  }
  // An FFT would mix the rounding of loud windows into quiet ones.
  const strict = { ...settings, mode: 'valid', algorithm: 'auto', accuracy: 'strict' } as const
  const boxSums = (samples: NdArray): Eventual<NdArray> =>
    correlateFactors(samples, ones, factors, strict, turn)
  const squares = allocateArray(x.shape, 'float64')
  for (let i = 0; i < x.data.length; i++) squares.data[i] = x.data[i]! * x.data[i]!
  const taps = shape.reduce((total, extent) => total + extent, 0)
  const negligible = 4 * (taps + 4) * epsilon.float64
  return after(boxSums(x), (sums) =>
    after(boxSums(squares), (result) => {
      for (let i = 0; i < result.data.length; i++) {
        const sumOfSquares = result.data[i]!
        const variance = sumOfSquares - (sums.data[i]! * sums.data[i]!) / count
        result.data[i] = variance <= negligible * sumOfSquares ? 0 : variance
      }
      return result
    }),
  )
}

/** √Σ t², or 0 for a flat template. */
function norm({ data }: NdArray<'float64'>, largest: number): number {
  const square = data.reduce((sum, value) => sum + value * value, 0)
  return square <= (data.length * 4 * epsilon.float64 * largest) ** 2 ? 0 : Math.sqrt(square)
}

/** The largest magnitude of an array. */
const largestOf = (x: NdArray): number => {
  let largest = 0
  for (const value of contiguousCopy(x).data) largest = Math.max(largest, Math.abs(value))
  return largest
}

/** products ← products / (√variance · scale), within −1 … 1; 0 where nothing varies. */
function divide(
  { data }: NdArray,
  variances: NdArray,
  scale: number,
  turn: Turn | undefined,
): Eventual<void> {
  return inSlices(
    data.length,
    (first, end) => {
      for (let i = first; i < end; i++) {
        const size = Math.sqrt(variances.data[i]!) * scale
        data[i] = size === 0 ? 0 : Math.min(1, Math.max(-1, data[i]! / size))
      }
    },
    turn,
  )
}
