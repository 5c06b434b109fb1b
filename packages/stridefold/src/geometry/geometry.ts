/**
 * A convolution as numbers: all that algorithms ever see of a problem.
 *
 *   y[n, f, q] = Σ_c Σ_t  x[n, c, (q·stride + t·dilation − before) / inputDilation] · k[f, c, t]
 *
 * per axis, with f in group g = ⌊f / (filters/groups)⌋ and c running over that group's
 * channels/groups channels. Where the quotient is not whole the product is zero; where it lies
 * outside [0, input) the border decides. A flipped kernel (true convolution) reads k at kernel − 1
 * − t instead of t: padding is in input coordinates either way.
 */

import { OptionError } from '../errors.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { mostAxes } from '../ndarray/ndarray.ts'
import type { Boundary } from './boundary.ts'
import { boundaryFrom } from './boundary.ts'
import { dilatedExtent, outputExtent, kernelOverlap } from './padding.ts'
import { formatValue } from './format-value.ts'

/** One spatial axis. 1 is dense for stride, dilation and inputDilation. */
export interface AxisGeometry {
  readonly input: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly inputDilation: number
  /**
   * Padding before the first and after the last sample, counted in (dilated) input samples;
   * negative crops.
   */
  readonly before: number
  readonly after: number
  readonly output: number
}

export interface ConvGeometry {
  readonly batch: number
  readonly groups: number
  /** All input channels, over all groups. */
  readonly channels: number
  /** All output channels, over all groups. */
  readonly filters: number
  readonly axes: readonly AxisGeometry[]
  /** One border per axis. */
  readonly boundary: readonly Boundary[]
  /** True: convolution (kernel turned round). False: correlation. */
  readonly flip: boolean
  /** The type in which sums are formed. */
  readonly dtype: ComputeDType
  /** The same string for the same problem: the case notation (see notation.ts). */
  readonly key: string
}

/** One spatial axis as it is asked for: what is left out is 1 (dense) or 0 (unpadded). */
export interface AxisParts {
  readonly input: number
  readonly kernel: number
  readonly stride?: number
  readonly dilation?: number
  readonly inputDilation?: number
  readonly before?: number
  readonly after?: number
}

/** A geometry as it is asked for: what is left out is 1, `'zero'`, false or float32. */
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
 * The frozen geometry of these parts, its output extents and its key. Where the window fits nowhere
 * an axis has output 0; `checkedFit` blames the caller for that. Throws `OptionError` for numbers
 * that describe no convolution (`GEOMETRY_INVALID`) and for those whose positions or counts are
 * beyond 2⁵³ (`GEOMETRY_TOO_LARGE`).
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
  const axes = Object.freeze(parts.axes.map(madeAxis))
  if (axes.length === 0) throw invalid('axes is empty', 'at least one spatial axis is needed')
  // Beside them an array has its batch and its channels.
  if (axes.length > mostAxes - 2)
    throw invalid(`axes are ${axes.length}`, `at most ${mostAxes - 2} are possible`)
  whole('batch', batch, 0)
  whole('channels', channels, 0)
  whole('filters', filters, 0)
  whole('groups', groups, 1)
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw invalid(
      `groups is ${groups}`,
      `it must divide both the ${channels} channels and the ${filters} filters`,
    )
  }
  countable('samples', [batch, channels, ...axes.map((axis) => axis.input)])
  countable('weights', [filters, channels / groups, ...axes.map((axis) => axis.kernel)])
  countable('results', [batch, filters, ...axes.map((axis) => axis.output)])
  const boundary = boundaryPerAxis(parts.boundary ?? 'zero', axes.length)
  const key = formatCase({ batch, groups, channels, filters, axes, boundary, flip, dtype })
  return Object.freeze({ batch, groups, channels, filters, axes, boundary, flip, dtype, key })
}

