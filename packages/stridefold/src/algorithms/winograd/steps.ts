/**
 * The contractions of Winograd: into the transformed space one axis at a time, one product over
 * channels, then back one axis at a time.
 *
 *   in:    [ξ… of axes done][tiles… of axes done][samples… of later axes][c]
 *   out:   [ξ… of later axes][outputs… of axes done][tiles… of later axes][f]
 */

import {
  at,
  type Element,
  type Index,
  loop,
  plus,
  rowMajorView,
  times,
} from '../../program/elements.ts'
import type { Contraction, Loop } from '../../program/steps.ts'
import { contract, type Written } from '../../program/write-steps.ts'
import type { ProgramBuilder } from '../builder.ts'
import { guardStep } from '../guard.ts'
import { type AxisLoops, elementOf, elementWith, type LoopArray, transformStep } from './block.ts'

type Steps = Written<Contraction>[]

/** A block of tiles: where its arrays lie, and their loops. */
export interface Block {
  readonly builder: ProgramBuilder
  readonly axes: readonly AxisLoops[]
  readonly grid: readonly Loop[]
  /** The channels and filters of the block, over all groups. */
  readonly channels: Loop
  readonly filters: Loop
  /** A filter of the block, counted over all filters. */
  readonly filter: Index
  /** An array in the other one of the two buffers, with these dimensions. */
  next(dimensions: readonly Loop[]): LoopArray
}

/** The axes with a transform. */
const transformedOf = (axes: readonly AxisLoops[]): AxisLoops[] =>
  axes.filter((axis) => axis.matrices)

/**
 * Returns all steps from the samples of a block, in the first of two buffers, to its outputs; and
 * the buffer that holds the outputs.
 */
export function blockSteps(
  block: Block,
  weights: string,
): { readonly steps: Steps; readonly buffer: string } {
  const { builder, axes, filters, next } = block
  const steps: Steps = []
  const samples = addInputTransforms(block, steps)
  const tiles = axes.map((axis) => axis.tile)
  const products = next([...pointsOf(axes), ...tiles, filters])
  steps.push(productStep(builder, axes, tiles, weights, samples, products))
  const outputs = addOutputTransforms(block, steps, products, elementOf(products))
  return { steps, buffer: outputs.buffer }
}

/**
 * V[ξ][tile][c] = Bᵀ x B, one axis at a time. `last`: the elements of V; by default those of the
 * next array.
 */
export function addInputTransforms(
  { builder, axes, channels, next }: Block,
  steps: Steps,
  last?: Element,
): LoopArray {
  const samplesOf = (axis: AxisLoops): Loop => (axis.matrices ? axis.sample : axis.tile)
  let from = next([...axes.map(samplesOf), channels])
  axes.forEach((axis, a) => {
    const { m, matrices, sample, sampleInTile, tile, point } = axis
    if (matrices === undefined) return
    const done = axes.slice(0, a + 1)
    const to = next([
      ...pointsOf(done),
      ...done.map((other) => other.tile),
      ...axes.slice(a + 1).map(samplesOf),
      channels,
    ])
    const isLast = axes.slice(a + 1).every((other) => other.matrices === undefined)
    const step = transformStep(builder, {
      matrix: matrices.input,
      row: point,
      sum: sampleInTile,
      over: to.dimensions,
      to: isLast && last !== undefined ? last : elementOf(to),
      from: elementWith(from, sample, plus(times(m, tile), sampleInTile)),
    })
    steps.push(step)
    from = to
  })
  return from
}

export const pointsOf = (axes: readonly AxisLoops[]): Loop[] =>
  axes.flatMap(({ matrices, point }) => (matrices ? [point] : []))

/**
 * M[ξ][tile][f] = Σ_c V[ξ][tile][c] · U[ξ][c][f], group by group. V and M have the dimensions
 * points, tiles, and channels or filters. Loops of the grid are not loops of the step.
 */
export function productStep(
  builder: ProgramBuilder,
  axes: readonly AxisLoops[],
  tiles: readonly Loop[],
  weights: string,
  from: LoopArray,
  to: LoopArray,
  grid: readonly Loop[] = [],
): Written<Contraction> {
  const { group, f, c, filter, channel } = builder
  const points = pointsOf(axes)
  const [channels, filters] = [from.dimensions.at(-1)!, to.dimensions.at(-1)!]
  const shape = [...points, c, filters].map(({ extent }) => extent)
  return contract(
    { over: [group, ...points.filter((p) => !grid.includes(p)), ...tiles, f], sum: [c] },
    {
      to: elementWith(to, filters, filter),
      a: elementWith(from, channels, channel),
      b: at(rowMajorView(weights, shape), ...points, c, filter),
      epilogue: points.length === 0 ? builder.epilogue() : undefined,
      sumName: 'products',
    },
  )
}

/**
 * Y = Aᵀ M A, one axis at a time. The guard checks the first array that shows every bad value.
 * `first`: the elements of M.
 */
export function addOutputTransforms(
  block: Block,
  steps: Steps,
  products: LoopArray,
  first: Element,
): LoopArray {
  const { builder, axes, filters, filter, next } = block
  const transformed = transformedOf(axes)
  let from = products
  transformed.forEach((axis, i) => {
    const later = transformed.slice(i + 1)
    const isLast = later.length === 0
    const to = next([
      ...pointsOf(later),
      ...axes.map((other) =>
        other.matrices && !later.includes(other) ? other.output : other.tile,
      ),
      filters,
    ])
    const { m, matrices, point, tile, output, outputInTile } = axis
    // The outputs of the axis, as tiles and outputs inside a tile.
    const inTiles = (inside: Loop): Loop[] =>
      to.dimensions.flatMap((d) => (d === output ? [tile, inside] : [d]))
    const outputAt = (inside: Index): Element =>
      elementWith(to, output, plus(times(m, tile), inside))
    const step = transformStep(builder, {
      matrix: matrices!.output,
      row: outputInTile,
      sum: point,
      over: inTiles(outputInTile),
      to: outputAt(outputInTile),
      from: i === 0 ? first : elementOf(from),
      epilogue: isLast ? builder.epilogue(filter) : undefined,
    })
    if (i === 0 && isLast) steps.push(tileGuard(block, first, from.dimensions))
    steps.push(step)
    // Every point of M but the last is part of the first output of its tile. The last one is part
    // of the last output. So the guard reads these two outputs.
    const end = loop(outputInTile.name, 2)
    if (i === 0 && !isLast) steps.push(tileGuard(block, outputAt(times(m - 1, end)), inTiles(end)))
    from = to
  })
  return from
}

/**
 * Returns the step that checks all elements of an array. A non-finite sample of a tile appears in
 * some point of M for every filter, whatever its weights.
 */
function tileGuard(
  { builder, grid, filters }: Block,
  element: Element,
  dimensions: readonly Loop[],
): Written<Contraction> {
  const summed = dimensions.filter((dimension) => dimension !== filters)
  return guardStep(builder, element, { grid, kept: [filters], summed })
}
