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

import type { Fft } from '../../program/steps.ts'
import { axisName, loop } from '../builder.ts'
import type { Tiling } from './tiling.ts'

export interface BlockLayout {
  readonly length: number
  readonly part: number
  readonly channel: number
  /**
   * Strides from point to point, and from tile to tile, along each axis. 0 if there is only one.
   */
  readonly points: readonly number[]
  readonly tiles: readonly number[]
}

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
    return {
      length,
      part: channels,
      channel: 1,
      points: strides.slice(0, rank),
      tiles: strides.slice(rank, 2 * rank),
    }
  }
  const shape = [
    2,
    channels,
    ...axes.map(({ points, tilesPerBlock }) => (points === 1 ? tilesPerBlock : points)),
  ]
  const { strides, length } = paddedStrides(shape, 1, line)
  const [part, channel, ...axisStrides] = strides as [number, number, ...number[]]
  return {
    ...{ length, part, channel },
    points: axisStrides.map((stride, a) => (axes[a]!.points === 1 ? 0 : stride)),
    tiles: axisStrides.map((stride, a) => (axes[a]!.points === 1 ? stride : 0)),
  }
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
export const nameOf = (prefix: string, a: number, rank: number): string => {
  if (a === 0) return prefix === 'y' ? 'n' : `${prefix}n`
  return axisName(prefix, a - 1, rank - 1)
}

/** A range of points along an axis. */
export type Range = readonly [start: number, end: number]

/** Axes that are transformed, the outermost first. */
export const transformedAxes = ({ axes }: Tiling): number[] =>
  axes.flatMap(({ points }, a) => (points > 1 ? [a] : []))

/** The points of a block in a worker's memory. */
export interface Block {
  readonly buffer: string
  readonly layout: BlockLayout
  readonly channels: number
}

/**
 * Returns the step that transforms the lines of a block along axis `a`. `ranges` selects the lines
 * along the other axes.
 */
export function transform(
  tiling: Tiling,
  { buffer, layout, channels }: Block,
  direction: Fft['direction'],
  a: number,
  ranges: readonly Range[],
  gridRank: number = tiling.axes.length,
): Fft {
  const rank = tiling.axes.length
  const others = transformedAxes(tiling).filter((b) => b !== a)
  const loops = [
    ...tiling.axes.map(({ tilesPerBlock }, b) => loop(nameOf('tile ', b, rank), tilesPerBlock)),
    ...others.map((b) => loop(nameOf('p', b, rank), ranges[b]![1] - ranges[b]![0])),
    loop('c', channels),
  ]
  const strides = [
    ...new Array<number>(gridRank).fill(0),
    ...layout.tiles,
    ...others.map((b) => layout.points[b]!),
    layout.channel,
    layout.points[a]!,
  ]
  const offset = others.reduce((at, b) => at + ranges[b]![0] * layout.points[b]!, 0)
  return {
    ...{ kind: 'fft', loops, points: tiling.axes[a]!.points, direction },
    re: { buffer, offset, strides },
    im: { buffer, offset: offset + layout.part, strides },
  }
}
