/**
 * Which numbers describe a convolution? A geometry has all of them. Algorithms see nothing else of
 * a problem.
 *
 *   y[n, f, q] = Σ_c Σ_t  x[n, c, (q·stride + t·dilation − before) / inputDilation] · k[f, c, t]
 *
 * The formula holds for each axis. Filter f is in group g = ⌊f / (filters/groups)⌋, and c runs over
 * the channels/groups channels of that group. If the quotient is not a whole number, the product is
 * zero. If it lies outside [0, input), the border gives the value. A flipped kernel (true
 * convolution) reads k at kernel − 1 − t instead of t; padding stays in input coordinates.
 */

import { OptionError } from '../errors.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { maxAxes } from '../ndarray/ndarray.ts'
import type { Boundary } from './boundary.ts'
import { boundaryFrom } from './boundary.ts'
import { formatValue } from './format-value.ts'
import { dilatedExtent, kernelOverlap, outputExtent } from './padding.ts'

/** The numbers of one spatial axis. All are counted in samples. */
export interface AxisGeometry {
  /** Samples of the input. */
  readonly input: number
  /** Weights of the kernel. */
  readonly kernel: number
  /** Samples from one output to the next, ≥ 1. */
  readonly stride: number
  /** Samples between two neighbouring weights, ≥ 1. */
  readonly dilation: number
  /** Input dilation I: I − 1 zeros lie between neighbouring samples; 1 means none. */
  readonly inputDilation: number
  /**
   * Padding before the first sample, counted in samples of the dilated input. Negative numbers
   * crop.
   */
  readonly before: number
  /**
   * Padding after the last sample, counted in samples of the dilated input. Negative numbers crop.
   */
  readonly after: number
  /** Samples of the output; 0 if the window does not fit. */
  readonly output: number
}

/**
 * A convolution as numbers: batch, groups, channels, and the numbers of each spatial axis. Made by
 * `geometry()` and `parseCase()`. Frozen.
 */
export interface ConvGeometry {
  /** Items of the batch; 1 for signals, or the number of slices with `channelAxis`. */
  readonly batch: number
  /** Equal parts of the channels that are computed separately; 1 for signals. */
  readonly groups: number
  /** All input channels, over all groups. */
  readonly channels: number
  /** All output channels, over all groups. */
  readonly filters: number
  /** The spatial axes, the slowest in memory first. */
  readonly axes: readonly AxisGeometry[]
  /** The border of each axis. */
  readonly boundary: readonly Boundary[]
  /** True: convolution, with a flipped kernel. False: correlation. */
  readonly flip: boolean
  /** The type in which sums are formed. */
  readonly dtype: ComputeDType
  /** The geometry in case notation (docs/notation.md). Equal geometries have the same key. */
  readonly key: string
}

/** The numbers from which an axis is made. Defaults: 1 for factors, 0 for padding. */
export interface AxisParts {
  readonly input: number
  readonly kernel: number
  readonly stride?: number
  readonly dilation?: number
  readonly inputDilation?: number
  readonly before?: number
  readonly after?: number
}

/** The parts from which a geometry is made. Defaults: 1, `'zero'`, false, float32. */
export interface GeometryParts {
  readonly batch?: number
  readonly groups?: number
  readonly channels?: number
  readonly filters?: number
  readonly axes: readonly AxisParts[]
  /** One border for all axes, or one per axis. */
  readonly boundary?: Boundary | readonly Boundary[]
  readonly flip?: boolean
  readonly dtype?: ComputeDType
}

/**
 * Makes a frozen geometry; computes its output extents and its key. An axis has output 0 if the
 * window does not fit; `checkedFit` throws for it.
 *
 * Throws `OptionError` for numbers that describe no convolution (`GEOMETRY_INVALID`), and for
 * positions or counts above 2⁵³ (`GEOMETRY_TOO_LARGE`), which a double does not hold exactly.
 */
