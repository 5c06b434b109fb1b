/**
 * How many points does a transform have along each axis, and how many tiles form a block?
 *
 *   axis of outputs   │ outputs │ outputs │ …     n points give n − componentTaps + 1 outputs
 *
 * The other componentTaps − 1 outputs of a tile wrap around and are thrown away. Two real tiles
 * make one complex transform. The kernel is real, too, so they need not be separated afterwards.
 * Long transforms waste fewer outputs, short ones fit in a faster cache; a small price model
 * decides. An axis along which an output reads one sample is not transformed.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import { binaryLogarithm } from '../../ndarray/elementary.ts'
import { elementCount } from '../../ndarray/layout.ts'
import { type Machine, nominalMachine } from '../../program/machine.ts'
import type { TileForm } from '../algorithm.ts'
import type { StridePolyphaseAxis } from './stride-components.ts'

/** One axis of a tiling: the batch first, then the spatial axes. */
export interface TileAxis {
  readonly points: number
  /** The outputs of one tile; 1 if the axis is not transformed. */
  readonly outputs: number
  /** The number of real tiles in one complex transform: 2 on one of the axes. */
  readonly pair: 1 | 2
  /**
   * The transforms of a block, and the blocks, along the axis. blocks · tilesPerBlock · pair tiles
   * are all tiles, or a few more.
   */
  readonly tilesPerBlock: number
  readonly blocks: number
}

export interface Tiling {
  readonly axes: readonly TileAxis[]
  /** True if channels are innermost, not points. */
  readonly channelsLast: boolean
  /** The elements of a cache line. */
  readonly line: number
  /**
   * The predicted cycles without the transform of the kernel. Only for comparisons between tilings.
   */
  readonly price: number
}

/** The smallest number of channels, and of filters, for which vectors run along them. */
const minLaneChannels = 4

/** Transforms of more bytes than this are slower, because their lines are in a slower cache. */
const fastBytes = nominalMachine.l2Bytes / 2

/**
 * The bytes of the samples of a block, or of its results. With channels innermost a block is
 * larger, because each block reads all spectra of the kernel.
 */
const blockBytes = ({ l2Bytes }: Machine, channelsLast: boolean): number =>
  channelsLast ? 2 * l2Bytes : l2Bytes / 8

/** The largest number of points of a transform. */
export const maxPoints: number = 2 ** 22

/**
 * The largest number of points of a transform over several axes: it keeps the memory small,
 * whatever the input. A large kernel has more: twice its extent along each axis. With fewer points
 * a tile would have few outputs.
 */
function maxPointsOf(axes: readonly StridePolyphaseAxis[]): number {
  if (axes.length === 1) return maxPoints
  const kernelPoints = axes.map(({ componentTaps: taps }) => (taps === 1 ? 1 : 2 * taps))
  return Math.max(2 ** 18, Math.min(maxPointsOfLargeKernels, 1.5 * elementCount(kernelPoints)))
}

/** The spectra of a kernel and of a tile have at most 512 MiB each, in float32. */
const maxPointsOfLargeKernels = 2 ** 26

/**
 * Returns the cheapest tiling of a polyphase component, or the one with this form. `axes` are the
 * spatial axes, without the batch. The machine decides the blocks; the number of points depends on
 * the problem alone.
 */
export function tilingOf(
  g: ConvGeometry,
  axes: readonly StridePolyphaseAxis[],
  machine: Machine = nominalMachine,
  form?: TileForm,
): Tiling {
  const channelsLast =
    form?.channelsLast ?? (g.channels >= minLaneChannels && g.filters >= minLaneChannels)
  const strideComponents = axes.reduce((n, axis) => n * axis.strideComponents.length, 1)
  const transforms: Transforms = { g, axes, strideComponents, channelsLast }
  if (form !== undefined) return priceTiling(transforms, machine, form.sizes, form.pairAxis)
  const inner = axes.length - 1
  const lists = axes.map((axis, a) =>
    pointChoices(axis, maxAxisPoints[Math.min(inner, 2)]!, a === inner && !channelsLast, g),
  )
  const best = cheapestChoices(axes, lists)
    .map((points) => ({ points, tiling: priceTiling(transforms, nominalMachine, points) }))
    .reduce((x, y) => (y.tiling.price < x.tiling.price ? y : x))
  return machine === nominalMachine ? best.tiling : priceTiling(transforms, machine, best.points)
}

/** In more than three dimensions, the number of partial tilings that are kept after each axis. */
const maxPartialTilings = 300

/** The number of tilings that are priced. */
const maxPricedTilings = 12

/** The numbers of points along the first axes. `previous`: those along the axes before the last. */
interface Choice {
  readonly previous: Choice | undefined
  readonly points: number
  readonly count: number
  readonly waste: number
  readonly cycles: number
}

