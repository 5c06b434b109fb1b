/**
 * Fewer multiplications: outputs are computed in tiles, in a transformed space where a tile's
 * convolution is a product point by point.
 *
 *   Y = Aᵀ [ Σ_c (G k_c Gᵀ) ⊙ (Bᵀ x_c B) ] A         F(4, 3) in two dimensions: 36 products for 16 outputs in place of 144
 *
 *   input ─gather─► samples ─Bᵀ each axis─► [ξ][tile][c] ─· [ξ][c][f]─► [ξ][tile][f] ─Aᵀ each axis─► outputs ─crop─► output
 *
 * All of it happens for a block of tiles, channels innermost, between two buffers of a worker that
 * change places at every step; the border and the last, incomplete tiles are bounds of the first
 * and the last Move. Weights are transformed once for a kernel. Source: S. Winograd 1980; A. Lavin,
 * S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
 */

import { fillValue, isConstant } from '../geometry/boundary.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { BoundsCheck, Loop, Move } from '../program/steps.ts'
import type { Algorithm, OperandDescriptors } from './algorithm.ts'
import { cartesianProduct, refuseFar, regions } from './borders.ts'
import { axisName, loop, type BufferView, ProgramBuilder } from './builder.ts'
import {
  componentCount,
  hasUnread,
  type PolyphaseComponent,
  polyphaseComponents,
  singlePhases,
} from './polyphase.ts'
import { refuseBorder } from './non-finite.ts'
import { blockSteps, transformedKernel } from './winograd/steps.ts'
import { axisAmplification, type TileAxis, tilingOf } from './winograd/tiling.ts'

/**
 * Below these the transforms of a sample cost more than its products, measured on layers of all
 * sizes.
 */
const [fewestChannels, fewestFilters] = [8, 4]

/** Components of a dilated input, each with weights and tiles of its own. */
const mostComponents = 32

/** Channels × filters from which `auto` looks at it. */
const fewestWeights = 128

export const winograd: Algorithm = {
  name: 'winograd',
  summary:
    'tiles of outputs in a transformed space, where a 3×3 kernel takes a quarter of the ' +
    'products; channels are summed there',
  // Sums and differences of samples meet in every output of a tile: ∞ − ∞ is NaN.
  spreadsNonFinite: () => true,
  // Below, it gains little over the direct sum, which keeps sums of small integers exact.
  consideredByAuto: (g) => (g.channels / g.groups) * (g.filters / g.groups) >= fewestWeights,
  unsupportedReason(g, facts) {
    if (facts.inPlace === true) return 'its transforms take memory'
    const [channels, filters] = [g.channels / g.groups, g.filters / g.groups]
    if (channels < fewestChannels)
      return `too few channels to sum (${channels}): its transforms would cost more than they save`
    if (filters < fewestFilters)
      return `too few filters (${filters}): its transforms would cost more than they save`
    const all = polyphaseComponents(g)
    if (all.some((phase) => phase.some((axis) => axis.stride !== 1)))
      return 'its tiles need stride 1'
    if (all.some((phase) => phase.some((axis) => axis.dilation !== 1)))
      return 'its tiles need taps without dilation'
    if (hasUnread(g)) return 'some outputs read no tap at all'
    const count = componentCount(g)
    if (count > mostComponents)
      return (
        `its input is so dilated that ${count} transforms would each do a small part of the ` +
        'outputs'
      )
    const widest = Math.max(...all.flatMap((phase) => phase.map((axis) => axis.taps)))
    if (widest > 5) return `it takes kernels of 2 to 5 taps along an axis, and here are ${widest}`
    if (widest === 1) return 'a kernel of one tap has nothing to save'
    if (all.some((phase) => tilingOf(g, phase) === undefined))
      return `even its smallest tiles would enlarge rounding more than ${g.dtype} allows`
    return refuseBorder(g) ?? refuseFar(g)
  },
  errorBoundFactor(g, _, of = polyphaseComponents(g)) {
    const growth = of.map((phase) => {
      const tiling = tilingOf(g, phase)
      if (tiling === undefined) return Infinity
      // On its way a product is rounded by both transforms, the weights' too, by the sum over
      // channels and by the tail.
      const roundings = tiling.reduce(
        (n, axis) => (axis.r === 1 ? n : n + 2 * axis.n + axis.r + 3),
        g.channels / g.groups + 3,
      )
      return tiling.reduce((n, axis) => n * axisAmplification(axis.m, axis.r), roundings)
    })
    return Math.max(0, ...growth)
  },
  program(g, facts) {
    const builder = new ProgramBuilder(g, facts)
    for (const phase of singlePhases(g)) {
      const tiling = tilingOf(g, phase)!
      const weights = transformedKernel(builder, g, phase, tiling)
      const source = sourceOf(g, facts, phase, builder)
      const parts = tiling.map(({ tiles, block }) =>
        [
          { first: 0, blocks: Math.floor(tiles / block), block },
          { first: tiles - (tiles % block), blocks: 1, block: tiles % block },
        ].filter((part) => part.blocks > 0 && part.block > 0),
      )
      // One pair of buffers serves all blocks: the largest come first.
      const buffers = buffersFor(builder, g, tiling)
      for (const part of cartesianProduct(parts)) {
        const axes = tiling.map((axis, a) => ({ ...axis, block: part[a]!.block }))
        const grid = [
          loop('n', g.batch),
          ...part.map(({ blocks }, a) => loop(axisName('block ', a, phase.length), blocks)),
        ]
        const first = part.map((p, a) => p.first * axes[a]!.m)
        const samples = gatherTiles(g, source, axes, grid, first, buffers[0])
        const steps = blockSteps(builder, g, axes, grid, weights, buffers)
        const results = scatterTiles(builder.output, g, phase, axes, grid, first, steps.buffer)
        builder.stage('tiles', grid, [samples, ...steps.steps, results])
      }
    }
    return builder.build()
  },
}