export function makeGeometry(parts: GeometryParts): ConvGeometry {
  const {
    batch = 1,
    groups = 1,
    channels = 1,
    filters = 1,
    flip = false,
    dtype = 'float32',
  } = parts
  const axes = Object.freeze(parts.axes.map(makeAxis))
  if (axes.length === 0) throw invalid('axes is empty', 'at least one spatial axis is needed')
  // An array also needs an axis for the batch and one for the channels.
  if (axes.length > maxAxes - 2)
    throw invalid(`axes are ${axes.length}`, `at most ${maxAxes - 2} are possible`)
  requireInteger('batch', batch, 0)
  requireInteger('channels', channels, 0)
  requireInteger('filters', filters, 0)
  requireInteger('groups', groups, 1)
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw invalid(
      `groups is ${groups}`,
      `it must divide both the ${channels} channels and the ${filters} filters`,
    )
  }
  requireCountable('samples', [batch, channels, ...axes.map((axis) => axis.input)])
  requireCountable('weights', [filters, channels / groups, ...axes.map((axis) => axis.kernel)])
  requireCountable('results', [batch, filters, ...axes.map((axis) => axis.output)])
  const boundary = boundaryPerAxis(parts.boundary ?? 'zero', axes.length)
  const key = formatCase({ batch, groups, channels, filters, axes, boundary, flip, dtype })
  return Object.freeze({ batch, groups, channels, filters, axes, boundary, flip, dtype, key })
}

function makeAxis(parts: AxisParts): AxisGeometry {
  const { input, kernel, stride = 1, dilation = 1, inputDilation = 1 } = parts
  // Adding 0 turns −0 into 0.
  const before = (parts.before ?? 0) + 0
  const after = (parts.after ?? 0) + 0
  requireInteger('input', input, 0)
  requireInteger('kernel', kernel, 1)
  requireInteger('stride', stride, 1)
  requireInteger('dilation', dilation, 1)
  requireInteger('inputDilation', inputDilation, 1)
  requireInteger('before', before, Number.MIN_SAFE_INTEGER)
  requireInteger('after', after, Number.MIN_SAFE_INTEGER)
  const padded = dilatedExtent(input, inputDilation) + before + after
  const windowExtent = kernelOverlap({ kernel, dilation }) + 1
  const output = outputExtent({ input, kernel, stride, dilation, inputDilation, before, after })
  // These may be rounded. Rounding is monotone, so a value above the limit never rounds below it.
  const maxPosition = Math.max(Math.abs(before) + Math.abs(padded), windowExtent, output * stride)
  if (maxPosition > Number.MAX_SAFE_INTEGER) {
    throw new OptionError(
      'GEOMETRY_TOO_LARGE',
      `An axis of ${input} samples under ${kernel} weights with stride ${stride}, dilation ` +
        `${dilation}, input dilation ${inputDilation} and padding ${before}:${after} has ` +
        'positions above 2⁵³, which cannot be counted. Use smaller numbers.',
    )
  }
  return Object.freeze({ input, kernel, stride, dilation, inputDilation, before, after, output })
}

/**
 * Throws `OptionError` for an array of more than 2⁵³ elements. An extent of 0 counts as 1, because
 * the product of the other extents is used as a stride.
 */
function requireCountable(what: string, extents: readonly number[]): void {
  if (extents.reduce((n, extent) => n * Math.max(extent, 1), 1) <= Number.MAX_SAFE_INTEGER) return
  throw new OptionError(
    'GEOMETRY_TOO_LARGE',
    `A geometry has ${times(extents)} ${what}, more than can be counted (2⁵³). Use smaller ` +
      'numbers.',
  )
}

function boundaryPerAxis(
  boundary: Boundary | readonly Boundary[],
  rank: number,
): readonly Boundary[] {
  const list: readonly unknown[] = Array.isArray(boundary)
    ? boundary
    : Array.from({ length: rank }, () => boundary)
  const borders = list.map(boundaryFrom).filter((border) => border !== undefined)
  if (borders.length !== rank)
    throw invalid(
      `boundary is ${formatValue(boundary)}`,
      `one border for each of the ${rank} axes is needed`,
    )
  return Object.freeze(borders)
}

function requireInteger(name: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return
  throw invalid(
    `${name} is ${formatValue(value)}`,
    min < 0 ? 'a whole number is needed' : `a whole number ≥ ${min} is needed`,
  )
}

function invalid(received: string, needed: string): OptionError {
  return new OptionError('GEOMETRY_INVALID', `A geometry's ${received}: ${needed}.`)
}

/**
 * Returns the geometry itself if the kernel fits every axis. Use it after `parseCase`, which
 * accepts a kernel that does not fit.
 *
 * - `geometry`: from `geometry()` or `parseCase()`.
 *
 * Throws `OptionError` (`WINDOW_TOO_LARGE`) if the kernel does not fit an axis that has samples.
 * Never throws for an axis without samples: it has the output of the formula, which is usually 0.
 * Costs nothing but a look at each axis.
 *
 * @example
 * checkedFit(parseCase('9 * 3')).axes[0].output // 7
 */
