/**
 * From a source, a kernel and the place of a result to a job: what is read is metadata only. The
 * job holds everything, so a run on another machine needs nothing else.
 */

import type { ArrayInput } from 'stridefold'
import { product } from '../arrays/boxes.ts'
import { openVolume } from '../arrays/open-volume.ts'
import type { ArrayInfo, StoredArray } from '../arrays/stored-array.ts'
import { coreCount } from '../arrays/stores/host.ts'
import { boxSize, insideBox, readCosts } from '../cut/box-size.ts'
import { gridOf } from '../cut/grid.ts'
import { resultAxes, withAxes } from '../filter/axes.ts'
import { elementsOf } from '../filter/elements.ts'
import { levelFactors } from '../filter/level-factors.ts'
import { type Operation, type OperationOptions, operationOf } from '../filter/operation.ts'
import { type FilterPlan, planFilter } from '../filter/plan-filter.ts'
import { decodedTogether, readingOf } from '../filter/read-samples.ts'
import { writingBytes } from '../filter/write-results.ts'
import { hashOf, type Job, type OpenAs, type UnhashedJob } from './job.ts'
import { foundResult } from './result.ts'
import {
  bytesOfWrite,
  checkedExtents,
  compressingBytes,
  type ResultOptions,
  resultOf,
} from './result-layout.ts'

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
  /** Of a source that is an address: what a file without a header holds, and the resolution. */
  readonly open?: OpenAs
  /**
   * Compute the smaller resolutions of the result, too, which is then an image of OME-Zarr: by the
   * factors of the source, if it has several, or halves. Default false.
   */
  readonly pyramid?: boolean
}

export const defaultMemoryLimit: number = 2 ** 30

/** A source, and the address under which others open it. */
export interface OpenSource {
  readonly source: StoredArray
  readonly address: string
}

/** Opens a source that is an address. */
export async function openSource(
  source: string | StoredArray,
  open: OpenAs | undefined,
): Promise<OpenSource> {
  return typeof source === 'string'
    ? { source: await openVolume(source, open), address: source }
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
    const levels = options.pyramid
      ? levelFactors({ ...result, axes: resultAxes(axes, operation) }, source, options.open?.level)
      : undefined
    const limit = options.memoryLimit ?? defaultMemoryLimit
    const pieces = result.shards ?? result.chunks
    const request = {
      sampleBytes: elementsOf(source.dtype).bytes,
      resultBytes: elementsOf(operation.dtype).bytes,
      readsOf: plan.readsOf,
      workspaceOf: plan.bytesOf,
      readingBytes: readingOf(source).bytes,
      threads: typeof options.threads === 'number' ? options.threads : coreCount(),
      writingBytes:
        writingBytes(pieces, operation.dtype, bytesOfWrite(result)) + compressingBytes(result),
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
        ...{ address, ...(options.open && { open: options.open }) },
        ...{ shape: source.shape, dtype: source.dtype, chunks: source.chunks, axes },
      },
      result,
      ...(levels && { levels }),
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
