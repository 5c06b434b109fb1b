/**
 * The samples under a block into a worker's memory, and its outputs out of it.
 *
 * A border needs no padded copy: along each axis the padded range is cut into segments that walk
 * the input with one step (+1 inside, 0 or −1 in a border) or hold a constant, and one Move for
 * each combination of segments writes the points of any tile that lie in them, no others.
 */

import { type Boundary, fillValue, isConstant, sourceIndex } from '../../geometry/boundary.ts'
import type { ConvGeometry } from '../../geometry/geometry.ts'
import type { BoundsCheck, Loop, Move } from '../../program/steps.ts'
import { farthest } from '../axis-copy.ts'
import { cartesianProduct } from '../borders.ts'
import { loop, type BufferView } from '../builder.ts'
import type { PolyphaseComponent } from '../polyphase.ts'
import { leavesInput } from '../non-finite.ts'
import { type BlockLayout, nameOf } from './block.ts'
import {
  type StridePolyphaseAxis,
  type StrideComponent,
  residueCount,
} from './stride-components.ts'
import type { TileAxis, Tiling } from './tiling.ts'

/**
 * A run of coordinates of an axis, [start, start + length): read at source, source + step, …; or a
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
 * One coordinate of a block's points, as a walk: offset + Σ over [block, part of the pair, tile,
 * point].
 */
interface Coordinate {
  readonly offset: number
  readonly block: number
  readonly pair: number
  readonly tile: number
  readonly point: number
}

/** The output that a tile begins with; times the stride, the sample. */
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

/** First and one behind the last coordinate that any point of any block has. */
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

/** Tiles, then points, of every axis. */
const loopsOf = ({ axes }: Tiling, extents: readonly number[]): Loop[] => [
  ...axes.map(({ tilesPerBlock }, a) => loop(nameOf('tile ', a, axes.length), tilesPerBlock)),
  ...axes.map((_, a) => loop(nameOf('y', a, axes.length), extents[a]!)),
]

/**
 * Strides over [grid, tiles, points, channels] of something that goes by the coordinates of one
 * axis.
 */
function along(tiling: Tiling, a: number, c: Coordinate, factor: number): number[] {
  const at = (step: number): number[] => tiling.axes.map((_, b) => (a === b ? step * factor : 0))
  return [...at(c.block), ...at(c.tile), ...at(c.point), 0]
}

const plus = (x: readonly number[], y: readonly number[]): number[] =>
  x.map((value, i) => value + y[i]!)

/** The batch as an axis like the others. */
const batchAxis = (g: ConvGeometry): StridePolyphaseAxis => ({
  ...{ stride: 1, before: 0, input: g.batch, outputs: g.batch, componentTaps: 1 },
  strideComponents: [{ strideComponent: 0, first: 0, step: 1, count: 1, at: 0, apart: 1 }],
})

/** More Moves than this for one block, and its border would cost more than its transforms. */
const mostMoves = 200

/** Why strides take a tile apart into too many pieces, in words; undefined where they do not. */
export function refuseStrides(all: readonly PolyphaseComponent[]): string | undefined {
  const pieces = Math.max(
    ...all.map((phase) => 2 * phase.reduce((n, axis) => n * residueCount(axis), 1)),
  )
  return pieces > mostMoves
    ? `its strides would take every tile apart into ${pieces} pieces`
    : undefined
}

/** Why the samples of tiles cannot be gathered, in words; undefined where they can. */
export function refuseSamples(
  g: ConvGeometry,
  folds: readonly StridePolyphaseAxis[],
  tiling: Tiling,
): string | undefined {
  const axes = [batchAxis(g), ...folds]
  const pieces = cartesianProduct(axes.map((axis) => axis.strideComponents)).map(
    (strideComponents) => segmentsFor(g, axes, strideComponents, tiling),
  )
  const componentTaps = Math.max(...pieces.flatMap(({ ranges }) => ranges.flat().map(Math.abs)))
  if (componentTaps >= farthest) return `its tiles reach over ${componentTaps} samples`
  const moves =
    2 *
    pieces.reduce((sum, { segments }) => sum + segments.reduce((n, list) => n * list.length, 1), 0)
  if (moves <= mostMoves) return undefined
  return (
    'its border repeats the input so often that a tile would be put together from more than ' +
    `${mostMoves} pieces`
  )
}

