/** The codec crc32c, which compares: four bytes after the data are their checksum. */
import { crc32c } from './crc32c.ts'

export class ChecksumCodec {
  readonly kind = 'bytes_to_bytes'

  static fromConfig(): ChecksumCodec {
    return new ChecksumCodec()
  }

  encode(bytes: Uint8Array): Uint8Array {
    return withChecksum(bytes)
  }

  decode(bytes: Uint8Array): Uint8Array {
    const length = bytes.byteLength - 4
    if (length < 0) throw new Error('it is shorter than its checksum')
    const data = bytes.subarray(0, length)
    const stored = new DataView(bytes.buffer, bytes.byteOffset + length).getUint32(0, true)
    if (crc32c(data) !== stored) throw new Error('its checksum does not fit')
    return data
  }

  computeEncodedSize(size: number): number {
    return size + 4
  }
}

export function withChecksum(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length + 4)
  result.set(bytes)
  new DataView(result.buffer).setUint32(bytes.length, crc32c(bytes), true)
  return result
}
