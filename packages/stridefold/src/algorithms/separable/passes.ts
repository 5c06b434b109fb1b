/**
 * Adds the passes of separable terms. A block of lines along axis 0 goes through the passes of all
 * axes together:
 *
 *   samples ─ passes along axis 0 ─► lines ─ passes along axis 1 ─► … ─► results
 */

import type { LowRankFactors } from '../../geometry/operands.ts'
import type { DType } from '../../ndarray/dtype.ts'
import { elementCount, rowMajorStrides } from '../../ndarray/layout.ts'
import type { Work } from '../../ndarray/work.ts'
import { isLargeSum, minItems } from '../../program/choose-cut.ts'
import { at, type Element, type Index, loop, plus, times } from '../../program/elements.ts'
import type { Machine } from '../../program/machine.ts'
import type { Contraction, IntegerSums, Loop } from '../../program/steps.ts'
import { contract, type Written } from '../../program/write-steps.ts'
import { outputLoops, outputsOf, type Region } from '../borders.ts'
import { axisLoops, axisName } from '../builder.ts'
import type { ComponentContext } from '../context.ts'
import { type Range, rangeOfSums, rangeOfType, sumType } from '../integers.ts'
import { factorPasses, type Pass } from './factor.ts'

/**
 * The number of elements of one intermediate result: an eighth of the L2 cache in float32, because
 * all results of a block are there together.
 */
const blockElements = ({ l2Bytes }: Machine): number => l2Bytes / 32

/** Adds the stages of all terms for one region, term by term. The first term starts the sums. */
export function* addTerms(
  context: ComponentContext,
  region: Region,
  terms: LowRankFactors['terms'],
): Work<void> {
  for (const [term, factors] of terms.entries()) {
    const passes = factors.flatMap((factor, a) => factorPasses(context, region, factor, a))
    const ends = { isFirst: term === 0, isLast: term === terms.length - 1 }
    for (const rows of rowsOfBlocks(context, region, passes))
      addPasses(context, region, passes, rows, ends)
    yield
  }
}

/** Rows [first, first + blocks·height) of a region, as blocks of `height` rows. */
interface Rows {
  readonly first: number
  readonly blocks: number
  readonly height: number
}

/**
 * Cuts the rows of a region into blocks, and a last lower one for the rest. Blocks are items of the
 * grid, so a large region has several.
 */
function rowsOfBlocks(
  { builder, component }: ComponentContext,
  { box, axes }: Region,
  passes: readonly Pass[],
): Rows[] {
  const rows = box[0]![1] - box[0]![0]
  const lineElements = axes.slice(1).reduce((n, { length }) => n * length, builder.g.batch)
  const taps = passes.reduce((sum, pass) => sum + pass.taps, 0)
  const siblings = component.reduce((n, axis) => n * axis.siblings, 1)
  const isShared = isLargeSum(rows * lineElements, taps) && siblings < minItems
  const height = Math.max(
    1,
    Math.min(
      isShared ? Math.floor(rows / minItems) : rows,
      Math.floor(blockElements(builder.machine) / Math.max(1, lineElements)),
    ),
  )
  const blocks = Math.floor(rows / height)
  return [
    { first: 0, blocks, height },
    { first: blocks * height, blocks: 1, height: rows % height },
  ].filter((part) => part.blocks > 0 && part.height > 0)
}

/** The lines between two passes: the element at a position, for every batch item. */
type Lines = (position: readonly Index[]) => Element

