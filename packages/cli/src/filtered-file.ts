/**
 * Filters the bytes of a file and returns the bytes of the output file. Input and output are images
 * or arrays. `notes` are sentences about everything that was changed, dropped or clipped.
 */

import type { FilterRequest } from './filter-request.ts'
import { filterNpyFile, filterRasterFile } from './filtered-array.ts'
import { filterImageFile } from './filtered-image.ts'
import { formatOfBytes } from './images/formats.ts'
import { isNumeric } from './images/raster.ts'
import { tiffProperties } from './images/tiff-directory.ts'
import type { FileInput, Outcome, OutputRequest } from './outcome.ts'

export async function filterFile(
  input: FileInput,
  request: FilterRequest,
  output: OutputRequest,
): Promise<Outcome> {
  const format = formatOfBytes(input.bytes)
  if (format === 'npy') return filterNpyFile(input, request, output)
  const directory = format === 'tiff' ? tiffProperties(input.bytes) : undefined
  // Samples that may be unknown are no colours, whatever their type.
  if (directory && (isNumeric(directory) || request.missing === 'nodata'))
    return filterRasterFile(input, directory, request, output)
  return filterImageFile(input, request, output)
}
