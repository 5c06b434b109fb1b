/**
 * Adds the stages of one polyphase component: blocks of tiles, from the samples to the results.
 *
 *   samples ─gather─► block ─ contractions (steps.ts) ─► outputs of the block ─scatter─► results
 */

import { fillValue, isConstant } from '../../geometry/boundary.ts'
import type { ConvGeometry } from '../../geometry/geometry.ts'
import { elementCount } from '../../ndarray/layout.ts'
import type { Work } from '../../ndarray/work.ts'
import { at, type BufferView, type Index, loop, plus, times } from '../../program/elements.ts'
import type { Loop, Move } from '../../program/steps.ts'
import { boundOf, move, type Written } from '../../program/write-steps.ts'
import { addCopy, regions } from '../borders.ts'
import type { ProgramBuilder } from '../builder.ts'
import type { ComponentContext } from '../context.ts'
import type { ComponentAxis, PolyphaseComponent } from '../polyphase.ts'
import { type AxisLoops, axisLoopsOf, elementOf, type TransformedAxis } from './block.ts'
import { type Block, blockSteps } from './steps.ts'
import type { TileAxis } from './tiling.ts'
import { addWeights } from './weights.ts'

/** Adds the stages of one polyphase component: its weights, then its blocks of tiles. */
export function* addBlocks(
  context: ComponentContext,
  tiling: readonly TransformedAxis[],
): Work<void> {
  const { builder } = context
  const weights = addWeights(context, tiling)
  yield
  const source = sourceOf(context)
  const axes = axisLoopsOf(tiling)
  const grid = [builder.n, ...axes.map(({ blockLoop }) => blockLoop)]
  const buffers = buffersFor(builder, axes)
  const [channels, filters] = [loop('c', builder.g.channels), loop('f', builder.g.filters)]
  const block: Block = {
    ...{ builder, axes, grid, channels, filters, filter: filters },
    next: nextIn(buffers),
  }
  const gather = gatherTiles(builder, source, axes, channels, channels, buffers[0])
  yield
  const { steps, buffer } = blockSteps(block, weights)
  builder.stage('tiles', grid, [
    gather,
    ...steps,
    scatterTiles(context, axes, filters, filters, buffer),
  ])
}

/** Arrays in two buffers in turn. */
export function nextIn(buffers: readonly [string, string]): Block['next'] {
  let used = 0
  return (dimensions) => ({ buffer: buffers[used++ % 2]!, dimensions })
}

/**
 * Where samples come from: the input itself if one constant surrounds it, else a copy with its
 * border.
 */
export interface Source {
  readonly view: BufferView
  /** Along each axis, sample 0 of the first tile, and the number of samples. */
  readonly first: readonly number[]
  readonly extents: readonly number[]
  readonly outside: number
}

/** The samples that the windows of one axis of a component read, from the first to the last. */
const readsOf = ({ outputs, taps }: ComponentAxis): number => outputs + taps - 1

/**
 * The one constant that windows read outside the input; 0 if they read nothing there. Undefined if
 * a border repeats samples, or if there are several constants.
 */
export function constantAround(
  { boundary }: ConvGeometry,
  component: PolyphaseComponent,
): number | undefined {
  const fills = boundary.flatMap((border, a) => {
    const axis = component[a]!
    const isLeft = axis.before > 0 || readsOf(axis) - axis.before > axis.input
    return isLeft ? [isConstant(border) ? fillValue(border) : undefined] : []
  })
  const [first = 0] = fills
  return fills.every((fill) => fill === first) ? first : undefined
}

export function sourceOf(context: ComponentContext): Source {
  const { builder, component } = context
  const first = component.map((axis) => -axis.before)
  const reads = component.map(readsOf)
  const around = constantAround(builder.g, component)
  if (around !== undefined)
    return {
      view: builder.input,
      first,
      extents: component.map((axis) => axis.input),
      outside: around,
    }
  const options = { whole: true, channelsLast: true, dense: () => true }
  const [region] = regions(context, options)
  addCopy(builder, region!, 'pad')
  return { view: region!.source, first: first.map(() => 0), extents: reads, outside: 0 }
}

/**
 * Adds two buffers of a worker. Each is large enough for everything that a block holds at any time.
 */
export function buffersFor(
  builder: ProgramBuilder,
  tiling: readonly TileAxis[],
  channels: number = Math.max(builder.g.channels, builder.g.filters),
): readonly [string, string] {
  const length = elementCount([channels, ...tiling.map((axis) => axis.block * axis.n)])
  return [builder.buffer('block', 'local', length), builder.buffer('block', 'local', length)]
}

/** The first output of the block of an item. */
const firstOutput = ({ m, block, blockLoop }: AxisLoops): Index => times(block * m, blockLoop)

/**
 * Returns the Move that copies the samples under a block, channels innermost. `channel` is the
 * channel of the layer for each of `channels`.
 */
export function gatherTiles(
  { n }: ProgramBuilder,
  { view, first, extents, outside }: Source,
  axes: readonly AxisLoops[],
  c: Loop,
  channel: Index,
  buffer: string,
): Written<Move> {
  const y = axes.map((axis) => axis.sample)
  const samples = y.map((sample, a) => plus(first[a]!, firstOutput(axes[a]!), sample))
  return move(
    { over: [...y, c] },
    {
      to: elementOf({ buffer, dimensions: [...y, c] }),
      from: at(view, n, channel, ...samples),
      bounds: samples.flatMap((index, a) => boundOf(index, extents[a]!)),
      outside,
    },
  )
}

/**
 * Returns the Move that copies the outputs of a block to the target, without those behind the last
 * output.
 */
export function scatterTiles(
  context: ComponentContext,
  axes: readonly AxisLoops[],
  f: Loop,
  filter: Index,
  buffer: string,
): Written<Move> {
  const { builder, component, target } = context
  const y = axes.map((axis) => axis.output)
  const q = y.map((output, a) => plus(firstOutput(axes[a]!), output))
  return move(
    { over: [...y, f] },
    {
      to: at(target, builder.n, filter, ...context.outputs(q)),
      from: elementOf({ buffer, dimensions: [...y, f] }),
      bounds: q.flatMap((index, a) => boundOf(index, component[a]!.outputs)),
    },
  )
}
