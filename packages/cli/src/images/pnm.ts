/**
 * Reads and writes the Netpbm formats: P1–P3 with samples as text, P4–P6 with samples as bytes, P7
 * (PAM) with any channels.
 *
 *   P5 ␣ width ␣ height ␣ maxval ␣ samples…      16 bits: high byte first; P1, P4: 1 is black
 *
 * Other ranges than 0–255 and 0–65535 are stretched to the next of the two, so that white stays
 * white.
 */

import { inputError } from '../failure.ts'
import { countOf } from '../units.ts'
import { checkSize, type DecodedImage, type Depth, type Image, maxSampleValue } from './image.ts'

interface Header {
  readonly kind: number
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly alpha: boolean
  readonly maximum: number
  /** Byte offset of the samples. */
  readonly body: number
}

/** Reads P1 to P7. `name` is the file name, for messages. Throws for truncated or invalid files. */
export function readPnm(bytes: Uint8Array, name: string, maxBytes: number): DecodedImage {
  const header = headerOf(bytes, name)
  const { width, height, channels, alpha, maximum } = header
  const depth: Depth = maximum > 255 ? 16 : 8
  checkSize(name, width, height, channels, depth / 8, maxBytes)
  const count = width * height * channels
  const read = header.kind <= 3 ? textSamples : header.kind === 4 ? bitSamples : byteSamples
  const fileSamples = read(bytes, header, count)
  if (fileSamples === undefined)
    throw inputError(
      `${name} is damaged or cut off: a ${width}×${height} image with ` +
        `${countOf(channels, 'channel')} ` +
        `has ${countOf(count, 'sample')}.`,
    )
  if (fileSamples.some((level) => level > maximum))
    throw inputError(
      `${name} is damaged: a sample is larger than ${maximum}, the maximum in its header.`,
    )
  const top = maxSampleValue(depth)
  const samples =
    maximum === top ? fileSamples : fileSamples.map((level) => Math.round((level * top) / maximum))
  const image: Image = { width, height, channels, alpha, depth, samples }
  const imageCount = header.kind <= 3 ? 1 : countImages(bytes, header, name)
  const notes = [
    ...(imageCount > 1 ? [`It holds ${imageCount} images; the first one is used.`] : []),
    ...(maximum === top || maximum === 1
      ? []
      : [`Its sample values 0–${maximum} were stretched to 0–${top}.`]),
  ]
  return { image, format: 'pnm', notes }
}

/** Byte offset after the samples of a binary image. */
const endOf = ({ kind, width, height, channels, maximum, body }: Header): number =>
  body + height * (kind === 4 ? Math.ceil(width / 8) : width * channels * (maximum > 255 ? 2 : 1))

/** Counts the images: a file may hold several binary images, one after the other. */
function countImages(bytes: Uint8Array, first: Header, name: string): number {
  let count = 1
  for (
    let at = endOf(first);
    at < bytes.length && /^P[4-7]\s/.test(latin1(bytes, at, 3));
    count++
  ) {
    const remaining = bytes.subarray(at)
    try {
      at += endOf(headerOf(remaining, name))
    } catch {
      // The remaining bytes begin like an image but are none.
      return count
    }
  }
  return count
}

const latin1 = (bytes: Uint8Array, at: number, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(length, bytes.length - at)).toString(
    'latin1',
  )

function headerOf(bytes: Uint8Array, name: string): Header {
  const kind = bytes[1]! - 48
  const header = kind === 7 ? pamHeader(bytes, name) : shortHeader(bytes, kind)
  const { width, height, channels, maximum } = header
  const isSize = (extent: number) => Number.isSafeInteger(extent) && extent >= 1
  if (!isSize(width) || !isSize(height))
    throw inputError(`${name} is damaged: its header has no valid width and height.`)
  if (!(maximum >= 1 && maximum <= 65535))
    throw inputError(`${name} is damaged: its header has no maximum value from 1 to 65535.`)
  if (!(channels >= 1 && channels <= 4))
    throw inputError(`${name} has ${channels} channels: images with 1 to 4 channels are supported.`)
  return header
}

function shortHeader(bytes: Uint8Array, kind: number): Header {
  const words = new Words(bytes, 2)
  const [width, height] = [words.number(), words.number()]
  const maximum = kind === 1 || kind === 4 ? 1 : words.number()
  return {
    kind,
    width,
    height,
    channels: kind === 3 || kind === 6 ? 3 : 1,
    alpha: false,
    maximum,
    body: words.at + 1,
  }
}

/** Allowed values of TUPLTYPE, by number of channels. */
const tupleTypes: readonly (readonly string[])[] = [
  ['GRAYSCALE', 'BLACKANDWHITE'],
  ['GRAYSCALE_ALPHA', 'BLACKANDWHITE_ALPHA'],
  ['RGB'],
  ['RGB_ALPHA'],
]

