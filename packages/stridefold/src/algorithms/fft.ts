/**
 * Convolution as a product of spectra, tile by tile: the cost of an output hardly depends on the
 * kernel's size.
 *
 *   y = F⁻¹( Σ_c F(x_c) · F(k_c) )       tiles overlap by the kernel's reach; what wraps around in a tile is thrown away (overlap-save)
 *
 *   input ─gather─► two real tiles as one complex ─F each axis─► [point][c] ─· spectra─► [point][f] ─F⁻¹ each axis─► outputs ─crop─► output
 *
 * All of it happens for a block of tiles in a worker's memory, whatever the size of the input. A
 * stride is taken apart into channels, one for each residue. The kernel's spectra are made once.
 * Source: T. G. Stockham, "High-speed convolution and correlation", 1966.
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
import { type StridePolyphaseAxis, stridePolyphaseAxis } from './fft/stride-components.ts'
import { spectralGuard } from './fft/guard.ts'
import { scatterTiles, gatherTiles, gridOf, refuseSamples, refuseStrides } from './fft/samples.ts'
import { multiplied, spectraOf } from './fft/spectrum.ts'
import { maxPoints, type Tiling, tilingOf } from './fft/tiling.ts'
import { componentCount, hasUnread, type PolyphaseComponent, singlePhases } from './polyphase.ts'
import { refuseBorder } from './non-finite.ts'

/** Points of a transform for each product of the direct sum that are still worth transforming. */
const mostZeros = 64

/** Components of a dilated input, each with transforms of its own. */
const mostComponents = 32

/** Direct sums of fewer products take microseconds, and those of small integers are exact. */
const fewestProducts = 2 ** 20

/**
 * A direct sum of fewer taps is never slower: for single channels; for layers, whose transforms
 * serve many filters.
 */
const [minTaps, fewestLayerTaps] = [25, 5]

/** Channels × filters of a group from which on it is a layer in this sense. */
const fewestWeights = 128

const productsOf = (g: ConvGeometry): number =>
  g.axes.reduce(
    (n, axis) => n * axis.output * axis.kernel,
    (g.batch * g.filters * g.channels) / g.groups,
  )

/** One phase of a geometry and how it is done: asked for several times, worked out once. */
interface Part {
  readonly phase: PolyphaseComponent
  readonly folds: readonly StridePolyphaseAxis[]
  readonly tiling: Tiling
}

const known = new WeakMap<ConvGeometry, readonly Part[]>()

function partsOf(g: ConvGeometry): readonly Part[] {
  const found = known.get(g)
  if (found !== undefined) return found
  const made = singlePhases(g).map((phase): Part => {
    const folds = phase.map(stridePolyphaseAxis)
    return { phase, folds, tiling: tilingOf(g, folds) }
  })
  known.set(g, made)
  return made
}

