/**
 * Which properties of a kernel may surprise its user? Each rule detects one, and returns a message.
 */

import { formatValue } from '../geometry/format-value.ts'
import type { ConvolveOptions } from '../geometry/options.ts'
import { readers } from '../geometry/read-options.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { indexAt } from '../ndarray/indices.ts'
import type { ArrayInput } from '../ndarray/interop.ts'
import { rejectUnknown } from '../ndarray/known-names.ts'
import { analyzeKernel, type KernelAnalysis } from './analyze.ts'
import { weightsOf } from './weights.ts'

/** How the kernel will be used. Rules that need a missing option are skipped or use its default. */
export interface LintOptions
  extends Pick<ConvolveOptions, 'mode' | 'boundary' | 'dtype' | 'stride' | 'dilation'> {
  /**
   * `'convolve'` flips the kernel, `'correlate'` does not. Default: unknown; the advice then names
   * both.
   */
  readonly call?: 'convolve' | 'correlate'
  /**
   * Whether the kernel also filters an alpha channel. Default: no. Set it for RGBA images that are
   * filtered whole.
   */
  readonly alpha?: boolean
  /**
   * Smallest and largest sample of the input. Default [0, 255]. It matters with an integer `dtype`:
   * results outside its range are clamped.
   */
  readonly inputRange?: readonly [number, number]
}

/** One warning. `code` is stable, for programs. */
export interface Warning {
  /** A stable identifier for programs, such as `'DARK_BORDER'`. */
  readonly code: string
  /** What happens, with numbers, and what to do. */
  readonly message: string
}

interface LintInput {
  readonly kernel: KernelAnalysis
  readonly values: readonly number[]
  readonly options: LintOptions
}

type Rule = readonly [code: string, message: (input: LintInput) => string | undefined]

/**
 * Returns warnings about a kernel and its use. The list is empty if there are none.
 *
 * - `kernel`: the weights, any array.
 * - `options`: how the kernel will be used: those of `convolve`, of which mode, boundary and dtype
 *   matter; `call`, `alpha`, `inputRange` as in `LintOptions`. Default: those of a call without
 *   options.
 *
 * Codes of warnings: `NOT_FINITE`, `ALL_ZERO`, `ZERO_SUM_ALPHA`, `BRIGHTNESS`, `FLIP_MATTERS`,
 * `HALF_SAMPLE_SHIFT`, `SATURATES`, `DARK_BORDER`. Throws `OptionError` if `kernel` is not an array
 * (`ARRAY_UNKNOWN`), and for unknown options (`OPTION_UNKNOWN`). Costs as much as `analyzeKernel`.
 *
 * @example
 * lint([[1, 0, -1]], { call: 'convolve' })[0].code // 'FLIP_MATTERS'
 */
export function lint(kernel: ArrayInput, options: LintOptions = {}): Warning[] {
  rejectUnknown('lint', options, lintNames)
  const input: LintInput = {
    kernel: analyzeKernel(kernel),
    values: weightsOf(kernel).values,
    options,
  }
  const applicable = input.kernel.finite ? rules : rules.slice(0, 1)
  return applicable.flatMap(([code, rule]) => {
    const message = rule(input)
    return message === undefined ? [] : [{ code, message }]
  })
}

const lintNames = new Set([...readers.convolve.names, 'call', 'alpha', 'inputRange'])

const notFinite: Rule = [
  'NOT_FINITE',
  ({ kernel, values }) => {
    const at = values.findIndex((value) => !Number.isFinite(value))
    if (at < 0) return undefined
    return (
      `The kernel has ${values[at]} at [${indexAt(kernel.shape, at).join(', ')}], so every ` +
      'result becomes NaN or infinite. Replace that weight.'
    )
  },
]

const allZero: Rule = [
  'ALL_ZERO',
  ({ kernel }) =>
    kernel.absoluteSum === 0 ? 'All weights are 0, so every result is 0.' : undefined,
]

