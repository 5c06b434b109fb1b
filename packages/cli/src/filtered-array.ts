/**
 * Filters arrays: those of .npy files, and the numbers of a TIFF. The results are arrays or TIFFs
 * of floats, which keep every number, or images of them.
 */

import type { Dense } from './combine.ts'
import { checkNotEmpty, encodeResult } from './encoded-result.ts'
import { inputError, usageError } from './failure.ts'
import { checkMissing, checkOptions } from './filter-checks.ts'
import { resultGrid } from './filter-grid.ts'
import type { FilterRequest } from './filter-request.ts'
import { filterArray, filterImage, timed } from './filtering.ts'
import { type Depth, maxSampleBytes } from './images/image.ts'
import { movedPlace } from './images/map-place.ts'
import { noDataCount, readRaster, rgb, withNaN, writeRaster } from './images/raster.ts'
import type { TiffProperties } from './images/tiff-directory.ts'
import { type NpyArray, type NpyElements, readNpy, writeNpy } from './npy.ts'
import type { FileInput, Outcome, OutputRequest } from './outcome.ts'
import { countOf } from './units.ts'

export async function filterNpyFile(
  input: FileInput,
  request: FilterRequest,
  output: OutputRequest,
): Promise<Outcome> {
  const array = readNpy(input.bytes, input.name)
  const samples = hasNaN(array.data) ? undefined : 'integers'
  checkMissing(request, { kind: '.npy array', samples })
  const channelAxis = channelAxisOf(array, input)
  if (array.shape.length === 0)
    throw inputError(`${input.name} is a single number: an array with at least one axis is needed.`)
  const { format = 'npy' } = output
  const depth: Depth = array.data instanceof Uint16Array ? 16 : 8
  const source = { array, depth, channelAxis, notes: trailingByteNotes(array, input) }
  if (format !== 'npy' || output.alpha !== undefined)
    return filterAsImage(source, request, { ...output, format })
  checkOptions(format, output, false, input.name)
  return filterAsArray(source, request, (result) => ({
    ...{ format, bytes: writeNpy(result.data, result.shape), notes: [] },
  }))
}

/** Filters the numbers of a TIFF. The result lies at the same place on the map. */
export async function filterRasterFile(
  input: FileInput,
  { place = [], noData, photometric }: TiffProperties,
  request: FilterRequest,
  output: OutputRequest,
): Promise<Outcome> {
  const { name } = input
  if (input.channelAxis !== undefined)
    throw usageError(
      `--channel-axis is for .npy arrays; ${name} is a TIFF, whose channels are known.`,
    )
  const raster = await readRaster(input.bytes, name, input.imageLimit ?? maxSampleBytes)
  const { missing } = request
  const samples = hasNaN(raster.array.data) ? undefined : 'integers'
  checkMissing(request, { kind: 'TIFF file', samples, noData })
  const isLeftOut = missing === 'nodata'
  const array = isLeftOut && noData !== undefined ? withNaN(raster.array, noData) : raster.array
  const unknown = isLeftOut || noData === undefined ? 0 : noDataCount(array, noData)
  const source: ArraySource = {
    ...{ array, depth: raster.depth, channelAxis: array.shape.length === 3 ? 2 : undefined },
    notes: [
      ...raster.notes.map((note) => `${name}: ${note}`),
      ...(unknown > 0 ? [unknownNote(name, unknown, noData!)] : []),
    ],
  }
  const { format = 'tiff' } = output
  if (format !== 'npy' && format !== 'tiff') {
    const outcome = await filterAsImage(source, request, { ...output, format })
    const losesPlace = place.length > 0
    const note = `${output.name}: its place on the map was dropped. A .tif file keeps it.`
    return losesPlace ? { ...outcome, notes: [...outcome.notes, note] } : outcome
  }
  checkOptions('npy', output, false, name)
  if (format === 'npy')
    return filterAsArray(source, request, ({ data, shape }) => ({
      ...{ format, bytes: writeNpy(data, shape), notes: [] },
    }))
  return filterAsArray(source, request, ({ data, shape }) => {
    checkNotEmpty(shape[0]!, shape[1]!)
    const written = writeRaster({
      // Sums of numbers are floats.
      data: data as Float32Array | Float64Array,
      ...{ shape, noData, areHolesKnown: missing !== undefined },
      isRgb: photometric === rgb && (shape[2] ?? 1) >= 3,
      place: movedPlace(place, resultGrid(request)),
    })
    return { format, ...written, notes: written.notes.map((note) => `${output.name}: ${note}`) }
  })
}

