/**
 * How does a result lie in its files? What the caller leaves out is as in the source: format,
 * chunks, codec, and whether it is an image of OME-Zarr.
 */

import { product } from '../arrays/boxes.ts'
import { formatOf } from '../arrays/create-volume.ts'
import { writtenType } from '../arrays/element-types.ts'
import { slabs } from '../arrays/linear/layout.ts'
import type { Codec, StoredArray } from '../arrays/stored-array.ts'
import { bytesOfEncoder } from '../arrays/zarr/codecs.ts'

import { VolumeError } from '../errors.ts'
import { elementsOf } from '../filter/elements.ts'
import type { Operation } from '../filter/operation.ts'
import type { FilterPlan } from '../filter/plan-filter.ts'
import type { JobResult } from './job.ts'

/** How a result lies in its files. What is left out is as in the source. */
export interface ResultOptions {
  /** Default: by the address, `.npy` or else Zarr, in the version of the source, or 2. */
  readonly format?: 'zarr2' | 'zarr3' | 'npy'
  /** The extents of what is compressed at once. */
  readonly chunks?: readonly number[]
  /** Zarr 3: the extents of a file that holds several chunks. A shard has one writer. */
  readonly shards?: readonly number[]
  /** Default: that of the source, or zstd. */
  readonly codec?: Codec
  /**
   * Make it an image of OME-Zarr, which keeps units and scales, and has a place for smaller
   * resolutions. Default: if the source is one, or has a scale along some axis, as an OME-TIFF has.
   */
  readonly isImage?: boolean
}

/** The result of a plan in its files. Throws for what its format does not have. */
export function resultOf(
  target: string,
  source: StoredArray,
  plan: FilterPlan,
  { dtype }: Operation,
  options: ResultOptions & { readonly pyramid?: boolean },
): JobResult {
  const { format: asked, chunks: given, shards, codec: wanted } = options
  const isImage = options.pyramid || options.isImage
  const format = formatOf(target, asked ? { format: asked } : source.storage)
  const shape = plan.outputShape
  if (shape.includes(0))
    throw new VolumeError(
      'request',
      `The result has shape ${shape.join('×')}: there is nothing to compute.`,
    )
  const usual = format === 'npy' ? slabsOf(shape, dtype) : usualChunks(source, shape, dtype)
  const chunks = checkedExtents('chunks', given ?? usual, shape)
  if (format === 'npy') {
    if (shards !== undefined || wanted !== undefined || isImage)
      throw new VolumeError(
        'request',
        `${target} is a .npy file, which has neither shards, codec nor resolutions. Leave them ` +
          'out, or name a Zarr.',
      )
    return { address: target, shape, dtype, chunks, format }
  }
  const codec = wanted ?? source.storage.codec ?? { name: 'zstd' }
  return {
    ...{ address: target, shape, dtype, chunks, format, codec },
    ...(shards && { shards: checkedExtents('shards', shards, shape) }),
    ...((isImage ?? isImageLike(source)) && { isImage: true }),
  }
}

/** Whether OME-Zarr has a place for what is known of this array. */
function isImageLike({ axes, storage }: Pick<StoredArray, 'axes' | 'storage'>): boolean {
  if (storage.ome !== undefined) return true
  const space = axes.filter(({ type }) => type === 'space').length
  const order = axes.map(({ type }) => ['time', 'channel', 'space'].indexOf(type))
  const isInOrder = order.every((place, a) => a === 0 || place >= order[a - 1]!)
  return axes.some(({ scale }) => scale !== undefined) && isInOrder && space >= 2 && space <= 3
}

/** One extent per axis of the result. Throws for others. */
export function checkedExtents(
  name: string,
  extents: readonly number[],
  shape: readonly number[],
): readonly number[] {
  if (extents.length === shape.length && extents.every((n) => Number.isSafeInteger(n) && n >= 1))
    return extents
  throw new VolumeError(
    'request',
    `${name} is ${extents.join('×')}, but the result has ${shape.length} axes ` +
      `(${shape.join('×')}). Give one whole number ≥ 1 for each of them.`,
  )
}

/** Those of a Zarr; else chunks of about 1 MiB, with the same extent along all long axes. */
function usualChunks(
  { storage, chunks }: StoredArray,
  shape: readonly number[],
  dtype: Operation['dtype'],
): readonly number[] {
  if (storage.format === 'zarr2' || storage.format === 'zarr3')
    return chunks.map((extent, a) => Math.min(extent, shape[a]!))
  let most = Math.max(...shape)
  const cube = (): number[] => shape.map((extent) => Math.min(extent, most))
  while (most > 1 && product(cube()) * elementsOf(dtype).bytes > 2 ** 20) most = Math.ceil(most / 2)
  return cube()
}

const slabsOf = (shape: readonly number[], dtype: Operation['dtype']): readonly number[] =>
  slabs({
    shape,
    elementType: writtenType(dtype),
    byteOffset: 0,
    littleEndian: true,
    fortranOrder: false,
  })

/** The memory of what compresses chunks, in bytes. */
export const compressingBytes = ({ codec, dtype, chunks }: JobResult): number =>
  codec === undefined ? 0 : bytesOfEncoder(codec, product(chunks) * elementsOf(dtype).bytes)

/** What a write of a piece holds besides the samples, as its writer counts it. */
export function bytesOfWrite({ dtype, chunks, shards, format }: JobResult): number {
  const { bytes } = elementsOf(dtype)
  if (format === 'npy') return product(chunks) * bytes
  return 2 * (product(shards ?? chunks) + product(chunks)) * bytes
}
