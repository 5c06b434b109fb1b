/**
 * What one call of the library can tell: an arrangement of the arrays, how the kernel lies on the
 * input, its dilation, and the border. Structures with the fewest changes come first.
 */

import {
  type Boundary,
  type ConvGeometry,
  formatCase,
  type NdArray,
  ndarray,
  parseCase,
} from 'stridefold/sync'
import { type Arrangement, weightsOf } from './arrangements.ts'
import type { Windows } from './windows.ts'

/** How the kernel lies on the input: as it is, turned by 180°, or mirrored along one axis. */
export type Orientation = 'as-is' | 'turned' | 'rows' | 'columns'

/** What one call of the library computes. */
export interface Structure {
  readonly arrangement: Arrangement
  readonly orientation: Orientation
  readonly dilations: readonly number[]
  readonly boundary: Boundary
  readonly changes: number
}

export const maxStructureChanges: number = 3
const boundaries: readonly Boundary[] = ['zero', 'edge', 'reflect', 'symmetric', 'wrap']
const dilationChoices = [1, 2, 3, 4]

export function structuresOf(arrangements: readonly Arrangement[]): readonly Structure[] {
  const found: Structure[] = []
  for (const arrangement of arrangements) {
    const taps = arrangement.k.shape.slice(2)
    for (const [orientation, turnChanges] of orientationsOf(taps))
      for (const dilations of dilationsOf(taps))
        for (const boundary of boundaries) {
          const isDilated = dilations.some((d) => d > 1)
          const isUneven = new Set(dilations.filter((_, a) => taps[a]! > 1)).size > 1
          const changes =
            arrangement.changes +
            turnChanges +
            (isDilated ? 1 : 0) +
            (isUneven ? 1 : 0) +
            (boundary === 'zero' ? 0 : 1)
          if (changes <= maxStructureChanges)
            found.push({ arrangement, orientation, dilations, boundary, changes })
        }
  }
  return found
    .map((structure, i) => ({ structure, i }))
    .sort((a, b) => a.structure.changes - b.structure.changes || a.i - b.i)
    .map(({ structure }) => structure)
}

function orientationsOf(taps: readonly number[]): readonly (readonly [Orientation, number])[] {
  const wide = taps.filter((extent) => extent > 1).length
  return [
    ['as-is', 0],
    ...(wide > 0 ? ([['turned', 1]] as const) : []),
    ...(wide > 1
      ? ([
          ['rows', 2],
          ['columns', 2],
        ] as const)
      : []),
  ]
}

/** An axis with one weight has no dilation. */
function dilationsOf(taps: readonly number[]): readonly (readonly number[])[] {
  let all: number[][] = [[]]
  for (const extent of taps) {
    const choices = extent > 1 ? dilationChoices : [1]
    all = all.flatMap((list) => choices.map((d) => [...list, d]))
  }
  return all
}

/** The problem of a structure with windows of some kind. */
export function geometryOf(
  { arrangement, orientation, boundary }: Structure,
  axes: Windows['axes'],
): ConvGeometry {
  const { x, y, groups } = arrangement
  return parseCase(
    formatCase({
      batch: x.shape[0]!,
      channels: x.shape[1]!,
      filters: y.shape[1]!,
      groups,
      axes: axes.map((axis) => ({ ...axis, inputDilation: 1 })),
      boundary: axes.map(() => boundary),
      flip: orientation === 'turned',
      dtype: 'float64',
    }),
  )
}

/** Input and weights of a structure, in the order of axes of the library. */
export function operandsOf({ arrangement, orientation }: Structure): {
  readonly input: NdArray
  readonly kernel: NdArray
} {
  const { x } = arrangement
  const { shape, values } = weightsOf(arrangement)
  const weights =
    orientation === 'rows' || orientation === 'columns'
      ? mirrored(values, shape, orientation)
      : values
  return { input: ndarray(x.values, x.shape), kernel: ndarray(weights, shape) }
}

function mirrored(
  values: Float64Array,
  shape: readonly number[],
  along: 'rows' | 'columns',
): Float64Array {
  const [rows = 1, columns = 1] = shape.slice(2)
  return values.map((_, i) => {
    const column = i % columns
    const row = Math.floor(i / columns) % rows
    return along === 'rows'
      ? values[i + (rows - 1 - 2 * row) * columns]!
      : values[i + columns - 1 - 2 * column]!
  })
}
