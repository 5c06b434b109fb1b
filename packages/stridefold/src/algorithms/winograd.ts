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

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { finish, type Work } from '../ndarray/work.ts'
import type { Program } from '../program/program.ts'
import type { Algorithm, Lowering } from './algorithm.ts'
import { unsupportedDistance } from './borders.ts'
import { ProgramBuilder } from './builder.ts'
import { ComponentContext } from './context.ts'
import { componentKey, plainCuts, tileForm, wholeTiles } from './cuts.ts'
import { finishSums } from './finish.ts'
import { unsupportedBorder } from './non-finite.ts'
import { componentCount, hasUnread, polyphaseComponents, singleComponents } from './polyphase.ts'
import { type FlatTransforms, flatTransforms, type TransformedAxis } from './winograd/block.ts'
import { addStages } from './winograd/stages.ts'
import { addBlocks, constantAround } from './winograd/tiles.ts'
import { axisAmplification, blocksOf, type TileBlocks, tileSizesOf } from './winograd/tiling.ts'

/**
 * With fewer channels or filters the transforms of a sample take longer than its products. Measured
 * on layers of all sizes.
 */
const [minChannels, minFilters] = [8, 4]

/** The largest number of polyphase components; each has its own weights and tiles. */
const maxComponents = 32

/** The smallest channels × filters for which `auto` considers this algorithm. */
const minWeights = 64

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
    if (all.some((component) => tileSizesOf(g, component) === undefined))
      return `even its smallest tiles would amplify rounding errors more than ${g.dtype} allows`
    return unsupportedBorder(g) ?? unsupportedDistance(g)
  },
  errorBoundFactor(g, _, of = polyphaseComponents(g)) {
    const growth = of.map((component) => {
      const sizes = tileSizesOf(g, component)
      if (sizes === undefined) return Infinity
      // A product is rounded by the transforms of samples, weights and outputs, by the sum over
      // channels and by the epilogue.
      const roundings = component.reduce(
        (n, { taps: r }, a) => (r === 1 ? n : n + 2 * (sizes[a]! + r - 1) + r + 3),
        g.channels / g.groups + 3,
      )
      return sizes.reduce((n, m, a) => n * axisAmplification(m, component[a]!.taps), roundings)
    })
    return Math.max(0, ...growth)
  },
  tiles: (g) =>
    Object.fromEntries(
      singleComponents(g).map((component) => [
        componentKey(component),
        { sizes: tileSizesOf(g, component)! },
      ]),
    ),
  cuts(g, _, tiles) {
    const tilesOf = singleComponents(g).map((component) => ({
      component,
      sizes: tileForm(tiles, component)!.sizes,
    }))
    const [around, ...others] = tilesOf.map(({ component }) => constantAround(g, component))
    if (others.length > 0 && [around, ...others].some((v) => v === undefined || v !== around))
      return 'its polyphase components read different samples behind their last tiles'
    const { quantum, ...plain } = plainCuts(g)
    return {
      ...plain,
      quantum: {
        ...quantum,
        ...(g.groups === 1 ? { filters: filterMultiple(g.filters) } : {}),
        outputs: g.axes.map((_, a) =>
          wholeTiles(
            g,
            a,
            tilesOf.map(({ component, sizes }) => ({ component, outputs: sizes[a]! })),
          ),
        ),
      },
      // Tiles read one number outside of all axes, also those that a box cuts.
      keepsBorders: Object.is(around, 0),
      boundary: around === undefined ? g.boundary : g.axes.map(() => ({ constant: around })),
      endsWithWindows: around === undefined,
    }
  },
  program: (g, descriptors, lowering) => finish(programOfTiles(g, descriptors, lowering)),
  programWork: programOfTiles,
}

function* programOfTiles(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  lowering: Lowering = {},
): Work<Program> {
  const builder = new ProgramBuilder(g, descriptors, lowering)
  const components = singleComponents(g)
  const target = builder.target(true)
  const tilings = withMatrices(
    components.map((component) => {
      const sizes = tileForm(lowering.tiles, component)?.sizes ?? tileSizesOf(g, component)!
      return blocksOf(g, component, sizes, builder.machine)
    }),
  )
  yield
  for (const [i, { axes, isStaged }] of tilings.entries()) {
    const context = new ComponentContext(builder, components[i]!, target)
    if (isStaged) yield* addStages(context, axes)
    else yield* addBlocks(context, axes)
    yield
  }
  finishSums(builder, target)
  return builder.build()
}

/**
 * The number of filters by which a layer may be cut. Every part has at least as many filters as a
 * vector has lanes: with fewer, its transforms would become sums of another order.
 */
function filterMultiple(filters: number): number {
  for (let n = 2 * minFilters; n < filters; n++)
    if (filters % n === 0 || filters % n >= minFilters) return n
  return filters
}

/** Adds its matrices to each axis that is transformed. Equal tiles share them. */
function withMatrices(
  tilings: readonly TileBlocks[],
): { readonly axes: readonly TransformedAxis[]; readonly isStaged: boolean }[] {
  const known = new Map<string, FlatTransforms>()
  const matricesOf = (m: number, r: number): FlatTransforms => {
    const matrices = known.get(`${m},${r}`) ?? flatTransforms(m, r)
    known.set(`${m},${r}`, matrices)
    return matrices
  }
  return tilings.map(({ axes, isStaged }) => ({
    axes: axes.map((axis) => ({
      ...axis,
      matrices: axis.r > 1 ? matricesOf(axis.m, axis.r) : undefined,
    })),
    isStaged,
  }))
}
