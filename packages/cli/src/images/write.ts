/**
 * Encodes an image as the bytes of a file, with notes about what the format cannot store. All
 * formats except JPEG are lossless.
 */

import sharp, { type Sharp } from 'sharp'
import { runtimeError, usageError } from '../failure.ts'
import { type Format, formats } from './formats.ts'
import type { Density, Depth, Image } from './image.ts'
import { writePnm } from './pnm.ts'
import { plainTiff } from './tiff.ts'
import { withTags } from './tiff-tags.ts'

export interface EncodedImage {
  readonly bytes: Uint8Array
  readonly notes: readonly string[]
}

/** Bits per sample of an image with `depth` bits in `format`. */
export function outputDepth(format: Format, depth: Depth): Depth {
  return formats[format].depth === 8 ? 8 : depth
}

type Encoder = (encoderInput: Sharp, density: Density | undefined) => Sharp

// Lossless AVIF of 1.5 megapixels takes 11 s at sharp's default effort. At effort 1 it takes 1.4 s
// and 1 % more bytes (one core, sharp 0.35).
const encoders: Readonly<Record<Exclude<Format, 'pnm' | 'npy'>, Encoder>> = {
  png: (encoderInput) => encoderInput.png({ compressionLevel: 6 }),
  jpeg: (encoderInput, density) =>
    withExif(encoderInput, density).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  webp: (encoderInput, density) =>
    withExif(encoderInput, density).webp({ lossless: true, exact: true }),
  tiff: (encoderInput, density) =>
    encoderInput.tiff({
      compression: 'deflate',
      predictor: 'horizontal',
      ...perMillimetre(density),
    }),
  avif: (encoderInput, density) =>
    withExif(encoderInput, density).avif({ lossless: true, effort: 1 }),
}

/**
 * Unlike PNG and JPEG, sharp's TIFF encoder does not take the density of its input. It needs pixels
 * per millimetre.
 */
const perMillimetre = (density: Density | undefined): object =>
  density === undefined
    ? {}
    : { xres: density.x / 1000, yres: density.y / 1000, resolutionUnit: 'inch' }

/**
 * Stores the density in EXIF: WebP and AVIF have no field for it, and sharp does not fill the field
 * of JPEG.
 */
function withExif(encoderInput: Sharp, density: Density | undefined): Sharp {
  if (density === undefined) return encoderInput
  const inch = (perMetre: number): string => `${Math.round(perMetre * 254)}/10000`
  return encoderInput.withExif({
    IFD0: { XResolution: inch(density.x), YResolution: inch(density.y), ResolutionUnit: '2' },
  })
}

/**
 * Encodes an image whose depth is `outputDepth`. `name` is the file name: a .ppm file stores RGB, a
 * .pgm file grey, a .pam file any channels.
 */
export async function encodeImage(
  image: Image,
  format: Exclude<Format, 'npy'>,
  name: string,
): Promise<EncodedImage> {
  const { fitted, notes } = fitToFormat(image, format, name)
  if (format === 'pnm') return { bytes: writePnm(fitted, /\.pam$/i.test(name)), notes }
  const space =
    fitted.channels <= 2
      ? fitted.depth === 16
        ? 'grey16'
        : 'b-w'
      : fitted.depth === 16
        ? 'rgb16'
        : 'srgb'
  const encoderInput = inputOf(fitted, format).toColourspace(space)
  try {
    const bytes = await encoders[format](
      fitted.profile ? encoderInput.keepIccProfile() : encoderInput,
      fitted.density,
    ).toBuffer()
    return { bytes: fitted.place ? withTags(bytes, fitted.place) : bytes, notes }
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1)! : String(error)
    const size = `${image.width}×${image.height}`
    throw runtimeError(
      `A ${formats[format].name} file cannot store this ${size} image ` +
        `(${reason.replace(/[:.\s]+$/, '')}). Try .png or .tiff.`,
      error,
    )
  }
}

/**
 * The image for the encoder: as raw samples where those are all there is, else as a TIFF, which
 * takes a copy.
 */
function inputOf(image: Image, format: Format): Sharp {
  const { width, height, depth, alpha, samples, profile, density } = image
  const channels = image.channels as 1 | 3
  // sharp sets one density for both axes, and an EXIF chunk besides in a PNG.
  const isDensityHard = density && (density.x !== density.y || format === 'png')
  if (depth !== 8 || alpha || profile || isDensityHard)
    return sharp(plainTiff(image), { limitInputPixels: false })
  const raw = sharp(samples, { limitInputPixels: false, raw: { width, height, channels } })
  return density ? raw.withDensity(density.x * metresPerInch) : raw
}

const metresPerInch = 0.0254

/** The parts of the image that the format can store. */
function fitToFormat(
  image: Image,
  format: Format,
  name: string,
): { readonly fitted: Image; readonly notes: readonly string[] } {
  const { profile, place, ...bare } = image
  const info = formats[format]
  const notes: string[] = []
  const colours = image.channels - (image.alpha ? 1 : 0)
  if (/\.pgm$/i.test(name) && colours > 1)
    throw usageError(
      `${name} can store grey only, but the result has ${colours} channels. Name it .ppm.`,
    )
  const holdsAlpha = info.alpha && !/\.p[gp]m$/i.test(name)
  let fitted: Image = bare
  if (profile && info.profile) fitted = { ...bare, profile }
  else if (profile) notes.push(`${info.name} files cannot store a colour profile: it was dropped.`)
  if (place && format === 'tiff') fitted = { ...fitted, place }
  else if (place) notes.push(`${info.name} files cannot store a place on a map: it was dropped.`)
  if (format === 'pnm' && image.density) {
    notes.push(
      `PNM files cannot store a density (${Math.round(image.density.x * 0.0254)} DPI): it was ` +
        'dropped.',
    )
  }
  if (fitted.alpha && !holdsAlpha) {
    fitted = withChannels(
      fitted,
      Array.from({ length: colours }, (_, channel) => channel),
      false,
    )
    notes.push(
      `${info.name === 'PNM' ? 'PGM and PPM' : info.name} files cannot store an alpha ` +
        'channel: it was dropped.',
    )
  }
  if (/\.ppm$/i.test(name) && colours === 1) fitted = withChannels(fitted, [0, 0, 0], false)
  return { fitted, notes }
}

function withChannels(image: Image, channels: readonly number[], alpha: boolean): Image {
  const { samples, channels: channelCount } = image
  const pixels = image.width * image.height
  const selected =
    image.depth === 8
      ? new Uint8Array(pixels * channels.length)
      : new Uint16Array(pixels * channels.length)
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (const [to, from] of channels.entries())
      selected[pixel * channels.length + to] = samples[pixel * channelCount + from]!
  }
  return { ...image, channels: channels.length, alpha, samples: selected }
}
