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
type Kernel = NdArray<'float32'>

/** A parameter of a named kernel, for help and forms. */
export interface KernelParameter {
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
  readonly parameters: readonly KernelParameter[]
}

/**
 * All named kernels. Each function returns a new array of rank 2 (identity, box and gaussian: of
 * any rank). The array is float32, or float64 if the other operand is float64. Lengths are in
 * samples. Angles are in degrees, counter-clockwise from the right (90 is up). Symmetric kernels
 * are exactly symmetric. Kernels with sum 0 sum to exactly 0. Throws `OptionError` for a wrong
 * parameter.
 *
 * @example correlate(picture, kernels.gaussian({ sigma: 2 }), { channelAxis: -1 })
 */
export interface Kernels {
  /** Changes nothing. `size` (default 1), a number or one per axis; `rank` (2). */
  identity(options?: { readonly size?: PerAxis; readonly rank?: number }): Kernel
  /** The mean of all samples under it. `size` (3), a number or one per axis; `rank` (2). */
  box(options?: { readonly size?: PerAxis; readonly rank?: number }): Kernel
  /**
   * exp(−Σ x²/2σ²), with sum 1. `sigma` (1), a number or one per axis; `size`, a number or one per
   * axis (default: 4 sigma, rounded, on either side, as SciPy); `rank` (2).
   */
  gaussian(options?: {
    readonly sigma?: PerAxis
    readonly size?: PerAxis
    readonly rank?: number
  }): Kernel
  /** Motion blur along a line: `length` (9), `angle` (0). Its sum is 1. */
  motion(options?: { readonly length?: number; readonly angle?: number }): Kernel
  /**
   * Adds `amount` (1) times the difference between a sample and its four neighbours. Its sum is 1.
   */
  sharpen(options?: { readonly amount?: number }): Kernel
  /**
   * Adds `amount` (1) times the difference between the input and its blur with a gaussian of
   * `sigma` (2). `size` is odd (default: 4 sigma on either side). Its sum is 1.
   */
  unsharp(options?: {
    readonly sigma?: number
    readonly amount?: number
    readonly size?: number
  }): Kernel
  /**
   * A relief with light from `angle` (135: top left) and height `amount` (1). At 135°: [[−2, −1,
   * 0], [−1, 1, 1], [0, 1, 2]]. Its sum is 1.
   */
  emboss(options?: { readonly angle?: number; readonly amount?: number }): Kernel
  /**
   * The article's "emboss", 0.1 around −0.8. It is a Laplacian: it has no direction and finds
   * edges. Its sum is 0.
   */
  articleEmboss(): Kernel
  /** [[−1, 0, 1], [−2, 0, 2], [−1, 0, 1]]: positive if brightness increases to the right. */
  sobelX(): Kernel
  /** [[−1, −2, −1], [0, 0, 0], [1, 2, 1]]: positive if brightness increases downwards. */
  sobelY(): Kernel
  /** As `sobelX` with 3, 10, 3. Its response depends less on the angle of the edge. */
  scharrX(): Kernel
  /** As `sobelY` with 3, 10, 3. */
  scharrY(): Kernel
  /** As `sobelX` with 1, 1, 1. */
  prewittX(): Kernel
  /** As `sobelY` with 1, 1, 1. */
  prewittY(): Kernel
  /** The sum of the four neighbours minus four times the centre. */
  laplacian(): Kernel
  /** The sum of the eight neighbours minus eight times the centre. */
  laplacian8(): Kernel
  /**
   * Laplacian of Gaussian with `sigma` (1.4): negative on bright blobs. `size` is odd (default: 4
   * sigma on either side). Its sum is 0.
   */
  log(options?: { readonly sigma?: number; readonly size?: number }): Kernel
  /**
   * Gaussian of `sigma` (1) minus the gaussian that is `ratio` (1.6) times wider: positive on
   * bright blobs. `size` is odd. Its sum is 0.
   */
  dog(options?: {
    readonly sigma?: number
    readonly ratio?: number
    readonly size?: number
  }): Kernel
  /**
   * cos(2πx/wavelength + phase) times a Gaussian, minus its mean, scaled to Σ|k| = 1. `wavelength`
   * (8); `angle` of the wave (0); `sigma` of the Gaussian (0.56 wavelength); `aspect` (1; above 1
   * the Gaussian is shorter along the stripes); `phase` (0); `size` odd (default: 3 sigma on either
   * side).
   */
  gabor(options?: {
    readonly wavelength?: number
    readonly angle?: number
    readonly sigma?: number
    readonly aspect?: number
    readonly phase?: number
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
 * See `Kernels`. Kernels without parameters also check their options, so that no option is silently
 * ignored.
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
 * Returns the kernel for a line of text: a name from `kernels.list`, then after a colon the
 * parameters, with `x` between the numbers of several axes.
 *
 * Throws `OptionError` for unknown names and parameters, with the closest existing name, and for
 * invalid parameter values.
 *
 * @example kernelByName('gaussian:sigma=2,size=9')
 * @example kernelByName('box:size=3x5')
 */
export function kernelByName(text: string): NdArray<'float32'> {
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
