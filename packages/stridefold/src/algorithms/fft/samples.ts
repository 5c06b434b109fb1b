/**
 * Copies the samples under a block into the memory of a worker, and its outputs out of it.
 *
 * A border needs no padded copy. Along each axis the padded range is cut into segments. One Move
 * for each combination of segments writes the points of all tiles that lie in them, and no others.
 */

import { borderSegments } from '../../geometry/border-segments.ts'
import { type Boundary, fillValue, isConstant } from '../../geometry/boundary.ts'
import { type ConvGeometry, leavesInput } from '../../geometry/geometry.ts'
import { cartesianProduct } from '../../ndarray/cartesian-product.ts'
import {
  at,
  type BufferView,
  type Index,
  type LinearIndex,
  loop,
  plus,
  rangeOf,
  times,
} from '../../program/elements.ts'
import type { Move } from '../../program/steps.ts'
import { move, type Written } from '../../program/write-steps.ts'
import type { ProgramBuilder } from '../builder.ts'
import type { ComponentContext } from '../context.ts'
import { maxCoordinate } from '../pieces.ts'
import type { PolyphaseComponent } from '../polyphase.ts'
import { type Cut, pointsOf, type TiledComponent, tileLoops } from './block.ts'
import { type StridePolyphaseAxis, strideComponentCount } from './stride-components.ts'
import { maxPoints } from './tiling.ts'

/**
 * The largest number of Moves for one block. With more, its border takes longer than its
 * transforms.
 */
const maxMoves = 200

/**
 * The reason why these strides are not supported: a tile would need too many Moves. Undefined if
 * they are.
 */
export function unsupportedStrides(all: readonly PolyphaseComponent[]): string | undefined {
  const pieces = Math.max(
    ...all.map((component) => 2 * component.reduce((n, axis) => n * strideComponentCount(axis), 1)),
  )
  return pieces > maxMoves ? `its strides would split every tile into ${pieces} pieces` : undefined
}

/** The reason why the samples of these tiles cannot be copied. Undefined if they can. */
export function unsupportedSamples(
  g: ConvGeometry,
  all: readonly TiledComponent[],
): string | undefined {
  for (const tiled of all) {
    const pieces = samplePieces(g, tiled)
    const distance = Math.max(...pieces.flatMap(({ ranges }) => ranges.flat().map(Math.abs)))
    if (distance >= maxCoordinate)
      return `its tiles reach ${distance} samples from the first one of the input`
    const choices = pieces.map(({ segments }) => segments.reduce((n, list) => n * list.length, 1))
    const moves = 2 * choices.reduce((sum, n) => sum + n, 0)
    if (moves > maxMoves)
      return (
        'its border repeats the input so often that a tile would consist of more than ' +
        `${maxMoves} pieces`
      )
  }
  return undefined
}

/**
 * True if the samples of tiles can be copied, however large the tiles are: only zeros surround the
 * input, and every tile ends near the last output.
 */
export const canCopyAnyTiles = (
  g: ConvGeometry,
  all: readonly (readonly StridePolyphaseAxis[])[],
): boolean =>
  g.axes.every((axis, a) => !leavesInput(axis) || Object.is(fillOf(g.boundary[a]!), 0)) &&
  all.every((axes) =>
    axes.every(
      ({ before, stride, outputs }) =>
        Math.abs(before) + stride * (2 * outputs + 8 * maxPoints) < maxCoordinate,
    ),
  )

/** The constant of a border. Undefined if the border repeats samples. */
const fillOf = (border: Boundary): number | undefined =>
  isConstant(border) ? fillValue(border) : undefined

/** The batch as an axis like the others. */
const batchAxis = (g: ConvGeometry): StridePolyphaseAxis => ({
  ...{ stride: 1, before: 0, input: g.batch, outputs: g.batch, componentTaps: 1 },
  strideComponents: [{ strideComponent: 0, first: 0, step: 1, count: 1, at: 0, spacing: 1 }],
})

/** The first output of a tile along an axis. `part`: 0 or 1, the tile of a pair. */
function tileStart({ tiling, blocks, tiles }: TiledComponent, a: number, part: Index): LinearIndex {
  const { outputs, pair, tilesPerBlock } = tiling.axes[a]!
  const tile = plus(times(tilesPerBlock, blocks[a]!), tiles[a]!)
  return times(outputs, plus(times(pair, tile), pair === 2 ? part : 0))
}

/**
 * The coordinates [start, start + length) of an axis. They read source, source + step, …, or hold a
 * constant.
 */
interface Segment {
  readonly start: number
  readonly length: number
  readonly source: number
  readonly step: number
  readonly fill: number | undefined
}

/**
 * Returns the segments of an axis. There are few, unless an array is padded by its own extent many
 * times. Stops at more than `maxMoves` segments.
 */
function segmentsOf(
  [first, end]: readonly [number, number],
  extent: number,
  boundary: Boundary,
): Segment[] {
  const segments: Segment[] = []
  const coordinates = { first, count: end - first }
  for (const { start, count, source, step } of borderSegments({ extent, boundary }, coordinates)) {
    const fill = source < 0 ? fillValue(boundary) : undefined
    segments.push({ start: first + start, length: count, source, step, fill })
    if (segments.length > maxMoves) break
  }
  return segments
}

/** The samples of one stride component along each axis. */
interface SamplePieces {
  /** The coordinates of both parts: the first one, and one behind the last. */
  readonly ranges: readonly (readonly [start: number, end: number])[]
  /** The segments that contain them. */
  readonly segments: readonly (readonly Segment[])[]
  readonly outside: number | 'skip'
  /** The coordinate of a sample along each axis. */
  coordinates(part: 0 | 1): LinearIndex[]
}

