/**
 * A TIFF of numbers that are no sample values of an image: heights, temperatures. They are floats,
 * signed, or larger than 16 bits. Its samples become an array of rows × columns, or of rows ×
 * columns × bands, and results are written as floats, at the same place on the map.
 */

import type { GeoTIFF, GeoTIFFImage } from 'geotiff'
import { Failure, inputError, messageOf } from '../failure.ts'
import type { NpyArray, NpyElements } from '../npy.ts'
import { countOf } from '../units.ts'
import type { Depth } from './image.ts'
import { checkSize } from './image.ts'
import { noDataTagId } from './map-place.ts'
import { tiffFile } from './tiff.ts'
import type { TiffProperties } from './tiff-directory.ts'
import { type TiffTag, tagTypes } from './tiff-tags.ts'

export interface Raster {
  readonly array: NpyArray
  /** Bits per sample of an image of these numbers. */
  readonly depth: Depth
  readonly notes: readonly string[]
}

const [signed, float] = [2, 3]

/** Whether no image file but a TIFF can have samples of this type. */
export const isNumeric = ({ sampleFormat, bitsPerSample }: TiffProperties): boolean =>
  sampleFormat === signed || sampleFormat === float || bitsPerSample > 16

/** Reads the first image of a TIFF. Throws for more than `maxBytes` bytes of samples. */
export async function readRaster(
  bytes: Uint8Array,
  name: string,
  maxBytes: number,
): Promise<Raster> {
  const { fromArrayBuffer } = await import('geotiff')
  try {
    const file = await fromArrayBuffer(new Uint8Array(bytes).buffer)
    const image = await file.getImage()
    const [width, height] = [image.getWidth(), image.getHeight()]
    const bands = image.getSamplesPerPixel()
    const bits = image.getBitsPerSample()
    checkSize(name, width, height, bands, bits / 8, maxBytes)
    await checkBlocks(image, bytes.length)
    const samples = await image.readRasters({ interleave: true })
    const shape = bands === 1 ? [height, width] : [height, width, bands]
    const strides = bands === 1 ? [width, 1] : [width * bands, bands, 1]
    const count = await imageCount(file)
    return {
      array: { data: elementsOf(samples), shape, strides, offset: 0, trailingBytes: 0 },
      depth: samples instanceof Uint16Array ? 16 : 8,
      notes: count > 1 ? [`It holds ${countOf(count, 'image')}; the first one is used.`] : [],
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    // Decoders throw strings, too.
    const reason = messageOf(error)
      .trim()
      .split('\n')[0]!
      .replace(/[:.\s]+$/, '')
    throw inputError(
      `${name} is a TIFF file that is damaged, cut off or not supported (${reason}).`,
      error,
    )
  }
}

/** Throws if samples lie outside the file: a decoder may take what is left for the whole. */
async function checkBlocks({ isTiled, fileDirectory }: GeoTIFFImage, end: number): Promise<void> {
  const [offsets, counts] = await Promise.all(
    isTiled
      ? [fileDirectory.loadValue('TileOffsets'), fileDirectory.loadValue('TileByteCounts')]
      : [fileDirectory.loadValue('StripOffsets'), fileDirectory.loadValue('StripByteCounts')],
  )
  const isInside = (_: unknown, i: number): boolean =>
    Number(offsets?.[i]) + Number(counts?.[i]) <= end
  if (!Array.from(offsets ?? [undefined]).every(isInside)) throw new Error('samples are missing')
}

/** Smaller copies and masks of another image in the file are not counted. */
async function imageCount(file: GeoTIFF): Promise<number> {
  let count = 0
  for (let i = 0; i < (await file.getImageCount()); i++) {
    const kind = Number((await file.getImage(i)).fileDirectory.getValue('NewSubfileType') ?? 0)
    if ((kind & (reducedSize | mask)) === 0) count++
  }
  return count
}

const [reducedSize, mask] = [1, 4]

/** Types that a filter reads. All others are whole numbers of 32 bits. */
function elementsOf(samples: ArrayLike<number>): NpyElements {
  const isKnown = [
    ...[Float32Array, Float64Array, Int32Array, Int16Array, Int8Array, Uint16Array, Uint8Array],
  ].some((type) => samples instanceof type)
  return isKnown ? (samples as NpyElements) : Float64Array.from(samples)
}

/** The number that a text in GDAL_NODATA means. */
function numberOf(text: string): number {
  if (/^[+-]?inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return Number.parseFloat(text)
}

/** The number as elements of an array hold it. */
const codeIn = (data: NpyElements, text: string): number =>
  data instanceof Float32Array ? Math.fround(numberOf(text)) : numberOf(text)

/** How many samples have the value for unknown ones. */
export function noDataCount({ data }: NpyArray, noData: string): number {
  const code = codeIn(data, noData)
  let count = 0
  for (let i = 0; i < data.length; i++) if (data[i] === code) count++
  return count
}

/** An array of floats, with NaN where a sample has the value for unknown ones. */
export function withNaN(array: NpyArray, noData: string): NpyArray {
  const code = codeIn(array.data, noData)
  const isFloat = array.data instanceof Float32Array || array.data instanceof Float64Array
  const data = isFloat
    ? array.data
    : array.data instanceof Int32Array
      ? Float64Array.from(array.data)
      : Float32Array.from(array.data)
  for (let i = 0; i < data.length; i++) if (data[i] === code) data[i] = NaN
  return { ...array, data }
}

export interface RasterResult {
  readonly data: Float32Array | Float64Array
  /** Rows × columns, or rows × columns × bands. */
  readonly shape: readonly number[]
  /** Whether the first three bands are red, green and blue. */
  readonly isRgb: boolean
  readonly place: readonly TiffTag[]
  /** The value for unknown samples. Undefined: they stay NaN. */
  readonly noData: string | undefined
  /** Whether results that have that value must be told from unknown ones. */
  readonly areHolesKnown: boolean
}

/**
 * Writes floats. Unknown ones have the value for unknown samples. If other results have it, unknown
 * ones stay NaN, and NaN becomes that value in the file.
 */
export function writeRaster({ data, shape, isRgb, place, noData, areHolesKnown }: RasterResult): {
  readonly bytes: Uint8Array
  readonly notes: readonly string[]
} {
  const [height, width, channels = 1] = shape as readonly [number, number, number?]
  const code = noData === undefined ? NaN : codeIn(data, noData)
  const collisions = areHolesKnown ? data.filter((value) => value === code).length : 0
  const written = collisions > 0 ? 'nan' : noData
  if (collisions === 0 && !Number.isNaN(code))
    for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i]!)) data[i] = code
  const extras = new Array<number>(channels - (isRgb ? 3 : 1)).fill(0)
  const bytes = tiffFile({ width, height, channels, samples: data }, [
    { id: 262, type: tagTypes.short, values: [isRgb ? rgb : blackIsZero] },
    ...(extras.length > 0 ? [{ id: 338, type: tagTypes.short, values: extras }] : []),
    { id: 339, type: tagTypes.short, values: new Array<number>(channels).fill(float) },
    ...place,
    ...(written === undefined ? [] : [noDataTag(written)]),
  ])
  const notes =
    collisions === 0
      ? []
      : [
          `${countOf(collisions, 'result')} equal ${noData}, the nodata value of the input. So ` +
            'the nodata value of the result is nan.',
        ]
  return { bytes, notes }
}

export const rgb = 2
const blackIsZero = 1

const noDataTag = (text: string): TiffTag => ({
  id: noDataTagId,
  type: tagTypes.ascii,
  values: Array.from(`${text}\0`, (letter) => letter.charCodeAt(0)),
})
