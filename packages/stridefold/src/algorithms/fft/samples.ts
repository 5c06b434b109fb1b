/**
 * Copies the samples under a block into the memory of a worker, and its outputs out of it.
 *
 * A border needs no padded copy. Along each axis the padded range is cut into segments. A segment
 * reads the input with one step (+1 inside, 0 or −1 in a border) or holds a constant. One Move for
 * each combination of segments writes the points of all tiles that lie in them, and no others.
 */

import { type Boundary, fillValue, isConstant, sourceIndex } from '../../geometry/boundary.ts'
import type { ConvGeometry } from '../../geometry/geometry.ts'
import type { BoundsCheck, Loop, Move } from '../../program/steps.ts'
import { maxCoordinate } from '../axis-copy.ts'
import { cartesianProduct } from '../borders.ts'
import { type BufferView, loop } from '../builder.ts'
import { leavesInput } from '../non-finite.ts'
import type { PolyphaseComponent } from '../polyphase.ts'
import { type BlockLayout, nameOf } from './block.ts'
import {
  type StrideComponent,
  type StridePolyphaseAxis,
  strideComponentCount,
} from './stride-components.ts'
import type { TileAxis, Tiling } from './tiling.ts'

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
 * One coordinate of the points of a block, as a linear form over [block, part of the pair, tile,
 * point]: offset + Σ stride·index.
 */
interface Coordinate {
  readonly offset: number
  readonly block: number
  readonly pair: number
  readonly tile: number
  readonly point: number
}

/**
 * The coordinate of the first output of a tile. With the stride of the axis: of its first sample.
 */
function coordinateOf(
  { outputs, pair, tilesPerBlock }: TileAxis,
  stride: number,
  offset: number,
): Coordinate {
  const tile = pair * outputs * stride
  return {
    offset,
    block: tilesPerBlock * tile,
    pair: pair === 2 ? outputs * stride : 0,
    tile,
    point: stride,
  }
}

/** The first coordinate of all points of all blocks, and one behind the last. */
function rangeOf(
  { blocks, tilesPerBlock, points, pair }: TileAxis,
  c: Coordinate,
): readonly [number, number] {
  const last =
    c.offset +
    (blocks - 1) * c.block +
    (pair - 1) * c.pair +
    (tilesPerBlock - 1) * c.tile +
    (points - 1) * c.point
  return [c.offset, last + 1]
}

export const gridOf = ({ axes }: Tiling): Loop[] =>
  axes.map(({ blocks }, a) => loop(nameOf('block ', a, axes.length), blocks))

/** The loops over the tiles of every axis, then over its points. */
const loopsOf = ({ axes }: Tiling, extents: readonly number[]): Loop[] => [
  ...axes.map(({ tilesPerBlock }, a) => loop(nameOf('tile ', a, axes.length), tilesPerBlock)),
  ...axes.map((_, a) => loop(nameOf('y', a, axes.length), extents[a]!)),
]

/**
 * Strides over [grid, tiles, points, channels] of an address that depends on the coordinate of one
 * axis.
 */
function coordinateStrides(tiling: Tiling, a: number, c: Coordinate, factor: number): number[] {
  const at = (step: number): number[] => tiling.axes.map((_, b) => (a === b ? step * factor : 0))
  return [...at(c.block), ...at(c.tile), ...at(c.point), 0]
}

const addVectors = (x: readonly number[], y: readonly number[]): number[] =>
  x.map((value, i) => value + y[i]!)

/** The batch as an axis like the others. */
const batchAxis = (g: ConvGeometry): StridePolyphaseAxis => ({
  ...{ stride: 1, before: 0, input: g.batch, outputs: g.batch, componentTaps: 1 },
  strideComponents: [{ strideComponent: 0, first: 0, step: 1, count: 1, at: 0, spacing: 1 }],
})

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

