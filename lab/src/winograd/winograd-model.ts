/**
 * One tile by Winograd's algorithm, step by step, in float64:
 *
 *   V = Bᵀ d B      U = G g Gᵀ      M = V ⊙ U      Y = Aᵀ M A
 *
 * With one axis the second factor is left out. What Y must be is the library's definition.
 */

import { ndarray, parseCase } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import type { PlaneNumbers } from '../pages/plane-numbers.ts'
import { type Stage, stagesFrom } from '../pages/stages.ts'
import { type Matrices, matricesOf, transformed } from './matrices.ts'
import {
  type ArrayName,
  type ComputedName,
  computedNames,
  largestTile,
  type TileName,
  type TransformName,
  taps,
  transforms,
  type WinogradSettings,
} from './settings.ts'

export interface WinogradModel {
  readonly tile: TileName
  readonly axes: 1 | 2
  /** Outputs and samples of the tile along an axis. */
  readonly m: 2 | 4
  readonly n: number
  readonly matrices: Matrices
  readonly arrays: Readonly<Record<ArrayName, PlaneNumbers>>
  /** The output by its definition. */
  readonly direct: PlaneNumbers
  readonly counts: Counts
}

/** Operations for one tile. */
export interface Counts {
  readonly direct: number
  readonly products: number
  /** Additions of the direct sums and of the three transforms. */
  readonly directAdditions: number
  readonly additions: Readonly<Record<'V' | 'U' | 'Y', number>>
}

export const outputsOf = (tile: TileName): 2 | 4 => (tile === '4x4' ? 4 : 2)
export const axesOf = (tile: TileName): 1 | 2 => (tile.includes('x') ? 2 : 1)

export function winogradModelOf({
  tile,
  d: samples,
  g: weights,
}: Pick<WinogradSettings, 'tile' | 'd' | 'g'>): WinogradModel {
  const [m, axes] = [outputsOf(tile), axesOf(tile)]
  const n = m + taps - 1
  const matrices = matricesOf(m)
  const rows = (extent: number): number => (axes === 2 ? extent : 1)
  const d = upperLeft(samples, largestTile, rows(n), n)
  const g = upperLeft(weights, taps, rows(taps), taps)
  const V = transformed(matrices.input, d)
  const U = transformed(matrices.kernel, g)
  const M = { ...V, data: Array.from(V.data, (value, i) => value * U.data[i]!) }
  return {
    ...{ tile, axes, m, n, matrices },
    arrays: { d, g, V, U, M, Y: transformed(matrices.output, M) },
    direct: directOf(d, g),
    counts: {
      direct: (m * taps) ** axes,
      products: n ** axes,
      directAdditions: m ** axes * (taps ** axes - 1),
      additions: {
        V: additionsOf(matrices.input, axes),
        U: additionsOf(matrices.kernel, axes),
        Y: additionsOf(matrices.output, axes),
      },
    },
  }
}

const upperLeft = (
  data: readonly number[],
  stride: number,
  rows: number,
  columns: number,
): PlaneNumbers => ({
  rows,
  columns,
  data: Array.from(
    { length: rows * columns },
    (_, i) => data[Math.floor(i / columns) * stride + (i % columns)]!,
  ),
})

function directOf(d: PlaneNumbers, g: PlaneNumbers): PlaneNumbers {
  const shapes = [d, g].map(({ rows, columns }) => `1x1x${rows}x${columns}`)
  const geometry = { ...parseCase(shapes.join(' * ')), dtype: 'float64' as const }
  const array = ({ rows, columns, data }: PlaneNumbers) =>
    ndarray(Float64Array.from(data), [1, 1, rows, columns])
  const { values } = definition(geometry, { input: array(d), kernel: array(g) })
  const [rows, columns] = geometry.axes.map(({ output }) => output)
  return { rows: rows!, columns: columns!, data: values }
}

/** Additions of a transform: a row with k numbers that are not 0 adds k − 1 times. */
function additionsOf({ rows, columns, data }: PlaneNumbers, axes: 1 | 2): number {
  const each = Array.from(data).filter((value) => value !== 0).length - rows
  return each * (axes === 2 ? rows + columns : 1)
}

/** A number of the source, and what it is multiplied by. */
export interface Term {
  readonly place: number
  readonly factor: number
}

/** The terms whose sum is a number of V, U or Y. */
export function termsOf(
  { matrices, arrays, axes }: WinogradModel,
  name: TransformName,
  place: number,
): readonly Term[] {
  const { source, matrix } = transforms[name]
  const { columns, data } = matrices[matrix]
  const width = arrays[name].columns
  const [row, column] = [Math.floor(place / width), place % width]
  return Array.from(arrays[source].data, (_, at) => {
    const [y, x] = [Math.floor(at / columns), at % columns]
    const vertical = axes === 2 ? data[row * columns + y]! : 1
    return { place: at, factor: vertical * data[column * columns + x]! }
  }).filter(({ factor }) => factor !== 0)
}

/** The numbers of V or U that a sample or a weight is part of. */
export const usersOf = (model: WinogradModel, name: 'd' | 'g', place: number): readonly number[] =>
  placesOf(model.arrays[name === 'd' ? 'V' : 'U']).filter((user) =>
    termsOf(model, name === 'd' ? 'V' : 'U', user).some((term) => term.place === place),
  )

export const placesOf = ({ data }: PlaneNumbers): number[] =>
  Array.from({ length: data.length }, (_, place) => place)

/** The samples in the window of an output, in the order of the weights. */
export function windowOf({ arrays: { d, g, Y } }: WinogradModel, place: number): number[] {
  const [row, column] = [Math.floor(place / Y.columns), place % Y.columns]
  return placesOf(g).map(
    (tap) => (row + Math.floor(tap / g.columns)) * d.columns + column + (tap % g.columns),
  )
}

/** The arrays in the order in which they are computed. */
export const stagesOf = ({ arrays }: WinogradModel): readonly Stage<ComputedName>[] =>
  stagesFrom(computedNames.map((name) => [name, arrays[name].data.length]))
