/**
 * The latest samples of each input, as they go into transforms. Engines read them, so a new kernel
 * can take over in the middle of a signal.
 */

import { binaryLogarithm } from '../ndarray/elementary.ts'

export class History {
  readonly channels: number
  #rings: Float32Array[]
  #mask: number

  /** `length`: the samples that are kept, at least. */
  constructor(channels: number, length: number) {
    this.channels = channels
    this.#mask = 2 ** Math.ceil(binaryLogarithm(length)) - 1
    this.#rings = Array.from({ length: channels }, () => new Float32Array(this.#mask + 1))
  }

  /** Keeps more samples. What was not kept until now is 0. */
  extend(length: number, time: number): void {
    if (length <= this.#mask + 1) return
    const next = new History(this.channels, length)
    for (let t = Math.max(0, time - this.#mask - 1); t < time; t++)
      for (let c = 0; c < this.channels; c++) next.write(c, t, this.read(c, t))
    this.#rings = next.#rings
    this.#mask = next.#mask
  }

  write(channel: number, time: number, value: number): void {
    this.#rings[channel]![time & this.#mask] = value
  }

  read(channel: number, time: number): number {
    return this.#rings[channel]![time & this.#mask]!
  }

  /** Copies the samples of n times from `time` on to `floats[at …]`. */
  copy(channel: number, time: number, n: number, floats: Float32Array, at: number): void {
    const ring = this.#rings[channel]!
    const mask = this.#mask
    for (let k = 0; k < n; k++) floats[at + k] = ring[(time + k) & mask]!
  }

  clear(): void {
    for (const ring of this.#rings) ring.fill(0)
  }
}
