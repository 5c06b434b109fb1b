/**
 * The codecs that results can be compressed with: their names in both versions of Zarr, and how to
 * encode. The compression itself is that of numcodecs, loaded when it is needed.
 */

import type * as Zlib from 'node:zlib'
import type { Codec, CodecName } from '../stored-array.ts'
import { zlib } from '../stores/host.ts'
import type { CodecJson } from './array-metadata.ts'
import { bytesOfEncoders, type Encoder, encoderWorkers } from './encoder-workers.ts'
import type { Json } from './nodes.ts'

interface WritableCodec {
  readonly levels: readonly [least: number, most: number]
  readonly level: number
  /** In the list of codecs of version 3. */
  readonly name: string
  /** What encoder, `compressor` of version 2 and the codec of version 3 are told. */
  readonly configuration: (level: number, itemBytes: number) => Json
  readonly load: () => Promise<{ readonly default: { fromConfig(config: never): Compressor } }>
  /** The module that `load` loads, for worker threads. */
  readonly module: string
}

/** A codec of numcodecs. */
interface Compressor {
  encode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
}

const shuffles = ['noshuffle', 'shuffle', 'bitshuffle']

export const writableCodecs: Readonly<Record<Exclude<CodecName, 'none'>, WritableCodec>> = {
  zstd: {
    levels: [1, 22],
    level: 1,
    name: 'zstd',
    configuration: (level) => ({ level, checksum: false }),
    load: () => import('numcodecs/zstd'),
    module: 'numcodecs/zstd',
  },
  gzip: {
    levels: [1, 9],
    level: 1,
    name: 'gzip',
    configuration: (level) => ({ level }),
    load: () => import('numcodecs/gzip'),
    module: 'numcodecs/gzip',
  },
  blosc: {
    levels: [1, 9],
    level: 5,
    name: 'blosc',
    configuration: (clevel, itemBytes) => ({
      cname: 'lz4',
      clevel,
      shuffle: 1,
      blocksize: 0,
      typesize: itemBytes,
    }),
    load: () => import('numcodecs/blosc'),
    module: 'numcodecs/blosc',
  },
  lz4: {
    levels: [1, 65537],
    level: 1,
    name: 'numcodecs.lz4',
    configuration: (acceleration) => ({ acceleration }),
    load: () => import('numcodecs/lz4'),
    module: 'numcodecs/lz4',
  },
}

export const codecNames: readonly CodecName[] = ['none', 'zstd', 'gzip', 'blosc', 'lz4']

/** The entry in the list of codecs of version 3. */
export function codecV3(codec: Codec, itemBytes: number): CodecJson | undefined {
  if (codec.name === 'none') return undefined
  const { name, level, configuration } = writableCodecs[codec.name]
  const given = configuration(codec.level ?? level, itemBytes)
  const shuffle = given.shuffle
  return {
    name,
    configuration: typeof shuffle === 'number' ? { ...given, shuffle: shuffles[shuffle] } : given,
  }
}

/** The `compressor` of version 2. */
export function codecV2(codec: Codec): Json | null {
  if (codec.name === 'none') return null
  const { level, configuration } = writableCodecs[codec.name]
  const { typesize, checksum, ...given } = configuration(codec.level ?? level, 1)
  return { id: codec.name, ...given }
}

/** What compresses the bytes of chunks, several at the same time. */
export async function encoderOf(codec: Codec, itemBytes: number): Promise<Encoder> {
  const close = async (): Promise<void> => {}
  if (codec.name === 'none') return { encode: async (bytes) => bytes, close }
  const { level, configuration, load, module } = writableCodecs[codec.name]
  const native = nodeEncoder(codec.name, codec.level ?? level)
  if (native) return { encode: native, close }
  const config = configuration(codec.level ?? level, itemBytes)
  const workers = encoderWorkers(module, config)
  if (workers) return workers
  const { default: Codec } = await load()
  const encoder = Codec.fromConfig(config as never)
  return { encode: async (bytes) => encoder.encode(bytes), close }
}

/** The memory of what compresses chunks of this size, besides what a write holds. */
export const bytesOfEncoder = ({ name }: Codec, chunkBytes: number): number =>
  name === 'none' || nodeEncoder(name, 1) ? 0 : bytesOfEncoders(chunkBytes)

type Encode = Encoder['encode']

/** By Node, on other threads: gzip ten times as fast as by numcodecs. Node 20 has no zstd. */
function nodeEncoder(name: CodecName, level: number): Encode | undefined {
  const node = zlib() as (typeof Zlib & { readonly zstdCompress?: typeof Zlib.gzip }) | undefined
  const compress = name === 'gzip' ? node?.gzip : name === 'zstd' ? node?.zstdCompress : undefined
  if (!compress) return undefined
  return (bytes) => {
    // Readers of version 2 want the length in the header.
    const options: object =
      name === 'gzip' ? { level } : { params: { [zstdLevel]: level }, pledgedSrcSize: bytes.length }
    return new Promise((resolve, reject) =>
      compress(bytes, options, (error, result) => (error ? reject(error) : resolve(result))),
    )
  }
}

/** ZSTD_c_compressionLevel of zstd.h. */
const zstdLevel = 100

/** The codec that compresses the chunks, if it is one of these. */
export function codecOf(codecs: readonly CodecJson[]): Codec | undefined {
  const inner = codecs.find(({ name }) => name === 'sharding_indexed')?.configuration.codecs
  if (inner !== undefined) return codecOf(inner as readonly CodecJson[])
  const last = codecs.filter(({ name }) => !/^(numcodecs\.)?(bytes|transpose|crc32c)$/.test(name))
  if (last.length === 0) return { name: 'none' }
  const name = last[0]!.name.replace('numcodecs.', '') as CodecName
  if (last.length > 1 || name === 'none' || !codecNames.includes(name)) return undefined
  const { level, clevel, acceleration } = last[0]!.configuration
  const given = [level, clevel, acceleration].find((each) => typeof each === 'number')
  const [least, most] = writableCodecs[name].levels
  return typeof given === 'number' && least <= given && given <= most
    ? { name, level: given }
    : { name }
}
