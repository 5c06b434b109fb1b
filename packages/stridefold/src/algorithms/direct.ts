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
import { elementCount } from '../ndarray/layout.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { at, type BufferView, type Element, loop, rowMajorView } from '../program/elements.ts'
import type { Program } from '../program/program.ts'
import type { Contraction } from '../program/steps.ts'
import { contract, move, type Written } from '../program/write-steps.ts'
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
import { type ComponentContext, programByComponentsWork } from './context.ts'
import { plainCuts } from './cuts.ts'
import { inPlaceSums } from './in-place.ts'
import { type IntegerWeights, integerWeights } from './integers.ts'
import { addPairedSums } from './paired-sums.ts'
import { addReduction, reductionForms } from './reduction.ts'

/**
 * Returns the program of a direct convolution. It copies the samples near a border and contracts
 * each region; or it contracts everything in place.
 */
export const directProgram = (
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  tile: Tile,
  verb: string,
  lowering?: Lowering,
): Program => finish(directWork(g, descriptors, tile, verb, lowering))

/** The work of `directProgram`. */
export function directWork(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  tile: Tile,
  verb: string,
  lowering?: Lowering,
): Work<Program> {
  const { tiles = reductionForms(g) } = lowering ?? {}
  // Sums that are cut into parts pass them on as floats.
  const mayBeWhole = tile === 'best' && Object.keys(tiles).length === 0
  const whole = mayBeWhole ? integerWeights(g, descriptors) : undefined
  function* addStages(context: ComponentContext): Work<void> {
    const { builder } = context
    if (whole?.pairs !== undefined) return addPairedSums(context, whole, whole.pairs, verb)
    const weights = whole === undefined ? context.weights() : wholeWeights(context, whole)
    if (isInPlace(g, descriptors)) {
      for (const { sums, alongside } of inPlaceSums(context, tile))
        builder.stage('in place', [], [sums], { alongside })
      return
    }
    const all = regions(context)
    yield
    // Regions have separate copies and separate results. The copies come first, so that threads
    // wait for each other only once.
    const copied = all.filter(({ gather }) => gather.length > 0)
    for (const [i, region] of copied.entries()) addCopy(builder, region, undefined, i > 0)
    yield
    for (const [i, region] of all.entries()) {
      if (addReduction(context, region, lowering?.tiles, { verb, tile })) continue
      const sums = windowSums(context, region, weights, tile)
      builder.stage(`${verb} ${region.name}`, [], [sums], { alongside: i > 0 })
      yield
    }
  }
  return programByComponentsWork(g, descriptors, lowering, addStages, whole)
}

type Tile = 'scalar' | 'best'

/** The sums of one region: the formula above. */
function windowSums(
  context: ComponentContext,
  region: Region,
  weights: Element,
  tile: Tile,
): Written<Contraction> {
  const { builder, siblings, taps } = context
  const { n, group, f, c, channel } = builder
  const q = outputLoops(region)
  return contract(
    { over: [n, group, f, ...siblings, ...q], sum: [c, ...taps] },
    {
      to: context.results(outputsOf(region, q)),
      a: at(region.source, n, channel, ...windows(region, q, taps)),
      b: weights,
      integer: builder.whole,
      epilogue: builder.epilogue(),
      tile,
      sumName: 'sums',
    },
  )
}

/**
 * The weights as whole numbers. They are computed once per kernel, unless all of them are 1: then
 * nothing is multiplied.
 */
function wholeWeights(
  { builder, component, taps }: ComponentContext,
  { unit, areOnes }: IntegerWeights,
): Element {
  if (areOnes) return at(rowMajorView(builder.constant('one', [1], 'int16'), []))
  const { g, kernel, filter, c } = builder
  const shape = [g.filters, g.channels / g.groups, ...component.map((axis) => axis.taps)]
  const [f, ...rest] = [loop('f', shape[0]!), c, ...taps]
  const viewOf = (name: string): BufferView => rowMajorView(name, shape)
  const whole = viewOf(builder.buffer('whole', 'prepared', elementCount(shape), 'int16'))
  const scaled =
    unit === 1 ? kernel : viewOf(builder.buffer('scaled', 'scratch', elementCount(shape)))
  const scaling = contract(
    { over: [f, ...rest] },
    { to: at(scaled, f, ...rest), a: at(kernel, f, ...rest), b: builder.number('units', 1 / unit) },
  )
  const conversion = move(
    { over: [f, ...rest] },
    { to: at(whole, f, ...rest), from: at(scaled, f, ...rest) },
  )
  builder.prepareStage('whole weights', [], [...(unit === 1 ? [] : [scaling]), conversion])
  return at(whole, filter, c, ...taps)
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
