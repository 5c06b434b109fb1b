/**
 * How exact are tiles of F(m×m, 3×3) in float32? Many random tiles are computed with many random
 * kernels, every operation rounded to float32, and compared with the library's definition in
 * float64.
 */

import { ndarray, parseCase } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import { randomFractions } from '../model/numbers.ts'
import type { PlaneNumbers } from '../pages/plane-numbers.ts'
import { matricesOf, type TileExtent, transformed } from './matrices.ts'
import { taps } from './settings.ts'

/** What is measured: the direct sum, or tiles with m × m outputs. */
export type Measured = 'direct' | TileExtent
export const allMeasured: readonly Measured[] = ['direct', 2, 3, 4, 5, 6]

export const counts = { tiles: 16, kernels: 12 } as const
/** The outputs along an axis that the direct sum computes. */
const directOutputs = 4

/** Multiplications for one output. */
export const productsPerOutput = (measured: Measured): number =>
  measured === 'direct' ? taps ** 2 : ((measured + taps - 1) / measured) ** 2

/** The error (root mean square), relative to that of the results. */
export function errorOf(measured: Measured, seed: number): number {
  const m = measured === 'direct' ? directOutputs : measured
  const n = m + taps - 1
  const next = normal(seed)
  const random = (count: number, extent: number): PlaneNumbers[] =>
    Array.from({ length: count }, () => ({
      rows: extent,
      columns: extent,
      data: Float32Array.from({ length: extent ** 2 }, next),
    }))
  const [tiles, kernels] = [random(counts.tiles, n), random(counts.kernels, taps)]
  const results = measured === 'direct' ? directSums(tiles, kernels) : tileSums(m, tiles, kernels)
  const truth = definedSums(tiles, kernels)
  let [error, size] = [0, 0]
  results.forEach((result, i) => {
    error += (result - truth[i]!) ** 2
    size += truth[i]! ** 2
  })
  return Math.sqrt(error / size)
}

type Planes = readonly PlaneNumbers[]
const toFloat32 = Math.fround

/** The outputs of every tile with every kernel, by Winograd's algorithm. */
function tileSums(m: TileExtent, tiles: Planes, kernels: Planes): number[] {
  const { input, kernel, output } = matricesOf(m)
  const toWeights = { ...kernel, data: Float32Array.from(kernel.data) }
  const samples = tiles.map((tile) => transformed(input, tile, toFloat32))
  const weights = kernels.map((plane) => transformed(toWeights, plane, toFloat32))
  return samples.flatMap((V) =>
    weights.flatMap((U) => {
      const data = Array.from(V.data, (value, i) => toFloat32(value * U.data[i]!))
      return Array.from(transformed(output, { ...V, data }, toFloat32).data)
    }),
  )
}

/** The same outputs as sums of products. */
const directSums = (tiles: Planes, kernels: Planes): number[] =>
  tiles.flatMap(({ columns, data }) =>
    kernels.flatMap((kernel) =>
      Array.from({ length: (columns - taps + 1) ** 2 }, (_, place) => {
        const first = place + Math.floor(place / (columns - taps + 1)) * (taps - 1)
        let sum = 0
        for (let tap = 0; tap < taps ** 2; tap++) {
          const sample = data[first + Math.floor(tap / taps) * columns + (tap % taps)]!
          sum = toFloat32(sum + toFloat32(sample * kernel.data[tap]!))
        }
        return sum
      }),
    ),
  )

/** The same outputs by the library's definition in float64. */
function definedSums(tiles: Planes, kernels: Planes): ArrayLike<number> {
  const array = (planes: Planes, extent: number) =>
    ndarray(Float64Array.from(planes.flatMap(({ data }) => Array.from(data))), [
      planes.length,
      1,
      extent,
      extent,
    ])
  const n = tiles[0]!.columns
  const text = `${tiles.length}x1x${n}x${n} * ${kernels.length}x1x${taps}x${taps}`
  const geometry = { ...parseCase(text), dtype: 'float64' as const }
  return definition(geometry, { input: array(tiles, n), kernel: array(kernels, taps) }).values
}

/** Normally distributed numbers that follow from a seed. */
function normal(seed: number): () => number {
  const fraction = randomFractions(seed)
  return () => Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction())
}
