/**
 * Reads properties of an image file that the decoder does not report, or reports rounded. The
 * result has one form for every format; the code for a format is in its own file.
 */

import { countOf } from '../units.ts'
import type { ReadFormat } from './formats.ts'
import type { Density } from './image.ts'
import { pngProperties } from './png-chunks.ts'
import {
  channelsOf,
  hasMixedPlanes,
  type TiffProperties,
  tiffProperties,
} from './tiff-directory.ts'
import type { TiffTag } from './tiff-tags.ts'

export interface Container {
  /** Number of images in the file; 1 if only the decoder can tell. */
  readonly imageCount: number
  readonly density?: Density
  /** The tags that say where the image lies on a map. */
  readonly place?: readonly TiffTag[]
  /** The value of samples that are unknown. */
  readonly noData?: string
  /** The reason why the decoder would give wrong samples. */
  readonly rejection?: string
  /** A note about how alpha was interpreted. */
  readonly alphaNote?: string
}

export function containerOf(bytes: Uint8Array, format: ReadFormat): Container {
  if (format === 'png') return pngProperties(bytes)
  if (format === 'jpeg') return { imageCount: 1, ...jfifDensity(bytes) }
  if (format === 'avif') return { imageCount: 1, ...rejectHugeAvif(bytes) }
  const directory = format === 'tiff' ? tiffProperties(bytes) : undefined
  return { imageCount: 1, ...(directory && tiffContainer(directory)) }
}

const alphaNotes: Readonly<Record<number, string>> = {
  0: 'Its header does not describe the extra channel: it is taken as alpha.',
  1: 'Its colours were stored multiplied by alpha (associated): they were divided by alpha.',
}

function tiffContainer(directory: TiffProperties): Omit<Container, 'imageCount'> {
  const { extraSample, density, place, noData } = directory
  const rejection = rejectionOf(directory)
  const alphaNote = extraSample === undefined ? undefined : alphaNotes[extraSample]
  return {
    ...(density && { density }),
    ...(place && { place }),
    ...(noData !== undefined && { noData }),
    ...(alphaNote && { alphaNote }),
    ...(rejection !== undefined && { rejection }),
  }
}

function rejectionOf(directory: TiffProperties): string | undefined {
  const channels = channelsOf(directory)
  if (channels && channels.extras > 1) {
    return (
      `has ${countOf(directory.samplesPerPixel, 'channel')}, of which ${channels.colours} ` +
      `${channels.colours === 1 ? 'is a colour' : 'are colours'}: ` +
      'only one more channel, alpha, is supported. Save all channels as .npy, and filter that ' +
      'with --channel-axis.'
    )
  }
  if (!hasMixedPlanes(directory)) return undefined
  return (
    'stores each channel in a separate plane, which is supported for RGB only. Save the ' +
    'channels of a pixel side by side, or all as .npy.'
  )
}

/** The largest side of an AV1 image, in pixels. */
const maxAvifSide = 65536

/**
 * Rejects AVIF images that are too large, because the decoder would print its own complaint to
 * stderr.
 *
 *   … 'ispe' (4) · version and flags (4) · width (4) · height (4)
 */
function rejectHugeAvif(bytes: Uint8Array): { readonly rejection?: string } {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (
    let at = all.indexOf('ispe');
    at >= 0 && at + 16 <= all.length;
    at = all.indexOf('ispe', at + 4)
  ) {
    const [width, height] = [all.readUInt32BE(at + 8), all.readUInt32BE(at + 12)]
    // The same four letters may occur among the samples by chance. There, version 0 does not
    // follow.
    if (all.readUInt32BE(at + 4) === 0 && Math.max(width, height) > maxAvifSide)
      return {
        rejection:
          `is damaged: its header gives an image of ${width}×${height}, and AVIF images have at ` +
          `most ${maxAvifSide} pixels per side.`,
      }
  }
  return {}
}

/** SOI · APP0 · length · JFIF\0 · version (2) · unit (1) · x (2) · y (2) */
function jfifDensity(bytes: Uint8Array): { readonly density?: Density } {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 18)).toString(
    'latin1',
  )
  if (!/^\xff\xd8\xff\xe0..JFIF\0.{7}$/s.test(start)) return {}
  const [unit, x, y] = [bytes[13]!, 256 * bytes[14]! + bytes[15]!, 256 * bytes[16]! + bytes[17]!]
  const metres = unit === 1 ? 0.0254 : unit === 2 ? 0.01 : 0
  return metres > 0 && x > 0 && y > 0 ? { density: { x: x / metres, y: y / metres } } : {}
}
