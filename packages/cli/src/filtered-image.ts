/** Filters the bytes of an image file. */

import { encodeResult } from './encoded-result.ts'
import { usageError } from './failure.ts'
import { checkMissing, checkOptions } from './filter-checks.ts'
import { resultGrid } from './filter-grid.ts'
import type { FilterRequest } from './filter-request.ts'
import { filterImage, timed } from './filtering.ts'
import { type Format, formatName, formats, type ReadFormat } from './images/formats.ts'
import type { Image } from './images/image.ts'
import { movedPlace } from './images/map-place.ts'
import { readImage } from './images/read.ts'
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
  // A border of missing samples may leave nothing under the kernel: a result that is not a number.
  const isForBytes = becomesBytes(image, format, output) && !hasMissingBorder(request)
  const { result: filtered, milliseconds } = timed(() =>
    filterImage(image, output.alpha ?? 'keep', { ...request, isForBytes }),
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
 * Whether results become bytes without another scale. Rounded sums give the same bytes then, and
 * the clipped ones are the same, too.
 */
const becomesBytes = (image: Image, format: Format, { policy }: OutputRequest): boolean =>
  format !== 'npy' && image.depth === 8 && policy !== 'minmax'

const hasMissingBorder = ({ options }: FilterRequest): boolean =>
  [options.boundary].flat().includes('missing')
