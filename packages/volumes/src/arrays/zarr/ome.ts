/**
 * OME-Zarr: the image in a group, at several resolutions, with names and units of its axes.
 *
 *   attributes of the group   0.4: { multiscales: […] }     0.5: { ome: { version, multiscales } }
 *   multiscales[0]            axes, and one dataset per level: its path and its scale
 */

import type { Axis } from '../stored-array.ts'
import { listIn } from './array-metadata.ts'
import { type Json, recordIn } from './nodes.ts'

export type OmeVersion = '0.4' | '0.5'

export interface OmeLevel {
  readonly path: string
  readonly scale: readonly number[] | undefined
  readonly translation: readonly number[] | undefined
}

export interface OmeImage {
  readonly version: OmeVersion
  readonly axes: readonly Pick<Axis, 'name' | 'type' | 'unit'>[]
  readonly levels: readonly OmeLevel[]
}

/** The first image that the attributes of a group describe; undefined if there is none. */
export function omeImage(attributes: Json): OmeImage | undefined {
  const ome = recordIn(attributes.ome)
  const version = listIn(ome.multiscales).length > 0 ? '0.5' : '0.4'
  const image = recordIn(listIn((version === '0.5' ? ome : attributes).multiscales)[0])
  const datasets = listIn(image.datasets).map(recordIn)
  if (datasets.length === 0) return undefined
  const whole = transformations(image)
  return {
    version,
    axes: listIn(image.axes).map(axisOf),
    levels: datasets.map((dataset) => {
      const own = transformations(dataset)
      const scale = combined(own.scale, whole.scale, (a, b) => a * b)
      const moved = combined(own.translation, whole.scale, (a, b) => a * b)
      return {
        path: String(dataset.path).replace(/^\/+|\/+$/g, ''),
        scale,
        translation: combined(
          moved && own.translation ? moved : undefined,
          whole.translation,
          (a, b) => a + b,
        ),
      }
    }),
  }
}

/** Before 0.4 an axis is a name alone. */
function axisOf(value: unknown): Pick<Axis, 'name' | 'type' | 'unit'> {
  const { name = value, type, unit } = recordIn(value)
  return {
    name: String(name),
    type: type === 'space' || type === 'time' || type === 'channel' ? type : axisType(String(name)),
    unit: typeof unit === 'string' ? unit : undefined,
  }
}

/** What an axis is, by its name. */
export function axisType(name: string): Axis['type'] {
  if (/^(t|time)$/i.test(name)) return 'time'
  return /^(c|ch|channels?|bands?|s|samples?)$/i.test(name) ? 'channel' : 'space'
}

interface Transformation {
  readonly scale: readonly number[] | undefined
  readonly translation: readonly number[] | undefined
}

function transformations(of: Json): Transformation {
  const list = listIn(of.coordinateTransformations).map(recordIn)
  const numbers = (type: string): readonly number[] | undefined => {
    const value = list.find((each) => each.type === type)?.[type]
    return Array.isArray(value) && value.every((each) => typeof each === 'number')
      ? value
      : undefined
  }
  return { scale: numbers('scale'), translation: numbers('translation') }
}

function combined(
  a: readonly number[] | undefined,
  b: readonly number[] | undefined,
  combine: (a: number, b: number) => number,
): readonly number[] | undefined {
  if (!a || !b) return a ?? b
  return a.map((value, axis) => combine(value, b[axis] ?? Number.NaN))
}
