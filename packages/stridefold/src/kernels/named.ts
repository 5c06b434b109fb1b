/**
 * The named kernels: as functions for programs, as a table for lists and help, and as a line of
 * text for the command line.
 *
 * All kernels are defined for correlation, as they are placed on the image. `convolve` flips them,
 * which changes those without symmetry.
 */

import { reject, validateName } from '../geometry/parameters.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { KernelDefinition } from './definition.ts'
import { edges } from './edges.ts'
import { sharpening } from './sharpening.ts'
import { smoothing } from './smoothing.ts'

type PerAxis = number | readonly number[]
type Kernel = NdArray<Float32Array>

/** A parameter of a named kernel, for help and forms. */
export interface KernelParameter {
  /** The name, such as `'sigma'`. */
  readonly name: string
  /** Meaning and unit. */
  readonly summary: string
  /** The default value, as digits or as a text. */
  readonly default: string
}

/** A named kernel, for lists. */
export interface NamedKernel {
  /** The name for `kernelByName` and the command line. */
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** Its parameters; empty if it has none. */
  readonly parameters: readonly KernelParameter[]
}

/**
 * All named kernels. Each function returns a new array of rank 2 (identity, box and gaussian: of
 * any rank). The array is float32, or float64 if the other operand is float64. Lengths are in
 * samples. Angles are in degrees, counter-clockwise from the right (90 is up). Symmetric kernels
 * are exactly symmetric. Kernels with sum 0 sum to exactly 0.
 */
