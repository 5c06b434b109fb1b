/**
 * How bytes are decompressed: by Node where it can, which uses other threads, and else by numcodecs
 * in WebAssembly. A damaged chunk may claim to hold any number of bytes, so what it claims is
 * compared with what the chunk needs before anything is allocated.
 */

import type * as Zlib from 'node:zlib'
import * as zarr from 'zarrita'
import { product } from '../boxes.ts'
import { type ElementType, elementTypes, isElementType } from '../element-types.ts'
import { zlib } from '../stores/host.ts'
import { ChecksumCodec } from './checksum-codec.ts'

type Decode = (bytes: Uint8Array, limit: number) => Uint8Array | Promise<Uint8Array>

interface Decompression {
  /** The number of bytes that the compressed bytes claim to hold, if they do. */
  readonly claimed: (bytes: DataView) => number | undefined
  readonly load: () => Promise<Decode>
}

interface NumcodecsModule {
  readonly default: {
    fromConfig(config: never): { decode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> }
  }
}

/** The configuration matters to encoders only. */
const byNumcodecs = async (module: Promise<NumcodecsModule>): Promise<Decode> => {
  const codec = (await module).default.fromConfig({} as never)
  return (bytes) => codec.decode(bytes)
}

type NodeDecoder = 'gunzip' | 'inflate' | 'zstdDecompress'

/** Node 20 has no zstd. */
function byNode(name: NodeDecoder): Decode | undefined {
  const decoder = (zlib() as (typeof Zlib & Partial<Record<string, unknown>>) | undefined)?.[name]
  if (typeof decoder !== 'function') return undefined
  return (bytes, limit) =>
    new Promise((resolve, reject) =>
      (decoder as typeof Zlib.gunzip)(bytes, { maxOutputLength: limit }, (error, result) =>
        error
          ? reject(error)
          : resolve(new Uint8Array(result.buffer, result.byteOffset, result.length)),
      ),
    )
}

const decompressions: Readonly<Record<string, Decompression>> = {
  gzip: {
    // Modulo 2³², at the end.
    claimed: (bytes) =>
      bytes.byteLength < 18 ? undefined : bytes.getUint32(bytes.byteLength - 4, true),
    load: async () => byNode('gunzip') ?? byNumcodecs(import('numcodecs/gzip')),
  },
  zlib: {
    claimed: () => undefined,
    load: async () => byNode('inflate') ?? byNumcodecs(import('numcodecs/zlib')),
  },
  zstd: {
    claimed: zstdContentSize,
    load: async () => byNode('zstdDecompress') ?? byNumcodecs(import('numcodecs/zstd')),
  },
  blosc: {
    claimed: (bytes) => (bytes.byteLength < 16 ? undefined : bytes.getUint32(4, true)),
    load: () => byNumcodecs(import('numcodecs/blosc')),
  },
  lz4: {
    claimed: (bytes) => (bytes.byteLength < 4 ? undefined : bytes.getUint32(0, true)),
    load: () => byNumcodecs(import('numcodecs/lz4')),
  },
}

/** RFC 8878, section 3.1.1: a descriptor says how long the size is and where it lies. */
function zstdContentSize(bytes: DataView): number | undefined {
  if (bytes.byteLength < 14 || bytes.getUint32(0, true) !== 0xfd2fb528) return undefined
  const descriptor = bytes.getUint8(4)
  const single = (descriptor >> 5) & 1
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!
  switch (descriptor >> 6) {
    case 0:
      return single ? bytes.getUint8(at) : undefined
    case 1:
      return bytes.getUint16(at, true) + 256
    case 2:
      return bytes.getUint32(at, true)
    default:
      return Number(bytes.getBigUint64(at, true))
  }
}

/** A codec as zarrita wants it. */
class DecompressionCodec {
  readonly kind = 'bytes_to_bytes'
  readonly #decompression: Decompression
  readonly #limit: number
  #decode: Promise<Decode> | undefined

  constructor(decompression: Decompression, limit: number) {
    this.#decompression = decompression
    this.#limit = limit
  }

  encode(): never {
    throw new Error('chunks are compressed elsewhere')
  }

  async decode(bytes: Uint8Array): Promise<Uint8Array> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const claimed = this.#decompression.claimed(view)
    if (claimed !== undefined && claimed > this.#limit)
      throw new Error(`it claims to hold ${claimed} bytes, but at most ${this.#limit} fit`)
    this.#decode ??= this.#decompression.load()
    return (await this.#decode)(bytes, this.#limit)
  }
}

/** A checksum, or the header of another codec, may be compressed with the chunk. */
const spareBytes = 1024

/** Tells zarrita to decompress so. Twice is harmless. */
export function registerCodecs(): void {
  zarr.registry.set('crc32c', async () => ChecksumCodec)
  for (const [name, decompression] of Object.entries(decompressions)) {
    const entry = {
      fromConfig: (_: unknown, meta: { readonly shape: number[]; readonly dataType: string }) =>
        new DecompressionCodec(decompression, chunkBytes(meta) + spareBytes),
    }
    for (const key of [name, `numcodecs.${name}`])
      zarr.registry.set(key, async () => entry as never)
  }
}

function chunkBytes({ shape, dataType }: { shape: number[]; dataType: string }): number {
  const type: ElementType = isElementType(dataType) ? dataType : 'float64'
  return product(shape) * elementTypes[type].bytes
}
