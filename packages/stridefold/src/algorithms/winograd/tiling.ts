/**
 * How large are the tiles, and how many of them form a block?
 *
 *   axis of outputs   │ m │ m │ m │ m │ …
 *                     └──── block ────┘
 *
 * A tile of m outputs reads n = m + r − 1 samples and takes n products. It shares r − 1 samples
 * with the next tile. A block is one item of the grid: its intermediate results stay in the L2
 * cache. Larger tiles save products. They cost accuracy, memory for weights (n instead of r) and
 * wasted outputs behind the last tile. A small price model decides.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import { minItems } from '../../program/choose-cut.ts'
import type { Machine } from '../../program/machine.ts'
import type { PolyphaseComponent } from '../polyphase.ts'
import { amplification, maxPoints } from './points.ts'

export interface TileAxis {
  /**
   * The outputs, taps and samples of a tile. An axis with one tap is not transformed and has tiles
   * of one sample.
   */
  readonly m: number
  readonly r: number
  readonly n: number
  readonly tiles: number
  /** The tiles of a block along this axis, and the blocks. The last may end behind the tiles. */
  readonly block: number
  readonly blocks: number
}

/** How the tiles of a component are cut into items of the grid. */
export interface TileBlocks {
  readonly axes: readonly TileAxis[]
  /**
   * True if all tiles go through each step together, in stages of their own. False if each block
   * goes through all steps.
   */
  readonly isStaged: boolean
}

/**
 * The number of elements of the products of one block. In float32 they fill a quarter of the L2
 * cache, and the inputs as much.
 */
const blockElements = ({ l2Bytes }: Machine): number => l2Bytes / 16

/** The smallest number of tiles of a block. With fewer, reading all weights takes too long. */
const minTiles = 24

/**
 * With fewer tiles in each of eight blocks, reading all weights in every block takes longer than
 * stages of their own. With seven tiles, blocks are faster by 4 to 10 % (28² · 128, measured as CPU
 * time on a shared Intel Xeon, 2026-11-29).
 */
const minSharedTiles = 6

/**
 * With this many computed tiles for each needed one, stages are faster by 6 to 9 %: seven rows of
 * tiles in blocks of two (4 × 28² · 128, 33² · 50 → 70, 5×5 27² · 64 → 192). Without waste they are
 * slower by 2 to 7 % (56² · 64, 52² · 96 → 112; AMD EPYC, Zen 3, Node 20.20 and 24.21, 2026-11-29).
 */
const maxWaste = 9 / 8

/**
 * In float32 a tile may amplify rounding errors at most by this factor. F(8, 3) over two axes would
 * amplify them 47,000 times.
 */
const maxAmplification = { float32: 5000, float64: Infinity }

/**
 * The outputs of a tile along each axis of a polyphase component. Undefined if no tile of two
 * outputs or more keeps the error bound.
 */
export function tileSizesOf(
  g: ConvGeometry,
  component: PolyphaseComponent,
): readonly number[] | undefined {
  const channels = g.channels / g.groups
  let best: { sizes: readonly number[]; price: number } | undefined
  for (const sizes of tileSizes(component)) {
    const growth = sizes.reduce((n, m, a) => n * axisAmplification(m, component[a]!.taps), 1)
    if (growth > maxAmplification[g.dtype]) continue
    const price = priceOf(g, component, sizes, channels)
    if (best === undefined || price < best.price) best = { sizes, price }
  }
  return best?.sizes
}

export const axisAmplification = (m: number, r: number): number =>
  r === 1 ? 1 : amplification(m, r)

/**
 * Returns the sizes of tiles to try: with at most as many samples as there are points, and hardly
 * longer than the axis.
 */
function tileSizes(component: PolyphaseComponent): number[][] {
  return component.reduce<number[][]>(
    (prefixes, { taps, outputs }) => {
      const maxSize = Math.max(2, Math.min(maxPoints + 2 - taps, outputs))
      const sizes = taps === 1 ? [1] : Array.from({ length: maxSize - 1 }, (_, i) => i + 2)
      return prefixes.flatMap((prefix) => sizes.map((m) => [...prefix, m]))
    },
    [[]],
  )
}

/**
 * The time of one batch item in arbitrary units: products, elements that the transforms read and
 * write, weights that are read.
 */
