/**
 * Padding in NumPy: zeros between samples, borders, crops. Shared by all libraries that compute on
 * arrays of NumPy.
 *
 * `np.pad` is used if the border needs one pass over the array. Otherwise an index is computed for
 * every coordinate, because older versions of NumPy repeat wrongly there.
 */

import type { Boundary, ConvGeometry } from 'stridefold/sync'
import {
  borderSteps,
  constantOf,
  croppedSides,
  dilatedExtent,
  hasInputDilation,
  isConstant,
  maxWrapPad,
  paddedExtent,
} from './arrays-and-borders.ts'

export const tuple = (items: readonly (number | string)[]): string =>
  items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`

export const list = (items: readonly (number | string)[]): string => `[${items.join(', ')}]`

export const number = (value: number): string =>
  Number.isFinite(value)
    ? String(value)
    : `float('${String(value)
        .toLowerCase()
        .slice(0, value < 0 ? 4 : 3)}')`

/** A subscript with steps; empty if all steps are 1. */
export function steps(values: readonly number[], leading = 0): string {
  if (values.every((value) => value === 1)) return ''
  const slices = values.map((value) => (value === 1 ? ':' : `::${value}`))
  return `[${[...Array.from({ length: leading }, () => ':'), ...slices].join(', ')}]`
}

export const flipSubscript = (rank: number, leading = 0): string =>
  `[${[...Array.from({ length: leading }, () => ':'), ...Array.from({ length: rank }, () => '::-1')].join(', ')}]`

/**
 * Code that computes `xp` from `x`, and the name of the result: `x` itself if nothing is to be
 * done. Spatial axes start at `leading`.
 */
export function padLines(
  geometry: ConvGeometry,
  leading: number,
): { readonly lines: string[]; readonly name: 'x' | 'xp' } {
  const { axes } = geometry
  const lines: string[] = []
  let name: 'x' | 'xp' = 'x'
  const then = (...more: string[]): void => {
    lines.push(...more)
    name = 'xp'
  }
  if (hasInputDilation(geometry)) {
    const leadingShape = leading === 0 ? '' : `x.shape[:${leading}] + `
    const inputDilations = axes.map(({ inputDilation }) => inputDilation)
    then(
      `xp = np.zeros(${leadingShape}${tuple(axes.map(dilatedExtent))}, x.dtype)`,
      `xp${steps(inputDilations, leading)} = x`,
    )
  }
  for (const { border, pads } of borderSteps(geometry)) {
    const isSinglePass =
      border !== 'wrap' &&
      pads.every((pad, a) => Math.max(...pad) <= maxWrapPad(border, axes[a]!.input))
    if (isSinglePass) {
      const all = [
        ...Array.from({ length: leading }, () => '(0, 0)'),
        ...pads.map(([before, after]) => `(${before}, ${after})`),
      ]
      then(`xp = np.pad(${name}, ${tuple(all)}, ${padMode(border)})`)
      continue
    }
    pads.forEach(([before, after], a) => {
      if (before + after > 0)
        then(...takeLines(border, name, before, after, axes[a]!.input, leading + a))
    })
  }
  if (axes.some((axis) => axis.before < 0 || axis.after < 0)) {
    const slices = axes.map(
      (axis) => `${croppedSides(axis)[0]}:${paddedExtent(axis) - croppedSides(axis)[1]}`,
    )
    then(`xp = ${name}[${[...Array.from({ length: leading }, () => ':'), ...slices].join(', ')}]`)
  }
  return { lines, name }
}

function padMode(border: Boundary): string {
  if (!isConstant(border)) return `mode='${border}'`
  return constantOf(border) === 0
    ? "mode='constant'"
    : `mode='constant', constant_values=${number(constantOf(border))}`
}

/** A border as an index for every coordinate. */
function takeLines(
  border: Boundary,
  name: string,
  before: number,
  after: number,
  extent: number,
  axis: number,
): string[] {
  const range = `np.arange(${-before}, ${extent + after})`
  if (border === 'wrap') return [`xp = np.take(${name}, ${range} % ${extent}, axis=${axis})`]
  const top = border === 'symmetric' ? 2 * extent - 1 : 2 * extent - 2
  const period = Math.max(border === 'symmetric' ? 2 * extent : 2 * extent - 2, 1)
  return [
    `at = ${range} % ${period}`,
    `xp = np.take(${name}, np.minimum(at, ${top} - at), axis=${axis})`,
  ]
}
