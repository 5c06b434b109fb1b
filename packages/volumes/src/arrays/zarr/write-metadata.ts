/**
 * The metadata files of a new Zarr, in version 2 or 3, alone or as the one level of an OME-Zarr
 * image. Keys and texts only: nothing is written here.
 *
 *   array alone        zarr.json                       .zarray  .zattrs
 *   image              zarr.json  0/zarr.json          .zgroup  .zattrs  0/.zarray
 */

import type { DType } from 'stridefold'
import { bytesOf, writtenType } from '../element-types.ts'
import type { ArrayInfo, Axis, Codec } from '../stored-array.ts'
import { codecV2, codecV3 } from './codecs.ts'
import { type Json, joinKey } from './nodes.ts'
import type { OmeVersion } from './ome.ts'
import { omeAttributes } from './write-ome.ts'

/** What is written: `chunks` are compressed, `shards` hold several of them in one file. */
export interface NewZarr extends ArrayInfo {
  readonly version: 2 | 3
  readonly shards: readonly number[] | undefined
  readonly codec: Codec
  readonly ome: OmeVersion | undefined
}

/** Where the array lies in the folder. */
export const arrayPath = ({ ome }: Pick<NewZarr, 'ome'>): string => (ome ? '0' : '')

/** The files, by key. */
export function metadataFiles(array: NewZarr): ReadonlyMap<string, Json> {
  const path = arrayPath(array)
  const own = array.ome ? {} : array.attributes
  const files = new Map<string, Json>()
  if (array.version === 3) {
    if (array.ome) files.set('zarr.json', groupV3(omeAttributes(array, array.ome)))
    files.set(joinKey(path, 'zarr.json'), { ...arrayFile(array), attributes: own })
    return files
  }
  if (array.ome) {
    files.set('.zgroup', { zarr_format: 2 })
    files.set('.zattrs', omeAttributes(array, array.ome))
  }
  files.set(joinKey(path, '.zarray'), arrayFile(array))
  if (!array.ome) files.set('.zattrs', withDimensionNames(own, array.axes))
  return files
}

/** The metadata of the array itself, without its attributes. */
export const arrayFile = (array: NewZarr): Json =>
  array.version === 3 ? arrayV3(array) : arrayV2(array)

export const encodeJson = (value: Json): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`)

const groupV3 = (attributes: Json): Json => ({ zarr_format: 3, node_type: 'group', attributes })

function arrayV3({ shape, chunks, shards, dtype, codec, axes }: NewZarr): Json {
  const compressor = codecV3(codec, bytesOf(dtype))
  const bytes = { name: 'bytes', configuration: { endian: 'little' } }
  const inner = [bytes, ...(compressor ? [compressor] : [])]
  return {
    zarr_format: 3,
    node_type: 'array',
    shape,
    data_type: writtenType(dtype),
    chunk_grid: { name: 'regular', configuration: { chunk_shape: shards ?? chunks } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: 0,
    codecs: shards
      ? [
          {
            name: 'sharding_indexed',
            configuration: {
              chunk_shape: chunks,
              codecs: inner,
              index_codecs: [bytes, { name: 'crc32c' }],
              index_location: 'end',
            },
          },
        ]
      : inner,
    ...(hasNames(axes) ? { dimension_names: axes.map(({ name }) => name) } : {}),
  }
}

function arrayV2({ shape, chunks, dtype, codec }: NewZarr): Json {
  return {
    zarr_format: 2,
    shape,
    chunks,
    dtype: typeV2(dtype),
    compressor: codecV2(codec),
    fill_value: 0,
    order: 'C',
    filters: null,
    dimension_separator: '/',
  }
}

function typeV2(dtype: DType): string {
  const bytes = bytesOf(dtype)
  return `${bytes === 1 ? '|' : '<'}${writtenType(dtype).charAt(0)}${bytes}`
}

const hasNames = (axes: readonly Axis[]): boolean =>
  axes.some(({ name }, axis) => name !== `axis${axis}`)

/** As xarray writes the names of axes in version 2. */
const withDimensionNames = (attributes: Json, axes: readonly Axis[]): Json =>
  hasNames(axes) ? { ...attributes, _ARRAY_DIMENSIONS: axes.map(({ name }) => name) } : attributes
