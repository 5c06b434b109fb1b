/**
 * How many points has a transform along each axis, and which tiles are done together?
 *
 *   axis of outputs   │ outputs │ outputs │ …     a tile of n points gives n − reach + 1 outputs; its reach − 1 others wrapped around
 *
 * Two real tiles make one complex transform: as the kernel is real, too, nothing has to be taken
 * apart afterwards. Long transforms waste fewer outputs, short ones stay in a nearer cache; a small
 * price model decides. An axis along which an output reads one sample is not transformed.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import { binaryLogarithm } from '../../ndarray/elementary.ts'
import type { StridePolyphaseAxis } from './stride-components.ts'

/** One axis: the batch first, then the spatial axes. */
export interface TileAxis {
  readonly points: number
  /** Outputs of one tile; 1 where the axis is not transformed. */
  readonly outputs: number
  /** Real tiles that one complex transform holds: 2 on one of the axes. */
  readonly pair: 1 | 2
  /**
   * Transforms of a block, and blocks, along the axis: blocks · together · pair tiles are all of
   * them, or a few more.
   */
  readonly tilesPerBlock: number
  readonly blocks: number
}

export interface Tiling {
  readonly axes: readonly TileAxis[]
  /** Whether channels, not points, lie next to each other. */
  readonly channelsLast: boolean
  /** Elements of a cache line. */
  readonly line: number
  /** Predicted cycles, kernel not counted; a rate of its own, good for comparisons. */
  readonly price: number
}

/** Fewest channels and filters for which vectors lie along them. */
const fewestForLanes = 4

/**
 * Bytes of a block of points in the second-level cache; with channels innermost a block also has to
 * be worth reading a kernel's spectra for.
 */
const [cacheBytes, blockBytes] = [2 ** 20, 2 ** 22]

/** Most points of a transform. */
export const maxPoints: number = 2 ** 22

/** Most points of a transform in several dimensions: its memory stays small whatever the input. */
const mostTogether = 2 ** 18

/** The cheapest tiling of a phase: `axes` without the batch. */
export function tilingOf(g: ConvGeometry, axes: readonly StridePolyphaseAxis[]): Tiling {
  const channelsLast = g.channels >= fewestForLanes && g.filters >= fewestForLanes
  const strideComponents = axes.reduce((n, axis) => n * axis.strideComponents.length, 1)
  const inner = axes.length - 1
  const lists = axes.map((axis, a) =>
    choices(axis, mostAlone[Math.min(inner, 2)]!, a === inner && !channelsLast, g),
  )
  return promising(axes, lists)
    .map((points) => priced(g, axes, points, strideComponents, channelsLast))
    .reduce((best, tiling) => (tiling.price < best.price ? tiling : best))
}

/** Beginnings of tilings that are followed in more than three dimensions. */
const mostKept = 300

/** Tilings that are looked at closely. */
const mostLooked = 12

/**
 * The choices with the fewest cycles in transforms, of those with few enough points; the one with
 * fewest points where all have too many.
 */
function promising(
  axes: readonly StridePolyphaseAxis[],
  lists: readonly (readonly number[])[],
): number[][] {
  let found: {
    readonly points: number[]
    readonly count: number
    readonly waste: number
    readonly cycles: number
  }[] = [{ points: [], count: 1, waste: 1, cycles: 0 }]
  lists.forEach((list, a) => {
    const { outputs, componentTaps } = axes[a]!
    const here = list.map((n) => ({
      n,
      waste: (Math.ceil(outputs / (n - componentTaps + 1)) * n) / outputs,
      cycles: passCycles(n) + 3,
    }))
    found = found.flatMap(({ points, count, waste, cycles }) =>
      here.map((axis) => ({
        points: [...points, axis.n],
        count: count * axis.n,
        waste: waste * axis.waste,
        cycles: cycles + axis.cycles,
      })),
    )
    if (axes.length > 3)
      found = found.toSorted((a, b) => a.waste * a.cycles - b.waste * b.cycles).slice(0, mostKept)
  })
  const most = axes.length === 1 ? maxPoints : mostTogether
  const few = found.filter(({ count }) => count <= most)
  if (few.length === 0) return [found.reduce((a, b) => (b.count < a.count ? b : a)).points]
  const cost = ({ waste, cycles, count }: (typeof found)[number]): number =>
    waste * cycles * (count > most / 4 && axes.length > 1 ? 1.5 : 1)
  return few
    .toSorted((a, b) => cost(a) - cost(b))
    .slice(0, mostLooked)
    .map(({ points }) => points)
}

/**
 * Numbers of points worth looking at: products of few small primes, whole squares of vectors where
 * vectors lie along them.
 */
