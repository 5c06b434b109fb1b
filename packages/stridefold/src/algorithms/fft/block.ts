/**
 * How do the points of a block lie in the memory of a worker, and how are they transformed?
 *
 *   points innermost     [part][channel][y…][x]                vectors along rows of points
 *   channels innermost   [y…][x][tile…][part][channel]         vectors along channels
 *
 * Points are innermost for few channels. Channels are innermost for layers: there the product at
 * one point is a matrix product. Parts 0 and 1 are real and imaginary. An axis that is not
 * transformed has its tiles where others have their points.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import { at, type BufferView, type Index, loop, plus, times } from '../../program/elements.ts'
import { nominalMachine } from '../../program/machine.ts'
import type { Fft, Loop } from '../../program/steps.ts'
import { fourier, type Written } from '../../program/write-steps.ts'
import type { Lowering } from '../algorithm.ts'
import { axisName } from '../builder.ts'
import { tileForm } from '../cuts.ts'
import { type PolyphaseComponent, singleComponents } from '../polyphase.ts'
import { type StridePolyphaseAxis, stridePolyphaseAxis } from './stride-components.ts'
import { type Tiling, tilingOf } from './tiling.ts'

/** A polyphase component in tiles, and its loops. */
export interface TiledComponent {
  readonly component: PolyphaseComponent
  /** The spatial axes. */
  readonly strideAxes: readonly StridePolyphaseAxis[]
  readonly tiling: Tiling
  /** Loops over the blocks, and over the tiles of a block: one per axis, the batch first. */
  readonly blocks: readonly Loop[]
  readonly tiles: readonly Loop[]
}

/** Returns the components of a geometry, each with the cheapest tiling, or with the given one. */
export function tiledComponents(
  g: ConvGeometry,
  { tiles: forms, machine = nominalMachine }: Lowering = {},
): TiledComponent[] {
  return singleComponents(g).map((component) => {
    const strideAxes = component.map(stridePolyphaseAxis)
    const tiling = tilingOf(g, strideAxes, machine, tileForm(forms, component))
    const blocks = tileLoops(
      'block ',
      tiling.axes.map((axis) => axis.blocks),
    )
    const tiles = tileLoops(
      'tile ',
      tiling.axes.map((axis) => axis.tilesPerBlock),
    )
    return { component, strideAxes, tiling, blocks, tiles }
  })
}

/** Strides over [part, channel, ...points, ...tiles]. 0 if there is only one point, or one tile. */
export interface BlockLayout {
  readonly length: number
  readonly strides: readonly number[]
}

/** The points of a block in a worker's memory, as [part, channel, ...points, ...tiles]. */
export const blockView = (buffer: string, { strides }: BlockLayout): BufferView => ({
  buffer,
  offset: 0,
  strides,
})

/** The layout of a block with `channels` channels for each point of each tile. */
export function layoutOf({ axes, channelsLast, line }: Tiling, channels: number): BlockLayout {
  const rank = axes.length
  if (channelsLast) {
    const inner = [...axes.map((axis) => axis.tilesPerBlock), 2, channels]
    const { strides, length } = paddedStrides(
      [...axes.map((axis) => axis.points), ...inner],
      inner.length,
      line,
    )
    return { length, strides: [channels, 1, ...strides.slice(0, 2 * rank)] }
  }
  const shape = [
    2,
    channels,
    ...axes.map(({ points, tilesPerBlock }) => (points === 1 ? tilesPerBlock : points)),
  ]
  const { strides, length } = paddedStrides(shape, 1, line)
  const [part, channel, ...axisStrides] = strides as [number, number, ...number[]]
  const points = axisStrides.map((stride, a) => (axes[a]!.points === 1 ? 0 : stride))
  const tiles = axisStrides.map((stride, a) => (axes[a]!.points === 1 ? stride : 0))
  return { length, strides: [part, channel, ...points, ...tiles] }
}

/**
 * Row-major strides with gaps behind the rows of all axes except the `inner` last ones. A gap makes
 * the stride an odd number of cache lines. An even number would map many rows to the same few cache
 * sets.
 */
function paddedStrides(
  shape: readonly number[],
  inner: number,
  line: number,
): { strides: number[]; length: number } {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let a = shape.length - 1; a >= 0; a--) {
    if (a < shape.length - inner && step >= line && step % (2 * line) === 0) step += line
    strides[a] = step
    step *= shape[a]!
  }
  return { strides, length: step }
}

/**
 * Names of the loops over axes: n for the batch, then z, y, x. A prefix other than 'y' comes before
 * the name.
 */
const nameOf = (prefix: string, a: number, rank: number): string => {
  if (a === 0) return prefix === 'y' ? 'n' : `${prefix}n`
  return axisName(prefix, a - 1, rank - 1)
}

/** One loop for each axis, the batch first. */
export const tileLoops = (prefix: string, extents: readonly number[]): Loop[] =>
  extents.map((extent, a) => loop(nameOf(prefix, a, extents.length), extent))

/** Points along one axis of which each item of the grid has `size`. `first` is its first point. */
export interface Cut {
  readonly axis: number
  readonly item: Loop
  readonly size: number
  readonly first: number
}

/** Loops over points, and the place of each among the points of its axis. */
export interface Points {
  readonly loops: readonly Loop[]
  readonly indices: readonly Index[]
}

/** All points, as many along each axis as `extents` say. With a cut: those of an item. */
export function pointsOf(prefix: string, extents: readonly number[], cut?: Cut): Points {
  const loops = tileLoops(
    prefix,
    extents.map((extent, a) => (a === cut?.axis ? cut.size : extent)),
  )
  const indices = loops.map((each, a) =>
    a === cut?.axis ? plus(cut.first, times(cut.size, cut.item), each) : each,
  )
  return { loops, indices }
}

/** A range of points along an axis. */
export type Range = readonly [start: number, end: number]

/** Axes that are transformed, the outermost first. */
export const transformedAxes = ({ axes }: Tiling): number[] =>
  axes.flatMap(({ points }, a) => (points > 1 ? [a] : []))

/**
 * Returns the step that transforms the lines of a block along one axis. `ranges` selects the lines
 * along the other axes.
 */
export function transform(
  block: BufferView,
  { tiling, tiles }: Pick<TiledComponent, 'tiling' | 'tiles'>,
  direction: Fft['direction'],
  axis: number,
  ranges: readonly Range[],
  channels: number,
  cut?: Cut,
): Written<Fft> {
  const c = loop('c', channels)
  const transformed = transformedAxes(tiling)
  const { loops: along, indices } = pointsOf(
    'p',
    tiling.axes.map(({ points }, a) => (a === axis ? points : ranges[a]![1] - ranges[a]![0])),
    cut,
  )
  const others = along.filter((_, a) => a !== axis && transformed.includes(a))
  const points = along.map((point, a): Index => {
    if (a === axis) return point
    if (!transformed.includes(a)) return 0
    return a === cut?.axis ? indices[a]! : plus(ranges[a]![0], point)
  })
  return fourier(
    { over: [...tiles, ...others, c], points: along[axis]! },
    {
      re: at(block, 0, c, ...points, ...tiles),
      im: at(block, 1, c, ...points, ...tiles),
      direction,
    },
  )
}
