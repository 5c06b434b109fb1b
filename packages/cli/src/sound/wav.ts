/** Reads and writes WAV files with the package `wavefile`. */

import wavefile from 'wavefile'
import { inputError, messageOf } from '../failure.ts'
import { floatOf, Quantiser, type SampleFormat, sampleFormats } from './formats.ts'

export interface Sound {
  /** Samples per second. */
  readonly rate: number
  readonly format: SampleFormat
  readonly channels: readonly Float32Array[]
}

/** What `wavefile` calls the formats that are not read here. */
const others: Readonly<Record<string, string>> = {
  4: 'IMA ADPCM',
  '8a': 'A-law',
  '8m': 'µ-law',
}

/** The sound of a file. `name` is for messages. */
export function readWav(bytes: Uint8Array, name: string): Sound {
  const file = parsed(bytes, name)
  const { numChannels, sampleRate, audioFormat } = file.fmt as {
    readonly numChannels: number
    readonly sampleRate: number
    readonly audioFormat: number
  }
  const format = sampleFormats.find(({ wav }) => wav === file.bitDepth)
  if (format === undefined) {
    const what = others[file.bitDepth] ?? `'${file.bitDepth}' (format ${audioFormat})`
    throw inputError(
      `${name} has samples of ${what}. Integers of 8, 16, 24 and 32 bits and floats of 32 and 64 ` +
        'bits are read. Convert it first, for example with: ffmpeg -i in.wav -c:a pcm_s16le out.wav',
    )
  }
  // The types of the package leave out that it returns one array per channel.
  const samples = file.getSamples(false, Float64Array) as unknown as Float64Array | Float64Array[]
  const list = numChannels === 1 ? [samples as Float64Array] : (samples as Float64Array[])
  if (!(sampleRate > 0) || list.length === 0 || list[0]!.length === 0)
    throw inputError(`${name} has no samples.`)
  const offset = format.wav === '8' ? 128 : 0
  const channels = list.map((channel) =>
    Float32Array.from(channel, (value) => floatOf(format, value - offset)),
  )
  return { rate: sampleRate, format, channels }
}

function parsed(bytes: Uint8Array, name: string): InstanceType<typeof wavefile.WaveFile> {
  try {
    return new wavefile.WaveFile(bytes)
  } catch (error) {
    throw inputError(`${name} is no WAV file that can be read: ${messageOf(error)}.`, error)
  }
}

/** The bytes of a file, and the number of samples that were clipped. */
export function wavBytes({ rate, format, channels }: Sound): {
  readonly bytes: Uint8Array
  readonly clipped: number
} {
  const quantiser = new Quantiser(format)
  const offset = format.wav === '8' ? 128 : 0
  const samples = channels.map((channel) =>
    Float64Array.from(channel, (value) => quantiser.of(value) + offset),
  )
  const file = new wavefile.WaveFile()
  file.fromScratch(channels.length, rate, format.wav, samples)
  return { bytes: file.toBuffer(), clipped: quantiser.clipped }
}
