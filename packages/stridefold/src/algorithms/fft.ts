/**
 * Computes a convolution as a product of spectra, tile by tile. The cost of an output hardly
 * depends on the size of the kernel.
 *
 *   y = F⁻¹( Σ_c F(x_c) · F(k_c) )
 *
 *   input ─gather─► two real tiles as one complex ─F each axis─► [point][c]
 *     ─· spectra─► [point][f] ─F⁻¹ each axis─► outputs ─crop─► output
 *
 * Tiles overlap by the effective kernel extent − 1. Outputs of a tile that wrap around are thrown
 * away (overlap-save). A block of tiles goes through all steps in the memory of a worker, whatever
 * the size of the input. A stride becomes channels, one per remainder. The spectra of a kernel are
 * computed once. Source: T. G. Stockham, "High-speed convolution and correlation", 1966.
 */

import type { ConvGeometry } from '../geometry/geometry.ts'
import { binaryLogarithm } from '../ndarray/elementary.ts'
import type { Contraction, Step } from '../program/steps.ts'
import type { Algorithm } from './algorithm.ts'
import { loop, ProgramBuilder } from './builder.ts'
import {
  type Block,
  type BlockLayout,
  layoutOf,
  nameOf,
  type Range,
  transform,
  transformedAxes,
} from './fft/block.ts'
import { spectralGuard } from './fft/guard.ts'
import {
  gatherTiles,
  gridOf,
  scatterTiles,
  unsupportedSamples,
  unsupportedStrides,
} from './fft/samples.ts'
import { addSpectra, spectrumProduct } from './fft/spectrum.ts'
import { type StridePolyphaseAxis, stridePolyphaseAxis } from './fft/stride-components.ts'
import { maxPoints, type Tiling, tilingOf } from './fft/tiling.ts'
import { unsupportedBorder } from './non-finite.ts'
import {
  componentCount,
  hasUnread,
  type PolyphaseComponent,
  singleComponents,
} from './polyphase.ts'

/**
 * The largest number of points of a transform per product of the direct sum. With more, the
 * transforms would be mostly zeros.
 */
const maxPointsPerProduct = 64

/** The largest number of polyphase components; each has its own transforms. */
const maxComponents = 32

/**
 * Below this number of products the direct sum takes microseconds, and it is exact for small
 * integers.
 */
const minProducts = 2 ** 20

/**
 * Below these numbers of taps a direct sum is never slower: for single channels, and for layers,
 * whose transforms serve many filters.
 */
const [minTaps, minLayerTaps] = [25, 5]

/** From this number of channels × filters per group on, a problem counts as a layer. */
const minWeights = 128

const productsOf = (g: ConvGeometry): number =>
  g.axes.reduce(
    (n, axis) => n * axis.output * axis.kernel,
    (g.batch * g.filters * g.channels) / g.groups,
  )

/** One polyphase component of a geometry and its tiling. */
interface Part {
  readonly component: PolyphaseComponent
  readonly strideAxes: readonly StridePolyphaseAxis[]
  readonly tiling: Tiling
}

const partCache = new WeakMap<ConvGeometry, readonly Part[]>()

function partsOf(g: ConvGeometry): readonly Part[] {
  const cached = partCache.get(g)
  if (cached !== undefined) return cached
  const parts = singleComponents(g).map((component): Part => {
    const strideAxes = component.map(stridePolyphaseAxis)
    return { component, strideAxes, tiling: tilingOf(g, strideAxes) }
  })
  partCache.set(g, parts)
  return parts
}

export const fft: Algorithm = {
  name: 'fft',
  summary: 'multiplies spectra tile by tile: hardly slower for a large kernel than for a small one',
  // A transform spreads every sample of a tile over all outputs of the tile.
  spreadsNonFinite: () => true,
  excludedFromStrict: true,
  supportsStrips: true,
  stripMultiple(g) {
    const { outputs, pair, tilesPerBlock } = partsOf(g)[0]!.tiling.axes[1]!
    return outputs * pair * tilesPerBlock
  },
  consideredByAuto(g) {
    const isLayer = (g.channels / g.groups) * (g.filters / g.groups) >= minWeights
    const taps = g.axes.reduce((n, axis) => n * axis.kernel, 1)
    return productsOf(g) >= minProducts && taps >= (isLayer ? minLayerTaps : minTaps)
  },
  unsupportedReason(g, descriptors) {
    if (descriptors.inPlace === true) return 'its transforms take memory'
    if (
      g.batch *
        g.channels *
        g.filters *
        g.axes.reduce((n, axis) => n * axis.input * axis.output, 1) ===
      0
    )
      return 'there is nothing to sum'
    const count = componentCount(g)
    if (count > maxComponents)
      return (
        `its input dilation gives ${count} polyphase components, so each transform would ` +
        'compute a small part of the outputs'
      )
    if (hasUnread(g)) return 'some outputs read no sample'
    const all = singleComponents(g)
    const stridesReason = unsupportedStrides(all)
    if (stridesReason !== undefined) return stridesReason
    const strideAxes = all.map((component) => component.map(stridePolyphaseAxis))
    if (strideAxes.every((axes) => axes.every((axis) => axis.componentTaps === 1)))
      return 'a kernel that reads one sample for each output has no products to save'
    const maxTaps = Math.max(...strideAxes.flat().map((axis) => axis.componentTaps))
    if (maxTaps > maxPoints / 2)
      return `its kernel spans ${maxTaps} samples, and transforms have at most ${maxPoints} points`
    const sparse = all.some((component, p) => {
      const points = strideAxes[p]!.reduce((n, { componentTaps }) => n * componentTaps, 1)
      return (
        points >
        maxPointsPerProduct * component.reduce((n, { outputs, taps }) => n * outputs * taps, 1)
      )
    })
    if (sparse)
      return `its taps are so far apart that transforms over ${maxTaps} samples are mostly zeros`
    for (const { strideAxes, tiling } of partsOf(g)) {
      const samplesReason = unsupportedSamples(g, strideAxes, tiling)
      if (samplesReason !== undefined) return samplesReason
    }
    return unsupportedBorder(g)
  },
  errorBoundFactor(g) {
    // The bound for all components holds for every subset, too.
    const growth = partsOf(g).map(({ strideAxes, tiling }) => {
      const passes = tiling.axes.reduce((sum, axis) => sum + binaryLogarithm(axis.points), 0)
      return (
        4 * (1 + passes) +
        (g.channels / g.groups) *
          strideAxes.reduce((n, axis) => n * axis.strideComponents.length, 1)
      )
    })
    return Math.max(...growth)
  },
  program(g, descriptors) {
    const builder = new ProgramBuilder(g, descriptors)
    for (const part of partsOf(g)) addPart(builder, g, part)
    return builder.build()
  },
}

