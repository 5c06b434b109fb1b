/**
 * Computes outputs in tiles with fewer multiplications. In a transformed space the convolution of a
 * tile is a product point by point.
 *
 *   Y = Aᵀ [ Σ_c (G k_c Gᵀ) ⊙ (Bᵀ x_c B) ] A     F(4, 3), two axes: 36 products instead of 144
 *
 *   input ─gather─► samples ─Bᵀ each axis─► [ξ][tile][c]
 *     ─· [ξ][c][f]─► [ξ][tile][f] ─Aᵀ each axis─► outputs ─crop─► output
 *
 * A block of tiles goes through all steps, channels innermost. Two buffers of a worker change roles
 * at every step. Bounds of the first and the last Move handle the border and the incomplete tiles
 * at the end. The weights of a kernel are transformed once. Source: S. Winograd 1980; A. Lavin, S.
 * Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
 */

import { fillValue, isConstant } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { BoundsCheck, Loop, Move } from '../program/steps.ts'
import type { Algorithm } from './algorithm.ts'
import { cartesianProduct, regions, unsupportedDistance } from './borders.ts'
import { axisName, type BufferView, loop, ProgramBuilder } from './builder.ts'
import { unsupportedBorder } from './non-finite.ts'
import {
  componentCount,
  hasUnread,
  type PolyphaseComponent,
  polyphaseComponents,
  singleComponents,
} from './polyphase.ts'
import { blockSteps, transformKernel } from './winograd/steps.ts'
import { axisAmplification, type TileAxis, tilingOf } from './winograd/tiling.ts'

/**
 * With fewer channels or filters the transforms of a sample take longer than its products. Measured
 * on layers of all sizes.
 */
const [minChannels, minFilters] = [8, 4]

/** The largest number of polyphase components; each has its own weights and tiles. */
const maxComponents = 32

/** The smallest channels × filters for which `auto` considers this algorithm. */
const minWeights = 128

export const winograd: Algorithm = {
  name: 'winograd',
  summary:
    'transforms tiles, where a 3×3 kernel takes a quarter of the products, and sums channels ' +
    'there',
  // Every output of a tile is a sum of sums and differences of samples: ∞ − ∞ is NaN.
  spreadsNonFinite: () => true,
  // With less it gains little over the direct sum, which is exact for sums of small integers.
  consideredByAuto: (g) => (g.channels / g.groups) * (g.filters / g.groups) >= minWeights,
  unsupportedReason(g, descriptors) {
    if (descriptors.inPlace === true) return 'its transforms take memory'
    const [channels, filters] = [g.channels / g.groups, g.filters / g.groups]
    if (channels < minChannels)
      return `too few channels to sum (${channels}): its transforms take longer than they save`
    if (filters < minFilters)
      return `too few filters (${filters}): its transforms take longer than they save`
    const all = polyphaseComponents(g)
    if (all.some((component) => component.some((axis) => axis.stride !== 1)))
      return 'its tiles need stride 1'
    if (all.some((component) => component.some((axis) => axis.dilation !== 1)))
      return 'its tiles need taps without dilation'
    if (hasUnread(g)) return 'some outputs read no sample'
    const count = componentCount(g)
    if (count > maxComponents)
      return (
        `its input dilation gives ${count} polyphase components, so each transform would ` +
        'compute a small part of the outputs'
      )
    const maxTaps = Math.max(...all.flatMap((component) => component.map((axis) => axis.taps)))
    if (maxTaps > 5) return `it supports 2 to 5 taps along an axis, and this kernel has ${maxTaps}`
    if (maxTaps === 1) return 'a kernel of one tap has no products to save'
    if (all.some((component) => tilingOf(g, component) === undefined))
      return `even its smallest tiles would amplify rounding errors more than ${g.dtype} allows`
    return unsupportedBorder(g) ?? unsupportedDistance(g)
  },
  errorBoundFactor(g, _, of = polyphaseComponents(g)) {
    const growth = of.map((component) => {
      const tiling = tilingOf(g, component)
      if (tiling === undefined) return Infinity
      // A product is rounded by the transforms of samples, weights and outputs, by the sum over
      // channels and by the epilogue.
      const roundings = tiling.reduce(
        (n, axis) => (axis.r === 1 ? n : n + 2 * axis.n + axis.r + 3),
        g.channels / g.groups + 3,
      )
      return tiling.reduce((n, axis) => n * axisAmplification(axis.m, axis.r), roundings)
    })
    return Math.max(0, ...growth)
  },
  program(g, descriptors) {
    const builder = new ProgramBuilder(g, descriptors)
    for (const component of singleComponents(g)) {
      const tiling = tilingOf(g, component)!
      const weights = transformKernel(builder, g, component, tiling)
      const source = sourceOf(g, descriptors, component, builder)
      const parts = tiling.map(({ tiles, block }) =>
        [
          { first: 0, blocks: Math.floor(tiles / block), block },
          { first: tiles - (tiles % block), blocks: 1, block: tiles % block },
        ].filter((part) => part.blocks > 0 && part.block > 0),
      )
      // One pair of buffers serves all blocks, because the largest block comes first.
      const buffers = buffersFor(builder, g, tiling)
      for (const part of cartesianProduct(parts)) {
        const axes = tiling.map((axis, a) => ({ ...axis, block: part[a]!.block }))
        const grid = [
          loop('n', g.batch),
          ...part.map(({ blocks }, a) => loop(axisName('block ', a, component.length), blocks)),
        ]
        const first = part.map((p, a) => p.first * axes[a]!.m)
        const samples = gatherTiles(g, source, axes, grid, first, buffers[0])
        const steps = blockSteps(builder, g, axes, grid, weights, buffers)
        const results = scatterTiles(builder.output, g, component, axes, grid, first, steps.buffer)
        builder.stage('tiles', grid, [samples, ...steps.steps, results])
      }
    }
    return builder.build()
  },
}

