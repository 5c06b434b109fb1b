/**
 * Numbers and names in the WebAssembly binary format: LEB128, and names with their length in front.
 */

export type Bytes = number[]

/** Unsigned LEB128. */
export function unsigned(value: number): Bytes {
  // Most numbers are small.
  if (value >= 0 && value < 0x80) return [value]
  const encoded: Bytes = []
  let remaining = value >>> 0
  do {
    const low = remaining & 0x7f
    remaining >>>= 7
    encoded.push(remaining === 0 ? low : low | 0x80)
  } while (remaining !== 0)
  return encoded
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): Bytes {
  const encoded: Bytes = []
  let remaining = value | 0
  for (;;) {
    const low = remaining & 0x7f
    remaining >>= 7
    const isLast =
      (remaining === 0 && (low & 0x40) === 0) || (remaining === -1 && (low & 0x40) !== 0)
    encoded.push(isLast ? low : low | 0x80)
    if (isLast) return encoded
  }
}

/** An ASCII name after its length. */
export function bytesOf(name: string): Bytes {
  return [...unsigned(name.length), ...Array.from(name, (c) => c.charCodeAt(0))]
}
