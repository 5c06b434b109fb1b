/**
 * Computes the definition as one Contraction: every output is the sum of products of the kernel and
 * its window, which is read where it lies.
 *
 *   y[n, g·O + f, q] = Σ_c Σ_u x[n, g·C + c, q·stride + u·dilation] · k[g·O + f, c, u]
 *
 * `naive` and `strided` share this file. `naive` computes one result at a time; for `strided` the
 * backend chooses the fastest tile.
 */

import { type ConvGeometry, leavesInput } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { at } from '../program/elements.ts'
import type { Program } from '../program/program.ts'
import type { Contraction } from '../program/steps.ts'
import { contract, type Written } from '../program/write-steps.ts'
import type { Cuts, Lowering } from './algorithm.ts'
import {
  addCopy,
  isCopiedWhole,
  outputLoops,
  outputsOf,
  type Region,
  regions,
  windows,
} from './borders.ts'
import { type ComponentContext, programByComponents } from './context.ts'
import { plainCuts } from './cuts.ts'
import { inPlaceSums } from './in-place.ts'
import { addReduction } from './reduction.ts'

/**
 * Returns the program of a direct convolution. It copies the samples near a border and contracts
 * each region; or it contracts everything in place.
 */
export function directProgram(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  tile: Tile,
  verb: string,
  lowering?: Lowering,
): Program {
  return programByComponents(g, descriptors, lowering, (context) => {
    const { builder } = context
    if (isInPlace(g, descriptors)) {
      for (const { sums, alongside } of inPlaceSums(context, tile))
        builder.stage('in place', [], [sums], { alongside })
      return
    }
    const all = regions(context)
    // Regions have separate copies and separate results. The copies come first, so that threads
    // wait for each other only once.
    const copied = all.filter(({ gather }) => gather.length > 0)
    for (const [i, region] of copied.entries()) addCopy(builder, region, undefined, i > 0)
    for (const [i, region] of all.entries()) {
      if (addReduction(context, region, lowering?.tiles, { verb, tile })) continue
      const sums = windowSums(context, region, tile)
      builder.stage(`${verb} ${region.name}`, [], [sums], { alongside: i > 0 })
    }
  })
}

type Tile = 'scalar' | 'best'

/** The sums of one region: the formula above. */
function windowSums(context: ComponentContext, region: Region, tile: Tile): Written<Contraction> {
  const { builder, siblings, taps } = context
  const { n, group, f, c, channel } = builder
  const q = outputLoops(region)
  return contract(
    { over: [n, group, f, ...siblings, ...q], sum: [c, ...taps] },
    {
      to: context.results(outputsOf(region, q)),
      a: at(region.source, n, channel, ...windows(region, q, taps)),
      b: context.weights(),
      epilogue: builder.epilogue(),
      tile,
      sumName: 'sums',
    },
  )
}

/**
 * Sums in place add the taps of each side of a border apart. So a box with a copy of its border
 * would add them in another order; and a small box of a large depthwise layer, which copies its
 * border, must not compute it in place.
 */
export const directCuts = (g: ConvGeometry, descriptors: OperandDescriptors): Cuts | string =>
  isInPlace(g, descriptors) && g.axes.some(leavesInput)
    ? 'it computes borders in place, in another order than the inside'
    : { ...plainCuts(g), keepsBorders: !isDepthwiseByChannels(g, descriptors) }

/** True if outputs near a border read the input itself, not a padded copy. */
export const isInPlace = (g: ConvGeometry, descriptors: OperandDescriptors): boolean =>
  descriptors.inPlace === true ||
  (descriptors.everyProduct !== true && isDepthwiseByChannels(g, descriptors) && isCopiedWhole(g))

/**
 * True for depthwise layers with channels innermost. They have few products per sample, so a padded
 * copy of the input would take as long as the products. Taps outside the input are skipped instead
 * if the input is small.
 */
const isDepthwiseByChannels = (g: ConvGeometry, descriptors: OperandDescriptors): boolean =>
  g.groups === g.channels &&
  g.filters === g.channels &&
  g.channels >= 4 &&
  descriptors.input.channel === 1 &&
  descriptors.input.dtype === g.dtype &&
  g.boundary.every((border) => border === 'zero') &&
  g.axes.every((axis) => axis.kernel <= 5 && axis.inputDilation === 1)
