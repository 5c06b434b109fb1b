/**
 * The attributes of an OME-Zarr image with one level: what the source said about itself, with axes
 * and scales of the result. Levels of the source are left out, because they were not computed.
 */

import type { ArrayInfo, Axis } from '../stored-array.ts'
import { listIn } from './array-metadata.ts'
import { type Json, recordIn } from './nodes.ts'
import type { OmeVersion } from './ome.ts'

export function omeAttributes(
  { axes, attributes }: Pick<ArrayInfo, 'axes' | 'attributes'>,
  version: OmeVersion,
): Json {
  const { multiscales: older, omero: olderOmero, ome: given, ...rest } = attributes
  const { version: _version, multiscales: newer, omero = olderOmero, ...other } = recordIn(given)
  const { name, type, metadata } = recordIn((listIn(newer)[0] ?? listIn(older)[0]) as unknown)
  const image = {
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    ...(metadata === undefined ? {} : { metadata }),
    axes: axes.map(({ name, type, unit }) => ({ name, type, ...(unit ? { unit } : {}) })),
    datasets: [{ path: '0', coordinateTransformations: transformations(axes) }],
  }
  const about = omero === undefined ? {} : { omero }
  return version === '0.5'
    ? { ...rest, ome: { ...other, version, multiscales: [image], ...about } }
    : { ...rest, ...other, multiscales: [{ version, ...image }], ...about }
}

function transformations(axes: readonly Axis[]): Json[] {
  const scale = { type: 'scale', scale: axes.map((axis) => axis.scale ?? 1) }
  const translation = axes.map((axis) => axis.translation ?? 0)
  return translation.every((each) => each === 0)
    ? [scale]
    : [scale, { type: 'translation', translation }]
}
