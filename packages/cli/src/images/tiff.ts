/**
 * Writes uncompressed TIFFs: samples and their colour profile for an encoder, without changes, and
 * numbers of any kind.
 *
 *   header · samples · tags
 *
 * sharp accepts raw samples too, but it cannot tag them with a profile without converting them
 * (TIFF 6.0, ICC.1 annex B).
 */

import type { Image } from './image.ts'
import { directoryBytes, type TiffTag, tagTypes } from './tiff-tags.ts'

const { short, long, rational, undefined: anyBytes } = tagTypes
const inch = 2

/** Dense samples, row by row, the channels of a pixel side by side. */
export interface PlainSamples {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly samples: Uint8Array | Uint16Array | Float32Array | Float64Array
}

/** Writes one uncompressed strip in little-endian order. */
export function plainTiff({ alpha, profile, density, ...image }: Image): Uint8Array {
  return tiffFile(image, [
    { id: 262, type: short, values: [image.channels <= 2 ? 1 : 2] },
    ...(density
      ? [
          { id: 282, type: rational, values: [density.x * metresPerInch] },
          { id: 283, type: rational, values: [density.y * metresPerInch] },
          { id: 296, type: short, values: [inch] },
        ]
      : []),
    ...(alpha ? [{ id: 338, type: short, values: [2] }] : []),
    ...(profile ? [{ id: 34675, type: anyBytes, values: profile }] : []),
  ])
}

const metresPerInch = 0.0254

/** A file with these samples and tags, besides the tags that describe the samples. */
export function tiffFile(
  { width, height, channels, samples }: PlainSamples,
  tags: readonly TiffTag[],
): Uint8Array {
  const bits = 8 * samples.BYTES_PER_ELEMENT
  const start = headerBytes + samples.byteLength + (samples.byteLength % 2)
  const directory = directoryBytes(
    [
      { id: 256, type: long, values: [width] },
      { id: 257, type: long, values: [height] },
      { id: 258, type: short, values: new Array<number>(channels).fill(bits) },
      { id: 259, type: short, values: [1] },
      { id: 273, type: long, values: [headerBytes] },
      { id: 277, type: short, values: [channels] },
      { id: 278, type: long, values: [height] },
      { id: 279, type: long, values: [samples.byteLength] },
      ...tags,
    ],
    start,
  )
  const file = new Uint8Array(start + directory.length)
  const view = new DataView(file.buffer)
  view.setUint16(0, 0x4949)
  view.setUint16(2, 42, true)
  view.setUint32(4, start, true)
  file.set(littleEndian(samples), headerBytes)
  file.set(directory, start)
  return file
}

const headerBytes = 8

function littleEndian(samples: PlainSamples['samples']): Uint8Array {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0
  if (!isBigEndian || samples.BYTES_PER_ELEMENT === 1) return bytes
  const { BYTES_PER_ELEMENT: size } = samples
  return bytes.map((_, i) => bytes[i - (i % size) + (size - 1 - (i % size))]!)
}
