/** Bytes in the order in which they are written. A list of numbers would take 8 bytes for each. */

import { signed, unsigned } from './leb.ts'

export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  /** Number of bytes so far. */
  get length(): number {
    return this.#length
  }

  /** What was written. Valid until the next byte. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  append(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Unsigned LEB128. Most numbers are small. */
  unsigned(value: number): void {
    if (value >= 0 && value < 0x80) this.byte(value)
    else for (const byte of unsigned(value)) this.byte(byte)
  }

  /** Signed LEB128 of a 32-bit integer. */
  signed(value: number): void {
    if (value >= -0x40 && value < 0x40) this.byte(value & 0x7f)
    else for (const byte of signed(value)) this.byte(byte)
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.bytes)
    this.#bytes = larger
  }
}
