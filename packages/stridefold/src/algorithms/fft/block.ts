/**
 * How the points of a block lie in a worker's memory, and the transforms over them.
 *
 *   points innermost     [part][channel][y…][x]                for few channels: vectors lie along rows of points
 *   channels innermost   [y…][x][tile…][part][channel]         for layers: vectors lie along channels, a product at one point is a matrix product
 *
 * part 0, 1: real, imaginary. Along an axis that is not transformed lie its tiles where others have their points.
 */

import { elementCount, rowMajorStrides } from '../../ndarray/layout.ts'
import type { Fft } from '../../program/steps.ts'
import { axisName, loop } from '../builder.ts'
import type { Tiling } from './tiling.ts'

export interface BlockLayout {
  readonly length: number
  readonly part: number
  readonly channel: number
  /** Strides from point to point, and from tile to tile, along each axis; 0 where there is but one. */
  readonly points: readonly number[]
  readonly tiles: readonly number[]
}

/** Points and tiles of each axis, with `channels` channels at each. */
export function layoutOf({ axes, channelsLast }: Tiling, channels: number): BlockLayout {
  const rank = axes.length
  if (channelsLast) {
    const shape = [...axes.map((axis) => axis.points), ...axes.map((axis) => axis.together), 2, channels]
    const strides = rowMajorStrides(shape)
    return { length: elementCount(shape), part: channels, channel: 1, points: strides.slice(0, rank), tiles: strides.slice(rank, 2 * rank) }
  }
  const shape = [2, channels, ...axes.map(({ points, together }) => (points === 1 ? together : points))]
  const [part, channel, ...inside] = rowMajorStrides(shape) as [number, number, ...number[]]
  return {
    ...{ length: elementCount(shape), part, channel },
    points: inside.map((stride, a) => (axes[a]!.points === 1 ? 0 : stride)),
    tiles: inside.map((stride, a) => (axes[a]!.points === 1 ? stride : 0)),
  }
}

/**
 * Transforms along every axis, forwards from the last axis to the first, backwards from the first to the last: of those only the lines that
 * hold outputs, from point `first` of an axis on that is already done.
 */
export function transforms(
  { axes }: Tiling,
  layout: BlockLayout,
  block: {
    readonly buffer: string
    readonly channels: number
    readonly gridRank: number
    readonly direction: Fft['direction']
    readonly first: readonly number[]
  },
): Fft[] {
  const rank = axes.length
  const { buffer, channels, gridRank, direction, first } = block
  const order = axes.flatMap(({ points }, a) => (points > 1 ? [a] : []))
  if (direction === 'forward') order.reverse()
  return order.map((a, turn): Fft => {
    const done = direction === 'inverse' ? order.slice(0, turn) : []
    const starts = axes.map((_, b) => (done.includes(b) ? first[b]! : 0))
    const others = axes.flatMap(({ points }, b) => (b === a || points === 1 ? [] : [b]))
    const loops = [
      ...axes.map(({ together }, b) => loop(axisName('tile ', b, rank), together)),
      ...others.map((b) => loop(axisName('y', b, rank), axes[b]!.points - starts[b]!)),
      loop('c', channels),
    ]
    const strides = [
      ...new Array<number>(gridRank).fill(0),
      ...layout.tiles,
      ...others.map((b) => layout.points[b]!),
      layout.channel,
      layout.points[a]!,
    ]
    const offset = starts.reduce((at, start, b) => at + start * layout.points[b]!, 0)
    return {
      ...{ kind: 'fft', loops, points: axes[a]!.points, direction },
      re: { buffer, offset, strides },
      im: { buffer, offset: offset + layout.part, strides },
    }
  })
}
