/**
 * How are samples of sound stored? A sound in memory has floats, −1 … 1 for what a file of integers
 * can hold.
 */

export interface SampleFormat {
  /** The name of `--raw`, as ffmpeg writes it. */
  readonly raw: string
  /** The bit depth as the package `wavefile` writes it. */
  readonly wav: string
  readonly bytes: number
  readonly isInteger: boolean
  read(view: DataView, at: number): number
  write(view: DataView, at: number, value: number): void
}

const integer = (
  bits: number,
  raw: string,
  read: SampleFormat['read'],
  write: SampleFormat['write'],
): SampleFormat => ({ raw, wav: `${bits}`, bytes: bits / 8, isInteger: true, read, write })

/** Integers are read and written with this offset: WAV files of 8 bits are unsigned. */
export const sampleFormats: readonly SampleFormat[] = [
  integer(
    8,
    'u8',
    (view, at) => view.getUint8(at) - 128,
    (view, at, value) => view.setUint8(at, value + 128),
  ),
  integer(
    16,
    's16le',
    (view, at) => view.getInt16(at, true),
    (view, at, value) => view.setInt16(at, value, true),
  ),
  integer(
    24,
    's24le',
    (view, at) => view.getUint16(at, true) + view.getInt8(at + 2) * 65536,
    (view, at, value) => {
      view.setUint16(at, value & 0xffff, true)
      view.setInt8(at + 2, value >> 16)
    },
  ),
  integer(
    32,
    's32le',
    (view, at) => view.getInt32(at, true),
    (view, at, value) => view.setInt32(at, value, true),
  ),
  {
    ...{ raw: 'f32le', wav: '32f', bytes: 4, isInteger: false },
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value, true),
  },
  {
    ...{ raw: 'f64le', wav: '64', bytes: 8, isInteger: false },
    read: (view, at) => view.getFloat64(at, true),
    write: (view, at, value) => view.setFloat64(at, value, true),
  },
]

/** The integer that stands for 1: one more than the largest. */
const fullScale = ({ bytes }: SampleFormat): number => 2 ** (8 * bytes - 1)

/** Half to even, as everywhere in this program. */
function rounded(value: number): number {
  const down = Math.floor(value)
  const rest = value - down
  return rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down
}

/** Turns floats into the numbers of a format, and counts those that did not fit. */
export class Quantiser {
  clipped = 0
  readonly #format: SampleFormat

  constructor(format: SampleFormat) {
    this.#format = format
  }

  /** NaN becomes 0 in a format of integers. */
  of(value: number): number {
    if (!this.#format.isInteger) return value
    const scale = fullScale(this.#format)
    const whole = rounded(value * scale)
    if (whole >= -scale && whole < scale) return whole
    this.clipped++
    return Number.isNaN(whole) ? 0 : whole < 0 ? -scale : scale - 1
  }
}

/** The float that a number of a format stands for. */
export const floatOf = (format: SampleFormat, value: number): number =>
  format.isInteger ? value / fullScale(format) : value
