/**
 * Computes a convolution as a product of spectra, tile by tile. The cost of an output hardly
 * depends on the size of the kernel.
 *
 *   y = F⁻¹( Σ_c F(x_c) · F(k_c) )
 *
 *   input ─gather─► two real tiles as one complex ─F each axis─► [point][c]
 *     ─· spectra─► [point][f] ─F⁻¹ each axis─► outputs ─crop─► output
 *
 * Tiles overlap by the effective kernel extent − 1. Outputs of a tile that wrap around are thrown
 * away (overlap-save). A block of tiles goes through all steps in the memory of a worker, whatever
 * the size of the input. A stride becomes channels, one per remainder. The spectra of a kernel are
 * computed once. Source: T. G. Stockham, "High-speed convolution and correlation", 1966.
 */

import { type ConvGeometry, leavesInput } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { binaryLogarithm } from '../ndarray/elementary.ts'
import { elementCount } from '../ndarray/layout.ts'
import { finish, type Work } from '../ndarray/work.ts'
import type { Program } from '../program/program.ts'
import type { Algorithm, Lowering } from './algorithm.ts'
import { ProgramBuilder } from './builder.ts'
import { ComponentContext } from './context.ts'
import { componentKey, plainCuts, wholeTiles } from './cuts.ts'
import { type TiledComponent, tiledComponents } from './fft/block.ts'
import { canCopyAnyTiles, unsupportedSamples, unsupportedStrides } from './fft/samples.ts'
import { addStages, stagedOf } from './fft/stages.ts'
import { type StridePolyphaseAxis, stridePolyphaseAxis } from './fft/stride-components.ts'
import { addBlocks } from './fft/tiles.ts'
import { maxPoints } from './fft/tiling.ts'
import { finishSums } from './finish.ts'
import { unsupportedBorder } from './non-finite.ts'
import {
  componentCount,
  hasUnread,
  type PolyphaseComponent,
  singleComponents,
} from './polyphase.ts'

/**
 * The largest number of points of a transform per product of the direct sum. With more, the
 * transforms would be mostly zeros.
 */
const maxPointsPerProduct = 64

/** The largest number of polyphase components; each has its own transforms. */
const maxComponents = 32

/**
 * Below this number of products the direct sum takes microseconds, and it is exact for small
 * integers.
 */
const minProducts = 2 ** 16

/**
 * Below these numbers of taps a direct sum is never slower: for single channels, and for layers,
 * whose transforms serve many filters.
 */
const [minTaps, minLayerTaps] = [25, 5]

/** From this number of channels × filters per group on, a problem counts as a layer. */
const minWeights = 32

const productsOf = (g: ConvGeometry): number =>
  g.axes.reduce(
    (n, axis) => n * axis.output * axis.kernel,
    (g.batch * g.filters * g.channels) / g.groups,
  )

