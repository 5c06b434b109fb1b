/**
 * See `filterImage`. The samples of a pixel lie side by side, so the channels are the channel axis
 * of a correlation.
 *
 *   bytes ─ correlate ─► float32 ─ combine ─► float32 ─ levels ─► bytes, alpha beside them
 */

import { OptionError, withCallName } from '../errors.ts'
import type { BoundaryOption } from '../geometry/options.ts'
import { contiguousCopy } from '../ndarray/copy.ts'
import { dtypeOf } from '../ndarray/dtype.ts'
import { asReadable } from '../ndarray/interop.ts'
import { type NdArray, view } from '../ndarray/ndarray.ts'
import { computeSignal } from '../runtime/call.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import type { Turn } from '../runtime/turns.ts'
import { type CheckedFilterOptions, filterOptions, runOnly } from './check-options.ts'
import { checkDivisible, fromPremultiplied, premultiplied } from './image-alpha.ts'
import { type FilteredChannels, filterChannels } from './image-channels.ts'
import { writeLevels } from './image-levels.ts'
import { clearEmpty, mayMissPixels, pixelMask } from './image-missing.ts'
import type { FilteredImage, ImageInput, ImageKernel } from './image-options.ts'
import { inSlices } from './slices.ts'

const call = 'filterImage'

export function filteredImage<I extends ImageInput>(
  input: I,
  kernel: ImageKernel,
  options: unknown,
  turn?: Turn,
): Eventual<FilteredImage<I>> {
  const checked = filterOptions(call, options)
  const image = imageOf(input)
  const kernels = kernelsOf(kernel)
  checkCombination(kernels, checked)
  const { alpha } = checked
  const mask = pixelMask(checked, image)
  const mayMiss = mayMissPixels(checked)
  if (!mayMiss && isAlwaysBytes(kernels, checked))
    return blurred(input, image, kernels[0]!, checked, turn)
  const isFiltered = image.hasAlpha && alpha !== 'keep'
  // Filtering a kept alpha channel too takes less time than leaving it out.
  const withKept =
    !mayMiss && checked.channels === 'each' && kernels.every(({ shape }) => shape.length === 2)
  const isPremultiplied = image.hasAlpha && alpha === 'premultiply'
  if (isPremultiplied) for (const array of kernels) checkDivisible(array)
  return withCallName(call, () =>
    after(
      isPremultiplied
        ? premultiplied(image.data, [image.height, image.width, image.channels], turn)
        : samplesOf(image, isFiltered || withKept),
      (samples) =>
        after(
          filterChannels({ samples, mask, withAlpha: isFiltered }, kernels, checked, turn),
          (filtered) =>
            after(isPremultiplied ? fromPremultiplied(filtered, turn) : undefined, () =>
              written(input, image, filtered, checked, turn),
            ),
        ),
    ),
  )
}

/** An image whose channels are known. */
interface Image {
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
  readonly channels: number
  /** Whether the last channel is alpha. */
  readonly hasAlpha: boolean
}

function imageOf(input: unknown): Image {
  const { data, width, height } = (input ?? {}) as Partial<ImageInput>
  const isBytes = ['uint8', 'uint8c'].includes(dtypeOf(data) ?? '')
  const isSize = [width, height].every((extent) => Number.isSafeInteger(extent) && extent! > 0)
  if (data === undefined || !isBytes || !isSize) {
    throw new OptionError(
      'PICTURE_INVALID',
      `${call}: the image must be ImageData, or { data, width, height } with a Uint8Array or a ` +
        'Uint8ClampedArray and whole numbers of pixels. For other types use correlate.',
    )
  }
  const pixels = width! * height!
  const channels = data.length / pixels
  if ([1, 2, 3, 4].includes(channels))
    return { ...{ data, width: width!, height: height!, channels }, hasAlpha: channels % 2 === 0 }
  throw new OptionError(
    'PICTURE_INVALID',
    `${call}: the image is ${width}×${height} with ${data.length} samples; ${pixels} per channel ` +
      'are needed, for 1 to 4 channels.',
  )
}

/**
 * Whether the sums of a kernel are bytes whatever the image: the kernel is a mean, or nearly one.
 * Nothing can be clipped then, and no sum need be a float.
 */
function isAlwaysBytes(
  [kernel, ...others]: readonly NdArray[],
  { alpha, boundary, channels, output, combine }: CheckedFilterOptions<typeof call>,
): boolean {
  const isPlain = output === 'clip' && channels === 'each' && combine === undefined
  const isByte = (border: BoundaryOption | 'missing'): boolean =>
    typeof border === 'string' || (border.constant >= 0 && border.constant <= white)
  if (![boundary].flat().every(isByte)) return false
  if (!isPlain || alpha === 'premultiply' || others.length > 0 || kernel!.shape.length !== 2)
    return false
  let [negative, positive] = [0, 0]
  for (const weight of contiguousCopy(kernel!).data) {
    if (weight < 0) negative += weight
    else positive += weight
  }
  return white * negative > -0.4 && white * positive < white + 0.4
}

const white = 255

