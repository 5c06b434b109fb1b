/**
 * How many smaller resolutions does an image get, and by how much is each smaller than the one
 * before? Those of the source, if it has several; else long axes are halved until the image is
 * small.
 */

import type { ArrayInfo, StoredArray } from '../arrays/stored-array.ts'

/** For each smaller resolution, the factors along all axes. */
export type LevelFactors = readonly (readonly number[])[]

/** `level` is the resolution of the source that was filtered. */
export function levelFactors(
  { shape, axes }: Pick<ArrayInfo, 'shape' | 'axes'>,
  source?: Pick<ArrayInfo, 'attributes'>,
  level = 0,
): LevelFactors {
  const given = source === undefined ? [] : givenFactors(source).slice(level)
  if (given.length > 0 && given.every((factor) => factor.length === shape.length)) return given
  const factors: number[][] = []
  let extents = shape
  const isSpace = (a: number): boolean => axes[a]!.type === 'space'
  while (extents.some((extent, a) => isSpace(a) && extent > smallExtent)) {
    const factor = extents.map((extent, a) => (isSpace(a) && extent > thinExtent ? 2 : 1))
    factors.push(factor)
    extents = extents.map((extent, a) => Math.ceil(extent / factor[a]!))
  }
  return factors
}

/** The last resolution has no axis longer than this. Thin axes are not halved. */
const smallExtent = 256
const thinExtent = 32

/** Those of an OME-Zarr image with several resolutions, if they are whole numbers. */
function givenFactors({ attributes }: Pick<ArrayInfo, 'attributes'>): number[][] {
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

/** A resolution in the metadata of an OME-Zarr image. */
export interface Dataset {
  readonly path: string
  readonly coordinateTransformations?: readonly {
    readonly type: string
    readonly scale?: readonly number[]
    readonly translation?: readonly number[]
  }[]
}

type Image = { readonly datasets?: readonly Dataset[] } & Readonly<Record<string, unknown>>

export const imagesOf = (attributes: StoredArray['attributes']): readonly Image[] => {
  const { ome, multiscales } = attributes as {
    readonly ome?: { readonly multiscales?: readonly Image[] }
    readonly multiscales?: readonly Image[]
  }
  return ome?.multiscales ?? multiscales ?? []
}

export const datasetsOf = (attributes: StoredArray['attributes']): readonly Dataset[] =>
  imagesOf(attributes)[0]?.datasets ?? []

const scaleOf = ({ coordinateTransformations = [] }: Dataset): readonly number[] | undefined =>
  coordinateTransformations.find(({ type }) => type === 'scale')?.scale
