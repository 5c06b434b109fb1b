/** The samples of a call, and the arrays of its results. */

import { OptionError } from '../errors.ts'
import { describeValue } from '../ndarray/describe-value.ts'

/** Whether it is a Float32Array, of this realm or another one. */
export const isFloats = (x: unknown): x is Float32Array =>
  ArrayBuffer.isView(x) &&
  (x as unknown as { readonly [Symbol.toStringTag]: string })[Symbol.toStringTag] === 'Float32Array'

/** Throws `OptionError` unless it is a list of `channels` Float32Arrays of equal length. */
export function checkSamples(
  samples: unknown,
  channels: number,
): asserts samples is Float32Array[] {
  if (!Array.isArray(samples)) {
    throw new OptionError(
      'SAMPLES_INVALID',
      `process: the samples are ${describeValue(samples)}; a Float32Array is needed, or a list ` +
        'with one for each channel.',
    )
  }
  if (samples.length !== channels) throw channelsError(`${samples.length} arrays`, channels)
  for (let c = 0; c < samples.length; c++) {
    const channel: unknown = samples[c]
    if (!isFloats(channel)) {
      throw new OptionError(
        'SAMPLES_INVALID',
        `process: channel ${c} is ${describeValue(channel)}; a Float32Array is needed.`,
      )
    }
    const { length } = samples[0] as Float32Array
    if (channel.length === length) continue
    throw new OptionError(
      'SHAPE_MISMATCH',
      `process: channel ${c} has ${channel.length} samples, but channel 0 has ${length}. All ` +
        'channels need the same number.',
    )
  }
}

export const channelsError = (what: string, channels: number): OptionError =>
  new OptionError(
    'CHANNELS_MISMATCH',
    `process: ${what} came, but the stream has ${channels} input channels. Give a list of ` +
      `${channels} Float32Arrays.`,
  )

/** The most lengths of blocks whose views are kept. */
const keptViews = 256

/** Arrays for the results of every output. They are made once for each length. */
export class Results {
  #arrays: readonly Float32Array[]
  readonly #views = new Map<number, readonly Float32Array[]>()

  constructor(outputs: number, length: number) {
    this.#arrays = Array.from({ length: outputs }, () => new Float32Array(length))
  }

  /** Arrays of n samples. */
  ofLength(n: number): readonly Float32Array[] {
    const known = this.#views.get(n)
    if (known !== undefined) return known
    const isLonger = n > this.#arrays[0]!.length
    if (isLonger) this.#arrays = this.#arrays.map(() => new Float32Array(n))
    if (isLonger || this.#views.size === keptViews) this.#views.clear()
    const views = this.#arrays.map((array) => array.subarray(0, n))
    this.#views.set(n, views)
    return views
  }
}
