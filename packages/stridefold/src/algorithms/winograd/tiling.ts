/**
 * How large are the tiles, and how many of them are done together?
 *
 *   axis of outputs   │ m │ m │ m │ m │ …     a tile of m outputs reads n = m + r − 1 samples, its neighbours' included, and takes n products
 *                     └──── block ────┘       a block is one item of the grid: what lies between its transforms stays in the second-level cache
 *
 * Larger tiles save products and cost accuracy, weights (n for r) and wasted outputs behind the
 * last tile: a small price model decides.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import type { PolyphaseComponent } from '../polyphase.ts'
import { maxPoints } from './points.ts'
import { amplification } from './transforms.ts'

export interface TileAxis {
  /**
   * Outputs, taps and samples of a tile; an axis with one tap is not transformed and has tiles of
   * one sample.
   */
  readonly m: number
  readonly r: number
  readonly n: number
  readonly tiles: number
  /** Tiles of a block along this axis. */
  readonly block: number
}

/** Elements of the products of one block: with as many inputs about half a mebibyte in float32. */
const blockElements = 2 ** 17

/** Fewest tiles worth streaming all weights for. */
const fewestTiles = 24

/**
 * In float32 nothing may enlarge a rounding by more than this; F(8, 3) in two dimensions would by
 * 47,000.
 */
const mostAmplification = { float32: 5000, float64: Infinity }

/**
 * The tiles of a phase; undefined where no tile of two outputs or more keeps the bound on the
 * error.
 */
export function tilingOf(g: ConvGeometry, phase: PolyphaseComponent): TileAxis[] | undefined {
  const channels = g.channels / g.groups
  let best: { sizes: readonly number[]; price: number } | undefined
  for (const sizes of choices(phase)) {
    const growth = sizes.reduce((n, m, a) => n * axisAmplification(m, phase[a]!.taps), 1)
    if (growth > mostAmplification[g.dtype]) continue
    const price = priceOf(g, phase, sizes, channels)
    if (best === undefined || price < best.price) best = { sizes, price }
  }
  return best === undefined ? undefined : blocks(g, phase, best.sizes)
}

export const axisAmplification = (m: number, r: number): number =>
  r === 1 ? 1 : amplification(m, r)

/**
 * Sizes of tiles along the axes: up to as many samples as there are points, none much longer than
 * the axis.
 */
function choices(phase: PolyphaseComponent): number[][] {
  return phase.reduce<number[][]>(
    (sofar, { taps, outputs }) => {
      const most = Math.max(2, Math.min(maxPoints + 2 - taps, outputs))
      const sizes = taps === 1 ? [1] : Array.from({ length: most - 1 }, (_, i) => i + 2)
      return sofar.flatMap((chosen) => sizes.map((m) => [...chosen, m]))
    },
    [[]],
  )
}

/**
 * Time of one batch item in arbitrary units: products, elements that the transforms touch, weights
 * that are streamed.
 */
function priceOf(
  g: ConvGeometry,
  phase: PolyphaseComponent,
  sizes: readonly number[],
  channels: number,
): number {
  const tiles = phase.reduce((count, axis, a) => count * Math.ceil(axis.outputs / sizes[a]!), 1)
  const points = phase.reduce((count, axis, a) => count * (sizes[a]! + axis.taps - 1), 1)
  const products = (tiles * points * channels * g.filters) / 8
  const elements = (1 + 0.5 * phase.length) * tiles * points * (g.channels + g.filters)
  const weights = 0.5 * points * channels * g.filters
  // What more than six samples save has to be worth their rounding and their memory.
  const care = sizes.reduce(
    (factor, m, a) => Math.max(factor, 1 + 0.08 * (m + phase[a]!.taps - 7)),
    1,
  )
  return (products + elements + weights) * care
}

/** Blocks grow along the last axis first, then along the one before it, to equal parts. */
function blocks(g: ConvGeometry, phase: PolyphaseComponent, sizes: readonly number[]): TileAxis[] {
  const points = phase.reduce((count, axis, a) => count * (sizes[a]! + axis.taps - 1), 1)
  let room = Math.max(
    fewestTiles,
    Math.floor(blockElements / (points * Math.max(g.channels, g.filters))),
  )
  const axes: TileAxis[] = []
  for (let a = phase.length - 1; a >= 0; a--) {
    const [m, r] = [sizes[a]!, phase[a]!.taps]
    const tiles = Math.ceil(phase[a]!.outputs / m)
    const parts = Math.max(1, Math.ceil(tiles / room))
    const block = Math.max(1, Math.ceil(tiles / parts))
    room = Math.max(1, Math.floor(room / block))
    axes.unshift({ m, r, n: m + r - 1, tiles, block })
  }
  return axes
}