export const fft: Algorithm = {
  name: 'fft',
  summary:
    'products of spectra, tile by tile: hardly slower for a large kernel than for a small one',
  // A transform spreads every sample of a tile over all of its outputs.
  spreadsNonFinite: () => true,
  excludedFromStrict: true,
  supportsStrips: true,
  stripMultiple(g) {
    const { outputs, pair, tilesPerBlock } = partsOf(g)[0]!.tiling.axes[1]!
    return outputs * pair * tilesPerBlock
  },
  consideredByAuto(g) {
    const isLayer = (g.channels / g.groups) * (g.filters / g.groups) >= fewestWeights
    const taps = g.axes.reduce((n, axis) => n * axis.kernel, 1)
    return productsOf(g) >= fewestProducts && taps >= (isLayer ? fewestLayerTaps : minTaps)
  },
  unsupportedReason(g, facts) {
    if (facts.inPlace === true) return 'its transforms take memory'
    if (
      g.batch *
        g.channels *
        g.filters *
        g.axes.reduce((n, axis) => n * axis.input * axis.output, 1) ===
      0
    )
      return 'there is nothing to sum'
    const count = componentCount(g)
    if (count > mostComponents)
      return (
        `its input is so dilated that ${count} transforms would each do a small part of the ` +
        'outputs'
      )
    if (hasUnread(g)) return 'some outputs read no tap at all'
    const all = singlePhases(g)
    const strides = refuseStrides(all)
    if (strides !== undefined) return strides
    const folds = all.map((phase) => phase.map(stridePolyphaseAxis))
    if (folds.every((axes) => axes.every((axis) => axis.componentTaps === 1)))
      return 'a kernel that reads one sample for each output has nothing to save'
    const longest = Math.max(...folds.flat().map((axis) => axis.componentTaps))
    if (longest > maxPoints / 2)
      return (
        `its kernel reaches over ${longest} samples and transforms have at most ${maxPoints} ` +
        'points'
      )
    const sparse = all.some((phase, p) => {
      const points = folds[p]!.reduce((n, { componentTaps: reach }) => n * reach, 1)
      return points > mostZeros * phase.reduce((n, { outputs, taps }) => n * outputs * taps, 1)
    })
    if (sparse)
      return (
        `its taps lie so far apart that transforms over ${longest} samples would be zeros for ` +
        'the most part'
      )
    for (const { folds, tiling } of partsOf(g)) {
      const why = refuseSamples(g, folds, tiling)
      if (why !== undefined) return why
    }
    return refuseBorder(g)
  },
  errorBoundFactor(g) {
    // The bound of all components is also one of some.
    const growth = partsOf(g).map(({ folds, tiling }) => {
      const passes = tiling.axes.reduce((sum, axis) => sum + binaryLogarithm(axis.points), 0)
      return (
        4 * (1 + passes) +
        (g.channels / g.groups) * folds.reduce((n, axis) => n * axis.strideComponents.length, 1)
      )
    })
    return Math.max(...growth)
  },
  program(g, facts) {
    const builder = new ProgramBuilder(g, facts)
    for (const part of partsOf(g)) addPart(builder, g, part)
    return builder.build()
  },
}

/** The stages of one phase: its kernel's spectra, then block by block everything else. */
function addPart(builder: ProgramBuilder, g: ConvGeometry, { phase, folds, tiling }: Part): void {
  const strideComponents = folds.reduce((n, axis) => n * axis.strideComponents.length, 1)
  const spectra = spectraOf(builder, g, phase, folds, tiling)
  const [samples, results] = [
    layoutOf(tiling, g.channels * strideComponents),
    layoutOf(tiling, g.filters),
  ]
  const tail = tailStep(builder, g, tiling, results)
  // What the tail leaves goes where the samples were.
  const length = Math.max(samples.length, tail === undefined ? 0 : results.length)
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
  // On the way back only lines that hold outputs are worth transforming.
  const kept = whole.map(
    ([, end], a): Range => [a === 0 ? 0 : folds[a - 1]!.componentTaps - 1, end],
  )
  const back = axes.map((a) => {
    const ranges = whole.map((range, b) => (b < a ? kept[b]! : range))
    return transform(tiling, to, 'inverse', a, ranges)
  })
  const steps: Step[] = [
    ...gatherTiles(g, builder.input, folds, tiling, samples, from.buffer),
    ...axes.toReversed().map((a) => transform(tiling, from, 'forward', a, whole)),
    multiplied(g, tiling, strideComponents, spectra, from, to),
    ...back.slice(0, 1),
    spectralGuard(builder, g, tiling, to),
    ...back.slice(1),
    ...(tail === undefined ? [] : [tail(to.buffer, from.buffer)]),
    ...scatterTiles(
      g,
      builder.output,
      phase,
      folds,
      tiling,
      results,
      tail === undefined ? to.buffer : from.buffer,
    ),
  ]
  builder.stage('tiles', gridOf(tiling), steps)
}

/**
 * Bias, offset and activation of every point of a block, from one buffer to another; undefined
 * where there are none.
 */
function tailStep(
  builder: ProgramBuilder,
  g: ConvGeometry,
  tiling: Tiling,
  layout: BlockLayout,
): ((from: string, to: string) => Contraction) | undefined {
  const { axes } = tiling
  const still = axes.map(() => 0)
  const others = [...axes, ...axes].map(() => 0)
  const tail = builder.epilogue([...still, ...others, 0, 1])
  if (tail === undefined) return undefined
  const one = builder.buffer('one', 'constant', 1, [1])
  const strides = [...still, ...layout.points, ...layout.tiles, layout.part, layout.channel]
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
    b: { buffer: one, offset: 0, strides: [...still, ...others, 0, 0] },
    start: 'zero',
    epilogue: tail,
  })
}
