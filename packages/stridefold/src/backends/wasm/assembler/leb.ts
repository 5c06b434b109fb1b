/**
 * Numbers and names in the WebAssembly binary format: LEB128, and names with their length in front.
 */

export type Bytes = number[]

/** Unsigned LEB128. */
export function unsigned(value: number): Bytes {
  const out: Bytes = []
  let rest = value >>> 0
  do {
    const low = rest & 0x7f
    rest >>>= 7
    out.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return out
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): Bytes {
  const out: Bytes = []
  let rest = value | 0
  for (;;) {
    const low = rest & 0x7f
    rest >>= 7
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
    out.push(done ? low : low | 0x80)
    if (done) return out
  }
}

/** An ASCII name after its length. */
export function bytesOf(name: string): Bytes {
  return [...unsigned(name.length), ...Array.from(name, (c) => c.charCodeAt(0))]
}
