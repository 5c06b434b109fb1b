/**
 * Writes an uncompressed TIFF. It passes samples and their colour profile to an encoder without
 * changes.
 *
 *   header · samples · profile · bits per sample · density · tags (12 bytes each, ascending)
 *
 * sharp accepts raw samples too, but it cannot tag them with a profile without converting them
 * (TIFF 6.0, ICC.1 annex B).
 */

import type { Image } from './image.ts'

const short = 3
const long = 4
const rationalType = 5
const undefinedType = 7
const inch = 2

interface Tag {
  readonly id: number
  readonly type: number
  readonly count: number
  /** The value, or its byte offset. */
  readonly value: number
}

/** Writes one uncompressed strip in little-endian order. */
export function plainTiff({
  width,
  height,
  channels,
  alpha,
  depth,
  samples,
  profile,
  density,
}: Image): Uint8Array {
  const body = littleEndian(samples)
  const bits = Buffer.from(Uint16Array.from({ length: channels }, () => depth).buffer)
  const densityBytes = density
    ? Buffer.concat([rational(density.x), rational(density.y)])
    : Buffer.alloc(0)
  const blocks = [Buffer.alloc(8), body, profile ?? Buffer.alloc(0), bits, densityBytes].map(
    padToEven,
  )
  const starts = blocks.map((_, i) =>
    blocks.slice(0, i).reduce((sum, block) => sum + block.length, 0),
  )
  const end = starts[4]! + blocks[4]!.length
  const tags: Tag[] = [
    { id: 256, type: long, count: 1, value: width },
    { id: 257, type: long, count: 1, value: height },
    {
      id: 258,
      type: short,
      count: channels,
      value: channels <= 2 ? depth * (channels === 2 ? 0x10001 : 1) : starts[3]!,
    },
    { id: 259, type: short, count: 1, value: 1 },
    { id: 262, type: short, count: 1, value: channels <= 2 ? 1 : 2 },
    { id: 273, type: long, count: 1, value: starts[1]! },
    { id: 277, type: short, count: 1, value: channels },
    { id: 278, type: long, count: 1, value: height },
    { id: 279, type: long, count: 1, value: body.length },
    ...(density
      ? [
          { id: 282, type: rationalType, count: 1, value: starts[4]! },
          { id: 283, type: rationalType, count: 1, value: starts[4]! + 8 },
          { id: 296, type: short, count: 1, value: inch },
        ]
      : []),
    ...(alpha ? [{ id: 338, type: short, count: 1, value: 2 }] : []),
    ...(profile
      ? [{ id: 34675, type: undefinedType, count: profile.length, value: starts[2]! }]
      : []),
  ]
  blocks[0]!.write('II*\0', 'latin1')
  blocks[0]!.writeUInt32LE(end, 4)
  return Buffer.concat([...blocks, directory(tags)])
}

/** A density in pixels per inch, as a fraction with denominator 10,000. */
function rational(perMetre: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(Math.min(Math.round(perMetre * 254), 2 ** 32 - 1), 0)
  bytes.writeUInt32LE(10_000, 4)
  return bytes
}

function directory(tags: readonly Tag[]): Buffer {
  const bytes = Buffer.alloc(2 + 12 * tags.length + 4)
  bytes.writeUInt16LE(tags.length, 0)
  for (const [i, tag] of tags.entries()) {
    const at = 2 + 12 * i
    bytes.writeUInt16LE(tag.id, at)
    bytes.writeUInt16LE(tag.type, at + 2)
    bytes.writeUInt32LE(tag.count, at + 4)
    bytes.writeUInt32LE(tag.value, at + 8)
  }
  return bytes
}

function littleEndian(samples: Uint8Array | Uint16Array): Buffer {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
  const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0
  return samples.BYTES_PER_ELEMENT === 2 && isBigEndian ? Buffer.from(bytes).swap16() : bytes
}

/** Blocks start at even offsets. */
const padToEven = (block: Uint8Array): Buffer =>
  Buffer.concat([block], block.length + (block.length % 2))
