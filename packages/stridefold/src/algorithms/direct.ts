/**
 * Computes the definition as one Contraction: every output is the sum of products of the kernel and
 * its window, which is read where it lies.
 *
 *   y[n, g·O + f, q] = Σ_c Σ_u x[n, g·C + c, q·stride + u·dilation] · k[g·O + f, c, u]
 *
 * `naive` and `strided` share this file. `naive` computes one result at a time; for `strided` the
 * backend chooses the fastest tile.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { Program } from '../program/program.ts'
import type { Contraction } from '../program/steps.ts'
import { isCopiedWhole, type Region, regionSteps, regions } from './borders.ts'
import { axisName, type BufferView, loop, ProgramBuilder } from './builder.ts'
import { componentLoops } from './components.ts'
import { inPlaceContractions } from './in-place.ts'
import { type PolyphaseComponent, polyphaseComponents } from './polyphase.ts'
import { addUnread } from './unread.ts'

/**
 * Returns the program of a direct convolution. It copies the samples near a border and contracts
 * each region; or it contracts everything in place.
 */
export function directProgram(
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  tile: Tile,
  verb: string,
): Program {
  const builder = new ProgramBuilder(g, descriptors)
  const target = builder.target()
  addUnread(builder, g, target)
  for (const component of polyphaseComponents(g)) {
    if (isInPlace(g, descriptors)) {
      for (const step of inPlaceContractions(g, component, target, builder, tile))
        builder.stage('in place', [], [step])
      continue
    }
    for (const region of regions(g, descriptors, component, builder)) {
      if (region.gather.length > 0) builder.stage(`gather ${region.name}`, [], region.gather)
      builder.stage(
        `${verb} ${region.name}`,
        [],
        [directContraction(g, component, region, target, builder, tile)],
      )
    }
  }
  builder.finish(target)
  return builder.build()
}

/** True if outputs near a border read the input itself, not a padded copy. */
export const isInPlace = (g: ConvGeometry, descriptors: OperandDescriptors): boolean =>
  descriptors.inPlace === true ||
  (descriptors.everyProduct !== true && isDepthwiseByChannels(g, descriptors))

/**
 * True for depthwise layers with channels innermost. They have few products per sample, so a padded
 * copy of the input would take as long as the products. Taps outside the input are skipped instead.
 */
const isDepthwiseByChannels = (g: ConvGeometry, descriptors: OperandDescriptors): boolean =>
  g.groups === g.channels &&
  g.filters === g.channels &&
  g.channels >= 4 &&
  descriptors.input.channel === 1 &&
  descriptors.input.dtype === g.dtype &&
  g.boundary.every((border) => border === 'zero') &&
  g.axes.every((axis) => axis.kernel <= 5 && axis.inputDilation === 1) &&
  isCopiedWhole(g)

type Tile = 'scalar' | 'best'

/** The contraction of one region of one polyphase component. */
function directContraction(
  g: ConvGeometry,
  component: PolyphaseComponent,
  region: Region,
  target: BufferView,
  builder: ProgramBuilder,
  tile: Tile,
): Contraction {
  const rank = component.length
  const { source } = region
  const steps = regionSteps(region)
  const kernel = builder.kernel
  const filtersPerGroup = g.filters / g.groups
  const channelsPerGroup = g.channels / g.groups
  const extents = region.box.map(([start, end]) => end - start)
  const siblings = componentLoops(component, target, kernel)
  const siblingZeros = siblings.loops.map(() => 0)
  const result = [
    loop('n', g.batch),
    loop('g', g.groups),
    loop('f', filtersPerGroup),
    ...siblings.loops,
    ...extents.map((e, a) => loop(axisName('y', a, rank), e)),
  ]
  const sum = [
    loop('c', channelsPerGroup),
    ...component.map((axis, a) => loop(axisName('t', a, rank), axis.taps)),
  ]
  const toOffset = component.reduce(
    (at, axis, a) =>
      at + (axis.outputStart + region.box[a]![0] * axis.outputStep) * target.axes[a]!,
    target.offset,
  )
  const kernelOffset = component.reduce(
    (at, axis, a) => at + axis.kernelStart * kernel.axes[a]!,
    kernel.offset,
  )
  const epilogue = builder.epilogue([
    0,
    filtersPerGroup,
    1,
    ...siblingZeros,
    ...extents.map(() => 0),
  ])
  return {
    kind: 'contract',
    result,
    sum,
    to: {
      buffer: target.buffer,
      offset: toOffset,
      strides: [
        target.outer,
        filtersPerGroup * target.channel,
        target.channel,
        ...siblings.output,
        ...component.map((axis, a) => axis.outputStep * target.axes[a]!),
      ],
    },
    a: {
      buffer: source.buffer,
      offset: source.offset,
      strides: [
        source.outer,
        channelsPerGroup * source.channel,
        0,
        ...siblingZeros,
        ...steps.outputs,
        source.channel,
        ...steps.taps,
      ],
    },
    b: {
      buffer: kernel.buffer,
      offset: kernelOffset,
      strides: [
        0,
        filtersPerGroup * kernel.outer,
        kernel.outer,
        ...siblings.kernel,
        ...component.map(() => 0),
        kernel.channel,
        ...component.map((axis, a) => axis.kernelStep * kernel.axes[a]!),
      ],
    },
    start: 'zero',
    ...(epilogue === undefined ? {} : { epilogue }),
    tile,
  }
}
