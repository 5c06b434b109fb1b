/**
 * Computes the spectra of a kernel once, and the product of spectra.
 *
 *   Y = X·K:   Y₀ = X₀·K₀ − X₁·K₁      Y₁ = X₀·K₁ + X₁·K₀        parts 0 real, 1 imaginary
 *
 * This is one contraction: Y_p = Σ_q X_q · S[1 + p − q] with S = (−K₁, K₀, K₁). The taps are stored
 * backwards and divided by the number of points. So the circular convolution becomes the
 * correlation of the layer, and the inverse transform needs no factor.
 */

import { cartesianProduct } from '../../ndarray/cartesian-product.ts'
import { elementCount, rowMajorStrides } from '../../ndarray/layout.ts'
import { at, type BufferView, loop, plus, rowMajorView, times } from '../../program/elements.ts'
import type { Contraction, Loop, Move } from '../../program/steps.ts'
import { contract, move, type Written } from '../../program/write-steps.ts'
import type { ProgramBuilder } from '../builder.ts'
import type { ComponentContext } from '../context.ts'
import {
  blockView,
  type Cut,
  layoutOf,
  pointsOf,
  type TiledComponent,
  tileLoops,
  transform,
  transformedAxes,
} from './block.ts'
import type { StrideComponent } from './stride-components.ts'
import type { Tiling } from './tiling.ts'

/** Every combination of the stride components of the axes. */
const combinationsOf = ({ strideAxes }: TiledComponent): StrideComponent[][] =>
  cartesianProduct(strideAxes.map((axis) => axis.strideComponents))

/**
 * Adds the stage that computes the spectra of a kernel. Returns them as [part of S, filter,
 * channel of all stride components, ...points]. The batch axis has one point.
 */
export function addSpectra(context: ComponentContext, tiled: TiledComponent): BufferView {
  const { builder } = context
  const { tiling } = tiled
  const f = loop('f', builder.g.filters)
  const combinations = combinationsOf(tiled)
  const all = builder.c.extent * combinations.length
  const oneTile = { ...tiling, axes: tiling.axes.map((axis) => ({ ...axis, tilesPerBlock: 1 })) }
  const tiles = tileLoops(
    'tile ',
    tiling.axes.map(() => 1),
  )
  // One tile only. If points are neighbours, it keeps the strides of the blocks: they decide the
  // order of the points of a spectrum.
  const layout = layoutOf(tiling.channelsLast ? oneTile : tiling, all)
  const block = blockView(builder.buffer('taps', 'local', layout.length), layout)
  const i = loop('i', layout.length)
  const clear = move(
    { over: [i] },
    { to: at(rowMajorView(block.buffer, [layout.length]), i), from: 0 },
  )
  const taps = combinations.map((combination, r) =>
    placeTaps(context, tiled, combination, r, f, block),
  )
  const whole = tiling.axes.map(({ points }) => [0, points] as const)
  const forward = transformedAxes(tiling)
    .toReversed()
    .map((a) => transform(block, { tiling, tiles }, 'forward', a, whole, all))
  const spectra = spectraView(builder, tiling, all)
  const parts = storeParts(builder, tiling, block, spectra, [f, loop('c', all)])
  builder.prepareStage('transform kernel', [f], [clear, ...taps, ...forward, ...parts])
  return spectra
}

/** Returns the Move that stores the taps of one combination of stride components, backwards. */
function placeTaps(
  context: ComponentContext,
  { strideAxes, tiling }: TiledComponent,
  combination: readonly StrideComponent[],
  r: number,
  f: Loop,
  block: BufferView,
): Written<Move> {
  const { c, kernel } = context.builder
  const [, ...k] = tileLoops('k', [1, ...combination.map(({ count }) => count)])
  const points = combination.map(({ at: first, spacing }, a) =>
    plus(strideAxes[a]!.componentTaps - 1 - first, times(-spacing, k[a]!)),
  )
  const kernelTaps = combination.map(({ first, step }, a) => plus(first, times(step, k[a]!)))
  const noTiles = tiling.axes.map(() => 0)
  return move(
    { over: [c, ...k] },
    {
      to: at(block, 0, plus(r * c.extent, c), 0, ...points, ...noTiles),
      from: at(kernel, f, c, ...context.kernelTaps(kernelTaps)),
    },
  )
}

/** Adds the buffer of the spectra. */
function spectraView(builder: ProgramBuilder, tiling: Tiling, all: number): BufferView {
  const { filters } = builder.g
  const points = tiling.axes.map((axis) => axis.points)
  const shape = tiling.channelsLast ? [3, ...points, all, filters] : [3, filters, all, ...points]
  const buffer = builder.buffer('spectra', 'prepared', elementCount(shape))
  const strides = rowMajorStrides(shape)
  if (!tiling.channelsLast) return { buffer, offset: 0, strides }
  return { buffer, offset: 0, strides: [strides[0]!, 1, filters, ...strides.slice(1, -2)] }
}

/** Returns the steps that store S = (−K₁, K₀, K₁), divided by the number of points. */
function storeParts(
  builder: ProgramBuilder,
  tiling: Tiling,
  block: BufferView,
  spectra: BufferView,
  [f, c]: readonly [filter: Loop, channel: Loop],
): Written<Contraction>[] {
  const points = tiling.axes.map((axis) => axis.points)
  const total = elementCount(points)
  const values = [-1 / total, 1 / total, 1 / total]
  const factors = rowMajorView(builder.constant('factors', values), [3])
  const p = tileLoops('p', points)
  const noTiles = points.map(() => 0)
  return [1, 0, 1].map((from, part) =>
    contract(
      { over: [c, ...p] },
      {
        to: at(spectra, part, f, c, ...p),
        a: at(block, from, c, ...p, ...noTiles),
        b: at(factors, part),
      },
    ),
  )
}

/** The step Y = X·K for every point of a block, summed over channels. */
export function spectrumProduct(
  { g, group, f, c, filter, channel }: ProgramBuilder,
  tiled: TiledComponent,
  spectra: BufferView,
  x: BufferView,
  y: BufferView,
  cut?: Cut,
): Written<Contraction> {
  const { tiling, tiles } = tiled
  const { loops: points, indices } = pointsOf(
    'p',
    tiling.axes.map((axis) => axis.points),
    cut,
  )
  const [p, q] = [loop('part', 2), loop('of', 2)]
  const r = loop('r', combinationsOf(tiled).length)
  return contract(
    { over: [...points, ...tiles, p, group, f], sum: [q, r, c] },
    {
      to: at(y, p, filter, ...indices, ...tiles),
      a: at(x, q, plus(times(g.channels, r), channel), ...indices, ...tiles),
      b: at(spectra, plus(1, p, times(-1, q)), filter, plus(times(c.extent, r), c), ...indices),
      sumName: 'products',
    },
  )
}