/** Returns the samples of every combination of stride components. */
function samplePieces(
  g: ConvGeometry,
  tiled: TiledComponent,
  points: readonly Index[] = tileLoops(
    'y',
    tiled.tiling.axes.map((axis) => axis.points),
  ),
): SamplePieces[] {
  const axes = [batchAxis(g), ...tiled.strideAxes]
  const starts = (part: Index): LinearIndex[] =>
    axes.map(({ stride }, a) => times(stride, plus(tileStart(tiled, a, part), points[a]!)))
  const bothParts = starts(loop('part', 2)).map(rangeOf)
  const parts = [starts(0), starts(1)]
  return cartesianProduct(axes.map((axis) => axis.strideComponents)).map((combination) => {
    const first = combination.map(({ strideComponent }, a) => strideComponent - axes[a]!.before)
    const ranges = bothParts.map(
      ([lowest, highest], a) => [first[a]! + lowest, first[a]! + highest + 1] as const,
    )
    return {
      ranges,
      ...segmentsOfAxes(g, axes, ranges),
      coordinates: (part) => parts[part]!.map((index, a) => plus(first[a]!, index)),
    }
  })
}

/**
 * Cuts the range of each axis. If one constant surrounds the input, the whole input is the only
 * segment, and the constant lies outside it.
 */
function segmentsOfAxes(
  g: ConvGeometry,
  axes: readonly StridePolyphaseAxis[],
  ranges: SamplePieces['ranges'],
): Pick<SamplePieces, 'segments' | 'outside'> {
  // Samples behind the last output belong to no window, so they may have any finite value.
  const boundaries = [
    'zero',
    ...g.boundary.map((border, a) => (leavesInput(g.axes[a]!) ? border : 'zero')),
  ] as const
  const fills = boundaries
    .filter((_, a) => ranges[a]![0] < 0 || ranges[a]![1] > axes[a]!.input)
    .map(fillOf)
  if (fills.every((fill) => fill !== undefined && Object.is(fill, fills[0])))
    return {
      segments: axes.map(({ input }) => [
        { start: 0, length: input, source: 0, step: 1, fill: undefined },
      ]),
      outside: fills[0] ?? 0,
    }
  return {
    segments: axes.map(({ input }, a) => segmentsOf(ranges[a]!, input, boundaries[a]!)),
    outside: 'skip',
  }
}

/**
 * Returns the Moves that fill a block with samples: both parts, every stride component, border
 * included.
 */
export function gatherTiles(
  { g, input }: ProgramBuilder,
  tiled: TiledComponent,
  block: BufferView,
  cut?: Cut,
): Written<Move>[] {
  const { tiling, tiles } = tiled
  const { loops: points, indices } = pointsOf(
    'y',
    tiling.axes.map((axis) => axis.points),
    cut,
  )
  const c = loop('c', g.channels)
  return samplePieces(g, tiled, indices).flatMap(
    ({ ranges, segments, outside, coordinates }, r) => {
      const choices = cartesianProduct(segments)
      return ([0, 1] as const).flatMap((part) => {
        const to = at(block, part, plus(r * c.extent, c), ...indices, ...tiles)
        // Coordinates in the segments of a choice.
        const inSegments = (choice: readonly Segment[]): LinearIndex[] =>
          coordinates(part).map((coordinate, a) => plus(-choice[a]!.start, coordinate))
        return choices.map((choice) => {
          const positions = inSegments(choice)
          const bounds = choice.flatMap(({ start, length }, a) => {
            const [first, end] = ranges[a]!
            const isInside = first >= start && end <= start + length
            return isInside ? [] : [{ index: positions[a]!, extent: length }]
          })
          const [n, ...samples] = choice.map(({ source, step }, a) =>
            plus(source, times(step, positions[a]!)),
          )
          const fill = choice.find((segment) => segment.fill !== undefined)?.fill
          const from = fill ?? at(input, n!, c, ...samples)
          return move({ over: [...tiles, ...points, c] }, { to, from, bounds, outside })
        })
      })
    },
  )
}

/**
 * Returns the Moves that copy the outputs of a block to the target, without those behind the last
 * output.
 */
export function scatterTiles(
  context: ComponentContext,
  tiled: TiledComponent,
  block: BufferView,
  cut?: Cut,
): Written<Move>[] {
  const { strideAxes, tiling, tiles } = tiled
  const { builder, component, target } = context
  const { loops, indices: y } = pointsOf(
    'y',
    tiling.axes.map((axis) => axis.outputs),
    cut && { ...cut, first: 0 },
  )
  const f = loop('f', builder.g.filters)
  const extents = [builder.g.batch, ...component.map((axis) => axis.outputs)]
  // The first outputs of a tile wrap around.
  const kept = [1, ...strideAxes.map((axis) => axis.componentTaps)].map((taps, a) =>
    plus(taps - 1, y[a]!),
  )
  return [0, 1].map((part) => {
    const q = y.map((output, a) => plus(tileStart(tiled, a, part), output))
    const [n, ...outputs] = q
    const bounds = q.flatMap((index, a) => {
      const { blocks, tilesPerBlock, pair, outputs } = tiling.axes[a]!
      const extent = extents[a]!
      return blocks * tilesPerBlock * pair * outputs <= extent ? [] : [{ index, extent }]
    })
    return move(
      { over: [...tiles, ...loops, f] },
      {
        to: at(target, n!, f, ...context.outputs(outputs)),
        from: at(block, part, f, ...kept, ...tiles),
        bounds,
      },
    )
  })
}
