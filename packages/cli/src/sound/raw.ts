/** Samples without a file format: interleaved, piece by piece, so that memory is bounded. */

import { inputError, usageError } from '../failure.ts'
import { floatOf, type Quantiser, type SampleFormat, sampleFormats } from './formats.ts'

/** What `--raw` says of the samples. */
export interface RawLayout {
  readonly format: SampleFormat
  readonly channels: number
  /** Samples per second, if it was given. */
  readonly rate: number | undefined
}

const names = sampleFormats.map(({ raw }) => raw).join(', ')

/** Reads `format[:channels[:rate]]`, such as `s16le:2:48000`. One channel unless said. */
export function rawLayout(text: string): RawLayout {
  const [name, channels = '1', rate, ...more] = text.split(':')
  const format = sampleFormats.find(({ raw }) => raw === name)
  const isCount = (word: string, most: number): boolean =>
    /^\d+$/.test(word) && Number(word) >= 1 && Number(word) <= most
  const isValid =
    format !== undefined &&
    more.length === 0 &&
    isCount(channels, 1024) &&
    (rate === undefined || isCount(rate, 2 ** 31))
  if (isValid)
    return {
      format,
      channels: Number(channels),
      rate: rate === undefined ? undefined : Number(rate),
    }
  throw usageError(
    `--raw is '${text}': a format, the number of channels and the rate are needed, such as ` +
      `s16le:2:48000. Formats are ${names}.`,
  )
}

/** The most samples of each channel in one piece. */
const mostAtOnce = 4096

/** Takes the bytes of samples apart: one array per channel. A frame may be cut anywhere. */
export async function* framesOf(
  chunks: AsyncIterable<Uint8Array>,
  { format, channels }: RawLayout,
  name: string,
): AsyncGenerator<Float32Array[]> {
  const frameBytes = format.bytes * channels
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const frames = Math.floor(bytes.length / frameBytes)
    for (let first = 0; first < frames; first += mostAtOnce) {
      const count = Math.min(mostAtOnce, frames - first)
      yield apart(
        bytes.subarray(first * frameBytes, (first + count) * frameBytes),
        format,
        channels,
      )
    }
    rest = bytes.slice(frames * frameBytes)
  }
  if (rest.length > 0) {
    throw inputError(
      `${name} ends within a sample: ${rest.length} bytes follow the last frame of ${channels} ` +
        `${format.raw} samples. Is --raw right?`,
    )
  }
}

function apart(bytes: Uint8Array, format: SampleFormat, channels: number): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length / (format.bytes * channels)
  return Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length }, (__, n) =>
      floatOf(format, format.read(view, (n * channels + c) * format.bytes)),
    ),
  )
}

/** The bytes of interleaved samples. */
export function rawBytes(
  channels: readonly Float32Array[],
  format: SampleFormat,
  quantiser: Quantiser,
): Uint8Array {
  const length = channels[0]!.length
  const view = new DataView(new ArrayBuffer(length * channels.length * format.bytes))
  for (let n = 0; n < length; n++)
    for (let c = 0; c < channels.length; c++) {
      const at = (n * channels.length + c) * format.bytes
      format.write(view, at, quantiser.of(channels[c]![n]!))
    }
  return new Uint8Array(view.buffer)
}
