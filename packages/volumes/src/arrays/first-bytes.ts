/** What is a file, by its first bytes? */

export const isNpy = (head: Uint8Array): boolean => hex(head, 6) === '934e554d5059'

/** Both byte orders, and BigTIFF. */
export const isTiff = (head: Uint8Array): boolean =>
  ['49492a00', '4d4d002a', '49492b00', '4d4d002b'].includes(hex(head, 4))

const hex = (bytes: Uint8Array, count: number): string =>
  [...bytes.subarray(0, count)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