/** The reason why the samples of tiles cannot be copied. Undefined if they can. */
export function unsupportedSamples(
  g: ConvGeometry,
  strideAxes: readonly StridePolyphaseAxis[],
  tiling: Tiling,
): string | undefined {
  const axes = [batchAxis(g), ...strideAxes]
  const pieces = cartesianProduct(axes.map((axis) => axis.strideComponents)).map(
    (strideComponents) => segmentsFor(g, axes, strideComponents, tiling),
  )
  const distance = Math.max(...pieces.flatMap(({ ranges }) => ranges.flat().map(Math.abs)))
  if (distance >= maxCoordinate)
    return `its tiles reach ${distance} samples from the first one of the input`
  const moves =
    2 *
    pieces.reduce((sum, { segments }) => sum + segments.reduce((n, list) => n * list.length, 1), 0)
  if (moves <= maxMoves) return undefined
  return (
    'its border repeats the input so often that a tile would consist of more than ' +
    `${maxMoves} pieces`
  )
}

/** The coordinates of one stride component along each axis, and the segments that contain them. */
function segmentsFor(
  g: ConvGeometry,
  axes: readonly StridePolyphaseAxis[],
  strideComponents: readonly StrideComponent[],
  tiling: Tiling,
): {
  coordinates: Coordinate[]
  ranges: (readonly [number, number])[]
  segments: Segment[][]
  outside: number | 'skip'
} {
  // Samples behind the last output belong to no window, so they may have any finite value.
  const boundaries = [
    'zero',
    ...g.boundary.map((border, a) => (leavesInput(g.axes[a]!) ? border : 'zero')),
  ] as const
  const coordinates = axes.map((axis, a) =>
    coordinateOf(tiling.axes[a]!, axis.stride, strideComponents[a]!.strideComponent - axis.before),
  )
  const ranges = coordinates.map((c, a) => rangeOf(tiling.axes[a]!, c))
  const leaves = ranges.map(([first, end], a) => first < 0 || end > axes[a]!.input)
  const fills = boundaries
    .filter((_, a) => leaves[a])
    .map((b) => (isConstant(b) ? fillValue(b) : undefined))
  const hasSingleFill = fills.every((fill) => fill !== undefined && Object.is(fill, fills[0]))
  const wholeInput = (a: number): Segment => ({
    start: 0,
    length: axes[a]!.input,
    source: 0,
    step: 1,
    fill: undefined,
  })
  const segments = axes.map((axis, a) =>
    hasSingleFill ? [wholeInput(a)] : segmentsOf(ranges[a]!, axis.input, boundaries[a]!),
  )
  return { coordinates, ranges, segments, outside: hasSingleFill ? (fills[0] ?? 0) : 'skip' }
}

/**
 * Returns the Moves that fill a block with samples: both parts, every stride component, border
 * included.
 */
export function gatherTiles(
  g: ConvGeometry,
  input: BufferView,
  strideAxes: readonly StridePolyphaseAxis[],
  tiling: Tiling,
  layout: BlockLayout,
  buffer: string,
): Move[] {
  const inputSteps = [input.outer, ...input.axes]
  const axes = [batchAxis(g), ...strideAxes]
  const extents = tiling.axes.map((axis) => axis.points)
  const loops = [...loopsOf(tiling, extents), loop('c', g.channels)]
  const grid = tiling.axes.map(() => 0)
  const moves: Move[] = []
  cartesianProduct(axes.map((axis) => axis.strideComponents)).forEach((strideComponents, r) => {
    const { coordinates, ranges, segments, outside } = segmentsFor(
      g,
      axes,
      strideComponents,
      tiling,
    )
    const choices = cartesianProduct(segments)
    for (const part of [0, 1]) {
      for (const choice of choices) {
        const starts = coordinates.map((c) => c.offset + part * c.pair)
        const bounds = choice.flatMap(({ start, length }, a): BoundsCheck[] => {
          const [first, end] = ranges[a]!
          if (first >= start && end <= start + length) return []
          return [
            {
              extent: length,
              offset: starts[a]! - start,
              strides: coordinateStrides(tiling, a, coordinates[a]!, 1),
            },
          ]
        })
        const from = choice.some((segment) => segment.fill !== undefined)
          ? choice.find((segment) => segment.fill !== undefined)!.fill!
          : {
              buffer: input.buffer,
              offset: choice.reduce(
                (at, { start, source, step }, a) =>
                  at + (source + step * (starts[a]! - start)) * inputSteps[a]!,
                input.offset,
              ),
              strides: choice
                .map(({ step }, a) =>
                  coordinateStrides(tiling, a, coordinates[a]!, step * inputSteps[a]!),
                )
                .reduce(addVectors)
                .with(-1, input.channel),
            }
        moves.push({
          kind: 'move',
          loops,
          to: {
            buffer,
            offset: part * layout.part + r * g.channels * layout.channel,
            strides: [...grid, ...layout.tiles, ...layout.points, layout.channel],
          },
          from,
          bounds,
          outside,
        })
      }
    }
  })
  return moves
}