/** The samples of one residue along each axis, and the pieces that they are put together from. */
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
  // What only tiles reach, behind the last output, may be anything finite.
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
  const oneFill = fills.every((fill) => fill !== undefined && Object.is(fill, fills[0]))
  const whole = (a: number): Segment => ({
    start: 0,
    length: axes[a]!.input,
    source: 0,
    step: 1,
    fill: undefined,
  })
  const segments = axes.map((axis, a) =>
    oneFill ? [whole(a)] : segmentsOf(ranges[a]!, axis.input, boundaries[a]!),
  )
  return { coordinates, ranges, segments, outside: oneFill ? (fills[0] ?? 0) : 'skip' }
}

/** Moves that fill a block of samples: both parts, every residue of a stride, border included. */
export function gatherTiles(
  g: ConvGeometry,
  input: BufferView,
  folds: readonly StridePolyphaseAxis[],
  tiling: Tiling,
  layout: BlockLayout,
  buffer: string,
): Move[] {
  const inputSteps = [input.outer, ...input.axes]
  const axes = [batchAxis(g), ...folds]
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
              strides: along(tiling, a, coordinates[a]!, 1),
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
                .map(({ step }, a) => along(tiling, a, coordinates[a]!, step * inputSteps[a]!))
                .reduce(plus)
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
 * The segments of an axis: a few, unless an array is padded by its own extent over and over; not
 * all of too many.
 */
function segmentsOf(
  [first, end]: readonly [number, number],
  extent: number,
  boundary: Boundary,
): Segment[] {
  const found: Segment[] = []
  const turns = boundary === 'symmetric' || boundary === 'reflect'
  const period = Math.max(1, boundary === 'reflect' ? 2 * (extent - 1) : 2 * extent)
  const isOne = isConstant(boundary) || boundary === 'edge' || extent < 2
  for (let at = first; at < end && found.length <= mostMoves; ) {
    const source = sourceIndex(at, extent, boundary)
    const isInside = at >= 0 && at < extent
    const isDown = turns && ((at % period) + period) % period >= extent
    // All that lies on this side of the input; or on to where it turns or begins again.
    const most =
      isOne && !isInside
        ? at < 0
          ? -at
          : Infinity
        : isDown
          ? source + (boundary === 'reflect' ? 0 : 1)
          : extent - source
    const length = Math.min(most, end - at)
    const step = length === 1 || (isOne && !isInside) ? 0 : isDown ? -1 : 1
    found.push({
      start: at,
      length,
      source,
      step,
      fill: source < 0 ? fillValue(boundary) : undefined,
    })
    at += length
  }
  return found
}

/** Moves of a block's outputs to their place, without those behind the last. */
export function scatterTiles(
  g: ConvGeometry,
  output: BufferView,
  phase: PolyphaseComponent,
  folds: readonly StridePolyphaseAxis[],
  tiling: Tiling,
  layout: BlockLayout,
  buffer: string,
): Move[] {
  const steps = [output.outer, ...output.axes]
  const places = [{ outputs: g.batch, outputStart: 0, outputStep: 1 }, ...phase]
  const loops = [
    ...loopsOf(
      tiling,
      tiling.axes.map((axis) => axis.outputs),
    ),
    loop('f', g.filters),
  ]
  const reaches = [1, ...folds.map((axis) => axis.componentTaps)]
  return [0, 1].map((part): Move => {
    const coordinates = tiling.axes.map((axis) => coordinateOf(axis, 1, 0))
    const bounds = coordinates.flatMap((c, a): BoundsCheck[] => {
      const { outputs } = places[a]!
      const { blocks, tilesPerBlock, pair, outputs: kept } = tiling.axes[a]!
      if (blocks * tilesPerBlock * pair * kept <= outputs) return []
      return [{ extent: outputs, offset: part * c.pair, strides: along(tiling, a, c, 1) }]
    })
    return {
      kind: 'move',
      loops,
      to: {
        buffer: output.buffer,
        offset: coordinates.reduce(
          (at, c, a) =>
            at + (places[a]!.outputStart + part * c.pair * places[a]!.outputStep) * steps[a]!,
          output.offset,
        ),
        strides: coordinates
          .map((c, a) => along(tiling, a, c, places[a]!.outputStep * steps[a]!))
          .reduce(plus)
          .with(-1, output.channel),
      },
      from: {
        buffer,
        offset:
          part * layout.part +
          reaches.reduce((at, componentTaps, a) => at + (componentTaps - 1) * layout.points[a]!, 0),
        strides: [...tiling.axes.map(() => 0), ...layout.tiles, ...layout.points, layout.channel],
      },
      bounds,
      outside: 'skip',
    }
  })
}
