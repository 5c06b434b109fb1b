/**
 * Writes a PNG from raw samples by the specification, without a library: an independent reference
 * for reading.
 */

import { crc32, deflateSync } from 'node:zlib'

export interface RawPng {
  readonly width: number
  readonly height: number
  readonly bits: 1 | 2 | 4 | 8 | 16
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly type: 0 | 2 | 3 | 4 | 6
  /** One number per sample (or palette index), row by row. */
  readonly samples: readonly number[]
  readonly chunks?: readonly (readonly [string, Uint8Array])[]
}

export function png({ width, height, bits, type, samples, chunks = [] }: RawPng): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = bits
  header[9] = type
  const perRow = samples.length / height
  const rows = Array.from({ length: height }, (_, row) =>
    packSamples(samples.slice(row * perRow, (row + 1) * perRow), bits),
  )
  const parts = [
    chunk('IHDR', header),
    ...chunks.map(([name, bytes]) => chunk(name, bytes)),
    chunk('IDAT', deflateSync(Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row])))),
    chunk('IEND', new Uint8Array()),
  ]
  return Buffer.concat([Buffer.of(137, 80, 78, 71, 13, 10, 26, 10), ...parts])
}

function packSamples(samples: readonly number[], bits: number): Buffer {
  const text = samples.map((sample) => sample.toString(2).padStart(bits, '0')).join('')
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8, '0')
  return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

function chunk(name: string, bytes: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), bytes])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(bytes.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** Pseudo-random samples, the same in every run. */
export function noise(count: number, top: number, seed = 1): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * (top + 1))
  })
}
