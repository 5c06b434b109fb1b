/**
 * Samples that a transform would spread: NaN, infinities, and numbers so large that sums of them
 * overflow. A transform gets 0 in their place. Their products with the taps are added one by one,
 * so they reach exactly the outputs that the definition says, and no other.
 *
 * There is place for `most` of them within the taps of a kernel. If more come, the outputs under
 * their taps are NaN.
 */

/** 2¹⁰⁰: squares of it overflow, but the sum of 2²⁷ such samples does not. */
export const steadyLimit: number = 2 ** 100

/** Whether a sample may go into a transform. */
export const isSteady = (value: number): boolean => Math.abs(value) <= steadyLimit

const most = 32

export class UnsteadySamples {
  #count = 0
  readonly #times = new Float64Array(most)
  readonly #channels = new Int32Array(most)
  readonly #values = new Float64Array(most)
  /** The time of the latest sample that found no place, for each channel. */
  readonly #lost: Float64Array
  /** Whether there is none. Read in every call, so it is kept. */
  #isEmpty = true

  constructor(channels: number) {
    this.#lost = new Float64Array(channels).fill(-Infinity)
  }

  add(time: number, channel: number, value: number): void {
    this.#isEmpty = false
    if (this.#count === most) {
      for (let r = 0; r < most; r++) this.#lost[this.#channels[r]!] = this.#times[r]!
      this.#count = 0
    }
    this.#times[this.#count] = time
    this.#channels[this.#count] = channel
    this.#values[this.#count++] = value
  }

  /** Forgets the samples before this time. */
  forget(time: number): void {
    if (this.#isEmpty) return
    let kept = 0
    for (let r = 0; r < this.#count; r++) {
      if (this.#times[r]! < time) continue
      this.#times[kept] = this.#times[r]!
      this.#channels[kept] = this.#channels[r]!
      this.#values[kept++] = this.#values[r]!
    }
    this.#count = kept
    this.#isEmpty = kept === 0 && this.#lost.every((lost) => lost < time)
  }

  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /**
   * Adds the products of the samples of one channel to `out[at …]`, which are the results of the
   * times [from, from + n). `start`: the place of the taps in `values`; `latency`: the lag of tap
   * 0.
   */
  addTo(
    out: Float32Array,
    at: number,
    from: number,
    n: number,
    channel: number,
    values: Float32Array,
    start: number,
    taps: number,
    latency: number,
  ): void {
    for (let r = 0; r < this.#count; r++) {
      if (this.#channels[r] !== channel) continue
      const first = this.#times[r]! + latency
      const end = Math.min(n, first + taps - from)
      for (let k = Math.max(0, first - from); k < end; k++)
        out[at + k]! += this.#values[r]! * values[start + from + k - first]!
    }
    const end = Math.min(n, this.#lost[channel]! + latency + taps - from)
    for (let k = 0; k < end; k++) out[at + k] = NaN
  }

  clear(): void {
    this.#count = 0
    this.#lost.fill(-Infinity)
    this.#isEmpty = true
  }
}