const unknownNote = (name: string, count: number, noData: string): string =>
  `${name}: ${countOf(count, 'sample')} with its nodata value ${noData} ` +
  `${count === 1 ? 'was' : 'were'} filtered as ${count === 1 ? 'a number' : 'numbers'}. ` +
  '--missing nodata leaves them out.'

/** An array, and what is known about it. */
interface ArraySource {
  readonly array: NpyArray
  /** Bits per sample of an image of it. */
  readonly depth: Depth
  readonly channelAxis: number | undefined
  readonly notes: readonly string[]
}

/** Filters an array, and encodes the result. */
async function filterAsArray(
  { array, channelAxis, notes }: ArraySource,
  request: FilterRequest,
  encode: (result: Dense) => Pick<Outcome, 'bytes' | 'format' | 'notes'>,
): Promise<Outcome> {
  const { result, milliseconds } = await timed(() => filterArray(array, channelAxis, request))
  const encoded = encode(result)
  return {
    ...encoded,
    ...{ shape: result.shape, milliseconds },
    input: { rank: array.shape.length, channelAxis },
    notes: [...notes, ...encoded.notes],
  }
}

/** Filters an array with the shape of an image. */
async function filterAsImage(
  { array, depth, channelAxis, notes }: ArraySource,
  request: FilterRequest,
  output: OutputRequest & Pick<Outcome, 'format'>,
): Promise<Outcome> {
  const { shape } = array
  const { name } = request
  const { format } = output
  const isFlat = shape.length === 2 && channelAxis === undefined
  const channels = isFlat ? 1 : shape[2]!
  if (!isFlat && (shape.length !== 3 || channelAxis !== 2 || channels < 1 || channels > 4)) {
    throw usageError(
      `${name} has shape (${shape.join(', ')}), which is not an image: H×W or H×W×C ` +
        'with 1 to 4 channels is needed. Write a .npy file.',
    )
  }
  const alpha = channels % 2 === 0
  if (alpha && output.alpha === undefined) {
    throw usageError(
      `${name} has ${channels} channels, and the last one may be alpha or a colour: ` +
        'give --alpha keep (copy it) or --alpha filter.',
    )
  }
  checkOptions(format, output, alpha, name)
  const model = { height: shape[0]!, width: shape[1]!, channels, alpha, depth }
  const strides = isFlat ? [...array.strides, 1] : array.strides
  const { result, milliseconds } = await timed(() =>
    filterImage({ ...model, samples: array.data, strides }, output.alpha ?? 'keep', request),
  )
  const encoded = await encodeResult(result, model, format, output)
  return {
    format,
    milliseconds,
    ...encoded,
    input: { rank: 3, channelAxis: 2 },
    notes: [...notes, ...encoded.notes],
  }
}

const hasNaN = (data: NpyElements): boolean =>
  data instanceof Float32Array || data instanceof Float64Array

const trailingByteNotes = ({ trailingBytes }: NpyArray, { name }: FileInput): string[] =>
  trailingBytes === 0
    ? []
    : [`${name}: ${trailingBytes.toLocaleString('en-US')} bytes after the array are ignored.`]

function channelAxisOf({ shape }: NpyArray, { channelAxis, name }: FileInput): number | undefined {
  if (channelAxis === 'none') return undefined
  if (channelAxis === undefined) return shape.length === 3 && shape[2]! <= 4 ? 2 : undefined
  const fromStart = channelAxis < 0 ? channelAxis + shape.length : channelAxis
  if (fromStart >= 0 && fromStart < shape.length) return fromStart
  throw usageError(
    `--channel-axis ${channelAxis} is not an axis of ${name}, whose shape is ` +
      `(${shape.join(', ')}).`,
  )
}
