/**
 * The smaller resolutions of an OME-Zarr image: each is the mean of neighbouring samples of the one
 * before, and is computed box by box, too.
 *
 *   out.zarr/0  ──mean of 2×2×2──►  out.zarr/1  ──mean of 2×2×2──►  out.zarr/2
 */

import { type NdArray, ndarray } from 'stridefold'
import { product } from '../arrays/boxes.ts'
import { createVolume } from '../arrays/create-volume.ts'
import { openVolume } from '../arrays/open-volume.ts'
import type { StoredArray } from '../arrays/stored-array.ts'
import { VolumeError } from '../errors.ts'
import type { Job } from '../jobs/job.ts'
import { type JobOptions, type Prepared, prepareJob } from '../jobs/prepare.ts'
import { runWith } from '../jobs/run-part.ts'
import {
  type Dataset,
  datasetsOf,
  imagesOf,
  type LevelFactors,
  levelFactors,
} from './level-factors.ts'
import type { Progress } from './progress.ts'

export interface PyramidOptions {
  /** The image whose resolutions are repeated, if it has several. Default: halves. */
  readonly like?: string
  /** Instead: by how much each resolution is smaller than the one before, along every axis. */
  readonly factors?: LevelFactors
  readonly memoryLimit?: number
  readonly threads?: number | 'auto'
  readonly onProgress?: (level: number, progress: Progress) => void
  readonly signal?: AbortSignal
}

/**
 * Computes the smaller resolutions of an OME-Zarr image and lists them in its metadata. Returns a
 * promise of the number of resolutions. Levels that are there already are kept, so a run that ended
 * early goes on.
 */
export async function addPyramid(target: string, options: PyramidOptions = {}): Promise<number> {
  const { like, onProgress, signal } = options
  const image = await imageAt(target)
  const factors = options.factors ?? levelFactors(image, like ? await closed(like) : undefined)
  for (const [i, factor] of factors.entries()) {
    const source = await openVolume(`${target}/${i}`)
    try {
      const { job, plan } = await preparedLevel(target, i, factor, image, source, options)
      try {
        await runWith(job, source, plan, {
          ...(onProgress && { onProgress: (progress) => onProgress(i + 1, progress) }),
          ...(signal && { signal }),
        })
      } finally {
        plan.dispose()
      }
    } finally {
      await source.close()
    }
  }
  await listLevels(target, image, factors)
  return factors.length + 1
}

/**
 * The memory that the smaller resolutions of a job need, for a result that was created. Throws if
 * the limit is too small for them: better before the run than at its end.
 */
export async function memoryOfLevels(job: Job): Promise<number> {
  const [factor] = job.levels ?? []
  if (factor === undefined) return 0
  const { address } = job.result
  const image = await imageAt(address)
  const source = await openVolume(`${address}/0`)
  try {
    const options = { memoryLimit: job.memory.limit }
    const { job: first, plan } = await preparedLevel(address, 0, factor, image, source, options)
    plan.dispose()
    return first.memory.bound.total
  } finally {
    await source.close()
  }
}

/** Whether the metadata of a result list these resolutions: that is the last step. */
export async function hasLevels(target: string, levels: LevelFactors): Promise<boolean> {
  return datasetsOf((await closed(target)).attributes).length > levels.length
}

/** What is known of an array, which is closed again. */
async function closed(address: string): Promise<StoredArray> {
  const array = await openVolume(address)
  await array.close()
  return array
}

async function imageAt(target: string): Promise<StoredArray> {
  const image = await closed(target)
  if (image.storage.ome !== undefined) return image
  throw new VolumeError(
    'request',
    `${target} is one array, not an OME-Zarr image, so it has no place for more resolutions. ` +
      'Filter it with pyramid from the start.',
  )
}

/** The filter from level `i` to the next one. */
function preparedLevel(
  target: string,
  i: number,
  factor: readonly number[],
  image: StoredArray,
  source: StoredArray,
  { memoryLimit, threads }: Pick<JobOptions, 'memoryLimit' | 'threads'>,
): Promise<Prepared> {
  const { format, codec } = image.storage
  const space = factor.filter((_, a) => image.axes[a]!.type === 'space')
  return prepareJob({ source, address: `${target}/${i}` }, mean(space), `${target}/${i + 1}`, {
    axes: image.axes.map(({ name }) => name),
    ...{ stride: space, boundary: 'edge', dtype: image.dtype },
    ...{ format: format as 'zarr2' | 'zarr3', isImage: false, ...(codec && { codec }) },
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(threads !== undefined && { threads }),
  })
}

function mean(extents: readonly number[]): NdArray {
  const count = product(extents)
  return ndarray(new Float32Array(count).fill(1 / count), extents)
}

/** Writes the list of all resolutions into the attributes of the image. */
async function listLevels(
  target: string,
  image: StoredArray,
  factors: readonly (readonly number[])[],
): Promise<void> {
  let scale = image.axes.map((axis) => axis.scale ?? 1)
  let translation = image.axes.map((axis) => axis.translation ?? 0)
  const datasets: Dataset[] = [datasetsOf(image.attributes)[0]!]
  for (const [i, factor] of factors.entries()) {
    // A mean lies in the middle of its samples.
    translation = translation.map((first, a) => first + ((factor[a]! - 1) / 2) * scale[a]!)
    scale = scale.map((step, a) => step * factor[a]!)
    datasets.push({
      path: `${i + 1}`,
      coordinateTransformations: [
        { type: 'scale', scale },
        { type: 'translation', translation },
      ],
    })
  }
  const [first, ...others] = imagesOf(image.attributes)
  const multiscales = [{ ...first, type: 'mean', datasets }, ...others]
  const { ome } = image.attributes as { readonly ome?: object }
  const { shape, dtype, chunks, axes, attributes, storage } = image
  const writer = await createVolume(
    target,
    { shape, dtype, chunks, axes, attributes },
    {
      format: storage.format as 'zarr2' | 'zarr3',
      ...(storage.shards && { shards: storage.shards }),
      ...(storage.codec && { codec: storage.codec }),
      like: { address: `${target}.none`, storage },
      existing: 'continue',
    },
  )
  await writer.setAttributes(
    storage.ome === '0.5' ? { ome: { ...ome, multiscales } } : { multiscales },
  )
  await writer.close(true)
}