export const fft: Algorithm = {
  name: 'fft',
  summary: 'multiplies spectra tile by tile: hardly slower for a large kernel than for a small one',
  // A transform spreads every sample of a tile over all outputs of the tile.
  spreadsNonFinite: () => true,
  excludedFromStrict: true,
  blockOutputs(g, a, tiles) {
    const { outputs, pair, tilesPerBlock } = tiledComponents(g, { tiles })[0]!.tiling.axes[a + 1]!
    return outputs * pair * tilesPerBlock
  },
  consideredByAuto(g) {
    const isLayer = (g.channels / g.groups) * (g.filters / g.groups) >= minWeights
    const taps = g.axes.reduce((n, axis) => n * axis.kernel, 1)
    return productsOf(g) >= minProducts && taps >= (isLayer ? minLayerTaps : minTaps)
  },
  unsupportedReason(g, descriptors) {
    if (descriptors.inPlace === true) return 'its transforms take memory'
    if (
      g.batch *
        g.channels *
        g.filters *
        g.axes.reduce((n, axis) => n * axis.input * axis.output, 1) ===
      0
    )
      return 'there is nothing to sum'
    const count = componentCount(g)
    if (count > maxComponents)
      return (
        `its input dilation gives ${count} polyphase components, so each transform would ` +
        'compute a small part of the outputs'
      )
    if (hasUnread(g)) return 'some outputs read no sample'
    const all = singleComponents(g)
    const stridesReason = unsupportedStrides(all)
    if (stridesReason !== undefined) return stridesReason
    const strideAxes = all.map((component) => component.map(stridePolyphaseAxis))
    return (
      unsupportedTaps(all, strideAxes) ??
      (canCopyAnyTiles(g, strideAxes) ? undefined : unsupportedSamples(g, tiledComponents(g))) ??
      unsupportedBorder(g)
    )
  },
  errorBoundFactor(g) {
    // The bound for all components holds for every subset, too.
    const growth = tiledComponents(g).map(({ strideAxes, tiling }) => {
      const passes = tiling.axes.reduce((sum, axis) => sum + binaryLogarithm(axis.points), 0)
      return (
        4 * (1 + passes) +
        (g.channels / g.groups) *
          strideAxes.reduce((n, axis) => n * axis.strideComponents.length, 1)
      )
    })
    return Math.max(...growth)
  },
  tiles: (g) =>
    Object.fromEntries(
      tiledComponents(g).map(({ component, tiling: { axes, channelsLast } }) => [
        componentKey(component),
        {
          sizes: axes.slice(1).map(({ points }) => points),
          pairAxis: axes.findIndex(({ pair }) => pair === 2),
          channelsLast,
        },
      ]),
    ),
  cuts(g, _, tiles) {
    const all = tiledComponents(g, { tiles })
    const tilesOf = (a: number): Parameters<typeof wholeTiles>[2] =>
      all.map(({ component, tiling }) => {
        const { outputs, pair } = tiling.axes[a + 1]!
        return { component, outputs: outputs * pair }
      })
    const { quantum, ...plain } = plainCuts(g)
    return {
      ...plain,
      quantum: {
        ...quantum,
        batch: all.some(({ tiling }) => tiling.axes[0]!.pair === 2) ? 2 : 1,
        outputs: g.axes.map((_, a) => wholeTiles(g, a, tilesOf(a))),
      },
      reach: g.axes.map((_, a) => Math.max(...all.map((tiled) => tileReach(tiled, a)))),
      boundary: g.boundary.map((border, a) => (leavesInput(g.axes[a]!) ? border : 'zero')),
      endsWithWindows: false,
    }
  },
  program: (g, descriptors, lowering) => finish(programOfTiles(g, descriptors, lowering)),
  programWork: programOfTiles,
}

function* programOfTiles(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  lowering?: Lowering,
): Work<Program> {
  const builder = new ProgramBuilder(g, descriptors, lowering)
  const target = builder.target(true)
  for (const tiled of tiledComponents(g, lowering)) {
    yield
    const context = new ComponentContext(builder, tiled.component, target)
    const staged = stagedOf(g, tiled, builder.machine)
    if (staged === undefined) yield* addBlocks(context, tiled)
    else yield* addStages(context, staged)
  }
  yield
  finishSums(builder, target)
  return builder.build()
}

/**
 * The samples that a tile reads behind its last window: each stride component has as many taps as
 * the longest.
 */
function tileReach({ component, strideAxes }: TiledComponent, a: number): number {
  const { stride, componentTaps, strideComponents } = strideAxes[a]!
  const { taps, dilation } = component[a]!
  const last = Math.max(...strideComponents.map(({ strideComponent }) => strideComponent))
  return Math.max(0, (componentTaps - 1) * stride + last - (taps - 1) * dilation)
}

/** The reason why transforms of these taps would not pay. Undefined if they may. */
function unsupportedTaps(
  all: readonly PolyphaseComponent[],
  strideAxes: readonly (readonly StridePolyphaseAxis[])[],
): string | undefined {
  const tapsOf = strideAxes.map((axes) => axes.map((axis) => axis.componentTaps))
  if (tapsOf.every((taps) => taps.every((n) => n === 1)))
    return 'a kernel that reads one sample for each output has no products to save'
  const maxTaps = Math.max(...tapsOf.flat())
  if (maxTaps > maxPoints / 2)
    return `its kernel spans ${maxTaps} samples, and transforms have at most ${maxPoints} points`
  const isSparse = (component: PolyphaseComponent, i: number): boolean =>
    elementCount(tapsOf[i]!) >
    maxPointsPerProduct * component.reduce((n, { outputs, taps }) => n * outputs * taps, 1)
  return all.some(isSparse)
    ? `its taps are so far apart that transforms over ${maxTaps} samples are mostly zeros`
    : undefined
}