function madeAxis(parts: AxisParts): AxisGeometry {
  const { input, kernel, stride = 1, dilation = 1, inputDilation = 1 } = parts
  // Adding 0 turns −0 into 0.
  const before = (parts.before ?? 0) + 0
  const after = (parts.after ?? 0) + 0
  whole('input', input, 0)
  whole('kernel', kernel, 1)
  whole('stride', stride, 1)
  whole('dilation', dilation, 1)
  whole('inputDilation', inputDilation, 1)
  whole('before', before, Number.MIN_SAFE_INTEGER)
  whole('after', after, Number.MIN_SAFE_INTEGER)
  const padded = dilatedExtent(input, inputDilation) + before + after
  const covered = kernelOverlap({ kernel, dilation }) + 1
  const output = outputExtent({ input, kernel, stride, dilation, inputDilation, before, after })
  // Rounding is monotone: what is too large cannot come out below the limit.
  const farthest = Math.max(Math.abs(before) + Math.abs(padded), covered, output * stride)
  if (farthest > Number.MAX_SAFE_INTEGER) {
    throw new OptionError(
      'GEOMETRY_TOO_LARGE',
      `An axis of ${input} samples under ${kernel} weights with stride ${stride}, dilation ` +
        `${dilation}, input dilation ${inputDilation} and padding ${before}:${after} has ` +
        'positions beyond 2⁵³, which cannot be counted. Use smaller numbers.',
    )
  }
  return Object.freeze({ input, kernel, stride, dilation, inputDilation, before, after, output })
}

/**
 * Throws `OptionError` where an array, were it not empty, would have more elements than can be
 * counted.
 */
function countable(what: string, extents: readonly number[]): void {
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

function whole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw invalid(
    `${name} is ${formatValue(value)}`,
    least < 0 ? 'a whole number is needed' : `a whole number ≥ ${least} is needed`,
  )
}

function invalid(came: string, needed: string): OptionError {
  return new OptionError('GEOMETRY_INVALID', `A geometry's ${came}: ${needed}.`)
}

/**
 * The geometry itself, or `OptionError` (`WINDOW_TOO_LARGE`) where a kernel fits nowhere on an axis
 * that has samples. An empty axis is never blamed: it has the (usually empty) output of the
 * formula.
 */
export function checkedFit(geometry: ConvGeometry): ConvGeometry {
  if (!geometry.axes.some((axis) => axis.input > 0 && axis.output === 0)) return geometry
  const needs = geometry.axes.map((axis) => kernelOverlap(axis) + 1)
  const has = geometry.axes.map(
    (axis) => dilatedExtent(axis.input, axis.inputDilation) + axis.before + axis.after,
  )
  const kernel = times(geometry.axes.map((axis) => axis.kernel))
  const input = times(geometry.axes.map((axis) => axis.input))
  const pads = geometry.axes.every((axis) => axis.before === 0 && axis.after === 0)
    ? 'without padding'
    : `padded to ${has.join('×')}`
  throw new OptionError(
    'WINDOW_TOO_LARGE',
    `kernel ${kernel} does not fit input ${input} ${pads}: the window needs at least ` +
      `${needs.join('×')}. Add padding, or use 'same' or 'full'.`,
  )
}

/** Throws `OptionError` (`KERNEL_EMPTY`) where a kernel has no weights along an axis. */
export function refuseEmptyKernel(call: string, extents: readonly number[]): void {
  if (!extents.includes(0)) return
  throw new OptionError(
    'KERNEL_EMPTY',
    `${call}: kernel ${times(extents)} has no weights. Give it at least one along every axis.`,
  )
}

const times = (extents: readonly number[]): string => extents.join('×')

/**
 * The one canonical line that names a geometry, e.g. `2x64x56x56 * 128x64x3x3 s1,2 p1`; the same as
 * `geometry.key`. The grammar stands in notation.ts, whose `parseCase` reads it back to an equal
 * geometry.
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
 * A letter with one value where all axes agree, else with a list; nothing where all have the usual
 * value.
 */
function perAxisToken(letter: string, usual: string, values: readonly string[]): string {
  const [first = usual] = values
  if (!values.every((value) => value === first)) return `${letter}${values.join(',')}`
  return first === usual ? '' : `${letter}${first}`
}

function borderToken(words: readonly string[]): string {
  const [first = 'zero'] = words
  if (!words.every((word) => word === first)) return `border=${words.join(',')}`
  return first === 'zero' ? '' : first
}
