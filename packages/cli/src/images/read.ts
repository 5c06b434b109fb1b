/**
 * Decodes the first image in a file, upright, with the samples of the file. The colour profile is
 * kept but not applied, and 16-bit samples stay 16-bit. Only CMYK is converted, with a note,
 * because the output formats cannot store it.
 */

import sharp from 'sharp'
import { type Failure, inputError } from '../failure.ts'
import { countOf } from '../units.ts'
import { containerOf } from './container.ts'
import { formatName, formatOfBytes, type ReadFormat, readImageFormats } from './formats.ts'
import { checkSize, type DecodedImage, type Image, maxSampleBytes } from './image.ts'
import { readPnm } from './pnm.ts'
import { tiffProperties } from './tiff-directory.ts'

/**
 * Reads the formats of formats.ts, recognised by their contents. `name` is the file name, for
 * messages. Throws for more than `maxBytes` bytes of samples.
 */
export async function readImage(
  bytes: Uint8Array,
  name: string,
  maxBytes: number = maxSampleBytes,
): Promise<DecodedImage> {
  const format = formatOfBytes(bytes)
  if (format === 'pnm') return readPnm(bytes, name, maxBytes)
  if (format === undefined || format === 'npy') {
    throw inputError(
      format === 'npy'
        ? `${name} is a .npy array, but an image is needed here (${readImageFormats}). ` +
            'The filter verb takes arrays.'
        : `${name} is not an image in a supported format (${readImageFormats}), nor a .npy file.`,
    )
  }
  try {
    return await decode(bytes, name, format, maxBytes)
  } catch (error) {
    throw error instanceof Error && !('exitCode' in error)
      ? undecodable(error, name, format)
      : error
  }
}

const spaceName = (space: string): string =>
  space === 'b-w' || space === 'grey16' ? 'grey' : space.toUpperCase()

/** Number of colour channels, by the decoder's name of the colour space. */
const colourChannels: Readonly<Record<string, number>> = {
  'b-w': 1,
  grey16: 1,
  srgb: 3,
  rgb16: 3,
  cmyk: 4,
  lab: 3,
}

async function decode(
  bytes: Uint8Array,
  name: string,
  format: ReadFormat,
  maxBytes: number,
): Promise<DecodedImage> {
  const options = { limitInputPixels: false, failOn: 'warning', autoOrient: true } as const
  const container = containerOf(bytes, format)
  if (container.rejection !== undefined) throw inputError(`${name} ${container.rejection}`)
  const metadata = await sharp(bytes, options).metadata()
  const {
    space,
    depth,
    channels: stored,
    width,
    height,
    icc,
    exif,
    orientation = 1,
    pages = 1,
  } = metadata
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw inputError(
      `${name} has ${depth} samples: images with 8 and 16 bits are supported. Save it as .npy ` +
        'to filter it unchanged.',
    )
  }
  const isDeep = depth === 'ushort'
  const extras = stored - (colourChannels[space] ?? 3)
  if (extras < 0 || extras > 1)
    throw inputError(
      `${name} has ${countOf(stored, 'channel')} (${spaceName(space)}), which is not ` +
        `supported. Save it ` +
        'as .npy.',
    )
  checkSize(name, width, height, stored, isDeep ? 2 : 1, maxBytes)
  const alpha = extras === 1
  const isGrey = space === 'b-w' || space === 'grey16'
  const isConverted = space !== 'srgb' && space !== 'rgb16' && !isGrey
  // sharp drops the alpha channel of 8-bit grey in raw output. So grey with alpha is decoded as
  // RGBA with equal channels.
  const target = isGrey && !alpha ? (isDeep ? 'grey16' : 'b-w') : isDeep ? 'rgb16' : 'srgb'
  const { data, info } = await sharp(bytes, { ...options, ignoreIcc: !isConverted })
    .toColourspace(target)
    .raw({ depth })
    .toBuffer({ resolveWithObject: true })
  const raw = isDeep ? sixteenBits(data) : data
  const samples = isGrey && alpha && info.channels === 4 ? firstAndLast(raw) : raw
  const channels = samples.length / (info.width * info.height)
  if (channels !== (isGrey ? 1 : 3) + extras) {
    throw inputError(
      `${name} has ${countOf(stored, 'channel')}, but decoding gave ${channels}: its kind is not ` +
        'supported. Save it as .npy or PNG.',
    )
  }
  // EXIF is a TIFF without samples, after a prefix of six bytes.
  const storedDensity = container.density ?? (exif && tiffProperties(exif.subarray(6))?.density)
  // libvips writes one dot per millimetre if the density is unknown.
  const density =
    storedDensity && Math.round(storedDensity.x) === 1000 && Math.round(storedDensity.y) === 1000
      ? undefined
      : storedDensity
  // The tags of a map describe the samples as they are stored.
  const { place, noData } = container
  const losesPlace = place !== undefined && orientation > 1
  const image: Image = {
    width: info.width,
    height: info.height,
    channels,
    alpha,
    depth: isDeep ? 16 : 8,
    samples,
    ...(icc && !isConverted ? { profile: icc } : {}),
    ...(density && { density: orientation > 4 ? { x: density.y, y: density.x } : density }),
    ...(place && !losesPlace && { place }),
  }
  const imageCount = Math.max(pages, container.imageCount)
  const notes = [
    ...(imageCount > 1 ? [`It holds ${imageCount} images; the first one is used.`] : []),
    ...(alpha && container.alphaNote ? [container.alphaNote] : []),
    ...(orientation > 1
      ? [`It was rotated upright, as its EXIF orientation (${orientation}) requires.`]
      : []),
    ...(noData === undefined
      ? []
      : [
          `Its nodata value, ${noData}, counts as a sample value. filter --missing nodata leaves ` +
            'such samples out.',
        ]),
    ...(losesPlace ? ['Its place on the map was dropped, because it was rotated.'] : []),
    ...(isConverted ? [`Its colours were converted from ${spaceName(space)} to sRGB.`] : []),
  ]
  return { image, format, notes }
}

function sixteenBits(data: Buffer): Uint16Array {
  const isAligned = data.byteOffset % 2 === 0
  return isAligned
    ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
    : new Uint16Array(Uint8Array.from(data).buffer)
}

/** The first and last of every four samples. */
function firstAndLast(rgba: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  return rgba.filter((_, i) => i % 4 === 0 || i % 4 === 3)
}

function undecodable(error: Error, name: string, format: ReadFormat): Failure {
  const reason = error.message.trim().split('\n').at(-1)!
  const kind = formatName(format)
  const article = kind === 'AVIF' ? 'an' : 'a'
  return inputError(
    `${name} is ${article} ${kind} file that is damaged, cut off or not supported ` +
      `(${reason.replace(/[:.\s]+$/, '')}).`,
    error,
  )
}
