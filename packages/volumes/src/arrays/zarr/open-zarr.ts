/**
 * A Zarr as a stored array: the array at its path, or the image in an OME-Zarr group at the
 * resolution that was asked for.
 */

import { VolumeError } from '../../errors.ts'
import {
  type Box,
  boxOfChunk,
  checkBox,
  chunksIn,
  copyElements,
  intersection,
  product,
  readNew,
  type Strided,
  shapeOf,
} from '../boxes.ts'
import { bytesOf, elementTypes } from '../element-types.ts'
import { inFlight } from '../in-flight.ts'
import type { Axis, StoredArray } from '../stored-array.ts'
import type { Store } from '../stores/store.ts'
import { arrayMetadata, type ZarrMetadata } from './array-metadata.ts'
import { codecOf } from './codecs.ts'
import { chunkDecoder } from './decoder.ts'
import { joinKey, readNode, type ZarrNode } from './nodes.ts'
import { axisType, type OmeImage, type OmeLevel, omeImage } from './ome.ts'
import { plainChunkReader } from './plain-chunks.ts'

export interface ZarrOptions {
  /** The resolution of an OME-Zarr image: 0 is the finest. Default 0. */
  readonly level?: number
  readonly signal?: AbortSignal
}

/** The array of a Zarr; undefined if the store holds none. */
export async function openZarr(
  store: Store,
  { level = 0, signal }: ZarrOptions = {},
): Promise<StoredArray | undefined> {
  const top = await readNode(store, '', signal)
  if (!top) return undefined
  const found = top.kind === 'array' ? { node: top } : await arrayInGroup(store, top, level, signal)
  const metadata = arrayMetadata(found.node, addressOf(store, found.node.path))
  return storedArray(store, metadata, found)
}

interface Found {
  readonly node: ZarrNode
  readonly group?: ZarrNode
  readonly image?: OmeImage
  readonly level?: OmeLevel
}

const addressOf = (store: Store, path: string): string =>
  path ? `${store.address.replace(/\/$/, '')}/${path}` : store.address

function storedArray(
  store: Store,
  metadata: ZarrMetadata,
  { node, group = node, image, level }: Found,
): StoredArray {
  const { shape, chunks, elementType } = metadata
  const { dtype, bytes } = elementTypes[elementType]
  const address = addressOf(store, node.path)
  const decode = chunkDecoder(store, node.path, metadata)
  const part = plainChunkReader(store, node.path, metadata)
  const readInto: StoredArray['readInto'] = async (box, to, signal) => {
    checkBox(box, shape, address)
    const readChunk = async (chunk: readonly number[]): Promise<void> => {
      const whole = boxOfChunk(chunk, chunks, shape)
      const shared = intersection(box, whole)
      const place = placeIn(to, box, shared)
      if (part && (await part(chunk, shared, place, signal))) return
      const samples = await decode(chunk, signal)
      copyElements(place, placeIn(samples, whole, shared), shapeOf(shared))
    }
    await inFlight(chunksIn(box, chunks), store.parallel, readChunk, signal)
  }
  const chunkBytes = product(chunks) * (bytes + bytesOf(dtype))
  return {
    address,
    shape,
    dtype,
    chunks,
    axes: axesOf(metadata, image, level),
    attributes: group.attributes,
    storage: {
      format: node.version === 2 ? 'zarr2' : 'zarr3',
      elementType,
      codec: codecOf(metadata.codecs),
      ome: image?.version,
      shards: chunks === metadata.gridChunks ? undefined : metadata.gridChunks,
      wholeChunks: part === undefined,
    },
    read: (box, signal) => readNew({ dtype, readInto }, box, signal),
    readInto,
    bytesOfRead: (box) => {
      const inside = [...take(chunksIn(box, chunks), store.parallel)].length
      // A chunk is in the file, decoded, and for some types converted.
      const result = product(shapeOf(box)) * bytesOf(dtype)
      return result + inside * (chunkBytes + chunkBytes / 2)
    },
    close: () => store.close(),
  }
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count
  if (left > 0)
    for (const item of items) {
      yield item
      if (--left === 0) return
    }
}

/** Where a part of a box lies, if the box lies at `place`. */
function placeIn<T extends Strided>(place: T, box: Box, part: Box): T {
  const offset = part.reduce(
    (sum, [start], axis) => sum + (start - box[axis]![0]) * place.strides[axis]!,
    place.offset,
  )
  return { ...place, offset }
}

async function arrayInGroup(
  store: Store,
  group: ZarrNode,
  level: number,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const image = omeImage(group.attributes)
  if (!image) throw await notAnImage(store, group)
  const chosen = image.levels[level]
  if (!chosen)
    throw new VolumeError(
      'request',
      `${store.address} has ${image.levels.length} resolutions: level ${level} is not there. ` +
        `Use 0 to ${image.levels.length - 1}.`,
    )
  const node = await readNode(store, joinKey(group.path, chosen.path), signal)
  if (node?.kind !== 'array')
    throw new VolumeError(
      'data',
      `${store.address}: its metadata name an array '${chosen.path}', which is not there. Copy ` +
        'the image again.',
    )
  return { node, group, image, level: chosen }
}

async function notAnImage(store: Store, group: ZarrNode): Promise<VolumeError> {
  const names = (await store.list?.(group.path).catch(() => [])) ?? []
  const nodes = await Promise.all(
    names
      .filter((name) => !name.startsWith('.') && name !== 'zarr.json')
      .slice(0, 20)
      .map((name) => readNode(store, joinKey(group.path, name)).catch(() => undefined)),
  )
  const found = nodes.filter((node) => node !== undefined).map(({ path }) => path)
  return new VolumeError(
    'request',
    `${store.address} is a group of arrays, and not an OME-Zarr image. Name an array in it` +
      (found.length > 0 ? `: ${found.map((path) => addressOf(store, path)).join(', ')}.` : '.'),
  )
}

function axesOf(
  { shape, dimensionNames }: ZarrMetadata,
  image: OmeImage | undefined,
  level: OmeLevel | undefined,
): Axis[] {
  return shape.map((_, axis) => {
    const known = image?.axes.length === shape.length ? image.axes[axis]! : undefined
    const name = known?.name ?? dimensionNames[axis] ?? `axis${axis}`
    return {
      name,
      type: known?.type ?? axisType(name),
      unit: known?.unit,
      scale: level?.scale?.[axis],
      translation: level?.translation?.[axis],
    }
  })
}