const pointsOf = ({ previous, points }: Choice): number[] =>
  previous === undefined ? [] : [...pointsOf(previous), points]

/**
 * Returns the choices whose transforms take the fewest cycles, of those with few enough points. If
 * all have too many points, returns the one with the fewest.
 */
function cheapestChoices(
  axes: readonly StridePolyphaseAxis[],
  lists: readonly (readonly number[])[],
): number[][] {
  const none: Choice = { previous: undefined, points: 1, count: 1, waste: 1, cycles: 0 }
  let choices: Choice[] = [none]
  lists.forEach((list, a) => {
    const { outputs, componentTaps } = axes[a]!
    const next: Choice[] = []
    const wastes = list.map((n) => (Math.ceil(outputs / (n - componentTaps + 1)) * n) / outputs)
    const cycles = list.map((n) => passCycles(n) + 3)
    for (const previous of choices)
      for (let i = 0; i < list.length; i++)
        next.push({
          previous,
          points: list[i]!,
          count: previous.count * list[i]!,
          waste: previous.waste * wastes[i]!,
          cycles: previous.cycles + cycles[i]!,
        })
    choices =
      axes.length > 3
        ? next
            .toSorted((x, y) => x.waste * x.cycles - y.waste * y.cycles)
            .slice(0, maxPartialTilings)
        : next
  })
  const limit = maxPointsOf(axes)
  const fitting = choices.filter(({ count }) => count <= limit)
  if (fitting.length === 0) return [pointsOf(choices.reduce((x, y) => (y.count < x.count ? y : x)))]
  const costs = fitting.map(
    (choice) =>
      choice.waste * choice.cycles * (choice.count > limit / 4 && axes.length > 1 ? 1.5 : 1),
  )
  return smallest(costs, maxPricedTilings).map((index) => pointsOf(fitting[index]!))
}

/** The indices of the `most` smallest numbers, in ascending order; of equal ones the first. */
function smallest(numbers: readonly number[], most: number): number[] {
  const found: number[] = []
  numbers.forEach((number, index) => {
    // Most numbers are larger than all of those.
    if (found.length === most && !(numbers[found[most - 1]!]! > number)) return
    let place = found.length
    while (place > 0 && numbers[found[place - 1]!]! > number) place--
    if (place < most) found.splice(place, 0, index)
    if (found.length > most) found.pop()
  })
  return found
}

/**
 * Returns the numbers of points to try: products of few small primes. Where vectors run along the
 * points, only multiples of 64 bytes: whole squares of vectors.
 */
function pointChoices(
  { componentTaps, outputs }: StridePolyphaseAxis,
  limit: number,
  withVectors: boolean,
  g: ConvGeometry,
): number[] {
  if (componentTaps === 1) return [1]
  const unit = withVectors ? 64 / dtypes[g.dtype].bytes : 1
  const fitting = sizes()
    .map((n) => n * unit)
    .filter((n) => n >= componentTaps)
  // More points than one tile needs for all outputs gain nothing. Nor do many more points than
  // taps.
  const firstWholeTile = fitting.findIndex((n) => n >= outputs + componentTaps - 1)
  const firstTooLong = fitting.findIndex((n) => n > Math.max(limit, 8 * componentTaps))
  return fitting.slice(
    0,
    Math.max(
      1,
      Math.min(
        firstWholeTile < 0 ? Infinity : firstWholeTile + 1,
        firstTooLong < 0 ? Infinity : firstTooLong,
      ),
    ),
  )
}

/**
 * With more points along an axis than this, only long kernels gain: in one, two, and more
 * dimensions.
 */
const maxAxisPoints = [2 ** 14, 2 ** 9, 2 ** 6]

/**
 * 2ᵃ, 3·2ᵃ, 5·2ᵃ, 9·2ᵃ up to `maxPoints`, in ascending order: transforms by radix 4 with one or two
 * odd passes. From one power of 2 to the next they are 8, 9, 10 and 12 eighths of it.
 */
const sizes = (): number[] =>
  Array.from({ length: 23 }, (_, a) => [8, 9, 10, 12].map((eighths) => (eighths * 2 ** a) / 8))
    .flat()
    .filter((n) => n <= maxPoints && Number.isInteger(n))

/** What the tilings of a polyphase component have in common. */
interface Transforms {
  readonly g: ConvGeometry
  readonly axes: readonly StridePolyphaseAxis[]
  readonly strideComponents: number
  readonly channelsLast: boolean
}