export function checkedFit(geometry: ConvGeometry): ConvGeometry {
  if (!geometry.axes.some((axis) => axis.input > 0 && axis.output === 0)) return geometry
  const windowExtents = geometry.axes.map((axis) => kernelOverlap(axis) + 1)
  const paddedExtents = geometry.axes.map(
    (axis) => dilatedExtent(axis.input, axis.inputDilation) + axis.before + axis.after,
  )
  const kernel = times(geometry.axes.map((axis) => axis.kernel))
  const input = times(geometry.axes.map((axis) => axis.input))
  const paddingText = geometry.axes.every((axis) => axis.before === 0 && axis.after === 0)
    ? 'without padding'
    : `padded to ${times(paddedExtents)}`
  throw new OptionError(
    'WINDOW_TOO_LARGE',
    `kernel ${kernel} does not fit input ${input} ${paddingText}: the window needs at least ` +
      `${times(windowExtents)}. Add padding, or use 'same' or 'full'.`,
  )
}

/** Throws `OptionError` (`KERNEL_EMPTY`) if an extent of the kernel is 0. */
export function rejectEmptyKernel(call: string, extents: readonly number[]): void {
  if (!extents.includes(0)) return
  throw new OptionError(
    'KERNEL_EMPTY',
    `${call}: kernel ${times(extents)} has no weights. Give it at least one along every axis.`,
  )
}

const times = (extents: readonly number[]): string => extents.join('×')

/**
 * Returns the geometry as one line of text, its case. Equal geometries have the same line, which is
 * also `geometry.key`. `parseCase` turns it into an equal geometry. docs/notation.md has the
 * grammar.
 *
 * - `g`: a geometry, from `geometry()` or `parseCase()`.
 *
 * Never throws for a geometry. The cost depends on the number of axes only.
 *
 * @example
 * formatCase(geometry('conv2d', [1, 3, 32, 32], [8, 3, 3, 3], { stride: 2 }))
 * // '1x3x32x32 * 8x3x3x3 s2'
 */
export function formatCase(g: Omit<ConvGeometry, 'key'>): string {
  const input = [g.batch, g.channels, ...g.axes.map((axis) => axis.input)].join('x')
  const kernel = [g.filters, g.channels / g.groups, ...g.axes.map((axis) => axis.kernel)].join('x')
  const tokens = [
    perAxisToken(
      's',
      '1',
      g.axes.map((axis) => `${axis.stride}`),
    ),
    perAxisToken(
      'd',
      '1',
      g.axes.map((axis) => `${axis.dilation}`),
    ),
    perAxisToken(
      'i',
      '1',
      g.axes.map((axis) => `${axis.inputDilation}`),
    ),
    perAxisToken(
      'p',
      '0',
      g.axes.map((axis) =>
        axis.before === axis.after ? `${axis.before}` : `${axis.before}:${axis.after}`,
      ),
    ),
    perAxisToken('g', '1', [`${g.groups}`]),
    borderToken(
      g.boundary.map((border) =>
        typeof border === 'object' ? `constant=${border.constant}` : border,
      ),
    ),
    g.flip ? 'flip' : '',
    g.dtype === 'float64' ? 'f64' : '',
  ]
  return [input, '*', kernel, ...tokens.filter((token) => token !== '')].join(' ')
}

/**
 * A letter with one value if all axes have the same value, else with a list. Empty if all axes have
 * the default.
 */
function perAxisToken(letter: string, defaultValue: string, values: readonly string[]): string {
  const [first = defaultValue] = values
  if (!values.every((value) => value === first)) return `${letter}${values.join(',')}`
  return first === defaultValue ? '' : `${letter}${first}`
}

function borderToken(borders: readonly string[]): string {
  const [first = 'zero'] = borders
  if (!borders.every((border) => border === first)) return `border=${borders.join(',')}`
  return first === 'zero' ? '' : first
}

/** True if any window along an axis reads outside the input. */
export function leavesInput(axis: AxisGeometry): boolean {
  const { input, inputDilation, stride, before, output } = axis
  return (
    output > 0 &&
    (before > 0 ||
      (output - 1) * stride + kernelOverlap(axis) - before > (input - 1) * inputDilation)
  )
}
