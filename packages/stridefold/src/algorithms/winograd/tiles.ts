/**
 * Adds the stages of one polyphase component: blocks of tiles, from the samples to the results.
 *
 *   samples ─gather─► block ─ contractions (steps.ts) ─► outputs of the block ─scatter─► results
 */

import { fillValue, isConstant } from '../../geometry/boundary.ts'
import type { ConvGeometry } from '../../geometry/geometry.ts'
import { cartesianProduct } from '../../ndarray/cartesian-product.ts'
import { elementCount } from '../../ndarray/layout.ts'
import {
  at,
  type BufferView,
  type Index,
  loop,
  plus,
  rowMajorView,
  times,
} from '../../program/elements.ts'
import type { Move } from '../../program/steps.ts'
import { boundOf, move, type Written } from '../../program/write-steps.ts'
import { addCopy, regions } from '../borders.ts'
import { axisLoops, axisName, type ProgramBuilder } from '../builder.ts'
import type { ComponentContext } from '../context.ts'
import type { ComponentAxis, PolyphaseComponent } from '../polyphase.ts'
import type { TransformedAxis } from './block.ts'
import { blockSteps } from './steps.ts'
import type { TileAxis } from './tiling.ts'
import { addWeights } from './weights.ts'

/** Adds the stages of one polyphase component: its weights, then its blocks of tiles. */
export function addTiles(context: ComponentContext, tiling: readonly TransformedAxis[]): void {
  const { builder } = context
  const weights = addWeights(context, tiling)
  const source = sourceOf(context)
  const parts = tiling.map(({ tiles, block }) =>
    [
      { first: 0, blocks: Math.floor(tiles / block), block },
      { first: tiles - (tiles % block), blocks: 1, block: tiles % block },
    ].filter((part) => part.blocks > 0 && part.block > 0),
  )
  // One pair of buffers serves all blocks, because the largest block comes first.
  const buffers = buffersFor(builder, tiling)
  for (const part of cartesianProduct(parts)) {
    const axes = tiling.map((axis, a) => ({ ...axis, block: part[a]!.block }))
    const blocks = part.map((p, a) => loop(axisName('block ', a, part.length), p.blocks))
    // The first output of each block.
    const first = axes.map(({ m, block }, a) =>
      plus(part[a]!.first * m, times(block * m, blocks[a]!)),
    )
    const grid = [builder.n, ...blocks]
    const { steps, buffer } = blockSteps(builder, axes, grid, weights, buffers)
    builder.stage('tiles', grid, [
      gatherTiles(builder, source, axes, first, buffers[0]),
      ...steps,
      scatterTiles(context, axes, first, buffer),
    ])
  }
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

function sourceOf(context: ComponentContext): Source {
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
function buffersFor(
  builder: ProgramBuilder,
  tiling: readonly TileAxis[],
): readonly [string, string] {
  const channels = Math.max(builder.g.channels, builder.g.filters)
  const length = elementCount([channels, ...tiling.map((axis) => axis.block * axis.n)])
  return [builder.buffer('block', 'local', length), builder.buffer('block', 'local', length)]
}

/** Returns the Move that copies the samples under a block, channels innermost. */
function gatherTiles(
  { g, n }: ProgramBuilder,
  { view, first, extents, outside }: Source,
  axes: readonly TileAxis[],
  firstOutputs: readonly Index[],
  buffer: string,
): Written<Move> {
  const y = axisLoops(
    'y',
    axes.map((axis) => axis.block * axis.m + axis.r - 1),
  )
  const c = loop('c', g.channels)
  const samples = y.map((sample, a) => plus(first[a]!, firstOutputs[a]!, sample))
  return move(
    { over: [...y, c] },
    {
      to: at(
        rowMajorView(
          buffer,
          [...y, c].map(({ extent }) => extent),
        ),
        ...y,
        c,
      ),
      from: at(view, n, c, ...samples),
      bounds: samples.flatMap((index, a) => boundOf(index, extents[a]!)),
      outside,
    },
  )
}

/**
 * Returns the Move that copies the outputs of a block to the target, without those behind the last
 * output.
 */
function scatterTiles(
  context: ComponentContext,
  axes: readonly TileAxis[],
  firstOutputs: readonly Index[],
  buffer: string,
): Written<Move> {
  const { builder, component, target } = context
  const y = axisLoops(
    'y',
    axes.map((axis) => axis.block * axis.m),
  )
  const f = loop('f', builder.g.filters)
  const q = y.map((output, a) => plus(firstOutputs[a]!, output))
  return move(
    { over: [...y, f] },
    {
      to: at(target, builder.n, f, ...context.outputs(q)),
      from: at(
        rowMajorView(
          buffer,
          [...y, f].map(({ extent }) => extent),
        ),
        ...y,
        f,
      ),
      bounds: q.flatMap((index, a) => boundOf(index, component[a]!.outputs)),
    },
  )
}