function priceTiling(
  transforms: Transforms,
  machine: Machine,
  points: readonly number[],
  pairAxis?: number,
): Tiling {
  const { g, channelsLast } = transforms
  const tileAxes = tileAxesOf(transforms, machine, points, pairAxis)
  const price = priceOf(transforms, points, tileAxes)
  return { axes: tileAxes, channelsLast, line: 64 / dtypes[g.dtype].bytes, price }
}

/** Returns the tiles along each axis, the batch first: how many, and how many in a block. */
function tileAxesOf(
  { g, axes, strideComponents, channelsLast }: Transforms,
  machine: Machine,
  points: readonly number[],
  givenPairAxis?: number,
): TileAxis[] {
  const axisTiles = [
    { points: 1, outputs: 1, tiles: g.batch },
    ...axes.map(({ componentTaps, outputs }, a) => {
      const outputsPerTile = points[a]! - componentTaps + 1
      const tiles = Math.ceil(outputs / outputsPerTile)
      return { points: points[a]!, outputs: outputsPerTile, tiles }
    }),
  ]
  // The pair of tiles lies along the axis where it wastes least; if equal, along the innermost one.
  const waste = axisTiles.map(({ tiles }) => (2 * Math.ceil(tiles / 2)) / tiles)
  const pairAxis = givenPairAxis ?? waste.lastIndexOf(Math.min(...waste))
  const pointBytes =
    2 *
    dtypes[g.dtype].bytes *
    elementCount(points) *
    Math.max(g.channels * strideComponents, g.filters)
  let remaining = Math.max(1, Math.floor(blockBytes(machine, channelsLast) / pointBytes))
  const tileAxes: TileAxis[] = []
  for (let a = axisTiles.length - 1; a >= 0; a--) {
    const { points: n, outputs, tiles } = axisTiles[a]!
    const pair = a === pairAxis ? 2 : 1
    const transforms = Math.ceil(tiles / pair)
    const maxPerBlock = channelsLast || (n === 1 && a > 0) ? remaining : 1
    const tilesPerBlock = Math.ceil(transforms / Math.ceil(transforms / maxPerBlock))
    remaining = Math.max(1, Math.floor(remaining / tilesPerBlock))
    const blocks = Math.ceil(transforms / tilesPerBlock)
    tileAxes.unshift({ points: n, outputs, pair, tilesPerBlock, blocks })
  }
  return tileAxes
}

/** The predicted cycles of all blocks. */
function priceOf(
  { g, strideComponents, channelsLast }: Transforms,
  points: readonly number[],
  tileAxes: readonly TileAxis[],
): number {
  const { bytes } = dtypes[g.dtype]
  const allPoints = elementCount(points)
  const channels = g.channels * strideComponents
  const blocks = tileAxes.reduce((n, axis) => n * axis.blocks, 1)
  const tilesPerBlock = tileAxes.reduce((n, axis) => n * axis.tilesPerBlock, 1)
  const allChannels = channels + g.filters
  const vectors = (allPoints * tilesPerBlock) / (16 / bytes)
  const workingBytes = 2 * bytes * allPoints * (channelsLast ? tilesPerBlock : 1) * allChannels
  // If a block exceeds the cache, every axis but the last one reads slower memory.
  const memoryFactor =
    points.filter((n) => n > 1).length > 1
      ? Math.min(2, Math.max(1, 1 + 0.45 * binaryLogarithm(workingBytes / fastBytes)))
      : 1
  const passes = points.reduce((sum, n) => sum + passCycles(n), 0) * memoryFactor
  const perChannel = passes + copyCycles
  const productsPerPoint = (g.channels / g.groups) * strideComponents * g.filters
  const products = productsPerPoint * (channelsLast ? 2.5 : 4.5)
  const rows =
    (allPoints * tilesPerBlock * allChannels) / (channelsLast ? channels : points.at(-1)!)
  // With channels innermost each block reads all spectra once.
  const spectra = channelsLast ? (3 * bytes * allPoints * productsPerPoint) / 8 : 0
  return (
    blocks *
    (vectors * (allChannels * perChannel + products) + rows * rowCycles + spectra + blockCycles)
  )
}

/**
 * Measured cycles: of a copy in or out, per vector; of a row of a block; of the steps of a block.
 */
const [copyCycles, rowCycles, blockCycles] = [6, 40, 2000]

/** The measured cycles of the passes of one transform, per vector of points. */
function passCycles(points: number): number {
  let [cycles, remaining] = [0, points]
  for (; remaining % 4 === 0; remaining /= 4) cycles += 2.3
  for (; remaining % 2 === 0; remaining /= 2) cycles += 2.2
  for (let p = 3; remaining > 1; p += 2)
    for (; remaining % p === 0; remaining /= p) cycles += (2 * p + 4) / 3.6
  return cycles
}