/**
 * Adds the stages of one polyphase component: first the spectra of the kernel, then all tiles,
 * block by block.
 */
function addPart(
  builder: ProgramBuilder,
  g: ConvGeometry,
  { component, strideAxes, tiling }: Part,
): void {
  const strideComponents = strideAxes.reduce((n, axis) => n * axis.strideComponents.length, 1)
  const spectra = addSpectra(builder, g, component, strideAxes, tiling)
  const [samples, results] = [
    layoutOf(tiling, g.channels * strideComponents),
    layoutOf(tiling, g.filters),
  ]
  const epilogue = epilogueStep(builder, g, tiling, results)
  // The epilogue writes its results to the buffer of the samples.
  const length = Math.max(samples.length, epilogue === undefined ? 0 : results.length)
  const from: Block = {
    buffer: builder.buffer('block', 'local', length),
    layout: samples,
    channels: g.channels * strideComponents,
  }
  const to: Block = {
    buffer: builder.buffer('block', 'local', results.length),
    layout: results,
    channels: g.filters,
  }
  const axes = transformedAxes(tiling)
  const whole = tiling.axes.map(({ points }): Range => [0, points])
  // The inverse transform skips lines without outputs.
  const kept = whole.map(
    ([, end], a): Range => [a === 0 ? 0 : strideAxes[a - 1]!.componentTaps - 1, end],
  )
  const inverse = axes.map((a) => {
    const ranges = whole.map((range, b) => (b < a ? kept[b]! : range))
    return transform(tiling, to, 'inverse', a, ranges)
  })
  const steps: Step[] = [
    ...gatherTiles(g, builder.input, strideAxes, tiling, samples, from.buffer),
    ...axes.toReversed().map((a) => transform(tiling, from, 'forward', a, whole)),
    spectrumProduct(g, tiling, strideComponents, spectra, from, to),
    ...inverse.slice(0, 1),
    spectralGuard(builder, g, tiling, to),
    ...inverse.slice(1),
    ...(epilogue === undefined ? [] : [epilogue(to.buffer, from.buffer)]),
    ...scatterTiles(
      g,
      builder.output,
      component,
      strideAxes,
      tiling,
      results,
      epilogue === undefined ? to.buffer : from.buffer,
    ),
  ]
  builder.stage('tiles', gridOf(tiling), steps)
}

/**
 * Returns the step that applies bias, offset and activation to every point of a block, from one
 * buffer to another. Undefined if there are none.
 */
function epilogueStep(
  builder: ProgramBuilder,
  g: ConvGeometry,
  tiling: Tiling,
  layout: BlockLayout,
): ((from: string, to: string) => Contraction) | undefined {
  const { axes } = tiling
  const gridZeros = axes.map(() => 0)
  const innerZeros = [...axes, ...axes].map(() => 0)
  const epilogue = builder.epilogue([...gridZeros, ...innerZeros, 0, 1])
  if (epilogue === undefined) return undefined
  const unit = builder.buffer('one', 'constant', 1, [1])
  const strides = [...gridZeros, ...layout.points, ...layout.tiles, layout.part, layout.channel]
  return (from, to) => ({
    kind: 'contract',
    result: [
      ...axes.map(({ points }, a) => loop(nameOf('y', a, axes.length), points)),
      ...axes.map(({ tilesPerBlock }, a) => loop(nameOf('tile ', a, axes.length), tilesPerBlock)),
      loop('part', 2),
      loop('f', g.filters),
    ],
    sum: [],
    to: { buffer: to, offset: 0, strides },
    a: { buffer: from, offset: 0, strides },
    b: { buffer: unit, offset: 0, strides: [...gridZeros, ...innerZeros, 0, 0] },
    start: 'zero',
    epilogue,
  })
}
