/**
 * Where does a TIFF lie on a map (OGC GeoTIFF 1.1)? Its tags map positions in the grid of samples
 * to positions on the map. The result of a filter may have another grid: with mode valid it begins
 * later, with a stride its samples are further apart. Then the tags change, so that every sample
 * keeps its place.
 *
 *   model = origin + scale · (grid − tie point)       or a matrix of 4×4
 *
 * A sample is an area: the grid position of the first one's corner is 0, that of its centre 0.5. Or
 * it is a point, at position 0.
 */

import type { TiffTag } from './tiff-tags.ts'

const [pixelScale, tiePoints, transformation, geoKeys] = [33550, 33922, 34264, 34735] as const

/** The tags with the place: numbers, then the keys and their parameters. */
export const placeTagIds: readonly number[] = [
  ...[pixelScale, tiePoints, transformation, geoKeys, 34736, 34737],
]

/** GDAL_NODATA: the value of samples that are unknown. */
export const noDataTagId = 42113

/** Along one axis, sample i of a grid is centred at sample first + i·step of another. */
export interface GridAxis {
  readonly first: number
  readonly step: number
}

/** The tags of a grid of rows × columns that lies like this in the grid of `tags`. */
export function movedPlace(
  tags: readonly TiffTag[],
  [rows, columns]: readonly [GridAxis, GridAxis],
): readonly TiffTag[] {
  const centre = isPoint(tags) ? 0 : 0.5
  // The old position of the new position u is start + u·step.
  const axes = [columns, rows].map(({ first, step }) => ({
    step,
    start: first + centre - centre * step,
  })) as [Moved, Moved]
  return tags.map((tag) => ({ ...tag, values: movedValues(tag, axes) }))
}

interface Moved {
  readonly start: number
  readonly step: number
}

function movedValues({ id, values }: TiffTag, axes: readonly [Moved, Moved]): ArrayLike<number> {
  const list = Array.from(values)
  // Both axes of the grid, then its height, which does not change.
  if (id === pixelScale) return list.map((scale, axis) => scale * (axes[axis]?.step ?? 1))
  if (id === tiePoints)
    return list.map((value, i) => {
      const axis = axes[i % 6]
      return axis === undefined ? value : (value - axis.start) / axis.step
    })
  if (id === transformation)
    return list.map((value, i) => {
      const [row, column] = [Math.floor(i / 4) * 4, i % 4]
      if (column === 3)
        return axes.reduce((sum, { start }, axis) => sum + list[row + axis]! * start, value)
      return value * (axes[column]?.step ?? 1)
    })
  return values
}

/** The key that says whether a sample is an area (1) or a point (2). */
const rasterTypeKey = 1025

/** Keys are groups of four: the key, where its value is, how many there are, the value. */
function isPoint(tags: readonly TiffTag[]): boolean {
  const values = Array.from(tags.find(({ id }) => id === geoKeys)?.values ?? [])
  const at = values.findIndex((value, i) => i >= 4 && i % 4 === 0 && value === rasterTypeKey)
  return at >= 0 && values[at + 3] === 2
}
