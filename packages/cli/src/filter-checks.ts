/**
 * Does the kernel fit the array that it filters? These checks come before the library's, because
 * their messages name the flags and the files of the user.
 */

import { type Failure, usageError } from './failure.ts'
import type { FilterRequest } from './filter-request.ts'
import { type Format, formats } from './images/formats.ts'
import type { Kernel } from './kernel-argument.ts'
import type { OutputRequest } from './outcome.ts'

/** Throws if kernel, channel axis and lists of flags do not fit an array of this shape. */
export function checkKernel(
  request: FilterRequest,
  kernel: Kernel,
  shape: readonly number[],
  channelAxis: number | undefined,
): void {
  const { name, channels, options } = request
  if (channelAxis === undefined && channels === 'sum') {
    throw usageError(
      '--channels sum needs a channel axis to sum over. Give --channel-axis, such as -1 for ' +
        'the last axis.',
    )
  }
  const rank = shape.length
  const moving = channelAxis === undefined ? rank : rank - 1
  if (moving === 0) {
    throw usageError(
      `${name} has no axis but that of its channels, so a kernel cannot move. Give ` +
        '--channel-axis none.',
    )
  }
  const isPerChannel = channelAxis !== undefined && kernel.shape.length === rank
  if (kernel.shape.length !== moving && !isPerChannel) {
    const advice =
      channelAxis === undefined
        ? ''
        : ` Or give one with ${countOf(rank, 'axis')}, which has one kernel per channel.`
    const besides = channelAxis === undefined ? '' : ' besides its channels'
    throw usageError(
      `${kernelText(kernel)} has ${countOf(kernel.shape.length, 'axis')}, but ${name} ` +
        `(${times(shape)}) has ${moving}${besides}. Give a kernel with ` +
        `at most ${countOf(moving, 'axis')}.${advice}`,
    )
  }
  if (isPerChannel && kernel.shape[channelAxis] !== shape[channelAxis]) {
    throw wrongChannels(
      kernel,
      kernel.shape[channelAxis]!,
      `${name} (${times(shape)}) has ${shape[channelAxis]} along --channel-axis ${channelAxis}`,
      `${countOf(shape[channelAxis]!, 'kernel')}, or one with ${countOf(moving, 'axis')} for all`,
    )
  }
  for (const flag of ['mode', 'boundary', 'stride', 'dilation'] as const) {
    const value: unknown = options[flag]
    if (!Array.isArray(value) || value.length === moving) continue
    throw usageError(
      `--${flag} has ${value.length} values, but the kernel moves along ` +
        `${countOf(moving, 'axis')} of ${name}. Give one value, or ${moving}.`,
    )
  }
  checkFit(request, kernel, shape, channelAxis)
}

/** What an input is, and what it holds, for messages about missing samples. */
export interface MissingInput {
  /** Such as `PNG file`. */
  readonly kind: string
  /** Samples that have no NaN; undefined: they may be NaN. */
  readonly samples: string | undefined
  /** The value of samples that are unknown. */
  readonly noData?: string | undefined
}

/** Throws if --missing names samples that the input cannot have. */
export function checkMissing(
  { name, missing }: FilterRequest,
  { kind, samples, noData }: MissingInput,
): void {
  if (missing === 'nan' && samples !== undefined)
    throw usageError(
      `--missing nan: ${name} holds ${samples}, which has no NaN. Leave it out, or save the ` +
        'samples as a .npy array or a TIFF of floats, with NaN where one is missing.',
    )
  if (missing !== 'nodata' || noData !== undefined) return
  const needed =
    kind === 'TIFF file'
      ? 'it has no nodata value (the tag GDAL_NODATA). Set one with gdal_edit.py -a_nodata, or'
      : `a ${kind} has no nodata value; a TIFF can have one. For samples that are NaN`
  throw usageError(`--missing nodata: ${name}: ${needed} give --missing nan.`)
}

