/** Filters the bytes of an image file. */

import { encodeResult } from './encoded-result.ts'
import { usageError } from './failure.ts'
import { checkMissing, checkOptions } from './filter-checks.ts'
import { resultGrid } from './filter-grid.ts'
import type { FilterRequest } from './filter-request.ts'
import { filterImage, timed } from './filtering.ts'
import { type Format, formatName, formats, type ReadFormat } from './images/formats.ts'
import { type Image, maxSampleValue } from './images/image.ts'
import { movedPlace } from './images/map-place.ts'
import { readImage } from './images/read.ts'
import type { Kernel } from './kernel-argument.ts'
import type { FileInput, Outcome, OutputRequest } from './outcome.ts'

export async function filterImageFile(
  input: FileInput,
  request: FilterRequest,
  output: OutputRequest,
): Promise<Outcome> {
  if (input.channelAxis !== undefined)
    throw usageError(
      `--channel-axis is for .npy arrays; ${input.name} is an image, whose channels are ` +
        'known.',
    )
  const {
    image,
    format: foundFormat,
    notes: readNotes,
  } = await readImage(input.bytes, input.name, input.imageLimit)
  checkMissing(request, {
    kind: `${formatName(foundFormat as ReadFormat)} file`,
    samples: `samples of ${image.depth} bits`,
  })
  const format = output.format ?? (foundFormat in formats ? (foundFormat as Format) : 'png')
  const notes = readNotes.map((note) => `${input.name}: ${note}`)
  checkOptions(format, output, image.alpha, input.name)
  const byteResults = byteResultsOf(image, format, request, output)
  const { result: filtered, milliseconds } = await timed(() =>
    filterImage(image, output.alpha ?? 'keep', {
      ...request,
      ...(byteResults && { byteResults }),
    }),
  )
  const place = image.place && movedPlace(image.place, resultGrid(request))
  const encoded = await encodeResult(
    filtered,
    { ...image, ...(place && { place }) },
    format,
    output,
  )
  return {
    ...{ format, milliseconds, ...encoded },
    input: { rank: 3, channelAxis: 2 },
    notes: [...notes, ...encoded.notes],
  }
}

/**
 * Results may be rounded at once if they become bytes without another scale: the bytes are the
 * same, and the clipped ones are the same, too.
 */
function byteResultsOf(
  image: Image,
  format: Format,
  request: FilterRequest,
  { policy }: OutputRequest,
): FilterRequest['byteResults'] {
  // A border of missing samples may leave nothing under the kernel: a result that is not a number.
  if (format === 'npy' || image.depth !== 8 || policy === 'minmax' || hasMissingBorder(request))
    return undefined
  if (request.combine) return areAlwaysWhole(request) ? 'int16' : undefined
  return policy !== 'offset' && areAlwaysBytes(request) ? 'uint8' : 'int16'
}

const hasMissingBorder = ({ options }: FilterRequest): boolean =>
  [options.boundary].flat().includes('missing')

/** Whether all sums are bytes, to less than a half, whatever the bytes of the image. */
function areAlwaysBytes(request: FilterRequest): boolean {
  const { kernels, channels } = request
  if (kernels.length > 1 || channels === 'sum' || !isOfBytesOnly(request)) return false
  const [low, high] = rangeOf(kernels[0]!)
  return low > -0.4 && high < maxSampleValue(8) + 0.4
}

/** Whether all sums are whole numbers of 16 bits, whatever the bytes of the image. */
function areAlwaysWhole(request: FilterRequest): boolean {
  const { kernels, channels } = request
  const isWhole = (kernel: Kernel): boolean => {
    const [low, high] = rangeOf(kernel)
    const most = Math.max(-low, high) * (channels === 'sum' ? maxColours : 1)
    return kernel.weights.every(Number.isInteger) && most < 2 ** 15
  }
  return isOfBytesOnly(request) && kernels.every(isWhole)
}

const maxColours = 3

/** Whether nothing but the bytes of the image is summed. */
const isOfBytesOnly = ({ options: { boundary, bias } }: FilterRequest): boolean =>
  bias === undefined && [boundary].flat().every((border) => typeof border === 'string')

/** The smallest and the largest sum that a kernel can have over bytes. */
function rangeOf({ weights }: Kernel): readonly [low: number, high: number] {
  const sumOf = (isPart: (weight: number) => boolean): number =>
    weights.filter(isPart).reduce((sum, weight) => sum + weight, 0)
  return [maxSampleValue(8) * sumOf((w) => w < 0), maxSampleValue(8) * sumOf((w) => w > 0)]
}