export interface Kernels {
  /**
   * Returns the kernel that changes nothing: 1 in the centre, 0 elsewhere. Throws `OptionError` for
   * options that are not valid, unknown or too large together (`OPTION_INVALID`, `OPTION_UNKNOWN`,
   * `OPTION_CONFLICT`).
   *
   * @example
   * kernels.identity({ size: 3, rank: 1 }) // [0, 1, 0]
   */
  identity(options?: {
    /** Extent in samples; a number or one per axis. Default 1. */
    readonly size?: PerAxis
    /** Number of axes, ≥ 1. Default 2, or the length of `size`. */
    readonly rank?: number
  }): Kernel
  /**
   * Returns the mean of all samples under it, as `cv2.blur`. Throws `OptionError` for options that
   * are not valid, unknown or too large together (`OPTION_INVALID`, `OPTION_UNKNOWN`,
   * `OPTION_CONFLICT`).
   *
   * @example
   * kernels.box({ size: [1, 4] }) // [[0.25, 0.25, 0.25, 0.25]]
   */
  box(options?: {
    /** Extent in samples; a number or one per axis. Default 3. */
    readonly size?: PerAxis
    /** Number of axes, ≥ 1. Default 2, or the length of `size`. */
    readonly rank?: number
  }): Kernel
  /**
   * Returns a Gaussian blur: exp(−Σ x²/2σ²), scaled to sum 1, as `scipy.ndimage.gaussian_filter`.
   * Throws `OptionError` for options that are not valid, unknown or too large together
   * (`OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTION_CONFLICT`).
   *
   * @example
   * kernels.gaussian({ sigma: 0.5, rank: 1 }).shape // [5]
   */
  gaussian(options?: {
    /** Standard deviation in samples, > 0; a number or one per axis. Default 1. */
    readonly sigma?: PerAxis
    /** Extent in samples; a number or one per axis. Default: 4 sigma on either side. */
    readonly size?: PerAxis
    /** Number of axes, ≥ 1. Default 2, or the length of a list. */
    readonly rank?: number
  }): Kernel
  /**
   * Returns a motion blur along a line. Its sum is 1. Throws `OptionError` for options that are not
   * valid, unknown or too large together (`OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTION_CONFLICT`).
   *
   * @example
   * kernels.motion({ length: 4 }).shape // [1, 5]
   */
  motion(options?: {
    /** Length of the line in samples, ≥ 1. Default 9. */
    readonly length?: number
    /** Direction in degrees, counter-clockwise from the right. Default 0: horizontal. */
    readonly angle?: number
  }): Kernel
  /**
   * Returns a kernel that adds `amount` times the difference between a sample and its four
   * neighbours. Its sum is 1. Throws `OptionError` for options that are not valid, unknown or too
   * large together (`OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTION_CONFLICT`).
   *
   * @example
   * kernels.sharpen() // [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
   */
  sharpen(options?: {
    /** Factor of the added difference. Default 1; 0 changes nothing. */
    readonly amount?: number
  }): Kernel
  /**
   * Returns a kernel that adds `amount` times the difference between the input and its blur with a
   * Gaussian (unsharp masking). Its sum is 1. Throws `OptionError` for options that are not valid,
   * unknown or too large together (`OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTION_CONFLICT`).
   *
   * @example
   * kernels.unsharp({ sigma: 0.5 }).shape // [5, 5]
   */
  unsharp(options?: {
    /** Standard deviation of the blur in samples, > 0. Default 2; larger for larger details. */
    readonly sigma?: number
    /** Factor of the added difference. Default 1; 0 changes nothing. */
    readonly amount?: number
    /** Extent in samples, odd. Default: 4 sigma on either side. */
    readonly size?: number
  }): Kernel
  /**
   * Returns a relief with light from `angle` and height `amount`. Its sum is 1. Throws
   * `OptionError` for options that are not valid, unknown or too large together (`OPTION_INVALID`,
   * `OPTION_UNKNOWN`, `OPTION_CONFLICT`).
   *
   * @example
   * kernels.emboss() // [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
   */
  emboss(options?: {
    /** Direction that the light comes from, in degrees. Default 135: top left. */
    readonly angle?: number
    /** Height of the relief. Default 1. */
    readonly amount?: number
  }): Kernel
  /**
   * Returns the "emboss" of the first article (docs/articles.md), 0.1 around −0.8. It is a
   * Laplacian: it has no direction and finds edges. Its sum is 0. Throws `OptionError` for any
   * option.
   *
   * @example
   * kernels.articleEmboss() // [[0.1, 0.1, 0.1], [0.1, -0.8, 0.1], [0.1, 0.1, 0.1]]
   */
  articleEmboss(): Kernel
  /**
   * Returns the horizontal derivative of Sobel: positive if brightness increases to the right.
   * Throws `OptionError` for any option.
   *
   * @example
   * kernels.sobelX() // [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
   */
  sobelX(): Kernel
  /**
   * Returns the vertical derivative of Sobel: positive if brightness increases downwards. Throws
   * `OptionError` for any option.
   *
   * @example
   * kernels.sobelY() // [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
   */
  sobelY(): Kernel
  /**
   * Returns the horizontal derivative of Scharr. Its response depends less on the angle of the edge
   * than that of Sobel. Throws `OptionError` for any option.
   *
   * @example
   * kernels.scharrX() // [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]]
   */
  scharrX(): Kernel
  /**
   * Returns the vertical derivative of Scharr. Its response depends less on the angle of the edge
   * than that of Sobel. Throws `OptionError` for any option.
   *
   * @example
   * kernels.scharrY() // [[-3, -10, -3], [0, 0, 0], [3, 10, 3]]
   */
  scharrY(): Kernel
  /**
   * Returns the horizontal derivative of Prewitt, with equal weights: positive if brightness
   * increases to the right. Throws `OptionError` for any option.
   *
   * @example
   * kernels.prewittX() // [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]
   */
  prewittX(): Kernel
  /**
   * Returns the vertical derivative of Prewitt, with equal weights: positive if brightness
   * increases downwards. Throws `OptionError` for any option.
   *
   * @example
   * kernels.prewittY() // [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]
   */
  prewittY(): Kernel
  /**
   * Returns the sum of the four neighbours minus four times the centre, as `scipy.ndimage.laplace`.
   * Throws `OptionError` for any option.
   *
   * @example
   * kernels.laplacian() // [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
   */
  laplacian(): Kernel
  /**
   * Returns the sum of the eight neighbours minus eight times the centre. Throws `OptionError` for
   * any option.
   *
   * @example
   * kernels.laplacian8() // [[1, 1, 1], [1, -8, 1], [1, 1, 1]]
   */
  laplacian8(): Kernel
  /**
   * Returns the Laplacian of a Gaussian: negative on bright blobs. Its sum is 0. Throws
   * `OptionError` for options that are not valid, unknown or too large together (`OPTION_INVALID`,
   * `OPTION_UNKNOWN`, `OPTION_CONFLICT`).
   *
   * @example
   * kernels.log({ sigma: 1 }).shape // [9, 9]
   */
  log(options?: {
    /** Standard deviation in samples, ≥ 0.1. Default 1.4. It finds blobs of radius √2·sigma. */
    readonly sigma?: number
    /** Extent in samples, odd. Default: 4 sigma on either side. */
    readonly size?: number
  }): Kernel
  /**
   * Returns a Gaussian minus one that is `ratio` times wider: positive on bright blobs. Its sum is
   * 0. Throws `OptionError` for options that are not valid, unknown or too large together
   * (`OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTION_CONFLICT`).
   *
   * @example
   * kernels.dog({ size: 9 }).shape // [9, 9]
   */
  dog(options?: {
    /** Standard deviation of the narrow Gaussian in samples, ≥ 0.1. Default 1. */
    readonly sigma?: number
    /** How many times wider the other Gaussian is, > 1. Default 1.6, close to `log`. */
    readonly ratio?: number
    /** Extent in samples, odd. Default: 4 standard deviations of the wide one on either side. */
    readonly size?: number
  }): Kernel
  /**
   * Returns a Gabor filter, which responds to stripes: cos(2πx/wavelength + phase) times a
   * Gaussian, minus its mean, scaled to Σ|k| = 1. Throws `OptionError` for options that are not
   * valid, unknown or too large together (`OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTION_CONFLICT`).
   *
   * @example
   * kernels.gabor({ size: 15 }).shape // [15, 15]
   */
  gabor(options?: {
    /** Length of the wave in samples, > 2. Default 8. */
    readonly wavelength?: number
    /** Direction of the wave in degrees, counter-clockwise from the right. Default 0. */
    readonly angle?: number
    /** Standard deviation of the Gaussian in samples, ≥ 0.1. Default 0.56 wavelength. */
    readonly sigma?: number
    /** Above 1 the Gaussian is shorter along the stripes; > 0. Default 1: round. */
    readonly aspect?: number
    /** Phase of the wave in degrees. Default 0: symmetric; 90 is antisymmetric. */
    readonly phase?: number
    /** Extent in samples, odd. Default: 3 sigma on either side. */
    readonly size?: number
  }): Kernel
  /** All named kernels with their parameters, in reading order. */
  readonly list: readonly NamedKernel[]
}

