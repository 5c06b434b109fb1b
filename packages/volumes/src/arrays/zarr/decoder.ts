/**
 * The samples of the chunks of a Zarr, by zarrita: keys, codecs and the index of shards. What
 * zarrita leaves open is checked here: the length of a chunk, its checksum, and memory that grows
 * with the number of shards.
 */

import { ndarray } from 'stridefold'
import * as zarr from 'zarrita'
import { VolumeError } from '../../errors.ts'
import { product, type Strided } from '../boxes.ts'
import { bytesOfSamples, type ElementType, type RawElements, samplesOf } from '../element-types.ts'
import type { Store } from '../stores/store.ts'
import type { CodecJson, ZarrMetadata } from './array-metadata.ts'
import { registerCodecs } from './decompression.ts'
import { joinKey } from './nodes.ts'

/** Returns a function that reads one chunk by its position, as a strided array of numbers. */
export function chunkDecoder(
  store: Store,
  path: string,
  metadata: ZarrMetadata,
): (chunk: readonly number[], signal?: AbortSignal) => Promise<Strided> {
  const { chunks, gridChunks, elementType, codecs } = metadata
  registerCodecs()
  checkCodecs(metadata, `${store.address}/${path}`)
  const sharding = codecs.find(({ name }) => name === 'sharding_indexed')?.configuration
  const indexIsFirst = sharding?.index_location === 'start'
  const open = (): zarr.Array<zarr.DataType> =>
    new zarr.Array(
      readable(store, indexIsFirst),
      path ? `/${path}` : '/',
      zarritaMetadata(metadata),
    )
  let array = open()
  const inShards = sharding !== undefined
  // zarrita keeps the index of every shard that it reads: 16 bytes for each of its chunks.
  const indexBytes = 16 * product(gridChunks.map((extent, axis) => extent / chunks[axis]!))
  const keptIndices = Math.max(16, Math.floor(maxIndexBytes / indexBytes))
  const seen = new Set<string>()
  const count = product(chunks)
  return async (chunk, signal) => {
    const file = chunk.map((at, axis) => Math.floor((at * chunks[axis]!) / gridChunks[axis]!))
    const key = joinKey(path, chunkKey(file, metadata))
    if (inShards && seen.size >= keptIndices && !seen.has(key)) {
      array = open()
      seen.clear()
    }
    if (inShards) seen.add(key)
    const place = `${store.address}/${key}: chunk [${chunk.join(', ')}]`
    try {
      const { data, stride } = await array.getChunk([...chunk], signal ? { signal } : {})
      const elements = data as RawElements
      if (elements.length !== count)
        throw new Error(`it has ${elements.length} elements, but ${count} are needed`)
      return { data: samplesOf(elements, elementType, place), offset: 0, strides: stride }
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof VolumeError ? error : damaged(place, error)
    }
  }
}

const maxIndexBytes = 16 * 2 ** 20

/** The key of a file of the grid, below the array. */
export function chunkKey(
  file: readonly number[],
  { keyEncoding: { name, separator } }: Pick<ZarrMetadata, 'keyEncoding'>,
): string {
  if (name === 'default') return ['c', ...file].join(separator)
  return file.join(separator) || '0'
}

function damaged(place: string, error: unknown): VolumeError {
  const reasons: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if (!reasons.includes(at.message)) reasons.push(at.message)
  const reason = reasons.join(': ') || String(error)
  return new VolumeError('data', `${place} is damaged: ${reason}. Copy the array again.`, {
    cause: error,
  })
}

/** Bits of float16 and bytes of bool are read as they are, in every engine. */
const readAs = (type: ElementType): ElementType =>
  type === 'float16' ? 'uint16' : type === 'bool' ? 'uint8' : type

const zarritaMetadata = (metadata: ZarrMetadata): zarr.ArrayMetadata => ({
  zarr_format: 3,
  node_type: 'array',
  shape: [...metadata.shape],
  data_type: readAs(metadata.elementType) as zarr.DataType,
  chunk_grid: { name: 'regular', configuration: { chunk_shape: [...metadata.gridChunks] } },
  chunk_key_encoding: {
    name: metadata.keyEncoding.name,
    configuration: { separator: metadata.keyEncoding.separator },
  },
  codecs: metadata.codecs.map(({ name, configuration }) => ({ name, configuration })),
  fill_value: (metadata.elementType === 'float16'
    ? halfBits(Number(metadata.fillValue))
    : metadata.fillValue) as never,
  attributes: {},
})

const halfBits = (value: number): number => {
  const { buffer, byteOffset } = bytesOfSamples(ndarray(Float64Array.of(value), [1]), 'float16')
  return new Uint16Array(buffer, byteOffset, 1)[0]!
}

/** Throws for a codec that zarrita does not have, before anything is read. */
function checkCodecs(
  { codecs, elementType }: Pick<ZarrMetadata, 'codecs' | 'elementType'>,
  address: string,
): void {
  for (const { name, configuration } of codecs) {
    if (name === 'sharding_indexed') {
      for (const list of ['codecs', 'index_codecs'])
        checkCodecs({ codecs: codecsIn(configuration[list]), elementType }, address)
      continue
    }
    if (!zarr.registry.has(name as never))
      throw new VolumeError(
        'data',
        `${address} is compressed with the codec '${name}', which is not known. Known codecs: ` +
          `${knownCodecs()}. Convert the array with its own library.`,
      )
    if (elementType === 'float16' && computing.has(name.replace('numcodecs.', '')))
      throw new VolumeError(
        'data',
        `${address} has float16 behind the codec '${name}', which is not supported. Convert the ` +
          'array to float32.',
      )
  }
}

/** Codecs that compute with the elements, and so need to know what they are. */
const computing: ReadonlySet<string> = new Set(['delta', 'scale_offset', 'cast_value'])

/** Those for numbers, by the names of version 3 and, for version 2, without `numcodecs.`. */
const knownCodecs = (): string =>
  [...new Set([...zarr.registry.keys()].map((name) => name.replace('numcodecs.', '')))]
    .filter((name) => !/vlen|json/.test(name))
    .concat('sharding_indexed')
    .join(', ')

const codecsIn = (value: unknown): CodecJson[] =>
  (Array.isArray(value) ? value : []).map((codec) => ({
    name: String(codec?.name),
    configuration: codec?.configuration ?? {},
  }))

/** zarrita looks for the index of a shard at its end only. */
const readable = (store: Store, indexIsFirst: boolean): zarr.AsyncReadable => ({
  get: (key, options) => store.get(key.slice(1), options?.signal),
  getRange: (key, range, options) =>
    store.getRange(
      key.slice(1),
      indexIsFirst && 'suffixLength' in range ? { offset: 0, length: range.suffixLength } : range,
      options?.signal,
    ),
})
