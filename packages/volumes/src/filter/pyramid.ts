/**
 * The smaller resolutions of an OME-Zarr image: each is the mean of neighbouring samples of the one
 * before, and is computed box by box, too.
 *
 *   out.zarr/0  ──mean of 2×2×2──►  out.zarr/1  ──mean of 2×2×2──►  out.zarr/2
 */

import { ndarray } from 'stridefold'
import { createVolume } from '../arrays/create-volume.ts'
import { openVolume } from '../arrays/open-volume.ts'
import type { StoredArray } from '../arrays/stored-array.ts'
import { product } from '../cut/grid.ts'
import { VolumeError } from '../errors.ts'
import { filterVolume } from './filter-volume.ts'
import type { Progress } from './progress.ts'

export interface PyramidOptions {
  /** The image whose resolutions are repeated, if it has several. Default: halves. */
  readonly like?: string
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
  const { like, onProgress, ...settings } = options
  const image = await openVolume(target)
  await image.close()
  if (image.storage.ome === undefined)
    throw new VolumeError(
      'request',
      `${target} is one array, not an OME-Zarr image, so it has no place for more resolutions. ` +
        'Filter it with pyramid from the start.',
    )
  const factors = await factorsOf(image, like)
  const { format, codec } = image.storage
  const names = image.axes.map(({ name }) => name)
  for (const [i, factor] of factors.entries()) {
    const space = factor.filter((_, a) => image.axes[a]!.type === 'space')
    const count = product(space)
    await filterVolume(
      `${target}/${i}`,
      ndarray(new Float32Array(count).fill(1 / count), space),
      `${target}/${i + 1}`,
      {
        ...settings,
        ...{ axes: names, stride: space, boundary: 'edge', dtype: image.dtype },
        ...{ format: format as 'zarr2' | 'zarr3', ...(codec && { codec }) },
        ...(onProgress && { onProgress: (progress) => onProgress(i + 1, progress) }),
      },
    )
  }
  await listLevels(target, image, factors)
  return factors.length + 1
}

/** By how much each resolution is smaller than the one before, along every axis. */
async function factorsOf(image: StoredArray, like: string | undefined): Promise<number[][]> {
  if (like !== undefined) {
    const source = await openVolume(like)
    await source.close()
    const given = givenFactors(source)
    if (given.length > 0 && given.every((factor) => factor.length === image.shape.length))
      return given
  }
  const factors: number[][] = []
  let shape = image.shape
  const isSpace = (a: number): boolean => image.axes[a]!.type === 'space'
  while (shape.some((extent, a) => isSpace(a) && extent > smallExtent)) {
    const factor = shape.map((extent, a) => (isSpace(a) && extent > thinExtent ? 2 : 1))
    factors.push(factor)
    shape = shape.map((extent, a) => Math.ceil(extent / factor[a]!))
  }
  return factors
}

/** The last resolution has no axis longer than this. Thin axes are not halved. */
const smallExtent = 256
const thinExtent = 32

/** Those of an OME-Zarr image with several resolutions, if they are whole numbers. */
function givenFactors({ attributes }: StoredArray): number[][] {
  const scales = datasetsOf(attributes).map(scaleOf)
  const factors: number[][] = []
  for (let i = 1; i < scales.length; i++) {
    const [finer, coarser] = [scales[i - 1], scales[i]]
    if (finer === undefined || coarser === undefined) return []
    const factor = coarser.map((scale, a) => Math.round(scale / finer[a]!))
    if (!factor.every((n) => Number.isSafeInteger(n) && n >= 1)) return []
    factors.push(factor)
  }
  return factors
}

interface Dataset {
  readonly path: string
  readonly coordinateTransformations?: readonly {
    readonly type: string
    readonly scale?: readonly number[]
    readonly translation?: readonly number[]
  }[]
}

type Image = { readonly datasets?: readonly Dataset[] } & Readonly<Record<string, unknown>>

const imagesOf = (attributes: StoredArray['attributes']): readonly Image[] => {
  const { ome, multiscales } = attributes as {
    readonly ome?: { readonly multiscales?: readonly Image[] }
    readonly multiscales?: readonly Image[]
  }
  return ome?.multiscales ?? multiscales ?? []
}

const datasetsOf = (attributes: StoredArray['attributes']): readonly Dataset[] =>
  imagesOf(attributes)[0]?.datasets ?? []

const scaleOf = ({ coordinateTransformations = [] }: Dataset): readonly number[] | undefined =>
  coordinateTransformations.find(({ type }) => type === 'scale')?.scale

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
