/**
 * Computes the spectra of a kernel once, and the product of spectra.
 *
 *   Y = X·K:   Y₀ = X₀·K₀ − X₁·K₁      Y₁ = X₀·K₁ + X₁·K₀        parts 0 real, 1 imaginary
 *
 * This is one contraction: Y_p = Σ_q X_q · S[1 + p − q] with S = (−K₁, K₀, K₁). The taps are stored
 * backwards and divided by the number of points. So the circular convolution becomes the
 * correlation of the layer, and the inverse transform needs no factor.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import { elementCount, rowMajorStrides } from '../../ndarray/layout.ts'
import type { Contraction, Move, Operand, Step } from '../../program/steps.ts'
import { cartesianProduct } from '../borders.ts'
import { loop, type ProgramBuilder } from '../builder.ts'
import type { PolyphaseComponent } from '../polyphase.ts'
import { type Block, layoutOf, nameOf, type Range, transform, transformedAxes } from './block.ts'
import type { StridePolyphaseAxis } from './stride-components.ts'
import type { Tiling } from './tiling.ts'

/**
 * The layout of the spectra of a kernel: three parts S for each point, filter and channel of its
 * group. The batch axis has one point.
 */
export interface Spectra {
  readonly buffer: string
  readonly part: number
  readonly filter: number
  readonly strideComponent: number
  readonly channel: number
  readonly points: readonly number[]
}

/** Adds the stage that computes the spectra of a kernel, and returns where they are. */
export function addSpectra(
  builder: ProgramBuilder,
  g: ConvGeometry,
  component: PolyphaseComponent,
  strideAxes: readonly StridePolyphaseAxis[],
  tiling: Tiling,
): Spectra {
  const { kernel } = builder
  const channels = g.channels / g.groups
  const strideComponents = cartesianProduct(strideAxes.map((axis) => axis.strideComponents))
  const all = channels * strideComponents.length
  const oneTile: Tiling = {
    ...tiling,
    axes: tiling.axes.map((axis) => ({ ...axis, tilesPerBlock: 1 })),
  }
  // One tile only. If points are neighbours, it keeps the strides of the blocks: they decide the
  // order of the points of a spectrum.
  const layout = layoutOf(tiling.channelsLast ? oneTile : tiling, all)
  const buffer = builder.buffer('taps', 'local', layout.length)
  const points = tiling.axes.map((axis) => axis.points)
  const gridZeros = [0]
  const clear: Move = {
    ...{ kind: 'move', loops: [loop('i', layout.length)], bounds: [], outside: 'skip' },
    ...{ to: { buffer, offset: 0, strides: [0, 1] }, from: 0 },
  }
  const taps = strideComponents.map(
    (strideComponent, r): Move => ({
      ...{ kind: 'move', bounds: [], outside: 'skip' },
      loops: [
        loop('c', channels),
        ...strideComponent.map(({ count }, a) => loop(nameOf('k', a + 1, points.length), count)),
      ],
      to: {
        buffer,
        offset: strideComponent.reduce(
          (at, { at: first }, a) =>
            at + (strideAxes[a]!.componentTaps - 1 - first) * layout.points[a + 1]!,
          r * channels * layout.channel,
        ),
        strides: [
          ...gridZeros,
          layout.channel,
          ...strideComponent.map(({ spacing }, a) => -spacing * layout.points[a + 1]!),
        ],
      },
      from: {
        buffer: kernel.buffer,
        offset: strideComponent.reduce(
          (at, { first }, a) =>
            at + (component[a]!.kernelStart + first * component[a]!.kernelStep) * kernel.axes[a]!,
          kernel.offset,
        ),
        strides: [
          kernel.outer,
          kernel.channel,
          ...strideComponent.map(
            ({ step }, a) => step * component[a]!.kernelStep * kernel.axes[a]!,
          ),
        ],
      },
    }),
  )
  const whole = points.map((n): Range => [0, n])
  const forward = transformedAxes(oneTile)
    .toReversed()
    .map((a) => transform(oneTile, { buffer, layout, channels: all }, 'forward', a, whole, 1))
  const shape = tiling.channelsLast
    ? [3, ...points, all, g.filters]
    : [3, g.filters, all, ...points]
  const to = rowMajorStrides(shape)
  const spectra = tiling.channelsLast
    ? { part: to[0]!, filter: 1, channel: g.filters, points: to.slice(1, -2) }
    : { part: to[0]!, filter: to[1]!, channel: to[2]!, points: to.slice(3) }
  const prepared = builder.buffer('spectra', 'prepared', elementCount(shape))
  const total = elementCount(points)
  const factors = builder.buffer('factors', 'constant', 3, [-1 / total, 1 / total, 1 / total])
  const storeParts = [1, 0, 1].map(
    (from, part): Contraction => ({
      kind: 'contract',
      result: [loop('c', all), ...points.map((n, a) => loop(nameOf('p', a, points.length), n))],
      sum: [],
      to: {
        buffer: prepared,
        offset: part * spectra.part,
        strides: [spectra.filter, spectra.channel, ...spectra.points],
      },
      a: {
        buffer,
        offset: from * layout.part,
        strides: [...gridZeros, layout.channel, ...layout.points],
      },
      b: { buffer: factors, offset: part, strides: [...gridZeros, 0, ...points.map(() => 0)] },
      start: 'zero',
    }),
  )
  const steps: Step[] = [clear, ...taps, ...forward, ...storeParts]
  builder.stage('transform kernel', [loop('f', g.filters)], steps, true)
  return { buffer: prepared, ...spectra, strideComponent: channels * spectra.channel }
}

/** The step Y = X·K for every point of a block, summed over channels. */
export function spectrumProduct(
  g: ConvGeometry,
  tiling: Tiling,
  strideComponents: number,
  spectra: Spectra,
  from: Block,
  to: Block,
): Contraction {
  const [channels, filters] = [g.channels / g.groups, g.filters / g.groups]
  const tiles = tiling.axes.map(({ tilesPerBlock }, a) =>
    loop(nameOf('tile ', a, tiling.axes.length), tilesPerBlock),
  )
  const points = tiling.axes.map((axis, a) => loop(nameOf('p', a, tiling.axes.length), axis.points))
  const [x, y] = [from.layout, to.layout]
  const tileZeros = tiles.map(() => 0)
  const operand = (buffer: string, offset: number, strides: readonly number[]): Operand => ({
    buffer,
    offset,
    strides: [...tileZeros, ...strides],
  })
  return {
    kind: 'contract',
    result: [...points, ...tiles, loop('part', 2), loop('g', g.groups), loop('f', filters)],
    sum: [loop('of', 2), loop('r', strideComponents), loop('c', channels)],
    to: operand(to.buffer, 0, [...y.points, ...y.tiles, y.part, filters * y.channel, y.channel]),
    a: operand(from.buffer, 0, [
      ...x.points,
      ...x.tiles,
      0,
      channels * x.channel,
      0,
      x.part,
      g.channels * x.channel,
      x.channel,
    ]),
    b: operand(spectra.buffer, spectra.part, [
      ...[...spectra.points, ...tileZeros, spectra.part, filters * spectra.filter, spectra.filter],
      ...[-spectra.part, spectra.strideComponent, spectra.channel],
    ]),
    start: 'zero',
  }
}