/** Adds the stage of one term: over axis 0, 1, …, for blocks of rows. */
function addPasses(
  context: ComponentContext,
  region: Region,
  passes: readonly Pass[],
  { first, blocks, height }: Rows,
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): void {
  const { builder, siblings, target } = context
  const { n } = builder
  const block = loop('block', blocks)
  const row = plus(first, times(height, block))
  const source: Lines = ([y, ...others]) =>
    at(region.source, n, 0, plus(times(region.axes[0]!.stride, row), y!), ...others)
  const results: Lines = ([y, ...others]) =>
    at(target, n, 0, ...context.outputs(outputsOf(region, [plus(row, y!), ...others])))
  let from = source
  let range = rangeOfType(context.builder.sampleType)
  const steps = passes.map((pass, i): Written<Contraction> => {
    const isFinal = i === passes.length - 1
    const extents = extentsAfter(region, passes.slice(0, i + 1), passes.slice(i + 1), height)
    range = rangeOfSums(range, ...pass.sums)
    const integer = integerSums(context, range, isFinal)
    const to = isFinal ? results : localLines(context, region, extents, integer?.type)
    const step = passStep(context, region, pass, axisLoops('y', extents), from, to, {
      start: isFinal && !isFirst ? 'accumulate' : 'zero',
      integer,
      epilogue: isFinal && isLast ? builder.epilogue(0) : undefined,
    })
    from = to
    return step
  })
  // Siblings are items of the grid: each has its own weights in every pass.
  builder.stage(`passes ${region.name}`, [block, ...siblings], steps)
}

/** How a pass forms sums of integers in this range. Undefined if it sums floats. */
const integerSums = (
  { builder: { whole } }: ComponentContext,
  range: Range,
  isFinal: boolean,
): IntegerSums | undefined => whole && { type: sumType(range)!, scale: isFinal ? whole.scale : 1 }

/** to[n, q] = Σ_t from[n, q·stride + t·dilation] · weights[t], along one axis. */
function passStep(
  context: ComponentContext,
  region: Region,
  { axis, weights, taps, spacing }: Pass,
  q: readonly Loop[],
  from: Lines,
  to: Lines,
  ends: Pick<Parameters<typeof contract>[1], 'start' | 'integer' | 'epilogue'>,
): Written<Contraction> {
  const { dilation } = region.axes[axis]!
  const [start, end] = region.box[axis]!
  // A single output has stride 0, but the passes of a box read several positions for it.
  const stride = end - start === 1 ? 1 : region.axes[axis]!.stride
  const t = loop(axisName('t', axis, q.length), taps)
  const sample = plus(times(stride, q[axis]!), times(dilation * spacing, t))
  return contract(
    { over: [context.builder.n, ...q], sum: [t] },
    {
      to: to(q),
      a: from(q.map((position, b) => (b === axis ? sample : position))),
      b: at(weights, context.sibling(axis), t),
      sumName: 'pass',
      ...ends,
    },
  )
}

/**
 * The extents of the lines after some passes: outputs along the axes that are done, samples along
 * the others. Along the axis of the latest pass, more positions remain for its further passes.
 */
function extentsAfter(
  region: Region,
  done: readonly Pass[],
  remaining: readonly Pass[],
  height: number,
): number[] {
  const { axis } = done.at(-1)!
  const outputs = outputLoops(region).map(({ extent }) => extent)
  return region.axes.map(({ length, dilation }, b) => {
    if (b > axis) return length
    const extent = b === 0 ? height : outputs[b]!
    return remaining
      .filter((pass) => pass.axis === b)
      .reduce((sum, { taps, spacing }) => sum + (taps - 1) * spacing * dilation, extent)
  })
}

/**
 * Adds a buffer for the lines of a block, in the layout of their source: neighbours in memory stay
 * neighbours.
 */
function localLines(
  { builder }: ComponentContext,
  { source }: Region,
  extents: readonly number[],
  dtype: DType | undefined,
): Lines {
  const { g, n } = builder
  const [outer, , ...axes] = source.strides
  const isInterleaved = g.batch > 1 && outer! < Math.min(...axes.map(Math.abs))
  const shape = isInterleaved ? [...extents, g.batch] : [g.batch, ...extents]
  const buffer = builder.buffer('lines', 'local', Math.max(1, elementCount(shape)), dtype)
  const view = { buffer, offset: 0, strides: rowMajorStrides(shape) }
  return (position) => at(view, ...(isInterleaved ? [...position, n] : [n, ...position]))
}
