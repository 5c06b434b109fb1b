/**
 * The definition as one Contract: every output is the sum of kernel times window, read where it
 * lies.
 *
 *   y[n, g·O + f, q] = Σ_c Σ_u x[n, g·C + c, q·stride + u·dilation] · k[g·O + f, c, u]
 *
 * Shared by `naive` (one result at a time) and `strided` (as the backend finds best).
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import type { Program } from '../program/program.ts'
import type { Contraction } from '../program/steps.ts'
import type { OperandDescriptors } from './algorithm.ts'
import { isCopiedWhole, type Region, regionSteps, regions } from './borders.ts'
import { axisName, loop, type BufferView, ProgramBuilder } from './builder.ts'
import { componentLoops } from './components.ts'
import { inPlaceContracts } from './in-place.ts'
import { type PolyphaseComponent, polyphaseComponents } from './polyphase.ts'
import { addUnread } from './unread.ts'

/**
 * The program of a direct convolution: borders gathered where there are any, one contract for each
 * region, or all of it in place.
 */
export function directProgram(
  g: ConvGeometry,
  facts: OperandDescriptors,
  tile: Tile,
  verb: string,
): Program {
  const builder = new ProgramBuilder(g, facts)
  const target = builder.target()
  addUnread(builder, g, target)
  for (const phase of polyphaseComponents(g)) {
    if (isInPlace(g, facts)) {
      for (const step of inPlaceContracts(g, phase, target, builder, tile))
        builder.stage('in place', [], [step])
      continue
    }
    for (const region of regions(g, facts, phase, builder)) {
      if (region.gather.length > 0) builder.stage(`gather ${region.name}`, [], region.gather)
      builder.stage(
        `${verb} ${region.name}`,
        [],
        [directContract(g, phase, region, target, builder, tile)],
      )
    }
  }
  builder.finish(target)
  return builder.build()
}

/** Whether outputs near a border take their taps from the input where it lies. */
export const isInPlace = (g: ConvGeometry, facts: OperandDescriptors): boolean =>
  facts.inPlace === true || (facts.everyProduct !== true && isDepthwiseByChannels(g, facts))

/**
 * With few products a position, copying the input to pad it would cost as much as they do: borders
 * leave out the taps outside instead.
 */
const isDepthwiseByChannels = (g: ConvGeometry, facts: OperandDescriptors): boolean =>
  g.groups === g.channels &&
  g.filters === g.channels &&
  g.channels >= 4 &&
  facts.input.channel === 1 &&
  facts.input.dtype === g.dtype &&
  g.boundary.every((border) => border === 'zero') &&
  g.axes.every((axis) => axis.kernel <= 5 && axis.inputDilation === 1) &&
  isCopiedWhole(g)

type Tile = 'scalar' | 'best'

/** The contract of one region of one phase. */
function directContract(
  g: ConvGeometry,
  phase: PolyphaseComponent,
  region: Region,
  target: BufferView,
  builder: ProgramBuilder,
  tile: Tile,
): Contraction {
  const rank = phase.length
  const { source } = region
  const steps = regionSteps(region)
  const kernel = builder.kernel
  const filtersPerGroup = g.filters / g.groups
  const channelsPerGroup = g.channels / g.groups
  const extents = region.box.map(([start, end]) => end - start)
  const components = componentLoops(phase, target, kernel)
  const none = components.loops.map(() => 0)
  const result = [
    loop('n', g.batch),
    loop('g', g.groups),
    loop('f', filtersPerGroup),
    ...components.loops,
    ...extents.map((e, a) => loop(axisName('y', a, rank), e)),
  ]
  const sum = [
    loop('c', channelsPerGroup),
    ...phase.map((axis, a) => loop(axisName('t', a, rank), axis.taps)),
  ]
  const toOffset = phase.reduce(
    (at, axis, a) =>
      at + (axis.outputStart + region.box[a]![0] * axis.outputStep) * target.axes[a]!,
    target.offset,
  )
  const kernelOffset = phase.reduce(
    (at, axis, a) => at + axis.kernelStart * kernel.axes[a]!,
    kernel.offset,
  )
  const tail = builder.epilogue([0, filtersPerGroup, 1, ...none, ...extents.map(() => 0)])
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
        ...components.output,
        ...phase.map((axis, a) => axis.outputStep * target.axes[a]!),
      ],
    },
    a: {
      buffer: source.buffer,
      offset: source.offset,
      strides: [
        source.outer,
        channelsPerGroup * source.channel,
        0,
        ...none,
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
        ...components.kernel,
        ...phase.map(() => 0),
        kernel.channel,
        ...phase.map((axis, a) => axis.kernelStep * kernel.axes[a]!),
      ],
    },
    start: 'zero',
    ...(tail === undefined ? {} : { epilogue: tail }),
    tile,
  }
}