const zeroSumAlpha: Rule = [
  'ZERO_SUM_ALPHA',
  ({ kernel, options }) =>
    options.alpha && kernel.zeroSum && kernel.absoluteSum > 0
      ? 'The kernel sums to 0 and the alpha channel is filtered too: opaque areas become ' +
        'transparent and the image looks empty. Do not filter alpha.'
      : undefined,
]

const brightness: Rule = [
  'BRIGHTNESS',
  ({ kernel: { zeroSum, sum } }) =>
    zeroSum || Math.abs(sum - 1) < 1e-3
      ? undefined
      : `The weights sum to ${formatNumber(sum)}, so flat areas are multiplied by it. Divide ` +
        `them by ${formatNumber(sum)} to keep the brightness.`,
]

const flipMatters: Rule = [
  'FLIP_MATTERS',
  ({ kernel, options: { call } }) => {
    if (kernel.flipInvariant) return undefined
    const difference = kernel.flipNegates
      ? 'the results of the two have opposite signs'
      : 'the two give different results'
    const advice =
      call === undefined
        ? 'choose the one that you need'
        : call === 'convolve'
          ? 'convolve, used here, flips it'
          : 'correlate, used here, does not flip it'
    return (
      'Flipping changes this kernel: convolve flips it, correlate does not, and ' +
      `${difference}; ${advice}.`
    )
  },
]

const halfSampleShift: Rule = [
  'HALF_SAMPLE_SHIFT',
  ({ kernel: { shape }, options: { mode = 'same' } }) => {
    const evenAxes = shape.flatMap((extent, axis) =>
      extent % 2 === 0 && /^same/.test(modeOf(mode, axis)) ? [axis] : [],
    )
    if (evenAxes.length === 0) return undefined
    const axes = `${evenAxes.length === 1 ? 'axis' : 'axes'} ${evenAxes.join(', ')}`
    return (
      `A kernel of ${shape.join('×')} has no centre sample along ${axes}: with mode 'same' the ` +
      `extra sample comes after, with 'same-lower' before. Results shift by half a sample.`
    )
  },
]

const modeOf = (mode: NonNullable<LintOptions['mode']>, axis: number): string =>
  typeof mode === 'string' ? mode : (mode[axis] ?? 'same')

const saturates: Rule = [
  'SATURATES',
  ({ kernel, options: { dtype, inputRange } }) => {
    if (!isInteger(dtype)) return undefined
    const [min, max] = inputRange ?? [0, 255]
    const [lowest, highest] = kernel.outputRange(min, max)
    const limits = dtypes[dtype]
    if (lowest >= limits.min - 0.5 && highest <= limits.max + 0.5) return undefined
    return (
      `Samples from ${min} to ${max} give results from ${formatNumber(lowest)} to ` +
      `${formatNumber(highest)}, but ${dtype} holds only ${limits.min} to ${limits.max}: results ` +
      'outside are clamped. Use float32.'
    )
  },
]

const isInteger = (dtype: DType | undefined): dtype is DType =>
  dtype !== undefined && dtypes[dtype].integer

/** A dark frame of at most this width, in samples, is hardly visible. */
const maxHiddenWidth = 2

const darkBorder: Rule = [
  'DARK_BORDER',
  ({ kernel: { shape, zeroSum }, options: { boundary = 'zero', mode = 'same' } }) => {
    if (zeroSum) return undefined
    const axes = shape.flatMap((extent, axis) => {
      const border = Array.isArray(boundary) ? boundary[axis] : boundary
      return border === 'zero' && extent > 2 * maxHiddenWidth && modeOf(mode, axis) !== 'valid'
        ? [axis]
        : []
    })
    if (axes.length === 0) return undefined
    return (
      `The border is ${formatValue('zero')} along ${axes.length === 1 ? 'axis' : 'axes'} ` +
      `${axes.join(', ')}: zeros enter the windows and darken the edges. Use boundary 'reflect' ` +
      `or 'edge' to avoid this.`
    )
  },
]

const rules: readonly Rule[] = [
  notFinite,
  allZero,
  zeroSumAlpha,
  brightness,
  flipMatters,
  halfSampleShift,
  saturates,
  darkBorder,
]

/** At most six digits. */
const formatNumber = (value: number): string => `${Number(value.toPrecision(6))}`