/**
 * Where samples come from: the input itself with one constant around it, or a copy with its border.
 */
interface Source {
  readonly place: BufferView
  /** Sample 0 of the first tile, and how many samples there are, along each axis. */
  readonly first: readonly number[]
  readonly extents: readonly number[]
  readonly outside: number
}

function sourceOf(
  g: ConvGeometry,
  facts: OperandDescriptors,
  phase: PolyphaseComponent,
  builder: ProgramBuilder,
): Source {
  const first = phase.map((axis) => -axis.before)
  const leaves = phase.map(
    (axis) => axis.before > 0 || axis.outputs + axis.taps - 1 - axis.before > axis.input,
  )
  const fills = g.boundary
    .filter((_, a) => leaves[a])
    .map((b) => (isConstant(b) ? fillValue(b) : undefined))
  if (fills.every((fill) => fill !== undefined && fill === fills[0]))
    return {
      place: builder.input,
      first,
      extents: phase.map((axis) => axis.input),
      outside: fills[0] ?? 0,
    }
  const [region] = regions(g, facts, phase, builder, {
    whole: true,
    channelsLast: true,
    dense: () => true,
  })
  builder.stage('pad', [], region!.gather)
  return {
    place: region!.source,
    first: first.map(() => 0),
    extents: phase.map((axis) => axis.outputs + axis.taps - 1),
    outside: 0,
  }
}

/** Two buffers of a worker, each large enough for everything that a block holds at any time. */
function buffersFor(
  builder: ProgramBuilder,
  g: ConvGeometry,
  tiling: readonly TileAxis[],
): readonly [string, string] {
  const most = Math.max(g.channels, g.filters)
  const length = tiling.reduce((n, axis) => n * axis.block * axis.n, most)
  return [builder.buffer('block', 'local', length), builder.buffer('block', 'local', length)]
}

/** The samples under a block, channels innermost. */
function gatherTiles(
  g: ConvGeometry,
  { place, first, extents, outside }: Source,
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
        strides: [0, ...axes.map((_, b) => (a === b ? step : 0)), ...oneAt(a, loops.length)],
      },
    ]
  })
  return {
    kind: 'move',
    loops,
    to: {
      buffer: to,
      offset: 0,
      strides: [...grid.map(() => 0), ...denseStrides([...reads, g.channels])],
    },
    from: {
      buffer: place.buffer,
      offset: axes.reduce(
        (at, _, a) => at + (first[a]! + start[a]!) * place.axes[a]!,
        place.offset,
      ),
      strides: [
        place.outer,
        ...axes.map((axis, a) => axis.block * axis.m * place.axes[a]!),
        ...place.axes,
        place.channel,
      ],
    },
    bounds,
    outside,
  }
}

/** A block's outputs to their place, without those behind the last. */
function scatterTiles(
  to: BufferView,
  g: ConvGeometry,
  phase: PolyphaseComponent,
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
    if (start[a]! + grid[a + 1]!.extent * extents[a]! <= phase[a]!.outputs) return []
    const strides = [
      0,
      ...axes.map((_, b) => (a === b ? extents[a]! : 0)),
      ...oneAt(a, loops.length),
    ]
    return [{ extent: phase[a]!.outputs, offset: start[a]!, strides }]
  })
  const steps = phase.map((axis, a) => axis.outputStep * to.axes[a]!)
  return {
    kind: 'move',
    loops,
    to: {
      buffer: to.buffer,
      offset: phase.reduce(
        (at, axis, a) => at + (axis.outputStart + start[a]! * axis.outputStep) * to.axes[a]!,
        to.offset,
      ),
      strides: [to.outer, ...steps.map((step, a) => step * extents[a]!), ...steps, to.channel],
    },
    from: {
      buffer: from,
      offset: 0,
      strides: [...grid.map(() => 0), ...denseStrides([...extents, g.filters])],
    },
    bounds,
    outside: 'skip',
  }
}

const oneAt = (index: number, length: number): number[] =>
  Array.from({ length }, (_, i) => (i === index ? 1 : 0))
const denseStrides = (shape: readonly number[]): number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((n, e) => n * e, 1))