function choices(
  { componentTaps, outputs }: StridePolyphaseAxis,
  most: number,
  along: boolean,
  g: ConvGeometry,
): number[] {
  if (componentTaps === 1) return [1]
  const unit = along ? 64 / dtypes[g.dtype].bytes : 1
  const fitting = sizes.map((n) => n * unit).filter((n) => n >= componentTaps)
  // Nothing is gained beyond one tile for all, nor far beyond the reach.
  const whole = fitting.findIndex((n) => n >= outputs + componentTaps - 1)
  const far = fitting.findIndex((n) => n > Math.max(most, 8 * componentTaps))
  return fitting.slice(
    0,
    Math.max(1, Math.min(whole < 0 ? Infinity : whole + 1, far < 0 ? Infinity : far)),
  )
}

/** Points along an axis beyond which only long kernels gain: in one, two and more dimensions. */
const mostAlone = [2 ** 14, 2 ** 9, 2 ** 6]

/** 2ᵃ, 3·2ᵃ, 5·2ᵃ, 9·2ᵃ up to the most points: transforms by 4 with one odd pass or two. */
const sizes: readonly number[] = Array.from({ length: 23 }, (_, a) =>
  [1, 3, 5, 9].map((odd) => odd * 2 ** a),
)
  .flat()
  .filter((n) => n <= maxPoints)
  .toSorted((a, b) => a - b)

function priced(
  g: ConvGeometry,
  axes: readonly StridePolyphaseAxis[],
  points: readonly number[],
  strideComponents: number,
  channelsLast: boolean,
): Tiling {
  const { bytes } = dtypes[g.dtype]
  const lanes = 16 / bytes
  const channels = g.channels * strideComponents
  const all = points.reduce((n, p) => n * p, 1)
  const plain = [
    { points: 1, outputs: 1, tiles: g.batch },
    ...axes.map(({ componentTaps, outputs }, a) => {
      const kept = points[a]! - componentTaps + 1
      return { points: points[a]!, outputs: kept, tiles: Math.ceil(outputs / kept) }
    }),
  ]
  // The pair lies where it wastes least; of equals on the innermost axis.
  const waste = plain.map(({ tiles }) => (2 * Math.ceil(tiles / 2)) / tiles)
  const pairAxis = waste.lastIndexOf(Math.min(...waste))
  let room = Math.max(
    1,
    Math.floor(
      (channelsLast ? blockBytes : cacheBytes / 4) /
        (2 * bytes * all * Math.max(channels, g.filters)),
    ),
  )
  const tiled: TileAxis[] = []
  for (let a = plain.length - 1; a >= 0; a--) {
    const { points: n, outputs, tiles } = plain[a]!
    const pair = a === pairAxis ? 2 : 1
    const transforms = Math.ceil(tiles / pair)
    const most = channelsLast || (n === 1 && a > 0) ? room : 1
    const blocks = Math.ceil(transforms / most)
    const tilesPerBlock = Math.ceil(transforms / blocks)
    room = Math.max(1, Math.floor(room / tilesPerBlock))
    tiled.unshift({
      points: n,
      outputs,
      pair,
      tilesPerBlock,
      blocks: Math.ceil(transforms / tilesPerBlock),
    })
  }
  const blocks = tiled.reduce((n, axis) => n * axis.blocks, 1)
  const tilesPerBlock = tiled.reduce((n, axis) => n * axis.tilesPerBlock, 1)
  const both = channels + g.filters
  const vectors = (all * tilesPerBlock) / lanes
  const working = 2 * bytes * all * (channelsLast ? tilesPerBlock : 1) * both
  // Beyond the cache every axis but the last is walked through a farther memory.
  const far =
    points.filter((n) => n > 1).length > 1
      ? Math.min(2, Math.max(1, 1 + 0.45 * binaryLogarithm(working / cacheBytes)))
      : 1
  const passes = points.reduce((sum, n) => sum + passCycles(n), 0) * far
  const perChannel = passes + copyCycles
  const summed = (g.channels / g.groups) * strideComponents * g.filters
  const products = summed * (channelsLast ? 2.5 : 4.5)
  const rows = (all * tilesPerBlock * both) / (channelsLast ? channels : points.at(-1)!)
  // A block of channels reads all spectra once.
  const spectra = channelsLast ? (3 * bytes * all * summed) / 8 : 0
  const price =
    blocks * (vectors * (both * perChannel + products) + rows * rowCycles + spectra + blockCycles)
  return { axes: tiled, channelsLast, line: 64 / bytes, price }
}

/**
 * Cycles that copies in or out take for a vector, that the rows and steps of a block take besides:
 * measured.
 */
const [copyCycles, rowCycles, blockCycles] = [6, 40, 2000]

/** Cycles that the passes of one transform take for a vector of points: measured. */
function passCycles(points: number): number {
  let [cycles, rest] = [0, points]
  for (; rest % 4 === 0; rest /= 4) cycles += 2.3
  for (; rest % 2 === 0; rest /= 2) cycles += 2.2
  for (let p = 3; rest > 1; p += 2) for (; rest % p === 0; rest /= p) cycles += (2 * p + 4) / 3.6
  return cycles
}