const definitions: ReadonlyMap<string, KernelDefinition> = new Map(
  [...smoothing, ...sharpening, ...edges].map((definition) => [definition.name, definition]),
)

const makeKernel = (name: string, options: object = {}): Kernel =>
  definitions.get(name)!.make(options)

/**
 * All named kernels, each a function that returns a new array: `kernels.gaussian({ sigma: 2 })`.
 * They are placed on the image as they are, for `correlate`; `convolve` flips them. `kernels.list`
 * describes all of them, for menus and help. Lengths are in samples, angles in degrees,
 * counter-clockwise from the right.
 *
 * Each function throws `OptionError` for options that are not valid (`OPTION_INVALID`,
 * `OPTION_UNKNOWN`), that exclude each other, or that give more than 2²² weights
 * (`OPTION_CONFLICT`). The cost grows with the number of weights.
 *
 * @example
 * kernels.sobelX() // [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
 * kernels.list.length // 19
 */
export const kernels: Kernels = Object.freeze<Kernels>({
  identity: (options) => makeKernel('identity', options),
  box: (options) => makeKernel('box', options),
  gaussian: (options) => makeKernel('gaussian', options),
  motion: (options) => makeKernel('motion', options),
  sharpen: (options) => makeKernel('sharpen', options),
  unsharp: (options) => makeKernel('unsharp', options),
  emboss: (options) => makeKernel('emboss', options),
  articleEmboss: (...extra: readonly object[]) => makeKernel('article-emboss', extra[0]),
  sobelX: (...extra: readonly object[]) => makeKernel('sobel-x', extra[0]),
  sobelY: (...extra: readonly object[]) => makeKernel('sobel-y', extra[0]),
  scharrX: (...extra: readonly object[]) => makeKernel('scharr-x', extra[0]),
  scharrY: (...extra: readonly object[]) => makeKernel('scharr-y', extra[0]),
  prewittX: (...extra: readonly object[]) => makeKernel('prewitt-x', extra[0]),
  prewittY: (...extra: readonly object[]) => makeKernel('prewitt-y', extra[0]),
  laplacian: (...extra: readonly object[]) => makeKernel('laplacian', extra[0]),
  laplacian8: (...extra: readonly object[]) => makeKernel('laplacian8', extra[0]),
  log: (options) => makeKernel('log', options),
  dog: (options) => makeKernel('dog', options),
  gabor: (options) => makeKernel('gabor', options),
  list: [...definitions.values()].map(listKernel),
})