function pamHeader(bytes: Uint8Array, name: string): Header {
  const text = latin1(bytes, 0, 4096)
  const end = /^ENDHDR[^\n]*\n/m.exec(text)
  if (!end) throw inputError(`${name} is damaged or cut off: its header has no end.`)
  const fields = new Map(
    text
      .slice(0, end.index)
      .split('\n')
      .map((line) => /^\s*([A-Z]+)\s+(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => [match[1]!, match[2]!.trim()]),
  )
  const number = (word: string): number =>
    /^\d+$/.test(fields.get(word) ?? '') ? Number(fields.get(word)) : Number.NaN
  const channels = number('DEPTH')
  const type = fields.get('TUPLTYPE')
  const allowedTypes = tupleTypes[channels - 1]
  if (type !== undefined && allowedTypes && !allowedTypes.includes(type)) {
    const kind = /^[A-Z_]{1,40}$/.test(type) ? type : 'another kind'
    throw inputError(
      `${name} holds ${kind} in ${channels} channels. Supported: ` +
        `${tupleTypes.flat().join(', ')}, with 1 to 4 channels.`,
    )
  }
  return {
    kind: 7,
    width: number('WIDTH'),
    height: number('HEIGHT'),
    channels,
    alpha: channels % 2 === 0,
    maximum: number('MAXVAL'),
    body: end.index + end[0].length,
  }
}

/** Reads integers that are separated by spaces and `#` comments. */
class Words {
  at: number
  readonly #bytes: Uint8Array
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  /**
   * The next number; NaN if there is none. With `digits` 1, every digit is a number of its own
   * (P1).
   */
  number(digits = Number.POSITIVE_INFINITY): number {
    this.#skipBlanks()
    const start = this.at
    let value = 0
    for (; this.at - start < digits; this.at++) {
      const digit = (this.#bytes[this.at] ?? 0) - 48
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    return this.at === start ? Number.NaN : value
  }

  #skipBlanks(): void {
    for (; this.at < this.#bytes.length; this.at++) {
      const byte = this.#bytes[this.at]!
      if (byte === 35) while (this.at < this.#bytes.length && this.#bytes[this.at] !== 10) this.at++
      else if (byte !== 32 && (byte < 9 || byte > 13)) return
    }
  }
}

type Samples = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>

function textSamples(bytes: Uint8Array, header: Header, count: number): Samples | undefined {
  const bits = header.kind === 1
  // A sample takes at least one byte. If the header promises more samples than there are bytes, no
  // memory is allocated.
  if (bytes.length - header.body + 1 < count) return undefined
  const words = new Words(bytes, header.body - 1)
  const samples = new Uint16Array(count)
  for (let i = 0; i < count; i++) {
    const level = words.number(bits ? 1 : undefined)
    if (!(level <= 65535)) return undefined
    samples[i] = bits && level <= 1 ? 1 - level : level
  }
  return samples.some((level) => level > header.maximum) || header.maximum > 255
    ? samples
    : Uint8Array.from(samples)
}

function bitSamples(bytes: Uint8Array, { width, height, body }: Header): Samples | undefined {
  const rowBytes = Math.ceil(width / 8)
  if (bytes.length - body < rowBytes * height) return undefined
  const samples = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const byte = bytes[body + row * rowBytes + (column >> 3)]!
      samples[row * width + column] = 1 - ((byte >> (7 - (column & 7))) & 1)
    }
  }
  return samples
}

function byteSamples(
  bytes: Uint8Array,
  { maximum, body }: Header,
  count: number,
): Samples | undefined {
  const size = maximum > 255 ? 2 : 1
  if (bytes.length - body < count * size) return undefined
  if (size === 1) return Uint8Array.from(bytes.subarray(body, body + count))
  const view = new DataView(bytes.buffer, bytes.byteOffset + body, count * 2)
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i))
}

/** Writes P5 for grey, P6 for RGB, and P7 with alpha or if `pam` is true. */
export function writePnm(
  { width, height, channels, alpha, depth, samples }: Image,
  pam: boolean,
): Uint8Array {
  const top = maxSampleValue(depth)
  const header =
    alpha || pam
      ? `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH ${channels}\nMAXVAL ${top}\nTUPLTYPE ` +
        `${tupleTypes[channels - 1]![0]}\nENDHDR\n`
      : `P${channels === 1 ? 5 : 6}\n${width} ${height}\n${top}\n`
  const body = new Uint8Array(samples.length * (depth / 8))
  if (depth === 8) body.set(samples)
  else {
    const view = new DataView(body.buffer)
    for (let i = 0; i < samples.length; i++) view.setUint16(2 * i, samples[i]!)
  }
  return Buffer.concat([Buffer.from(header, 'latin1'), body])
}
