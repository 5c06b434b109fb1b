/**
 * What picture do these bytes hold? The first one in them, upright, with the samples of the file: its colour profile is kept beside them,
 * not applied, and 16 bits stay 16. Only CMYK, which no filter result could be written as, is converted, and that is said.
 */

import sharp from 'sharp'
import { badInput, type Failure } from '../failure.ts'
import { type Format, formatOfBytes, formats } from './formats.ts'
import { MOST_PIXELS, type Picture, type ReadPicture } from './picture.ts'
import { readPnm } from './pnm.ts'

/** Reads PNG, JPEG, WebP, TIFF, AVIF, GIF and PNM, known by their contents. `name` is the file's, for messages. */
export async function readPicture(bytes: Uint8Array, name: string): Promise<ReadPicture> {
  const format = formatOfBytes(bytes)
  if (format === 'pnm') return readPnm(bytes, name)
  if (format === undefined || format === 'npy') {
    throw badInput(`${name} is no picture that is read here: PNG, JPEG, WebP, TIFF, AVIF, GIF and PNM are.`)
  }
  try {
    return await decoded(bytes, name, format)
  } catch (error) {
    throw error instanceof Error && !('exitCode' in error) ? undecodable(error, name, format) : error
  }
}

async function decoded(bytes: Uint8Array, name: string, format: Format | 'gif'): Promise<ReadPicture> {
  const options = { limitInputPixels: MOST_PIXELS, failOn: 'warning', autoOrient: true } as const
  const metadata = await sharp(bytes, options).metadata()
  const { space, depth, hasAlpha: alpha, icc, orientation = 1, pages = 1 } = metadata
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw badInput(`${name} holds ${depth} samples: pictures of 8 and 16 bits are read. Save it as .npy to filter it as it is.`)
  }
  const isDeep = depth === 'ushort'
  const isGrey = space === 'b-w' || space === 'grey16'
  const isConverted = space !== 'srgb' && space !== 'rgb16' && !isGrey
  // sharp leaves out the alpha of 8-bit grey in raw output, so grey with alpha is taken as RGBA of equal channels.
  const target = isGrey && !alpha ? (isDeep ? 'grey16' : 'b-w') : isDeep ? 'rgb16' : 'srgb'
  const { data, info } = await sharp(bytes, { ...options, ignoreIcc: !isConverted })
    .toColourspace(target)
    .raw({ depth })
    .toBuffer({ resolveWithObject: true })
  const raw = isDeep ? sixteenBits(data) : data
  const samples = isGrey && alpha && info.channels === 4 ? firstAndLast(raw) : raw
  const channels = samples.length / (info.width * info.height)
  const picture: Picture = {
    width: info.width,
    height: info.height,
    channels,
    alpha,
    depth: isDeep ? 16 : 8,
    samples,
    ...(icc && !isConverted ? { profile: icc } : {}),
  }
  const notes = [
    ...(pages > 1 ? [`It holds ${pages} pictures; the first one is taken.`] : []),
    ...(orientation > 1 ? [`It was turned upright, as its EXIF orientation (${orientation}) asks.`] : []),
    ...(isConverted ? [`Its colours were converted from ${space.toUpperCase()} to sRGB.`] : []),
  ]
  return { picture, format, notes }
}

function sixteenBits(data: Buffer): Uint16Array {
  const isAligned = data.byteOffset % 2 === 0
  return isAligned ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : new Uint16Array(Uint8Array.from(data).buffer)
}

/** Of every four samples the first and the last. */
function firstAndLast(rgba: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  return rgba.filter((_, i) => i % 4 === 0 || i % 4 === 3)
}

function undecodable(error: Error, name: string, format: Format | 'gif'): Failure {
  const reason = error.message.trim().split('\n').at(-1)!
  if (/pixel limit/i.test(reason)) {
    return badInput(`${name} has more than ${MOST_PIXELS} pixels (16383 × 16383), which is the most that is read.`, error)
  }
  const kind = format === 'gif' ? 'GIF' : formats[format].name
  return badInput(`${name} is a ${kind} file that is damaged, cut off or of an unknown kind (${reason.replace(/[:.\s]+$/, '')}).`, error)
}