/** The image filtered with a kernel whose sums are bytes: all channels at once, alpha put back. */
function blurred<I extends ImageInput>(
  input: I,
  image: Image,
  kernel: NdArray,
  options: CheckedFilterOptions<typeof call>,
  turn: Turn | undefined,
): Eventual<FilteredImage<I>> {
  const { data, width, height, channels, hasAlpha } = image
  const settings = { ...runOnly(options), boundary: options.boundary, channelAxis: 2 }
  const samples = samplesOf(image, true)
  return after(
    withCallName(call, () =>
      computeSignal('correlate', samples, kernel, { ...settings, dtype: 'uint8c' }, turn),
    ),
    (filtered) => {
      // The dtype is uint8c.
      const bytes = filtered.data as Uint8ClampedArray<ArrayBuffer>
      const keepAlpha = alphaCopier(data, bytes, channels)
      const isKept = hasAlpha && options.alpha === 'keep'
      // The type follows the kind of the image.
      return after(
        isKept ? inSlices(width * height, keepAlpha, turn) : undefined,
        () => resultOf(input, bytes, width, height, 0) as FilteredImage<I>,
      )
    },
  )
}

/** Copies the alpha of some pixels: word by word where the arrays allow it. */
function alphaCopier(
  from: Uint8Array | Uint8ClampedArray,
  to: Uint8ClampedArray,
  channels: number,
): (firstPixel: number, endPixel: number) => void {
  if (channels === 4 && [from, to].every(({ byteOffset }) => byteOffset % 4 === 0)) {
    const [read, write] = [from, to].map(
      ({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length / 4),
    ) as [Uint32Array, Uint32Array]
    const alpha = new Uint32Array(Uint8Array.of(0, 0, 0, 255).buffer)[0]!
    return (first, end) => {
      for (let i = first; i < end; i++) write[i] = (write[i]! & ~alpha) | (read[i]! & alpha)
    }
  }
  return (first, end) => {
    for (let i = (first + 1) * channels - 1; i < end * channels; i += channels) to[i] = from[i]!
  }
}

/** The channels to filter, as an array of rows × columns × channels: all, or the colours. */
function samplesOf(
  { data, width, height, channels, hasAlpha }: Image,
  withAlpha: boolean,
): NdArray {
  const count = hasAlpha && !withAlpha ? channels - 1 : channels
  return view<Uint8Array | Uint8ClampedArray>(data, [height, width, count], {
    strides: [width * channels, channels, 1],
  })
}

/** A list of kernels; one kernel is a list of one. */
function kernelsOf(kernel: unknown): readonly NdArray[] {
  const isKernel = (entry: unknown): boolean =>
    Array.isArray(entry) ? Array.isArray(entry[0]) : typeof entry === 'object' && entry !== null
  const list: readonly unknown[] =
    Array.isArray(kernel) && kernel.length > 0 && kernel.every(isKernel) ? kernel : [kernel]
  return list.map((entry) => {
    const array = asReadable(entry, 'kernel')
    if (array.shape.length === 2 || array.shape.length === 3) return array
    throw new OptionError(
      'RANK_MISMATCH',
      `${call}: kernel [${array.shape}] has rank ${array.shape.length}. Give rows × columns, or ` +
        'rows × columns × channels.',
    )
  })
}

function checkCombination(
  kernels: readonly NdArray[],
  { alpha, combine }: CheckedFilterOptions<typeof call>,
): void {
  if (kernels.length > 1 && combine === undefined) {
    throw new OptionError(
      'OPTION_CONFLICT',
      `${call}: ${kernels.length} kernels are given. Say how their results become one, with ` +
        "combine: 'magnitude', 'max' or 'sum'.",
    )
  }
  if (alpha === 'premultiply' && combine !== undefined) {
    throw new OptionError(
      'OPTION_CONFLICT',
      `${call}: alpha 'premultiply' divides by the filtered alpha of one kernel, so it does not ` +
        "go with combine. Use alpha: 'keep'.",
    )
  }
}

/** The bytes of the result, and the kind of object that the image was. */
function written<I extends ImageInput>(
  input: I,
  { data, width, height, channels, hasAlpha }: Image,
  filtered: FilteredChannels,
  options: CheckedFilterOptions<typeof call>,
  turn: Turn | undefined,
): Eventual<FilteredImage<I>> {
  const { colours, alpha } = filtered
  // The bytes of a kept alpha channel are already there.
  const bytes = hasAlpha && alpha === undefined ? Uint8ClampedArray.from(data) : undefined
  const target = bytes ?? new Uint8ClampedArray(data.length)
  const count = hasAlpha ? channels - 1 : channels
  const to = { bytes: target, first: 0, count, pixelStep: channels }
  // Alpha first: magnitudes of colours replace the samples, and alpha may lie among them.
  return after(
    alpha === undefined
      ? 0
      : writeLevels(alpha, { ...to, first: channels - 1, count: 1 }, 'clip', turn),
    (clippedAlpha) =>
      after(writeLevels(colours, to, options.output, turn), (clipped) =>
        after(
          mayMissPixels(options) ? clearEmpty(filtered, target, channels, turn) : undefined,
          // The type follows the kind of the image.
          () => resultOf(input, target, width, height, clipped + clippedAlpha) as FilteredImage<I>,
        ),
      ),
  )
}

const imageDataTag = '[object ImageData]'

function resultOf(
  input: ImageInput,
  data: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
  clipped: number,
): object {
  // The tag also recognises an ImageData of another realm, such as an iframe.
  if (typeof ImageData === 'undefined' || Object.prototype.toString.call(input) !== imageDataTag)
    return { data, width, height, clipped }
  const { colorSpace } = input as ImageData
  return Object.assign(new ImageData(data, width, height, { colorSpace }), { clipped })
}