/**
 * Returns the segments of an axis. There are few, unless an array is padded by its own extent many
 * times. Stops after `maxMoves` segments.
 */
function segmentsOf(
  [first, end]: readonly [number, number],
  extent: number,
  boundary: Boundary,
): Segment[] {
  const segments: Segment[] = []
  const reverses = boundary === 'symmetric' || boundary === 'reflect'
  const period = Math.max(1, boundary === 'reflect' ? 2 * (extent - 1) : 2 * extent)
  const isConstantOrEdge = isConstant(boundary) || boundary === 'edge' || extent < 2
  for (let at = first; at < end && segments.length <= maxMoves; ) {
    const source = sourceIndex(at, extent, boundary)
    const isInside = at >= 0 && at < extent
    const isDown = reverses && ((at % period) + period) % period >= extent
    // Up to here the segment continues: on one side of the input to its end; else to the point
    // where the border reverses or repeats.
    const remaining =
      isConstantOrEdge && !isInside
        ? at < 0
          ? -at
          : Infinity
        : isDown
          ? source + (boundary === 'reflect' ? 0 : 1)
          : extent - source
    const length = Math.min(remaining, end - at)
    const step = length === 1 || (isConstantOrEdge && !isInside) ? 0 : isDown ? -1 : 1
    segments.push({
      start: at,
      length,
      source,
      step,
      fill: source < 0 ? fillValue(boundary) : undefined,
    })
    at += length
  }
  return segments
}

/**
 * Returns the Moves that copy the outputs of a block to the target, without those behind the last
 * output.
 */
export function scatterTiles(
  g: ConvGeometry,
  output: BufferView,
  component: PolyphaseComponent,
  strideAxes: readonly StridePolyphaseAxis[],
  tiling: Tiling,
  layout: BlockLayout,
  buffer: string,
): Move[] {
  const steps = [output.outer, ...output.axes]
  const targets = [{ outputs: g.batch, outputStart: 0, outputStep: 1 }, ...component]
  const loops = [
    ...loopsOf(
      tiling,
      tiling.axes.map((axis) => axis.outputs),
    ),
    loop('f', g.filters),
  ]
  const componentTaps = [1, ...strideAxes.map((axis) => axis.componentTaps)]
  return [0, 1].map((part): Move => {
    const coordinates = tiling.axes.map((axis) => coordinateOf(axis, 1, 0))
    const bounds = coordinates.flatMap((c, a): BoundsCheck[] => {
      const { outputs } = targets[a]!
      const { blocks, tilesPerBlock, pair, outputs: kept } = tiling.axes[a]!
      if (blocks * tilesPerBlock * pair * kept <= outputs) return []
      return [
        { extent: outputs, offset: part * c.pair, strides: coordinateStrides(tiling, a, c, 1) },
      ]
    })
    return {
      kind: 'move',
      loops,
      to: {
        buffer: output.buffer,
        offset: coordinates.reduce(
          (at, c, a) =>
            at + (targets[a]!.outputStart + part * c.pair * targets[a]!.outputStep) * steps[a]!,
          output.offset,
        ),
        strides: coordinates
          .map((c, a) => coordinateStrides(tiling, a, c, targets[a]!.outputStep * steps[a]!))
          .reduce(addVectors)
          .with(-1, output.channel),
      },
      from: {
        buffer,
        offset:
          part * layout.part +
          componentTaps.reduce((at, taps, a) => at + (taps - 1) * layout.points[a]!, 0),
        strides: [...tiling.axes.map(() => 0), ...layout.tiles, ...layout.points, layout.channel],
      },
      bounds,
      outside: 'skip',
    }
  })
}
