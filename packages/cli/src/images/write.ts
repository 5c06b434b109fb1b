/**
 * A picture as the bytes of a file, and what the format could not hold, in sentences. All formats
 * but JPEG give the samples back exactly.
 */

import sharp, { type Sharp } from 'sharp'
import { runtimeError, usageError } from '../failure.ts'
import { type Format, formats } from './formats.ts'
import type { Density, Depth, Image } from './image.ts'
import { writePnm } from './pnm.ts'
import { plainTiff } from './tiff.ts'

export interface EncodedImage {
  readonly bytes: Uint8Array
  readonly notes: readonly string[]
}

/** The bits per sample that a picture of `depth` bits gets in `format`. */
export function outputDepth(format: Format, depth: Depth): Depth {
  return formats[format].depth === 8 ? 8 : depth
}

type Encoder = (encoderInput: Sharp, density: Density | undefined) => Sharp

// Lossless AVIF takes 11 s for 1.5 megapixels at sharp's default effort, 1.4 s at 1, and 1 % more
// bytes (one core, sharp 0.35).
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
 * sharp's TIFF does not take the density from the picture, as PNG and JPEG do; it wants it in its
 * own unit.
 */
const perMillimetre = (density: Density | undefined): object =>
  density === undefined
    ? {}
    : { xres: density.x / 1000, yres: density.y / 1000, resolutionUnit: 'inch' }

/** WebP and AVIF have no field for it, and sharp does not fill that of JPEG: it stands in EXIF. */
function withExif(encoderInput: Sharp, density: Density | undefined): Sharp {
  if (density === undefined) return encoderInput
  const inch = (perMetre: number): string => `${Math.round(perMetre * 254)}/10000`
  return encoderInput.withExif({
    IFD0: { XResolution: inch(density.x), YResolution: inch(density.y), ResolutionUnit: '2' },
  })
}

/**
 * Encodes a picture whose depth is `writtenDepth`. `name` is the file's: a .ppm holds RGB, a .pgm
 * grey, a .pam any channels.
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
  const encoderInput = sharp(plainTiff(fitted), { limitInputPixels: false }).toColourspace(space)
  try {
    const bytes = await encoders[format](
      fitted.profile ? encoderInput.keepIccProfile() : encoderInput,
      fitted.density,
    ).toBuffer()
    return { bytes, notes }
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1)! : String(error)
    const size = `${image.width}×${image.height}`
    throw runtimeError(
      `A ${formats[format].name} file cannot hold this ${size} picture ` +
        `(${reason.replace(/[:.\s]+$/, '')}). Try .png or .tiff.`,
      error,
    )
  }
}

/** The picture with what the format can hold of it. */
function fitToFormat(
  image: Image,
  format: Format,
  name: string,
): { readonly fitted: Image; readonly notes: readonly string[] } {
  const { profile, ...bare } = image
  const info = formats[format]
  const notes: string[] = []
  const colours = image.channels - (image.alpha ? 1 : 0)
  if (/\.pgm$/i.test(name) && colours > 1)
    throw usageError(
      `${name} would hold grey only, and the result has ${colours} channels. Name it .ppm.`,
    )
  const holdsAlpha = info.alpha && !/\.p[gp]m$/i.test(name)
  let fitted: Image = bare
  if (profile && info.profile) fitted = { ...bare, profile }
  else if (profile) notes.push(`${info.name} files hold no colour profile: it was left out.`)
  if (format === 'pnm' && image.density) {
    notes.push(
      `PNM files hold no density (${Math.round(image.density.x * 0.0254)} DPI): it was left out.`,
    )
  }
  if (fitted.alpha && !holdsAlpha) {
    fitted = withChannels(
      fitted,
      Array.from({ length: colours }, (_, channel) => channel),
      false,
    )
    notes.push(
      `${info.name === 'PNM' ? 'PGM and PPM' : info.name} files hold no alpha channel: it ` +
        'was left out.',
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