/** Throws if mode valid leaves no place for the kernel. */
function checkFit(
  { name, options }: FilterRequest,
  kernel: Kernel,
  shape: readonly number[],
  channelAxis: number | undefined,
): void {
  const isMoving = (_: number, axis: number): boolean => axis !== channelAxis
  const extents = shape.filter(isMoving)
  const rank = extents.length
  const weights = kernel.shape.length === rank ? kernel.shape : kernel.shape.filter(isMoving)
  const [modes, dilations] = [perAxis(options.mode, rank), perAxis(options.dilation ?? 1, rank)]
  const window = weights.map((count, axis) => dilations[axis]! * (count - 1) + 1)
  const fits = (extent: number, axis: number): boolean =>
    modes[axis] !== 'valid' || extent === 0 || window[axis]! <= extent
  if (extents.every(fits)) return
  throw usageError(
    `${kernelText(kernel)} covers ${times(window)} samples, but ${name} has ${times(extents)}, ` +
      'and --mode valid keeps the kernel inside. Use --mode same or full, or a smaller kernel.',
  )
}

/** One value per axis of an option that is one value or a list. */
export function perAxis<T>(value: T | readonly T[], rank: number): T[] {
  return Array.isArray(value) ? [...value] : Array.from({ length: rank }, () => value as T)
}

/** Throws if a kernel with one kernel per channel has another number of them than the image. */
export function checkKernelOfImage(
  { channels, alpha }: { readonly channels: number; readonly alpha: boolean },
  isAlphaFiltered: boolean,
  kernel: Kernel,
  name: string,
): void {
  const received = kernel.shape[2]
  if (kernel.shape.length !== 3 || received === undefined) return
  const needed = alpha && !isAlphaFiltered ? channels - 1 : channels
  if (received === needed) return
  const found = !alpha
    ? countOf(channels, 'channel')
    : isAlphaFiltered
      ? `${channels}, alpha included`
      : `${countOf(needed, 'colour')}, and its alpha channel is kept`
  const withAlpha =
    alpha && received === channels ? ', or --alpha filter, which filters alpha with the last' : ''
  throw wrongChannels(
    kernel,
    received,
    `${name} has ${found}`,
    `${countOf(needed, 'kernel')} (${times([...kernel.shape.slice(0, 2), needed])}), or one ` +
      `with 2 axes for all${withAlpha}`,
  )
}

const wrongChannels = (kernel: Kernel, received: number, found: string, needed: string): Failure =>
  usageError(
    `${kernelText(kernel)} holds ${countOf(received, 'kernel')}, one per channel, but ${found}. ` +
      `Give ${needed}.`,
  )

const kernelText = ({ text, shape }: Kernel): string => `-k ${text} (${times(shape)})`

const times = (extents: readonly number[]): string => extents.join('×')

const plurals: Readonly<Record<string, string>> = { axis: 'axes' }

const countOf = (count: number, noun: string): string =>
  `${count} ${count === 1 ? noun : (plurals[noun] ?? `${noun}s`)}`

/** Rejects options that do not fit the input or the output file. */
export function checkOptions(
  format: Format,
  { alpha, policy, name }: OutputRequest,
  hasAlpha: boolean,
  inputName: string,
): void {
  if (format === 'npy' && policy !== undefined) {
    throw usageError(
      `--output ${policy} computes sample values of an image file; ${name} is an array, which ` +
        'stores the results unchanged. Leave it out.',
    )
  }
  if (alpha !== undefined && !hasAlpha)
    throw usageError(`--alpha ${alpha}: ${inputName} has no alpha channel. Leave it out.`)
  if (alpha !== undefined && hasAlpha && !(formats[format].alpha && !/\.p[gp]m$/i.test(name))) {
    throw usageError(
      `--alpha ${alpha}: ${name} cannot store an alpha channel. Use .png, .webp, .tiff or ` +
        '.pam, or leave the option out.',
    )
  }
}