function listKernel({ name, summary, parameters }: KernelDefinition): NamedKernel {
  return {
    name,
    summary,
    parameters: Object.entries(parameters).map(([parameter, row]) => ({
      name: parameter,
      summary: row.summary,
      default: row.usual ?? String(row.default),
    })),
  }
}

/**
 * Returns the kernel for a line of text, as the command line takes it: a name from `kernels.list`,
 * then after a colon the parameters, with `x` between the numbers of several axes. The first
 * parameter needs no name.
 *
 * - `text`: such as `'sobel-x'` or `'gaussian:sigma=2,size=9'`.
 *
 * Throws `OptionError` for unknown names (`NAME_UNKNOWN`) and parameters (`OPTION_UNKNOWN`), with
 * the closest existing name, and for parameter values that are not valid (`OPTION_INVALID`). Costs
 * as much as the function in `kernels`.
 *
 * @example
 * kernelByName('box:size=1x2') // [[0.5, 0.5]]
 * kernelByName('gaussian:sigma=2,size=9').shape // [9, 9]
 */
export function kernelByName(text: string): NdArray<Float32Array> {
  const [name = '', ...parameterTexts] = text.trim().split(':')
  const definition = definitions.get(validateName('kernel', name.trim(), [...definitions.keys()]))!
  // An object without a prototype. The parameter '__proto__' is then an unknown name like any
  // other.
  const options: Record<string, unknown> = Object.create(null)
  for (const part of parameterTexts
    .join(':')
    .split(',')
    .filter((word) => word.trim() !== '')) {
    const [parameter = '', value, ...extraParts] = part.split('=').map((word) => word.trim())
    const [first = 'sigma'] = Object.keys(definition.parameters)
    if (value === undefined || extraParts.length > 0) {
      reject(
        'OPTION_INVALID',
        `kernel ${name}: '${part.trim()}' is not of the form parameter=value. Write it like ${name}:${first}=2.`,
      )
    }
    if (Object.hasOwn(options, parameter))
      reject('OPTION_CONFLICT', `kernel ${name}: ${parameter} is given twice. Leave one out.`)
    options[parameter] = parseNumbers(value)
  }
  return definition.make(options)
}

/**
 * '3' as a number, '3x5' as a list. Any other text stays a text, which the parameter then rejects.
 */
function parseNumbers(value: string): unknown {
  const numbers = value
    .split(/[x×]/)
    .map((word) => (word.trim() === '' ? Number.NaN : Number(word)))
  if (numbers.some(Number.isNaN)) return value
  return numbers.length === 1 ? numbers[0] : numbers
}