/**
 * Where samples come from: the input itself if one constant surrounds it, else a copy with its
 * border.
 */
interface Source {
  readonly view: BufferView
  /** Along each axis, sample 0 of the first tile, and the number of samples. */
  readonly first: readonly number[]
  readonly extents: readonly number[]
  readonly outside: number
}

function sourceOf(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  component: PolyphaseComponent,
  builder: ProgramBuilder,
): Source {
  const first = component.map((axis) => -axis.before)
  const leaves = component.map(
    (axis) => axis.before > 0 || axis.outputs + axis.taps - 1 - axis.before > axis.input,
  )
  const fills = g.boundary
    .filter((_, a) => leaves[a])
    .map((b) => (isConstant(b) ? fillValue(b) : undefined))
  if (fills.every((fill) => fill !== undefined && fill === fills[0]))
    return {
      view: builder.input,
      first,
      extents: component.map((axis) => axis.input),
      outside: fills[0] ?? 0,
    }
  const [region] = regions(g, descriptors, component, builder, {
    whole: true,
    channelsLast: true,
    dense: () => true,
  })
  builder.stage('pad', [], region!.gather)
  return {
    view: region!.source,
    first: first.map(() => 0),
    extents: component.map((axis) => axis.outputs + axis.taps - 1),
    outside: 0,
  }
}

/**
 * Adds two buffers of a worker. Each is large enough for everything that a block holds at any time.
 */
function buffersFor(
  builder: ProgramBuilder,
  g: ConvGeometry,
  tiling: readonly TileAxis[],
): readonly [string, string] {
  const channels = Math.max(g.channels, g.filters)
  const length = tiling.reduce((n, axis) => n * axis.block * axis.n, channels)
  return [builder.buffer('block', 'local', length), builder.buffer('block', 'local', length)]
}

/** Returns the Move that copies the samples under a block, channels innermost. */
function gatherTiles(
  g: ConvGeometry,
  { view, first, extents, outside }: Source,
  axes: readonly TileAxis[],
  grid: readonly Loop[],
  start: readonly number[],
  to: string,
): Move {
  const reads = axes.map((axis) => axis.block * axis.m + axis.r - 1)
  const loops = [
    ...reads.map((n, a) => loop(axisName('y', a, axes.length), n)),
    loop('c', g.channels),
  ]
  const bounds = axes.flatMap((axis, a): BoundsCheck[] => {
    const offset = first[a]! + start[a]!
    const step = axis.block * axis.m
    const last = offset + (grid[a + 1]!.extent - 1) * step + reads[a]! - 1
    if (offset >= 0 && last < extents[a]!) return []
    return [
      {
        extent: extents[a]!,
        offset,
        strides: [0, ...axes.map((_, b) => (a === b ? step : 0)), ...unitVector(a, loops.length)],
      },
    ]
  })
  return {
    kind: 'move',
    loops,
    to: {
      buffer: to,
      offset: 0,
      strides: [...grid.map(() => 0), ...contiguousStrides([...reads, g.channels])],
    },
    from: {
      buffer: view.buffer,
      offset: axes.reduce((at, _, a) => at + (first[a]! + start[a]!) * view.axes[a]!, view.offset),
      strides: [
        view.outer,
        ...axes.map((axis, a) => axis.block * axis.m * view.axes[a]!),
        ...view.axes,
        view.channel,
      ],
    },
    bounds,
    outside,
  }
}

/**
 * Returns the Move that copies the outputs of a block to the target, without those behind the last
 * output.
 */
function scatterTiles(
  to: BufferView,
  g: ConvGeometry,
  component: PolyphaseComponent,
  axes: readonly TileAxis[],
  grid: readonly Loop[],
  start: readonly number[],
  from: string,
): Move {
  const extents = axes.map((axis) => axis.block * axis.m)
  const loops = [
    ...extents.map((n, a) => loop(axisName('y', a, axes.length), n)),
    loop('f', g.filters),
  ]
  const bounds = axes.flatMap((_, a): BoundsCheck[] => {
    if (start[a]! + grid[a + 1]!.extent * extents[a]! <= component[a]!.outputs) return []
    const strides = [
      0,
      ...axes.map((_, b) => (a === b ? extents[a]! : 0)),
      ...unitVector(a, loops.length),
    ]
    return [{ extent: component[a]!.outputs, offset: start[a]!, strides }]
  })
  const steps = component.map((axis, a) => axis.outputStep * to.axes[a]!)
  return {
    kind: 'move',
    loops,
    to: {
      buffer: to.buffer,
      offset: component.reduce(
        (at, axis, a) => at + (axis.outputStart + start[a]! * axis.outputStep) * to.axes[a]!,
        to.offset,
      ),
      strides: [to.outer, ...steps.map((step, a) => step * extents[a]!), ...steps, to.channel],
    },
    from: {
      buffer: from,
      offset: 0,
      strides: [...grid.map(() => 0), ...contiguousStrides([...extents, g.filters])],
    },
    bounds,
    outside: 'skip',
  }
}

const unitVector = (index: number, length: number): number[] =>
  Array.from({ length }, (_, i) => (i === index ? 1 : 0))
const contiguousStrides = (shape: readonly number[]): number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((n, e) => n * e, 1))
