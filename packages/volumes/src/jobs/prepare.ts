/**
 * From a source, a kernel and the place of a result to a job: what is read is metadata only. The
 * job holds everything, so a run on another machine needs nothing else.
 */

import type { ArrayInput } from 'stridefold'
import { writtenType } from '../arrays/element-types.ts'
import { slabs } from '../arrays/linear/layout.ts'
import { openVolume } from '../arrays/open-volume.ts'
import type { ArrayInfo, Codec, Format, StoredArray } from '../arrays/stored-array.ts'
import { coreCount } from '../arrays/stores/host.ts'
import { boxSize, insideBox, readCosts } from '../cut/box-size.ts'
import { gridOf, product } from '../cut/grid.ts'
import { VolumeError } from '../errors.ts'
import { withAxes } from '../filter/axes.ts'
import { elementsOf } from '../filter/elements.ts'
import { type Operation, type OperationOptions, operationOf } from '../filter/operation.ts'
import { type FilterPlan, planFilter } from '../filter/plan-filter.ts'
import { decodedTogether, readingOf } from '../filter/read-samples.ts'
import { writingBytes } from '../filter/write-results.ts'
import { hashOf, type Job, type JobResult, type UnhashedJob } from './job.ts'
import { foundResult } from './result.ts'

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

export interface JobOptions extends OperationOptions, ResultOptions {
  /** The largest memory of a run, in bytes, besides about 80 MB of the program. Default 1 GiB. */
  readonly memoryLimit?: number
  /**
   * The extents of a box of results, rounded up to whole chunks. Default: as large as the memory
   * limit allows.
   */
  readonly box?: readonly number[]
  /** The largest number of threads. Default: as many as pay. It changes no result. */
  readonly threads?: number | 'auto'
}

export const defaultMemoryLimit: number = 2 ** 30

/** A source, and the address under which others open it. */
export interface OpenSource {
  readonly source: StoredArray
  readonly address: string
}

/** Opens a source that is an address. */
export async function openSource(source: string | StoredArray): Promise<OpenSource> {
  return typeof source === 'string'
    ? { source: await openVolume(source), address: source }
    : { source, address: source.address }
}

export interface Prepared {
  readonly job: Job
  readonly plan: FilterPlan
}

/** Plans a job for an open source. `target` is an absolute path, or an address in a network. */
export async function prepareJob(
  { source, address }: OpenSource,
  kernel: string | ArrayInput,
  target: string,
  options: JobOptions = {},
): Promise<Prepared> {
  const axes = withAxes(source, options)
  const info: ArrayInfo = { ...source, axes }
  const operation = operationOf(kernel, info, options)
  const before = await foundResult(target)
  const plan = await planLike(operation, info, before?.form, options)
  try {
    const result = resultOf(target, { ...source, axes }, plan, operation, options)
    const limit = options.memoryLimit ?? defaultMemoryLimit
    const pieces = result.shards ?? result.chunks
    const request = {
      sampleBytes: elementsOf(source.dtype).bytes,
      resultBytes: elementsOf(operation.dtype).bytes,
      readsOf: plan.readsOf,
      workspaceOf: plan.bytesOf,
      readingBytes: readingOf(source).bytes,
      threads: typeof options.threads === 'number' ? options.threads : coreCount(),
      writingBytes: writingBytes(pieces, operation.dtype, bytesOfWrite(result)),
      ...{ shape: result.shape, pieces, quantum: plan.quantum, limit },
      ...(options.box && { wanted: checkedExtents('box', options.box, result.shape) }),
      ...{ sourceShape: source.shape, sourceChunks: decodedTogether(source) },
    }
    const { box, bound } = boxSize(request)
    const reads = plan.readsOf(insideBox(box, result.shape))
    const share = product(
      box.map((extent, a) => extent * (operation.stride[operation.spatialAxes.indexOf(a)] ?? 1)),
    )
    const { read, decoded } = readCosts(reads, request)
    const unhashed: UnhashedJob = {
      kind: 'stridefold job',
      version: 1,
      source: {
        address,
        ...{ shape: source.shape, dtype: source.dtype, chunks: source.chunks, axes },
      },
      result,
      operation,
      form: plan.form,
      plan: {
        ...{ algorithm: plan.algorithm, backend: plan.backend, cutKeepsBits: plan.cutKeepsBits },
        ...(plan.why !== undefined && { why: plan.why }),
        ...(plan.errorBound !== undefined && { errorBound: plan.errorBound }),
      },
      box,
      boxes: gridOf(result.shape, box).count,
      memory: { limit, bound },
      halo: { read: read / share, decoded: decoded / share },
    }
    return { job: { ...unhashed, hash: await hashOf(unhashed) }, plan }
  } catch (error) {
    plan.dispose()
    throw error
  }
}

/** The plan with the form of an unfinished result, if that is of the same problem. */
async function planLike(
  operation: Operation,
  info: ArrayInfo,
  form: unknown,
  { threads }: JobOptions,
): Promise<FilterPlan> {
  const settings = threads === undefined ? {} : { threads }
  if (form === undefined || form === null) return planFilter(operation, info, settings)
  try {
    return await planFilter(operation, info, { ...settings, form })
  } catch (error) {
    const { code } = error as { readonly code?: string }
    if (code !== 'FORM_MISMATCH' && code !== 'FORM_INVALID') throw error
    return planFilter(operation, info, settings)
  }
}

function resultOf(
  target: string,
  source: StoredArray,
  plan: FilterPlan,
  { dtype }: Operation,
  { format: asked, chunks: given, shards, codec: wanted, isImage }: ResultOptions,
): JobResult {
  const format = asked ?? formatOf(target, source.storage.format)
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

const formatOf = (target: string, source: Format): 'zarr2' | 'zarr3' | 'npy' =>
  /\.npy$/i.test(target) ? 'npy' : source === 'zarr3' ? 'zarr3' : 'zarr2'

function checkedExtents(
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

/** What a write of a piece holds besides the samples, as its writer counts it. */
function bytesOfWrite({ dtype, chunks, shards, format }: JobResult): number {
  const { bytes } = elementsOf(dtype)
  if (format === 'npy') return product(chunks) * bytes
  return 2 * (product(shards ?? chunks) + product(chunks)) * bytes
}
