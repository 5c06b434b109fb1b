/**
 * Adds the stages of a component with few tiles and many weights. All tiles go through each step
 * together, so every weight is read once. Each stage has a grid of its own:
 *
 *   samples ─Bᵀ─► V[ξ][tile][c]     rows of tiles × blocks of channels
 *   V ─· weights─► M[ξ][tile][f]    points
 *   M ─Aᵀ─► outputs                 rows of tiles × blocks of filters
 */

import type { Work } from '../../ndarray/work.ts'
import { minItems } from '../../program/choose-cut.ts'
import { type Index, loop, plus, times } from '../../program/elements.ts'
import type { Contraction, Loop } from '../../program/steps.ts'
import type { Written } from '../../program/write-steps.ts'
import type { ProgramBuilder } from '../builder.ts'
import type { ComponentContext } from '../context.ts'
import {
  type AxisLoops,
  axisLoopsOf,
  elementOf,
  type LoopArray,
  lengthOf,
  type TransformedAxis,
} from './block.ts'
import {
  addInputTransforms,
  addOutputTransforms,
  type Block,
  pointsOf,
  productStep,
} from './steps.ts'
import { buffersFor, gatherTiles, nextIn, scatterTiles, sourceOf } from './tiles.ts'
import { addWeights } from './weights.ts'

/** Adds the stages of one polyphase component: its weights, then one stage after the other. */
export function* addStages(
  context: ComponentContext,
  tiling: readonly TransformedAxis[],
): Work<void> {
  const { builder } = context
  const { g, n } = builder
  const axes = axisLoopsOf(tiling)
  const weights = addWeights(context, tiling)
  yield
  const tiles = axes.map(({ allTiles }) => allTiles)
  const array = (kind: string, innermost: Loop): LoopArray => {
    const dimensions = [...pointsOf(axes), n, ...tiles, innermost]
    return { buffer: builder.buffer(kind, 'scratch', lengthOf(dimensions)), dimensions }
  }
  const samples = array('samples', loop('c', g.channels))
  const products = array('products', loop('f', g.filters))
  yield
  addSamples(context, axes, samples)
  yield
  const grid = pointsOf(axes)
  builder.stage('products', grid, [
    productStep(builder, axes, [n, ...tiles], weights, samples, products, grid),
  ])
  yield
  addOutputs(context, axes, products)
}

/** Adds the stage that gathers and transforms the samples. */
function addSamples(
  context: ComponentContext,
  axes: readonly AxisLoops[],
  samples: LoopArray,
): void {
  const { builder } = context
  const { block, index, buffers } = partOf(builder, axes, 'c', builder.g.channels)
  const gather = gatherTiles(builder, sourceOf(context), axes, block.channels, index, buffers[0])
  const steps: Written<Contraction>[] = []
  addInputTransforms(block, steps, elementOf(samples, inAll(axes, samples, index)))
  builder.stage('transform samples', block.grid, [gather, ...steps])
}

/** Adds the stage that transforms the products back and writes the outputs. */
function addOutputs(
  context: ComponentContext,
  axes: readonly AxisLoops[],
  products: LoopArray,
): void {
  const { builder } = context
  const { block, index } = partOf(builder, axes, 'f', builder.g.filters)
  const dimensions = [...pointsOf(axes), ...axes.map(({ tile }) => tile), block.filters]
  const steps: Written<Contraction>[] = []
  const outputs = addOutputTransforms(
    block,
    steps,
    { buffer: products.buffer, dimensions },
    elementOf(products, inAll(axes, products, index)),
  )
  builder.stage('transform products', block.grid, [
    ...steps,
    scatterTiles(context, axes, block.filters, index, outputs.buffer),
  ])
}

/** The smallest number of channels of an item: whole cache lines of float32. */
const minChannels = 16

interface Part {
  readonly block: Block
  /** A channel or filter of an item, counted over all. */
  readonly index: Index
  readonly buffers: readonly [string, string]
}

/** Cuts rows of tiles, and channels or filters where there are too few rows. */
function partOf(
  builder: ProgramBuilder,
  axes: readonly AxisLoops[],
  name: string,
  count: number,
): Part {
  const rows = axes.reduce((n, { blocks }) => n * blocks, builder.n.extent)
  let parts = 1
  while (rows * parts < minItems && count % (2 * parts) === 0 && count / (2 * parts) >= minChannels)
    parts *= 2
  const [part, channels] = [loop(`${name} part`, parts), loop(name, count / parts)]
  const index = plus(times(channels.extent, part), channels)
  const grid = [builder.n, ...axes.map(({ blockLoop }) => blockLoop), part]
  const buffers = buffersFor(builder, axes, channels.extent)
  const block: Block = {
    ...{ builder, axes, grid, channels, filters: channels, filter: index },
    next: nextIn(buffers),
  }
  return { block, index, buffers }
}

/** The place of a block in an array of all tiles. */
const inAll =
  (axes: readonly AxisLoops[], array: LoopArray, innermost: Index) =>
  (dimension: Loop): Index => {
    if (dimension === array.dimensions.at(-1)) return innermost
    const axis = axes.find(({ allTiles }) => allTiles === dimension)
    return axis === undefined ? dimension : plus(times(axis.block, axis.blockLoop), axis.tile)
  }
