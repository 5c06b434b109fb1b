/**
 * Writes a PNG row by row, so that a picture of any size needs little memory, and no canvas: those
 * have a largest size, and they change the colours of transparent pixels. Compressed by the
 * browser's own `CompressionStream`.
 *
 * Each row is stored as its differences from the pixel to the left (filter type 1 of the format).
 */

import type { Pixels } from './pixels.ts'

const signature = [137, 80, 78, 71, 13, 10, 26, 10]

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + 12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(
    [...type].map((letter) => letter.charCodeAt(0)),
    4,
  )
  bytes.set(data, 8)
  view.setUint32(data.length + 8, crcOf(bytes.subarray(4, data.length + 8)))
  return bytes
}

export interface PngWriter {
  /** Adds rows below those so far. They have the width of the picture. */
  add(rows: Pixels): Promise<void>
  end(): Promise<Blob>
}

/** `hasAlpha`: four bytes for each pixel instead of three. */
export function pngWriter(width: number, height: number, hasAlpha: boolean): PngWriter {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, hasAlpha ? 6 : 2, 0, 0, 0], 8)
  const parts: BlobPart[] = [new Uint8Array(signature), chunk('IHDR', header)]
  // 'deflate' is the zlib format, as PNG needs it.
  const stream = new CompressionStream('deflate')
  const writer = stream.writable.getWriter()
  const reader = stream.readable.getReader()
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      parts.push(chunk('IDAT', value))
    }
  })()
  const bytesPerPixel = hasAlpha ? 4 : 3
  return {
    async add({ width, height, data }) {
      const stride = 1 + width * bytesPerPixel
      const bytes = new Uint8Array(height * stride)
      for (let row = 0; row < height; row++) {
        let to = row * stride
        bytes[to++] = 1
        for (let column = 0; column < width; column++) {
          const from = (row * width + column) * 4
          for (let c = 0; c < bytesPerPixel; c++)
            bytes[to++] = data[from + c]! - (column > 0 ? data[from + c - 4]! : 0)
        }
      }
      await writer.write(bytes)
    },
    async end() {
      await writer.close()
      await reading
      parts.push(chunk('IEND', new Uint8Array(0)))
      return new Blob(parts, { type: 'image/png' })
    },
  }
}