function priceOf(
  g: ConvGeometry,
  component: PolyphaseComponent,
  sizes: readonly number[],
  channels: number,
): number {
  const tiles = component.reduce((count, axis, a) => count * Math.ceil(axis.outputs / sizes[a]!), 1)
  const points = component.reduce((count, axis, a) => count * (sizes[a]! + axis.taps - 1), 1)
  const products = (tiles * points * channels * g.filters) / 8
  const elements = (1 + 0.5 * component.length) * tiles * points * (g.channels + g.filters)
  const weights = 0.5 * points * channels * g.filters
  // Tiles of more than six samples must save enough to justify their rounding and their memory.
  const penalty = sizes.reduce(
    (factor, m, a) => Math.max(factor, 1 + 0.08 * (m + component[a]!.taps - 7)),
    1,
  )
  return (products + elements + weights) * penalty
}

/** Below this price a component takes less than about 0.2 ms, and may have few items. */
const minSharedPrice = 2 ** 19

/**
 * Returns the blocks of tiles. A small component has the largest ones that fit. A larger one has
 * eight blocks or more of equal size. Where these would be too small, because each block reads all
 * weights, or would compute many tiles behind the last, all tiles go through each step together.
 */
export function blocksOf(
  g: ConvGeometry,
  component: PolyphaseComponent,
  sizes: readonly number[],
  machine: Machine,
): TileBlocks {
  const points = component.reduce((count, axis, a) => count * (sizes[a]! + axis.taps - 1), 1)
  const all = component.reduce((count, { outputs }, a) => count * Math.ceil(outputs / sizes[a]!), 1)
  const fitting = Math.max(
    minTiles,
    Math.floor(blockElements(machine) / (points * Math.max(g.channels, g.filters))),
  )
  const isShared = g.batch * priceOf(g, component, sizes, g.channels / g.groups) >= minSharedPrice
  const most = isShared ? Math.min(fitting, Math.floor((g.batch * all) / minItems)) : fitting
  const bytes = points * g.batch * all * (g.channels + g.filters) * dtypes[g.dtype].bytes
  const blocks = equalBlocks(component, sizes, Math.max(1, most))
  const computed = blocks.reduce((count, axis) => count * axis.block * axis.blocks, 1)
  const isStaged =
    isShared &&
    points > 1 &&
    (Math.min(most, all) < minSharedTiles || computed >= maxWaste * all) &&
    bytes <= maxStagedBytes(machine)
  return { axes: isStaged ? rowsOfTiles(equalBlocks(component, sizes, all)) : blocks, isStaged }
}

/** The most bytes that all tiles may take together. */
const maxStagedBytes = ({ l3Bytes }: Machine): number => 8 * l3Bytes

/**
 * Blocks of at most so many tiles: as long as possible along the last axis, then along the one
 * before it. Of nearly as many blocks, those that waste the fewest tiles.
 */
function equalBlocks(
  component: PolyphaseComponent,
  sizes: readonly number[],
  maxTiles: number,
): TileAxis[] {
  let remaining = maxTiles
  const axes: TileAxis[] = []
  for (let a = component.length - 1; a >= 0; a--) {
    const [m, r] = [sizes[a]!, component[a]!.taps]
    const tiles = Math.ceil(component[a]!.outputs / m)
    const block = leastWaste(tiles, Math.max(1, Math.ceil(tiles / remaining)))
    remaining = Math.max(1, Math.floor(remaining / block))
    axes.unshift({ m, r, n: m + r - 1, tiles, block, blocks: Math.ceil(tiles / block) })
  }
  return axes
}

/** Blocks of one tile along the first axis that has several, and of all tiles along the others. */
function rowsOfTiles(axes: readonly TileAxis[]): TileAxis[] {
  const first = axes.findIndex(({ tiles }) => tiles > 1)
  return axes.map((axis, a) => (a === first ? { ...axis, block: 1, blocks: axis.tiles } : axis))
}

/** The length of `parts` blocks, or of a few more if they waste fewer tiles. */
function leastWaste(tiles: number, parts: number): number {
  let best = { block: Math.max(1, tiles), wasted: Infinity }
  for (let count = parts; count <= Math.min(tiles, 2 * parts - 1); count++) {
    const block = Math.ceil(tiles / count)
    const wasted = Math.ceil(tiles / block) * block - tiles
    if (wasted < best.wasted) best = { block, wasted }
  }
  return best.block
}
