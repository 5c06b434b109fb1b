/**
 * The checksum CRC-32C (Castagnoli), as in RFC 3720: the remainder of a polynomial over bits, here
 * eight bytes per step ("slicing by 8", Kounavis and Berry 2005).
 */

/** At 256·s + b: what byte b, s bytes before the end of a step, does to the remainder. */
let table: Uint32Array | undefined

const polynomial = 0x82f63b78

function makeTable(): Uint32Array {
  const made = new Uint32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1
    made[byte] = rest
  }
  for (let at = 256; at < made.length; at++) {
    const rest = made[at - 256]!
    made[at] = (rest >>> 8) ^ made[rest & 255]!
  }
  return made
}

export function crc32c(bytes: Uint8Array): number {
  table ??= makeTable()
  const t = table
  let rest = 0xffffffff
  let at = 0
  for (; at + 8 <= bytes.length; at += 8) {
    const low =
      rest ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
    rest =
      t[0x700 | (low & 255)]! ^
      t[0x600 | ((low >>> 8) & 255)]! ^
      t[0x500 | ((low >>> 16) & 255)]! ^
      t[0x400 | (low >>> 24)]! ^
      t[0x300 | bytes[at + 4]!]! ^
      t[0x200 | bytes[at + 5]!]! ^
      t[0x100 | bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!
  }
  for (; at < bytes.length; at++) rest = (rest >>> 8) ^ t[(rest ^ bytes[at]!) & 255]!
  return ~rest >>> 0
}
