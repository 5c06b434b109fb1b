/**
 * The metadata of a Zarr array, checked, in the one form of version 3 that zarrita reads. Version 2
 * is translated: the byte order, the order of axes and the compressor become codecs.
 *
 *   v2  order, filters, dtype, compressor     ──►   v3  transpose, …, bytes, …
 */

import { VolumeError } from '../../errors.ts'
import { product } from '../boxes.ts'
import { type ElementType, isElementType, typesOfKinds } from '../element-types.ts'
import { fillValueIn } from './fill-value.ts'
import { type Json, recordIn, type ZarrNode } from './nodes.ts'

export interface CodecJson {
  readonly name: string
  readonly configuration: Json
}

export interface ZarrMetadata {
  readonly shape: readonly number[]
  /** The extents of a file: a chunk, or a shard. */
  readonly gridChunks: readonly number[]
  /** The extents of what is compressed at once. */
  readonly chunks: readonly number[]
  readonly elementType: ElementType
  readonly fillValue: number | bigint
  readonly keyEncoding: { readonly name: 'default' | 'v2'; readonly separator: '/' | '.' }
  readonly codecs: readonly CodecJson[]
  readonly dimensionNames: readonly (string | undefined)[]
}

/** Throws a `VolumeError` that says what of this array is not supported. */
export function arrayMetadata(node: ZarrNode, address: string): ZarrMetadata {
  const fail = (reason: string): VolumeError => new VolumeError('data', `${address}: ${reason}`)
  const { shape, gridChunks, typeName, codecs, keyEncoding, names } =
    node.version === 3 ? fieldsOfV3(node.metadata, fail) : fieldsOfV2(node, fail)
  const elementType = typeName
  if (!isElementType(elementType))
    throw fail(
      `elements of type ${JSON.stringify(typeName)} are not numbers that can be read. ` +
        'Integers, floats of 16, 32 and 64 bits, and bool can.',
    )
  if (!isExtents(shape, 0)) throw fail(`the shape ${JSON.stringify(shape)} is not valid.`)
  if (!isExtents(gridChunks, 1) || gridChunks.length !== shape.length)
    throw fail(
      `chunks of shape ${JSON.stringify(gridChunks)} do not fit an array of shape ` +
        `[${shape.join(', ')}].`,
    )
  const chunks = innerChunks(codecs) ?? gridChunks
  if (
    !isExtents(chunks, 1) ||
    chunks.length !== shape.length ||
    chunks.some((extent, axis) => gridChunks[axis]! % extent !== 0)
  )
    throw fail(
      `chunks of shape ${JSON.stringify(chunks)} do not divide shards of shape ` +
        `[${gridChunks.join(', ')}].`,
    )
  const fillValue = fillValueIn(node.metadata.fill_value, elementType)
  if (fillValue === undefined)
    throw fail(
      `the fill value ${JSON.stringify(node.metadata.fill_value)} is not one of ${elementType}.`,
    )
  return {
    shape,
    gridChunks,
    chunks,
    elementType,
    fillValue,
    keyEncoding,
    codecs,
    dimensionNames: names.map((name) => (typeof name === 'string' ? name : undefined)),
  }
}

interface Fields {
  readonly shape: unknown
  readonly gridChunks: unknown
  readonly typeName: unknown
  readonly codecs: readonly CodecJson[]
  readonly keyEncoding: ZarrMetadata['keyEncoding']
  readonly names: readonly unknown[]
}

type Fail = (reason: string) => VolumeError

function fieldsOfV3(metadata: Json, fail: Fail): Fields {
  const grid = recordIn(metadata.chunk_grid)
  if (grid.name !== 'regular')
    throw fail(`the chunk grid ${JSON.stringify(grid.name)} is not known. 'regular' is.`)
  const encoding = recordIn(metadata.chunk_key_encoding)
  const name = encoding.name
  if (name !== 'default' && name !== 'v2')
    throw fail(`the chunk keys ${JSON.stringify(name)} are not known. 'default' and 'v2' are.`)
  const transformers = metadata.storage_transformers
  if (Array.isArray(transformers) && transformers.length > 0)
    throw fail('it has storage transformers, which are not supported.')
  const separator = recordIn(encoding.configuration).separator
  return {
    shape: metadata.shape,
    gridChunks: recordIn(grid.configuration).chunk_shape,
    typeName: metadata.data_type,
    codecs: codecList(metadata.codecs, fail),
    keyEncoding: {
      name,
      separator: separator === '/' || separator === '.' ? separator : name === 'v2' ? '.' : '/',
    },
    names: listIn(metadata.dimension_names),
  }
}

function fieldsOfV2({ metadata, attributes }: ZarrNode, fail: Fail): Fields {
  const dtype = metadata.dtype
  const [, order, kind = ''] = /^([<>|])(\w+)$/.exec(typeof dtype === 'string' ? dtype : '') ?? []
  const codecs: CodecJson[] = []
  if (metadata.order === 'F') codecs.push({ name: 'transpose', configuration: { order: 'F' } })
  for (const filter of listIn(metadata.filters)) codecs.push(numcodec(recordIn(filter), fail))
  codecs.push({ name: 'bytes', configuration: { endian: order === '>' ? 'big' : 'little' } })
  if (metadata.compressor !== null && metadata.compressor !== undefined)
    codecs.push(numcodec(recordIn(metadata.compressor), fail))
  return {
    shape: metadata.shape,
    gridChunks: metadata.chunks,
    typeName: typesOfKinds[kind] ?? dtype,
    codecs,
    keyEncoding: {
      name: 'v2',
      separator: metadata.dimension_separator === '/' ? '/' : '.',
    },
    // The names that xarray writes.
    names: listIn(attributes._ARRAY_DIMENSIONS),
  }
}

function numcodec({ id, ...configuration }: Json, fail: Fail): CodecJson {
  if (typeof id !== 'string') throw fail('a filter or a compressor has no id.')
  return { name: `numcodecs.${id}`, configuration }
}

/** Codecs are records, or names alone. */
function codecList(value: unknown, fail: Fail): CodecJson[] {
  return listIn(value).map((codec) => {
    const name = typeof codec === 'string' ? codec : recordIn(codec).name
    if (typeof name !== 'string') throw fail(`the codec ${JSON.stringify(codec)} has no name.`)
    return { name, configuration: recordIn(recordIn(codec).configuration) }
  })
}

export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function innerChunks(codecs: readonly CodecJson[]): unknown {
  return codecs.find(({ name }) => name === 'sharding_indexed')?.configuration.chunk_shape
}

const isExtents = (value: unknown, least: number): value is readonly number[] =>
  Array.isArray(value) &&
  value.every((extent) => Number.isSafeInteger(extent) && extent >= least) &&
  product(value.map((extent) => Math.max(extent, 1))) <= Number.MAX_SAFE_INTEGER
